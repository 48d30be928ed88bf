"""How good probabilities were: ranking, sharpness, and whether they mean what they say."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hospital.planning.series import Array, Mask

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the visits, by what was foretold."""

    foretold: float
    happened: float
    n: int


@dataclass(frozen=True, slots=True)
class Scores:
    """AUC and average precision (ranking), Brier score (lower is better), calibration by tenths."""

    n: int
    rate: float
    auc: float
    ap: float
    brier: float
    calibration_error: float
    """Mean absolute difference of foretold and happened over the tenths."""
    calibration: tuple[Bin, ...]
    lead_one_day: "Scores | None" = None
    """The same for visits booked at least a day ahead."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, rounded to four places."""
        return {name: _rounded(value) for name, value in asdict(self).items() if value is not None}


def score(made: Array, happened: Mask, lead_days: Array | None = None) -> Scores:
    """Score probabilities against what happened; with lead days also those of a day or more alone.

    Raises:
        ValueError: when everything or nothing happened, since nothing can be ranked then.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    if not 0 < happened.sum() < len(happened):
        raise ValueError(f"{int(happened.sum())} of {len(happened)} happened; both outcomes are needed to score")
    tenths = [part for part in np.array_split(np.argsort(made, kind="stable"), BINS) if len(part)]
    bins = tuple(Bin(float(made[part].mean()), float(happened[part].mean()), len(part)) for part in tenths)
    ahead = None
    if lead_days is not None and 0 < happened[lead_days >= 1].sum() < (lead_days >= 1).sum():
        ahead = score(made[lead_days >= 1], happened[lead_days >= 1])
    return Scores(
        n=len(happened),
        rate=float(happened.mean()),
        auc=float(roc_auc_score(happened, made)),
        ap=float(average_precision_score(happened, made)),
        brier=float(((made - happened) ** 2).mean()),
        calibration_error=float(np.mean([abs(one.foretold - one.happened) for one in bins])),
        calibration=bins,
        lead_one_day=ahead,
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items() if one is not None}
    if isinstance(value, tuple | list):
        return [_rounded(one) for one in value]
    return value
