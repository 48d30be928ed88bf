"""Each kind of change: what stands against it, exactly which rows it writes, and what it tells others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from desk_line import DeskLine
from pydantic import ValidationError
from small_hospital import NOW, hand_over, hold, purchase, staff_request, visit

from hospital.changes.base import Change, Commit, span_days
from hospital.changes.bookings import BookAppointment, CancelAppointment, RescheduleAppointment
from hospital.changes.cases import ScheduleCase
from hospital.changes.holds import HeldResource
from hospital.changes.records import RecordStatus
from hospital.entity import Entity
from hospital.model.bookings import Appointment, Block, Hold, ImagingOrder, Slot, SurgicalCase, Task
from hospital.model.people import Clinician, Credential, Shift
from hospital.model.places import Bed, Equipment, Maintenance, Room, Unit
from hospital.model.supply import Item, Requisition
from hospital.model.work import WorkException
from hospital.ports import Message
from middleware.store.tables import TABLES

DAY = NOW + timedelta(days=1)
"""Tomorrow at eight; the slots of the small clinic start here."""
DOWN = Equipment(id="arm-1", site_id="hill", kind="c-arm", name="C-arm 1", status="out_of_service")
COMMIT = Commit(plan_id="PLAN-1", actor="sam", at=NOW)


@pytest.fixture
def world(small_desk: DeskLine) -> DeskLine:
    """The small hospital with a scanner, two more surgeons' worth of people, devices and a bed."""
    small_desk.put(
        Room(id="hill-or-2", site_id="hill", name="OR 2", kind="or"),
        Room(id="hill-mri", site_id="hill", name="MRI 1", kind="imaging", modality="mri", contrast=True),
        Room(id="hill-mri-2", site_id="hill", name="MRI 2", kind="imaging", modality="mri", contrast=False),
        Clinician(id="park", name="Dr. Park", role="anaesthesiologist", service_id="anaesthesia", site_ids=("hill",)),
        Equipment(id="arm-1", site_id="hill", kind="c-arm", name="C-arm 1"),
        Equipment(id="arm-2", site_id="hill", kind="c-arm", name="C-arm 2"),
        Bed(id="hill-b1", site_id="hill", unit_id="hill-ward", label="4-1", level="med_surg"),
        *(scan_slot(n, room) for n, room in enumerate(("hill-mri", "hill-mri-2"))),
        order("ORD-1"),
    )
    return small_desk


def scan_slot(number: int, room: str) -> Slot:
    return Slot(
        id=f"scan-{number}",
        site_id="hill",
        clinic_id=None,
        session_id=None,
        room_id=room,
        clinician_id=None,
        visit_type="mri-brain",
        start=DAY + timedelta(hours=2),
        end=DAY + timedelta(hours=3),
    )


def order(id: str, patient: str = "P-1", **more: Any) -> ImagingOrder:
    made = ImagingOrder(
        id=id, patient_id=patient, protocol="MRI brain", modality="mri", contrast=True, minutes=45, ordered_at=NOW
    )
    return made.changed(**more) if more else made


def scan(room: str = "hill-mri", slot: str = "scan-0", patient: str = "P-1") -> BookAppointment:
    start = DAY + timedelta(hours=2)
    task = Task(id="T-1", kind="renal_check", about="APT-9", owner_role="imaging_tech", due=DAY)
    return BookAppointment(
        appointment_id="APT-9",
        patient_id=patient,
        slot_id=slot,
        site_id="hill",
        service_id="imaging",
        room_id=room,
        clinician_id=None,
        visit_type="mri-brain",
        start=start,
        end=start + timedelta(hours=1),
        order_id="ORD-1",
        tasks=(task,),
    )


def booked(id: str, start: datetime, minutes: int = 20, patient: str = "P-1", **more: Any) -> Appointment:
    fields: dict[str, Any] = {
        "site_id": "hill",
        "clinic_id": "hill-derm",
        "service_id": "derm",
        "room_id": "hill-d1",
        "clinician_id": "kim",
        "slot_id": None,
        "visit_type": "new",
        "status": "booked",
        "booked_at": NOW,
    }
    return Appointment(
        id=id, patient_id=patient, start=start, end=start + timedelta(minutes=minutes), **{**fields, **more}
    )


