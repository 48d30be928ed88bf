"""What becomes of a booked visit: fulfilled, missed or cancelled, by lead time and by the patient's habits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp

import numpy as np

from middleware.sandbox.world.frame import Frame, Ints, Row, minutes_now, moments, moments_where
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

BOOKED = ((0, 0.95), (1, 0.93), (3, 0.88), (7, 0.8), (14, 0.66), (21, 0.52), (28, 0.4), (42, 0.24), (54, 0.12))
"""Days ahead and the share of slots taken by then, in straight lines between them."""
LEAD_DAYS = {"new-patient": 24.0, "follow-up": 30.0, "procedure": 20.0, "complex": 28.0, "same-day-complex": 0.1}
CANCELLED_SHARE = 0.09
REFILLED_SHARE, REFILLED_LATE = 0.45, 0.12
"""Of the slots given up a day or more before, and later, how many somebody else gets (plausible, not measured)."""
CANCEL_REASONS = ("patient request", "transport", "clinician unavailable", "rescheduled", "no longer needed")


@dataclass(frozen=True)
class Booked:
    """Visits of one resource: times in minutes since 1970, their kinds, and their slots if any are kept."""

    prefix: str
    site: str
    clinic: str | None
    service: str
    clinician: str | None
    room: str
    start: Ints
    end: Ints
    kinds: Sequence[str]
    slots: Sequence[str] | None
    overtime: Ints | None = None


def share_booked(days_ahead: Floats) -> Floats:
    """The share of slots that are taken so many days ahead."""
    days, shares = zip(*BOOKED, strict=True)
    return np.asarray(np.interp(days_ahead, days, shares), dtype=np.float64)


def booked_ahead(rng: np.random.Generator, days_ahead: Floats, full: bool = False) -> Flags:
    """Which slots are taken already; a service in demand is fuller."""
    share = share_booked(days_ahead)
    if full:
        share = np.minimum(0.97, share * 1.15)
    return np.asarray(rng.random(len(days_ahead)) < share, dtype=np.bool_)


def habits(frame: Frame) -> Floats:
    """Each patient's own tendency to miss visits (log-odds), the same in every part of the world."""
    return frame.rng("habits").normal(0, 1.0, COUNT)


def visit_rows(frame: Frame, rng: np.random.Generator, booked: Booked) -> list[Row]:
    """Appointment rows. Past ones have an outcome, coming ones are booked, today's go by the clock."""
    count = len(booked.start)
    now = minutes_now(frame)
    # Some patients come far more often than others.
    who = (COUNT * rng.random(count) ** 1.6).astype(np.int64)
    typical = np.array([LEAD_DAYS.get(kind, 14.0) for kind in booked.kinds])
    lead = rng.exponential(1.0, count) * typical
    booked_at = booked.start - np.maximum(30, lead * 1440).astype(np.int64)
    booked_at = np.minimum(booked_at, now - 45)
    odds = -3.5 + 0.02 * np.minimum(lead, 90) + 1.1 * habits(frame)[who]
    missed = rng.random(count) < 1 / (1 + np.exp(-odds))
    over = booked.end <= now
    cancelled = over & (rng.random(count) < CANCELLED_SHARE)
    here = (booked.start <= now) & ~over
    status = np.where(
        cancelled, "cancelled",
        np.where(over & missed, "noshow", np.where(over, "fulfilled", np.where(here, "checked-in", "booked"))),
    )  # fmt: skip
    notice = np.minimum(rng.exponential(5 * 1440, count).astype(np.int64) + 60, booked.start - booked_at - 5)
    reasons = rng.choice(CANCEL_REASONS, count).tolist()
    slots: Sequence[str | None] = booked.slots if booked.slots is not None else [None] * count
    overtime = booked.overtime.tolist() if booked.overtime is not None else [0] * count
    rows: list[Row] = [
        {
            "id": f"APT-{booked.prefix}{n:04d}", "patient_id": str(FIRST_NUMBER + patient), "site_id": booked.site,
            "clinic_id": booked.clinic, "service_id": booked.service, "room_id": booked.room,
            "clinician_id": booked.clinician, "slot_id": slot, "visit_type": kind, "status": state, "start": start,
            "end": end, "booked_at": at, "cancelled_at": off, "cancel_reason": why if off else None,
            "overtime_minutes": extra,
        }
        for n, (patient, slot, kind, state, start, end, at, off, why, extra) in enumerate(
            zip(
                who.tolist(), slots, booked.kinds, status.tolist(), moments(booked.start), moments(booked.end),
                moments(booked_at), moments_where(booked.start - notice, cancelled), reasons, overtime, strict=True,
            )
        )
    ]  # fmt: skip
    return rows + _refills(frame, booked, rows)


def _refills(frame: Frame, booked: Booked, rows: Sequence[Row]) -> list[Row]:
    """Somebody else in the slots of visits that were cancelled in time, booked between then and the visit."""
    rng = frame.rng(f"refill {booked.prefix}")
    gone = [row for row in rows if row["status"] == "cancelled"]
    chance, whose, when = (rng.random(len(gone)).tolist() for _ in range(3))
    tendency = habits(frame)
    missed = rng.random(len(gone)).tolist()
    found = []
    for n, row in enumerate(gone):
        notice = row["start"] - row["cancelled_at"]
        share = REFILLED_SHARE if notice >= timedelta(days=1) else REFILLED_LATE
        if chance[n] >= share or notice <= LEAST_NOTICE:
            continue
        patient = int(COUNT * whose[n] ** 1.6)
        odds = -3.5 + 0.02 * min(notice / timedelta(days=1), 90) + 1.1 * float(tendency[patient])
        found.append(
            {
                **row, "id": f"{row['id']}R", "patient_id": str(FIRST_NUMBER + patient), "cancelled_at": None,
                "status": "noshow" if missed[n] < 1 / (1 + exp(-odds)) else "fulfilled", "cancel_reason": None,
                "booked_at": row["cancelled_at"] + when[n] * (notice - LEAST_NOTICE), "overtime_minutes": 0,
            }
        )  # fmt: skip
    return found


LEAST_NOTICE = timedelta(minutes=30)
"""Nobody is found for a slot that begins sooner."""
