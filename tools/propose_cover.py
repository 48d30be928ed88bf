"""Who can cover: options for the shifts of a unit that lack nurses, in fill order, each submittable as it is."""

import asyncio
from collections import Counter
from datetime import timedelta

from hospital.cards import TableCard
from hospital.changes.staffing import RequestStaff
from hospital.model.people import Scope
from hospital.model.places import Site, Unit
from hospital.money import Cents, format_money
from hospital.planning.cover_nurses import cover_nurses
from hospital.planning.hours import WEEK, worked
from hospital.planning.intervals import Interval
from hospital.planning.money_context import OptionMoney
from hospital.planning.nurse_cover import Assignment, CoverOption, CoverProblem, CoverResult, Gap, Nurse, Source
from policies.access import may_read
from policies.plans import ConstraintReport, Effect
from tools.allocation_arguments import ProposeAllocation
from tools.directory import find_unit
from tools.request_staffing import centre_of, nurse_line
from tools.tool import Draft, Options, Problem, Toolbox
from tools.unit_cover import called_out, nursing_shifts, read_cover
from tools.windows import listed, plural, say_level, say_span, window_of

MOST_DAYS = 8
"""A week, from now to the end of its last night shift."""
SHOWN = 12
SAID: dict[Source, str] = {
    "home": "home staff",
    "float": "float pool",
    "overtime": "voluntary overtime",
    "agency": "agency",
}


async def propose_cover(args: ProposeAllocation, box: Toolbox) -> Options:
    """Home staff, then float, then voluntary overtime, then agency; hours, rest and competency of each person."""
    unit = find_unit(box, args.unit, args.site)
    site = box.local(unit.site_id)
    place = Scope(site_id=unit.site_id, unit_id=unit.id)
    for data_class in ("staff_names", "rates"):
        if (why := may_read(box.policy.data, box.context.actor, data_class, place)) is not None:
            who = f"the charge nurse or nurse manager of {unit.name}, or the nursing supervisor"
            raise Problem("read", f"{unit.name}, {site.name} is not yours: {why}. Please ask {who}.")
    problem, rosters = read_cover(box, site, unit, _window(args, box, site, unit), unit.level, args.nurses)
    result = await asyncio.to_thread(cover_nurses, problem)
    return _told(box, site, unit, problem, result, called_out(rosters))


def _window(args: ProposeAllocation, box: Toolbox, site: Site, unit: Unit) -> Interval:
    if args.day is None and args.start is None and args.end is None:
        spans = nursing_shifts(box, unit, Interval(box.now, box.now + timedelta(days=2)))
        coming = next((span for span in spans if span.start > box.now), spans[0])
        return coming
    return window_of(box, site, args.day, args.start, args.end, most=MOST_DAYS)


def _told(box: Toolbox, site: Site, unit: Unit, problem: CoverProblem, result: CoverResult, outs: int) -> Options:
    gaps = [gap for gap in problem.gaps if gap.short]
    first, last = problem.gaps[0].span, problem.gaps[-1].span
    where = f"{unit.name}, {site.name}, {say_span(site, first.start, last.end)} ({site.timezone})"
    short = sum(gap.short for gap in gaps)
    relax = [one.words for one in result.relax]
    centre = centre_of(box, unit)
    facts = {
        "unit": unit.id,
        "shifts": len(problem.gaps),
        "short": short,
        "short_shifts": len(gaps),
        "call_outs": outs,
        "status": result.status,
        "competency": say_level(unit.level),
        "fill_order": list(SAID.values()),
        "candidates": [_person(problem, nurse, gap) for nurse, gap in result.eligible],
        "relax": relax,
        "hours": problem.hours.model_dump(),
        "cost_centre": centre.id,
        "budget_left": centre.left_this_month,
        "why_not": _why_not(result),
    }
    known = f" {plural(outs, 'call-out')} already known." if outs else ""
    if result.status == "empty":
        said = f"{where}: every shift has the nurses its ratio needs, so no cover is needed.{known}"
        return Options(headline=said, drafts=(), facts=facts)
    cards = (*_candidates(site, problem, result), *_nobody_else(result))
    need = f"{where}: {plural(short, 'nurse')} short on {plural(len(gaps), 'shift')}.{known}"
    if not result.options:
        return Options(
            headline=f"{need} Nobody can cover it. It would work with {listed(relax)}.",
            drafts=(),
            facts=facts,
            cards=cards,
        )
    drafts = tuple(_draft(box, site, unit, problem, option) for option in result.options)
    listing = " ".join(f"{n}. {draft.headline}" for n, draft in enumerate(drafts, 1))
    helps = f" Not everything is covered; it would be with {listed(relax)}." if relax else ""
    limits = problem.hours
    checked = (
        f" Checked for each person: {say_level(unit.level)} competency, free, {limits.least_rest_hours} h of rest, "
        f"at most {limits.most_hours_a_day} h a day and {limits.most_hours_a_week} h in 7 days; "
        "overtime only from volunteers."
    )
    facts["options"] = [
        {"cost": option.cost, **{source: option.by(source) for source in SAID}, "missing": option.missing}
        for option in result.options
    ]
    return Options(
        headline=f"{need} In fill order: {listing}{helps}{checked}",
        drafts=drafts,
        facts=facts,
        cards=(_table(problem, result), *cards),
    )


