"""An urgent case: places that move nobody first; only when there are none, a booked elective case that could move."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hospital.cards import TableCard
from hospital.changes.moves import MoveCases
from hospital.ids import ClinicianId, ItemId
from hospital.model.bookings import CaseItem, SurgicalCase, Urgency
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.overlay import Overlay
from hospital.planning.add_on import AddOn, AddOnResult, Bump, Bumped, plan_bumps
from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_result import CaseResult, Option
from hospital.planning.displacement import Displaced
from hospital.planning.intervals import Interval, Spans
from hospital.ports import Range
from policies.plans import ConstraintReport
from tools.allocation_arguments import ProposeAllocation
from tools.case_options import options_table, report_of, say_option, why_card, why_not_of
from tools.case_requests import booked_request, move_of
from tools.case_sites import STAFFED, Wanted, read_sites
from tools.case_wish import Wish, effect_of, problem_of, schedule, wish_of
from tools.directory import find_clinician
from tools.propose_move import DECIDED_BEFORE
from tools.sites_asked import find_sites
from tools.tool import Draft, Options, Problem, Toolbox
from tools.windows import local_day, plural, say_moment

BANDS: dict[Urgency, timedelta | None] = {
    "emergent": timedelta(hours=1),
    "urgent": timedelta(hours=6),
    "expedited": None,
}
"""How long until it must have begun; None: by the end of the next day (our judgement)."""
MOST_BUMPS = 6
DEADLINE = 1.5
"""Seconds for looking at cases that could move."""
DAYS_FOR_BUMPED = 3


async def propose_add_on(args: ProposeAllocation, box: Toolbox) -> Options:
    """Ranked places within the band that a clinician gave; a bump only when nothing else is left."""
    band, chose = _band(args, box)
    wish = wish_of(args, box)
    sites = find_sites(box, args.site)
    by = _latest(box, sites[0], band)
    windows = (Interval(box.now, by + timedelta(minutes=wish.minutes)),)
    problem = problem_of(args, box, wish, sites, windows)
    result = await asyncio.to_thread(allocate_case, problem, args.limit)
    asked = f"{wish.name}, {band} (said by {chose.name}): to begin by {say_moment(sites[0], by)}"
    facts = {
        "what": wish.name, "urgency": band, "urgency_by": chose.name, "begin_by": say_moment(sites[0], by),
        "status": result.status, "why_not": why_not_of(result), "bumps": False,
        "relax": [one.words for one in result.relax],
    }  # fmt: skip
    who = {"urgency": band, "urgency_by": ClinicianId(chose.id)}
    if result.options:
        drafts = tuple(_draft(box, wish, option, result, who) for option in result.options)
        headline = (
            f"{asked}. {plural(len(drafts), 'option')} that {'moves' if len(drafts) == 1 else 'move'} nobody; best: "
            f"{say_option(result.options[0], box)}. Nothing is held yet."
        )
        cards = (options_table(result, box), *why_card(why_not_of(result)))
        return Options(headline=headline, drafts=drafts, facts=facts, cards=cards)
    return await _bumping(box, wish, sites, problem, result, asked, facts, who, by)


def _band(args: ProposeAllocation, box: Toolbox) -> tuple[Urgency, Clinician]:
    """The band and the clinician who chose it.

    Raises:
        Problem: either is missing: the band is never inferred from the operation.
    """
    if args.urgency is None:
        raise Problem(
            "missing",
            "Which urgency band did the surgeon or anaesthetist choose? I never infer it.",
            choices=tuple(BANDS),
            argument="urgency",
        )
    if args.urgency_by is None:
        raise Problem("missing", f"Which clinician said that it is {args.urgency}?", argument="urgency_by")
    who = find_clinician(box, args.urgency_by)
    if who.role not in ("surgeon", "anaesthesiologist"):
        raise Problem(
            "invalid", f"{who.name} is a {who.role}; a surgeon or anaesthetist sets the band.", argument="urgency_by"
        )
    return args.urgency, who


def _latest(box: Toolbox, site: Site, band: Urgency) -> datetime:
    wait = BANDS[band]
    if wait is not None:
        return box.now + wait
    return local_day(site, site.local(box.now).date() + timedelta(days=1)).end


def _draft(box: Toolbox, wish: Wish, option: Option, result: CaseResult, who: Mapping[str, Any]) -> Draft:
    return Draft(
        title=f"{who['urgency']} {wish.name} at {option.site_name}",
        lines=(schedule(option, wish, **who),),
        effect=effect_of(option, wish, box),
        report=report_of(option, result),
        headline=say_option(option, box),
    )


async def _bumping(
    box: Toolbox,
    wish: Wish,
    sites: list[Site],
    problem: CaseProblem,
    result: CaseResult,
    asked: str,
    facts: dict[str, object],
    who: Mapping[str, Any],
    by: datetime,
) -> Options:
    """What is left: one elective case that moves, with the people of both cases asked."""
    cases = _movable(box, sites, by)
    found = await asyncio.to_thread(_plan, box, sites, problem, cases)
    without = f"Without moving anybody: {'; '.join(relax.words for relax in result.relax) or result.note}."
    facts = {**facts, "bumps": bool(found.options), "why_no_other_bump": list(found.why_not)}
    if not found.options:
        looked = f"{plural(len(cases), 'booked case')} looked at, none could move for it"
        return Options(
            headline=f"{asked}. No place. {without} {looked}. The OR charge nurse must be called.",
            drafts=(),
            facts=facts,
            cards=why_card(list(found.why_not) or why_not_of(result)),
        )
    by_id = {str(case.id): case for case in cases}
    drafts = tuple(_bump_draft(box, wish, one, by_id[one.case], who, found, result) for one in found.options)
    headline = (
        f"{asked}. {without} {plural(len(drafts), 'option')} by moving one booked case, least harm first: "
        f"{_say_bump(box, found.options[0])}. It needs the moved case's surgeon and the anaesthesia lead."
    )
    return Options(headline=headline, drafts=drafts, facts=facts, cards=(_bump_table(box, found.options),))


def _movable(box: Toolbox, sites: Sequence[Site], by: datetime) -> list[SurgicalCase]:
    """Elective cases that would begin in time to make room, and late enough for people to decide."""
    from_then = Range(at_least=box.now + DECIDED_BEFORE + timedelta(minutes=5), before=by)
    found = [
        case
        for site in sites
        for case in box.world.find(
            SurgicalCase, site_id=site.id, state="scheduled", elective=True, start=from_then, order="start"
        )
        if case.surgeon_id is not None
    ]
    return sorted(found, key=lambda case: (case.start, case.id))[:MOST_BUMPS]


def _plan(box: Toolbox, sites: list[Site], problem: CaseProblem, cases: list[SurgicalCase]) -> AddOnResult:
    until = time.monotonic() + DEADLINE
    bumps = []
    for case in cases:
        if case.start is None or time.monotonic() > until:
            continue
        windows = _later(box, sites, case)
        without = replace(box, world=Overlay(box.world, case.changed(state="cancelled")))
        found = read_sites(without, sites, (*problem.request.windows, *windows), _both(problem, case))
        displaced = Displaced(
            booked_request(box, case, windows), case.start, case.site_id, anaesthetist=case.anaesthesiologist_id
        )
        bumps.append(Bump(displaced, found))
    return plan_bumps(AddOn(problem.request, tuple(bumps)), go_on=lambda: time.monotonic() < until)


def _later(box: Toolbox, sites: Sequence[Site], case: SurgicalCase) -> Spans:
    site = box.local(case.site_id)
    last = local_day(site, site.local(box.now).date() + timedelta(days=DAYS_FOR_BUMPED)).end
    return STAFFED.within(Interval(box.now + timedelta(minutes=30), last), site.timezone)


def _both(problem: CaseProblem, case: SurgicalCase) -> Wanted:
    """What both cases need from a site."""
    request = problem.request
    return Wanted(
        frozenset({request.service, str(case.service_id)}),
        frozenset((*request.equipment, *case.equipment)),
        tuple(CaseItem(item_id=ItemId(need.item), quantity=need.quantity) for need in request.implants),
        frozenset(level for level in (request.post_op_level, case.post_op_level) if level),
    )


def _bump_draft(
    box: Toolbox,
    wish: Wish,
    bumped: Bumped,
    case: SurgicalCase,
    who: Mapping[str, Any],
    found: AddOnResult,
    result: CaseResult,
) -> Draft:
    why = f"makes room for an {who['urgency']} case"
    return Draft(
        title=f"{who['urgency']} {wish.name}, moving {case.id}",
        lines=(MoveCases(moves=(move_of(case, bumped.moved),), reason=why), schedule(bumped.placed, wish, **who)),
        effect=effect_of(bumped.placed, wish, box),
        report=ConstraintReport(binding=bumped.placed.report.binding, why_not=(*why_not_of(result), *found.why_not)),
        headline=_say_bump(box, bumped),
    )


def _say_bump(box: Toolbox, bumped: Bumped) -> str:
    return f"{say_option(bumped.placed, box)}, with {bumped.case} moved to {say_option(bumped.moved, box)}"


def _bump_table(box: Toolbox, options: Sequence[Bumped]) -> TableCard:
    rows = tuple(
        (number, say_option(one.placed, box), one.case, say_option(one.moved, box))
        for number, one in enumerate(options, 1)
    )
    columns = ("#", "Urgent case", "Moves", "To")
    return TableCard(title="By moving one case", columns=columns, rows=rows)
