"""What may be assumed in a what-if question, and how the hospital would be then. Nothing here is ever written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import Field

from hospital.model.history import StoredForecast
from hospital.model.people import Encounter, Shift
from hospital.model.places import Bed, Site, Unit
from hospital.overlay import Overlay
from hospital.planning.intervals import Interval
from hospital.ports import Range
from tools.assumed_stays import NOBODY, delayed, fill_beds, leaving_by, spread, where_they_go
from tools.bed_state import inpatient_units
from tools.directory import find_service, find_site, find_unit
from tools.tool import Arguments, Problem, Toolbox
from tools.unit_roster import read_unit_roster
from tools.windows import local_day, plural, say_moment, today_at

SOON = timedelta(minutes=30)
"""After this long those who are assumed to leave early are gone."""

Kind = Literal[
    "more_patients", "early_discharges", "late_discharges", "census", "more_in_beds", "beds_opened", "beds_closed",
    "nurses_missing", "more_nurses", "nurses_there", "more_demand",
]  # fmt: skip


class Assumption(Arguments):
    kind: Kind
    count: int | None = Field(
        default=None,
        ge=1,
        le=200,
        description="Patients, beds or nurses; census and nurses_there: of the unit in all",
    )
    minutes: int | None = Field(
        default=None,
        ge=1,
        le=7 * 24 * 60,
        description="late_discharges: by how long; unstated: past the end asked about",
    )
    source: Literal["ed", "pacu", "elsewhere"] | None = Field(
        default=None, description="more_patients: where they come from"
    )
    unit: str | None = None
    site: str | None = None
    service: str | None = Field(default=None, description="more_demand: the service line")
    percent: int | None = Field(
        default=None, ge=-100, le=300, description="more_demand: change of its demand; late_discharges: share of them"
    )


def assume(assumptions: tuple[Assumption, ...], box: Toolbox, window: Interval) -> tuple[list[str], Toolbox]:
    """The assumptions in words and a toolbox that reads the hospital as if they all held.

    Raises:
        Problem: an assumption that names something unknown, or lacks what it is about.
    """
    world = Overlay(box.world)
    assumed = replace(box, world=world)
    words = [_KINDS[one.kind](one, assumed, world, window) for one in assumptions]
    return words, assumed


def _place(one: Assumption, box: Toolbox) -> tuple[Site, list[Unit]]:
    """The unit assumed about, or all inpatient units of the site."""
    if one.unit is not None:
        unit = find_unit(box, one.unit, one.site)
        return box.local(unit.site_id), [unit]
    site = find_site(box, one.site)
    return site, inpatient_units(box, site)


def _count(one: Assumption, what: str) -> int:
    if one.count is None:
        raise Problem("missing", f"How many {what} should I assume?", argument="count")
    return one.count


def _more_patients(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    count, source = _count(one, "patients"), one.source or "elsewhere"
    shares = where_they_go(box.world, site, units, source, box.now)
    already = world.count(Encounter, site_id=site.id, patient_id=NOBODY)
    for n, unit_id in enumerate(spread(count, shares), already + 1):
        unit = next(each for each in units if each.id == unit_id)
        world.put(
            Encounter.model_validate(
                {
                    "id": f"ASSUMED-{site.id}-{n}",
                    "patient_id": NOBODY,
                    "site_id": site.id,
                    "unit_id": unit.id,
                    "bed_id": None,
                    "service_id": unit.specialties[0] if unit.specialties else "general",
                    "level": unit.level,
                    "state": "boarding",
                    "admitted_at": box.now,
                    "target_unit_id": unit.id,
                }
            )
        )
    names = {str(unit.id): unit.name for unit in units}
    to = ", ".join(f"{n} to {names[id]}" for id, n in Counter(spread(count, shares)).items())
    place = {"ed": "the emergency department", "pacu": "recovery", "elsewhere": "elsewhere"}[source]
    return f"{plural(count, 'patient')} more from {place} at {site.name} ({to})"


def _early_discharges(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    today = Range(box.now, max(local_day(site, today_at(box, site)).end, window.end))
    leaving = leaving_by(box.world, units, today)[: one.count]
    soon = box.now + SOON
    world.put(*(stay.changed(expected_discharge_at=min(soon, stay.expected_discharge_at)) for stay in leaving
                if stay.expected_discharge_at))  # fmt: skip
    sure = round(sum(stay.discharge_probability for stay in leaving), 1)
    where = units[0].name if len(units) == 1 else site.name
    if not leaving:
        return f"{where} discharges early (nobody is expected to leave today)"
    who = plural(len(leaving), "patient")
    return f"{where} discharges early: {sure:g} of the {who} expected to leave today, within half an hour"


def _late_discharges(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    leaving = leaving_by(box.world, units, Range(box.now, window.end))
    leaving = leaving[: one.count or round(len(leaving) * (one.percent or 100) / 100)]
    world.put(*(delayed(stay, one.minutes, window.end) for stay in leaving))
    where = units[0].name if len(units) == 1 else site.name
    late = f"{one.minutes} minutes later" if one.minutes else f"not before {say_moment(site, window.end)}"
    return f"{plural(len(leaving), 'patient')} of {where} who would leave by then {late}"


def _in_beds(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    if len(units) != 1:
        raise Problem("missing", "On which unit?", choices=tuple(unit.name for unit in units), argument="unit")
    unit, count = units[0], _count(one, "patients")
    there = box.world.count(Encounter, unit_id=unit.id, state="in_bed")
    more = count - there if one.kind == "census" else count
    fill_beds(world, site, unit, more, box.now)
    return f"{plural(there + more, 'patient')} on {unit.name} ({there} now)"


def _beds(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    opening = one.kind == "beds_opened"
    beds = [bed for unit in units for bed in box.world.find(Bed, unit_id=unit.id, staffed=not opening, order="id")]
    count = one.count or (len(beds) if opening else _count(one, "beds"))
    chosen = beds[:count]
    if len(chosen) < count:
        state = "closed" if opening else "open"
        raise Problem("invalid", f"Only {plural(len(chosen), f'{state} bed')} there; assume at most that many.")
    for unit in units:
        mine = [bed for bed in chosen if bed.unit_id == unit.id]
        change = len(mine) if opening else -len(mine)
        if mine:
            world.put(unit.changed(staffed_beds=unit.staffed_beds + change))
            world.put(*(bed.changed(staffed=opening, status="available" if opening else "closed") for bed in mine))
    where = ", ".join(sorted({unit.name for unit in units for bed in chosen if bed.unit_id == unit.id}))
    return f"{plural(len(chosen), 'bed')} more {'open' if opening else 'closed'} ({where or 'none'}, {site.name})"


def _nurses_missing(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    count = _count(one, "nurses")
    shifts = [
        shift
        for unit in units
        for shift in box.world.find(Shift, unit_id=unit.id, role="rn", start=Range(before=window.end), order="id")
        if shift.end > window.start and shift.state in ("rostered", "approved") and not shift.charge
    ]
    world.put(*(shift.changed(state="called_out") for shift in shifts[:count]))
    where = units[0].name if len(units) == 1 else site.name
    return f"{plural(count, 'nurse')} fewer on {where}"


def _more_nurses(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    count, unit = _count(one, "nurses"), units[0]
    world.put(
        *(
            Shift.model_validate(
                {"id": f"ASSUMED-{unit.id}-{n}", "staff_id": f"ASSUMED-{n}", "site_id": site.id, "unit_id": unit.id,
                 "role": "rn", "start": window.start, "end": window.end, "state": "approved"}
            )
            for n in range(1, count + 1)
        )
    )  # fmt: skip
    return f"{plural(count, 'nurse')} more on {unit.name}"


def _nurses_there(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    site, units = _place(one, box)
    if len(units) != 1:
        raise Problem("missing", "On which unit?", choices=tuple(unit.name for unit in units), argument="unit")
    count, unit = _count(one, "nurses"), units[0]
    counted = read_unit_roster(box, site, unit, window).staffing.counted
    change = one.model_copy(update={"count": abs(count - counted)})
    if count < counted:
        _nurses_missing(change, box, world, window)
    elif count > counted:
        _more_nurses(change, box, world, window)
    return f"{plural(count, 'nurse')} in all on {unit.name} ({counted} rostered)"


def _more_demand(one: Assumption, box: Toolbox, world: Overlay, window: Interval) -> str:
    if one.service is None or one.percent is None:
        raise Problem("missing", "For which service, and by how many percent?", argument="service")
    service, factor = find_service(box, one.service), 1 + one.percent / 100
    site = find_site(box, one.site) if one.site else None
    for stored in box.world.find(StoredForecast, service_id=service.id):
        if site is not None and stored.site_id != site.id:
            continue
        points = tuple(
            point.model_copy(update={name: getattr(point, name) * factor for name in _FIGURES})
            for point in stored.points
        )
        world.put(stored.model_copy(update={"points": points}))
    return f"{service.name} demand {'up' if one.percent >= 0 else 'down'} by {abs(one.percent)}%"


_FIGURES = ("p50", "low80", "high80", "low95", "high95")

_KINDS: dict[Kind, Callable[[Assumption, Toolbox, Overlay, Interval], str]] = {
    "more_patients": _more_patients,
    "early_discharges": _early_discharges,
    "late_discharges": _late_discharges,
    "census": _in_beds,
    "more_in_beds": _in_beds,
    "beds_opened": _beds,
    "beds_closed": _beds,
    "nurses_missing": _nurses_missing,
    "more_nurses": _more_nurses,
    "nurses_there": _nurses_there,
    "more_demand": _more_demand,
}
"""Each changes the assumed world only, and says in words what is assumed."""