def on(id: str, start: datetime, hours: float = 2, **more: Any) -> SurgicalCase:
    """A case that is on, in OR 2, of nobody in particular."""
    fields: dict[str, Any] = {"patient_id": None, "surgeon_id": None, "room_id": "hill-or-2"}
    return SurgicalCase(
        id=id,
        site_id="hill",
        procedure_id="hip",
        service_id="ortho",
        start=start,
        end=start + timedelta(hours=hours),
        **{**fields, **more},
    )


def case(*others: str, start: datetime = DAY, request: str | None = None, **more: Any) -> ScheduleCase:
    """Two hours of Dr. Varga on P-1 in OR 1, with these resources besides."""

    def held(resource: str, before: int = 0, after: int = 0) -> HeldResource:
        end = start + timedelta(hours=2, minutes=after)
        return HeldResource(resource=resource, start=start - timedelta(minutes=before), end=end)

    fields: dict[str, Any] = {
        "patient_id": "P-1",
        "surgeon_id": "varga",
        "procedure_id": "hip",
        "anaesthesiologist_id": "park",
        "post_op_level": "med_surg",
    }
    return ScheduleCase(
        case_id="CASE-9",
        request_id=request,
        site_id="hill",
        service_id="ortho",
        equipment=("c-arm",),
        resources=(
            held("room:hill-or-1", 20, 25),
            held("clinician:varga"),
            held("anaesthesia:park", 15),
            *map(held, others),
        ),
        **{**fields, **more},
    )


def but(change: Any, **fields: Any) -> Any:
    """The same line with these fields, checked again."""
    return type(change).model_validate({**dict(change), **fields})


def broken(line: DeskLine, change: Change, now: datetime = NOW) -> set[str]:
    """Which conditions it breaks."""
    with line.store.reading() as world:
        found = change.violations(world, now)
    assert all(one.sentence.strip() for one in found)
    return {one.constraint for one in found}


def sentence(line: DeskLine, change: Change) -> str:
    with line.store.reading() as world:
        return change.sentence(world)


def everything(line: DeskLine) -> dict[tuple[str, str], Entity]:
    with line.store.reading() as world:
        return {(table.kind.__name__, str(one.id)): one for table in TABLES for one in world.find(table.kind)}


def carry_out(line: DeskLine, change: Change) -> dict[str, Entity]:
    """The rows that the change wrote, as `Kind id`."""
    before = everything(line)
    with line.store.working() as work:
        change.apply(work, COMMIT)
    after = everything(line)
    assert set(before) <= set(after)
    return {f"{kind} {id}": row for (kind, id), row in after.items() if before.get((kind, id)) != row}


def messages(line: DeskLine, change: Change) -> list[Message]:
    with line.store.reading() as world:
        return list(change.messages(world, COMMIT))


# Booking


def test_a_visit_that_fits_has_nothing_against_it(world: DeskLine) -> None:
    assert broken(world, visit()) == set()
    assert broken(world, scan()) == set()


def test_a_slot_that_is_not_what_was_shown_is_not_booked(world: DeskLine) -> None:
    slot = world.get(Slot, "slot-0")
    for changed, constraint in (
        (slot.changed(status="busy"), "slot free"),
        (slot.changed(status="busy-unavailable"), "slot free"),
        (slot.changed(visit_type="return"), "visit type"),
        (slot.changed(start=slot.start + timedelta(minutes=5)), "slot"),
    ):
        world.put(changed)
        assert broken(world, visit()) == {constraint}
    world.put(slot)
    assert broken(world, but(visit(), slot_id="slot-none")) == {"slot"}


def test_a_time_that_has_passed_is_not_booked(world: DeskLine) -> None:
    assert broken(world, visit(), DAY + timedelta(seconds=1)) == {"in the past"}
    assert broken(world, visit(), DAY) == set()


def test_anothers_hold_stands_until_it_expires_and_ones_own_does_not_stand(world: DeskLine) -> None:
    until = NOW + timedelta(minutes=30)
    held = Hold(
        id="H-0",
        group="H",
        resource="slot:slot-0",
        start=DAY,
        end=DAY + timedelta(minutes=20),
        site_id="hill",
        holder="lina",
        expires_at=until,
    )
    world.put(held)
    assert broken(world, visit()) == {"held"}
    assert broken(world, visit(), until - timedelta(seconds=1)) == {"held"}
    assert broken(world, visit(), until) == set()
    assert broken(world, but(visit(), hold_group="H")) == set()
    assert broken(world, visit(1)) == set()
    world.put(held.changed(state="released"))
    assert broken(world, visit()) == set()


