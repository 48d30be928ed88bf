"""Nurses: asking for one more on a unit, and what covers a gap."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle
from tools.results import Refused


def request_agency(heard: Heard) -> Script:
    """What is needed against what is there, then the request."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which shift to come?", asks_for="day")
    unit = heard.one("unit")
    need = yield from do("query_capacity", subject="staff", unit=unit, site=heard.site(), **heard.window())
    text = heard.text.casefold()
    left = heard.one("from_unit")
    source = "overtime" if "overtime" in text else "float" if left or "float" in text else "agency"
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


def shift_said(heard: Heard) -> dict[str, str]:
    """The shift said as start and end; a bare day means the night shift that starts then."""
    window = heard.window()
    if "start" in window or "day" not in window:
        return window
    return {"start": f"{window['day']}T12:00:00+00:00"}
