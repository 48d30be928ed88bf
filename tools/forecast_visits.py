"""What is said about clinic demand: each week against the slots its templates hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hospital.cards import ChartCard, ChartSeries, TableCard
from hospital.changes.expected import say_committed
from hospital.changes.visits import IMAGING
from hospital.model.history import StoredForecast
from hospital.model.places import Clinic, Room, Service, Site
from hospital.planning.intervals import Interval
from hospital.planning.issued import add_up
from hospital.planning.prime_time import days_of
from tools.directory import find_service
from tools.forecast_arguments import ForecastDemand
from tools.sites_asked import find_sites
from tools.tool import Answer, Problem, Toolbox
from tools.visit_demand import Demand, Week, read_demand
from tools.windows import listed, local_day, plural, reference_site, say_age, today_at, window_of

WEEKS = timedelta(days=14)


def answer_visit_demand(args: ForecastDemand, box: Toolbox) -> Answer:
    """One service at one site or at all of its sites."""
    asked = visits_asked(args, box)
    demands = read_demand(box, asked.service, asked.clinics, asked.sites, asked.days)
    if not demands:
        raise Problem(
            "unavailable", f"No referrals to {asked.service.name} were ever counted there.", argument="service"
        )
    known = min(one.points[-1].day for demand in demands for one in demand.forecasts)
    if asked.days[0] > known:
        raise Problem("invalid", f"Forecasts reach {known:%a %d %b %Y}; ask for a time before that.", argument="end")
    if asked.days[-1] > known:  # so far as it is known
        days = [day for day in asked.days if day <= known]
        demands = read_demand(box, asked.service, asked.clinics, asked.sites, days)
        return _answer(box, asked, demands, days, f" Forecasts reach {known:%a %d %b %Y}.")
    return _answer(box, asked, demands, asked.days)


@dataclass(frozen=True)
class VisitsAsked:
    """What a question about visits is about: a service, its clinics and sites, and the days."""

    service: Service
    clinics: list[Clinic]
    sites: list[Site]
    days: Sequence[date]


def visits_asked(args: ForecastDemand, box: Toolbox) -> VisitsAsked:
    """The service named or at home, at the sites named or at all of its sites; from next Monday unless said.

    Raises:
        Problem: no such service, or no clinic of it there.
    """
    service = _service(args, box)
    clinics = box.world.find(Clinic, service_id=service.id, order="name")
    having = {clinic.site_id for clinic in clinics}
    if not clinics and service.id == IMAGING:
        having = {site_id for (site_id,) in box.world.values(Room, ("site_id",), kind="imaging")}
    if not having:
        raise Problem("unknown", f"{service.name} has no clinics, so there is no visit demand.", argument="service")
    sites = [site for site in find_sites(box, args.site or _default_site(box)) if site.id in having]
    if not sites:
        where = listed([clinic.name for clinic in clinics])
        raise Problem("unknown", f"There is no {service.name} clinic there; there is {where}.", argument="site")
    clock = reference_site(box, sites, args.start)
    days = days_of(_window(args, box, clock), clock.timezone)
    return VisitsAsked(service, clinics, sites, days)


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


def _answer(box: Toolbox, asked: VisitsAsked, demands: list[Demand], days: Sequence[date], reach: str = "") -> Answer:
    service, scans = asked.service, not asked.clinics
    sites = listed([site.name for site, _ in demands[0].issued], 10)
    models = [_model(box, site, one, demand.measure) for demand in demands for site, one in demand.issued]
    rows = [_week_row(week, demand.measure) for demand in demands for week in demand.weeks]
    oldest = max(models, key=lambda model: model["age_minutes"])
    error = max((model["backtest_mase"] for model in models if model["backtest_mase"] is not None), default=None)
    said = " ".join(f"{_say_measure(demand, scans)}." for demand in demands)
    if scans:
        said += " All scanners together: what is ordered is not counted by scanner."
    names = listed(sorted({str(model["model"]) for model in models}), 3)
    backtest = f", backtest error at most {error:g} of the naive forecast's" if error is not None else ""
    of = [f"{service.id}:{site.id}" for site, _ in demands[0].issued]
    committed = say_committed(box.world, of, days[0], days[-1])
    return Answer(
        headline=(
            f"{service.name} demand at {sites}. {said} Fitted {oldest['age']} on data through "
            f"{oldest['trained_through']} by {names}{backtest}; intervals are 80%."
            + (f" {committed}" if committed else "")
            + reach
        ),
        facts={
            "service": service.name,
            "sites": [site.name for site, _ in demands[0].issued],
            "weeks": rows,
            "models": models,
            "model_age": oldest["age"],
            "backtest_error": error,
            "interval_percent": 80,
            "committed_changes": committed,
        },
        cards=(*(_chart(service, sites, demand, days) for demand in demands), _table(rows), _models(models)),
    )


def _say_measure(demand: Demand, scans: bool) -> str:
    slots = "new-patient slots" if demand.measure == "new referrals" else "template slots"
    slots = "scanner slots" if scans else slots
    return f"{demand.measure.capitalize()} against {slots}: {'; '.join(map(_say_week, demand.weeks))}"


def _say_week(week: Week) -> str:
    demand = week.demand
    if week.gap > 0:
        verdict = f"short by {week.gap} at p50 and {week.gap80} at p80"
    elif week.gap80 > 0:
        verdict = f"enough at p50 ({-week.gap} spare), short by {week.gap80} at p80"
    else:
        verdict = f"enough, {-week.gap80} spare even at p80"
    return (
        f"{week.said} {round(demand.p50)} expected (p80 {round(demand.p80)}, interval {round(demand.low80)} to "
        f"{round(demand.high80)}) for {plural(week.slots, 'slot')}, {verdict}"
    )


def _week_row(week: Week, measure: str) -> dict[str, Any]:
    return {
        "measure": measure,
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


def _model(box: Toolbox, site: Site, one: StoredForecast, measure: str) -> dict[str, Any]:
    age = box.now - one.issued_at
    return {
        "site": site.name,
        "measure": measure,
        "model": one.model,
        "trained_through": f"{one.trained_through:%a %d %b}",
        "age_minutes": int(age.total_seconds() // 60),
        "age": say_age(age),
        "backtest_mase": round(one.backtest["mase"], 2) if "mase" in one.backtest else None,
        "coverage80_percent": round(100 * one.backtest["coverage80"]) if "coverage80" in one.backtest else None,
    }


def _chart(service: Service, sites: str, demand: Demand, days: Sequence[date]) -> ChartCard:
    slots, issued = demand.slots, demand.forecasts
    daily = [add_up(issued, [day]) for day in days]
    labels = tuple(f"{day:%a %d %b}" for day in days)
    title = f"{service.name} at {sites}: {demand.measure} expected and slots per day"
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
    shown = (
        "measure",
        "week",
        "p50",
        "p80",
        "low80",
        "high80",
        "capacity",
        "gap_p50",
        "gap_p80",
        "probability_short_percent",
    )
    return TableCard(
        title="Demand against capacity by week",
        columns=(
            "Measure",
            "Week",
            "p50",
            "p80",
            "Low 80%",
            "High 80%",
            "Slots",
            "Gap p50",
            "Gap p80",
            "Short, % likely",
        ),
        rows=tuple(tuple(row[name] for name in shown) for row in rows),
        note="Gap: demand minus template slots; negative is spare. Slots already booked count as capacity.",
    )


def _models(models: list[dict[str, Any]]) -> TableCard:
    shown = ("site", "measure", "model", "trained_through", "age", "backtest_mase", "coverage80_percent")
    return TableCard(
        title="Models",
        columns=("Site", "Measure", "Model", "Data through", "Age", "Backtest MASE", "80% interval held, %"),
        rows=tuple(tuple(model[name] for name in shown) for model in models),
    )
