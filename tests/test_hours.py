"""Hours and rest: what one more shift may add, by the pack, minute by minute, and at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from desk_line import DeskLine, refused, waiting
from hypothesis import given
from hypothesis import strategies as st

from hospital.model.people import Shift, Staff
from hospital.planning.hours import Duty
from hospital.ports import Range
from policies.data import HoursPack
from policies.hours import keeps

PACK = HoursPack(id="x", most_hours_a_day=16, least_rest_hours=10, most_hours_a_week=60)
MONDAY = datetime(2026, 9, 14, tzinfo=UTC)


def duty(day: int, hour: int, hours: int) -> Duty:
    start = MONDAY + timedelta(days=day, hours=hour)
    return start, start + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("added", "worked", "kept"),
    [
        (duty(0, 19, 12), [], True),
        (duty(0, 19, 4), [duty(0, 7, 12)], True),  # four hours on top of twelve: sixteen at once
        (duty(0, 19, 5), [duty(0, 7, 12)], False),  # seventeen
        (duty(1, 5, 8), [duty(0, 7, 12)], True),  # ten hours of rest
        (duty(1, 4, 8), [duty(0, 7, 12)], False),  # nine
        (duty(0, 6, 4), [duty(0, 19, 12)], False),  # nine before the next duty
        (duty(4, 7, 12), [duty(day, 7, 12) for day in range(4)], True),  # sixty in seven days
        (duty(5, 7, 12), [duty(day, 7, 12) for day in range(5)], False),  # seventy-two
        (duty(7, 7, 12), [duty(day, 7, 12) for day in range(5)], True),  # the first has left the seven days
    ],
)
def test_a_shift_is_kept_to_the_pack(added: Duty, worked: list[Duty], kept: bool) -> None:
    assert keeps(PACK, added, worked) is kept


starts = st.integers(0, 24 * 9)
lengths = st.integers(4, 13)


@given(st.lists(st.tuples(starts, lengths), max_size=7), starts, lengths)
def test_what_is_kept_is_kept_hour_by_hour(worked: list[tuple[int, int]], start: int, length: int) -> None:
    duties: list[Duty] = []
    for first, hours in sorted(worked):  # a roster does not overlap itself
        if not duties or MONDAY + timedelta(hours=first) >= duties[-1][1]:
            duties.append(duty(0, first, hours))
    added = duty(0, start, length)
    if any(first < added[1] and last > added[0] for first, last in duties) or not keeps(PACK, added, duties):
        return
    busy = {
        hour
        for first, last in [*duties, added]
        for hour in range(int((first - MONDAY) / timedelta(hours=1)), int((last - MONDAY) / timedelta(hours=1)))
    }
    mine = set(range(start, start + length))
    for since in range(min(busy), max(busy) + 1):
        week = busy & set(range(since, since + 24 * 7))
        if week & mine and since in busy and since - 1 not in busy:
            assert len(week) <= 60
    run = 0
    for hour in range(min(busy), max(busy) + 2):
        run = run + 1 if hour in busy else 0
        if run and hour in mine:
            assert run <= 16


def test_nobody_is_asked_for_who_would_work_round_the_clock(desk_line: DeskLine) -> None:
    since = Range(at_least=desk_line.now - timedelta(hours=2), before=desk_line.now)
    day = desk_line.find(
        Shift,
        unit_id="northgate-5-west",
        state="rostered",
        start=since,
    )
    tired = next(s.staff_id for s in day if s.staff_id and not s.charge)
    desk_line.put(*(person.changed(voluntary_overtime=True) for person in desk_line.find(Staff, id=tired)))
    night = {"start": day[0].end.isoformat(), "end": (day[0].end + timedelta(hours=12)).isoformat()}
    result = refused(
        desk_line.call("charge.5west", "request_staffing", unit="5 West", source="overtime", staff=tired, **night)
    )
    assert (result.kind, result.rule) == ("never", "never.hours")
    short = {**night, "end": (day[0].end + timedelta(hours=4)).isoformat()}
    waiting(
        desk_line.call("charge.5west", "request_staffing", unit="5 West", source="overtime", staff=tired, **short)
    )