def test_a_patient_is_not_in_two_places_at_once(world: DeskLine) -> None:
    world.put(booked("APT-0", DAY - timedelta(minutes=10)))
    assert broken(world, visit()) == {"patient free"}
    assert broken(world, visit(patient="P-2")) == set()
    world.put(booked("APT-0", DAY - timedelta(minutes=20)))  # ends when the other starts
    assert broken(world, visit()) == set()
    world.put(booked("APT-0", DAY, status="cancelled"))
    assert broken(world, visit()) == set()


def test_nothing_is_booked_twice_or_for_nobody(world: DeskLine) -> None:
    world.put(booked("APT-1", DAY + timedelta(days=3)))
    assert broken(world, visit()) == {"visit"}
    assert broken(world, visit(patient="P-404", number=2)) == {"patient"}


def test_a_room_that_is_down_takes_no_visits(world: DeskLine) -> None:
    room = world.get(Room, "hill-d1")
    world.put(room.changed(status="blocked", status_note="a leak"))
    assert broken(world, visit()) == {"room"}
    world.put(room.changed(status="blocked", status_until=DAY))
    assert broken(world, visit()) == set()
    world.put(room, maintenance("hill-d1"))
    assert broken(world, visit()) == {"room"}


def maintenance(room: str) -> Maintenance:
    return Maintenance(
        id="M-1", site_id="hill", room_id=room, start=DAY, end=DAY + timedelta(hours=1), work_order="WO-7"
    )


@pytest.mark.parametrize(
    ("found", "constraint"),
    [
        ({"state": "booked"}, "order"),
        ({"patient_id": "P-2"}, "order"),
        ({"modality": "ct"}, "modality"),
    ],
)
def test_an_order_is_the_patients_own_open_and_for_this_scanner(
    found: dict[str, Any], constraint: str, world: DeskLine
) -> None:
    world.put(order("ORD-1", **found))
    assert broken(world, scan()) == {constraint}


def test_contrast_needs_a_scanner_that_gives_it(world: DeskLine) -> None:
    assert broken(world, scan("hill-mri-2", "scan-1")) == {"contrast"}
    world.put(order("ORD-1", contrast=False))
    assert broken(world, scan("hill-mri-2", "scan-1")) == set()


def test_a_booking_writes_the_visit_its_slot_its_order_its_tasks_and_its_hold(world: DeskLine) -> None:
    held = Hold(
        id="H-0",
        group="H",
        resource="slot:scan-0",
        start=DAY + timedelta(hours=2),
        end=DAY + timedelta(hours=3),
        site_id="hill",
        holder="cora",
        expires_at=NOW + timedelta(minutes=30),
    )
    world.put(held)
    line = but(scan(), hold_group="H")
    said = sentence(world, line)
    assert all(
        part in said for part in ("mri-brain", "P-1", "MRI 1", "Hill", "Tue 15 Sep 10:00-11:00", "renal check")
    )
    rows = carry_out(world, line)
    assert set(rows) == {"Appointment APT-9", "Slot scan-0", "ImagingOrder ORD-1", "Task T-1", "Hold H-0"}
    made = rows["Appointment APT-9"]
    assert isinstance(made, Appointment)
    assert (made.status, made.start, made.end, made.room_id) == ("booked", line.start, line.end, "hill-mri")
    assert (made.patient_id, made.slot_id, made.booked_at) == ("P-1", "scan-0", NOW)
    assert rows["Slot scan-0"] == world.get(Slot, "scan-0")
    assert world.get(Slot, "scan-0").status == "busy"
    assert world.get(ImagingOrder, "ORD-1").state == "booked"
    assert world.get(Hold, "H-0").state == "used"
    (told,) = messages(world, line)
    assert (told.key, told.system, told.plan_id) == ("PLAN-1:book:APT-9", "ehr", "PLAN-1")
    assert told.payload["start"] == line.start.isoformat()


# Cancelling and moving


