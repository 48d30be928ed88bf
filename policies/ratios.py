"""Nurse ratios: whether taking a nurse away leaves a unit with fewer than the ratio pack of the site asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospital.changes.base import Change
from hospital.changes.beds import AssignBed, OpenBeds
from hospital.changes.staffing import RequestStaff
from hospital.ids import StaffId, UnitId
from hospital.model.people import Encounter, Shift
from hospital.model.places import LevelOfCare, Site, Unit
from hospital.planning.intervals import Interval
from hospital.planning.staffing import RatioRoom, RosteredNurse, staffing
from hospital.ports import In, Range, Reader
from policies.data import PolicyData

WORKING = In(("rostered", "approved"))
PLACED = timedelta(hours=1)
"""For how long from then the nurses there must be enough for one patient more; the next shift has its own roster."""
_LONGEST_SHIFT = timedelta(hours=24)


def ratio_fact(world: Reader, data: PolicyData, line: Change, plan: Sequence[Change] = ()) -> dict[str, bool]:
    """`leaves_below_ratio` for a float off another unit's duty, a bed and opened beds; nothing where no pack is on.

    Args:
        plan: all lines of the plan, whose nurses look after the patients of the beds it opens.
    """
    below: bool | None = None
    if isinstance(line, AssignBed):
        below = _one_more(world, data, line)
    elif isinstance(line, OpenBeds):
        below = _opened(world, data, line, plan)
    elif isinstance(line, RequestStaff) and line.leaves and (duty := world.get(Shift, line.leaves)):
        below = is_below_ratio(world, data, duty.unit_id, Interval(line.start, line.end), without=line.staff_id)
    return {} if below is None else {"leaves_below_ratio": below}


def _one_more(world: Reader, data: PolicyData, line: AssignBed) -> bool | None:
    """Whether the unit of the bed is below its ratio with one more patient, from then for `PLACED`."""
    stay = world.get(Encounter, line.encounter_id)
    here = stay is not None and stay.state == "in_bed" and stay.unit_id == line.unit_id
    window = Interval(line.at, line.at + PLACED)
    return is_below_ratio(world, data, line.unit_id, window, more_patients=0 if here else 1)


def _opened(world: Reader, data: PolicyData, line: OpenBeds, plan: Sequence[Change]) -> bool | None:
    """Whether the unit is below its ratio when every bed that is opened has a patient."""
    nurses = [
        RosteredNurse(one.shift_id, Interval(one.start, one.end))
        for one in plan
        if isinstance(one, RequestStaff) and one.unit_id == line.unit_id and one.role == "rn"
    ]
    return is_below_ratio(
        world, data, line.unit_id, Interval(line.start, line.end), more_patients=len(line.bed_ids), more_nurses=nurses
    )


def is_below_ratio(
    world: Reader,
    data: PolicyData,
    unit_id: UnitId,
    window: Interval,
    *,
    without: StaffId | None = None,
    more_patients: int = 0,
    more_nurses: Sequence[RosteredNurse] = (),
) -> bool | None:
    """Whether the nurses of a unit are fewer than its patients of now need at any moment of the window.

    Args:
        without: a nurse who is taken away for the window.
        more_patients: patients who come on top of those of now.
        more_nurses: nurses who come on top of the roster.

    Returns:
        None when no ratio pack is on at the site, or it says nothing about the unit's level of care.
    """
    room = ratio_room(world, data, unit_id, window, without=without, more_nurses=more_nurses)
    return None if room is None else room.missing(more_patients) > 0


def ratio_room(
    world: Reader,
    data: PolicyData,
    unit_id: UnitId,
    window: Interval,
    *,
    without: StaffId | None = None,
    more_nurses: Sequence[RosteredNurse] = (),
) -> RatioRoom | None:
    """The patients of a unit now and the nurses who count at the worst moment; arguments as in `is_below_ratio`."""
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
    counted = staffing(window, 0, [*roster, *more_nurses]).counted
    return RatioRoom(unit.name, len(levels), counted, ratio, stricter)


def ratio_now(world: Reader, data: PolicyData, unit_id: UnitId, now: datetime) -> RatioRoom | None:
    """For how many more patients the unit has nurses now, as the rule for beds looks at it; None as above."""
    return ratio_room(world, data, unit_id, Interval(now, now + PLACED))


def ratio_on(data: PolicyData, site: Site, level: LevelOfCare) -> int | None:
    """Patients per nurse by the strictest pack that is on at the site; None when none says anything."""
    packs = [data.ratio_packs[name] for name in site.packs if name in data.ratio_packs]
    said = [pack.patients_per_nurse[level] for pack in packs if level in pack.patients_per_nurse]
    return min(said, default=None)
