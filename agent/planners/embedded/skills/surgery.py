"""Operating rooms: what leaves a lost room, add-ons, changed cases, released blocks, substitutes, maintenance."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, settle, tell
from tools.results import Done, Refused

LOST = ("room", "equipment", "clinician")
"""What can be lost, by the slot that names it."""
_ARGUMENT = {"room": "room", "equipment": "device", "clinician": "clinician"}


def displace(heard: Heard) -> Script:
    """New places for all cases of what is lost; a command also sends the plan on its way, a question does not."""
    lost = _lost(heard)
    site = heard.one("site") or _before(heard, "site")
    free = yield from do("query_capacity", subject="or", site=site)
    if isinstance(free, Refused):
        return tell(free)
    until = heard.time.get("until") or heard.time.get("end")
    result = yield from do("propose_allocation", goal="displacement", site=site, end=until, **lost)
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("propose_allocation", result, "find places for displaced cases"))
    if heard.is_question:
        return Say(f"{result.headline} Say which option to submit.", hides=("query_capacity",))
    sent = yield from do("submit_plan", plan=result.options[0].id)
    said = yield from settle("submit_plan", sent, "move displaced cases")
    return Say(f"{result.headline} {said.text}", kind=said.kind, hides=("query_capacity",))


def _lost(heard: Heard) -> dict[str, str]:
    """What is lost: as said now, or as recorded the turn before; nothing: the rooms that are down."""
    for kind in LOST:
        if (name := heard.one(kind)) is not None:
            return {_ARGUMENT[kind]: name}
    for kind in LOST:
        if (name := _before(heard, kind)) is not None:
            return {_ARGUMENT[kind]: name}
    return {}


def _before(heard: Heard, kind: str) -> str | None:
    """The thing of a kind that a fact was recorded about in the turn before."""
    if heard.memory.get("intent") != "record_status":
        return None
    return next(iter(heard.memory.get("slots", {}).get(kind, [])), None)
