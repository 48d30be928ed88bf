"""A solved choice written out: exact times per resource, terms, orders, what binds and how much slack is left."""

from datetime import datetime, timedelta

import numpy as np

from hospital.planning.case_pieces import Choice, runs
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_request import CaseRequest, say_level
from hospital.planning.case_result import Option, Order, Placement
from hospital.planning.case_score import TERMS, score_terms
from hospital.planning.case_site import Site
from hospital.planning.case_starts import Grid, room_starts
from hospital.planning.case_why import thing
from hospital.planning.intervals import MINUTE, Interval
from hospital.planning.report import ConstraintReport


def write_option(problem: CaseProblem, grid: Grid, choice: Choice) -> Option:
    """The choice as an option, not yet ranked."""
    request, piece = problem.request, choice.piece
    site, start = piece.site.site, grid.time(choice.start)
    index = np.array([choice.start])
    terms = {
        name: int(values[0])
        for name, values in score_terms(problem, site, piece.span, grid, index, piece.site.needs_order[index]).items()
    }
    placements = _placements(request, site, choice, start)
    room = placements[0].span
    return Option(
        rank=0,
        site=site.id,
        site_name=site.name,
        start=start,
        end=start + request.case_minutes * MINUTE,
        placements=placements,
        orders=_orders(request, site, start),
        terms={name: terms[name] for name in TERMS},
        score=sum(terms.values()),
        cost=terms["cost"],
        prime_minutes=site.prime_minutes(room),
        report=_report(problem, grid, choice),
    )


def _placements(request: CaseRequest, site: Site, choice: Choice, start: datetime) -> tuple[Placement, ...]:
    def span(before: int, after: int) -> Interval:
        return Interval(start - timedelta(minutes=before), start + timedelta(minutes=after))

    case, room = request.case_minutes, choice.piece.use.room
    in_room = span(request.setup_minutes, case + request.cleanup_minutes)
    surgeons = {one.id: one.name for one in site.surgeons}
    anaesthetists = {one.id: one.name for one in site.anaesthetists}
    anaesthesia = span(request.anaesthesia_lead_minutes, case + request.handover_minutes)
    found = [
        Placement("room", room.id, room.name, in_room),
        Placement("surgeon", choice.surgeon, surgeons[choice.surgeon], span(0, case)),
        Placement("anaesthesia", choice.anaesthetist, anaesthetists[choice.anaesthetist], anaesthesia),
    ]
    if request.team_size:
        found.append(Placement("team", "", f"scrub team of {request.team_size}", in_room))
    for kind, ids in choice.units.items():
        names = {unit.id: unit.name for unit in site.equipment[kind]}
        used = span(0, case + request.reprocessing_minutes)
        found.extend(Placement("equipment", one, names[one], used) for one in ids)
    after = case + request.pacu_minutes
    if request.pacu_minutes:
        found.append(Placement("pacu", "", "PACU bay", span(-case, after)))
    if request.post_op_level is not None:
        stay = span(-after, after + max(request.stay_minutes, 1))
        found.append(Placement("bed", "", f"{say_level(request.post_op_level)} bed", stay))
    return tuple(found)


def _orders(request: CaseRequest, site: Site, start: datetime) -> tuple[Order, ...]:
    stock = {one.item: one for one in site.stock}
    orders = []
    for need in request.implants:
        held = stock[need.item]
        ready = held.ready_from_stock(request.asked_at, need.quantity)
        by_order = held.ready_by_order(request.asked_at)
        if (ready is None or ready > start) and by_order is not None:
            orders.append(Order(need.item, need.quantity, by_order))
    return tuple(orders)


def _report(problem: CaseProblem, grid: Grid, choice: Choice) -> ConstraintReport:
    """What stops the next earlier start of this option, and how much later each constraint would allow it."""
    piece, site = choice.piece, choice.piece.site
    masks = {
        **site.shared,
        "room": room_starts(piece.use.spans, problem.request, grid),
        "surgeon": site.surgeons[choice.surgeon],
        "anaesthesia": site.anaesthetists[choice.anaesthetist],
    }
    binding, slack = [], {}
    for name, mask in masks.items():
        first, last = next(run for run in runs(mask) if run[0] <= choice.start <= run[1])
        slack[name] = (last - choice.start) * grid.grain
        if first == choice.start:
            binding.append(f"no {thing(name, site, problem.request)} any earlier")
    return ConstraintReport(tuple(binding), slack)
