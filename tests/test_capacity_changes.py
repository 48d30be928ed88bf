"""Through the desk: a session is added by two people, a waitlist offer needs none, and overbooking keeps its cap."""

from datetime import timedelta

import pytest
from asking import policy
from desk_line import DeskLine, done, refused
from small_hospital import NOW, fill, people

from hospital.changes.expected import say_committed
from hospital.changes.sessions import AddSession, PlannedSlot
from hospital.changes.template_slots import OverbookSession
from hospital.ids import UserId
from hospital.model.bookings import ClinicSession, Hold, Slot, WaitlistEntry
from hospital.model.history import ExpectedChange
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room
from hospital.model.work import OutboxMessage
from middleware.store.database import SqlStore
from policies.drafting import draft_plan
from policies.outcomes import VoteOutcome
from policies.plans import Plan
from policies.submit import submit
from policies.voting import vote
from tools.results import Waiting

START = NOW + timedelta(days=7)


@pytest.fixture
def line(sqlite_store: SqlStore) -> DeskLine:
    found = DeskLine(fill(sqlite_store), NOW)
    found.put(
        Clinician(id="lee", name="Dr. Lee", role="physician", service_id="derm", site_ids=("hill",)),
        Room(id="hill-d2", site_id="hill", name="Derm 2", kind="clinic", clinic_id="hill-derm"),
    )
    return found


def add(who: str = "lee", room: str = "hill-d2", number: int = 1, labour: int = 76_400) -> AddSession:
    slots = tuple(
        PlannedSlot(
            id=f"NEW-{number}-{n}",
            visit_type="new",
            start=START + n * timedelta(minutes=40),
            end=START + (n + 1) * timedelta(minutes=40),
        )
        for n in range(6)
    )
    return AddSession(
        session_id=f"SES-{number}",
        clinic_id="hill-derm",
        service_id="derm",
        site_id="hill",
        clinician_id=who,
        room_id=room,
        start=START,
        end=START + timedelta(hours=4),
        slots=slots,
        labour=labour,
        cost_centre_id="4200",
        expected_revenue=100_000,
        expected_contribution=60_000,
        requested_by="lina",
    )


def _yes(line: DeskLine, plan: Plan, who: str) -> VoteOutcome:
    return vote(line.store, policy(), plan.id, UserId(who), "approve", plan.digest, "", "test", NOW)


def test_a_session_needs_the_director_and_the_cost_centre_and_then_stands_everywhere(line: DeskLine) -> None:
    with line.store.reading() as world:
        plan = draft_plan(world, policy(), people()["lina"], "More derm", [add()], NOW)
    assert {need.role for need in plan.needs} == {"clinic_medical_director", "cost_centre_manager"}
    assert submit(line.store, policy(), plan, NOW).status == "awaiting"
    _yes(line, plan, "med")
    assert line.find(ClinicSession) == []
    said = _yes(line, plan, "nursing.finance")
    assert said.status == "committed"
    assert "expected revenue" in said.forecasts
    assert len(line.find(Slot, session_id="SES-1", status="free")) == 6
    assert {one.system for one in line.find(OutboxMessage)} == {"ehr", "wfm"}
    assert {one.series.partition(":")[0] for one in line.find(ExpectedChange)} == {
        *("slots", "revenue", "contribution", "labour"),
    }
    with line.store.reading() as world:
        told = say_committed(world, ["derm:hill"], START.date(), START.date())
        assert say_committed(world, ["derm:hill"], NOW.date(), NOW.date()) == ""
    assert "visit slots of" in told
    assert "+6" in told
    assert "expected revenue" in told


@pytest.mark.parametrize(("who", "room", "said"), [("lee", "hill-d1", "Dr. Lee"), ("kim", "hill-d2", "Derm 2")])
def test_a_person_or_room_that_has_a_session_then_is_not_given_another(
    line: DeskLine, who: str, room: str, said: str
) -> None:
    line.put(
        ClinicSession(
            id="OLD", site_id="hill", clinic_id="hill-derm", clinician_id="lee", room_id="hill-d2",
            start=START + timedelta(hours=1), end=START + timedelta(hours=2),
        )
    )  # fmt: skip
    with line.store.reading() as world:
        broken = [one.sentence for one in add(who, room).violations(world, NOW)]
    assert broken == [f"{said} has the session OLD then"]


