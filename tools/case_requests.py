"""Between the hospital's cases and the planner's: what a booked case needs, and what a placement takes."""

from collections.abc import Iterable
from dataclasses import replace

from hospital.changes.holds import HeldResource
from hospital.changes.moves import CaseMove
from hospital.ids import CaseId, ClinicianId, SiteId
from hospital.model.bookings import SurgicalCase
from hospital.planning.case_request import CaseRequest
from hospital.planning.case_result import Option, Placement
from hospital.planning.intervals import MINUTE, Spans
from tools.case_sites import BED_STAY, PACU_MINUTES, Wanted
from tools.tool import Toolbox

SETUP, CLEANUP, INDUCTION, HANDOVER, REPROCESSING = 15, 25, 20, 10, 30
"""Minutes around a case for room, anaesthesia and equipment (our judgement)."""
STAY_MINUTES = int(BED_STAY.total_seconds() // 60)
_KIND = {"room": "room", "surgeon": "clinician", "anaesthesia": "anaesthesia", "equipment": "equipment"}


def with_margins(request: CaseRequest) -> CaseRequest:
    """The request with the time that goes around the operation itself, and a night in its bed if it has one."""
    return replace(
        request,
        setup_minutes=SETUP,
        cleanup_minutes=CLEANUP,
        anaesthesia_lead_minutes=INDUCTION,
        handover_minutes=HANDOVER,
        reprocessing_minutes=REPROCESSING,
        pacu_minutes=PACU_MINUTES,
        stay_minutes=STAY_MINUTES if request.post_op_level else 0,
    )


def booked_request(box: Toolbox, case: SurgicalCase, windows: Spans) -> CaseRequest:
    """What a booked case needs at another time: its own surgeon, length, devices and bed.

    Its implants go with it: they are reserved for the case, wherever it is done.
    """
    if case.start is None or case.end is None:
        raise ValueError(f"{case.id} has no time yet, so it cannot be moved")
    return with_margins(
        CaseRequest(
            case=case.id,
            service=case.service_id,
            windows=windows,
            asked_at=box.now,
            case_minutes=(case.end - case.start) // MINUTE,
            post_op_level=case.post_op_level,
            equipment=case.equipment,
            surgeon=case.surgeon_id,
        )
    )


def wanted_by(cases: Iterable[SurgicalCase]) -> Wanted:
    """What these cases need from a site together."""
    some = tuple(cases)
    return Wanted(
        services=frozenset(str(case.service_id) for case in some),
        equipment=frozenset(kind for case in some for kind in case.equipment),
        items=(),
        levels=frozenset(case.post_op_level for case in some if case.post_op_level),
    )


def held_by(option: Option) -> tuple[HeldResource, ...]:
    """Everything an option takes, each for its own time, the room first."""
    return tuple(
        HeldResource(resource=_resource(placement, option.site), start=placement.span.start, end=placement.span.end)
        for placement in option.placements
    )


def move_of(case: SurgicalCase, option: Option) -> CaseMove:
    """The case from where it is to this option."""
    if case.start is None:
        raise ValueError(f"{case.id} has no time yet, so it cannot be moved")
    return CaseMove(
        case_id=CaseId(case.id),
        was_room=case.room_id,
        was_start=case.start,
        site_id=SiteId(option.site),
        anaesthesiologist_id=ClinicianId(option.taken("anaesthesia")[0].id),
        resources=held_by(option),
    )


def _resource(placement: Placement, site: str) -> str:
    if placement.kind in _KIND:
        return f"{_KIND[placement.kind]}:{placement.id}"
    return f"{placement.kind}:{placement.name.replace(' ', '-')}@{site}"
