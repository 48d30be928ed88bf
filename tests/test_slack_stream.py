"""An answer that is seen to grow arrives once and whole, whatever Slack does to the calls that let it grow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_town import small_town

from bots.fake_slack.faults import Faults
from evals.slack.town import Town
from hospital.model.slack import SlackJob

QUESTION, FOUND = "exceptions", "No exception is open"


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


def _job(slack: Town) -> SlackJob:
    with slack.line.store.reading() as world:
        (job,) = world.find(SlackJob, kind="message")
    return job


def _assert_answered_once(slack: Town) -> None:
    channel = slack.dm("sup")
    root = slack.say("sup", QUESTION, channel)
    slack.run(slack.people.delivery.drained)
    slack.idle()
    (said,) = slack.said(channel, root)
    assert not said.streaming
    assert FOUND in said.text + str(said.blocks)
    assert "feedback" in str(said.blocks)
    assert said.metadata is not None
    assert _job(slack).state == "done"


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
@pytest.mark.parametrize("fault", [{"broken": 1}, {"effect_lost": 1}, {"too_many": 1}], ids=str)
def test_a_call_that_goes_wrong_once_is_not_seen(slack: Town, method: str, fault: dict[str, float]) -> None:
    slack.slack.faults = Faults.model_validate({**fault, "methods": [method], "times": 1})
    _assert_answered_once(slack)
    assert next(one["status"] for one in slack.calls(method)) in (503, 429)
    assert _job(slack).attempts == 1


@pytest.mark.parametrize("fault", [{"broken": 1}, {"effect_lost": 1}], ids=str)
def test_an_end_that_slack_never_confirms_is_tried_by_the_next_attempt(slack: Town, fault: dict[str, float]) -> None:
    slack.slack.faults = Faults.model_validate({**fault, "methods": ["chat.stopStream", "chat.update"], "times": 7})
    _assert_answered_once(slack)
    assert _job(slack).attempts == 2


def test_a_message_that_slack_ended_by_time_still_says_all_of_it(slack: Town) -> None:
    slack.slack.faults = Faults(broken=1, methods=frozenset(("chat.stopStream",)))
    channel = slack.dm("sup")
    root = slack.say("sup", QUESTION, channel)
    growing = slack.until(lambda: slack.said(channel, root), "the stream")[0]
    growing.streaming = False
    slack.slack.faults = Faults()
    slack.idle()
    (said,) = slack.said(channel, root)
    assert FOUND in str(said.blocks)
    assert said.metadata is not None


def test_slack_takes_no_update_and_no_removal_of_what_still_grows(slack: Town) -> None:
    from bots.fake_slack.chat import delete, start_stream, stop_stream, update
    from bots.fake_slack.slack import Refusal

    channel = slack.dm("sup")
    root = slack.say("sup", "hello there", channel)
    begun = slack.run(start_stream, slack.slack, slack.team, {"channel": channel, "thread_ts": root})
    where = {"channel": channel, "ts": begun["ts"]}
    with pytest.raises(Refusal, match="streaming_state_conflict"):
        slack.run(update, slack.slack, slack.team, {**where, "text": "other"})
    with pytest.raises(Refusal, match="cant_delete_message"):
        slack.run(delete, slack.slack, slack.team, where)
    slack.run(stop_stream, slack.slack, slack.team, where)
    with pytest.raises(Refusal, match="message_not_in_streaming_state"):
        slack.run(stop_stream, slack.slack, slack.team, where)
