"""How often Slack is called: looking costs nothing, a call costs one, and what Slack says is waited for."""

from bots.slack.budget import Budget

TEAM, METHOD = "T1", "chat.startStream"


def test_looking_whether_a_call_may_go_takes_nothing() -> None:
    budget = Budget()
    assert all(budget.may(TEAM, METHOD) for _ in range(100))


def test_calls_are_taken_until_none_is_left_and_each_workspace_has_its_own() -> None:
    budget = Budget()
    bucket = budget.bucket(TEAM, METHOD)
    taken = 0
    while bucket.wait() == 0.0:
        taken += 1
    assert taken == 4  # a quarter of a minute's 18
    assert not budget.may(TEAM, METHOD)
    assert budget.may("T2", METHOD)
    assert budget.may(TEAM, "chat.postMessage")


def test_what_slack_says_to_wait_is_waited() -> None:
    budget = Budget()
    budget.bucket(TEAM, METHOD).close(5)
    assert not budget.may(TEAM, METHOD)
    assert 4.5 < budget.bucket(TEAM, METHOD).wait() <= 5
