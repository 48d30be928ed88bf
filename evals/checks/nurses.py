"""Nurses needed and rostered, moment by moment from stays and shifts; and what an agency nurse costs."""

import math
from datetime import datetime, timedelta

from evals.checks.look import Wrong, first_wrong, plan_of, rows_with, same, say, words_of
from evals.checks.money import budget_left, people_for
from evals.replay import Played
from hospital.changes.staffing import RequestStaff
from hospital.model.people import AgencyRate, Credential, Encounter, Shift, Staff, User
from hospital.model.places import Site, Unit
from hospital.money import format_money
from hospital.ports import In
from policies.data import load_data

STEP = timedelta(minutes=15)
REST = timedelta(hours=10)
SHOWN = 4
"""A list of so many cheaper ways is long enough."""
WORKING = In(("rostered", "approved"))


def _unit(played: Played) -> Unit:
    unit = played.after.get(Unit, played.about("unit"))
    if unit is None:
        raise LookupError(f"{played.script.name}: there is no unit {played.about('unit')}")
    return unit


def _window(played: Played) -> tuple[datetime, datetime]:
    start, end = played.about("shift").split("/")
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def _ratio(played: Played, unit: Unit, level: str) -> int:
    site = played.after.get(Site, unit.site_id)
    packs = load_data().ratio_packs
    on = [packs[name] for name in (site.packs if site else ()) if name in packs] or list(packs.values())
    return next(pack.patients_per_nurse[level] for pack in on if level in pack.patients_per_nurse)


def _required(played: Played, unit: Unit) -> int:
    levels = [level for (level,) in played.after.values(Encounter, ("level",), unit_id=unit.id, state="in_bed")]
    own = _ratio(played, unit, unit.level)
    ratios = sorted(min(own, _ratio(played, unit, level)) for level in levels)
    if len(set(ratios)) <= 1:
        return math.ceil(len(levels) / own)
    needed = 0
    while ratios:  # the strictest patient of each nurse decides how many she may have
        del ratios[: ratios[0]]
        needed += 1
    return needed


