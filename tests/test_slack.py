"""The bot in the fake Slack: what people say and press, and what comes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_town import small_town

from evals.slack.town import Town
from policies.plans import Plan


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


def _plan(slack: Town) -> Plan:
    with slack.line.store.reading() as world:
        return world.find(Plan, order="-created_at", limit=1)[0]


def test_a_question_is_answered_in_its_thread(slack: Town) -> None:
    answer = slack.ask("sup", "chart")
    assert "Here is **demand** by day." in str(answer.blocks)
    assert answer.text == "Here is the answer."
    assert any(block["type"] == "table" for block in answer.blocks)


def test_a_purchase_waits_until_the_director_approves_on_the_card(slack: Town) -> None:
    answer = slack.ask("sup", "order 4 TRAY")
    card = slack.card("periop.director")
    assert slack.click("periop.director", card, "approve").status == 200
    slack.until(lambda: _plan(slack).state in ("committed", "delivered"), "the commit")
    slack.until(lambda: "decide:" not in str(card.blocks), "the card to freeze")
    told = slack.until(
        lambda: [m for m in slack.said(answer.channel, answer.thread_ts) if "Approved" in str(m.blocks)]
    )
    assert len(told) == 1
