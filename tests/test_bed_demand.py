"""Beds needed by the hour, as a distribution."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.bed_demand import BedFlow, Chance, demand_by_hour, hour_shares

START = datetime(2026, 9, 14, 13, tzinfo=UTC)
END = START + timedelta(hours=12)


def chance(hours: float, probability: float) -> Chance:
    return Chance(START + timedelta(hours=hours), probability)


def test_who_stays_needs_a_bed_all_the_time() -> None:
    hours = demand_by_hour(BedFlow(27), START, END, beds=30)
    assert len(hours) == 12
    assert {(one.p50, one.low80, one.high80, one.short) for one in hours} == {(27, 27, 27, 0.0)}


def test_a_certain_discharge_and_transfer_count_from_their_hour_on() -> None:
    flow = BedFlow(10, leaving=(chance(3, 1.0),), entering=(chance(5, 1.0), chance(6, 1.0)))
    assert [one.p50 for one in demand_by_hour(flow, START, END, 10)][1:6] == [10, 9, 9, 10, 11]


def test_running_short_has_the_probability_of_its_causes() -> None:
    flow = BedFlow(10, leaving=(chance(1, 0.25),), entering=(chance(1, 0.5),))
    first = demand_by_hour(flow, START, END, beds=10)[0]
    assert first.short == pytest.approx(0.5 * 0.75)
    assert first.mean == pytest.approx(10.25)


def test_arrivals_without_more_doubt_are_poisson() -> None:
    last = demand_by_hour(BedFlow(0, arrivals=((1.0, 0.0),) * 4), START, START + timedelta(hours=4), beds=4)[-1]
    above = 1 - sum(math.exp(-4) * 4**k / math.factorial(k) for k in range(5))
    assert last.short == pytest.approx(above, abs=1e-6)


def test_a_less_certain_forecast_widens_the_interval_around_the_same_mean() -> None:
    sure = demand_by_hour(BedFlow(20, arrivals=((2.0, 0.0),) * 12), START, END, 40)[-1]
    unsure = demand_by_hour(BedFlow(20, arrivals=((2.0, 1.0),) * 12), START, END, 40)[-1]
    assert sure.mean == unsure.mean == pytest.approx(44)
    assert unsure.high80 - unsure.low80 > sure.high80 - sure.low80


@given(
    present=st.integers(0, 60),
    leaving=st.lists(st.tuples(st.floats(0, 24), st.floats(0, 1)), max_size=30),
    entering=st.lists(st.tuples(st.floats(0, 24), st.floats(0, 1)), max_size=12),
    arrivals=st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), max_size=24),
    beds=st.integers(0, 80),
    hours=st.floats(0.1, 24),
)
def test_the_distribution_agrees_with_drawing_it(
    present: int,
    leaving: list[tuple[float, float]],
    entering: list[tuple[float, float]],
    arrivals: list[tuple[float, float]],
    beds: int,
    hours: float,
) -> None:
    present += len(leaving)
    flow = BedFlow(
        present, tuple(chance(*one) for one in leaving), tuple(chance(*one) for one in entering), tuple(arrivals)
    )
    found = demand_by_hour(flow, START, START + timedelta(hours=hours), beds)
    assert found[-1].at == START + timedelta(hours=hours)
    for one in found:
        assert 0 <= one.low80 <= one.p50 <= one.p80 <= one.high80
        assert 0 <= one.short <= 1 + 1e-9
        assert one.mean == pytest.approx(present + one.arrived + one.entered - one.left)
    more = demand_by_hour(flow, START, START + timedelta(hours=hours), beds + 1)
    assert more[-1].short <= found[-1].short + 1e-9


def test_hours_of_arrival_are_shares_of_a_day() -> None:
    assert hour_shares([]) == (1 / 24,) * 24
    shares = hour_shares([10] * 50 + [11] * 50)
    assert sum(shares) == pytest.approx(1)
    assert shares[10] == pytest.approx(51 / 124)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Chance(START, 1.2),
        lambda: BedFlow(-1),
        lambda: BedFlow(1, arrivals=((-1.0, 0.0),)),
        lambda: demand_by_hour(BedFlow(1), START, START, 1),
    ],
)
def test_nonsense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"must|not after"):
        make()  # type: ignore[operator]


def test_a_coarser_step_says_the_same_of_the_moments_it_names() -> None:
    flow = BedFlow(200, tuple(chance(h / 10, 0.3) for h in range(100)), (), ((5.0, 1.0),) * 24)
    fine = demand_by_hour(flow, START, START + timedelta(hours=24), 200)
    assert demand_by_hour(flow, START, START + timedelta(hours=24), 200, timedelta(hours=6)) == fine[5::6]
