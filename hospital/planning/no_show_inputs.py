"""What a missed visit may be foretold from, and the history that was known before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import numpy as np

from hospital.planning.series import Array

ExtraInput = Literal["age", "reminded", "gender"]
"""Further columns that may be given; there is no way to give another one."""

FORBIDDEN = frozenset(
    "payer insurance race ethnicity language religion neighbourhood neighborhood postcode zip welfare scholarship "
    "income diagnosis diagnoses hypertension hipertension diabetes alcoholism handcap disability".split()
)
"""Never an input: payer, race, language, where somebody lives, welfare, what they suffer from."""

DAY = 1440
"""Minutes."""
PRIOR_VISITS = 5.0
"""A patient's own rate of missed visits weighs n / (n + PRIOR_VISITS) against everybody's before."""


class ForbiddenInput(ValueError):
    """An input was offered that the model must not see, or does not know."""


@dataclass(frozen=True)
class Visits:
    """Booked visits, column by column. Times are minutes since 1970; `missed` is 1, 0, or nan while unknown."""

    patient: np.ndarray[tuple[int, ...], np.dtype[np.str_]]
    booked: Array
    start: Array
    kind: np.ndarray[tuple[int, ...], np.dtype[np.str_]]
    missed: Array
    extra: Mapping[ExtraInput, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_inputs(self.extra)
        early = np.flatnonzero(self.booked > self.start)
        if early.size:
            raise ValueError(f"visit {early[0]} was booked {self.booked[early[0]] - self.start[early[0]]:g} min late")

    @classmethod
    def of(cls, rows: Iterable[tuple[str, datetime, datetime, str, bool | None]]) -> "Visits":
        """From (patient, booked at, start, visit type, missed or None), in any order."""
        found = list(rows)
        missed = [np.nan if gone is None else float(gone) for *_, gone in found]
        return cls(
            np.array([row[0] for row in found], dtype=np.str_),
            np.array([row[1].timestamp() / 60 for row in found]),
            np.array([row[2].timestamp() / 60 for row in found]),
            np.array([row[3] for row in found], dtype=np.str_),
            np.array(missed, dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.start)

    @property
    def lead_days(self) -> Array:
        """Whole calendar days from booking to visit."""
        lead: Array = np.floor(self.start / DAY) - np.floor(self.booked / DAY)
        return lead

    def only(self, which: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> "Visits":
        """Some of them, in the same order."""
        extra = {name: column[which] for name, column in self.extra.items()}
        return Visits(
            self.patient[which], self.booked[which], self.start[which], self.kind[which], self.missed[which], extra
        )


def check_inputs(names: Iterable[str]) -> None:
    """Refuse what must not be an input.

    Raises:
        ForbiddenInput: naming it, and what may be given.
    """
    allowed = get_args(ExtraInput)
    for name in names:
        if name.casefold() in FORBIDDEN:
            raise ForbiddenInput(f"{name} is never an input of a no-show model; allowed are {', '.join(allowed)}")
        if name not in allowed:
            raise ForbiddenInput(f"{name} is not an input of the no-show model; allowed are {', '.join(allowed)}")


HISTORY = (
    "earlier visits",
    "earlier missed",
    "own rate",
    "missed the last",
    "days since the last",
    "that day already",
)


def history_before(visits: Visits) -> Array:
    """(visits, HISTORY): what the outcomes of strictly earlier days said about the patient; nan where nothing did.

    The outcome of a visit on the same day or later, and one that is unknown, changes nothing.
    """
    day = np.floor(visits.start / DAY)
    _, patient = np.unique(visits.patient, return_inverse=True)
    order = np.lexsort((visits.booked, day, patient))
    who, when, gone = patient[order], day[order], visits.missed[order]
    known = ~np.isnan(gone)
    count = len(order)
    seen_before = np.concatenate([[0.0], np.cumsum(known)])
    missed_before = np.concatenate([[0.0], np.cumsum(np.where(known, gone, 0.0))])
    new_patient = np.concatenate([[True], who[1:] != who[:-1]]) if count else np.zeros(0, dtype=bool)
    new_day = new_patient | np.concatenate([[True], when[1:] != when[:-1]]) if count else new_patient
    first = np.maximum.accumulate(np.where(new_patient, np.arange(count), 0))
    today = np.maximum.accumulate(np.where(new_day, np.arange(count), 0))
    seen = seen_before[today] - seen_before[first]
    missed = missed_before[today] - missed_before[first]
    last_known = np.concatenate([[-1], np.maximum.accumulate(np.where(known, np.arange(count), -1))])[today]
    has = last_known >= first
    last = np.where(has, last_known, 0)
    columns = np.column_stack(
        [
            seen,
            missed,
            (missed + PRIOR_VISITS * _rate_before(when, gone)) / (seen + PRIOR_VISITS),
            np.where(has, gone[last], np.nan) if count else seen,
            np.where(has, when - when[last], np.nan) if count else seen,
            (np.arange(count) - today).astype(np.float64),
        ]
    )
    result: Array = np.empty_like(columns)
    result[order] = columns
    return result


def _rate_before(day: Array, missed: Array) -> Array:
    """Everybody's rate of missed visits on strictly earlier days; one in ten before anything is known."""
    known = ~np.isnan(missed)
    days, index = np.unique(day, return_inverse=True)
    seen = np.bincount(index, known, minlength=len(days))
    gone = np.bincount(index, np.where(known, missed, 0.0), minlength=len(days))
    before_seen, before_gone = np.cumsum(seen) - seen, np.cumsum(gone) - gone
    rate: Array = (before_gone + 1.0) / (before_seen + 10.0)
    return rate[index]
