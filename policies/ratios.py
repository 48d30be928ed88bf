"""Nurse ratios: whether taking a nurse away leaves a unit with fewer than the ratio pack of the site asks for."""

from datetime import timedelta

from hospital.changes.base import Change
from hospital.changes.staffing import RequestStaff
from hospital.ids import StaffId, UnitId
from hospital.model.people import Encounter, Shift
from hospital.model.places import LevelOfCare, Site, Unit
from hospital.planning.intervals import Interval
from hospital.planning.staffing import RosteredNurse, nurses_required, staffing
from hospital.ports import In, Range, Reader
from policies.data import PolicyData

WORKING = In(("rostered", "approved"))
_LONGEST_SHIFT = timedelta(hours=24)


def ratio_fact(world: Reader, data: PolicyData, line: Change) -> dict[str, bool]:
    """`leaves_below_ratio` for a float of somebody who is rostered elsewhere then; nothing otherwise."""
    if not isinstance(line, RequestStaff) or line.staff_id is None or line.source != "float":
        return {}
    left = [
        (UnitId(shift.unit_id), Interval(max(shift.start, line.start), min(shift.end, line.end)))
        for shift in world.find(
            Shift,
            staff_id=line.staff_id,
            state=WORKING,
            start=Range(at_least=line.start - _LONGEST_SHIFT, before=line.end),
        )
        if shift.end > line.start and shift.unit_id != line.unit_id
    ]
    found = [is_below_ratio(world, data, unit, window, without=line.staff_id) for unit, window in left]
    known = [below for below in found if below is not None]
    return {"leaves_below_ratio": any(known)} if known else {}


def is_below_ratio(
    world: Reader,
    data: PolicyData,
    unit_id: UnitId,
    window: Interval,
    *,
    without: StaffId | None = None,
    more_patients: int = 0,
) -> bool | None:
    """Whether the nurses of a unit are fewer than its patients of now need at any moment of the window.

    Args:
        without: a nurse who is taken away for the window.
        more_patients: patients who come on top of those of now.

    Returns:
        None when no ratio pack is on at the site, or it says nothing about the unit's level of care.
    """
    unit = world.get(Unit, unit_id)
    site = world.get(Site, unit.site_id) if unit else None
    if unit is None or site is None:
        return None
    ratio = ratio_on(data, site, unit.level)
    if ratio is None:
        return None
    levels = [level for (level,) in world.values(Encounter, ("level",), unit_id=unit.id, state="in_bed")]
    own = [ratio_on(data, site, level) or ratio for level in levels]
    stricter = {each: own.count(each) for each in set(own) if each < ratio}
    required = nurses_required(len(levels) + more_patients, ratio, stricter)
    shifts = world.find(
        Shift,
        unit_id=unit.id,
        role="rn",
        state=WORKING,
        start=Range(at_least=window.start - _LONGEST_SHIFT, before=window.end),
    )
    roster = [
        RosteredNurse(one.staff_id or one.id, Interval(one.start, one.end), one.charge, one.takes_patients)
        for one in shifts
        if one.end > window.start and (without is None or one.staff_id != without)
    ]
    return staffing(window, required, roster).short > 0


def ratio_on(data: PolicyData, site: Site, level: LevelOfCare) -> int | None:
    """Patients per nurse by the strictest pack that is on at the site; None when none says anything."""
    packs = [data.ratio_packs[name] for name in site.packs if name in data.ratio_packs]
    said = [pack.patients_per_nurse[level] for pack in packs if level in pack.patients_per_nurse]
    return min(said, default=None)
