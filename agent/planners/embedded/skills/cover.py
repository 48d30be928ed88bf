"""Who can cover: what the unit needs, then options in fill order."""

import re

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.reads import read
from agent.planners.embedded.skills.staffing import shift_said
from tools.results import Done, Refused

_MORE = re.compile(r"\b(?:more|extra|another|additional|need (?:a|one|two|\d))\b", re.IGNORECASE)


_COVER = re.compile(r"\b(?:find|get|need|who|arrange|suggest)\b.{0,30}\bcover\b|\bcover for\b", re.IGNORECASE)


def staffing_need(heard: Heard) -> Script:
    """Nurses needed against rostered; when cover is asked for as well, who could come."""
    return (yield from (who_can_cover(heard) if _COVER.search(heard.text) else read(heard)))


def who_can_cover(heard: Heard) -> Script:
    """The need, and who could come: home staff, float, voluntary overtime, agency."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which shift to come?", asks_for="day")
    unit = heard.one("unit")
    need = yield from do("query_capacity", subject="staff", unit=unit, site=heard.site(), **heard.window())
    if isinstance(need, Refused):
        return tell(need)
    window = shift_said(heard) if "night" in heard.matter().casefold() else heard.window()
    # Where the ratio holds, a nurse more is wanted for another reason, as many as were said.
    enough = isinstance(need, Done) and need.facts.get("short") == 0
    more = (heard.count or 1) if enough and _MORE.search(heard.text) else None
    result = yield from do(
        "propose_allocation",
        goal="nurse_cover",
        unit=unit,
        site=heard.site(),
        staff=heard.one("staff"),
        nurses=more,
        **window,
    )
    if isinstance(result, Refused):
        return (yield from settle("request_staffing", result, "find cover"))
    said = result.headline
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit."
    return Say(said, hides=("query_capacity",))
