"""Booked cases changed: moved, swapped or cancelled, one or several at once."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent.planners.embedded.date_values import Moment, Window
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.said_cases import operations_said
from agent.planners.embedded.script import Say, Script, do, question, say_only, settle
from agent.planners.embedded.skills.reasons import reason_of
from hospital.ids import CaseId, ClinicianId
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.ports import Range, Reader
from tools.results import Done

_CANCEL = re.compile(
    r"\b(?:cancel\w*|call(?:ed)? off|tak(?:e|en) \S+ off|scrub|drop|stand \S+ down|is off|"
    r"pull(?=\s+(?:the|case\S*|it)\b)(?!.*\b(?:forward|up|earlier|ahead|back|over|in)\b)|"
    r"(?:comes?|coming|goes?|needs to be|must be|pull \S+) off|off (?:the|his|her|my|today'?s|tomorrow'?s) list|"
    r"(?:isn'?t|is not|not) happening|(?:can'?t|cannot|can not|won'?t|will not) (?:go ahead|happen|be done))\b",
    re.IGNORECASE,
)
_SWAP = re.compile(
    r"\b(?:swap\w*|switch\w*|flip\w*|exchange|trade|change places|reorder|before|after|ahead of|behind|"
    r"in front of|first\b.*\bthen)\b",
    re.IGNORECASE,
)
_BY_MINUTES = re.compile(r"\bby (\d{1,3})\b(?!\s*(?::|h\b|hour|o'|am\b|pm\b))", re.IGNORECASE)
"""A bare number after "by" counts minutes: "delay it by 20"."""
_MAKE_IT_HOUR = re.compile(r"\bmake it (\d{1,2})\b(?!\s*(?::|min))", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:earlier|forward|up by|sooner)\b", re.IGNORECASE)
_SHIFT = re.compile(r"\b(?:back|later|delay|push|earlier|forward|sooner)\b", re.IGNORECASE)


_MOST_CHOICES = 5
_AHEAD = timedelta(days=7)


def change_case(heard: Heard) -> Script:
    """Move, swap or cancel what is named; without a place or time the options are shown."""
    cases = tuple(heard.slots.get("case", ()))
    if not cases:
        return (yield from say_only(_which_case(heard)))
    if len(cases) > 1 and len(_goals(heard)) > 1:
        goals = _goals(heard)
        return question(
            "I move one case at a time. Which first, and to where?",
            tuple(f"move {case} to {goal}" for case, goal in zip(cases, goals, strict=False)),
        )
    text = heard.matter()
    if _CANCEL.search(text):
        return (yield from _send(heard, change="cancel", cases=cases, reason=reason_of(heard)))
    if len(cases) > 1 and _SWAP.search(text):
        return (yield from _send(heard, change="swap", cases=cases))
    where = {"room": heard.one("room"), "site": heard.one("site")}
    shift = _shift(heard)
    start = _start(heard, cases[0])
    if shift is None and start is None and where["room"] is None:
        result = yield from do(
            "propose_allocation", goal="surgical_case", case=cases[0], site=heard.site(), **heard.window()
        )
        if isinstance(result, Done) and result.options:
            return Say(f"{result.headline} Say which one to submit.")
        return (yield from settle("propose_allocation", result, f"find another place for {cases[0]}"))
    day = heard.time.get("day") if start is None else None
    return (yield from _send(heard, cases=cases, start=start, day=day, later_minutes=shift, **where))


def _goals(heard: Heard) -> list[str]:
    """Where or when the cases are to go, as it was said; several when each has its own."""
    rooms = [one.words for one in heard.named("room")]
    return rooms if len(rooms) > 1 else [when.said.words for when in heard.times if isinstance(when, Moment)]


def _start(heard: Heard, case_id: str) -> str | None:
    """The new wheels-in; an hour said without a day is on the case's own day, or on that spoken about before."""
    world = heard.asked.world
    case = world.get(SurgicalCase, CaseId(case_id))
    site = world.get(Site, case.site_id) if case is not None else None
    said = heard.time.get("at") or heard.time.get("until") or _hour(heard, site)
    dated = any(isinstance(when, Window) or (isinstance(when, Moment) and when.dated) for when in heard.times)
    if said is None or dated or case is None or case.start is None or site is None:
        return said
    before = heard.memory.get("time", {}).get("at") if heard.follows else None
    day = datetime.fromisoformat(before).date() if before else site.local(case.start).date()
    return datetime.combine(day, datetime.fromisoformat(said).timetz()).isoformat()


