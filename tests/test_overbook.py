"""Overbooking by slot: exact waits and overrun, cap and limits kept, and groups only compared afterwards."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.overbook import (
    GroupWait,
    Limits,
    Session,
    SlotRisk,
    compare_groups,
    load_of,
    overbook,
    waits_longer,
)

START = datetime(2026, 9, 15, 13, tzinfo=UTC)


def session(*missed: float, cap: int = 2, minutes: int = 20, extra: float = 0.1) -> Session:
    return Session(
        "S",
        tuple(
            SlotRisk(f"s{n}", START + n * timedelta(minutes=minutes), START + (n + 1) * timedelta(minutes=minutes), p)
            for n, p in enumerate(missed)
        ),
        cap,
        extra,
    )


def played(one: Session, beside: set[str], times: int = 20_000) -> tuple[float, float]:
    """Overrun and mean wait of the session when it is played many times, by a clock instead of a distribution."""
    dice = random.Random(5)
    overrun = waited = 0.0
    for _ in range(times):
        free = one.slots[0].start
        for slot in one.slots:
            waited += max(timedelta(), free - slot.start) / timedelta(minutes=1) / len(one.slots)
            for missed in (slot.missed, *((one.extra_missed,) if slot.id in beside else ())):
                if dice.random() >= missed:
                    free = max(free, slot.start) + (slot.end - slot.start)
        overrun += max(timedelta(), free - one.slots[-1].end) / timedelta(minutes=1)
    return overrun / times, waited / times


@pytest.mark.parametrize("beside", [set(), {"s1"}, {"s0", "s3"}])
def test_expected_overrun_and_wait_are_those_of_many_played_sessions(beside: set[str]) -> None:
    one = session(0.2, 0.5, 0.1, 0.4)
    load = load_of(one, [slot for slot in one.slots if slot.id in beside])
    overrun, wait = played(one, beside)
    assert load.overrun == pytest.approx(overrun, abs=0.3)
    assert load.wait == pytest.approx(wait, abs=0.3)


def test_the_extra_visit_goes_where_somebody_will_probably_be_missing() -> None:
    result = overbook([session(0.0, 0.0, 0.9, 0.0, cap=1)])
    assert [slot.id for slot in result.sessions[0].beside] == ["s2"]
    assert result.status == "optimal"


def test_work_into_a_break_counts_as_overrun_and_a_free_slot_counts_as_taken() -> None:
    before, after = session(0.0, 0.0).slots, session(0.0).slots[0]
    noon = after.start + timedelta(hours=2)
    urgent = SlotRisk(
        "u", after.start + timedelta(minutes=40), after.start + timedelta(minutes=60), 0.0, booked=False
    )
    late = SlotRisk("late", noon, noon + timedelta(minutes=20), 0.0)
    day = Session("S", (*before, urgent, late), 1, 0.0)
    load = load_of(day, [before[1]])
    assert load.overrun == 20  # into the break: the urgent slot took its own time
    assert load.waits == {"s0": 0, "s1": 0, "late": 0}
    assert all(slot.booked for one in overbook([day], Limits(overrun=60, wait=60)).sessions for slot in one.beside)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7), st.integers(0, 3))
def test_cap_and_limits_hold_whatever_the_risks(missed: list[float], cap: int) -> None:
    limits = Limits(overrun=12, wait=6)
    result = overbook([session(*missed, cap=cap)], limits)
    for one in result.sessions:
        assert 1 <= len(one.beside) <= cap
        assert one.after.overrun <= limits.overrun
        assert one.after.wait <= limits.wait
        assert one.after.overrun >= one.before.overrun
    assert bool(result.sessions) == (result.status == "optimal")
    assert result.sessions or result.why_not


def test_full_sessions_and_empty_ones_are_told_apart() -> None:
    assert overbook([Session("S", (), 2)]).status == "empty"
    nobody_missing = overbook([session(0.0, 0.0, extra=0.0)], Limits(overrun=5, wait=5))
    assert nobody_missing.status == "infeasible"
    assert nobody_missing.relax[0].words.endswith("expected overrun of more than 5 min")
    assert overbook([session(0.5, cap=0)]).why_not == (("S", "the cap of the session"),)


def test_groups_are_compared_afterwards_and_change_nothing_that_was_chosen() -> None:
    one = session(0.1, 0.6, 0.6, 0.1, cap=2)
    chosen = overbook([one]).sessions
    groups = compare_groups(chosen, {"s0": "A", "s1": "A", "s2": "B", "s3": "B"})
    assert [(g.group, g.visits) for g in groups] == [("A", 2), ("B", 2)]
    assert all(g.after >= g.before for g in groups)
    assert sum(g.after * g.visits for g in groups) / 4 == pytest.approx(chosen[0].after.wait)


def test_a_group_that_waits_noticeably_longer_is_found() -> None:
    same, longer = GroupWait("A", 8, 2, 3), GroupWait("B", 2, 2, 20)
    assert waits_longer((same, longer)) == (longer,)
    assert waits_longer((same, GroupWait("B", 2, 2, 4))) == ()
    assert waits_longer(()) == ()


def test_nonsense_is_refused_at_birth() -> None:
    with pytest.raises(ValueError, match=r"missed=1\.5"):
        session(1.5)
