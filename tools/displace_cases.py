"""New places for all operations that lose their room, device or person: one plan for all of them."""

import asyncio
import time
from datetime import timedelta

from hospital.cards import TableCard
from hospital.changes.moves import DisplaceCases, MoveCases
from hospital.model.bookings import Procedure
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.money import format_money
from hospital.planning.displacement import Displaced, Displacement, DisplacementResult, Move, place_displaced
from hospital.planning.intervals import Interval, Spans, subtract
from policies.plans import ConstraintReport, Effect
from tools.affected_cases import Loss
from tools.allocation_arguments import ProposeAllocation
from tools.case_requests import booked_request, move_of, wanted_by
from tools.case_sites import STAFFED, read_sites
from tools.sites_asked import is_everywhere
from tools.tool import Draft, Options, Toolbox
from tools.windows import listed, local_day, plural, say_moment, say_span

NOTICE = timedelta(minutes=30)
"""How soon a moved case can start: patient, team and room must hear of it (our judgement)."""
DAYS_AHEAD = 7
"""How far other days are looked at."""
BEFORE = timedelta(days=2)
"""How long before the loss."""
DEADLINE = 2.0
"""Seconds after which the best plans so far are taken: at the site and, where that leaves harm, at all sites."""


async def displace_cases(args: ProposeAllocation, loss: Loss, box: Toolbox) -> Options:
    """One plan that moves what can be moved; every affected case is listed with its option or "no slot"."""
    everywhere = box.world.find(Site, order="name")
    until = time.monotonic() + DEADLINE
    first = everywhere if is_everywhere(args.site) else [loss.lost.site]
    result = await asyncio.to_thread(_place, box, loss, first, until)
    results = [result]
    if not is_everywhere(args.site) and any(move.leaves_day or move.option is None for move in result.moves):
        wider = await asyncio.to_thread(_place, box, loss, everywhere, until)
        if wider.harm < result.harm:
            results.append(wider)
    drafts = tuple(_draft(box, loss, one) for one in results if one.placed)
    facts = {
        "kind": "cases",
        "lost": loss.lost.name,
        "site": loss.lost.site.name,
        "until": loss.lost.said,
        "affected": len(loss.cases),
        "placed": len(result.placed),
        "status": result.status,
        "moves": [_fact(box, loss, move) for move in result.moves],
        "relax": [move.why for move in result.moves if move.option is None],
        "running": [case.id for case in loss.running],
        "elsewhere": [case.id for case in loss.elsewhere],
    }
    return Options(headline=_say(box, loss, result), drafts=drafts, facts=facts, cards=_cards(box, loss, results))


def _place(box: Toolbox, loss: Loss, sites: list[Site], until: float) -> DisplacementResult:
    """The search, on the hospital without what is lost; it improves no further after `until` (monotonic seconds)."""
    without = loss.world(box)
    windows = _windows(box, loss)
    cases = tuple(
        Displaced(
            booked_request(box, case, windows),
            was=case.start,
            site=case.site_id,
            elective=case.elective,
            anaesthetist=case.anaesthesiologist_id,
        )
        for case in loss.cases
        if case.start is not None
    )
    problem = Displacement(cases, read_sites(without, sites, windows, wanted_by(loss.cases)))
    return place_displaced(problem, go_on=lambda: time.monotonic() < until)


def _windows(box: Toolbox, loss: Loss) -> Spans:
    """Staffed hours from two days before the loss to a week after it, after notice; not while a surgeon is away."""
    lost, away = loss.lost, loss.surgeon_away
    first = max(box.now + NOTICE, lost.window.start - BEFORE)
    after = away.end if away else lost.window.start
    last = local_day(lost.site, lost.site.local(after).date() + timedelta(days=DAYS_AHEAD)).end
    staffed = STAFFED.within(Interval(first, last), lost.site.timezone)
    return subtract(staffed, [away]) if away else staffed


