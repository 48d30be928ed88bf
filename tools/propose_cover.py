"""Who can cover: options for the shifts of a unit that lack nurses, in fill order, each submittable as it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hospital.model.people import Scope
from hospital.model.places import Site, Unit
from hospital.planning.cover_nurses import cover_nurses
from hospital.planning.intervals import Interval
from hospital.planning.nurse_cover import CoverProblem, CoverResult
from policies.access import may_read
from tools.allocation_arguments import ProposeAllocation
from tools.cover_plan import (
    SAID,
    candidates_card,
    could_come,
    cover_draft,
    options_card,
    person_facts,
    why_not_card,
    why_not_counts,
)
from tools.directory import find_staff, find_unit
from tools.request_staffing import centre_of
from tools.tool import Options, Problem, Toolbox
from tools.unit_cover import called_out, nursing_shifts, read_cover
from tools.windows import listed, plural, say_level, say_span, window_of

MOST_DAYS = 8
"""A week, from now to the end of its last night shift."""


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
    asked = could_come(problem, find_staff(box, args.staff, site.id), unit) if args.staff else ""
    result = await asyncio.to_thread(cover_nurses, problem)
    told = _told(box, site, unit, problem, result, called_out(rosters))
    return replace(told, headline=f"{asked}{told.headline}")


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
        "candidates": [person_facts(problem, nurse, gap) for nurse, gap in result.eligible],
        "relax": relax,
        "hours": problem.hours.model_dump(),
        "cost_centre": centre.id,
        "budget_left": centre.left_this_month,
        "why_not": why_not_counts(result),
    }
    known = f" {plural(outs, 'call-out')} already known." if outs else ""
    if result.status == "empty":
        said = f"{where}: every shift has the nurses its ratio needs, so no cover is needed.{known}"
        return Options(headline=said, drafts=(), facts=facts)
    cards = (*candidates_card(site, problem, result), *why_not_card(result))
    need = f"{where}: {plural(short, 'nurse')} short on {plural(len(gaps), 'shift')}.{known}"
    if not result.options:
        return Options(
            headline=f"{need} Nobody can cover it. It would work with {listed(relax)}.",
            drafts=(),
            facts=facts,
            cards=cards,
        )
    drafts = tuple(cover_draft(box, site, unit, problem, option) for option in result.options)
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
        cards=(options_card(problem, result), *cards),
    )
