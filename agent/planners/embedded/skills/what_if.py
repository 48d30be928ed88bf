"""What-if questions: the figures as they are beside those with everything assumed so far.

Assumptions add up over a conversation until a new matter begins; nothing is changed by them.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from agent.planners.embedded.date_words import PARTS
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, tell
from agent.planners.embedded.skills.assumed import Assumed, assumptions_of, with_another_number
from agent.planners.embedded.skills.clinics import overbook, template_change
from agent.planners.embedded.skills.displaced import LOST, would_be_displaced
from tools.results import Done, Refused, Result

_SHIFT = PARTS["day shift"]
_OF_NURSES = frozenset({"nurses_missing", "more_nurses", "nurses_there", "census", "more_in_beds"})
"""What is assumed about the nurses of a unit and the patients they have."""
_OVERBOOKED = re.compile(r"\b(?:double|over)[- ]?(?:book|fill)\w*", re.IGNORECASE)
_OF_A_WARD = re.compile(r"\b(?:beds?|nurses?|rns?|ed|er|pacu|discharg\w*|admi\w+)\b", re.IGNORECASE)
_EXTRA = re.compile(r"\b(?:extra|more|additional|on top|over)\b", re.IGNORECASE)
_SUPPOSED = re.compile(
    r"\b(?:if|suppos\w+|assum\w+|imagine|say|would|might|may|could|more|another|now)\b", re.IGNORECASE
)
_CALLED = re.compile(r"\b(?:rang|called|phoned|banged|sick|ill|call-?(?:outs?|offs?))\b", re.IGNORECASE)
_SESSIONS = re.compile(r"\b(?:sessions?|half[- ]days?|templates?|clinics? (?:day|slot)s?)\b", re.IGNORECASE)


def what_if(heard: Heard) -> Script:
    """The live figures beside those with everything assumed so far."""
    earlier: list[Assumed] = heard.memory.get("assumptions") or []
    if (asked := _of_a_clinic(heard)) is not None:
        return (yield from asked(heard))
    going_on = heard.memory.get("intent") == "what_if"
    new = assumptions_of(heard)
    if not new and (case := heard.one("case")) is not None:
        places = yield from do(
            "propose_allocation", goal="surgical_case", case=case, site=heard.site(), **heard.window()
        )
        return tell(places)  # what would become of it; nothing is moved
    if not new and any(heard.one(kind) for kind in LOST):
        return (yield from would_be_displaced(heard))
    if not new and earlier and going_on and heard.number() is not None:
        earlier = with_another_number(earlier, heard.number() or 0)
    if not new and not earlier:
        return question(
            "What should I assume? For example: three more patients from the ED, a unit that discharges early, or "
            "two nurses fewer.",
            asks_for="assumption",
        )
    every = [*earlier, *(one for one in new if one not in earlier)] if going_on else new
    until = heard.time.get("until") or heard.time.get("end") or _later(heard)
    about = _about(every)
    shift = heard.time.get("start") if about == "staff" else None
    if about == "staff" and shift is None and (at := _later(heard)) is not None:
        shift, until = at, _end_of_shift(at)
    live = (
        ("forecast_demand", {"subject": "beds", "site": heard.site(), "end": until})
        if about == "beds"
        else (
            "query_capacity",
            {"subject": "staff", "site": heard.site(), "unit": _own_unit(every), "start": shift, "end": until},
        )
    )
    if about != "visits":
        as_it_is = yield from do(live[0], **live[1])
        if _is_counted(heard, every, as_it_is):
            return Say(f"Those call-outs are counted already, nobody more is missing. {tell(as_it_is).text}")
    result = yield from do(
        "simulate",
        assumptions=every or None,
        about=about,
        site=heard.site(),
        unit=_own_unit(every),
        level=heard.one("level_of_care") if not any(one["kind"] == "more_patients" for one in every) else None,
        service=next((one["service"] for one in every if one.get("service")), None),
        start=shift,
        end=until,
    )
    if isinstance(result, Refused):
        return tell(result)
    return Say(result.headline, remember={"assumptions": every}, hides=("forecast_demand", "query_capacity"))


def _of_a_clinic(heard: Heard) -> Callable[[Heard], Script] | None:
    """What shows the effect of other sessions or of more patients than slots: it proposes and sends nothing."""
    if _OF_A_WARD.search(heard.text):
        return None
    if _SESSIONS.search(heard.text) and not _OVERBOOKED.search(heard.text):
        return template_change
    if _OVERBOOKED.search(heard.text) or (heard.one("clinic") and _EXTRA.search(heard.text)):
        heard.is_question = True
        return overbook
    return None


def _later(heard: Heard) -> str | None:
    """The moment said, if it is still to come ("now" is no end of anything)."""
    at = heard.at()
    return at.isoformat() if at is not None and at > heard.asked.now else None


def _is_counted(heard: Heard, every: list[Assumed], as_it_is: Result) -> bool:
    """Whether what is told are the call-outs that the feed holds already: they are not assumed a second time."""
    told = every[0] if len(every) == 1 and not _SUPPOSED.search(heard.text) else None
    if told is None or told["kind"] != "nurses_missing" or not isinstance(as_it_is, Done):
        return False
    return _CALLED.search(heard.text) is not None and 0 < told.get("count", 0) <= as_it_is.facts.get("call_outs", 0)


def _end_of_shift(start: str) -> str:
    """The change of shift after this moment, on the clock in which it was said."""
    at = datetime.fromisoformat(start)
    changes = (datetime.combine(at.date() + timedelta(days=n), edge, at.tzinfo) for n in (0, 1) for edge in _SHIFT)
    return next(one for one in changes if one > at).isoformat()


def _about(every: list[Assumed]) -> str:
    kinds = {one["kind"] for one in every}
    if kinds <= _OF_NURSES:
        return "staff"
    return "visits" if kinds == {"more_demand"} else "beds"


def _own_unit(every: list[Assumed]) -> str | None:
    """The one unit whose nurses are asked about."""
    units = {one.get("unit") for one in every}
    return units.pop() if _about(every) == "staff" and len(units) == 1 else None
