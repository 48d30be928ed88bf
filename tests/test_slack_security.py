"""Who gets in, who is turned away, and what others may see of it."""

import json
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from slack_town import small_town

from bots.fake_slack.deliver import sign
from bots.fake_slack.seeds import GUEST, OTHER_TEAM, furnish
from bots.slack.front import SCOPES
from bots.slack.sandbox import connect_sandbox, slack_user_of
from evals.slack.leaks import leaks, said_in
from evals.slack.town import Town
from hospital.model.people import Patient, User
from hospital.model.slack import SlackInstallation, SlackJob, SlackLink
from policies.plans import AuditEntry, Plan, Vote


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


def _audited(slack: Town, rule: str) -> list[AuditEntry]:
    with slack.line.store.reading() as world:
        return [one for one in world.find(AuditEntry, order="sequence") if f"refused by {rule}" in one.why]


def _votes(slack: Town) -> int:
    with slack.line.store.reading() as world:
        return world.count(Vote)


def _event(slack: Town) -> str:
    return json.dumps(
        {
            "type": "event_callback",
            "team_id": slack.team.id,
            "event_id": "Ev-by-hand",
            "event": {
                "type": "app_home_opened",
                "user": slack.user("sup"),
                "channel": slack.dm("sup"),
                "tab": "home",
            },
        }
    )


def _post(slack: Town, raw: str, headers: dict[str, str]) -> int:
    kind = "application/json" if raw.startswith("{") else "application/x-www-form-urlencoded"
    url = f"{slack.bot}/slack/events"
    return httpx.post(url, content=raw, headers={**headers, "Content-Type": kind}, timeout=20).status_code


def _told(slack: Town, user_id: str, words: str) -> None:
    channel = slack.dm(user_id)
    slack.until(lambda: [one for one in slack.said(channel) if words in str(one.blocks)], f"{user_id} to be told")


def test_a_forged_signature_is_refused_and_audited(slack: Town) -> None:
    raw = _event(slack)
    assert _post(slack, raw, sign("somebody else's secret", raw)) == 401
    assert len(_audited(slack, "slack.signature")) == 1
    assert slack.team.homes == {}


def test_an_old_timestamp_is_refused_and_audited(slack: Town) -> None:
    raw = _event(slack)
    old = sign(slack.slack.app.signing_secret, raw, int(time.time()) - 400)
    assert _post(slack, raw, old) == 401
    assert "an old timestamp" in _audited(slack, "slack.signature")[0].why


