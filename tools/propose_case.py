"""Options for one surgical case: room, team, anaesthesia, equipment, implants and post-op bed together."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from hospital.changes.cases import ScheduleCase
from hospital.ids import CaseId, ClinicianId, PatientId, ProcedureId, ServiceId, SiteId
from hospital.model.bookings import CaseItem, Procedure, SurgicalCase
from hospital.model.places import LevelOfCare, Site
from hospital.money import Cents
from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_request import CaseRequest, ImplantNeed
from hospital.planning.case_result import CaseResult, Option
from hospital.planning.intervals import Interval, Spans
from hospital.planning.money_context import case_money
from policies.plans import Effect
from tools.allocation_arguments import ProposeAllocation
from tools.case_options import options_table, report_of, say_option, why_card, why_not_of
from tools.case_requests import held_by, with_margins
from tools.case_sites import STAFFED, Wanted, read_sites
from tools.directory import find_case, find_clinician, find_item, find_patient, find_procedure, find_service
from tools.naming import fresh_id
from tools.propose_move import propose_move
from tools.sites_asked import find_sites, is_everywhere
from tools.tool import Draft, Options, Problem, Toolbox
from tools.windows import say_span, window_of

MOST_DAYS = 14


@dataclass(frozen=True)
class Wish:
    """What is to be placed, resolved from names to the hospital's own things."""

    request: SurgicalCase | None
    procedure: Procedure | None
    service_id: ServiceId
    surgeon_id: ClinicianId | None
    patient_id: PatientId | None
    minutes: int
    minutes_from: str
    equipment: tuple[str, ...]
    items: tuple[CaseItem, ...]
    level: LevelOfCare | None
    home_site: SiteId | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.procedure.name if self.procedure else f"{self.service_id} case"


async def propose_case(args: ProposeAllocation, box: Toolbox) -> Options:
    """Ranked options for the case, each submittable, with why-not for what was rejected."""
    booked = find_case(box, args.case) if args.case else None
    if booked is not None and booked.state == "scheduled":
        return await propose_move(args, box, booked)
    wish = _wish(args, box)
    sites = find_sites(box, args.site)
    windows = _windows(args, box, sites)
    problem = _problem(args, box, wish, sites, windows)
    result = await asyncio.to_thread(allocate_case, problem, args.limit)
    when = say_span(sites[0], windows[0].start, windows[0].end)
    where = sites[0].name if len(sites) == 1 else f"{len(sites)} sites"
    why_not = why_not_of(result)
    facts = {
        "case": wish.request.id if wish.request else None,
        "what": wish.name,
        "minutes": wish.minutes,
        "minutes_from": wish.minutes_from,
        "sites": [site.name for site in sites],
        "window": when,
        "status": result.status,
        "checked": ["room", "team", "anaesthesia", *wish.equipment, *(i.item_id for i in wish.items), "post-op bed"],
        "why_not": why_not,
        "relax": [relax.words for relax in result.relax],
    }
    asked = f"{wish.name}, {wish.minutes} min ({wish.minutes_from}), {when}, {where}"
    if not result.options:
        relax = "; ".join(r.words for r in result.relax)
        return Options(
            headline=f"No slot meets everything for {asked}. {relax or result.note}.".replace("..", "."),
            drafts=(),
            facts=facts,
            cards=why_card(why_not),
        )
    drafts = tuple(_draft(option, result, wish, box) for option in result.options)
    first = result.options[0]
    headline = (
        f"{len(drafts)} options for {asked}. Best: {say_option(first, box)}. Room, scrub team, anaesthesia, "
        f"{'equipment, ' if wish.equipment else ''}{'implants, ' if wish.items else ''}"
        f"recovery and {(wish.level or 'post-op').replace('_', '-')} bed are checked for each; nothing is held yet."
    )
    return Options(
        headline=headline, drafts=drafts, facts=facts, cards=(options_table(result, box), *why_card(why_not))
    )


