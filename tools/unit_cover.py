"""The shifts of a unit that lack nurses, and everybody of the site who might come: rows read into a problem."""

from collections import defaultdict
from datetime import timedelta

from hospital.ids import StaffId
from hospital.model.people import AgencyRate, Credential, Shift, Staff
from hospital.model.places import Site, Unit
from hospital.planning.hours import WEEK, HoursRule
from hospital.planning.intervals import Interval
from hospital.planning.nurse_cover import Competency, CoverProblem, Gap, Nurse
from hospital.ports import In, Range
from tools.tool import Problem, Toolbox
from tools.unit_roster import LONGEST_SHIFT, WORKING, UnitRoster, read_unit_roster

LATELY = timedelta(days=28)
"""Overtime of so long counts when it is spread fairly."""


def read_cover(
    box: Toolbox, site: Site, unit: Unit, window: Interval, competency: str, wanted: int | None
) -> tuple[CoverProblem, list[UnitRoster]]:
    """The problem for all nursing shifts that begin in the window, or run at its start.

    Args:
        wanted: nurses asked for on each shift; None: as many as the ratio lacks.
    """
    rosters = [read_unit_roster(box, site, unit, span) for span in nursing_shifts(box, unit, window)]
    gaps = tuple(
        Gap(
            f"{site.local(one.window.start):%a %d %b %H:%M}",
            one.window,
            one.staffing.short if wanted is None else wanted,
        )
        for one in rosters
    )
    rates = box.world.find(AgencyRate, role="rn", competency=competency)
    money = box.policy.data.money
    problem = CoverProblem(
        gaps=gaps,
        nurses=tuple(_nurses(box, unit, window, competency)),
        hours=hours_of(box, site),
        plain_hours=money.overtime_after_hours,
        overtime_percent=money.overtime_percent,
        agency_rate=rates[0].hourly_rate if rates else None,
        zone=site.timezone,
    )
    return problem, rosters


def nursing_shifts(box: Toolbox, unit: Unit, window: Interval) -> list[Interval]:
    """The shifts of the unit's roster in the window; what is over already is left out.

    Raises:
        Problem: when no roster is published for it.
    """
    rows = box.world.values(
        Shift,
        ("start", "end"),
        unit_id=unit.id,
        role="rn",
        source="home",
        start=Range(at_least=window.start - LONGEST_SHIFT, before=window.end),
    )
    longest = {start: max(end for at, end in rows if at == start) for start, _ in rows}
    spans = [Interval(start, end) for start, end in sorted(longest.items()) if end > box.now]
    found = [span for span in spans if window.start <= span.start < window.end or _mostly(span, window)]
    if not found:
        raise Problem(
            "unavailable", f"No nursing roster of {unit.name} is published for that time.", argument="start"
        )
    return [Interval(max(span.start, box.now), span.end) for span in found]


def _mostly(span: Interval, window: Interval) -> bool:
    """Whether a shift that began before the window still takes up most of it."""
    inside = min(span.end, window.end) - max(span.start, window.start)
    return inside * 2 > window.end - window.start


def hours_of(box: Toolbox, site: Site) -> HoursRule:
    """The strictest of the packs that are on; the shipped figures are kept for planning where none is."""
    packs = box.policy.data.hours_packs
    on = [packs[name] for name in site.packs if name in packs] or list(packs.values())
    return HoursRule(
        most_hours_a_day=min(pack.most_hours_a_day for pack in on),
        least_rest_hours=max(pack.least_rest_hours for pack in on),
        most_hours_a_week=min(pack.most_hours_a_week for pack in on),
    )


def _nurses(box: Toolbox, unit: Unit, window: Interval, competency: str) -> list[Nurse]:
    people = [
        *box.world.find(Staff, home_unit_id=unit.id, role="rn", employment="home", order="name"),
        *box.world.find(Staff, site_id=unit.site_id, role="rn", employment="float", order="name"),
    ]
    ids = In(tuple(person.id for person in people))
    duties: dict[str, list[Interval]] = defaultdict(list)
    outs: dict[str, list[Interval]] = defaultdict(list)
    overtime: dict[str, int] = defaultdict(int)
    for shift in box.world.find(
        Shift, staff_id=ids, start=Range(at_least=box.now - LATELY, before=window.end + WEEK), order="start"
    ):
        who, span = str(shift.staff_id), Interval(shift.start, shift.end)
        if shift.state == "called_out":
            outs[who].append(span)
        elif shift.state in WORKING:
            duties[who].append(span)
            if shift.source == "overtime":
                overtime[who] += span.minutes // 60
    since = window.start - WEEK
    held = _competencies(box, ids, competency, window)
    return [
        Nurse(
            id=person.id,
            name=person.name,
            pool="float" if person.employment == "float" else "home",
            rate=person.hourly_rate,
            competency=held.get(person.id, "never"),
            volunteers=person.voluntary_overtime,
            duties=tuple(span for span in duties[person.id] if span.end > since),
            overtime_hours=overtime[person.id],
            called_out=tuple(outs[person.id]),
        )
        for person in people
    ]


def _competencies(box: Toolbox, ids: In, competency: str, window: Interval) -> dict[str, Competency]:
    """Who holds it on the last day of the window, and whose has expired by then."""
    day = window.end.date()
    found: dict[str, Competency] = {}
    for who, until in box.world.values(Credential, ("staff_id", "expires_on"), staff_id=ids, competency=competency):
        if until >= day:
            found[who] = "current"
        else:
            found.setdefault(who, "expired")
    return found


def called_out(rosters: list[UnitRoster]) -> int:
    """Call-outs known on these shifts."""
    people = {
        shift.staff_id or StaffId(shift.id) for one in rosters for shift in one.shifts if shift.state == "called_out"
    }
    return len(people)