def test_only_a_visit_that_is_still_to_come_is_changed(world: DeskLine) -> None:
    line = CancelAppointment(appointment_id="APT-1", reason="asked", start=DAY)
    move = RescheduleAppointment(
        appointment_id="APT-1", slot_id="slot-1", room_id="hill-d1", start=slot_start(1), end=slot_start(2)
    )
    assert broken(world, line) == broken(world, move) == {"visit"}
    world.put(booked("APT-1", DAY))
    assert broken(world, line) == broken(world, move) == set()
    for status in ("cancelled", "fulfilled", "noshow", "arrived"):
        world.put(booked("APT-1", DAY, status=status))
        assert broken(world, line) == broken(world, move) == {"visit"}
    world.put(booked("APT-1", NOW - timedelta(minutes=5)))
    assert broken(world, line) == {"in the past"}


def slot_start(number: int) -> datetime:
    return DAY + timedelta(minutes=20 * number)


def test_cancelling_frees_the_slot_and_drops_the_tasks(world: DeskLine) -> None:
    line = scan()
    carry_out(world, line)
    world.put(Task(id="T-2", kind="handover", about="APT-9", owner_role="x", due=DAY, state="completed"))
    rows = carry_out(world, CancelAppointment(appointment_id="APT-9", reason="flu", start=line.start))
    assert set(rows) == {"Appointment APT-9", "Slot scan-0", "ImagingOrder ORD-1", "Task T-1"}
    gone = world.get(Appointment, "APT-9")
    assert (gone.status, gone.cancelled_at, gone.cancel_reason) == ("cancelled", NOW, "flu")
    assert world.get(Slot, "scan-0").status == "free"
    assert world.get(ImagingOrder, "ORD-1").state == "open"
    assert world.get(Task, "T-1").state == "cancelled"
    (told,) = messages(world, CancelAppointment(appointment_id="APT-9", reason="flu", start=line.start))
    assert (told.key, told.operation) == ("PLAN-1:cancel:APT-9", "cancel_appointment")


def move_scan(slot: Slot) -> RescheduleAppointment:
    return RescheduleAppointment(
        appointment_id="APT-9", slot_id=slot.id, room_id=slot.room_id, start=slot.start, end=slot.end
    )


def test_moving_swaps_the_slots_and_takes_the_tasks_along(world: DeskLine) -> None:
    carry_out(world, scan())
    there = world.get(Slot, "scan-0").changed(
        id="scan-9", start=DAY + timedelta(days=2), end=DAY + timedelta(days=2, hours=1), status="free"
    )
    world.put(there)
    line = move_scan(there)
    assert broken(world, line) == set()
    assert "Thu 17 Sep 08:00-09:00" in sentence(world, line)
    rows = carry_out(world, line)
    assert set(rows) == {"Appointment APT-9", "Slot scan-0", "Slot scan-9", "Task T-1"}
    assert (world.get(Slot, "scan-0").status, world.get(Slot, "scan-9").status) == ("free", "busy")
    moved = world.get(Appointment, "APT-9")
    assert (moved.start, moved.slot_id, moved.status) == (there.start, "scan-9", "booked")
    assert world.get(Task, "T-1").due == DAY + timedelta(days=1, hours=22)
    (told,) = messages(world, line)
    assert told.key == "PLAN-1:reschedule:APT-9"


def test_a_visit_moves_only_to_a_slot_that_fits_it(world: DeskLine) -> None:
    carry_out(world, scan())
    second = world.get(Slot, "scan-1")
    assert broken(world, move_scan(second)) == {"contrast"}
    world.put(booked("APT-0", second.start + timedelta(days=1)))
    there = second.changed(
        id="scan-9", room_id="hill-mri", start=second.start + timedelta(days=1), end=second.end + timedelta(days=1)
    )
    world.put(there)
    assert broken(world, move_scan(there)) == {"patient free"}
    world.put(there.changed(visit_type="mri-knee"))
    assert broken(world, move_scan(there)) == {"patient free", "visit type"}
    clinic = world.get(Slot, "slot-0")
    assert broken(world, move_scan(clinic)) == {"service", "visit type", "contrast"}
    same_time = second.changed(id="scan-8", room_id="hill-mri")
    world.put(same_time)
    assert broken(world, move_scan(same_time)) == set()  # its own old time is no clash


