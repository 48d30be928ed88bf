"""Operating rooms, blocks and cases that are told by name, each anchored to the week of the clock."""

from datetime import date, datetime, timedelta

from hospital.model.bookings import Block, Hold, Procedure, SurgicalCase
from hospital.model.people import Clinician
from middleware.sandbox.world.blocks import block_row
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.surgery import anaesthesia_by_room, anaesthesiologist_for, operation_named

SITE, ZONE = "northgate", "America/Chicago"
Items = tuple[str, ...]


def named_room_days(frame: Frame) -> set[tuple[str, date]]:
    """Rooms on days whose schedule is told here."""
    today = frame.today
    tuesday, wednesday, thursday, friday = (frame.coming(day) for day in (1, 2, 3, 4))
    told = {(2, today), (4, today), (3, tuesday), (2, wednesday), (6, friday)}
    told |= {(room, thursday) for room in (5, 6, 7, 9)}
    return {(f"{SITE}-or-{room}", day) for room, day in told}


class Schedule:
    """Writes the blocks and cases of named room-days."""

    def __init__(self, frame: Frame, world: World) -> None:
        self.frame = frame
        self.world = world
        self._anaesthesia = anaesthesia_by_room(world)

    def block(self, room: int, day: date, service: str, owner: str | None, *, given_up: bool = False) -> None:
        """One block from 07:30 to 15:30."""
        name = f"{SITE}-or-{room}"
        self.world.add(Block, block_row(self.frame, SITE, ZONE, name, day, service, owner, given_up=given_up))

    def case(
        self,
        number: int,
        room: int,
        day: date,
        begins: str,
        procedure: str,
        surgeon: str,
        patient: int,
        *,
        items: Items = (),
        minutes: int | None = None,
    ) -> None:
        """One case; by the clock it is still to come, running or done."""
        operation = operation_named(procedure)
        took = minutes or operation.minutes
        start = self.frame.at(day, begins)
        end = start + timedelta(minutes=took)
        state, wheels_in, wheels_out = progress(self.frame.now, start, end)
        self.world.add(
            SurgicalCase,
            {
                "id": f"CASE-{number}",
                "site_id": SITE,
                "patient_id": str(patient),
                "procedure_id": procedure,
                "service_id": operation.service,
                "surgeon_id": surgeon,
                "anaesthesiologist_id": anaesthesiologist_for(self._anaesthesia, SITE, f"or-{room}", day),
                "room_id": f"{SITE}-or-{room}",
                "start": start,
                "end": end,
                "state": state,
                "equipment": operation.equipment,
                "items": tuple({"item_id": item, "quantity": 1} for item in items),
                "post_op_level": operation.bed_after,
                "wheels_in": wheels_in,
                "wheels_out": wheels_out,
                "actual_minutes": took if wheels_out else None,
            },
        )


def progress(now: datetime, start: datetime, end: datetime) -> tuple[str, datetime | None, datetime | None]:
    """State, wheels-in and wheels-out of a case that keeps to its times."""
    if now < start:
        return "scheduled", None, None
    return ("completed", start, end) if now >= end else ("in_progress", start, None)


