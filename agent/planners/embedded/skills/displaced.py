"""What is booked on a lost room, scanner, device or person: where it can go instead."""

import re
from dataclasses import replace
from datetime import timedelta

from agent.planners.embedded.date_values import Moment, Window
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.devices import device_of
from hospital.ids import ClinicianId
from hospital.model.people import Clinician
from tools.results import Done, Refused

LOST = ("room", "scanner", "equipment", "clinician")
"""What can be lost, by the slot that names it."""
_ARGUMENT = {"room": "room", "scanner": "room", "equipment": "device", "clinician": "clinician"}

_SURE_TO_SEND = 0.6
"""Below this probability the options are only shown."""
_ASKS_LAST = re.compile(r"[,;.:!–-]\s*(?:and |so |now )?(?:who|whom|whose|which|what|where|how)\b", re.IGNORECASE)
"""A question after what is told: "she is ill, who is affected"."""
_BACK = re.compile(r"\b(?:back|again|return\w*|repaired|fixed)\b", re.IGNORECASE)
"""A moment at which it can be used again, rather than one at which it fails."""


_SUPPOSES = re.compile(
    r"\b(?:if|suppos\w+|imagine|assum\w+|hypothetical\w*|what would|could we)\b|"
    r"^\W*(?:(?:and|so|ok)\W+)*(?:can|could) (?!(?:you|we|i|u|someone)\b)",
    re.IGNORECASE,
)
"""What is only imagined sends nothing."""


def displace(heard: Heard) -> Script:
    """New places for all that is booked on what is lost; a command also sends operations on their way.

    A question does not, and visits wait until each patient has agreed.
    """
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. Which time from now on?", asks_for="day")
    lost = _lost(heard)
    site = heard.one("site") or _before(heard, "site")
    if _holds_operations(heard):
        free = yield from do("query_capacity", subject="or", site=site)
        if isinstance(free, Refused):
            return tell(free)
    if len(several := heard.slots.get(next(iter(_lost_kind(heard)), ""), [])) > 1:
        return (yield from _each(heard, several, site))
    result = yield from do("propose_allocation", goal="displacement", site=site, **_away(heard), **lost)
    if not isinstance(result, Done) or not result.options:
        said = yield from settle("propose_allocation", result, "find places for displaced cases")
        return replace(said, hides=("query_capacity",))
    visits = result.facts.get("kind") == "visits"
    if visits:
        return Say(f"{result.headline} Once a patient has agreed, say which one to submit.")
    told = heard.intent == "record_status"  # what was told asks for nothing
    changes_what_was_shown = heard.follows and bool(heard.memory.get("options"))
    if (
        told
        or changes_what_was_shown
        or heard.is_question
        or _SUPPOSES.search(heard.text)
        or _ASKS_LAST.search(heard.text)
        or not heard.sure(_SURE_TO_SEND)
    ):
        return Say(f"{result.headline} Say which option to submit.", hides=("query_capacity",))
    sent = yield from do("submit_plan", plan=result.options[0].id)
    said = yield from settle("submit_plan", sent, "move displaced cases")
    return Say(f"{result.headline} {said.text}", kind=said.kind, hides=("query_capacity",))


def would_be_displaced(heard: Heard) -> Script:
    """What would have to go elsewhere if that were lost; nothing is sent."""
    heard.is_question = True
    lost = [one.ids[0] for one in heard.named("room") if one.ids and _WERE_LOST.match(heard.text[one.end :])]
    lost += [one.ids[0] for one in heard.named("room") if one.ids and _LOSING.search(heard.text[: one.start])]
    if lost:
        heard.slots["room"] = list(dict.fromkeys(lost))
    return (yield from displace(heard))


_WERE_LOST = re.compile(
    r"\W*(?:(?:was|is|were|goes|went|gets|got|had to|has to|needs? to|should|would|to|be)\W+)*"
    r"(?:lost|down|out|closed?|shut|flooded|off|unusable|fail\w*|break\w*|broke\w*)\b",
    re.IGNORECASE,
)
_LOSING = re.compile(r"\b(?:los(?:e|t|ing)|without|clos(?:e|ed|ing)|shut(?:ting)?)\s+(?:the\s+)?$", re.IGNORECASE)
"""Which of several rooms named is the one that is lost: "could OR 9 take it if OR 2 was lost"."""


def _lost_kind(heard: Heard) -> tuple[str, ...]:
    """The kind of what is lost, when it is named here."""
    return tuple(kind for kind in LOST if heard.slots.get(kind))[:1]


def _each(heard: Heard, several: list[str], site: str | None) -> Script:
    """What can move from each of several lost things; nothing is sent, for they may want the same places."""
    kind = _ARGUMENT[_lost_kind(heard)[0]]
    said = []
    for one in several:
        result = yield from do("propose_allocation", goal="displacement", site=site, **_away(heard), **{kind: one})
        said.append(result.sentence if isinstance(result, Refused) else result.headline)
    return Say(" ".join([*said, "Say which option to submit."]), hides=("query_capacity",))


def _holds_operations(heard: Heard) -> bool:
    """Whether operating time is what is needed instead, rather than visits: not for a scanner or a physician."""
    if heard.one("scanner") is not None:
        return False
    person = heard.asked.world.get(Clinician, ClinicianId(heard.one("clinician") or ""))
    return person is None or person.role in ("surgeon", "anaesthesiologist")


_ONE_DAY = timedelta(hours=25)


def _away(heard: Heard) -> dict[str, str]:
    """From when until when it is lost, as far as that is said; "until Wednesday" means back on Wednesday."""
    windows = [when for when in heard.times if isinstance(when, Window) and not when.excluded]
    during = [when for when in windows if when.bound == "at"]
    back = [when.start.isoformat() for when in windows if when.bound in ("by", "before", "until")]
    found: dict[str, str] = {}
    if len(during) == 1 and during[0].grain == "day" and during[0].end - during[0].start <= _ONE_DAY:
        found = {"day": during[0].start.date().isoformat()}  # on the clock of wherever it is lost
    elif during:
        found = {
            "start": min(when.start for when in during).isoformat(),
            "end": max(when.end for when in during).isoformat(),
        }
    bounds = {when.bound for when in heard.times if isinstance(when, Moment)}
    if bounds & {"from", "after"}:
        found["start"] = heard.time["at"]
    elif "at" in bounds and _BACK.search(heard.text):
        back.append(heard.time["at"])
    if "until" in heard.time:
        back.append(heard.time["until"])
    elif not heard.times:
        found = heard.window()
    return {**found, "end": back[-1]} if back else found


def _lost(heard: Heard) -> dict[str, str]:
    """What is lost: as said now, or as recorded the turn before; nothing: the rooms that are down."""
    if (kind := heard.one("equipment")) is not None and not heard.one("room") and not heard.one("scanner"):
        device = device_of(heard, kind)
        return {"device": str(device.id) if device is not None else kind}
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
