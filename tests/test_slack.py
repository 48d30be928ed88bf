"""The bot in the fake Slack: what people say and press, and what comes of it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from slack_town import small_town
from small_hospital import NOW, people

from bots.fake_slack.deliver import Ack
from bots.fake_slack.faults import Faults
from bots.slack import front
from bots.slack.line import SlackLine
from bots.slack.prompts import prompts_for
from bots.slack.turns import answer
from evals.feedback import by_tool, opinions
from evals.slack.town import Town
from hospital.model.places import Clinic, Service
from hospital.model.slack import SlackFeedback, SlackJob
from hospital.model.supply import Item
from hospital.model.work import WorkException
from policies.ledger import expire_due
from policies.plans import Plan


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One for all tests that leave nothing behind which another looks at."""
    with small_town(tmp_path_factory.mktemp("town")) as made:
        yield made


def _plan(slack: Town) -> Plan:
    """The one plan that no other took the place of."""
    with slack.line.store.reading() as world:
        plans = world.find(Plan)
    replaced = {one.supersedes for one in plans}
    return next(one for one in plans if one.id not in replaced)


def _modal(slack: Town, user_id: str) -> str:
    """The id of the form that somebody looks at."""
    user = slack.user(user_id)
    found = slack.until(lambda: [v for v in slack.team.views.values() if v.open and v.user == user], "a form")
    return found[-1].id


def _submit(slack: Town, user_id: str, view: str, **values: str) -> Ack:
    filled = {name.replace("__", ":"): {"value": {"value": said}} for name, said in values.items()}
    ack: Ack = slack.run(slack.people.submit, slack.team.id, slack.user(user_id), view, filled)
    return ack


def _whispers(slack: Town, channel: str, user_id: str) -> list[str]:
    return [str(one.blocks) for one in slack.said(channel) if one.seen_by == slack.user(user_id)]


def test_a_question_is_answered_in_its_thread(shared: Town) -> None:
    answer = shared.ask("sup", "chart")
    kinds = [block["type"] for block in answer.blocks]
    assert "Here is **demand** by day." in str(answer.blocks)
    assert answer.text == "Here is the answer."
    assert kinds.index("image") < kinds.index("table")


def test_each_call_is_a_card_and_the_words_follow(shared: Town) -> None:
    answer = shared.ask("sup", "exceptions")
    assert [(one["title"], one["status"]) for one in answer.tasks] == [("Listing exceptions", "complete")]
    assert "No exception is open" in answer.text


def test_a_thread_begins_with_what_this_person_may_ask(shared: Town) -> None:
    channel, root = shared.run(shared.people.open_thread, shared.team.id, shared.user("sup"))
    session = shared.team.session(channel, root)
    shared.until(lambda: session.prompts, "prompts")
    assert "implant" in session.prompts[0]["message"]
    shared.say("sup", "hello there", channel, thread_ts=root)
    shared.until(lambda: session.title == "hello there" and not session.processing, "the title")


def test_what_is_suggested_names_what_the_hospital_has(slack: Town) -> None:
    service = Service.model_validate({"id": "skin", "name": "Skin Care"})
    clinic = {"id": "skin-1", "site_id": "hill", "service_id": "skin", "name": "Skin", "visit_types": ("follow_up",)}
    found = []
    for given in ((), (service, Clinic.model_validate(clinic))):
        with slack.line.store.working() as work:
            work.put(*given)
            found.append([said for title, said in prompts_for(work, people()["cora"]) if title == "Earliest visit"])
    assert found == [[], ["Earliest skin care follow-up"]]


def test_a_purchase_waits_until_the_director_approves_on_the_card(slack: Town) -> None:
    answer = slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    assert slack.click("periop.director", card, "approve").status == 200
    slack.until(lambda: _plan(slack).state in ("committed", "delivered"), "the commit")
    slack.until(lambda: "decide:" not in str(card.blocks), "the card to freeze")
    thread = answer.channel, answer.thread_ts
    told = slack.until(lambda: [one for one in slack.said(*thread) if "Approved" in str(one.blocks)], "the outcome")
    assert len(told) == 1
    assert answer.text == "Your request waits for a decision." or answer.tasks