def _wish(args: ProposeAllocation, box: Toolbox) -> Wish:
    request = find_case(box, args.case) if args.case else None
    if request is not None and request.state != "requested":
        raise Problem("conflict", f"{request.id} is {request.state}; there is nothing to place.", argument="case")
    procedure = find_procedure(box, args.procedure) if args.procedure else None
    if procedure is None and request is not None:
        procedure = box.world.get(Procedure, request.procedure_id)
    surgeon = find_clinician(box, args.surgeon) if args.surgeon else None
    if procedure is not None:
        service_id = procedure.service_id
    elif args.service is not None:
        service_id = find_service(box, args.service).id
    elif surgeon is not None:
        service_id = surgeon.service_id
    else:
        raise Problem("missing", "Which operation is it, or which service?", argument="procedure")
    surgeon_id = surgeon.id if surgeon else (request.surgeon_id if request else None)
    if args.minutes is not None:
        minutes, source = args.minutes, "as asked"
    elif procedure is not None:
        minutes, source = procedure.booked_minutes, "the booked default"
    else:
        raise Problem("missing", "How many minutes should be booked?", argument="minutes")
    items = tuple(CaseItem(item_id=find_item(box, said).id) for said in args.items)
    return Wish(
        request=request,
        procedure=procedure,
        service_id=service_id,
        surgeon_id=surgeon_id,
        patient_id=find_patient(box, args.patient).id if args.patient else (request.patient_id if request else None),
        minutes=minutes,
        minutes_from=source,
        equipment=args.equipment or (request.equipment if request else procedure.equipment if procedure else ()),
        items=items or (request.items if request else ()),
        level=args.post_op_level
        or (request.post_op_level if request else None)
        or (procedure.post_op_level if procedure else None),
        home_site=request.site_id if request else box.context.actor.home.site_id,
    )


def _windows(args: ProposeAllocation, box: Toolbox, sites: list[Site]) -> Spans:
    """The staffed hours inside the time asked for; without one, the coming seven days."""
    asked = window_of(box, sites[0], args.day, args.start, args.end, default=timedelta(days=7), most=MOST_DAYS)
    return (Interval(max(asked.start, box.now), asked.end),)


def _problem(args: ProposeAllocation, box: Toolbox, wish: Wish, sites: list[Site], windows: Spans) -> CaseProblem:
    levels = frozenset({wish.level} if wish.level else ())
    wanted = Wanted(frozenset({wish.service_id}), frozenset(wish.equipment), wish.items, levels)
    inside = tuple(span for site in sites for window in windows for span in STAFFED.within(window, site.timezone))
    if not inside:
        raise Problem("invalid", "No operating room is staffed in that time; name a weekday.", argument="day")
    request = CaseRequest(
        case=wish.request.id if wish.request else "new case",
        service=wish.service_id,
        windows=tuple(sorted(set(inside))) if len(sites) > 1 else inside,
        asked_at=box.now,
        case_minutes=wish.minutes,
        post_op_level=wish.level,
        equipment=wish.equipment,
        implants=tuple(ImplantNeed(item.item_id, item.quantity) for item in wish.items),
        surgeon=wish.surgeon_id,
        site=sites[0].id if len(sites) == 1 and not is_everywhere(args.site) else None,
        home_site=wish.home_site,
    )
    return CaseProblem(with_margins(request), read_sites(box, sites, request.windows, wanted))


def _draft(option: Option, result: CaseResult, wish: Wish, box: Toolbox) -> Draft:
    surgeon = option.taken("surgeon")
    line = ScheduleCase(
        case_id=CaseId(fresh_id("CASE")),
        request_id=wish.request.id if wish.request else None,
        site_id=SiteId(option.site),
        patient_id=wish.patient_id,
        procedure_id=ProcedureId(wish.procedure.id) if wish.procedure else None,
        service_id=wish.service_id,
        surgeon_id=ClinicianId(surgeon[0].id) if surgeon else wish.surgeon_id,
        anaesthesiologist_id=ClinicianId(option.taken("anaesthesia")[0].id),
        post_op_level=wish.level,
        items=wish.items,
        equipment=wish.equipment,
        resources=held_by(option),
    )
    orders = tuple(f"order {o.quantity} x {o.item}: usable {o.ready_at:%a %d %b %H:%M} UTC" for o in option.orders)
    return Draft(
        title=f"{wish.name} at {option.site_name}",
        lines=(line,),
        effect=Effect(
            or_minutes=wish.minutes,
            beds=1 if wish.level else 0,
            cost=Cents(0),
            notes=(_say_cost(option, wish, box), *orders),
        ),
        report=report_of(option, result),
        headline=say_option(option, box),
    )


def _say_cost(option: Option, wish: Wish, box: Toolbox) -> str:
    money = case_money(box.policy.data.money, wish.service_id, option.taken("room")[0].span.minutes, wish.equipment)
    return f"{money.words}; {option.prime_minutes} min of it in prime time"
