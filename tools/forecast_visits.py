"""Clinic demand of a service week by week against the slots its templates hold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hospital.cards import ChartCard, ChartSeries, TableCard
from hospital.model.bookings import Slot
from hospital.model.history import StoredForecast
from hospital.model.places import Clinic, Service, Site
from hospital.planning.intervals import Interval
from hospital.planning.issued import Expected, add_up
from hospital.planning.prime_time import days_of
from hospital.ports import In, Not, Range
from tools.demand import read_forecast
from tools.directory import find_service
from tools.forecast_arguments import ForecastDemand
from tools.sites_asked import find_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, local_day, plural, today_at, window_of

SERIES = "referrals:{service}:{site}"
WEEKS = timedelta(days=14)


@dataclass(frozen=True)
class Week:
    """Calendar days of one week inside the window: demand and template slots, in visits."""

    days: tuple[date, ...]
    demand: Expected
    slots: int

    @property
    def said(self) -> str:
        first, last = self.days[0], self.days[-1]
        return f"{first:%a %d %b}" if first == last else f"{first:%a %d %b} to {last:%a %d %b}"

    @property
    def gap(self) -> int:
        """Slots missing at the median; negative when there are more than needed."""
        return round(self.demand.p50) - self.slots

    @property
    def gap80(self) -> int:
        """Slots missing when planning for four weeks out of five."""
        return round(self.demand.p80) - self.slots


def answer_visit_demand(args: ForecastDemand, box: Toolbox) -> Answer:
    """One service at one site or at all of its sites."""
    service = _service(args, box)
    clinics = box.world.find(Clinic, service_id=service.id, order="name")
    if not clinics:
        raise Problem("unknown", f"{service.name} has no clinics, so there is no visit demand.", argument="service")
    having = {clinic.site_id for clinic in clinics}
    sites = [site for site in find_sites(box, args.site or _default_site(box)) if site.id in having]
    if not sites:
        where = listed([clinic.name for clinic in clinics])
        raise Problem("unknown", f"There is no {service.name} clinic there; there is {where}.", argument="site")
    window = _window(args, box, sites[0])
    days = days_of(window, sites[0].timezone)
    issued = [
        (site, one)
        for site in sites
        if (one := read_forecast(box, SERIES.format(service=service.id, site=site.id), site, days[-1])) is not None
    ]
    if not issued:
        raise Problem("unavailable", f"No referrals to {service.name} were ever counted there.", argument="service")
    known = min(one.points[-1].day for _, one in issued)
    if days[-1] > known:
        raise Problem("invalid", f"Forecasts reach {known:%a %d %b %Y}; ask for a time before that.", argument="end")
    slots = _slots(
        box, [str(c.id) for c in clinics if c.site_id in {site.id for site, _ in issued}], sites[0], window
    )
    forecasts = [one for _, one in issued]
    weeks = [Week(part, add_up(forecasts, part), sum(slots[day] for day in part)) for part in _by_week(days)]
    return _answer(box, service, issued, weeks, slots, days)


def _service(args: ForecastDemand, box: Toolbox) -> Service:
    if args.service is not None:
        return find_service(box, args.service)
    home = box.context.actor.home.service_id
    service = box.world.get(Service, home) if home else None
    if service is None:
        having = {service_id for (service_id,) in box.world.values(Clinic, ("service_id",))}
        names = tuple(s.name for s in box.world.find(Service, order="name") if s.id in having)
        raise Problem("missing", "Demand of which service?", choices=names, argument="service")
    return service


def _default_site(box: Toolbox) -> str | None:
    home = box.context.actor.home
    return "all" if home.site_id is None or home.service_id is not None else None


def _window(args: ForecastDemand, box: Toolbox, site: Site) -> Interval:
    if args.day is None and args.start is None and args.end is None:
        today = today_at(box, site)
        monday = today + timedelta(days=7 - today.weekday())
        return Interval(local_day(site, monday).start, local_day(site, monday + timedelta(days=13)).end)
    return window_of(box, site, args.day, args.start, args.end, default=WEEKS)


def _by_week(days: Sequence[date]) -> list[tuple[date, ...]]:
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return [tuple(week) for week in weeks.values()]


def _slots(box: Toolbox, clinics: list[str], site: Site, window: Interval) -> Counter[date]:
    """Template slots per local day, booked or not; closed ones are not capacity."""
    first, last = local_day(site, site.local(window.start).date()).start, window.end
    starts = box.world.values(
        Slot,
        ("start",),
        clinic_id=In(tuple(clinics)),
        status=Not("busy-unavailable"),
        start=Range(at_least=first, before=last),
    )
    return Counter(site.local(start).date() for (start,) in starts)


def _answer(
    box: Toolbox,
    service: Service,
    issued: list[tuple[Site, StoredForecast]],
    weeks: list[Week],
    slots: Counter[date],
    days: Sequence[date],
) -> Answer:
    sites = listed([site.name for site, _ in issued], 10)
    models = [_model(box, site, one) for site, one in issued]
    rows = [_week_row(week) for week in weeks]
    oldest = max(models, key=lambda model: model["age_hours"])
    error = max((model["backtest_mase"] for model in models if model["backtest_mase"] is not None), default=None)
    said = "; ".join(_say_week(week) for week in weeks)
    names = listed(sorted({str(model["model"]) for model in models}), 3)
    headline = (
        f"{service.name} demand at {sites}: {said}. Model: {names}, fitted {oldest['age']} ago"
        + (f", backtest error {error:g} of the naive forecast's (smaller is better)" if error is not None else "")
        + "; intervals are 80%."
    )
    return Answer(
        headline=headline,
        facts={
            "service": service.name,
            "sites": [site.name for site, _ in issued],
            "weeks": rows,
            "models": models,
            "model_age": oldest["age"],
            "backtest_error": error,
            "interval_percent": 80,
        },
        cards=(_chart(service, sites, [one for _, one in issued], slots, days), _table(rows), _models(models)),
    )


def _say_week(week: Week) -> str:
    demand = week.demand
    verdict = (
        f"short by {week.gap} at p50 and {week.gap80} at p80"
        if week.gap > 0
        else f"enough at p50 ({-week.gap} spare), short by {week.gap80} at p80"
        if week.gap80 > 0
        else f"enough, {-week.gap80} spare even at p80"
    )
    return (
        f"{week.said}: {round(demand.p50)} new referrals expected (80% interval {round(demand.low80)} to "
        f"{round(demand.high80)}) against {plural(week.slots, 'template slot')}, {verdict}"
    )


def _week_row(week: Week) -> dict[str, Any]:
    return {
        "week": week.said,
        "first": week.days[0].isoformat(),
        "last": week.days[-1].isoformat(),
        "p50": round(week.demand.p50),
        "p80": round(week.demand.p80),
        "low80": round(week.demand.low80),
        "high80": round(week.demand.high80),
        "capacity": week.slots,
        "gap_p50": week.gap,
        "gap_p80": week.gap80,
        "spare_p50": max(0, -week.gap),
        "spare_p80": max(0, -week.gap80),
        "probability_short_percent": round(100 * week.demand.probability_above(week.slots)),
    }


def _model(box: Toolbox, site: Site, one: StoredForecast) -> dict[str, Any]:
    hours = int((box.now - one.issued_at).total_seconds() // 3600)
    return {
        "site": site.name,
        "model": one.model,
        "trained_through": f"{one.trained_through:%a %d %b}",
        "age_hours": hours,
        "age": plural(hours, "hour") if hours < 48 else plural(hours // 24, "day"),
        "backtest_mase": round(one.backtest["mase"], 2) if "mase" in one.backtest else None,
        "coverage80_percent": round(100 * one.backtest["coverage80"]) if "coverage80" in one.backtest else None,
    }


def _chart(
    service: Service, sites: str, issued: list[StoredForecast], slots: Counter[date], days: Sequence[date]
) -> ChartCard:
    daily = [add_up(issued, [day]) for day in days]
    labels = tuple(f"{day:%a %d %b}" for day in days)
    title = f"{service.name} at {sites}: referrals expected and template slots per day"
    return ChartCard(
        title=title,
        kind="line",
        labels=labels,
        unit="visits",
        series=(
            ChartSeries(
                name="Demand, median and 80% interval",
                values=tuple(round(one.p50, 1) for one in daily),
                low=tuple(round(one.low80, 1) for one in daily),
                high=tuple(round(one.high80, 1) for one in daily),
            ),
            ChartSeries(name="Template slots", values=tuple(float(slots[day]) for day in days)),
        ),
        twin=TableCard(
            title=title,
            columns=("Day", "Median", "Low 80%", "High 80%", "Template slots"),
            rows=tuple(
                (label, round(one.p50, 1), round(one.low80, 1), round(one.high80, 1), slots[day])
                for label, one, day in zip(labels, daily, days, strict=True)
            ),
        ),
    )


def _table(rows: list[dict[str, Any]]) -> TableCard:
    shown = ("week", "p50", "p80", "low80", "high80", "capacity", "gap_p50", "gap_p80", "probability_short_percent")
    return TableCard(
        title="Demand against capacity by week",
        columns=("Week", "p50", "p80", "Low 80%", "High 80%", "Slots", "Gap p50", "Gap p80", "Short, % likely"),
        rows=tuple(tuple(row[name] for name in shown) for row in rows),
        note="Gap: referrals minus template slots; negative is spare. Slots already booked count as capacity.",
    )


def _models(models: list[dict[str, Any]]) -> TableCard:
    shown = ("site", "model", "trained_through", "age", "backtest_mase", "coverage80_percent")
    return TableCard(
        title="Models",
        columns=("Site", "Model", "Data through", "Age", "Backtest MASE", "80% interval held, %"),
        rows=tuple(tuple(model[name] for name in shown) for model in models),
    )
