"""The nurses of one unit over a window: needed by ratio, rostered, called out, and who else could come."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hospital.model.people import Credential, Encounter, Shift, Staff
from hospital.model.places import Site, Unit
from hospital.planning.intervals import Interval
from hospital.planning.staffing import RosteredNurse, Staffing, StaffingSpan, nurses_required, staffing
from hospital.ports import In, Range
from tools.ratios import Ratio, find_ratio
from tools.tool import Problem, Toolbox

LONGEST_SHIFT = timedelta(hours=24)
WORKING = ("rostered", "approved")


@dataclass(frozen=True)
class UnitRoster:
    """One unit: the worst moment of the window decides, and it is the one that is told."""

    unit: Unit
    window: Interval
    census: int
    other_levels: dict[str, int]
    """Patients of the census who need another level of care than the unit's, by that level."""
    ratio: Ratio
    staffing: Staffing
    shifts: tuple[Shift, ...]
    """RN shifts that overlap the window, whatever their state."""

    @property
    def worst(self) -> StaffingSpan:
        """The stretch with most nurses missing, the earliest of those."""
        return max(self.staffing.spans, key=lambda span: (span.short, -span.counted))

    def _at_worst(self, states: tuple[str, ...]) -> list[Shift]:
        span = self.worst.span
        return [s for s in self.shifts if s.state in states and s.start < span.end and span.start < s.end]

    @property
    def called_out(self) -> int:
        """Call-outs known for the worst stretch."""
        return len({shift.staff_id or shift.id for shift in self._at_worst(("called_out",))})

    @property
    def asked_for(self) -> int:
        """Shifts requested for the worst stretch that nobody has taken yet."""
        return len(self._at_worst(("requested",)))

    @property
    def charge_not_counted(self) -> int:
        """Charge nurses on duty who take no patients."""
        return sum(1 for shift in self._at_worst(WORKING) if shift.charge and not shift.takes_patients)


@dataclass(frozen=True)
class FloatNurse:
    """Somebody of the float pool who is not rostered in the window."""

    staff_id: str
    name: str
    competency: str
    """`current`, `expired` or `never`."""
    expires_on: date | None


def running_shift(box: Toolbox, unit: Unit) -> Interval:
    """From now to the end of the nursing shift that runs now; 12 hours when none does."""
    ends = [
        end
        for (end,) in box.world.values(
            Shift,
            ("end",),
            unit_id=unit.id,
            role="rn",
            start=Range(at_least=box.now - LONGEST_SHIFT, before=box.now + timedelta(seconds=1)),
        )
        if end > box.now
    ]
    return Interval(box.now, min(ends, default=box.now + timedelta(hours=12)))


def read_unit_roster(box: Toolbox, site: Site, unit: Unit, window: Interval) -> UnitRoster:
    """Compare nurses required and rostered for one unit. The census is the one of now.

    Raises:
        Problem: when no ratio is known for the unit's level of care.
    """
    levels = box.world.values(Encounter, ("level",), unit_id=unit.id, state="in_bed")
    other: dict[str, int] = defaultdict(int)
    ratio = find_ratio(box, site, unit.level)
    stricter: dict[int, int] = defaultdict(int)
    for (level,) in levels:
        if level != unit.level:
            other[level] += 1
            own = find_ratio(box, site, level)
            if own.patients < ratio.patients:
                stricter[own.patients] += 1
    shifts = box.world.find(
        Shift,
        unit_id=unit.id,
        role="rn",
        start=Range(at_least=window.start - LONGEST_SHIFT, before=window.end),
    )
    shifts = [shift for shift in shifts if shift.end > window.start]
    roster = [
        RosteredNurse(
            shift.staff_id or shift.id,
            Interval(shift.start, shift.end),
            shift.charge,
            shift.takes_patients,
        )
        for shift in shifts
        if shift.state in WORKING
    ]
    required = nurses_required(len(levels), ratio.patients, stricter)
    return UnitRoster(
        unit,
        window,
        len(levels),
        dict(sorted(other.items())),
        ratio,
        staffing(window, required, roster),
        tuple(shifts),
    )


def units_with_ratio(box: Toolbox, site: Site) -> list[Unit]:
    """The units of a site that nurses are counted for."""
    found = []
    for unit in box.world.find(Unit, site_id=site.id, order="name"):
        try:
            find_ratio(box, site, unit.level)
        except Problem:
            continue
        found.append(unit)
    return found


def read_float_pool(box: Toolbox, unit: Unit, window: Interval, day: date) -> list[FloatNurse]:
    """The site's float nurses without a shift in the window, those who hold the unit's competency first."""
    people: list[tuple[str, str]] = box.world.values(
        Staff, ("id", "name"), site_id=unit.site_id, role="rn", employment="float"
    )
    ids = In(tuple(id for id, _ in people))
    shifts: list[tuple[str, datetime]] = box.world.values(
        Shift,
        ("staff_id", "end"),
        staff_id=ids,
        state=In(("rostered", "approved", "called_out")),
        start=Range(at_least=window.start - LONGEST_SHIFT, before=window.end),
    )
    busy = {person for person, end in shifts if end > window.start}
    held: dict[str, date] = {}
    for person, until in box.world.values(
        Credential, ("staff_id", "expires_on"), staff_id=ids, competency=competency_for(unit)
    ):
        held[person] = max(until, held.get(person, until))
    free = [_float_nurse(id, name, held.get(id), day) for id, name in people if id not in busy]
    order = {"current": 0, "expired": 1, "never": 2}
    return sorted(free, key=lambda nurse: (order[nurse.competency], nurse.name))


def competency_for(unit: Unit) -> str:
    """What a nurse must be competent in to take patients of the unit: its level of care."""
    return unit.level


def _float_nurse(id: str, name: str, expires: date | None, day: date) -> FloatNurse:
    state = "never" if expires is None else "current" if expires >= day else "expired"
    return FloatNurse(id, name, state, expires)