def build_named_surgery(frame: Frame, world: World) -> None:
    """Blocks and cases of Northgate that are told by name."""
    schedule = Schedule(frame, world)
    today = frame.today
    tuesday, wednesday, thursday, friday = (frame.coming(day) for day in (1, 2, 3, 4))
    others = _surgeons(world, "general", 3)
    schedule.block(4, today, "general", None)
    schedule.case(401, 4, today, "08:30", "cholecystectomy", others[0], 35120)
    schedule.case(402, 4, today, "10:30", "hernia-repair", others[1], 47211, items=("MESH-M",))
    schedule.case(403, 4, today, "13:00", "thyroidectomy", others[2], 58034)
    schedule.block(2, today, "general", "surgeon.marchetti")
    schedule.case(420, 2, today, "10:00", "hernia-repair", "surgeon.marchetti", 44873, items=("MESH-M",))
    schedule.block(3, tuesday, "spine", "surgeon.osei")
    schedule.case(503, 3, tuesday, "07:30", "spinal-fusion", "surgeon.osei", 61250, items=("LS-204",))
    schedule.case(504, 3, tuesday, "11:40", "laminectomy", "surgeon.osei", 39918)
    schedule.block(2, wednesday, "cardiothoracic", "surgeon.adeyemi")
    schedule.case(505, 2, wednesday, "07:30", "cabg", "surgeon.adeyemi", 71002)
    # Thursday's hips: the cup on the shelf goes to the first, the tray to the earlier revision.
    schedule.block(5, thursday, "orthopaedics", "surgeon.varga")
    schedule.case(514, 5, thursday, "07:30", "total-hip", "surgeon.varga", 45510, items=("STEM-2", "CUP-A"))
    schedule.case(509, 5, thursday, "09:30", "revision-hip", "surgeon.varga", 50337, items=("HIP-REV-7",))
    schedule.case(510, 5, thursday, "12:30", "revision-hip", "surgeon.varga", 66121, items=("HIP-REV-7",))
    schedule.block(6, thursday, "orthopaedics", None)
    schedule.case(512, 6, thursday, "07:30", "total-knee", "surgeon.lund", 37754, items=("KNEE-STD",), minutes=120)
    schedule.case(515, 6, thursday, "09:30", "total-hip", "surgeon.lund", 48890, items=("STEM-2", "CUP-A"))
    schedule.case(516, 6, thursday, "11:30", "total-hip", "surgeon.petrov", 53345, items=("STEM-2", "CUP-A"))
    schedule.case(517, 6, thursday, "13:30", "total-knee", "surgeon.petrov", 69008, items=("KNEE-STD",), minutes=120)
    # Open time on Thursday: OR 7 was given up by its owner, OR 9 never belonged to a block; part of OR 9 is held.
    urologists = _surgeons(world, "urology", 2)
    schedule.block(7, thursday, "urology", urologists[0], given_up=True)
    schedule.case(521, 7, thursday, "07:30", "ureteroscopy", urologists[1], 40415, minutes=90)
    schedule.case(522, 9, thursday, "07:30", "hysteroscopy", _surgeons(world, "gynaecology", 1)[0], 57123, minutes=60)
    world.add(Hold, _hold(frame, thursday))
    schedule.block(6, friday, "orthopaedics", "surgeon.lund")
    schedule.case(518, 6, friday, "07:30", "total-knee", "surgeon.lund", 42119, items=("KNEE-STD",))
    schedule.case(519, 6, friday, "09:45", "knee-arthroscopy", "surgeon.lund", 64470)
    _requests(frame, world)


def _hold(frame: Frame, thursday: date) -> Row:
    return {
        "id": "HOLD-OR9-0",
        "group": "HOLD-OR9",
        "resource": f"room:{SITE}-or-9",
        "site_id": SITE,
        "holder": "or.charge",
        "start": frame.at(thursday, "13:00"),
        "end": frame.at(thursday, "14:30"),
        "expires_at": frame.now + timedelta(minutes=25),
    }


def _surgeons(world: World, service: str, count: int) -> list[str]:
    named = {"surgeon.marchetti", "surgeon.osei"}
    return [
        person["id"]
        for person in world.of(Clinician)
        if person["service_id"] == service and SITE in person["site_ids"] and person["id"] not in named
        if person["role"] == "surgeon"
    ][:count]


def _requests(frame: Frame, world: World) -> None:
    """Cases asked for without a room: two different Joneses for tomorrow, and others later."""
    asked: list[tuple[int, str, str, str, str | None, int]] = [
        (601, SITE, "41877", "hernia-repair", "surgeon.marchetti", 1),
        (602, SITE, "52390", "total-knee", "surgeon.petrov", 1),
    ]
    rng = frame.rng("requests")
    here = sorted(
        {(p["site_ids"][0], p["service_id"], p["id"]) for p in world.of(Clinician) if p["role"] == "surgeon"}
    )
    procedures: dict[str, list[str]] = {}
    for row in world.of(Procedure):
        procedures.setdefault(row["service_id"], []).append(row["id"])
    for number in range(603, 640):
        site, service, surgeon = here[int(rng.integers(len(here)))]
        options = procedures[service]
        asked.append(
            (number, site, str(31_000 + number * 37), options[int(rng.integers(len(options)))], surgeon,
             int(rng.integers(2, 12)))
        )  # fmt: skip
    for number, site, patient, procedure, who, ahead in asked:
        operation = operation_named(procedure)
        world.add(
            SurgicalCase,
            {
                "id": f"CASE-{number}",
                "site_id": site,
                "patient_id": patient,
                "procedure_id": procedure,
                "service_id": operation.service,
                "surgeon_id": who,
                "wanted_on": frame.today + timedelta(days=ahead),
                "state": "requested",
                "equipment": operation.equipment,
                "items": tuple({"item_id": item, "quantity": 1} for item in operation.items),
                "post_op_level": operation.bed_after,
            },
        )