def test_a_move_to_another_site_is_not_in_a_sites_scope(world: DeskLine) -> None:
    world.put(booked("APT-1", DAY))
    move = RescheduleAppointment(
        appointment_id="APT-1", slot_id="slot-1", room_id="hill-d1", start=slot_start(1), end=slot_start(2)
    )
    with world.store.reading() as reader:
        assert move.scope(reader).site_id == "hill"
    world.put(world.get(Slot, "slot-1").changed(site_id="lake"))
    with world.store.reading() as reader:
        assert (move.scope(reader).site_id, move.scope(reader).service_id) == (None, "derm")


# Holds


def test_a_hold_keeps_only_what_is_there_and_free(world: DeskLine) -> None:
    assert broken(world, hold()) == set()
    assert broken(world, hold(), DAY + timedelta(minutes=1)) == {"in the past"}
    world.put(on("CASE-1", DAY, room_id="hill-or-1"))
    assert broken(world, hold()) == {"room free"}
    world.put(on("CASE-1", DAY + timedelta(hours=1), room_id="hill-or-1"))  # starts when the hold ends
    assert broken(world, hold()) == set()
    for id, constraint in (("slot-404", "slot"), ("slot-0", "slot free")):
        world.put(world.get(Slot, "slot-0").changed(status="busy"))
        resource = HeldResource(resource=f"slot:{id}", start=DAY, end=slot_start(1))
        assert broken(world, but(hold(), resources=(resource,))) == {constraint}


def test_a_hold_writes_one_row_for_each_resource(world: DeskLine) -> None:
    two = (
        HeldResource(resource="room:hill-or-1", start=DAY, end=DAY + timedelta(hours=1)),
        HeldResource(resource="clinician:varga", start=DAY, end=DAY + timedelta(minutes=30)),
    )
    line = but(hold(), resources=two)
    said = sentence(world, line)
    assert all(part in said for part in ("OR 1", "Dr. Varga", "until 08:30"))
    rows = carry_out(world, line)
    assert set(rows) == {"Hold G-1-0", "Hold G-1-1"}
    assert {(row.resource, row.end) for row in world.find(Hold)} == {(one.resource, one.end) for one in two}
    assert broken(world, but(hold(holder="lina"), group="G-2")) == {"held"}
    assert broken(world, line) == set()
    assert messages(world, line) == []


# Surgical cases


def test_a_case_that_fits_has_nothing_against_it(world: DeskLine) -> None:
    assert broken(world, case("equipment:arm-1")) == set()


def test_a_case_needs_a_room(world: DeskLine) -> None:
    with pytest.raises(ValidationError, match="needs a room"):
        ScheduleCase.model_validate({**dict(case()), "resources": case().resources[1:]})


@pytest.mark.parametrize(
    ("there", "constraint"),
    [
        ([on("C", DAY, room_id="hill-or-1")], "room free"),
        ([on("C", DAY + timedelta(hours=2, minutes=10), room_id="hill-or-1")], "room free"),  # in the clean-up
        ([maintenance("hill-or-1")], "room free"),
        ([Room(id="hill-or-1", site_id="hill", name="OR 1", kind="or", status="closed")], "room free"),
        ([on("C", DAY + timedelta(hours=1), surgeon_id="varga")], "clinician free"),
        ([booked("A", DAY, patient="P-2", clinician_id="varga")], "clinician free"),
        ([on("C", DAY, patient_id="P-1")], "patient free"),
        ([on(f"C-{n}", DAY, anaesthesiologist_id="park") for n in range(4)], "anaesthesia free"),
        ([on(f"C-{n}", DAY, equipment=("c-arm",)) for n in range(2)], "equipment free"),
        ([DOWN], "equipment free"),
        ([on("CASE-9", DAY + timedelta(days=9))], "case"),
    ],
)  # fmt: skip
def test_what_is_taken_stands_against_a_case(there: list[Entity], constraint: str, world: DeskLine) -> None:
    world.put(*there)
    assert broken(world, case("equipment:arm-1")) == {constraint}


