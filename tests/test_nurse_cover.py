"""Nurse cover: fill order before money, hours and rest of every person, fairness, and what would have to give."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospital.planning.cover_nurses import cover_nurses
from hospital.planning.hours import HoursRule, against
from hospital.planning.intervals import Interval
from hospital.planning.nurse_cover import CoverProblem, Gap, Nurse

MONDAY = datetime(2026, 9, 14, tzinfo=UTC)
RULE = HoursRule(most_hours_a_day=16, least_rest_hours=10, most_hours_a_week=60)


def shift(day: int, hour: int = 19, hours: int = 12) -> Interval:
    start = MONDAY + timedelta(days=day, hours=hour)
    return Interval(start, start + timedelta(hours=hours))


def nurse(id: str, pool: Any = "home", rate: int = 5_000, **rest: Any) -> Nurse:
    plain: dict[str, Any] = {"competency": "current", "volunteers": True, **rest}
    return Nurse(id=id, name=id.title(), pool=pool, rate=rate, **plain)


def problem(*nurses: Nurse, gaps: tuple[Gap, ...] = (Gap("night", shift(0), 1),), agency: int | None = 9_800) -> Any:
    return CoverProblem(
        gaps=gaps, nurses=nurses, hours=RULE, plain_hours=40, overtime_percent=150, agency_rate=agency
    )


WORKED = tuple(shift(day, 7) for day in (2, 3, 4))
"""36 hours later in the week: twelve more are overtime."""


def test_the_fill_order_comes_before_the_price() -> None:
    people = (nurse("dear", rate=9_000), nurse("pool", "float", 4_000), nurse("tired", rate=3_000, duties=WORKED))
    result = cover_nurses(problem(*people))
    assert [[(a.nurse, a.source) for a in option.assignments] for option in result.options] == [
        [("dear", "home")],
        [("pool", "float")],
        [("tired", "overtime")],
        [(None, "agency")],
    ]
    assert [option.cost for option in result.options] == [12 * 9_000, 12 * 4_000, 12 * 4_500, 12 * 9_800]
    assert result.status == "optimal"


def test_overtime_goes_to_who_had_least_of_it() -> None:
    people = (nurse("much", duties=WORKED, overtime_hours=24), nurse("none", duties=WORKED))
    best = cover_nurses(problem(*people)).options[0]
    assert [one.nurse for one in best.assignments] == ["none"]


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (nurse("a", duties=(shift(0),)), "works then"),
        (nurse("b", duties=(shift(0, 0, 12),)), "less than 10 h of rest"),
        (nurse("c", duties=(shift(0, 7),)), "more than 16 h at a stretch"),
        (nurse("d", duties=tuple(shift(day, 7) for day in range(1, 6))), "more than 60 h in 7 days"),
        (nurse("e", competency="never"), "never held the competency"),
        (nurse("f", competency="expired"), "competency expired: the nursing supervisor decides"),
        (nurse("g", volunteers=False), "has not offered extra shifts, and nobody is mandated"),
        (nurse("h", called_out=(shift(0),)), "called out"),
    ],
)
def test_who_cannot_come_is_told_why(person: Nurse, why: str) -> None:
    if why == "less than 10 h of rest":
        person = nurse("b", duties=(Interval(shift(0).end + timedelta(hours=9), shift(0).end + timedelta(hours=20)),))
    if why == "more than 60 h in 7 days":
        person = nurse("d", duties=tuple(shift(day, 19) for day in range(1, 6)))
    result = cover_nurses(problem(person, agency=None))
    assert [said for _, _, said in result.why_not] == [why]
    assert result.status == "infeasible"
    assert result.relax


def test_what_would_help_is_the_smallest_set() -> None:
    gap = (Gap("night", shift(0), 2),)
    people = (nurse("old", "float", competency="expired"), nurse("shy", volunteers=False))
    result = cover_nurses(problem(*people, gaps=gap, agency=None))
    assert [one.constraints for one in result.relax] == [("agency",)]
    alone = cover_nurses(problem(nurse("old", "float", competency="expired"), agency=None))
    assert {one.constraints for one in alone.relax} == {("agency",), ("competency",)}


def test_nothing_missing_is_empty_and_a_shift_too_long_for_anybody_is_contradictory() -> None:
    assert cover_nurses(problem(gaps=(Gap("night", shift(0), 0),))).status == "empty"
    too_long = cover_nurses(problem(nurse("a"), gaps=(Gap("day", shift(0, 7, 20), 1),)))
    assert too_long.status == "contradictory"
    assert "at most 16 h" in too_long.relax[0].words


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([7, 19]), st.integers(0, 2)), min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from(["home", "float"]), st.booleans(), st.integers(0, 6)), max_size=5),
)
def test_every_cover_keeps_hours_rest_and_count(gaps: list[tuple[int, int, int]], people: list[Any]) -> None:
    wanted = {f"{day}-{hour}": Gap(f"{day}-{hour}", shift(day, hour), short) for day, hour, short in gaps}
    nurses = tuple(
        nurse(f"n{n}", pool, volunteers=extra, duties=(shift(day, 7),)) for n, (pool, extra, day) in enumerate(people)
    )
    asked = problem(*nurses, gaps=tuple(wanted.values()))
    result = cover_nurses(asked, seconds=4)
    by_id = {one.id: one for one in nurses}
    for option in result.options:
        for id, gap in wanted.items():
            assert sum(one.gap == id for one in option.assignments) + option.missing.get(id, 0) == gap.short
        for who, person in by_id.items():
            duties = [(duty.start, duty.end) for duty in person.duties]
            for one in sorted(option.assignments, key=lambda one: wanted[one.gap].span.start):
                if one.nurse == who:
                    span = wanted[one.gap].span
                    assert against(RULE, (span.start, span.end), duties) is None
                    assert person.volunteers or person.pool == "float"
                    duties.append((span.start, span.end))
    if result.status != "empty":
        assert result.options[0].same_as == cover_nurses(asked, seconds=4).options[0].same_as
