"""A resource's day adds up, and a ratio holds at every moment or is reported short."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.capacity import PRECEDENCE, BedCount, Kind, Labelled, account
from hospital.planning.intervals import Interval, total_minutes
from hospital.planning.staffing import RosteredNurse, nurses_required, staffing

DAY = datetime(2026, 9, 17, tzinfo=UTC)


def at(start: float, end: float) -> Interval:
    return Interval(DAY + timedelta(hours=start), DAY + timedelta(hours=end))


PRIME = at(7.5, 15.5)

labelled = st.builds(
    lambda start, length, kind: Labelled(at(start / 4, (start + length) / 4), kind),
    st.integers(20, 70),
    st.integers(1, 20),
    st.sampled_from(PRECEDENCE[:-1]),
)


@given(st.lists(labelled, max_size=12))
def test_every_minute_of_the_window_is_counted_exactly_once(uses: list[Labelled]) -> None:
    day = account(PRIME, uses)
    assert sum(day.minutes.values()) == PRIME.minutes
    assert total_minutes(span for spans in day.spans.values() for span in spans) == PRIME.minutes


@given(st.lists(labelled, max_size=8), st.integers(20, 69))
def test_the_strongest_label_owns_each_quarter_hour(uses: list[Labelled], quarter: int) -> None:
    moment = at(quarter / 4, (quarter + 1) / 4)
    day = account(PRIME, uses)
    claims = [use.kind for use in uses if use.span.overlaps(moment)]
    owner: Kind = min([*claims, "unassigned"], key=PRECEDENCE.index)
    if PRIME.contains(moment):
        assert any(span.contains(moment) for span in day.spans[owner])


def test_a_block_day_is_told_apart_by_kind() -> None:
    day = account(
        PRIME,
        [
            Labelled(PRIME, "blocked", "BLK-1"),
            Labelled(at(12, 15.5), "released", "BLK-1"),
            Labelled(at(7.5, 10), "booked", "CASE-1"),
            Labelled(at(13, 14), "held", "HOLD-1"),
            Labelled(at(15, 17), "booked", "CASE-2"),
        ],
    )
    assert day.minutes == {
        "maintenance": 0, "booked": 180, "held": 60, "released": 120, "blocked": 120, "unassigned": 0,
    }  # fmt: skip
    assert day.free_minutes == 120
    assert day.gaps(90) == {"released": (), "blocked": (at(10, 12),), "unassigned": ()}
    assert day.open_gaps(60) == (at(12, 13), at(14, 15))
    assert day.open_gaps(60, owner_of_block=True) == (at(10, 13), at(14, 15))
    assert day.booked_outside == (at(15.5, 17),)


def test_a_case_booked_into_maintenance_is_reported() -> None:
    day = account(PRIME, [Labelled(at(8, 12), "maintenance"), Labelled(at(11, 13), "booked")])
    assert [(clash.span, clash.winner, clash.loser) for clash in day.clashes] == [
        (at(11, 12), "maintenance", "booked")
    ]
    assert day.minutes["maintenance"] == 240
    assert day.minutes["booked"] == 60


def test_staffed_and_physical_beds_differ() -> None:
    beds = BedCount(physical=26, closed=6, occupied=17, reserved=1, staffed=19)
    assert (beds.free_physical, beds.free_staffed) == (2, 1)
    with pytest.raises(ValueError, match="closed=30 must not be more than physical=26"):
        BedCount(physical=26, closed=30, occupied=0, reserved=0, staffed=0)


@pytest.mark.parametrize(
    ("census", "ratio", "acuity", "needed"),
    [(27, 5, {}, 6), (25, 5, {}, 5), (26, 5, {}, 6), (0, 5, {}, 0), (7, 5, {2: 3}, 3), (5, 5, {1: 1}, 2)],
)
def test_nurses_by_ratio(census: int, ratio: int, acuity: dict[int, int], needed: int) -> None:
    assert nurses_required(census, ratio, acuity) == needed


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    for rest in _partitions(items[1:]):
        yield [[items[0]], *rest]
        for i, group in enumerate(rest):
            yield [*rest[:i], [items[0], *group], *rest[i + 1 :]]


@given(st.lists(st.integers(1, 5), max_size=6))
def test_nurses_by_ratio_is_the_fewest_that_any_assignment_allows(ratios: list[int]) -> None:
    fewest = min(len(groups) for groups in _partitions(ratios) if all(len(group) <= min(group) for group in groups))
    acuity = {ratio: ratios.count(ratio) for ratio in set(ratios)}
    assert nurses_required(len(ratios), 5, acuity) == fewest


def test_a_charge_nurse_without_patients_does_not_count() -> None:
    night = at(19, 31)
    roster = [RosteredNurse(f"RN-{n}", night) for n in range(5)]
    charge = RosteredNurse("RN-charge", night, charge=True)
    assert staffing(night, 6, [*roster, charge]).short == 1
    assert staffing(night, 6, [*roster, charge]).not_counted == ("RN-charge",)
    taking = RosteredNurse("RN-charge", night, charge=True, taking_patients=True)
    assert staffing(night, 6, [*roster, taking]).short == 0


def test_one_uncovered_hour_is_short_although_the_average_is_enough() -> None:
    night = at(19, 31)
    roster = [
        RosteredNurse("A", night),
        RosteredNurse("B", at(19, 23)),
        RosteredNurse("C", at(24, 31)),
        RosteredNurse("D", at(25, 31)),
    ]
    result = staffing(night, 2, roster)
    assert (result.short, result.counted) == (1, 1)
    assert [span.span for span in result.short_spans] == [at(23, 24)]


def test_a_break_and_a_double_row_are_seen() -> None:
    night = at(19, 31)
    twice = [RosteredNurse("A", night), RosteredNurse("A", at(19, 27))]
    assert staffing(night, 2, twice).short == 1
    assert staffing(night, 1, [RosteredNurse("A", night, away=(at(23, 23.5),))]).short_spans[0].span == at(23, 23.5)


def test_an_empty_roster_is_short_of_all() -> None:
    assert staffing(at(19, 31), 6, []).short == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((-1, 5, {}), "census=-1"), ((4, 0, {}), "ratio=0"), ((4, 5, {2: 5}), "more than census=4")],
)
def test_nonsense_counts_are_refused(arguments: tuple[int, int, dict[int, int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nurses_required(*arguments)
