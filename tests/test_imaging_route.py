"""Routing an imaging request: cost, travel and waiting weighed, what stands against a slot, and what would help."""

from datetime import UTC, datetime, timedelta

import pytest

from hospital.planning.imaging_route import Constraint, ScanSlot, route

NOW = datetime(2026, 9, 14, 13, tzinfo=UTC)


def slot(
    id: str, hours: float, *against: Constraint, room: str = "", travel: int = 0, serve: int = 20_000
) -> ScanSlot:
    start = NOW + timedelta(hours=hours)
    return ScanSlot(
        id, "hill", room or f"room {id}", start, start + timedelta(minutes=40), frozenset(against), travel, 20_000
    )


def test_a_nearer_slot_is_worth_waiting_for_only_so_long() -> None:
    far, near_soon, near_late = slot("far", 1, travel=3_000), slot("soon", 25), slot("late", 72)
    assert [one.slot.id for one in route([far, near_soon, near_late], NOW, 2_000).routes] == ["soon", "far", "late"]


def test_each_scanner_is_offered_once_with_its_earliest_slot() -> None:
    result = route([slot("b", 5, room="MRI 1"), slot("a", 1, room="MRI 1"), slot("c", 2, room="MRI 2")], NOW, 2_000)
    assert [one.slot.id for one in result.routes] == ["a", "c"]
    assert result.routes[0].report.slack == {"next on the same scanner": 240}


def test_what_stands_against_a_slot_is_told_by_scanner_and_binds_what_is_later() -> None:
    result = route([slot("x", 1, "technologist"), slot("y", 2, "contrast"), slot("z", 3)], NOW, 2_000)
    assert [one.slot.id for one in result.routes] == ["z"]
    assert {(room, count) for room, _, count in result.why_not} == {("room x", 1), ("room y", 1)}
    assert any("technologist" in words for words in result.routes[0].report.binding)


def test_the_smallest_set_that_would_help_is_named_and_contrast_is_never_given_up() -> None:
    result = route([slot("x", 1, "technologist", "protocol"), slot("y", 2, "contrast"), slot("z", 3, "held")], NOW, 0)
    assert (result.status, [one.constraints for one in result.relax]) == ("infeasible", [("held",)])
    only = route([slot("y", 2, "contrast")], NOW, 0)
    assert only.relax[0].words == "a longer window, or another order"
    assert route([], NOW, 0).status == "empty"


def test_nonsense_is_refused_at_birth() -> None:
    with pytest.raises(ValueError, match="travel=-1"):
        slot("x", 1, travel=-1)
