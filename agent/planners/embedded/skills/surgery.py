"""Operating rooms: add-ons, released blocks, maintenance."""

import re
from datetime import date, datetime, time, timedelta

from agent.planners.embedded.date_values import Moment
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle
from agent.planners.embedded.skills.cases import own_surgeon
from agent.planners.embedded.skills.devices import device_of, which_device
from tools.results import Done

_BANDS = {
    "emergent": ("emergent", "emergency", "immediately", "life-threatening", "within the hour", "within an hour"),
    "urgent": ("urgent", "within six hours", "within 6 hours"),
    "expedited": ("expedited", "by tomorrow", "within 24 hours", "in the next day", "semi-urgent"),
}
"""The words that people use for a band. Only what is said counts: nothing about the operation does."""


def add_on_case(heard: Heard) -> Script:
    """Places for an urgent case; the band and who chose it are asked for, never guessed."""
    if not any(heard.one(kind) for kind in ("procedure", "service", "case")):
        return question("Which operation is it?", asks_for="procedure")
    band = _band(heard)
    if band is None:
        text = "Which urgency band did the surgeon or anaesthetist choose? I never infer it."
        return question(text, tuple(_BANDS), asks_for="urgency")
    surgeon = heard.one("clinician") or own_surgeon(heard)
    if surgeon is None:
        return question(f"Which surgeon said that it is {band}?", asks_for="clinician")
    result = yield from do(
        "propose_allocation",
        goal="add_on",
        case=heard.one("case"),
        procedure=heard.one("procedure"),
        service=heard.one("service"),
        surgeon=surgeon,
        urgency=band,
        urgency_by=surgeon,
        patient=heard.one("patient"),
        minutes=heard.minutes(),
        site=heard.site(),
        equipment=tuple(heard.slots.get("equipment", ())) or None,
        post_op_level=heard.one("level_of_care"),
    )
    if isinstance(result, Done) and result.options:
        return Say(f"{result.headline} Say which one to submit.")
    return (yield from settle("propose_allocation", result, "find a place for an urgent case"))


def _band(heard: Heard) -> str | None:
    """The band said, now or earlier on this matter, or picked from the question."""
    if (picked := heard.one("urgency")) is not None:
        return picked
    said = heard.matter().casefold().replace("semi-urgent", "expedited").replace("semi urgent", "expedited")
    named = [band for band in _BANDS if re.search(rf"(?<!not )(?<!non-)\b{band}\b", said)]
    if named:
        return named[0] if len(named) == 1 else None  # a band's own name counts before "the emergency list"
    return next((band for band, words in _BANDS.items() if any(word in said for word in words)), None)


def release_block(heard: Heard) -> Script:
    """Give back the block named; a question, or words that give nothing, only show what could be given back."""
    args = {
        "clinician": heard.one("clinician"),
        "service": heard.one("service"),
        "room": heard.one("room"),
        "site": heard.one("site"),
        **_part_given_back(heard),
    }
    if heard.is_question or _GIVES.search(heard.matter()) is None:
        result = yield from do(
            "propose_allocation", goal="block_release", room=args["room"], service=args["service"],
            site=args["site"], surgeon=args["clinician"], **_part_given_back(heard),
        )  # fmt: skip
        return (yield from settle("propose_allocation", result, "find block time to release"))
    result = yield from do("release_block", **args)
    return (yield from settle("release_block", result, "release block time"))


_GIVES = re.compile(
    r"\b(?:releas\w*|giv\w*|gave|hand\w*|free\w*|open\w*|let\w*|return\w*|offer\w*|drop\w*|skip\w*|spare|yours|"
    r"cancel\w*|clear\w*|surrender\w*|relinquish\w*|unused|empty|unbooked|available|grabs|"
    r"some(?:one|body)|any(?:one|body)|others?|else|up to you|rest|remainder|only|no|not|never|without|n't|cannot|"
    r"away|abroad|leave|holiday|vacation|conference|congress|out|off|sick|ill|can have|may have|take|use)\b|n't\b",
    re.IGNORECASE,
)
"""Words with which time is given back, or that say why it is not needed; "next Tuesday stays mine" has none."""
_KEPT = re.compile(r"\b(?:rest|remainder|only needs?|keeps?|finish\w*)\b", re.IGNORECASE)
"""What is told is until when the time is used: the rest of it is given back."""


def _part_given_back(heard: Heard) -> dict[str, str]:
    """The time said; "Friday after 12" and "only from 2" give back what comes after, "until 10" what comes before."""
    window = heard.window()
    day = window.get("day")
    after = any(isinstance(when, Moment) and when.bound in ("after", "from") for when in heard.times)
    if day is not None and after and "at" in heard.time:
        start = datetime.fromisoformat(heard.time["at"])
        end = datetime.combine(date.fromisoformat(day) + timedelta(1), time.min, start.tzinfo)
        return {"start": start.isoformat(), "end": end.isoformat()}
    if day is not None and "until" in heard.time:
        until = datetime.fromisoformat(heard.time["until"])
        begins = datetime.combine(date.fromisoformat(day), time.min, until.tzinfo)
        if _KEPT.search(heard.text):
            return {"start": until.isoformat(), "end": (begins + timedelta(1)).isoformat()}
        return {"start": begins.isoformat(), "end": until.isoformat()}
    return window


def request_maintenance(heard: Heard) -> Script:
    """Plan maintenance of a room or device over a window."""
    room = heard.one("room") or heard.one("scanner")
    kind = heard.one("equipment") if room is None else None
    if room is None and kind is None:
        return question("Which room or device is it about?", asks_for="room")
    found = device_of(heard, kind) if kind is not None else None
    if kind is not None and found is None:
        return which_device(heard, kind)
    device = str(found.id) if found is not None else None
    start, end = _window(heard)
    if start is None or end is None:
        return question("From when until when should it be out?", asks_for="start")
    if (minutes := heard.minutes()) is not None and _minutes(start, end) > minutes:
        # "4 hours some time next week" takes no whole week
        return question(
            "At which day and hour within that time should it begin?", asks_for="start"
        )  # "4 hours some time next week" takes no whole week
    result = yield from do(
        "request_maintenance",
        room=room,
        device=device,
        site=heard.one("site"),
        start=start,
        end=end,
        note=heard.matter()[:300],
    )
    return (yield from settle("request_maintenance", result, f"plan maintenance of {room or device}"))


def _minutes(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) / timedelta(minutes=1)


def _window(heard: Heard) -> tuple[str | None, str | None]:
    """From when to when: a window, or a moment with a length or an end."""
    start = heard.time.get("start") or heard.time.get("at")
    end = heard.time.get("end") or heard.time.get("until")
    minutes = heard.minutes()
    if start is not None and end is not None and minutes is not None and "start" in heard.time:
        length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        if timedelta(minutes=minutes) < length:
            end = None if length < timedelta(hours=24) else end
            start = start if end is None else None  # of a whole day it is asked when in it
    if start is not None and end is None and (minutes := heard.minutes()) is not None:
        end = (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()
    return start, end
