"""Another place for a booked case: ranked options, each a change that its surgeon and anaesthesia agree to."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hospital.changes.moves import MoveCases
from hospital.model.bookings import SurgicalCase
from hospital.model.places import Site
from hospital.overlay import Overlay
from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_result import CaseResult, Option
from hospital.planning.displacement import Displaced, with_own_beds
from hospital.planning.intervals import MINUTE, Interval, Spans
from hospital.planning.money_context import case_money
from policies.plans import Effect
from tools.allocation_arguments import ProposeAllocation
from tools.case_options import options_table, report_of, say_option, why_card, why_not_of
from tools.case_requests import booked_request, move_of, wanted_by
from tools.case_sites import STAFFED, read_sites
from tools.sites_asked import find_sites
from tools.tool import Draft, Options, Problem, Toolbox
from tools.windows import plural, say_span, window_of

DECIDED_BEFORE = timedelta(minutes=30)
"""A change of a case is decided so long before its earliest affected start (gates.md)."""
MOST_DAYS = 14


async def propose_move(args: ProposeAllocation, box: Toolbox, case: SurgicalCase) -> Options:
    """Ranked places for a case that is booked already, each as a change of that case."""
    sites = find_sites(box, args.site) if args.site else [box.local(case.site_id)]
    asked = window_of(box, sites[0], args.day, args.start, args.end, default=timedelta(days=7), most=MOST_DAYS)
    result = await asyncio.to_thread(places_for, box, case, sites, (asked,), limit=args.limit)
    why_not = why_not_of(result)
    when = say_span(sites[0], asked.start, asked.end)
    facts = {
        "case": case.id,
        "window": when,
        "status": result.status,
        "why_not": why_not,
        "relax": [one.words for one in result.relax],
    }
    if not result.options:
        least = "; ".join(relax.words for relax in result.relax) or result.note
        return Options(
            headline=f"No other place for {case.id}, {when}: {least}.",
            drafts=(),
            facts=facts,
            cards=why_card(why_not),
        )
    drafts = tuple(move_draft(box, case, option, result) for option in result.options)
    headline = (
        f"{plural(len(drafts), 'other place')} for {case.id}, {when}. Best: {say_option(result.options[0], box)}. "
        "Nothing is moved yet: its surgeon and the anaesthesia lead decide."
    )
    return Options(
        headline=headline, drafts=drafts, facts=facts, cards=(options_table(result, box), *why_card(why_not))
    )


def places_for(
    box: Toolbox,
    case: SurgicalCase,
    sites: Sequence[Site],
    windows: Spans,
    *,
    rooms: frozenset[str] | None = None,
    limit: int = 3,
) -> CaseResult:
    """Where the case can go, its own place counted as free; only in some rooms if they are named.

    Raises:
        Problem: no operating room is staffed then.
    """
    inside = tuple(span for site in sites for window in windows for span in STAFFED.within(window, site.timezone))
    if not inside:
        raise Problem("invalid", "No operating room is staffed in that time; name a weekday.", argument="day")
    without = replace(box, world=Overlay(box.world, case.changed(state="cancelled")))
    request = replace(booked_request(box, case, inside), home_site=case.site_id)
    if case.start is None:
        raise ValueError(f"{case.id} has no time yet, so it cannot be moved")
    own = (Displaced(request, case.start, case.site_id),)
    found = tuple(with_own_beds(site, own) for site in read_sites(without, sites, inside, wanted_by((case,))))
    if rooms is not None:
        found = tuple(replace(site, rooms=tuple(room for room in site.rooms if room.id in rooms)) for site in found)
    return allocate_case(CaseProblem(request, found), limit)


def exactly(case: SurgicalCase, start: datetime) -> Interval:
    """The one window in which the case starts then."""
    if case.start is None or case.end is None:
        raise ValueError(f"{case.id} has no time yet, so it cannot be moved")
    return Interval(start, start + (case.end - case.start))


def move_draft(box: Toolbox, case: SurgicalCase, option: Option, result: CaseResult, reason: str = "") -> Draft:
    """The change that puts the case there."""
    devices = tuple(case.equipment)
    money = case_money(box.policy.data.money, case.service_id, option.taken("room")[0].span.minutes, devices)
    return Draft(
        title=f"Move {case.id} to {option.site_name} {option.taken('room')[0].name}",
        lines=(MoveCases(moves=(move_of(case, option),), reason=reason),),
        effect=Effect(or_minutes=(option.end - option.start) // MINUTE, notes=(money.words,)),
        report=report_of(option, result),
        headline=f"{case.id} would go to {say_option(option, box)}.",
    )


def refuse_too_late(box: Toolbox, *cases: SurgicalCase) -> None:
    """A change of a case needs people, and time for them.

    Raises:
        Problem: one of the cases starts too soon for the gate.
    """
    for case in cases:
        if case.start is not None and case.start - DECIDED_BEFORE <= box.now:
            site = box.local(case.site_id)
            raise Problem(
                "conflict",
                f"{case.id} starts {site.local(case.start):%H:%M}; its surgeon and the anaesthesia lead must decide "
                f"{DECIDED_BEFORE // MINUTE} min before, so it is too late for a request. Call the OR charge nurse.",
            )
