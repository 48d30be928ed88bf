"""Who can cover: what the unit needs, then options in fill order."""

import re
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.assumed import assumptions_of
from agent.planners.embedded.skills.reads import read
from agent.planners.embedded.skills.staffing import shift_said
from agent.planners.embedded.skills.wards import ward
from agent.planners.embedded.skills.what_if import what_if
from tools.results import Done, Refused, Result

_TO_BE_REPLACED = re.compile(
    r"\b(?:backfill|replac\w+|cover for|instead of|take over|takes? (?:her|his|their)|place of|"
    r"is (?:out|off|ill|sick|gone)|(?:call|phon)\w* (?:out|off|in))\b|'s (?:shift|place|patients)",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|extra|another|additional|need (?:a|one|two|\d))\b", re.IGNORECASE)


_COVER = re.compile(r"\b(?:find|get|need|who|arrange|suggest)\b.{0,30}\bcover\b|\bcover for\b", re.IGNORECASE)


def staffing_need(heard: Heard) -> Script:
    """Nurses needed against rostered; for another number of patients, as it would be; who could come, if asked."""
    if any(one["kind"] in ("census", "nurses_there") and "unit" in one for one in assumptions_of(heard)):
        return (yield from what_if(heard))
    return (yield from (who_can_cover(heard) if _COVER.search(heard.text) else read(heard)))


def _asked_about(heard: Heard) -> str | None:
    """The nurse of whom is asked whether they could come; none for somebody whose place is to be taken."""
    return None if _TO_BE_REPLACED.search(heard.matter()) else heard.one("staff")


def who_can_cover(heard: Heard) -> Script:
    """The need, and who could come: home staff, float, voluntary overtime, agency."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which shift to come?", asks_for="day")
    unit = ward(heard, own_first=True)
    need = yield from do("query_capacity", subject="staff", unit=unit, site=heard.one("site"), **heard.window())
    if isinstance(need, Refused):
        return tell(need)
    if unit is None and isinstance(need, Done) and "units" in need.facts:
        short = [one for one in need.facts["units"] if one["short"]]
        if len(short) != 1:
            return _which_unit(need, short)
        unit = short[0]["unit_id"]
        need = yield from do("query_capacity", subject="staff", unit=unit, **heard.window())
    return (yield from _cover_of(heard, unit, need))


def _which_unit(need: Done, short: list[dict[str, Any]]) -> Say:
    """No unit is named and not just one is short: how they stand, and for which one it is."""
    if not short:
        return question(f"{need.headline} For which unit shall I look all the same?", asks_for="unit")
    names, ids = zip(*((one["unit"], one["unit_id"]) for one in short), strict=True)
    return question(f"{need.headline} For which of them?", choices=names, ids=ids, asks_for="unit")


def _cover_of(heard: Heard, unit: str | None, need: Result) -> Script:
    window = shift_said(heard) if "night" in heard.matter().casefold() else heard.window()
    # Where the ratio holds, a nurse more is wanted for another reason, as many as were said.
    enough = isinstance(need, Done) and need.facts.get("short") == 0
    more = (heard.count or 1) if enough and _MORE.search(heard.text) else None
    result = yield from do(
        "propose_allocation",
        goal="nurse_cover",
        unit=unit,
        site=heard.one("site"),
        staff=_asked_about(heard),
        nurses=more,
        **window,
    )
    if isinstance(result, Refused):
        return (yield from settle("request_staffing", result, "find cover"))
    said = result.headline
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit."
    return Say(said, hides=("query_capacity",))