def _draft(box: Toolbox, loss: Loss, result: DisplacementResult) -> Draft:
    cases = {str(case.id): case for case in loss.cases}
    moves = tuple(move_of(cases[move.case], move.option) for move in result.placed if move.option)
    reason = f"{loss.lost.name} is lost {loss.lost.said}"
    line = DisplaceCases(moves=moves, reason=reason) if len(moves) > 1 else MoveCases(moves=moves, reason=reason)
    placed = [(move.case, move.option) for move in result.placed if move.option]
    left = tuple(f"{move.case}: {move.why}" for move in result.moves if move.option is None)
    return Draft(
        title=f"Move {plural(len(moves), 'case')} out of {loss.lost.name}",
        lines=(line,),
        effect=Effect(
            or_minutes=sum((option.end - option.start) // timedelta(minutes=1) for _, option in placed),
            notes=(f"OR time {format_money(sum(option.cost for _, option in placed))}", *left),
        ),
        report=ConstraintReport(
            binding=tuple(f"{id}: {one}" for id, option in placed for one in option.report.binding),
            slack=tuple(
                f"{id}: {name} {minutes} min"
                for id, option in placed
                for name, minutes in option.report.slack.items()
            ),
            why_not=left,
        ),
    )


def _fact(box: Toolbox, loss: Loss, move: Move) -> dict[str, object]:
    case = next(case for case in loss.cases if case.id == move.case)
    procedure = box.world.get(Procedure, case.procedure_id)
    surgeon = box.world.get(Clinician, case.surgeon_id) if case.surgeon_id else None
    return {
        "case": move.case,
        "operation": procedure.name if procedure else case.procedure_id,
        "surgeon": surgeon.name if surgeon else None,
        "was": say_moment(loss.lost.site, case.start) if case.start else None,
        "option": _place_said(box, move) or "no slot",
        "leaves_day": move.leaves_day,
        "why": move.why,
    }


def _place_said(box: Toolbox, move: Move) -> str:
    option = move.option
    if option is None:
        return ""
    when = say_span(box.local(option.site), option.start, option.end)
    return f"{option.site_name} {option.taken('room')[0].name}, {when}"


def _say(box: Toolbox, loss: Loss, result: DisplacementResult) -> str:
    lost = loss.lost
    said = f"{lost.name} at {lost.site.name} is lost {lost.said}: {plural(len(loss.cases), 'case')} affected"
    parts = [f"{move.case} to {_place_said(box, move)}" for move in result.placed]
    parts += [f"{move.case}: no slot" for move in result.moves if move.option is None]
    found = f"{said}, {len(result.placed)} can move. {listed(parts, 12)}.{_say_relax(result)}"
    if loss.running:
        found += f" {listed([case.id for case in loss.running])} is in there now and is left to the people there."
    if loss.elsewhere:
        found += f" At other sites, to be asked about there: {listed([case.id for case in loss.elsewhere])}."
    return f"{found} Nothing is cancelled, and nothing moves before the right people agree."


def _say_relax(result: DisplacementResult) -> str:
    """The least that would have to give, once for all cases that it holds for."""
    whys = dict.fromkeys(move.why for move in result.moves if move.option is None)
    return f" Without a place because: {listed(list(whys), 3)}." if whys else ""


def _cards(box: Toolbox, loss: Loss, results: list[DisplacementResult]) -> tuple[TableCard, ...]:
    columns = ("Option", "Case", "Operation", "Surgeon", "Was", "New place", "Leaves its day", "Why")
    rows = tuple(
        (
            number,
            *(str(fact[name] or "–") for name in ("case", "operation", "surgeon", "was", "option")),
            "yes" if fact["leaves_day"] else "no",
            str(fact["why"]) or "–",
        )
        for number, result in enumerate(results, 1)
        for fact in (_fact(box, loss, move) for move in result.moves)
    )
    return (
        TableCard(title="Displaced cases", columns=columns, rows=rows, note="Times are on each site's own clock."),
    )
