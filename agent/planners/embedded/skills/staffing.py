"""Nurses: asking for one more on a unit, and what covers a gap."""

import re
from datetime import datetime, timedelta

from agent.planners.embedded.counts import count_in
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle
from agent.planners.embedded.skills.wards import ward
from tools.results import Done, Refused

_NURSES = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six)\s+"
    r"(?:(?:more|extra|additional|outside|external|temp|float|med-?surg|icu|telemetry|tele|step-?down|medical|registry|"
    r"registered|agency|bank|locum|contract|travel|pairs?|sets?|of)\s+){0,3}"
    r"(?:agency|nurses?|rns?|floats?|travell?ers?|temps?|locums?|people|bodies|hands)\b|"
    r"\b(?:buy in|bring in|get|book|order|request|need|want|send|secure|hire|put in for)\s+(?:me |us )?"
    r"(two|three|four|five|six|[2-9])\b(?=\s*(?:$|[,.;]|(?:for|on|from|through|tonight|tomorrow|please)\b))",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:agency|external\w*|outside|travell?ers?|registry|locums?|temps?|contract|bank|buy in)\b", re.IGNORECASE
)


_OVERTIME = re.compile(r"\b(?:overtime|ot|extra hours|stay(?:s|ing)? (?:on|over|late))\b")
"""A nurse of ours who works longer; somebody named is one of ours."""
_LONGEST = timedelta(hours=24)
_BARE_NUMBER = re.compile(
    r"\W*(?:make (?:it|that) |no,? |actually,? |i need )?\w+(?: of them| please)?\W*", re.IGNORECASE
)


def request_agency(heard: Heard) -> Script:
    """What is needed against what is there, then the request."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which shift to come?", asks_for="day")
    if not heard.time.keys() & {"day", "start", "at"} or _is_long(heard):
        return question("For which shift: today, tonight, or another day?", asks_for="day")
    if (nurses := _nurses_said(heard)) > 1:
        return (yield from _several(heard, nurses))
    unit = ward(heard, own_first=True)
    need = yield from do("query_capacity", subject="staff", unit=unit, site=heard.site(), **heard.window())
    text = heard.text.casefold()
    left = heard.one("from_unit")
    named = heard.one("staff") is not None and left is None and "float" not in text
    source = "overtime" if named or _OVERTIME.search(text) else "float" if left or "float" in text else "agency"
    if source == "float" and not left and _OUTSIDE.search(text):
        source = "agency"  # "float's empty, go external"
    result = yield from do(
        "request_staffing",
        unit=unit,
        site=heard.site(),
        source=source,
        competency=heard.one("level_of_care"),
        staff=heard.one("staff"),
        from_unit=left,
        **shift_said(heard),
    )
    if isinstance(result, Refused):
        return (yield from settle("request_staffing", result, f"request a {source} nurse"))
    before = "" if isinstance(need, Refused) else f"{need.headline}\n\n"
    return Say(f"{before}{result.headline}", hides=("query_capacity",))


def _is_long(heard: Heard) -> bool:
    """Whether more than a shift or a day is said: nobody is asked for without rest from the 1st to the 14th."""
    start, end = (datetime.fromisoformat(heard.time[key]) if key in heard.time else None for key in ("start", "end"))
    return start is not None and end is not None and end - start > _LONGEST


def _nurses_said(heard: Heard) -> int:
    """How many nurses are wanted: a number that stands before them, not one of call-outs or patients."""
    if heard.follows and _BARE_NUMBER.fullmatch(heard.text) and heard.number():
        return heard.number() or 1
    found = _NURSES.search(heard.matter())
    number = count_in(found.group(1) or found.group(2), ()) if found else None
    return number if number is not None and number > 0 else 1


def _several(heard: Heard, nurses: int) -> Script:
    """Several nurses are one plan, of which there are options with their costs."""
    result = yield from do(
        "propose_allocation",
        goal="nurse_cover",
        unit=ward(heard, own_first=True),
        site=heard.site(),
        nurses=nurses,
        **shift_said(heard),
    )
    if isinstance(result, Done) and result.options:
        return Say(f"{result.headline} Say which one to submit.")
    return (yield from settle("propose_allocation", result, f"request {nurses} nurses"))


def shift_said(heard: Heard) -> dict[str, str]:
    """The shift said as start and end; a bare day means the night shift that starts then."""
    window = heard.window()
    if "start" in window or "day" not in window:
        return window
    return {"start": f"{window['day']}T12:00:00+00:00"}
