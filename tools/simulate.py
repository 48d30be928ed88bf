"""What-if questions: the same figures on the hospital as it is and as it would be, side by side."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from hospital.cards import Card, Cell, TableCard
from hospital.model.places import LevelOfCare
from hospital.planning.intervals import Interval
from tools.assumptions import Assumption, assume
from tools.directory import find_unit
from tools.forecast_arguments import ForecastDemand
from tools.forecast_beds import bed_chart, forecast_beds
from tools.forecast_visits import answer_visit_demand
from tools.sites_asked import SITE_HELP, find_sites
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.unit_roster import read_unit_roster, running_shift, units_with_ratio
from tools.windows import listed, plural, reference_site, say_moment, window_of

Figures = dict[str, dict[str, Cell]]
"""By what is compared (a site, a unit, a week), its figures by name."""
About = Literal["beds", "staff", "visits"]


class Simulate(Arguments):
    assumptions: tuple[Assumption, ...] = Field(
        default=(), max_length=12, description="What to assume; all hold together, also those of earlier questions"
    )
    about: About = Field(default="beds", description="beds needed, nurses against the ratio, or visits demanded")
    site: str | None = Field(default=None, description=SITE_HELP)
    unit: str | None = None
    level: LevelOfCare | None = None
    service: str | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = Field(default=None, description="Until when; unstated: the end of today")


@tool(Simulate, "read", sources=("adt", "ehr", "wfm"), reads=("capacity",))
async def simulate(args: Simulate, box: Toolbox) -> Answer:
    """What would happen under assumptions (more patients, early discharges, beds or nurses more or less).

    Nothing is changed: the live figures stand beside the assumed ones.
    """
    if not args.assumptions:
        raise Problem(
            "missing", "What should I assume? For example: 5 more patients from the ED.", argument="assumptions"
        )
    site = reference_site(box, find_sites(box, args.site), args.start)
    window = window_of(box, site, None, args.start, args.end, most=14)
    if args.about == "staff" and args.unit and args.start is None and args.end is None:
        window = running_shift(box, find_unit(box, args.unit, args.site))  # who is fewer is fewer now, not at night
    words, assumed = assume(args.assumptions, box, window)
    measure = MEASURES[args.about]
    (live, _), (then, cards) = measure(args, box, window), measure(args, assumed, window)
    rows = _compared(live, then)
    return Answer(
        headline=_headline(words, live, then, args.about),
        facts={
            "assumptions": words,
            "live": live,
            "assumed": then,
            "until": say_moment(site, window.end),
            "zone": site.timezone,
            "rows": rows,
        },
        cards=(
            TableCard(
                title="As it is, and as assumed",
                columns=("What", "Figure", "As it is", "As assumed", "Change"),
                rows=rows,
                note=f"Assumed, never written: {'; '.join(words)}.",
            ),
            *cards,
        ),
    )


def _compared(live: Figures, then: Figures) -> tuple[tuple[Cell, ...], ...]:
    found: list[tuple[Cell, ...]] = []
    for what, figures in then.items():
        for name, value in figures.items():
            before = live.get(what, {}).get(name)
            change = round(value - before, 1) if _number(value) and _number(before) else ""  # type: ignore[operator]
            found.append((what, name, before, value, change))
    return tuple(found)


def _number(value: Cell) -> bool:
    return isinstance(value, int | float)


def _headline(words: list[str], live: Figures, then: Figures, about: About) -> str:
    said = [_SENTENCES[about](what, live.get(what, {}), figures) for what, figures in then.items()]
    return f"{' '.join(said)} Assumed: {'; '.join(words)}. Nothing was changed."


def _beds(args: Simulate, box: Toolbox, window: Interval) -> tuple[Figures, tuple[Card, ...]]:
    asked = ForecastDemand(
        subject="beds", site=args.site, unit=args.unit, level=args.level, service=args.service,
        start=window.start, end=window.end,
    )  # fmt: skip
    found, _, _ = forecast_beds(asked, box)
    figures: Figures = {}
    for one in found:
        end = one.end
        figures[one.flow.site.name] = {
            "in or waiting": one.flow.total.present,
            "predicted discharges": round(end.left, 1),
            "beds needed": end.p50,
            "low 80%": end.low80,
            "high 80%": end.high80,
            "staffed beds": one.flow.staffed,
            "chance short, %": round(100 * end.short),
            "worst chance short, %": round(100 * one.worst.short),
            "worst at": say_moment(one.flow.site, one.worst.at),
        }
    return figures, tuple(bed_chart(one, "beds needed as assumed") for one in found)


def _say_beds(what: str, live: dict[str, Cell], then: dict[str, Cell]) -> str:
    worst = then["worst chance short, %"]
    yes = "Yes, probably" if int(worst or 0) >= 50 else "Possibly" if int(worst or 0) >= 10 else "Hardly"
    return (
        f"{yes}: {what} would need {then['beds needed']} of {then['staffed beds']} staffed beds at the end "
        f"(80% interval {then['low 80%']} to {then['high 80%']}; as it is {live['beds needed']}), and run short "
        f"with a chance of {then['chance short, %']}% then and at most {worst}% ({then['worst at']}); as it is "
        f"{live['chance short, %']}% and {live['worst chance short, %']}%."
    )


def _staff(args: Simulate, box: Toolbox, window: Interval) -> tuple[Figures, tuple[Card, ...]]:
    figures: Figures = {}
    for site in find_sites(box, args.site):
        for unit in units_with_ratio(box, site):
            if args.unit is not None and args.unit.casefold() not in (unit.id.casefold(), unit.name.casefold()):
                continue
            span = window if args.start is not None else running_shift(box, unit)
            roster = read_unit_roster(box, site, unit, span)
            figures[f"{unit.name}, {site.name}"] = {
                "patients": roster.census,
                "nurses needed": roster.staffing.required,
                "nurses there": roster.staffing.counted,
                "short": roster.staffing.short,
                "call-outs": roster.called_out,
            }
    if not figures:
        raise Problem("unknown", f"There is no unit {args.unit} with a nurse ratio there.", argument="unit")
    return figures, ()


def _say_staff(what: str, live: dict[str, Cell], then: dict[str, Cell]) -> str:
    verdict = f"short by {then['short']}" if then["short"] else "enough"
    return (
        f"{what}: {then['nurses there']} nurses of {then['nurses needed']} needed, {verdict} "
        f"(as it is {live['nurses there']} of {live['nurses needed']}{_say_known(live)})."
    )


def _say_known(live: dict[str, Cell]) -> str:
    """Call-outs that are in the feed, so that nobody assumes them a second time."""
    known = live["call-outs"]
    return f", {plural(int(known), 'call-out')} already counted" if known else ""


def _visits(args: Simulate, box: Toolbox, window: Interval) -> tuple[Figures, tuple[Card, ...]]:
    asked = ForecastDemand(subject="visits", service=args.service, site=args.site, start=args.start, end=args.end)
    answer = answer_visit_demand(asked, box)
    weeks: list[dict[str, Any]] = answer.facts["weeks"]
    figures: Figures = {str(week["week"]): {k: v for k, v in week.items() if _number(v)} for week in weeks}
    return figures, ()


def _say_visits(what: str, live: dict[str, Cell], then: dict[str, Cell]) -> str:
    parts = [f"{name.replace('_', ' ')} {value} (as it is {live.get(name)})" for name, value in then.items()]
    return f"{what}: {listed(parts, 4)}."


MEASURES: dict[About, Callable[[Simulate, Toolbox, Interval], tuple[Figures, tuple[Card, ...]]]] = {
    "beds": _beds,
    "staff": _staff,
    "visits": _visits,
}
"""What can be compared, each over any world."""
_SENTENCES: dict[About, Callable[[str, dict[str, Cell], dict[str, Cell]], str]] = {
    "beds": _say_beds,
    "staff": _say_staff,
    "visits": _say_visits,
}
