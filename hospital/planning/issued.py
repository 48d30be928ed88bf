"""A forecast as it is issued and kept, and what any stretch of its days adds up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import NormalDist

from hospital.ids import ServiceId, SiteId
from hospital.model.history import ForecastPoint, StoredForecast
from hospital.planning.forecast import Forecast, forecast
from hospital.planning.prime_time import holidays_between
from hospital.planning.series import Series

HORIZON = 42
"""Days ahead that are forecast and kept."""
LEVELS = (80, 95)
_Z = NormalDist()
Z80, Z90 = _Z.inv_cdf(0.8), _Z.inv_cdf(0.9)

TOGETHER = "together"
"""Key in `StoredForecast.backtest`: how much days miss together, 0 (independent) to 1 (all alike)."""


def issue(series: str, counts: Mapping[date, int], through: date, now: datetime) -> StoredForecast | None:
    """Fit one daily series on its counts up to the last complete day, and say what comes.

    `series` names its service and site: `referrals:SERVICE:SITE`. None when there are no counts.
    """
    known = tuple(sorted((day, count) for day, count in counts.items() if day <= through))
    if not known:
        return None
    fitted = _fit(series, known, through)
    service, site = service_and_site(series)
    return StoredForecast(
        id=f"{series}@{through.isoformat()}",
        series=series,
        service_id=service,
        site_id=site,
        issued_at=now,
        trained_through=through,
        model=fitted.card.model if fitted.card else fitted.status,
        backtest=_backtest(fitted),
        points=tuple(
            ForecastPoint(
                day=step.period,
                p50=step.median,
                low80=step.intervals[80][0],
                high80=step.intervals[80][1],
                low95=step.intervals[95][0],
                high95=step.intervals[95][1],
            )
            for step in fitted.steps
        ),
    )


@lru_cache(maxsize=128)
def _fit(series: str, known: tuple[tuple[date, int], ...], through: date) -> Forecast:
    """The same counts give the same forecast, so a question asked again does not wait for it again."""
    first = known[0][0]
    holidays = holidays_between(first, through + timedelta(days=HORIZON))
    return forecast(Series.of_days(series, dict(known), first, through, holidays), HORIZON, LEVELS)


def service_and_site(series: str) -> tuple[ServiceId | None, SiteId | None]:
    """The service (or specialty) and site in the series' name."""
    _, service, site = (*series.split(":"), "", "")[:3]
    return ServiceId(service) if service else None, SiteId(site) if site else None


def _backtest(fitted: Forecast) -> dict[str, float]:
    kept = {TOGETHER: _together(fitted)}
    if fitted.card is not None:
        kept |= {f"mase:{name}": round(score, 4) for name, score in fitted.card.mase_by_candidate.items()}
        kept |= {f"coverage{level}": round(share, 4) for level, share in fitted.card.coverage.items()}
        kept["mase"] = round(fitted.card.mase, 4)
        kept["origins"] = float(len(fitted.card.origins))
    return kept


def _together(fitted: Forecast) -> float:
    """The common correlation of the days' errors that gives the spread of the whole horizon's sum."""
    if fitted.total is None:
        return 0.0
    spreads = [(step.intervals[80][1] - step.median) / Z90 for step in fitted.steps]
    alone = sum(spread**2 for spread in spreads)
    alike = sum(spreads) ** 2
    whole = ((fitted.total.intervals[80][1] - fitted.total.median) / Z90) ** 2
    return round(min(1.0, max(0.0, (whole - alone) / (alike - alone))), 4) if alike > alone else 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """Demand over a stretch of days, perhaps of several series: counts."""

    p50: float
    p80: float
    low80: float
    high80: float

    def probability_above(self, amount: float) -> float:
        """Probability that demand is more than `amount`, taking the spread as normal."""
        spread = (self.high80 - self.p50) / Z90
        return float(self.p50 > amount) if spread <= 0 else 1 - NormalDist(self.p50, spread).cdf(amount)


def add_up(issued: Iterable[StoredForecast], days: Sequence[date], share: float = 1.0) -> Expected:
    """What these days add up to over several series, whose errors are taken as independent of each other.

    `share` is the part of the days that is meant (half a day: 0.5).
    """
    wanted = set(days)
    middle = variance = 0.0
    for one in issued:
        points = [point for point in one.points if point.day in wanted]
        spreads = [(point.high80 - point.p50) / Z90 for point in points]
        alone = sum(spread**2 for spread in spreads)
        alike = sum(spreads) ** 2
        middle += sum(point.p50 for point in points)
        variance += alone + one.backtest.get(TOGETHER, 0.0) * (alike - alone)
    # A count over a part of a day spreads less than in proportion, as counts do.
    spread = (variance * share) ** 0.5
    middle *= share
    return Expected(middle, middle + Z80 * spread, max(0.0, middle - Z90 * spread), middle + Z90 * spread)
