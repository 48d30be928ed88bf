"""Why a figure changed: counts agree with the records, and the pieces add up to the whole change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asking import ask, assert_supported
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_hospital import NOW, fill, people

from hospital.kpis.change import explain
from hospital.kpis.formula import Cohort
from hospital.model.bookings import Appointment
from hospital.model.history import DemandCount
from hospital.model.people import Shift
from hospital.model.places import Maintenance, Room, Service, Site
from middleware.store.database import SqlStore
from tools.explain_change import explain_change
from tools.kpi_catalogue import KPIS
from tools.tool import Problem

JULY, AUGUST, SEPTEMBER = (datetime(2026, month, 1, 5, tzinfo=UTC) for month in (7, 8, 9))


def scan(number: int, start: datetime, late: int) -> Appointment:
    return Appointment(
        id=f"X{number}", patient_id="88213", site_id="hill", clinic_id=None, service_id="imaging",
        room_id=f"hill-mri-{number % 2}", clinician_id=None, slot_id=None, visit_type="mri-brain", status="fulfilled",
        start=start, end=start + timedelta(minutes=30), booked_at=start - timedelta(days=9), overtime_minutes=late,
    )  # fmt: skip


@pytest.fixture
def imaging(sqlite_store: SqlStore) -> SqlStore:
    """Two months of scans at Hill: in August one call-out, one outage and twice the referrals."""
    rooms = [
        Room(id=f"hill-mri-{n}", site_id="hill", name=f"MRI {n}", kind="imaging", modality="mri") for n in (0, 1)
    ]
    shift = {"staff_id": None, "site_id": "hill", "unit_id": "hill-imaging", "role": "imaging_tech"}
    with fill(sqlite_store).working() as work:
        work.put(Service(id="imaging", name="Imaging"), *rooms)
        for n in range(62):
            day = JULY + timedelta(days=n, hours=5)
            august = day >= AUGUST
            late = 60 if day.date() == datetime(2026, 8, 12).date() else 20 if august else 5
            work.put(*(scan(10 * n + m, day + timedelta(hours=m), late) for m in range(4)))
            work.put(
                Shift(
                    id=f"S{n}", start=day, end=day + timedelta(hours=12),
                    state="called_out" if day.date() == datetime(2026, 8, 12).date() else "rostered", **shift,
                )
            )  # fmt: skip
            work.put(
                DemandCount(id=f"D{n}", series="referrals:imaging:hill", day=day.date(), count=20 if august else 10)
            )
        work.put(
            Maintenance(
                id="M1", site_id="hill", room_id="hill-mri-1", start=AUGUST + timedelta(days=3, hours=4),
                end=AUGUST + timedelta(days=3, hours=9), work_order="W1", state="cleared", note="outage",
            )
        )  # fmt: skip
    return sqlite_store


def test_call_outs_outages_and_referrals_are_counted_and_the_days_add_up(imaging: SqlStore) -> None:
    answer = ask(imaging, explain_change, people()["sam"], NOW, kpi="overtime", service="imaging", site="Hill")
    causes = answer.facts["causes"]
    assert {name: (one["before"], one["now"]) for name, one in causes.items()} == {
        "technologist call-outs": (0, 1),
        "scanner outages": (0, 1),
        "imaging referrals": (310, 620),
        "examinations done": (124, 124),
    }
    assert causes["imaging referrals"]["notable"]
    assert not causes["examinations done"]["notable"]
    assert {name: piece["days"] for name, piece in answer.facts["by_days"].items()} == {
        "with technologist call-outs": 1,
        "with scanner outages": 1,
        "without any of these": 29,
    }
    assert sum(float(piece["points"]) for piece in answer.facts["by_days"].values()) == pytest.approx(
        answer.facts["change"], abs=0.2
    )
    assert "do not prove that one caused the other" in answer.headline
    assert_supported(answer)


def test_what_is_not_on_record_is_not_called_zero(imaging: SqlStore) -> None:
    with imaging.working() as work:
        work.remove(Shift, [f"S{n}" for n in range(25)])
    answer = ask(imaging, explain_change, people()["sam"], NOW, kpi="overtime", service="imaging", site="Hill")
    assert answer.facts["causes"]["technologist call-outs"]["before"] is None
    assert "1 technologist call-outs (none on record before)" in answer.headline


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 90)), min_size=8, max_size=40))
def test_days_and_parts_add_up_to_the_change_whatever_happened(
    imaging: SqlStore, scans: list[tuple[int, int]]
) -> None:
    with imaging.working() as work:
        work.remove(Appointment, [one.id for one in work.find(Appointment, service_id="imaging")])
        spread = [(0, 5), (1, 7), (40, 9), (41, 3), *scans]
        work.put(*(scan(n, JULY + timedelta(days=day, hours=6), late) for n, (day, late) in enumerate(spread)))
    with imaging.reading() as world:
        site = world.get(Site, "hill")
        assert site is not None
        then = Cohort((site,), JULY, AUGUST, NOW, service_id="imaging")
        now = then.during(AUGUST, SEPTEMBER)
        parts = {
            room: (replace(then, room_id=room), replace(now, room_id=room)) for room in ("hill-mri-0", "hill-mri-1")
        }
        found = explain(world, KPIS["overtime"], then, now, parts)
    assert found.change is not None
    assert sum(piece.points for piece in found.by_days) == pytest.approx(found.change)
    assert sum(piece.points for piece in found.by_parts) == pytest.approx(found.change)


def test_a_figure_as_it_stands_has_nothing_to_be_compared_with(imaging: SqlStore) -> None:
    with pytest.raises(Problem, match="told as it stands now"):
        ask(imaging, explain_change, people()["sam"], NOW, kpi="tnaa", site="Hill")
    with pytest.raises(Problem, match="Which figure"):
        ask(imaging, explain_change, people()["sam"], NOW)
