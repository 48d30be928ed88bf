"""What-if questions: each clause that names something that could be otherwise becomes an assumption.

Assumptions add up over a conversation until a new matter begins; nothing is changed by them.
"""

import re
from collections.abc import Callable
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, tell
from agent.planners.embedded.skills.clinics import overbook, template_change
from tools.results import Refused

Assumed = dict[str, Any]
_CLAUSES = re.compile(r"\band\b|[,;?.]|\bthen\b|\bplus\b", re.IGNORECASE)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "couple": 2, "few": 3, "half": 50, "fifth": 20, "quarter": 25, "third": 33,
}  # fmt: skip
_SOURCES = {
    "ed": re.compile(r"\b(?:ed|er|emergency(?: department| room)?|emerg)\b", re.IGNORECASE),
    "pacu": re.compile(r"\b(?:pacu|recovery|post.?op|theatres?|the ors?)\b", re.IGNORECASE),
}
_DISCHARGE = re.compile(
    r"\b(?:discharg\w*|goes? home|sends? (?:\w+ ){0,3}home|leaves? early|clears? (?:its|their))\b", re.I
)
_OPEN = re.compile(r"\b(?:open\w*|staff\w*|add\w*|use|activate\w*)\b.*\b(?:beds?|surge)\b|\bsurge beds?\b", re.I)
_CLOSE = re.compile(r"\b(?:clos\w+|lose|lost|block\w*|take out|shut\w*|out of (?:use|service))\b", re.IGNORECASE)
_NURSES = re.compile(r"\b(?:nurses?|rns?|call(?:ed)?[ -]?(?:out|in sick|off)s?|sick calls?)\b", re.IGNORECASE)
_FEWER = re.compile(r"\b(?:call\w*|sick|fewer|less|lose|lost|missing|short|without|out|down)\b", re.IGNORECASE)
_OVERBOOKED = re.compile(r"\b(?:double|over)[- ]?(?:book|fill)\w*", re.IGNORECASE)
_OF_A_WARD = re.compile(r"\b(?:beds?|nurses?|rns?|ed|er|pacu|discharg\w*|admi\w+)\b", re.IGNORECASE)
_SESSIONS = re.compile(r"\b(?:sessions?|half[- ]days?|templates?|clinics? (?:day|slot)s?)\b", re.IGNORECASE)
_DEMAND = re.compile(r"\b(?:referrals?|demand|volumes?|requests?)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:drop\w*|falls?|fell|down|decreas\w*|shrinks?|fewer|less)\b", re.IGNORECASE)
_PATIENTS = re.compile(
    r"\b(?:patients?|admissions?|admits?|arrivals?|transfers?|sends?|more|extra|additional|another|holds?)\b",
    re.I,
)


def what_if(heard: Heard) -> Script:
    """The live figures beside those with everything assumed so far."""
    earlier: list[Assumed] = heard.memory.get("assumptions") or []
    if (asked := _of_a_clinic(heard)) is not None:
        return (yield from asked(heard))
    new = assumptions_of(heard)
    if not new and not earlier:
        return question(
            "What should I assume? For example: 5 more patients from the ED, 2 West discharges early, or two nurses "
            "fewer on 5 West.",
            asks_for="assumption",
        )
    going_on = heard.memory.get("intent") == "what_if"
    every = [*earlier, *(one for one in new if one not in earlier)] if going_on else new
    until = heard.time.get("until") or heard.time.get("end") or _later(heard)
    about = _about(every)
    live = (
        ("forecast_demand", {"subject": "beds", "site": heard.site(), "end": until})
        if about == "beds"
        else ("query_capacity", {"subject": "staff", "site": heard.site(), "unit": _own_unit(every)})
    )
    if about != "visits":
        yield from do(live[0], **live[1])
    result = yield from do(
        "simulate",
        assumptions=every or None,
        about=about,
        site=heard.site(),
        unit=_own_unit(every),
        level=heard.one("level_of_care") if not any(one["kind"] == "more_patients" for one in every) else None,
        service=next((one["service"] for one in every if one.get("service")), None),
        end=until,
    )
    if isinstance(result, Refused):
        return tell(result)
    return Say(result.headline, remember={"assumptions": every}, hides=("forecast_demand", "query_capacity"))