def _hour(heard: Heard, site: Site | None) -> str | None:
    """The hour of "make it 9", as people mean it of an operation."""
    found = _MAKE_IT_HOUR.search(heard.text)
    if found is None or site is None:
        return None
    read = read_dates(f"at {found[1]}", heard.asked.now, ZoneInfo(site.timezone))
    return next((when.at.isoformat() for when in read if isinstance(when, Moment)), None)


def _which_case(heard: Heard) -> Say:
    """The question which case is meant, with those that fit what is said of it."""
    operations = operations_said(heard)
    surgeon, site = heard.one("clinician"), heard.one("site") or heard.user.home.site_id
    if not operations and surgeon is None:
        return question("Which case? Please give its number.", asks_for="case")
    world, now = heard.asked.world, heard.asked.now
    found = world.find(SurgicalCase, state="scheduled", start=Range(at_least=now, before=now + _AHEAD), order="start")
    fitting = [
        case
        for case in found
        if (not operations or case.procedure_id in operations)
        and surgeon in (None, case.surgeon_id)
        and site in (None, case.site_id)
    ]
    on_the_day = [case for case in fitting if _is_on(case, heard.time.get("day"), world)]
    fitting = (on_the_day or fitting)[:_MOST_CHOICES]
    choices = tuple(_say_case(world, case) for case in fitting)
    return question("Which case is it?", choices, asks_for="case", ids=tuple(str(case.id) for case in fitting))


def _is_on(case: SurgicalCase, day: str | None, world: Reader) -> bool:
    site = world.get(Site, case.site_id)
    return site is not None and case.start is not None and site.local(case.start).date().isoformat() == day


def _say_case(world: Reader, case: SurgicalCase) -> str:
    """`CASE-420: Hernia repair, Dr. Giulia Marchetti, Mon 14 Sep 10:00`."""
    procedure = world.get(Procedure, case.procedure_id)
    surgeon = world.get(Clinician, ClinicianId(case.surgeon_id)) if case.surgeon_id else None
    site = world.get(Site, case.site_id)
    when = f", {site.local(case.start):%a %d %b %H:%M}" if site and case.start else ""
    who = f", {surgeon.name}" if surgeon else ""
    return f"{case.id}: {procedure.name if procedure else case.procedure_id}{who}{when}"


def _send(heard: Heard, **args: Any) -> Script:
    """Ask for the change; several plans (one per surgeon) each go to their own people."""
    result = yield from do("change_case", **args)
    about = f"change {', '.join(args['cases'])}"
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("change_case", result, about))
    return (yield from submit_each(result, about))


def submit_each(shown: Done, about: str) -> Script:
    """Send every plan on its own way, and say what became of each."""
    said = [shown.headline]
    kind = "answer"
    for plan in shown.options:
        sent = yield from do("submit_plan", plan=plan.id)
        end = yield from settle("submit_plan", sent, about)
        said.append(end.text)
        kind = end.kind if end.kind != "answer" else kind
    return Say(" ".join(said), kind=kind)


def _shift(heard: Heard) -> int | None:
    """Minutes later (earlier: negative), when a length and a direction are said."""
    minutes = heard.minutes()
    if minutes is None and (by := _BY_MINUTES.search(heard.text)) is not None:
        minutes = int(by[1])
    if minutes is None or not _SHIFT.search(heard.text):
        return None
    return -minutes if _EARLIER.search(heard.text) else minutes
