"""No-shows foretold ahead of the questions: one model of all clinic visits, kept as a chance per booked slot."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from hospital.ids import ClinicId, SlotId
from hospital.model.bookings import Appointment
from hospital.model.history import ModelCard, SlotRisk
from hospital.planning.boosting import TooLittle
from hospital.planning.no_show import BACKTEST_DAYS, VERSION, fit_no_show
from hospital.planning.no_show_inputs import Visits
from hospital.ports import Not, Range, Reader, Store

NAME = "no_show"
HISTORY = timedelta(days=540)
AHEAD = timedelta(days=60)
DAILY = timedelta(hours=20)
BATCH = 2000
OUTCOMES = {"fulfilled": False, "noshow": True}
WAITING = ("booked", "pending", "arrived", "checked-in")

Booking = tuple[str, datetime, datetime, str, str, str | None, str]
"""Patient, booked at, start, visit type, status, slot, clinic."""


def refit_no_show(store: Store, now: datetime, every: timedelta = DAILY) -> ModelCard | None:
    """Fit on all past clinic visits, keep the chance of every booked slot to come, and the card.

    None when it was fitted less than `every` ago, or there are too few visits. Cancelled visits are in neither.
    Takes seconds to half a minute on a full sandbox: call it in a thread of its own.
    """
    with store.reading() as world:
        card = world.get(ModelCard, NAME)
        if card is not None and card.fitted_at > now - every:
            return None
        bookings = _bookings(world, now)
    if not bookings:
        return None
    visits = Visits.of(
        (who, at, start, kind, _missed(status, start, now)) for who, at, start, kind, status, *_ in bookings
    )
    try:
        model = fit_no_show(visits)
    except TooLittle:
        return None
    coming = np.array([start > now and slot is not None for _, _, start, _, _, slot, _ in bookings], dtype=bool)
    chances = model.probabilities(visits, coming).tolist() if coming.any() else []
    risks = [
        SlotRisk(id=SlotId(slot), clinic_id=ClinicId(clinic), start=start, probability=chance, issued_at=now)
        for (_, _, start, _, _, slot, clinic), chance in zip(
            (one for one, ahead in zip(bookings, coming.tolist(), strict=True) if ahead), chances, strict=True
        )
        if slot is not None
    ]
    card = ModelCard(
        id=NAME,
        version=VERSION,
        fitted_at=now,
        trained_through=max(start for _, _, start, *_ in bookings if start <= now).date(),
        n=model.n,
        inputs=model.inputs,
        backtest=model.backtest.as_dict() if model.backtest else {},
        note=f"the backtest learnt without the latest {BACKTEST_DAYS} days and was scored on them",
    )
    _keep(store, risks, card)
    return card


def _bookings(world: Reader, now: datetime) -> list[Booking]:
    found: Iterable[Booking] = world.values(
        Appointment,
        ("patient_id", "booked_at", "start", "visit_type", "status", "slot_id", "clinic_id"),
        clinic_id=Not(None),
        start=Range(now - HISTORY, now + AHEAD),
    )
    return [one for one in found if one[4] in OUTCOMES or (one[4] in WAITING and one[1] <= now)]


def _missed(status: str, start: datetime, now: datetime) -> bool | None:
    return OUTCOMES.get(status) if start <= now else None


def _keep(store: Store, risks: list[SlotRisk], card: ModelCard) -> None:
    """In batches, so that other writers never wait long; the card comes last."""
    for first in range(0, len(risks), BATCH):
        with store.working() as work:
            work.put(*risks[first : first + BATCH])
    with store.working() as work:
        over = work.values(SlotRisk, ("id",), start=Range(before=card.fitted_at))
        work.remove(SlotRisk, [id for (id,) in over])
        work.put(card)
