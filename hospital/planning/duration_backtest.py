"""How well durations would have been foretold: from earlier cases only, beside what was booked."""

from collections.abc import Iterable
from datetime import datetime

from hospital.planning.duration import DurationEstimate, DurationHistory, predict_duration

NEAR = 30.0


def backtest_durations(
    cases: Iterable[tuple[str, str, str, float, float, datetime]], since: datetime
) -> dict[str, float]:
    """Scores of the median and p80 on cases from `since` on, learnt from those before; the booking beside.

    Cases are (surgeon, procedure, service, real minutes, booked minutes, start). Empty when nothing can be scored.
    """
    cases = list(cases)
    history = DurationHistory.of(
        (who, what, service, real) for who, what, service, real, _, at in cases if at < since
    )
    known: dict[tuple[str, str, str], DurationEstimate] = {}
    off: list[float] = []
    booked_off: list[float] = []
    in_time = 0
    for who, what, service, real, booked, at in cases:
        if at < since:
            continue
        estimate = known.get((who, what, service))
        if estimate is None:
            estimate = known[who, what, service] = predict_duration(history, what, who, service)
        if estimate.median is None or estimate.p80 is None:
            continue
        off.append(estimate.median - real)
        booked_off.append(booked - real)
        in_time += real <= estimate.p80
    if not off:
        return {}
    n = len(off)
    return {
        "n": float(n),
        "mae": round(sum(map(abs, off)) / n, 2),
        "bias": round(sum(off) / n, 2),
        "within_30": round(sum(abs(one) <= NEAR for one in off) / n, 4),
        "p80_coverage": round(in_time / n, 4),
        "booked_mae": round(sum(map(abs, booked_off)) / n, 2),
        "booked_bias": round(sum(booked_off) / n, 2),
    }
