"""What people are told without asking: requests, reminders, one digest instead of many pings, and how it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from slack_town import small_town
from small_hospital import NOW

from bots.fake_slack.model import Message
from bots.slack.approval import WITHOUT_BUTTONS, approval_blocks
from bots.slack.plans import standing_of
from evals.slack.town import Town
from hospital.model.history import Feed
from hospital.model.slack import SlackPost
from policies.ledger import expire_due
from policies.plans import Plan
from policies.reminders import remind_due

DECIDER = "periop.director"


class MovingClock:
    """A business clock that a test sets."""

    at = NOW

    def now(self) -> datetime:
        """The set moment."""
        return self.at


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


def _order(slack: Town, *quantities: int) -> None:
    """Ask for these purchases at once; more than 22 trays together would be for finance."""
    desk, sup = slack.line.desk, slack.line.doors.sandbox_user("sup")

    async def many() -> None:
        for quantity in quantities:
            context = slack.line.context(sup, "cli")
            await desk.call("create_requisition", {"quantity": quantity, "item": "TRAY"}, context)

    slack.line.turns.run(many())


def _rung(slack: Town) -> list[str]:
    """What the decider's phone has shown of new messages."""
    channel = slack.dm(DECIDER)
    return [one.text for one in slack.said(channel)]


def _cards(slack: Town) -> list[Message]:
    return [one for one in slack.said(slack.dm(DECIDER)) if "decide:" in str(one.blocks)]


def _digest(slack: Town) -> Message:
    channel = slack.dm(DECIDER)
    return slack.until(
        lambda: next((one for one in slack.said(channel) if "cards" in str(one.blocks)), None), "the digest"
    )


def test_much_at_once_is_one_digest_that_shows_the_cards_when_asked(slack: Town) -> None:
    _order(slack, 6, 5, 4, 3, 2, 1)
    digest = _digest(slack)
    slack.until(lambda: "6 plans wait for you" in str(digest.blocks), "all of them")
    slack.idle()
    assert len(_rung(slack)) <= 4
    for shown in (5, 6):
        slack.click(DECIDER, digest, "cards")
        slack.until(lambda: len(_cards(slack)) >= shown, "the cards")  # noqa: B023
    slack.idle()
    assert len(_cards(slack)) == 6
    slack.click(DECIDER, _cards(slack)[0], "approve")
    slack.until(lambda: "5 plans wait for you" in str(digest.blocks), "the digest to follow")


def test_what_comes_a_little_later_is_added_without_another_ping(slack: Town) -> None:
    _order(slack, 6, 5, 4)
    slack.until(lambda: len(_rung(slack)) == 3, "three cards")
    _order(slack, 1)
    digest = _digest(slack)
    assert len(_rung(slack)) == 4
    _order(slack, 2)
    slack.until(lambda: "5 plans wait for you" in str(digest.blocks), "the digest to grow")
    slack.idle()
    assert len(_rung(slack)) == 4


def test_a_digest_whose_plans_all_ended_says_so(slack: Town) -> None:
    _order(slack, 6, 5, 4, 3)
    digest = _digest(slack)
    expire_due(slack.line.store, slack.line.policy, NOW + timedelta(days=5))
    slack.until(lambda: "Everything is decided" in str(digest.blocks), "the digest to end")


def _reminders(slack: Town, card: Message) -> list[Message]:
    return [one for one in slack.said(card.channel, card.ts) if "Still waits" in str(one.blocks)]


def test_whoever_is_silent_is_reminded_below_the_card_twice_and_no_more(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card(DECIDER)
    with slack.line.store.reading() as world:
        (plan,) = world.find(Plan)
    assert plan.escalates_at is not None
    assert plan.expires_at is not None
    soon = plan.expires_at - (plan.expires_at - plan.escalates_at) / 5
    early = plan.escalates_at - timedelta(minutes=1)
    for moment, count in ((early, 0), (plan.escalates_at, 1), (soon, 2), (soon, 2)):
        remind_due(slack.line.store, moment)
        slack.until(lambda: len(_reminders(slack, card)) == count, f"{count} reminders")  # noqa: B023
        slack.idle()
        assert len(_reminders(slack, card)) == count
    assert all("TRAY" not in one.text for one in slack.said(card.channel, card.ts))


def test_at_half_the_time_the_next_in_line_gets_a_card_that_freezes_with_the_others(tmp_path: Path) -> None:
    clock = MovingClock()
    with small_town(tmp_path, clock=clock) as slack:
        answer = slack.ask("sup", "order 4 TRAY")
        first = slack.card(DECIDER)
        with slack.line.store.reading() as world:
            (plan,) = world.find(Plan)
            feeds = world.find(Feed)
        assert plan.escalates_at is not None
        clock.at = plan.escalates_at + timedelta(minutes=1)
        with slack.line.store.working() as work:
            work.put(*(feed.model_copy(update={"last_event_at": clock.at}) for feed in feeds))
        expire_due(slack.line.store, slack.line.policy, clock.at)
        second = slack.card("finance.controller")
        slack.click("finance.controller", second, "approve")
        for copy in (first, second):
            slack.until(lambda: "Approved" in str(copy.blocks), "both to say so")  # noqa: B023
            assert "decide:" not in str(copy.blocks)
        told = slack.until(
            lambda: [m for m in slack.said(answer.channel, answer.thread_ts) if "Approved" in str(m.blocks)],
            "the outcome",
        )
        assert len(told) == 1


def test_a_card_that_only_looked_on_gets_its_buttons_and_a_word_when_it_is_ones_turn(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card(DECIDER)
    slack.idle()
    with slack.line.store.reading() as world:
        (plan,) = world.find(Plan)
        (post,) = world.find(SlackPost, plan_id=plan.id, final=False)
        data, now = slack.line.policy.data, slack.line.clock.now()
        onlooker = replace(standing_of(world, plan, None, data, now), may_decide=False)
    assert "Others decide first" in str(approval_blocks(onlooker))
    assert onlooker.fingerprint.startswith(WITHOUT_BUTTONS)
    with slack.line.store.working() as work:
        work.put(post.model_copy(update={"shown": onlooker.fingerprint}))
    slack.until(lambda: "your turn" in str([one.blocks for one in slack.said(card.channel, card.ts)]), "a word")
    assert "decide:" in str(card.blocks)
    slack.idle()
    assert len(slack.said(card.channel, card.ts)) == 1
