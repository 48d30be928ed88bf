"""A case that is to be placed: from what was said to the planner's problem, and from an option to the change."""

from dataclasses import dataclass
from typing import Any

from hospital.changes.cases import ScheduleCase
from hospital.ids import CaseId, ClinicianId, PatientId, ProcedureId, ServiceId, SiteId
from hospital.model.bookings import CaseItem, Procedure, SurgicalCase
from hospital.model.places import LevelOfCare, Site
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_request import CaseRequest, ImplantNeed
from hospital.planning.case_result import Option
from hospital.planning.intervals import Spans
from hospital.planning.money_context import case_money
from policies.plans import Effect
from tools.allocation_arguments import ProposeAllocation
from tools.case_requests import held_by, with_margins
from tools.case_sites import STAFFED, Wanted, read_sites
from tools.directory import find_case, find_clinician, find_item, find_patient, find_procedure, find_service
from tools.naming import fresh_id
from tools.sites_asked import is_everywhere
from tools.tool import Problem, Toolbox


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


def wish_of(args: ProposeAllocation, box: Toolbox) -> Wish:
    """What is asked for, from its names.

    Raises:
        Problem: something needed is missing, or a name fits nothing.
    """
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


def problem_of(args: ProposeAllocation, box: Toolbox, wish: Wish, sites: list[Site], windows: Spans) -> CaseProblem:
    """The planner's problem, on the hospital as it is.

    Raises:
        Problem: no operating room is staffed in that time.
    """
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


def schedule(option: Option, wish: Wish, **more: Any) -> ScheduleCase:
    """The change that puts the case there; `more` are further fields of it."""
    surgeon = option.taken("surgeon")
    return ScheduleCase(
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
        **more,
    )


def effect_of(option: Option, wish: Wish, box: Toolbox) -> Effect:
    """What the case takes and is worth, and what must be ordered for it."""
    money = case_money(box.policy.data.money, wish.service_id, option.taken("room")[0].span.minutes, wish.equipment)
    orders = tuple(f"order {o.quantity} x {o.item}: usable {o.ready_at:%a %d %b %H:%M} UTC" for o in option.orders)
    said = f"{money.words}; {option.prime_minutes} min of it in prime time"
    return Effect(or_minutes=wish.minutes, beds=1 if wish.level else 0, notes=(said, *orders))
