"""Sessions for a surge: needs met at least cost within people, rooms and devices; else what would have to give."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hospital.planning.clinic_sessions import Candidate, Need, SessionProblem, Turning, add_sessions
from hospital.planning.intervals import Interval

MONDAY = date(2026, 9, 21)
AT = datetime(2026, 9, 21, 13, tzinfo=UTC)


def session(id: str, who: str = "kim", room: str = "r1", day: int = 0, half: int = 0, **rest: Any) -> Candidate:
    start = AT + timedelta(days=day, hours=5 * half)
    plain: dict[str, Any] = {"slots": 6, "labour": 76_400, "devices": (), **rest}
    return Candidate(id, "hill", MONDAY, who, room, Interval(start, start + timedelta(hours=4)), **plain)


def need(missing: int) -> tuple[Need, ...]:
    return (Need("hill", MONDAY, missing),)


def test_free_slots_are_turned_before_anybody_is_paid_and_the_cheapest_sessions_come_first() -> None:
    turnings = tuple(Turning(f"t{n}", "hill", MONDAY) for n in range(3))
    dear, cheap = session("dear", labour=90_000), session("cheap", who="lee", room="r2")
    result = add_sessions(SessionProblem(need(8), (dear, cheap), turnings))
    assert (len(result.turned), [one.id for one in result.sessions]) == (2, ["cheap"])
    assert (result.status, result.missing, result.slots, result.labour) == ("optimal", 0, 8, 76_400)


def test_nobody_and_no_room_is_in_two_sessions_at_once() -> None:
    same_room = (session("a", who="kim"), session("b", who="lee"))
    assert add_sessions(SessionProblem(need(12), same_room)).missing == 6
    same_person = (session("a", room="r1"), session("b", room="r2"))
    assert add_sessions(SessionProblem(need(12), same_person)).missing == 6


def test_devices_and_sessions_a_week_bind_and_are_what_would_have_to_give() -> None:
    many = tuple(session(f"s{n}", who=f"p{n}", room=f"r{n}", devices=("ecg",)) for n in range(3))
    short = add_sessions(SessionProblem(need(18), many, devices=(("hill", "ecg", AT.date(), 1),)))
    assert (short.status, short.missing, len(short.sessions)) == ("infeasible", 12, 1)
    assert [one.constraints for one in short.relax] == [("devices",)]
    alone = tuple(session(f"s{n}", day=n) for n in range(4))
    tired = add_sessions(SessionProblem(need(24), alone))
    assert (len(tired.sessions), [one.constraints for one in tired.relax]) == (2, [("sessions a week",)])
    assert add_sessions(SessionProblem(need(6), ())).relax[0].constraints == ("clinicians",)


def test_without_a_gap_there_is_nothing_to_do() -> None:
    assert add_sessions(SessionProblem(need(-4), (session("a"),))).status == "empty"


@settings(max_examples=25)
@given(
    st.integers(1, 40),
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 4), st.integers(0, 1)), max_size=10
    ),
    st.integers(0, 2),
)
def test_whatever_is_possible_the_plan_keeps_people_rooms_and_devices(
    missing: int, wanted: list[tuple[str, str, int, int]], devices: int
) -> None:
    found = tuple(
        session(f"s{n}", who, room, day, half, devices=("ecg",)) for n, (who, room, day, half) in enumerate(wanted)
    )
    left = tuple(("hill", "ecg", (AT + timedelta(days=day)).date(), devices) for day in range(5))
    result = add_sessions(SessionProblem(need(missing), found, devices=left))
    for one in result.sessions:
        together = [two for two in result.sessions if two.span.overlaps(one.span)]
        assert len({two.clinician for two in together}) == len({two.room for two in together}) == len(together)
        assert len(together) <= devices
        assert sum(two.clinician == one.clinician for two in result.sessions) <= 2
    assert result.missing == max(0, missing - sum(one.slots for one in result.sessions))
    assert bool(result.missing) == (result.status == "infeasible") == bool(result.relax)