def test_a_replayed_click_has_no_second_effect_and_is_audited(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    value = next(one["value"] for block in card.blocks if block["type"] == "actions" for one in block["elements"])
    payload = {
        "type": "block_actions",
        "team": {"id": slack.team.id},
        "user": {"id": slack.user("periop.director")},
        "trigger_id": "1.2",
        "channel": {"id": card.channel},
        "message": {"ts": card.ts},
        "actions": [{"action_id": "approve", "type": "button", "value": value}],
    }
    raw = urlencode({"payload": json.dumps(payload)})
    headers = sign(slack.slack.app.signing_secret, raw)
    assert [_post(slack, raw, headers) for _ in range(3)] == [200, 200, 200]
    slack.until(lambda: _votes(slack) == 1, "the vote")
    slack.idle()
    assert _votes(slack) == 1
    assert len(_audited(slack, "slack.replayed")) == 2


def test_a_click_of_the_wrong_role_is_refused_audited_and_told(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    slack.run(lambda: slack.slack.team(slack.team.id).channels[card.channel].members.add(slack.user("cora")))
    slack.click("cora", card, "approve")
    slack.until(lambda: [one for one in slack.said(card.channel) if one.seen_by == slack.user("cora")], "a word")
    whisper = next(one for one in slack.said(card.channel) if one.seen_by == slack.user("cora"))
    assert "to decide" in str(whisper.blocks)
    with slack.line.store.reading() as world:
        refused = [one for one in world.find(AuditEntry, what="vote") if one.actor == "cora"]
    assert refused
    assert refused[0].why.startswith("refused:")
    assert _votes(slack) == 0


def test_a_deactivated_person_is_turned_away_kindly_and_audited(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    with slack.line.store.working() as work:
        director = work.get(User, "periop.director")
        assert director is not None
        work.put(director.model_copy(update={"active": False}))
    slack.click("periop.director", card, "approve")
    _told(slack, "periop.director", "not active any more")
    assert len(_audited(slack, "slack.inactive")) == 1
    assert _votes(slack) == 0


def test_a_card_cannot_be_decided_from_another_workspace(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    slack.idle()  # where the card is shown is written down after it was posted
    with slack.line.store.reading() as world:
        users = world.find(User)
    other = furnish(slack.slack, OTHER_TEAM, "Elsewhere", users, SCOPES)
    connect_sandbox(slack.line.store, slack.slack.app.client_secret, other)
    stolen = slack_user_of(OTHER_TEAM, "periop.director")
    there = slack.run(lambda: slack.slack.dm_of(other, other.people[stolen]))
    slack.run(lambda: other.channels.__setitem__(card.channel, slack.team.channels[card.channel]))
    slack.run(slack.people.click, OTHER_TEAM, stolen, "approve", channel=card.channel, ts=card.ts)
    slack.until(lambda: _audited(slack, "slack.workspace"), "the refusal")
    slack.until(lambda: [one for one in there.messages if "another workspace" in str(one.blocks)], "a kind word")
    assert _votes(slack) == 0


def test_whoever_is_not_linked_is_told_how_to_get_access(slack: Town) -> None:
    slack.say(GUEST, "order 4 TRAY")
    _told(slack, GUEST, "I do not know yet who you are")
    _told(slack, GUEST, "/slack/link")
    assert len(_audited(slack, "slack.unknown")) == 1
    with slack.line.store.reading() as world:
        assert world.count(Plan) == 0


def test_what_people_said_is_not_kept_a_second_time(slack: Town) -> None:
    slack.ask("sup", "hello 123")
    slack.idle()
    with slack.line.store.reading() as world:
        assert {str(one.payload) for one in world.find(SlackJob, kind="message")} == {"{}"}


def test_patients_are_named_to_who_asks_and_in_no_notification_or_channel(slack: Town) -> None:
    with slack.line.store.working() as work:
        patient = work.get(Patient, "P-1")
        assert patient is not None
        work.put(patient.model_copy(update={"id": "CANARY-77", "name": "Zebedee Canarybird"}))
    direct = slack.ask("sam", "about Zebedee Canarybird CANARY-77")
    assert "Zebedee Canarybird" in str(direct.blocks)
    capacity = next(one for one in slack.team.channels.values() if one.name == "capacity")
    ts = slack.say("sam", f"<@{slack.team.bot_user}> about Zebedee Canarybird CANARY-77", capacity.id)
    public = slack.answer(capacity.id, ts)
    assert "[patient]" in str(public.blocks)
    slack.click("sam", public, "more")
    slack.until(
        lambda: [m for m in slack.said(capacity.id) if m.seen_by and "Zebedee Canarybird" in str(m.blocks)], "details"
    )
    slack.click("cora", public, "more")
    slack.until(
        lambda: [m for m in slack.said(capacity.id) if m.seen_by and "Only the person" in str(m.blocks)], "a refusal"
    )
    with slack.line.store.reading() as world:
        assert leaks(world, slack.slack.journal) == ()
    shown = [said_in(one) for one in slack.slack.journal if one["what"] in ("notification", "channel_text")]
    assert shown
    assert not [one for one in shown if "CANARY" in one or "Zebedee" in one]


def _install(slack: Town, browser: httpx.Client) -> None:
    """Go the way of a browser; it takes its cookie along, which slack-bolt marks as one for https."""
    begun = browser.get(f"{slack.bot}/slack/install", follow_redirects=False)
    cookie = begun.headers["set-cookie"].partition(";")[0]
    agreed = browser.get(begun.headers["location"], follow_redirects=False)
    assert browser.get(agreed.headers["location"], headers={"Cookie": cookie}).status_code == 200


def _ticket(slack: Town, browser: httpx.Client, user: str) -> str:
    """Sign in with Slack as this member."""
    begun = browser.get(f"{slack.bot}/slack/link", follow_redirects=False)
    page = browser.get(f"{begun.headers['location']}&team={slack.team.id}&user={user}", follow_redirects=True)
    assert page.status_code == 200, page.text
    return unescape(page.text).split('"ticket": "')[1].split('"')[0]


def test_the_app_is_installed_and_forgotten_again(tmp_path: Path) -> None:
    with small_town(tmp_path, install=False) as slack, httpx.Client(timeout=20) as browser:
        _install(slack, browser)
        with slack.line.store.reading() as world:
            installed = world.find(SlackInstallation)
        assert [one.team_id for one in installed] == [slack.team.id]
        assert slack.team.token not in installed[0].sealed_token
        assert slack.ask("sam", "hello there").blocks
        slack.run(lambda: slack.people.uninstall(slack.team.id))
        slack.until(lambda: _sealed(slack) == [""], "the token to go")


def test_a_person_is_linked_once_with_proofs_of_both(slack: Town) -> None:
    guest, links = slack.user(GUEST), f"{slack.bot}/v1/slack/links"
    sam = {"Authorization": "Bearer sandbox:sam"}
    with httpx.Client(timeout=20) as browser:
        ticket = _ticket(slack, browser, guest)
        assert browser.post(links, json={"ticket": ticket}).status_code == 401
        assert browser.post(links, json={"ticket": ticket}, headers=sam).status_code == 201
        assert browser.post(links, json={"ticket": ticket}, headers=sam).status_code == 422
    with slack.line.store.reading() as world:
        link = world.get(SlackLink, f"{slack.team.id}:{guest}")
    assert link is not None
    assert (link.user_id, link.made_by) == ("sam", "oidc")
    with slack.line.store.reading() as world:
        (entry,) = world.find(AuditEntry, what="link")
    assert (entry.actor, entry.details) == ("sam", {"team": slack.team.id, "slack_user": guest})
    assert entry.why.startswith("linked a Slack account to this person")
    assert "You said: hello there" in str(slack.ask(GUEST, "hello there").blocks)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"aud": "another app"}, "udience"),
        ({"exp": 1_000_000_000}, "expired"),
        ({"nonce": "of another sign-in"}, "another sign-in"),
        ({"https://slack.com/user_id": ""}, "names no member"),
    ],
    ids=["issuer", "audience", "expiry", "nonce", "member"],
)
def test_a_token_that_says_something_else_links_nobody(slack: Town, told: dict[str, object], said: str) -> None:
    slack.slack.keys.otherwise = told
    assert said in _refused_sign_in(slack)


