"""Who can cover: what the unit needs, then options in fill order."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.staffing import shift_said
from tools.results import Done, Refused


def who_can_cover(heard: Heard) -> Script:
    """The need, and who could come: home staff, float, voluntary overtime, agency."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which shift to come?", asks_for="day")
    unit = heard.one("unit")
    need = yield from do("query_capacity", subject="staff", unit=unit, site=heard.site(), **heard.window())
    if isinstance(need, Refused):
        return tell(need)
    window = shift_said(heard) if "night" in heard.matter().casefold() else heard.window()
    result = yield from do("propose_allocation", goal="nurse_cover", unit=unit, site=heard.site(), **window)
    if isinstance(result, Refused):
        return (yield from settle("request_staffing", result, "find cover"))
    said = result.headline
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit."
    return Say(said, hides=("query_capacity",))
