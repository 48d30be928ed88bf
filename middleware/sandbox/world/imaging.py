"""Scanner slots by protocol family, examinations past and booked, and the orders that wait."""

from datetime import date

import numpy as np

from hospital.model.bookings import Appointment, ImagingOrder, Slot
from middleware.sandbox.world.frame import (
    AHEAD_DAYS,
    HISTORY_DAYS,
    Frame,
    Ints,
    World,
    epoch_minutes,
    minutes_now,
    moments,
    number_of,
)
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER
from middleware.sandbox.world.places import SITES
from middleware.sandbox.world.visits import Booked, booked_ahead, visit_rows

OPEN, CLOSE = 420, 1140
"""Scanners run from 07:00 to 19:00, Monday to Saturday."""
MINUTES = {"mri": 40, "ct": 30}
FAMILIES = {
    "mri": ("mri-brain", "mri-spine", "mri-joint", "mri-abdomen"),
    "ct": ("ct-head", "ct-chest", "ct-abdomen"),
}
HISTORY_SHARE = 0.3
PROTOCOLS: tuple[tuple[str, str, bool], ...] = (
    ("MRI brain with contrast", "mri", True),
    ("MRI brain without contrast", "mri", False),
    ("MRI lumbar spine", "mri", False),
    ("MRI knee", "mri", False),
    ("MRI abdomen with contrast", "mri", True),
    ("CT head", "ct", False),
    ("CT chest with contrast", "ct", True),
    ("CT abdomen with contrast", "ct", True),
)
OPEN_ORDERS = 420


def build_imaging(frame: Frame, world: World) -> None:
    """Slots to come, examinations, and open orders."""
    build_scanner_slots(frame, world, [day for day in _open_days(frame, 0, AHEAD_DAYS)])
    past = _open_days(frame, -HISTORY_DAYS, -1)
    for site in SITES:
        for modality, number, _ in site.scanners:
            _past(frame, world, site.id, site.zone, modality, f"{site.id}-{modality}-{number}", past)
    _orders(frame, world)


def _open_days(frame: Frame, first: int, last: int) -> list[date]:
    closed = frame.holidays()
    return [day for day in frame.days(first, last) if day.weekday() < 6 and day not in closed]


def _times(modality: str, days: list[date], zone: str) -> tuple[Ints, Ints, list[str], list[int]]:
    minutes = MINUTES[modality]
    begins = np.arange(OPEN, CLOSE - minutes + 1, minutes, dtype=np.int64)
    day = np.repeat(np.array([number_of(d) for d in days], dtype=np.int64), len(begins))
    start = epoch_minutes(day, np.tile(begins, len(days)), zone)
    families = FAMILIES[modality]
    kinds = [families[n % len(families)] for n in range(len(begins))] * len(days)
    return start, start + minutes, kinds, begins.tolist()


def build_scanner_slots(frame: Frame, world: World, days: list[date]) -> None:
    """Slots of these days with what is booked in them; days on which scanners are closed have none."""
    days = [day for day in days if day.weekday() < 6 and day not in frame.holidays()]
    if not days:
        return
    for site in SITES:
        for modality, number, _ in site.scanners:
            room = f"{site.id}-{modality}-{number}"
            start, end, kinds, begins = _times(modality, days, site.zone)
            rng = frame.rng(f"scanner {room} {days[0]}")
            busy = booked_ahead(rng, (start - minutes_now(frame)) / 1440)
            names = [f"{room}-{day}-{at // 60:02d}{at % 60:02d}" for day in days for at in begins]
            starts, ends = moments(start), moments(end)
            world.extend(
                Slot,
                (
                    {
                        "id": name, "site_id": site.id, "clinic_id": None, "session_id": None, "room_id": room,
                        "clinician_id": None, "visit_type": kind, "start": starts[n], "end": ends[n],
                        "status": "busy" if taken else "free", "urgent_reserved": False,
                    }
                    for n, (name, kind, taken) in enumerate(zip(names, kinds, busy.tolist(), strict=True))
                ),
            )  # fmt: skip
            index = np.flatnonzero(busy)
            booked = Booked(
                f"G{len(world.of(Appointment)):06d}", site.id, None, "imaging", None, room, start[index], end[index],
                [kinds[n] for n in index], [names[n] for n in index],
            )  # fmt: skip
            world.extend(Appointment, visit_rows(frame, rng, booked))


def last_month(frame: Frame) -> tuple[date, date]:
    """First and last day of the last full month."""
    last = date.fromordinal(frame.today.replace(day=1).toordinal() - 1)
    return last.replace(day=1), last


def _past(frame: Frame, world: World, site: str, zone: str, modality: str, room: str, days: list[date]) -> None:
    start, end, kinds, _ = _times(modality, days, zone)
    rng = frame.rng(f"past {room}")
    index = np.flatnonzero(rng.random(len(start)) < HISTORY_SHARE)
    first, last = (number_of(day) * 1440 for day in last_month(frame))
    busy_month = (start[index] >= first) & (start[index] < last + 1440) & (site == "northgate")
    late = rng.random(len(index)) < np.where(busy_month, 0.16, 0.04)
    overtime = np.where(late, rng.integers(10, 50, len(index)), 0).astype(np.int64)
    booked = Booked(
        f"H{len(world.of(Appointment)):06d}", site, None, "imaging", None, room, start[index], end[index],
        [kinds[n] for n in index], None, overtime,
    )  # fmt: skip
    world.extend(Appointment, visit_rows(frame, rng, booked))


def _orders(frame: Frame, world: World) -> None:
    rng = frame.rng("orders")
    for number in range(1, OPEN_ORDERS + 1):
        protocol, modality, contrast = PROTOCOLS[int(rng.integers(len(PROTOCOLS)))]
        ordered = minutes_now(frame) - int(rng.integers(60, 30 * 1440))
        world.add(
            ImagingOrder,
            {
                "id": f"IMG-{70000 + number}",
                "patient_id": str(FIRST_NUMBER + int(rng.integers(COUNT))),
                "protocol": protocol,
                "modality": modality,
                "contrast": contrast,
                "minutes": MINUTES[modality],
                "safety_screen_done": bool(modality == "ct" or rng.random() < 0.6),
                "renal_check_done": bool(not contrast or rng.random() < 0.5),
                "authorisation": ("granted", "granted", "not_needed", "pending")[int(rng.integers(4))],
                "ordered_at": moments(np.array([ordered]))[0],
            },
        )
