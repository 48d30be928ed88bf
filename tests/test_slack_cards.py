"""What cards look like in Slack: nothing that is decided on is cut off, and what became of it is said once."""

from typing import Any

import pytest

from bots.slack import limits
from bots.slack.approval import Standing, approval_blocks
from bots.slack.blocks import lists
from bots.slack.card_blocks import draw
from bots.slack.chart_image import draw_chart, scale_of
from hospital.cards import ChartCard, ChartSeries, PlanCard, TableCard

MANY = tuple(f"Add a session at Hill Cardiology, room {at}: {'ECG ' * 30}".strip() for at in range(60))
TABLE = TableCard(title="Rooms", columns=("Room", "Minutes"), rows=(("OR 1", 90), ("OR <2>", 5)))


def _plan(**more: Any) -> PlanCard:
    return PlanCard.model_validate(
        {
            "plan_id": "PLAN-A",
            "digest": "d" * 64,
            "state": "awaiting",
            "title": "Sessions",
            "lines": MANY,
            "cost": "",
            **more,
        }
    )


def _said(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block)


def test_a_card_says_how_much_more_there_is_and_the_details_hold_every_line() -> None:
    card, whole = approval_blocks(Standing(_plan())), approval_blocks(Standing(_plan()), whole=True)
    shown = [line for line in MANY if line in _said(card)]
    assert 0 < len(shown) < len(MANY)
    assert f"… and {len(MANY) - len(shown)} more" in _said(card)
    assert all(line in _said(whole) for line in MANY)
    assert limits.wrong_with_message(card) == []
    assert limits.wrong_with_message(whole) == []


def test_a_long_sentence_that_lists_several_things_is_drawn_as_a_list() -> None:
    moves = "; ".join(f"move case {at} from OR 4, Mon 14 Sep 10:30 to OR 12, Mon 14 Sep 10:45-12" for at in range(3))
    (block,) = lists("What changes", [moves])
    assert block["text"]["text"].count("\n• Move case") == 3
    (short,) = lists("What changes", ["Order 2; then 3"])
    assert short["text"]["text"] == "*What changes*\n• Order 2; then 3"


def test_a_plan_that_moved_says_what_is_different_and_an_expired_one_says_so_once() -> None:
    moved = Standing(_plan(state="superseded", lines=("Order 2",)), replaced_by="PLAN-B", differences=("the cost",))
    assert "PLAN-B` took its place" in _said(approval_blocks(moved))
    assert "*What is different now*\n• The cost" in _said(approval_blocks(moved))
    follows = Standing(_plan(lines=("Order 3",)), replaces="PLAN-A", differences=("the cost",))
    assert "*Instead of PLAN-A*\n• The cost" in _said(approval_blocks(follows))
    expired = Standing(_plan(state="expired", lines=("Order 2",)), reason="nobody decided in time")
    assert _said(approval_blocks(expired)).casefold().count("nobody decided in time") == 1


def test_one_table_is_a_table_block_and_the_others_fit_into_a_message() -> None:
    wide = TableCard(title="Models", columns=("Site", "Model"), rows=(("Hill", "profile " * 12), ("Lake", "AutoETS")))
    one_row = TableCard(title="Week", columns=("Week", "Slots"), rows=(("21 Sep", 180),))
    blocks = draw([TABLE, wide, one_row])
    assert limits.wrong_with_message(blocks) == []
    (table,) = (block for block in blocks if block["type"] == "table")
    assert table["rows"][0][1]["text"] == "Model"
    assert "OR &lt;2&gt;        5" in _said(blocks)
    fields = [block["fields"] for block in blocks if "fields" in block]
    assert [[one["text"] for one in part] for part in fields] == [["*Week*\n21 Sep", "*Slots*\n180"]]


@pytest.mark.parametrize(("highest", "step", "top"), [(60, 10, 60), (61, 20, 80), (0, 0.2, 1), (4_300, 1000, 5000)])
def test_the_scale_of_a_chart_counts_in_round_figures(highest: float, step: float, top: float) -> None:
    series = (ChartSeries(name="Demand", values=(1.0 if highest else 0.0, float(highest))),)
    card = ChartCard(title="A", kind="line", labels=("1", "2"), series=series, unit="visits", twin=TABLE)
    found = scale_of(card)
    assert found == pytest.approx((step, top))
    assert draw_chart(card).startswith(b"\x89PNG")
