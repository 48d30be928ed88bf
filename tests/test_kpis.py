"""Key figures agree with counting by hand, and say what they are made of."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asking import ask, assert_supported
from fastapi.testclient import TestClient
from small_hospital import NOW, fill, people
from small_line import small_line

from bots.web.api import create_api
from hospital.cards import ChartCard
from hospital.model.bookings import Appointment, Block, Slot, SurgicalCase
from hospital.model.people import Encounter, Shift
from middleware.store.database import SqlStore
from tools.kpi_catalogue import KPIS, find_kpi
from tools.kpi_ledger import working_hours
from tools.query_kpi import query_kpi
from tools.tool import Answer, Problem

DAY = datetime(2026, 8, 12, tzinfo=UTC)
"""A Wednesday; Hill is in Chicago, five hours behind."""


def at(hour: float, day: datetime = DAY) -> datetime:
    """A wall-clock hour at Hill that day."""
    return day + timedelta(hours=hour + 5)


def case(id: str, booked: float, wheels_in: float, wheels_out: float, **more: object) -> SurgicalCase:
    return SurgicalCase.model_validate(
        {
            "id": id, "site_id": "hill", "patient_id": "88213", "procedure_id": "hip", "service_id": "ortho",
            "surgeon_id": "varga", "room_id": "hill-or-1", "start": at(booked), "end": at(booked + 1.5),
            "state": "completed", "wheels_in": at(wheels_in), "wheels_out": at(wheels_out),
            "actual_minutes": round((wheels_out - wheels_in) * 60), **more,
        }
    )  # fmt: skip


def visit(number: int, status: str, hour: float, notice: float | None = None) -> Appointment:
    start = at(hour)
    return Appointment(
        id=f"V{number}", patient_id="88213", site_id="hill", clinic_id="hill-derm", service_id="derm",
        room_id="hill-d1", clinician_id="kim", slot_id=None, visit_type="new-patient", status=status, start=start,
        end=start + timedelta(minutes=20), booked_at=start - timedelta(days=9),
        cancelled_at=start - timedelta(hours=notice) if notice else None,
    )  # fmt: skip


@pytest.fixture
def counted(sqlite_store: SqlStore) -> SqlStore:
    """One block day with two cases, a cancelled one and one outside; a released block; visits, shifts and stays."""
    block = Block(
        id="B1", site_id="hill", room_id="hill-or-1", service_id="ortho", owner_id="varga", start=at(7.5),
        end=at(15.5), auto_release_at=at(-40),
    )  # fmt: skip
    gone = {"state": "cancelled", "wheels_in": None, "wheels_out": None, "actual_minutes": None}
    shift = {
        "site_id": "hill", "unit_id": "hill-ward", "role": "rn", "staff_id": "rn-1", "start": at(7), "end": at(19),
    }  # fmt: skip
    stay = {
        "patient_id": "88213", "site_id": "hill", "unit_id": "hill-ward", "bed_id": None, "service_id": "medicine",
        "level": "med_surg", "admitted_at": at(0, DAY - timedelta(days=3)), "state": "discharged",
    }  # fmt: skip
    with fill(sqlite_store).working() as work:
        work.put(
            block,
            block.changed(id="B2", room_id="hill-or-2", state="released", released_mode="voluntary"),
            case("C1", 7.5, 7.6, 9.6),
            case("C2", 9.5, 10.1, 16.0),
            case("C3", 13, 13, 14).changed(cancel_reason="patient unwell", **gone),
            case("C4", 20, 20, 21, room_id="hill-or-2"),
            *(visit(n, "fulfilled", 8 + n) for n in range(6)),
            visit(6, "noshow", 15), visit(7, "noshow", 16), visit(8, "cancelled", 8, notice=30),
            visit(9, "cancelled", 17, notice=48), visit(10, "cancelled", 18, notice=2),
            Shift(id="S1", **shift), Shift(id="S2", source="overtime", **{**shift, "end": at(11)}),
            Shift(id="S3", state="called_out", **shift),
            Encounter(id="E1", discharged_at=at(11.5), **stay), Encounter(id="E2", discharged_at=at(12.5), **stay),
            Encounter(id="E3", **{**stay, "state": "boarding", "admitted_at": NOW - timedelta(hours=4)}),
        )  # fmt: skip
    return sqlite_store


def kpi(store: SqlStore, name: str, **more: object) -> Answer:
    answer = ask(store, query_kpi, people()["sam"], NOW, kpi=name, site="Hill", **more)
    assert_supported(answer)
    return answer


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "value"),
    [
        # 07:36-09:36 and 10:06-15:30 in the room, 30 min of turnover, of eight hours.
        ("prime-time-utilisation", 120 + 324 + 30, 480, 98.8),
        ("block-utilisation", 120 + 324 + 30, 480, 98.8),
        # C1 went in 6 min late, C4 on time.
        ("first-case-on-time", 1, 2, 50.0),
        ("turnover", 30, 1, 30.0),
        ("day-of-surgery-cancellation", 1, 4, 25.0),
        # Booked 90 each; took 120, 354 and 60.
        ("duration-accuracy", 30 + 264 + 30, 3, 108.0),
        ("no-show", 2, 8, 25.0),
        # Two were cancelled a day before; one of those times was given to somebody else.
        ("slot-recovery", 1, 2, 50.0),
        ("overtime", 4, 16, 25.0),
        ("discharge-before-noon", 1, 2, 50.0),
        ("boarding", 4, 1, 4.0),
    ],
)
def test_a_figure_is_what_counting_by_hand_says(
    counted: SqlStore, name: str, numerator: float, denominator: float, value: float
) -> None:
    facts = kpi(counted, name).facts
    assert (facts["numerator"], facts["denominator"], facts["value"]) == (numerator, denominator, value)


def test_what_was_left_out_and_the_version_are_told(counted: SqlStore) -> None:
    answer = kpi(counted, "prime-time-utilisation")
    assert answer.facts["excluded"] == {
        "cancelled cases": 1,
        "released blocks": 1,
        "cases outside the staffed blocks": 1,
    }
    assert "formula prime-time-utilisation v1" in answer.headline
    assert "Excluded: 1 cancelled cases, 1 released blocks, 1 cases outside the staffed blocks" in answer.headline


def test_a_month_comes_with_a_chart_and_a_table_that_says_the_same(counted: SqlStore) -> None:
    chart = next(card for card in kpi(counted, "no-show").cards if isinstance(card, ChartCard))
    assert chart.labels == ("Mar 2026", "Apr 2026", "May 2026", "Jun 2026", "Jul 2026", "Aug 2026")
    assert chart.series[0].values == (None,) * 5 + (25.0,)
    assert [row[1] for row in chart.twin.rows] == list(chart.series[0].values)


def test_third_next_counts_calendar_days_and_leaves_urgent_slots_out(counted: SqlStore) -> None:
    with counted.working() as work:
        for n, (days, urgent) in enumerate([(1, True), (2, False), (3, False), (5, False), (9, False)]):
            start = NOW + timedelta(days=days)
            work.put(
                Slot(
                    id=f"T{n}", site_id="hill", clinic_id="hill-derm", session_id=None, room_id="hill-d1",
                    clinician_id="roe", visit_type="new-patient", start=start, end=start + timedelta(minutes=20),
                    urgent_reserved=urgent,
                )
            )  # fmt: skip
    facts = ask(counted, query_kpi, people()["sam"], NOW, kpi="third next available", clinic="Hill Dermatology").facts
    assert facts["excluded"]["urgent-reserved slots"] >= 1
    assert facts["denominator"] >= 1
    assert facts["period"] == "now"


@pytest.mark.parametrize("said", ["2026-08", "last month", "2026-Q3", "last 60 days", "2026"])
def test_a_period_can_be_said_in_several_ways(counted: SqlStore, said: str) -> None:
    assert kpi(counted, "no-show", period=said).facts["denominator"] == 8


@pytest.mark.parametrize("said", ["next month", "2026-13", "2027-01", "some time"])
def test_what_is_no_past_period_is_refused(counted: SqlStore, said: str) -> None:
    with pytest.raises(Problem, match=r"is no period|still to come"):
        kpi(counted, "no-show", period=said)


def test_every_figure_answers_even_over_nothing(sqlite_store: SqlStore) -> None:
    fill(sqlite_store)
    for name in KPIS:
        assert f"formula {name} v1" in kpi(sqlite_store, name).headline


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Prime time utilization", "prime-time-utilisation"),
        ("missed appointments", "no-show"),
        ("TNAA", "tnaa"),
        ("turnover time", "turnover"),
        ("overtime percentage", "overtime"),
        ("DBN", "discharge-before-noon"),
    ],
)
def test_a_figure_is_found_by_how_people_call_it(said: str, name: str) -> None:
    assert find_kpi(said).formula.name == name


def test_an_unknown_figure_is_told_with_the_nearest() -> None:
    with pytest.raises(Problem, match='There is no KPI "patient happiness"') as problem:
        find_kpi("patient happiness")
    assert problem.value.choices


def test_the_working_clock_stops_at_night_and_at_weekends() -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/Chicago")
    friday, monday = datetime(2026, 9, 11, 17, tzinfo=zone), datetime(2026, 9, 14, 8, tzinfo=zone)
    assert working_hours(friday, monday, zone) == 2


def test_a_scope_is_a_bare_name_or_says_its_kind(counted: SqlStore) -> None:
    from bots.figures import scope_arguments

    with counted.reading() as world:
        assert scope_arguments(world, "hill") == {"site": "hill"}
        assert scope_arguments(world, "Hill Derm") == {"clinic": "Hill Derm"}
        assert scope_arguments(world, "service:ortho, hill") == {"service": "ortho", "site": "hill"}
        assert scope_arguments(world, "atlantis") == {"site": "atlantis"}
        assert scope_arguments(world, None) == {}


def test_the_api_tells_a_figure_and_refuses_what_is_none(tmp_path: Path) -> None:
    line = small_line(tmp_path)
    with TestClient(create_api(line), base_url="http://127.0.0.1:8787", client=("127.0.0.1", 5)) as http:
        bearer = {"Authorization": "Bearer sandbox:sam"}
        found = http.get("/v1/kpis/no-show?scope=hill&period=2026-08", headers=bearer)
        assert (found.status_code, found.json()["version"], found.json()["scope"]) == (200, 1, "Hill")
        assert {one["name"] for one in http.get("/v1/kpis", headers=bearer).json()} == set(KPIS)
        assert http.get("/v1/kpis/bliss", headers=bearer).status_code == 404
        assert http.get("/v1/kpis/no-show?period=soon", headers=bearer).status_code == 422
        assert http.get("/v1/kpis/no-show").status_code == 401
    line.close()