def _draft(box: Toolbox, site: Site, unit: Unit, problem: CoverProblem, option: CoverOption) -> Draft:
    gaps = {gap.id: gap for gap in problem.gaps}
    nurses = {nurse.id: nurse for nurse in problem.nurses}
    lines = tuple(_line(box, unit, problem, one, gaps[one.gap], nurses) for one in option.assignments)
    minutes = sum(gaps[one.gap].span.minutes for one in option.assignments)
    money = OptionMoney(
        labour=Cents(option.cost),
        overtime_premium=Cents(
            sum(
                one.cost - one.cost * 100 // problem.overtime_percent
                for one in option.assignments
                if one.source == "overtime"
            )
        ),
    )
    committed = sum(line.cost() for line in lines)
    how = listed([f"{option.by(source)} from {SAID[source]}" for source in SAID if option.by(source)])
    people = listed([f"{_name(one, nurses)} ({SAID[one.source]})" for one in option.assignments[:SHOWN]], SHOWN)
    left = f"; still short {sum(option.missing.values())}" if option.missing else ""
    return Draft(
        title=f"Cover for {unit.name}, {site.name}",
        lines=lines,
        effect=Effect(
            staff_hours=minutes // 60,
            cost=Cents(committed),
            notes=(f"{how}{left}", money.words),
        ),
        report=ConstraintReport(
            binding=option.report.binding,
            slack=tuple(f"{gap}: {count} more could come" for gap, count in option.report.slack.items()),
        ),
        headline=f"{people}{left}, labour {format_money(option.cost)}, {format_money(committed)} to be approved.",
        facts=money.facts(),
    )


def _line(
    box: Toolbox, unit: Unit, problem: CoverProblem, one: Assignment, gap: Gap, nurses: dict[str, Nurse]
) -> RequestStaff:
    money = box.policy.data.money
    plain = nurses[one.nurse].rate if one.nurse else problem.agency_rate or 0
    rate = money.overtime_rate(plain) if one.source == "overtime" else Cents(plain)
    return nurse_line(box, unit, one.source, one.nurse or None, gap.span.start, gap.span.end, rate)


def _name(one: Assignment, nurses: dict[str, Nurse]) -> str:
    return nurses[one.nurse].name if one.nurse else "one nurse"


def _person(problem: CoverProblem, nurse: Nurse, gap: Gap) -> dict[str, object]:
    """One person for one shift with the checks behind it, in hours."""
    before = [gap.span.start - duty.end for duty in nurse.duties if duty.end <= gap.span.start]
    after = [duty.start - gap.span.end for duty in nurse.duties if duty.start >= gap.span.end]
    duties = [(duty.start, duty.end) for duty in nurse.duties]
    every = sorted([*duties, (gap.span.start, gap.span.end)])
    week = max(
        worked(every, since) for since, _ in every if since + WEEK > gap.span.start and since <= gap.span.start
    )
    return {
        "who": nurse.name,
        "id": nurse.id,
        "shift": gap.id,
        "pool": nurse.pool,
        "competency": nurse.competency,
        "volunteers": nurse.volunteers,
        "rest_before": _hours(min(before, default=None)),
        "rest_after": _hours(min(after, default=None)),
        "hours_in_7_days": _hours(week),
        "overtime_lately": nurse.overtime_hours,
        "rate": nurse.rate,
    }


def _hours(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds() // 3600)


def _table(problem: CoverProblem, result: CoverResult) -> TableCard:
    nurses = {nurse.id: nurse for nurse in problem.nurses}
    rows = tuple(
        (number, one.gap, _name(one, nurses), SAID[one.source], format_money(one.cost))
        for number, option in enumerate(result.options, 1)
        for one in option.assignments[:SHOWN]
    )
    return TableCard(title="Options", columns=("#", "Shift", "Who", "Source", "Labour"), rows=rows)


def _candidates(site: Site, problem: CoverProblem, result: CoverResult) -> tuple[TableCard, ...]:
    people = [_person(problem, nurse, gap) for nurse, gap in result.eligible[:SHOWN]]
    shown = ("who", "shift", "pool", "competency", "rest_before", "rest_after", "hours_in_7_days", "overtime_lately")
    rows = tuple(
        tuple("nothing near" if person[name] is None else str(person[name]) for name in shown) for person in people
    )
    rest = ("Rest before, h", "Rest after, h", "Hours in 7 days", "Overtime in 4 weeks, h")
    columns = ("Who", "Shift", "From", "Competency", *rest)
    more = len(result.eligible) - len(rows)
    note = f"Times in {site.timezone}." + (f" {more} more could come." if more > 0 else "")
    return (TableCard(title="Who could come", columns=columns, rows=rows, note=note),) if rows else ()


def _why_not(result: CoverResult) -> dict[str, int]:
    return dict(Counter(why for _, _, why in result.why_not).most_common())


def _nobody_else(result: CoverResult) -> tuple[TableCard, ...]:
    rows = tuple(_why_not(result).items())
    return (TableCard(title="Why not others", columns=("Why", "People and shifts"), rows=rows),) if rows else ()
