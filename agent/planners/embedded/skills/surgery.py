"""Operating rooms: add-ons, changed cases, released blocks, substitutes, maintenance."""

import re
from datetime import datetime, timedelta
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle
from agent.planners.embedded.skills.reasons import reason_of
from tools.results import Done

_BANDS = {
    "emergent": ("emergent", "emergency", "immediately", "life-threatening", "within the hour", "within an hour"),
    "urgent": ("urgent", "within six hours", "within 6 hours"),
    "expedited": ("expedited", "by tomorrow", "within 24 hours", "in the next day", "semi-urgent"),
}
"""The words that people use for a band. Only what is said counts: nothing about the operation does."""
_CANCEL = re.compile(r"\b(?:cancel\w*|call(?:ed)? off|take \S+ off|scrub|drop)\b", re.IGNORECASE)
_SWAP = re.compile(r"\b(?:swap\w*|switch\w*|exchange|trade|change places|reorder|before|after)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:earlier|forward|up by|sooner)\b", re.IGNORECASE)
_SHIFT = re.compile(r"\b(?:back|later|delay|push|earlier|forward|sooner)\b", re.IGNORECASE)


def add_on_case(heard: Heard) -> Script:
    """Places for an urgent case; the band and who chose it are asked for, never guessed."""
    if not any(heard.one(kind) for kind in ("procedure", "service", "case")):
        return question("Which operation is it?", asks_for="procedure")
    band = _band(heard)
    if band is None:
        text = "Which urgency band did the surgeon or anaesthetist choose? I never infer it."
        return question(text, tuple(_BANDS), asks_for="urgency")
    surgeon = heard.one("clinician")
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
    said = heard.matter().casefold()
    return next((band for band, words in _BANDS.items() if any(word in said for word in words)), None)


def change_case(heard: Heard) -> Script:
    """Move, swap or cancel what is named; without a place or time the options are shown."""
    cases = tuple(heard.slots.get("case", ()))
    if not cases:
        return question("Which case? Please give its number.", asks_for="case")
    text = heard.matter()
    if _CANCEL.search(text):
        return (yield from _send(heard, change="cancel", cases=cases, reason=reason_of(heard)))
    if len(cases) > 1 and _SWAP.search(text):
        return (yield from _send(heard, change="swap", cases=cases))
    where = {"room": heard.one("room"), "site": heard.one("site")}
    shift = _shift(heard)
    start = heard.time.get("at") or heard.time.get("until")
    if shift is None and start is None and where["room"] is None:
        result = yield from do(
            "propose_allocation", goal="surgical_case", case=cases[0], site=heard.site(), **heard.window()
        )
        if isinstance(result, Done) and result.options:
            return Say(f"{result.headline} Say which one to submit.")
        return (yield from settle("propose_allocation", result, f"find another place for {cases[0]}"))
    day = heard.time.get("day") if start is None else None
    return (yield from _send(heard, cases=cases, start=start, day=day, later_minutes=shift, **where))


def _send(heard: Heard, **args: Any) -> Script:
    """Ask for the change; several plans (one per surgeon) each go to their own people."""
    result = yield from do("change_case", **args)
    about = f"change {', '.join(args['cases'])}"
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("change_case", result, about))
    return (yield from _submit_each(result, about))


def _submit_each(shown: Done, about: str) -> Script:
    """Send every plan on its own way, and say what became of each."""
    said = [shown.headline]
    kind = "answer"
    for plan in shown.options:
        sent = yield from do("submit_plan", plan=plan.id)
        end = yield from settle("submit_plan", sent, about)
        said.append(end.text)
        kind = end.kind if end.kind != "answer" else kind
    return Say(" ".join(said), kind=kind)


def _shift(heard: Heard) -> int | None:
    """Minutes later (earlier: negative), when a length and a direction are said."""
    minutes = heard.minutes()
    if minutes is None or not _SHIFT.search(heard.text):
        return None
    return -minutes if _EARLIER.search(heard.text) else minutes


def release_block(heard: Heard) -> Script:
    """Give back the block named; a question only shows what could be given back."""
    args = {
        "clinician": heard.one("clinician"),
        "service": heard.one("service"),
        "room": heard.one("room"),
        "site": heard.one("site"),
        **heard.window(),
    }
    if heard.is_question:
        result = yield from do(
            "propose_allocation", goal="block_release", room=args["room"], service=args["service"],
            site=args["site"], surgeon=args["clinician"], **heard.window(),
        )  # fmt: skip
        return (yield from settle("propose_allocation", result, "find block time to release"))
    result = yield from do("release_block", **args)
    return (yield from settle("release_block", result, "release block time"))


def substitute_item(heard: Heard) -> Script:
    """One plan per surgeon, each sent to its surgeon; a question only shows them."""
    items = heard.slots.get("item", [])
    if not items:
        return question("Which planned item should be replaced?", asks_for="item")
    item, instead = _which_for_which(heard, items)
    result = yield from do(
        "substitute_item",
        item=item,
        substitute=instead,
        cases=tuple(heard.slots.get("case", ())) or None,
        surgeon=heard.one("clinician"),
        site=heard.one("site"),
    )
    about = f"use another item than {item}"
    if not isinstance(result, Done) or not result.options:
        return (yield from settle("substitute_item", result, about))
    if heard.is_question:
        return Say(f"{result.headline} Say so and I ask each surgeon.")
    return (yield from _submit_each(result, about))


_NEW_FIRST = re.compile(r"\b(?:instead of|in place of|rather than|for)\b", re.IGNORECASE)
_NEW_LAST = re.compile(r"\b(?:with|by|to)\b", re.IGNORECASE)


def _which_for_which(heard: Heard, items: list[str]) -> tuple[str, str | None]:
    """What is planned and what comes instead: "use B instead of A", "replace A with B", "A is short, use B"."""
    if len(items) < 2:
        return items[0], None
    first, second = (mention for mention in heard.named("item")[:2]) if len(heard.named("item")) > 1 else (None, None)
    if first is not None and second is not None:
        between = heard.text[first.end : second.start]
        before = heard.text[: first.start].casefold()
        swaps = re.search(r"\b(?:swap|replace|switch|exchange)\b", before) is not None
        if _NEW_FIRST.search(between) and not (swaps and not re.search(r"instead|rather|place", between)):
            return items[1], items[0]
    return items[0], items[1]


def request_maintenance(heard: Heard) -> Script:
    """Plan maintenance of a room or device over a window."""
    room = heard.one("room") or heard.one("scanner")
    device = heard.one("equipment") if room is None else None
    if room is None and device is None:
        return question("Which room or device is it about?", asks_for="room")
    start, end = _window(heard)
    if start is None or end is None:
        return question("From when until when should it be out?", asks_for="start")
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


def _window(heard: Heard) -> tuple[str | None, str | None]:
    """From when to when: a window, or a moment with a length or an end."""
    start = heard.time.get("start") or heard.time.get("at")
    end = heard.time.get("end") or heard.time.get("until")
    if start is not None and end is None and (minutes := heard.minutes()) is not None:
        end = (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()
    return start, end