@pytest.mark.parametrize(
    "there",
    [
        [on("C", DAY + timedelta(hours=2, minutes=25), room_id="hill-or-1")],
        [on("C", DAY, room_id="hill-or-1", state="cancelled")],
        [on("C", DAY + timedelta(hours=2), surgeon_id="varga")],
        [on(f"C-{n}", DAY, anaesthesiologist_id="park") for n in range(3)],
        # Five in turn, but never four at once.
        [on(f"C-{n}", DAY + timedelta(minutes=24 * n), 0.4, anaesthesiologist_id="park") for n in range(5)],
        [on("C", DAY, equipment=("c-arm",))],
        [maintenance("hill-or-2")],
    ],
)
def test_what_is_next_to_it_does_not_stand_against_a_case(there: list[Entity], world: DeskLine) -> None:
    world.put(*there)
    assert broken(world, case("equipment:arm-1")) == set()


def test_a_case_is_not_put_on_in_the_past_or_for_nobody(world: DeskLine) -> None:
    assert broken(world, case(), DAY) == {"in the past"}  # its set-up has begun
    assert broken(world, case(patient_id="P-404")) == {"patient"}
    assert broken(world, case("clinician:nobody", "equipment:none")) == {"clinician free", "equipment free"}


def test_a_request_is_fulfilled_once(world: DeskLine) -> None:
    assert broken(world, case(request="CASE-1")) == {"request"}
    world.put(on("CASE-1", DAY, state="requested", room_id=None))
    line = case(request="CASE-1")
    assert broken(world, line) == set()
    carry_out(world, line)
    again = but(line, case_id="CASE-10", resources=case(start=DAY + timedelta(days=1)).resources)
    assert broken(world, again) == {"request"}


def test_a_case_writes_itself_its_request_and_its_hold(world: DeskLine) -> None:
    world.put(on("CASE-1", DAY, state="requested", room_id=None))
    line = case("equipment:arm-1", request="CASE-1", hold_group="G-1")
    carry_out(world, hold())
    said = sentence(world, line)
    assert all(part in said for part in ("CASE-9", "OR 1", "Hill", "Tue 15 Sep 07:40-10:25", "Dr. Park", "C-arm 1"))
    rows = carry_out(world, line)
    assert set(rows) == {"SurgicalCase CASE-1", "SurgicalCase CASE-9", "Hold G-1-0"}
    made, old = world.get(SurgicalCase, "CASE-9"), world.get(SurgicalCase, "CASE-1")
    assert (made.start, made.end) == (DAY, DAY + timedelta(hours=2))  # wheels-in to wheels-out, not the room's time
    assert (made.state, made.room_id, made.equipment) == ("scheduled", "hill-or-1", ("c-arm",))
    assert (old.state, old.cancel_reason) == ("cancelled", "scheduled as CASE-9")
    assert world.get(Hold, "G-1-0").state == "used"
    (told,) = messages(world, line)
    assert (told.key, told.system) == ("PLAN-1:case:CASE-9", "ehr")


def block(owner: str | None, service: str = "ortho") -> Block:
    return Block(
        id="B-1",
        site_id="hill",
        room_id="hill-or-1",
        service_id=service,
        owner_id=owner,
        start=DAY - timedelta(hours=1),
        end=DAY + timedelta(hours=8),
        auto_release_at=NOW + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("owner", "service", "own"),
    [("varga", "ortho", True), ("lund", "ortho", False), (None, "ortho", True), (None, "cardiac", False)],
)
def test_a_case_knows_whose_block_it_is_in(owner: str | None, service: str, own: bool, world: DeskLine) -> None:
    world.put(block(owner, service))
    with world.store.reading() as reader:
        facts = case().facts(reader, NOW)
        later = case().facts(reader, NOW + timedelta(hours=2))
    assert (facts["in_block"], facts["own_block"]) == (True, own)
    assert (later["in_block"], later["own_block"]) == (False, False)  # released by itself


# Records, staffing, purchases, hand-overs


def record(subject: Any, id: str, status: Any, **more: Any) -> RecordStatus:
    return RecordStatus(
        subject=subject,
        subject_id=id,
        site_id="hill",
        status=status,
        reported_by="sam",
        reported_at=NOW,
        **more,
    )


def reduces(line: DeskLine, change: RecordStatus) -> bool:
    with line.store.reading() as world:
        return change.facts(world, NOW)["reduces_capacity"] is True


