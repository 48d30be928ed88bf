"""A person links their Slack account in a browser: two proofs, a press, and everything that must not link."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from hospital_provider import Provider, provider
from slack_town import small_town

from bots.fake_slack.seeds import GUEST, OTHER_TEAM, furnish
from evals.slack.town import Town
from hospital.model.people import User
from hospital.model.slack import SlackInstallation, SlackLink, SlackState
from policies.plans import AuditEntry


@pytest.fixture
def hospital() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def slack(tmp_path: Path, hospital: Provider) -> Iterator[Town]:
    with small_town(tmp_path, more=hospital.settings) as made:
        yield made


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20, follow_redirects=True) as made:
        yield made


def _in_slack(slack: Town, browser: httpx.Client, user: str = GUEST, team: str = "") -> httpx.Response:
    """Sign in with Slack as this member."""
    begun = browser.get(f"{slack.bot}/slack/link", follow_redirects=False)
    return browser.get(f"{begun.headers['location']}&team={team or slack.team.id}&user={slack.user(user)}")


def _at_the_hospital(slack: Town, browser: httpx.Client) -> httpx.Response:
    """Follow the link on the page."""
    return browser.get(f"{slack.bot}/slack/link/hospital")


def _press(slack: Town, browser: httpx.Client, page: httpx.Response) -> httpx.Response:
    """Press "Link them" on the page."""
    found = re.search(r'name="proof" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return browser.post(f"{slack.bot}/slack/link/done", data={"proof": found[1]})


def _whole_way(slack: Town, browser: httpx.Client) -> httpx.Response:
    assert _in_slack(slack, browser).status_code == 200
    return _press(slack, browser, _at_the_hospital(slack, browser))


def _links(slack: Town) -> list[SlackLink]:
    with slack.line.store.reading() as world:
        return [one for one in world.find(SlackLink, slack_user=slack.user(GUEST))]


def _refusals(slack: Town) -> list[str]:
    with slack.line.store.reading() as world:
        return [one.why for one in world.find(AuditEntry, order="sequence") if "refused by slack." in one.why]


def test_both_sign_ins_and_a_press_link_and_are_told_in_slack(
    slack: Town, hospital: Provider, browser: httpx.Client
) -> None:
    hospital.signed_in = "sam"
    first = _in_slack(slack, browser)
    assert "Robin Guest in the workspace Hill Health" in first.text
    second = _at_the_hospital(slack, browser)
    assert "Sam" in second.text
    assert _links(slack) == []
    third = _press(slack, browser, second)
    assert third.status_code == 200
    assert "is <strong>Sam" in third.text
    (link,) = _links(slack)
    assert (link.user_id, link.made_by) == ("sam", "oidc")
    slack.until(lambda: "is linked to Sam" in str([one.blocks for one in slack.said(slack.dm(GUEST))]), "the word")
    assert "You said: hello there" in str(slack.ask(GUEST, "hello there").blocks)


def test_nothing_on_the_pages_runs_and_the_secrets_stay_in_one_browser(
    slack: Town, hospital: Provider, browser: httpx.Client
) -> None:
    hospital.signed_in = "sam"
    page = _in_slack(slack, browser)
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    begun = browser.get(f"{slack.bot}/slack/link/hospital", follow_redirects=False)
    assert "code_challenge_method=S256" in begun.headers["location"]
    assert "HttpOnly" in begun.headers["set-cookie"]
    with httpx.Client(timeout=20, follow_redirects=True) as other:
        assert other.get(begun.headers["location"]).status_code == 400
    assert _links(slack) == []
    assert browser.get(begun.headers["location"]).status_code == 200


def test_a_wrong_state_links_nobody(slack: Town, hospital: Provider, browser: httpx.Client) -> None:
    hospital.signed_in = "sam"
    _in_slack(slack, browser)
    begun = browser.get(f"{slack.bot}/slack/link/hospital", follow_redirects=False)
    forged = re.sub(r"state=[^&]+", "state=somebody-elses-state-of-forty-letters", begun.headers["location"])
    page = browser.get(forged)
    assert page.status_code == 400
    assert "not begun in this browser" in page.text
    assert browser.post(f"{slack.bot}/slack/link/done", data={"proof": "made up"}).status_code == 400
    assert _links(slack) == []


def test_a_step_that_took_too_long_begins_again(slack: Town, hospital: Provider, browser: httpx.Client) -> None:
    hospital.signed_in = "sam"
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser)
    with slack.line.store.working() as work:
        for state in work.find(SlackState, used=False):
            work.put(state.model_copy(update={"made_at": state.made_at - timedelta(minutes=11)}))
    late = _press(slack, browser, page)
    assert late.status_code == 400
    assert "took over ten minutes" in late.text
    _in_slack(slack, browser)
    with slack.line.store.working() as work:
        for state in work.find(SlackState, used=False):
            work.put(state.model_copy(update={"made_at": state.made_at - timedelta(minutes=11)}))
    assert _at_the_hospital(slack, browser).status_code == 400
    assert _links(slack) == []


def test_what_was_pressed_once_links_only_once(slack: Town, hospital: Provider, browser: httpx.Client) -> None:
    hospital.signed_in = "sam"
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser)
    assert _press(slack, browser, page).status_code == 200
    assert _press(slack, browser, page).status_code == 400


def test_an_account_of_somebody_else_stays_theirs(slack: Town, hospital: Provider, browser: httpx.Client) -> None:
    hospital.signed_in = "sam"
    assert _whole_way(slack, browser).status_code == 200
    hospital.signed_in = "cora"
    page = _whole_way(slack, browser)
    assert page.status_code == 409
    assert "belongs to somebody else" in page.text
    assert [one.user_id for one in _links(slack)] == ["sam"]
    assert "slack.linked_already" in _refusals(slack)[-1]


@pytest.mark.parametrize("when", ["before", "between"])
def test_whoever_is_not_active_any_more_is_not_linked(
    slack: Town, hospital: Provider, browser: httpx.Client, when: str
) -> None:
    hospital.signed_in = "sam"
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser) if when == "between" else None
    with slack.line.store.working() as work:
        sam = work.get(User, "sam")
        assert sam is not None
        work.put(sam.model_copy(update={"active": False}))
    page = _press(slack, browser, page) if page else _at_the_hospital(slack, browser)
    assert page.status_code == 403
    assert "not active any more" in page.text
    assert _links(slack) == []
    assert len(_refusals(slack)) == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"nonce": "of another sign-in"}, "belongs to another sign-in"),
        ({"aud": "another-client"}, "Audience"),
        ({"aud": ["wardline-pages", "more"], "azp": "another-client"}, "belongs to another sign-in"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"exp": 1_000_000_000}, "has ended"),
        ({"sub": "nobody.known"}, "There is no user"),
    ],
    ids=["nonce", "audience", "authorised party", "issuer", "expiry", "unknown person"],
)
def test_a_token_of_the_hospital_that_says_something_else_links_nobody(
    slack: Town, hospital: Provider, browser: httpx.Client, told: dict[str, object], said: str
) -> None:
    hospital.signed_in, hospital.told = "sam", told
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser)
    assert page.status_code in (401, 403)
    assert said in unescape(page.text)
    assert "slack.sign_in" in _refusals(slack)[-1]
    assert _links(slack) == []


def test_whoever_does_not_sign_in_at_the_hospital_is_not_linked(
    slack: Town, hospital: Provider, browser: httpx.Client
) -> None:
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser)
    assert page.status_code == 400
    assert "access_denied" in page.text
    assert _links(slack) == []


def test_an_issuer_that_names_another_is_not_followed(slack: Town, hospital: Provider, browser: httpx.Client) -> None:
    hospital.signed_in, hospital.named = "sam", "https://elsewhere.example"
    _in_slack(slack, browser)
    page = _at_the_hospital(slack, browser)
    assert page.status_code == 503
    assert "says that it is another one" in page.text


def test_a_workspace_without_the_app_links_nobody(slack: Town, browser: httpx.Client) -> None:
    with slack.line.store.reading() as world:
        users = world.find(User, order="id")
    furnish(slack.slack, OTHER_TEAM, "Elsewhere", users, ())
    page = _in_slack(slack, browser, team=OTHER_TEAM)
    assert page.status_code == 403
    assert "not connected to the hospital" in page.text


def test_a_workspace_that_removed_the_app_links_nobody(slack: Town, browser: httpx.Client) -> None:
    slack.run(lambda: slack.people.uninstall(slack.team.id))
    slack.until(lambda: [one for one in _installed(slack) if not one.sealed_token], "the token to go")
    assert _in_slack(slack, browser).status_code == 403


def _installed(slack: Town) -> list[SlackInstallation]:
    with slack.line.store.reading() as world:
        return world.find(SlackInstallation)


def test_in_the_sandbox_one_says_who_one_is_and_only_on_this_machine(tmp_path: Path, browser: httpx.Client) -> None:
    with small_town(tmp_path) as slack:
        page = _in_slack(slack, browser)
        assert "This is a sandbox" in page.text
        assert "/slack/link/hospital" not in page.text
        choose = f"{slack.bot}/slack/link/sandbox"
        away = browser.post(choose, data={"user": "sam"}, headers={"X-Forwarded-For": "10.1.1.1"})
        assert away.status_code == 403
        assert browser.post(choose, data={"user": "nobody"}).status_code == 403
        assert _links(slack) == []
        done = _press(slack, browser, browser.post(choose, data={"user": "sam"}))
        assert done.status_code == 200
        assert [one.user_id for one in _links(slack)] == ["sam"]


def test_the_fake_signs_in_whoever_one_is_on_its_page(tmp_path: Path, browser: httpx.Client) -> None:
    with small_town(tmp_path) as slack:
        browser.cookies.set("fake_slack_user", f"{slack.team.id}.{slack.user(GUEST)}")
        assert "Robin Guest" in browser.get(f"{slack.bot}/slack/link").text