def test_more_than_the_cap_is_refused_whoever_agrees(line: DeskLine) -> None:
    day = line.get(Slot, "slot-0").start
    line.put(
        ClinicSession(
            id="DAY", site_id="hill", clinic_id="hill-derm", clinician_id="kim", room_id="hill-d1", start=day,
            end=day + timedelta(hours=1),
        ),
        *(line.get(Slot, f"slot-{n}").changed(session_id="DAY", status="busy") for n in range(3)),
    )  # fmt: skip

    def extra(*numbers: int) -> OverbookSession:
        slots = [line.get(Slot, f"slot-{n}") for n in numbers]
        return OverbookSession(
            session_id="DAY",
            clinic_id="hill-derm",
            service_id="derm",
            site_id="hill",
            beside=tuple(slot.id for slot in slots),
            adds=tuple(
                PlannedSlot(id=f"{s.id}-OB", visit_type=s.visit_type, start=s.start, end=s.end) for s in slots
            ),
            requested_by="lina",
        )

    with line.store.reading() as world:
        two = policy().decide(world, people()["lina"], [extra(0, 1)], NOW)
        three = policy().decide(world, people()["lina"], [extra(0, 1, 2)], NOW)
    assert (two.effect, [need.role for need in two.needs]) == ("needs", ["clinic_medical_director"])
    assert (three.effect, [hit.id for hit in three.rules]) == ("deny", ["overbook.cap"])


def test_a_freed_slot_is_offered_by_priority_then_waiting_time_and_kept(line: DeskLine) -> None:
    line.put(
        *(
            WaitlistEntry(
                id=f"WL-{n}", patient_id=patient, clinic_id="hill-derm", visit_type="new", priority=priority,
                since=NOW - timedelta(days=days),
            )
            for n, (patient, priority, days) in enumerate([("P-1", 2, 90), ("P-2", 1, 3)])
        )
    )  # fmt: skip
    result = done(line.call("cora", "offer_waitlist", clinic="Hill Derm"))
    assert "P-2" in result.headline
    assert line.get(WaitlistEntry, "WL-1").state == "offered"
    (hold,) = line.find(Hold)
    assert (hold.resource, hold.patient_id, hold.expires_at) == ("slot:slot-0", "P-2", NOW + timedelta(hours=4))
    second = done(line.call("cora", "offer_waitlist", clinic="Hill Derm"))
    assert "P-1" in second.headline
    assert line.get(Slot, "slot-1").status == "free"
    nobody = refused(line.call("cora", "offer_waitlist", clinic="Hill Derm"))
    assert "nobody on the waitlist" in nobody.sentence


def test_another_order_needs_a_reason_and_then_the_medical_director(line: DeskLine) -> None:
    first, later = (
        WaitlistEntry(
            id=f"WL-{n}", patient_id=f"P-{n}", clinic_id="hill-derm", visit_type="new",
            since=NOW - timedelta(days=9 - n),
        )
        for n in (1, 2)
    )  # fmt: skip
    line.put(first, later)
    asked = refused(line.call("cora", "offer_waitlist", clinic="Hill Derm", entry="WL-2"))
    assert "WL-1 is next" in asked.sentence
    out_of_turn = line.call("cora", "offer_waitlist", clinic="Hill Derm", entry="WL-2", reason="can come at once")
    assert isinstance(out_of_turn, Waiting)
    assert [need.role for need in line.find(Plan)[-1].needs] == ["clinic_medical_director"]
    assert (line.get(WaitlistEntry, "WL-2").state, line.find(Hold)) == ("waiting", [])
    in_turn = done(line.call("cora", "offer_waitlist", clinic="Hill Derm", entry="WL-1", reason="none is needed"))
    assert in_turn.plan is not None
    assert "because" not in in_turn.plan.snapshot[0]  # an offer in turn has no reason, whatever is said with it
    assert "P-1" in in_turn.headline


def test_a_slot_the_rule_keeps_is_offered_only_by_name_with_a_reason_and_a_human(line: DeskLine) -> None:
    clinic = line.get(Clinic, "hill-derm")
    line.put(
        clinic.changed(complex_visit_types=("new",), backfill_notice_hours=72),
        WaitlistEntry(
            id="WL-1", patient_id="P-1", clinic_id="hill-derm", visit_type="new", since=NOW - timedelta(days=9)
        ),
    )
    refused(line.call("cora", "offer_waitlist", slot="slot-0"))
    refused(line.call("cora", "offer_waitlist", clinic="Hill Derm", reason="nobody else is free"))
    named = line.call("cora", "offer_waitlist", slot="slot-0", reason="the patient is in the house today")
    assert isinstance(named, Waiting)
    assert line.get(WaitlistEntry, "WL-1").state == "waiting"


def test_the_clinics_rule_keeps_slots_back(line: DeskLine) -> None:
    clinic = line.get(Clinic, "hill-derm")
    line.put(
        clinic.changed(complex_visit_types=("new",), backfill_notice_hours=72),
        WaitlistEntry(
            id="WL-1", patient_id="P-1", clinic_id="hill-derm", visit_type="new", since=NOW - timedelta(days=9)
        ),
    )
    kept = refused(line.call("cora", "offer_waitlist", clinic="Hill Derm"))
    assert "the clinic's rule keeps 3 slots" in kept.sentence
    assert line.get(WaitlistEntry, "WL-1").state == "waiting"
