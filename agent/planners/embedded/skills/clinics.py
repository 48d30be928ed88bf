"""Clinics as a whole: what to change when demand is above capacity, overbooking, the waitlist."""

import re

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.reads import demand_forecast, read
from tools.results import Done, Refused

_ASKS_WHAT_TO_DO = re.compile(
    r"\b(?:what|how|which)\b.{0,40}\b(?:chang\w*|add\w*|do|adjust\w*|fix|cover|open|propose\w*|suggest\w*|close|cope|"
    r"absorb|meet|solve|recommend\w*)\b|\b(?:propose|suggest|recommend|plan for|options? (?:for|to)|make room|"
    r"extra sessions?|more sessions?|change the templates?)\b",
    re.IGNORECASE,
)


def demand_vs_capacity(heard: Heard) -> Script:
    """Demand against capacity; when it is also asked what to do about it, the change of the templates as well."""
    if _ASKS_WHAT_TO_DO.search(heard.text) is None:
        return (yield from read(heard))
    return (yield from template_change(heard))


def template_change(heard: Heard) -> Script:
    """The demand, the capacity, and one plan over sessions, rooms, people, devices and labour."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on do you mean?")
    asked = demand_forecast(heard)
    demand = yield from do("forecast_demand", **asked)
    if isinstance(demand, Refused):
        return tell(demand)
    where = {"service": asked["service"] or heard.user.home.service_id, "site": asked["site"] or "all"}
    free = yield from do("query_capacity", subject="clinic", visit_type="new", **where)
    result = yield from do("propose_allocation", goal="template", **{k: v for k, v in asked.items() if k != "subject"})
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "change the clinic templates"))
    offered = "" if isinstance(free, Refused) else f"\n\n{free.headline}"
    said = f"{demand.headline}{offered}\n\n{result.headline}"
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit."
    return Say(said, hides=("query_capacity",))
