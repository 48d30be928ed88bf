"""How long a case takes: quantiles of past minutes, the surgeon's own pulled toward the procedure's by count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

QUANTILES = (0.5, 0.8, 0.9)

PRIOR_CASES = 10
"""A surgeon's n cases weigh n / (n + PRIOR_CASES): at ten cases, half own history and half everybody's."""

MIN_SURGEON_CASES = 3
MIN_PROCEDURE_CASES = 5
MIN_SERVICE_CASES = 5
"""With fewer cases than these a level is not used and the next one is, which the basis then names."""

Basis = Literal["surgeon and procedure", "procedure, all surgeons", "service", "none"]
Status = Literal["ok", "no_history"]


@dataclass(frozen=True, slots=True)
class DurationHistory:
    """Past durations in minutes (wheels-in to wheels-out), per level; the caller chooses the period."""

    by_surgeon_and_procedure: Mapping[tuple[str, str], Sequence[float]]
    by_procedure: Mapping[str, Sequence[float]]
    by_service: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, cases: Iterable[tuple[str, str, str, float]]) -> "DurationHistory":
        """From cases as (surgeon id, procedure id, service id, minutes)."""
        own: dict[tuple[str, str], list[float]] = {}
        procedures: dict[str, list[float]] = {}
        services: dict[str, list[float]] = {}
        for surgeon, procedure, service, minutes in cases:
            own.setdefault((surgeon, procedure), []).append(minutes)
            procedures.setdefault(procedure, []).append(minutes)
            services.setdefault(service, []).append(minutes)
        return cls(own, procedures, services)


@dataclass(frozen=True, slots=True)
class DurationEstimate:
    """Quantiles in minutes with what they rest on; all None when there is no history."""

    status: Status
    median: float | None
    p80: float | None
    p90: float | None
    n: int
    """Cases at the level named by `basis`."""
    basis: Basis
    own_weight: float
    """Share of the surgeon's own history in the quantiles, 0 to 1."""
    note: str
    """The basis in words, with what was fallen back from."""


def predict_duration(
    history: DurationHistory, procedure_id: str, surgeon_id: str | None, service_id: str | None
) -> DurationEstimate:
    """Median, 80th and 90th percentile of the case's minutes.

    The surgeon's quantiles are averaged with the procedure's, weight n / (n + PRIOR_CASES), so that each
    lies between the two. Too few cases at a level: the next wider level, named in `basis` and `note`.

    Raises:
        ValueError: a duration that is not a positive finite number of minutes.
    """
    own = _minutes(history.by_surgeon_and_procedure.get((surgeon_id or "", procedure_id), ()))
    procedure = _minutes(history.by_procedure.get(procedure_id, ()))
    service = _minutes(history.by_service.get(service_id or "", ()))
    if own.size >= MIN_SURGEON_CASES:
        everyone = procedure if procedure.size >= own.size else own
        weight = own.size / (own.size + PRIOR_CASES)
        values = weight * np.quantile(own, QUANTILES) + (1 - weight) * np.quantile(everyone, QUANTILES)
        note = (
            f"{own.size} cases of {procedure_id} by {surgeon_id}, weighted {weight:.0%} against "
            f"{everyone.size} by all surgeons"
        )
        return _estimate(values, own.size, "surgeon and procedure", weight, note)
    few = _few(own.size, f"{procedure_id} by {surgeon_id}") if surgeon_id else "no surgeon named"
    if procedure.size >= MIN_PROCEDURE_CASES:
        note = f"{few}; used {procedure.size} cases of {procedure_id} by all surgeons"
        return _estimate(np.quantile(procedure, QUANTILES), procedure.size, "procedure, all surgeons", 0.0, note)
    few = f"{few}; {_few(procedure.size, f'{procedure_id} by any surgeon')}"
    if service.size >= MIN_SERVICE_CASES:
        note = f"{few}; used {service.size} cases of all procedures of service {service_id}"
        return _estimate(np.quantile(service, QUANTILES), service.size, "service", 0.0, note)
    wider = _few(service.size, f"service {service_id}") if service_id else "no service named"
    return DurationEstimate(
        "no_history", None, None, None, 0, "none", 0.0, f"{few}; {wider}; state a duration in minutes"
    )


def _few(count: int, what: str) -> str:
    return f"no past cases of {what}" if count == 0 else f"only {count} past case{'s'[: count > 1]} of {what}"


def _minutes(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    minutes = np.asarray(values, dtype=np.float64).reshape(-1)
    wrong = minutes[~(np.isfinite(minutes) & (minutes > 0))]
    if wrong.size:
        raise ValueError(f"minutes={wrong[0]} must be a positive number")
    return minutes


def _estimate(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], n: int, basis: Basis, weight: float, note: str
) -> DurationEstimate:
    median, p80, p90 = (float(value) for value in values)
    return DurationEstimate("ok", median, p80, p90, n, basis, weight, note)