def test_a_report_may_only_reduce_capacity(world: DeskLine) -> None:
    assert reduces(world, record("room", "hill-or-1", "blocked"))
    assert reduces(world, record("bed", "hill-b1", "dirty"))
    assert not reduces(world, record("room", "hill-or-1", "available"))
    assert not reduces(world, record("equipment", "arm-1", "available"))
    world.put(world.get(Room, "hill-or-1").changed(status="blocked", status_until=DAY))
    assert not reduces(world, record("room", "hill-or-1", "dirty"))
    assert not reduces(world, record("room", "hill-or-1", "blocked", until=DAY - timedelta(hours=1)))
    assert reduces(world, record("room", "hill-or-1", "blocked", until=DAY + timedelta(hours=1)))
    assert reduces(world, record("room", "hill-or-1", "closed"))  # no end is later than any
    world.put(world.get(Room, "hill-or-1").changed(status="dirty", status_until=DAY))
    assert not reduces(world, record("room", "hill-or-1", "cleaning", until=DAY + timedelta(hours=1)))


def test_a_report_is_about_something_there_and_not_over(world: DeskLine) -> None:
    shift = Shift(
        id="S-1", staff_id="N-1", site_id="hill", unit_id="hill-ward", role="rn", start=NOW, end=DAY
    )  # fmt: skip
    world.put(shift)
    assert broken(world, record("shift", "S-1", "called_out")) == set()
    assert broken(world, record("shift", "S-1", "called_out"), shift.end) == {"shift"}
    world.put(shift.changed(state="called_out"))
    assert broken(world, record("shift", "S-1", "called_out")) == {"shift"}
    assert broken(world, record("room", "hill-or-9", "blocked")) == {"room"}
    assert broken(world, record("room", "hill-or-1", "blocked", until=NOW)) == {"in the past"}


def test_a_report_writes_one_row_marked_as_reported(world: DeskLine) -> None:
    world.put(
        Shift(id="S-1", staff_id="N-1", site_id="hill", unit_id="hill-ward", role="rn", start=NOW, end=DAY),
    )
    down = record("room", "hill-or-1", "blocked", until=DAY, note="a leak")
    assert all(part in sentence(world, down) for part in ("OR 1", "Hill", "blocked", "Tue 15 Sep 08:00", "a leak"))
    assert set(carry_out(world, down)) == {"Room hill-or-1"}
    room = world.get(Room, "hill-or-1")
    assert (room.status, room.status_until, room.status_by, room.status_at) == ("blocked", DAY, "reported", NOW)
    assert set(carry_out(world, record("bed", "hill-b1", "blocked"))) == {"Bed hill-b1"}
    assert world.get(Bed, "hill-b1").status_by == "reported"
    assert set(carry_out(world, record("equipment", "arm-1", "out_of_service"))) == {"Equipment arm-1"}
    assert set(carry_out(world, record("shift", "S-1", "called_out"))) == {"Shift S-1"}
    assert world.get(Shift, "S-1").state == "called_out"


def shift_of(staff: str, start: datetime, end: datetime, **more: Any) -> Shift:
    return Shift(
        id=f"S-{staff}", staff_id=staff, site_id="hill", unit_id="hill-ward", role="rn", start=start, end=end, **more
    )


def test_a_person_is_asked_only_when_there_free_and_of_the_role(world: DeskLine) -> None:
    line = staff_request("float", "N-1")
    assert broken(world, line) == set()
    assert broken(world, line, line.end) == {"in the past"}
    assert broken(world, staff_request("float")) == {"person"}
    assert broken(world, staff_request("agency")) == set()
    assert broken(world, staff_request("float", "N-404")) == {"person"}
    assert broken(world, but(line, role="scrub_tech")) == {"person"}
    world.put(shift_of("N-1", line.end - timedelta(hours=1), line.end + timedelta(hours=8)))
    assert broken(world, line) == {"person free"}
    world.put(shift_of("N-1", line.end - timedelta(hours=1), line.end + timedelta(hours=8), state="called_out"))
    assert broken(world, line) == set()
    world.put(shift_of("N-1", line.end, line.end + timedelta(hours=8)))  # begins when the other ends
    assert broken(world, line) == set()