def _on_duty(played: Played, unit: Unit, *, charge: bool) -> int:
    """The fewest on duty at any moment of the shift asked for; with `charge` also those without patients."""
    start, end = _window(played)
    shifts = played.after.find(Shift, unit_id=unit.id, role="rn", state=WORKING)
    shifts = [shift for shift in shifts if charge or shift.takes_patients]
    moments = [start + i * STEP for i in range((end - start) // STEP)]
    return min(len({s.staff_id or s.id for s in shifts if s.start <= m < s.end}) for m in moments)


def _row(played: Played, unit: Unit) -> dict[str, object]:
    site = played.after.get(Site, unit.site_id)
    rows = rows_with(played.last, "Site", "Unit", "Required", "Rostered")
    here = [row for row in rows if row["Unit"] == unit.name and site is not None and row["Site"] == site.name]
    return dict(here[0]) if here else {}


def required_by_ratio(played: Played) -> Wrong:
    """Patients on the unit by the ratio of their level, told with the ratio."""
    unit = _unit(played)
    required = _required(played, unit)
    ratio = _ratio(played, unit, unit.level)
    return first_wrong(
        same(f"nurses required on {unit.name}", _row(played, unit).get("Required"), required),
        say(words_of(played.last), rf"\b{required} RNs? needed", rf"\b1:{ratio}\b"),
    )


def rostered_against_required(played: Played) -> Wrong:
    """Who is on duty and not called out, at the worst moment."""
    unit = _unit(played)
    rostered = _on_duty(played, unit, charge=False)
    return first_wrong(
        same(f"nurses rostered on {unit.name}", _row(played, unit).get("Rostered"), rostered),
        say(words_of(played.last), rf"\b{rostered} rostered"),
    )


def charge_nurse_apart(played: Played) -> Wrong:
    """A charge nurse without patients is not among the rostered, and the reply says so."""
    unit = _unit(played)
    apart = _on_duty(played, unit, charge=True) - _on_duty(played, unit, charge=False)
    counted = _row(played, unit).get("Rostered")
    wrong = same(f"nurses on {unit.name} without charge nurses", counted, _on_duty(played, unit, charge=False))
    return first_wrong(wrong, say(words_of(played.last), rf"\b{apart} charge nurse" if apart else "charge nurse"))


def _request(played: Played) -> RequestStaff | None:
    plan = plan_of(played)
    lines = [line for line in plan.lines if isinstance(line, RequestStaff)] if plan else []
    return lines[0] if len(lines) == 1 else None


def manager_then_cost_centre(played: Played) -> Wrong:
    """First whoever manages the unit, then whoever may spend the amount; nobody else, and neither has voted."""
    plan, line = plan_of(played), _request(played)
    if plan is None or line is None or plan.state != "awaiting":
        return "no request for staff waits"
    needs = sorted(plan.needs, key=lambda need: need.order)
    if [need.order for need in needs] != [1, 2]:
        return f"the needs come in the order {[need.order for need in needs]}"
    unit = _unit(played)
    managers = {
        str(user.id)
        for user in played.after.find(User)
        for grant in user.grants
        if grant.role == "nurse_manager" and grant.scope.unit_id == unit.id
    }
    level, payers = people_for(str(line.cost_centre_id), line.cost())
    return first_wrong(
        same("the unit's manager", {str(who) for who in needs[0].who}, managers - {str(plan.asked_by)}),
        same("the cost need", needs[1].role, f"cost_centre_{level}" if level != "finance" else "finance_controller"),
        None if {str(who) for who in needs[1].who} & payers else f"{needs[1].who} may not spend that; {payers} may",
    )


def cheaper_ways_listed(played: Played) -> Wrong:
    """Everybody listed is free, rested, competent and cheaper; and nobody who is was left out of a short list."""
    line = _request(played)
    if line is None:
        return "no staff is asked for"
    told = {str(row["Who"]): row for row in rows_with(played.last, "Who", "Source", "Cost")}
    free = {person.name: price for person, price in _cheaper(played, line)}
    for name, row in told.items():
        if name not in free:
            return f"{name} is listed as a cheaper way, but is not free, rested and competent, or not cheaper"
        if wrong := same(f"cost of {name}", row["Cost"], format_money(free[name])):
            return wrong
    left = [name for name in free if name not in told]
    if left and len(told) < SHOWN:
        return f"{', '.join(left)} would be cheaper and is not listed"
    return say(words_of(played.last), "cheaper")


def _cheaper(played: Played, line: RequestStaff) -> list[tuple[Staff, int]]:
    found = []
    for person in played.after.find(Staff, site_id=line.site_id, role="rn"):
        volunteers = person.home_unit_id == line.unit_id and person.voluntary_overtime
        if person.employment != "float" and not volunteers:
            continue
        skills = played.after.find(Credential, staff_id=person.id, competency=line.competency)
        duties = played.after.find(Shift, staff_id=person.id, state=WORKING)
        rested = all(duty.end <= line.start - REST or duty.start >= line.end + REST for duty in duties)
        price = 0 if person.employment == "float" else line.hours * person.hourly_rate * 3 // 2
        if rested and any(skill.expires_on >= line.start.date() for skill in skills) and price < line.cost():
            found.append((person, price))
    return found


def rate_and_budget(played: Played) -> Wrong:
    """The card's rate for the unit's own competency, for the hours asked, and what is left to spend."""
    line = _request(played)
    if line is None:
        return "no staff is asked for"
    unit, (start, end) = _unit(played), _window(played)
    rates = played.after.find(AgencyRate, role="rn", competency=unit.level)
    rate = rates[0].hourly_rate if rates else 0
    cost = rate * math.ceil((end - start) / timedelta(hours=1))
    return first_wrong(
        same("unit", line.unit_id, unit.id),
        same("shift", (line.start, line.end), (start, end)),
        same("hourly rate", line.hourly_rate, rate),
        same("cost", line.cost(), cost),
        None if format_money(rate) in played.reply else f"the rate {format_money(rate)} is not told",
        None if format_money(cost) in played.reply else f"the cost {format_money(cost)} is not told",
        budget_left(played),
    )
