"""Whether what was heard is what was meant: the same matter, the same things, the same time and number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agent.planners.embedded.heard import Heard
from evals.understanding.items import NOW, THINGS, Expected

_LEVELS = ("icu", "pacu", "ed")
"""Levels of care that are one unit of a site: the unit and the level are two names of the same."""
_PLACE_OF_CARE = ("unit", "level_of_care")
_AT_A_SITE = ("room", "unit", "scanner", "bed")
_TITLE = re.compile(r"\b(?:mr|mrs|ms|miss|patient|pt|dr)\b\.?|'s$", re.IGNORECASE)


@dataclass(frozen=True)
class Understood:
    """What one message was taken for, as plain values."""

    intent: str
    things: Mapping[str, frozenset[str]]
    times: Mapping[str, str]
    count: int | None
    everywhere: bool
    unclear: tuple[str, ...]
    """Kinds of names that fit several things or none."""
    own: Mapping[str, frozenset[str]]
    """What "my" and "our" mean for the speaker, by kind."""


def understood(heard: Heard) -> Understood:
    """A lasting copy of what was heard, before any skill works with it."""
    things = {kind: frozenset(heard.slots[kind]) for kind in THINGS if heard.slots.get(kind)}
    codes = frozenset(code for code in heard.slots.get("code", []) if code.upper().startswith("APT-"))
    return Understood(
        heard.intent,
        things | ({"appointment": codes} if codes else {}),
        dict(heard.time),
        heard.count,
        heard.everywhere,
        tuple(kind for kind in heard.blurred if kind not in heard.slots),
        {kind: frozenset(heard.slots[f"home_{kind}"]) for kind in THINGS if f"home_{kind}" in heard.slots},
    )


def misheard(expected: Expected, found: Understood, home_site: str | None) -> tuple[str, ...]:
    """What differs, each as a short sentence; nothing when all is as it was meant.

    `home_site`: the speaker's, which is what an unsaid site means.
    """
    problems = []
    if found.intent not in expected.intents:
        problems.append(f"heard as {found.intent}")
    own = {kind: found.own[kind] for kind in expected.things.keys() & found.own.keys()}
    meant, heard = _plain(expected.things, home_site), _plain(own | dict(found.things), home_site)
    if meant.keys().isdisjoint(_PLACE_OF_CARE):  # where somebody comes from is named, but is not what is asked for
        heard["level_of_care"] = heard.get("level_of_care", frozenset()) - {"ed", "pacu"}
    elif len(heard.get("level_of_care", ())) > 1:
        heard["level_of_care"] -= frozenset({"ed", "pacu"}) - meant.get("level_of_care", frozenset())
    for kind in sorted(meant.keys() | heard.keys()):
        if not _same(kind, meant.get(kind, frozenset()), heard.get(kind, frozenset())):
            problems.append(f"{kind} {_said(heard.get(kind))}, not {_said(meant.get(kind))}")
    if not expected.asks:
        problems += [f"{kind} unclear" for kind in found.unclear if kind in meant]
    if expected.timed and (times := _clock(found.times)) != (due := _clock(expected.times)):
        problems.append(f"time {times}, not {due}")
    if expected.count is not None and found.count != expected.count:
        problems.append(f"count {found.count}, not {expected.count}")
    if expected.everywhere and not found.everywhere:
        problems.append("not every site")
    return tuple(problems)


def _plain(things: Mapping[str, frozenset[str]], home_site: str | None) -> dict[str, frozenset[str]]:
    """Two ways to name one thing made one: a clinic is a service at a site, an intensive care unit a level there."""
    plain = {kind: set(ids) for kind, ids in things.items()}
    for clinic in plain.pop("clinic", set()):
        site, _, service = clinic.partition("-")
        plain.setdefault("site", set()).add(site)
        plain.setdefault("service", set()).add(service)
    for unit in [unit for unit in plain.get("unit", set()) if unit.rpartition("-")[2] in _LEVELS]:
        site, _, level = unit.rpartition("-")
        plain["unit"].discard(unit)
        plain.setdefault("level_of_care", set()).add(level)
        plain.setdefault("site", set()).add(site)
    if any(plain.get(kind) for kind in _AT_A_SITE):
        plain.pop("site", None)
    elif home_site:
        plain.get("site", set()).discard(home_site)
    return {kind: frozenset(ids) for kind, ids in plain.items() if ids}


def _same(kind: str, meant: frozenset[str], heard: frozenset[str]) -> bool:
    if kind != "patient":
        return meant == heard
    return {_name(one) for one in meant} == {_name(one) for one in heard}


def _name(said: str) -> str:
    return _TITLE.sub("", said).strip(" .,'").casefold()


def _said(ids: frozenset[str] | None) -> str:
    return "+".join(sorted(ids)) if ids else "nothing"


def _clock(times: Mapping[str, str]) -> dict[str, str]:
    """The same times in one writing: whole days as days, an end alone, nothing for "now"."""
    found = dict(times)
    if "start" in found and "end" in found:
        start, end = datetime.fromisoformat(found["start"]), datetime.fromisoformat(found["end"])
        found |= {"start": start.isoformat(), "end": end.isoformat()}
        start = NOW if start.date() == NOW.date() and start < NOW else start  # "this week" begins today
        if start.time() == time(0) and end - start == timedelta(days=1):
            found["day"] = start.date().isoformat()
            del found["start"], found["end"]
        elif start == NOW:
            found["until"] = found.pop("end")
            del found["start"]
    if "at" in found and abs(datetime.fromisoformat(found["at"]) - NOW) < timedelta(minutes=1):
        del found["at"]
    if found.keys() & {"at", "until", "start"}:
        found.pop("day", None)
    elif found.get("day") == NOW.date().isoformat() and set(found) == {"day"} and "at" in times:
        found.pop("day")
    return found