def test_the_competency_is_the_worst_of_what_was_asked_and_what_the_unit_needs(world: DeskLine) -> None:
    world.put(Credential(id="C-9", staff_id="N-0", competency="icu", expires_on=date(2027, 1, 1)))

    def known(staff: str, **more: Any) -> object:
        with world.store.reading() as reader:
            return but(staff_request("float", staff), **more).facts(reader, NOW)["competency"]

    assert known("N-1") == "current"
    assert known("N-2") == "expired"
    assert known("N-3") == "never"
    assert known("N-1", competency="icu") == "never"
    assert known("N-0", competency="icu") == "never"  # ICU is held, but the ward is med-surg
    world.put(world.get(Unit, "hill-ward").changed(level="icu"))
    assert known("N-0", competency="icu") == "current"


def test_a_staff_request_writes_one_shift_and_tells_the_roster(world: DeskLine) -> None:
    agency, named = staff_request("agency"), staff_request("overtime", "N-1", 7_500, number=2)
    assert agency.cost() == 12 * 9_800
    assert "$1,176.00" in sentence(world, agency)
    assert "Nurse 1" in sentence(world, named)
    assert staff_request("float", "N-1").cost() == 0
    assert but(agency, end=agency.end + timedelta(minutes=1)).cost() == 13 * 9_800
    assert set(carry_out(world, agency)) == {"Shift SH-1"}
    assert set(carry_out(world, named)) == {"Shift SH-2"}
    assert (world.get(Shift, "SH-1").state, world.get(Shift, "SH-2").state) == ("requested", "approved")
    (told,) = messages(world, agency)
    assert (told.key, told.system, told.payload["rate"]) == ("PLAN-1:staffing:SH-1", "wfm", 9_800)


def test_a_purchase_is_of_a_known_item_at_its_price_now(world: DeskLine) -> None:
    assert broken(world, purchase(2)) == set()
    assert broken(world, purchase(2, item="NOSUCH")) == {"item"}
    assert broken(world, purchase(2, centre="8888")) == {"cost centre"}
    world.put(world.get(Item, "TRAY").changed(unit_cost=150_000))
    assert broken(world, purchase(2)) == {"price"}


def test_a_purchase_writes_one_requisition_and_tells_the_erp(world: DeskLine) -> None:
    line = purchase(3)
    assert "$3,000.00 on cost centre 4100" in sentence(world, line)
    assert set(carry_out(world, line)) == {"Requisition REQ-1"}
    made = world.get(Requisition, "REQ-1")
    (told,) = messages(world, line)
    assert (made.amount, made.state, made.plan_id, made.key) == (300_000, "approved", "PLAN-1", told.key)
    assert (told.key, told.payload["amount"]) == ("PLAN-1:requisition:REQ-1", 300_000)


def test_a_hand_over_writes_one_exception_and_nothing_stands_against_it(world: DeskLine) -> None:
    assert broken(world, hand_over()) == set()
    assert set(carry_out(world, hand_over())) == {"WorkException EXC-1"}
    made = world.get(WorkException, "EXC-1")
    assert (made.owner_role, made.state, made.opened_at) == ("nursing_supervisor", "open", NOW)
    assert "please call back" in sentence(world, hand_over())


# What a line touches


def test_a_span_touches_every_utc_day_it_is_on() -> None:
    late = datetime(2026, 9, 14, 23, tzinfo=UTC)
    assert span_days("room:x", late, late + timedelta(minutes=30)) == {"room:x:2026-09-14"}
    assert span_days("room:x", late, late + timedelta(hours=26)) == {f"room:x:2026-09-{d}" for d in (14, 15, 16)}


def test_each_line_touches_what_it_depends_on_for_its_days(world: DeskLine) -> None:
    assert visit().touches() == {f"{what}:2026-09-15" for what in ("slot:slot-0", "room:hill-d1", "patient:P-1")}
    assert staff_request("float", "N-1").touches() == {
        f"{what}:2026-09-{day}" for what in ("staff:N-1", "unit:hill-ward") for day in (15,)
    }
    used = case("equipment:arm-1", request="CASE-1").touches()
    assert {one.rpartition(":")[0] for one in used} == {
        "room:hill-or-1",
        "clinician:varga",
        "anaesthesia:park",
        "equipment:arm-1",
        "case:CASE-1",
        "patient:P-1",
    }
    assert record("room", "hill-or-1", "blocked", until=DAY).touches() == {
        "room:hill-or-1:2026-09-14",
        "room:hill-or-1:2026-09-15",
    }
    assert hand_over().touches() == frozenset()