def test_a_token_that_slack_did_not_sign_links_nobody(slack: Town) -> None:
    slack.slack.keys.forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert "Signature verification failed" in _refused_sign_in(slack)


def _refused_sign_in(slack: Town) -> str:
    """Go the way of a browser; what is said, which is also in the audit."""
    with httpx.Client(timeout=20) as browser:
        begun = browser.get(f"{slack.bot}/slack/link", follow_redirects=False)
        page = browser.get(f"{begun.headers['location']}&user={slack.user(GUEST)}", follow_redirects=True)
    assert page.status_code == 400
    sentence = unescape(page.text.split('<p role="alert">')[1].split("</p>")[0])
    assert sentence in _audited(slack, "slack.sign_in")[0].why
    return sentence


def test_a_slack_account_that_is_linked_cannot_become_somebody_else(slack: Town) -> None:
    links = f"{slack.bot}/v1/slack/links"
    with httpx.Client(timeout=20) as browser:
        for who, status in (("sam", 201), ("sam", 201), ("cora", 409)):
            ticket = _ticket(slack, browser, slack.user(GUEST))
            bearer = {"Authorization": f"Bearer sandbox:{who}"}
            assert browser.post(links, json={"ticket": ticket}, headers=bearer).status_code == status
    assert len(_audited(slack, "slack.linked_already")) == 1


def _sealed(slack: Town) -> list[str]:
    with slack.line.store.reading() as world:
        return [one.sealed_token for one in world.find(SlackInstallation)]


def test_a_sign_in_begun_in_another_browser_links_nobody(slack: Town) -> None:
    begun = httpx.get(f"{slack.bot}/slack/link", follow_redirects=False)
    # The victim follows a link that the attacker began: their browser has no cookie of it.
    page = httpx.get(begun.headers["location"], follow_redirects=True)
    assert page.status_code == 400
    assert "not begun in this browser" in page.text
