"""A nurse on duty elsewhere on the site is floated: her own shift keeps what is left of it."""

from datetime import datetime

from hospital.ids import ShiftId, SiteId, StaffId, UnitId
from hospital.model.people import Shift
from hospital.ports import In, Range, Reader

WORKING = In(("rostered", "approved"))


def duties_then(world: Reader, staff_id: StaffId, start: datetime, end: datetime) -> list[Shift]:
    """The duties of a person that overlap this time, the earliest first."""
    found = world.find(
        Shift,
        staff_id=staff_id,
        state=WORKING,
        start=Range(before=end),
        end=Range(at_least=start),
        order="start",
    )
    return [shift for shift in found if shift.end > start]


def is_float_from(duty: Shift, unit_id: UnitId, site_id: SiteId, start: datetime, end: datetime) -> bool:
    """Whether somebody on this duty can be sent to that unit: of the same site, and within the duty."""
    return duty.site_id == site_id and duty.unit_id != unit_id and duty.start <= start and end <= duty.end


def what_is_left(duty: Shift, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """The rows of a duty once its nurse is elsewhere from start to end: what comes before, and what comes after.

    The first has the id of the duty; when nothing is left, it is the duty itself in the state `floated`.
    """
    before = [duty.changed(end=start)] if duty.start < start else []
    after = [duty.changed(start=end)] if end < duty.end else []
    if before and after:
        after = [after[0].changed(id=ShiftId(f"{duty.id}-back"))]
    return (*before, *after) or (duty.changed(state="floated"),)
