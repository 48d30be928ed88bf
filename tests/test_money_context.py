"""What a change costs and brings, from data; and that a committed change says which forecasts it moves."""

from datetime import date, timedelta

import pytest
from asking import policy
from desk_line import DeskLine, done
from hypothesis import given
from hypothesis import strategies as st
from small_hospital import NOW, fill

from hospital.changes.expected import committed_between
from hospital.model.history import ExpectedChange
from hospital.model.people import Shift
from hospital.model.places import Unit
from hospital.planning.money_context import OptionMoney, Wear, case_money, hours_rounded_up
from middleware.store.database import SqlStore

MONEY = policy().data.money


def test_a_minute_of_an_operating_room_is_within_the_published_range() -> None:
    assert 3600 <= MONEY.room_minute["or"] <= 3700


def test_overtime_is_at_least_time_and_a_half() -> None:
    assert MONEY.overtime_rate(4_800) >= 7_200


@given(st.integers(0, 10**9), st.integers(1, 20), st.integers(1, 8_000))
def test_over_its_whole_life_a_device_wears_off_exactly_its_price(price: int, years: int, hours: int) -> None:
    assert Wear(price=price, years=years, hours_a_year=hours).cost(years * hours * 60) == price


@given(st.integers(0, 1_000), st.sampled_from(sorted(MONEY.case)))
def test_the_money_of_a_case_adds_up(minutes: int, service: str) -> None:
    money = case_money(MONEY, service, minutes, ("c-arm", "a thing without a price"))  # type: ignore[arg-type]
    assert money.cost == minutes * MONEY.room_minute["or"] + MONEY.wear({"c-arm": minutes})
    assert money.margin == money.contribution - money.cost
    assert money.revenue >= money.contribution


def test_nothing_is_said_of_money_that_does_not_move() -> None:
    assert OptionMoney().words == "no money moves"
    assert "overtime" not in OptionMoney(rooms=100).words
    assert OptionMoney(rooms=100).words == "room time $1.00"


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (1, 1), (60, 1), (61, 2)])
def test_a_started_hour_is_paid(minutes: int, hours: int) -> None:
    assert hours_rounded_up(timedelta(minutes=minutes)) == hours


def test_a_committed_shift_moves_the_staffing_forecast_and_says_so(sqlite_store: SqlStore) -> None:
    line = DeskLine(fill(sqlite_store), NOW)
    line.put(line.get(Unit, "hill-ward").changed(cost_centre_id="4200"))
    start = NOW + timedelta(hours=11)
    result = line.call(
        "cleo",
        "request_staffing",
        source="float",
        staff="N-1",
        competency="med_surg",
        start=start.isoformat(),
        end=(start + timedelta(hours=12)).isoformat(),
    )
    said = done(result).headline
    assert "Forecasts updated: staff hours of Ward, Hill +12" in said
    (kept,) = line.find(ExpectedChange)
    assert (kept.series, kept.amount, kept.plan_id) == ("staff_hours:hill-ward", 12, done(result).plan.id)  # type: ignore[union-attr]
    with line.store.reading() as world:
        assert committed_between(world, kept.series, kept.day, kept.day) == 12
        assert committed_between(world, kept.series, date(2027, 1, 1), date(2027, 1, 2)) == 0
        assert world.count(Shift, staff_id="N-1", source="float") == 1
    until = (start + timedelta(hours=12)).isoformat()
    beds = done(line.call("bea", "forecast_demand", subject="beds", site="hill", end=until))
    assert "Committed plans have changed what is expected: staff hours of Ward, Hill +12" in beds.headline
