"""The engines that learn from the past: their cards, how they did on what they had not seen, and whether it holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import mean

from hospital.model.bookings import Appointment, SurgicalCase
from hospital.model.history import DemandCount, ModelCard, StoredForecast
from hospital.planning.drift import Drift, drift_of_counts, drift_of_means, drift_of_rates
from hospital.planning.duration_backtest import backtest_durations
from hospital.ports import Not, Range, Reader, Store
from middleware.forecasts import refit
from middleware.no_shows import refit_no_show

RECENT = timedelta(days=28)
BEFORE = timedelta(days=364)
DURATION_VERSION, DEMAND_VERSION = "duration 1", "demand 2"
SCORES = ("mase", "coverage80", "coverage95")
Case = tuple[str, str, str, float, float, datetime]
"""Surgeon, procedure, service, real minutes, booked minutes, start."""


def refit_demand(store: Store, now: datetime) -> ModelCard | None:
    """Fit every series that does not know yesterday, and keep what the newest forecasts say of themselves."""
    refit(store, now)
    with store.reading() as world:
        newest = _newest(world)
    if not newest:
        return None
    tested = [one for one in newest if "mase" in one.backtest]
    backtest = {name: round(mean(one.backtest[name] for one in tested), 4) for name in SCORES if tested}
    card = ModelCard(
        id="demand",
        version=DEMAND_VERSION,
        fitted_at=now,
        trained_through=max(one.trained_through for one in newest),
        n=len(newest),
        inputs=("counts by day", "weekday", "holidays"),
        backtest=backtest,
        note="means over series; every series chooses its model on earlier origins only",
    )
    return _keep(store, card)


def refit_duration(store: Store, now: datetime) -> ModelCard | None:
    """Test the quantiles on the last RECENT from the cases before; they are taken anew for every question."""
    with store.reading() as world:
        cases = _cases(world, now)
    if not cases:
        return None
    scores = backtest_durations(cases, now - RECENT)
    card = ModelCard(
        id="duration",
        version=DURATION_VERSION,
        fitted_at=now,
        trained_through=max(case[5] for case in cases).date(),
        n=len(cases),
        inputs=("procedure", "surgeon", "service"),
        backtest=scores,
        note=f"scored on the latest {RECENT.days} days from the cases before; minutes, wheels-in to wheels-out",
    )
    return _keep(store, card)


REFITS: dict[str, Callable[[Store, datetime], ModelCard | None]] = {
    "demand": refit_demand,
    "duration": refit_duration,
    "no_show": lambda store, now: refit_no_show(store, now, timedelta()),
}
"""Each engine and the job that makes its card anew."""


def demand_drift(world: Reader, now: datetime) -> Drift:
    """How many series' last four weeks differ from the four before by more than chance."""
    today = now.date()
    counts: dict[str, list[int]] = {}
    days = Range(today - 2 * RECENT, today)
    for series, day, count in world.values(DemandCount, ("series", "day", "count"), day=days):
        counts.setdefault(series, [0, 0])[day >= today - RECENT] += count
    return drift_of_counts("demand", {name: (one, two) for name, (one, two) in counts.items()})


def duration_drift(world: Reader, now: datetime) -> Drift:
    """Real minus booked minutes in the last RECENT against the year before."""
    early: list[float] = []
    late: list[float] = []
    for *_, real, booked, start in _cases(world, now):
        (late if start >= now - RECENT else early).append(real - booked)
    return drift_of_means("duration", "real minus booked minutes", early, late)


def no_show_drift(world: Reader, now: datetime) -> Drift:
    """The rate of missed clinic visits in the last RECENT against the year before."""

    def count(start: datetime, end: datetime) -> tuple[int, int]:
        clinics, span = Not(None), Range(start, end)
        missed = world.count(Appointment, status="noshow", clinic_id=clinics, start=span)
        return missed, missed + world.count(Appointment, status="fulfilled", clinic_id=clinics, start=span)

    return drift_of_rates("no_show", "missed visits", count(now - BEFORE, now - RECENT), count(now - RECENT, now))


DRIFTS: dict[str, Callable[[Reader, datetime], Drift]] = {
    "demand": demand_drift,
    "duration": duration_drift,
    "no_show": no_show_drift,
}
"""Whether what each engine learnt from still looks as it did."""


def _newest(world: Reader) -> list[StoredForecast]:
    newest: dict[str, StoredForecast] = {}
    for one in world.find(StoredForecast, order="trained_through"):
        newest[one.series] = one
    return list(newest.values())


def _cases(world: Reader, now: datetime) -> list[Case]:
    found = world.values(
        SurgicalCase,
        ("surgeon_id", "procedure_id", "service_id", "actual_minutes", "start", "end"),
        state="completed",
        actual_minutes=Not(None),
        start=Range(now - BEFORE, now),
    )
    return [
        (surgeon or "", kind, service, float(real), (end - start).total_seconds() / 60, start)
        for surgeon, kind, service, real, start, end in found
    ]


def _keep(store: Store, card: ModelCard) -> ModelCard:
    with store.working() as work:
        work.put(card)
    return card