def test_a_rejection_needs_a_reason_and_the_asker_reads_it(slack: Town) -> None:
    answer = slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    slack.click("periop.director", card, "reject")
    view = _modal(slack, "periop.director")
    ack = _submit(slack, "periop.director", view, reason="The loaner covers it.")
    assert ack.body["response_action"] == "update"
    slack.until(lambda: _plan(slack).state == "rejected", "the rejection")
    slack.until(lambda: "The loaner covers it." in str(card.blocks), "the card to freeze")
    slack.until(
        lambda: [m for m in slack.said(answer.channel, answer.thread_ts) if "The loaner covers it." in str(m.blocks)],
        "the asker to be told",
    )


def test_an_edit_is_a_new_plan_that_its_editor_does_not_approve(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    old, card = _plan(slack), slack.card("periop.director")
    slack.click("periop.director", card, "edit")
    _submit(slack, "periop.director", _modal(slack, "periop.director"), arg__quantity="3", arg__item="TRAY")
    slack.until(lambda: _plan(slack).id != old.id, "the new plan")
    new = _plan(slack)
    assert (new.supersedes, new.state) == (old.id, "awaiting")
    assert "periop.director" in new.chain
    slack.until(lambda: "Replaced by another plan" in str(card.blocks), "the old card to say so")
    slack.idle()
    assert new.title not in str([one.blocks for one in slack.said(slack.dm("periop.director")) if one.ts > card.ts])


def test_a_click_on_what_has_moved_changes_nothing_and_shows_the_difference(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    with slack.line.store.working() as work:
        tray = work.get(Item, "TRAY")
        assert tray is not None
        work.put(tray.model_copy(update={"unit_cost": 120_000}))
    slack.click("periop.director", card, "approve")
    said = slack.until(lambda: _whispers(slack, card.channel, "periop.director"), "the difference")
    assert "$4,800.00" in said[-1]
    slack.until(lambda: "decide:" not in str(card.blocks), "the old card to freeze")
    fresh = slack.card("periop.director", "$4,800.00")
    slack.click("periop.director", fresh, "approve")
    slack.until(lambda: _plan(slack).state in ("committed", "delivered"), "the commit")


def test_an_expired_card_says_so(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    expire_due(slack.line.store, slack.line.policy, NOW + timedelta(days=5))
    slack.until(lambda: "nobody decided in time" in str(card.blocks), "the card to freeze")


def test_two_presses_count_once(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    for _ in range(2):
        slack.click("periop.director", card, "approve")
    slack.idle()
    assert "already" in _whispers(slack, card.channel, "periop.director")[0]


def test_a_mention_in_a_channel_is_answered_in_its_thread(slack: Town) -> None:
    capacity = next(one for one in slack.team.channels.values() if one.name == "capacity")
    ts = slack.say("sam", f"<@{slack.team.bot_user}> hello there", capacity.id)
    slack.say("sam", "not for the bot", capacity.id)
    assert "You said: hello there" in str(slack.answer(capacity.id, ts).blocks)
    slack.idle()
    assert len(slack.said(capacity.id)) == 1


def test_the_home_tab_shows_and_follows_what_waits(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    slack.card("periop.director")
    director = slack.user("periop.director")
    slack.run(slack.people.open_home, slack.team.id, director)
    home = slack.until(lambda: slack.team.homes.get(director), "the home")
    assert "Order 4 x TRAY" in str(home.view)
    slack.run(slack.people.click, slack.team.id, director, "approve", view="home")
    slack.until(
        lambda: "Nothing waits for your decision" in str(slack.team.homes[director].view), "the home to follow"
    )


def test_slash_commands_answer_only_who_typed_them(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    slack.card("periop.director")
    capacity = next(one for one in slack.team.channels.values() if one.name == "capacity")
    told = {"": "/wardline approvals", "approvals": "wait for you", "plans": "asked for nothing", "status": "EHR"}
    for text, words in told.items():
        slack.run(slack.people.command, slack.team.id, slack.user("periop.director"), capacity.id, text)
        slack.idle()
        assert words in _whispers(slack, capacity.id, "periop.director")[-1]


def test_a_question_by_command_or_shortcut_is_answered_in_the_direct_message(shared: Town) -> None:
    capacity = next(one for one in shared.team.channels.values() if one.name == "capacity")
    shared.run(shared.people.command, shared.team.id, shared.user("sam"), capacity.id, "ask what is free")
    ts = shared.say("bea", "is the ward full?", capacity.id)
    shared.run(shared.people.shortcut, shared.team.id, shared.user("sam"), capacity.id, ts, "ask_about")
    for words in ("You said: what is free", "You said: is the ward full?"):
        shared.until(lambda: [m for m in shared.said(shared.dm("sam")) if words in str(m.blocks)], words)  # noqa: B023
    assert shared.said(capacity.id) == []


def test_a_choice_is_the_next_message(shared: Town) -> None:
    asked = shared.ask("sup", "which")
    shared.click("sup", asked, "choose:1", value="exceptions")
    shared.until(
        lambda: [m for m in shared.said(asked.channel, asked.thread_ts) if "No exception is open" in m.text],
        "an answer",
    )


def test_feedback_is_kept_for_the_evaluation(shared: Town) -> None:
    answer = shared.ask("sup", "hello there")
    value = answer.blocks[-1]["elements"][0]["negative_button"]["value"]
    shared.click("sup", answer, "feedback", value=value)
    shared.idle()
    with shared.line.store.reading() as world:
        kept = world.find(SlackFeedback)
        found = list(opinions(world))
    assert [(one.user_id, one.good, one.turn_id) for one in kept] == [("sup", False, value.removeprefix("bad "))]
    assert [(one.turn, one.good, one.tools) for one in found] == [(value.removeprefix("bad "), False, ())]
    assert by_tool(found) == {found[0].outcome: (0, 1)}


def test_files_are_refused_politely_and_edits_do_not_ask_again(slack: Town) -> None:
    channel = slack.dm("sup")
    with_file = slack.say("sup", "", channel, files=("scan.pdf",))
    assert "cannot read files" in str(slack.answer(channel, with_file).blocks)
    ts = slack.say("sup", "hello there", channel)
    slack.answer(channel, ts)
    slack.run(slack.people.edit, slack.team.id, channel, ts, "order 4 TRAY")
    slack.until(lambda: [one for one in _whispers(slack, channel, "sup") if "new message" in one], "a word")
    with slack.line.store.reading() as world:
        assert world.count(Plan) == 0


def test_an_exception_is_told_once_in_its_owners_channel(slack: Town) -> None:
    slack.ask("sam", "hand this over")
    room = next(one for one in slack.team.channels.values() if one.name == "wardline-or-charge")
    told = slack.until(lambda: slack.said(room.id), "the channel to be told")
    with slack.line.store.reading() as world:
        assert world.find(WorkException)[0].id in str(told[0].blocks)
    slack.idle()
    assert len(slack.said(room.id)) == 1


def test_a_private_channel_of_the_role_is_found_as_well(slack: Town) -> None:
    room = next(one for one in slack.team.channels.values() if one.name == "wardline-or-charge")
    room.private = True
    slack.ask("sam", "hand this over")
    slack.until(lambda: slack.said(room.id), "the channel to be told")


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_an_answer_in_a_channel_whose_end_got_lost_is_not_posted_twice(slack: Town, private: bool) -> None:
    room = next(one for one in slack.team.channels.values() if one.name == "wardline-or-charge")
    room.private = private
    slack.slack.faults = Faults(effect_lost=1, methods=frozenset(("chat.postMessage",)), times=1)
    root = slack.say("sam", f"<@{slack.team.bot_user}> hello there", room.id)
    slack.answer(room.id, root)
    slack.idle()
    assert len([one for one in slack.said(room.id, root) if "You said" in f"{one.text}{one.blocks}"]) == 1
    assert [one for one in slack.calls("conversations.replies") if one["error"] is None]


def test_what_the_manifest_asks_for_is_what_is_asked_for() -> None:
    manifest = json.loads((Path(front.__file__).parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["oauth_config"]["scopes"]["bot"] == sorted(front.SCOPES) == list(front.SCOPES)


@pytest.mark.parametrize(
    ("method", "scope", "args"),
    [
        ("conversations.history", "channels:history", {}),
        ("conversations.replies", "channels:history", {"ts": "1.1"}),
        ("conversations.info", "channels:read", {}),
        ("conversations.list", "groups:read", {"types": "public_channel,private_channel"}),
        ("users.info", "users:read", {"user": "U1"}),
    ],
)
def test_the_fake_refuses_what_needs_a_scope_that_it_was_not_given(
    slack: Town, method: str, scope: str, args: dict[str, str]
) -> None:
    room = next(one for one in slack.team.channels.values() if one.name == "wardline-or-charge")
    slack.team.scopes = slack.team.scopes - {scope}
    sent = {**args, **({} if method in ("conversations.list", "users.info") else {"channel": room.id})}
    bearer = {"Authorization": f"Bearer {slack.team.token}"}
    said = httpx.post(f"{slack.slack_address}/api/{method}", data=sent, headers=bearer, timeout=20).json()
    assert (said["error"], said["needed"]) == ("missing_scope", scope)


def test_the_fake_refuses_a_picture_that_was_never_uploaded(slack: Town) -> None:
    picture = {"type": "image", "slack_file": {"id": "F0"}, "alt_text": "a chart"}
    sent = {"channel": slack.dm("sup"), "text": "x", "blocks": json.dumps([picture])}
    bearer = {"Authorization": f"Bearer {slack.team.token}"}
    said = httpx.post(f"{slack.slack_address}/api/chat.postMessage", data=sent, headers=bearer, timeout=20).json()
    assert said["error"] == "invalid_blocks"


def test_an_answer_whose_worker_died_before_writing_it_down_is_not_posted_twice(slack: Town) -> None:
    channel = slack.dm("sup")
    ts = slack.say("sup", "hello there", channel)
    slack.answer(channel, ts)
    slack.idle()
    with slack.line.store.working() as work:
        job = work.find(SlackJob, about=f"{channel}:{ts}")[0]
        event = {"type": "message", "channel": channel, "user": slack.user("sup"), "ts": ts, "text": "hello there"}
        work.put(job.model_copy(update={"state": "waiting", "next_at": job.received_at, "payload": {"event": event}}))
    slack.idle()
    assert len(slack.said(channel, ts)) == 1
    assert slack.said(channel, ts)[0].edited


async def _answered_alone(slack: Town, job: SlackJob) -> str:
    line = SlackLine(slack.line)
    try:
        return await answer(line, job)
    finally:
        await line.close()


def test_whoever_lost_the_lease_of_a_message_says_nothing(slack: Town) -> None:
    channel = slack.dm("sup")
    with slack.line.store.working() as work:
        now = slack.line.system_clock.now()
        event = {"type": "message", "channel": channel, "user": slack.user("sup"), "ts": "1.000001", "text": "hello"}
        mine = SlackJob(
            id="T:lost", team_id=slack.team.id, kind="message", payload={"event": event}, lane="lost", place="1",
            state="working", owner="me", attempts=1, next_at=now + timedelta(minutes=5), received_at=now,
        )  # fmt: skip
        work.put(mine.model_copy(update={"owner": "somebody else", "attempts": 2}))
    assert asyncio.run(_answered_alone(slack, mine)) == "taken over"
    assert slack.said(channel, "1.000001") == []


def test_the_stop_button_ends_what_is_said(shared: Town) -> None:
    channel = shared.dm("sup")
    ts = shared.say("sup", "hello there", channel)
    shared.run(shared.people.stop, shared.team.id, shared.user("sup"), channel, ts)
    shared.idle()
    assert len(shared.said(channel, ts)) <= 1
    assert not shared.team.session(channel, ts).processing


def test_the_same_works_over_socket_mode(tmp_path: Path) -> None:
    with small_town(tmp_path, socket_mode=True) as slack:
        slack.until(lambda: slack.people.delivery.connections > 0, "the socket")
        assert "You said: hello there" in str(slack.ask("sup", "hello there").blocks)
