"""Clinic sessions and slots to come, and visits past and booked."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from hospital.model.bookings import Appointment, ClinicSession, Slot, WaitlistEntry
from hospital.model.people import Clinician
from middleware.sandbox.world.clinic_plans import CLINICS, ClinicPlan
from middleware.sandbox.world.frame import (
    AHEAD_DAYS,
    HISTORY_DAYS,
    Frame,
    Ints,
    Row,
    World,
    epoch_minutes,
    minutes_now,
    moments,
    number_of,
)
from middleware.sandbox.world.patients import COUNT
from middleware.sandbox.world.places import ZONES
from middleware.sandbox.world.visits import Booked, booked_ahead, visit_rows

HISTORY_SHARE = 0.62
"""Share of the past template that was really used; the rest are holidays, leave and slots that stayed empty."""


@dataclass(frozen=True)
class Sitting:
    """One physician of a clinic in their room."""

    plan: ClinicPlan
    clinician: str
    room: str
    weekdays: tuple[int, ...]


def sittings(world: World) -> list[Sitting]:
    """Who sits where, in the order of the clinics."""
    people: dict[tuple[str, str], list[str]] = {}
    for person in world.of(Clinician):
        if person["role"] == "physician":
            people.setdefault((person["site_ids"][0], person["service_id"]), []).append(person["id"])
    return [
        Sitting(plan, who, f"{plan.id}-room-{number + 1}", plan.weekdays[number % len(plan.weekdays)])
        for plan in CLINICS
        for number, who in enumerate(people[plan.site, plan.service])
    ]


def build_visits(frame: Frame, world: World) -> None:
    """Past visits, and the horizon of sessions and slots with what is booked in it."""
    everyone = sittings(world)
    build_horizon(frame, world, everyone, frame.workdays(0, AHEAD_DAYS))
    past = frame.workdays(-HISTORY_DAYS, -1)
    for sitting in everyone:
        _past_visits(frame, world, sitting, [day for day in past if day.weekday() in sitting.weekdays])
    _waitlist(frame, world)


def build_horizon(frame: Frame, world: World, everyone: list[Sitting], days: list[date]) -> None:
    """Sessions, slots and bookings of these days."""
    for sitting in everyone:
        sat = [day for day in days if day.weekday() in sitting.weekdays]
        if sat:
            _future_session(frame, world, sitting, sat)


def _times(plan: ClinicPlan, days: list[date]) -> tuple[Ints, Ints]:
    """Start and end of every slot, day by day."""
    zone, count = ZONES[plan.site], len(plan.template)
    day = np.repeat(np.array([number_of(d) for d in days], dtype=np.int64), count)
    begin = np.tile(np.array([slot.start for slot in plan.template], dtype=np.int64), len(days))
    long = np.tile(np.array([slot.minutes for slot in plan.template], dtype=np.int64), len(days))
    start = epoch_minutes(day, begin, zone)
    return start, start + long


def _future_session(frame: Frame, world: World, sitting: Sitting, days: list[date]) -> None:
    plan = sitting.plan
    start, end = _times(plan, days)
    rng = frame.rng(f"session {sitting.clinician} {days[0]}")
    count = len(plan.template)
    short = sitting.clinician.rpartition(".")[2]
    ids = [f"{plan.id}-{short}-{day}" for day in days]
    starts, ends = moments(start), moments(end)
    world.extend(
        ClinicSession,
        (
            {
                "id": id, "site_id": plan.site, "clinic_id": plan.id, "clinician_id": sitting.clinician,
                "room_id": sitting.room, "start": starts[n * count], "end": ends[n * count + count - 1],
            }
            for n, id in enumerate(ids)
        ),
    )  # fmt: skip
    kinds = [slot.visit_type for slot in plan.template] * len(days)
    urgent = [slot.urgent for slot in plan.template] * len(days)
    clocks = [f"{slot.start // 60:02d}{slot.start % 60:02d}" for slot in plan.template]
    ahead = (start - minutes_now(frame)) / 1440
    busy = booked_ahead(rng, ahead, plan.service == "cardiology")
    busy &= ~np.array([flag or kind == "same-day-complex" for flag, kind in zip(urgent, kinds, strict=True)])
    slots: list[Row] = []
    for n, (kind, flag, taken) in enumerate(zip(kinds, urgent, busy.tolist(), strict=True)):
        session = ids[n // count]
        slots.append(
            {
                "id": f"{session}-{clocks[n % count]}", "site_id": plan.site, "clinic_id": plan.id,
                "session_id": session, "room_id": sitting.room, "clinician_id": sitting.clinician,
                "visit_type": kind, "start": starts[n], "end": ends[n], "status": "busy" if taken else "free",
                "urgent_reserved": flag,
            }
        )  # fmt: skip
    world.extend(Slot, slots)
    taken_slots = [slot for slot in slots if slot["status"] == "busy"]
    index = np.flatnonzero(busy)
    world.extend(
        Appointment,
        visit_rows(
            frame,
            rng,
            Booked(
                f"F{len(world.of(Appointment)):06d}", plan.site, plan.id, plan.service, sitting.clinician,
                sitting.room, start[index], end[index], [kinds[n] for n in index],
                [slot["id"] for slot in taken_slots],
            ),
        ),
    )  # fmt: skip


def _past_visits(frame: Frame, world: World, sitting: Sitting, days: list[date]) -> None:
    plan = sitting.plan
    start, end = _times(plan, days)
    rng = frame.rng(f"past {sitting.clinician}")
    kinds = np.array([slot.visit_type for slot in plan.template] * len(days))
    index = np.flatnonzero(rng.random(len(start)) < HISTORY_SHARE)
    world.extend(
        Appointment,
        visit_rows(
            frame,
            rng,
            Booked(
                f"P{len(world.of(Appointment)):06d}", plan.site, plan.id, plan.service, sitting.clinician,
                sitting.room, start[index], end[index], kinds[index].tolist(), None,
            ),
        ),
    )  # fmt: skip


def _waitlist(frame: Frame, world: World) -> None:
    rng = frame.rng("waitlist")
    number = 0
    for plan in CLINICS:
        kinds = sorted({slot.visit_type for slot in plan.template} - {"same-day-complex"})
        for _ in range(int(rng.integers(8, 40))):
            number += 1
            world.add(
                WaitlistEntry,
                {
                    "id": f"WL-{number:05d}",
                    "patient_id": str(30_000 + int(rng.integers(COUNT))),
                    "clinic_id": plan.id,
                    "visit_type": kinds[int(rng.integers(len(kinds)))],
                    "since": moments(np.array([minutes_now(frame) - int(rng.integers(1440, 90 * 1440))]))[0],
                    "priority": int(rng.integers(1, 5)),
                },
            )
