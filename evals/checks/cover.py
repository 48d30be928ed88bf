"""Cover for a gap: fill order, hours and rest, competency and cost of every person, recounted from the rows."""

import math
from datetime import datetime, timedelta

from evals.checks.look import Wrong, first_wrong, rows_with, same, say, words_of
from evals.checks.nurses import WORKING
from evals.replay import Played
from hospital.changes.staffing import RequestStaff
from hospital.model.people import AgencyRate, Credential, Shift, Staff
from hospital.model.places import Unit
from hospital.money import format_money
from policies.plans import Plan

ORDER = ("home", "float", "overtime", "agency")
REST, WEEK = timedelta(hours=10), timedelta(days=7)
MOST_A_WEEK = timedelta(hours=60)


def _options(played: Played) -> list[list[RequestStaff]]:
    found = []
    for option in played.last.options:
        plan = played.after.get(Plan, option.plan_id)
        lines = [line for line in plan.lines if isinstance(line, RequestStaff)] if plan else []
        found.append(lines)
    return found


def in_fill_order(played: Played) -> Wrong:
    """Options begin with the cheapest step of the fill order, and a dearer source comes only when that is used up."""
    options = _options(played)
    if not options or not all(options):
        return "no option asks for anybody"
    last = [max(ORDER.index(line.source) for line in lines) for lines in options]
    if last != sorted(last):
        return f"the options come in the order {[ORDER[n] for n in last]}"
    used = {line.staff_id for line in options[0]}
    if last[0] >= ORDER.index("overtime"):
        left = [person.name for person in _free_floats(played, options[0][0]) if person.id not in used]
        if left:
            return f"{', '.join(left)} of the float pool could come before {ORDER[last[0]]}"
    return say(words_of(played.last), "fill order", "home staff|float pool|voluntary overtime|agency")


def _free_floats(played: Played, line: RequestStaff) -> list[Staff]:
    pool = played.after.find(Staff, site_id=line.site_id, role="rn", employment="float")
    return [one for one in pool if _competent(played, one.id, line) and _rested(played, one.id, line) is None]


def hours_checked(played: Played) -> Wrong:
    """Nobody proposed works within the rest or past the hours of seven days, and each is told with those hours."""
    told = {str(row["Who"]): row for row in rows_with(played.last, "Who", "Rest before, h", "Hours in 7 days")}
    for line in [line for lines in _options(played) for line in lines if line.staff_id]:
        person = played.after.get(Staff, str(line.staff_id))
        if person is None:
            return f"there is no {line.staff_id}"
        if wrong := _rested(played, person.id, line):
            return f"{person.name} {wrong}"
        if person.name not in told:
            return f"{person.name} is proposed without hours and rest"
    return None if told else "no hours are told for anybody"


def _rested(played: Played, staff_id: str, line: RequestStaff) -> str | None:
    duties = [(d.start, d.end) for d in played.after.find(Shift, staff_id=staff_id, state=WORKING)]
    duties = [duty for duty in duties if duty[0] < line.end + WEEK and duty[1] > line.start - WEEK]
    for start, end in duties:
        touching = end == line.start or start == line.end
        if not touching and start < line.end + REST and end > line.start - REST:
            return f"works {start:%a %H:%M} to {end:%a %H:%M} UTC, without the rest"
    every = [*duties, (line.start, line.end)]
    for since, _ in every:
        inside = [_inside(duty, since) for duty in every]
        if sum(inside, timedelta()) > MOST_A_WEEK:
            return "would work more than the hours of seven days"
    return None


def _inside(duty: tuple[datetime, datetime], since: datetime) -> timedelta:
    return max(timedelta(), min(duty[1], since + WEEK) - max(duty[0], since))


def competency_shown(played: Played) -> Wrong:
    """Everybody proposed holds what the unit needs on that day, and it is told beside the name."""
    told = {str(row["Who"]): row["Competency"] for row in rows_with(played.last, "Who", "Competency", "Shift")}
    for line in [line for lines in _options(played) for line in lines if line.staff_id]:
        person = played.after.get(Staff, str(line.staff_id))
        if person is None or not _competent(played, person.id, line):
            return f"{line.staff_id} does not hold {line.competency}"
        if wrong := same(f"competency of {person.name}", told.get(person.name), "current"):
            return wrong
    return None


def _competent(played: Played, staff_id: str, line: RequestStaff) -> bool:
    unit = played.after.get(Unit, line.unit_id)
    held = played.after.find(Credential, staff_id=staff_id, competency=unit.level if unit else line.competency)
    return any(one.expires_on >= line.start.date() for one in held)


def cost_per_option(played: Played) -> Wrong:
    """What each option costs: hours by the plain rate, time and a half, or the agency's rate card."""
    for lines in _options(played):
        cost = sum(_cost(played, line) for line in lines)
        if wrong := first_wrong(
            None if format_money(cost) in played.reply else f"{format_money(cost)} of an option is not told",
            same("what is asked for", sum(line.cost() for line in lines), _asked(played, lines)),
        ):
            return wrong
    return None


def _asked(played: Played, lines: list[RequestStaff]) -> int:
    return sum(_cost(played, line) for line in lines if line.source != "float")


def _cost(played: Played, line: RequestStaff) -> int:
    hours = math.ceil((line.end - line.start) / timedelta(hours=1))
    if line.staff_id is None:
        rates = played.after.find(AgencyRate, role="rn", competency=line.competency)
        return hours * rates[0].hourly_rate
    person = played.after.get(Staff, str(line.staff_id))
    rate = person.hourly_rate if person else 0
    return hours * (rate * 3 // 2 if line.source == "overtime" else rate)