def _of_a_clinic(heard: Heard) -> Callable[[Heard], Script] | None:
    """What shows the effect of other sessions or of more patients than slots: it proposes and sends nothing."""
    if _OF_A_WARD.search(heard.text):
        return None
    if _OVERBOOKED.search(heard.text):
        heard.is_question = True
        return overbook
    return template_change if _SESSIONS.search(heard.text) else None


def _later(heard: Heard) -> str | None:
    """The moment said, if it is still to come ("now" is no end of anything)."""
    at = heard.at()
    return at.isoformat() if at is not None and at > heard.asked.now else None


def _about(every: list[Assumed]) -> str:
    kinds = {one["kind"] for one in every}
    if kinds <= {"nurses_missing", "more_nurses"}:
        return "staff"
    return "visits" if kinds == {"more_demand"} else "beds"


def _own_unit(every: list[Assumed]) -> str | None:
    """The one unit whose nurses are asked about."""
    units = {one.get("unit") for one in every}
    return units.pop() if _about(every) == "staff" and len(units) == 1 else None


def assumptions_of(heard: Heard) -> list[Assumed]:
    """What the message assumes, clause by clause; a clause without a word of its own shares the one before."""
    found: list[Assumed] = []
    for start, end in _spans(heard.text):
        assumed = _assumed(heard, start, end)
        if assumed is not None:
            found.append(assumed)
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(edge for cut in _CLAUSES.finditer(text) for edge in cut.span()), len(text)]
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if text[a:b].strip()]


def _assumed(heard: Heard, start: int, end: int) -> Assumed | None:
    clause = heard.text[start:end]
    unit = next((m.ids[0] for m in heard.named("unit") if start <= m.start < end and m.ids), None)
    count = _count(heard, start, end)
    source = next((name for name, pattern in _SOURCES.items() if pattern.search(clause)), None)
    if source is not None and unit is not None and unit.rpartition("-")[2] in ("ed", "pacu"):
        unit = None
    kind = _kind(clause, count, unit, source)
    if kind is None:
        return None
    found: Assumed = {"kind": kind}
    if kind == "more_demand":
        sign = -1 if _DOWN.search(clause) else 1
        found |= {"service": heard.one("service"), "percent": sign * (count or 10)}
    elif kind == "more_patients":
        found |= {"count": count, "source": source or "elsewhere", "unit": unit}
    else:
        found |= {"count": count, "unit": unit}
    return {key: value for key, value in {**found, "site": heard.site()}.items() if value is not None}


def _kind(clause: str, count: int | None, unit: str | None, source: str | None) -> str | None:
    if _DEMAND.search(clause) and source is None:
        return "more_demand"
    if _DISCHARGE.search(clause):
        return "early_discharges"
    if _NURSES.search(clause):
        return "nurses_missing" if _FEWER.search(clause) else "more_nurses"
    if _CLOSE.search(clause) and "bed" in clause.casefold():
        return "beds_closed"
    if _OPEN.search(clause):
        return "beds_opened"
    if count is not None and (source is not None or _PATIENTS.search(clause)):
        return "more_patients"
    return None


def _count(heard: Heard, start: int, end: int) -> int | None:
    """The number of the clause that belongs to no name and no time."""
    taken = [(m.start, m.end) for m in heard.mentions if m.kind != "home"]
    taken += [(when.said.start, when.said.end) for when in heard.times]
    for word in re.finditer(r"\d+|[a-z]+", heard.text[start:end], re.IGNORECASE):
        at = start + word.start()
        if any(a <= at < b for a, b in taken):
            continue
        said = word.group().casefold()
        if said.isdigit():
            return int(said)
        if said in _NUMBERS and said not in ("a", "an"):
            return _NUMBERS[said]
    return None
