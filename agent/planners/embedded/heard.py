"""What a message says, once it is read: the intent, the things it names, the time it means, and what is carried over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from agent.planners.embedded.date_values import Daily, Minutes, Moment, When, Window
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention
from agent.planners.port import Asked
from hospital.model.people import User

_NUMBER_WORDS = {
    "one": 1, "a": 1, "an": 1, "another": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "dozen": 12, "twelve": 12,
}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_EVERYWHERE = re.compile(
    r"\b(?:(?:any|all|every|each|whichever)(?: of the| the| our)?(?: five| 5)?(?: other)? "
    r"(?:site|hospital|campus|location)s?|anywhere|everywhere|across (?:all|the system|sites))\b",
    re.IGNORECASE,
)
CARRIED = (
    "site", "unit", "room", "clinic", "service", "clinician", "procedure", "item", "equipment", "level_of_care",
    "patient", "case", "requisition", "bed", "scanner",
)  # fmt: skip
"""Kinds of things that a follow-up keeps unless it names another of the kind."""


@dataclass
class Heard:
    """One message, with the slots of the matter it goes on with."""

    asked: Asked
    text: str
    intent: str
    ranking: Ranking
    mentions: tuple[Mention, ...]
    times: tuple[When, ...]
    is_question: bool
    slots: dict[str, list[str]] = field(default_factory=dict)
    """Ids by kind, from this message and what is carried over."""
    time: dict[str, str] = field(default_factory=dict)
    """`start`, `end`, `day`, `at`, `minutes` as ISO text or digits."""
    everywhere: bool = False

    @property
    def user(self) -> User:
        """Who speaks."""
        return self.asked.user

    @property
    def memory(self) -> Mapping[str, Any]:
        """The dialogue state of the turn before."""
        return self.asked.memory

    def one(self, kind: str) -> str | None:
        """The first thing of a kind, or None."""
        found = self.slots.get(kind, [])
        return found[0] if found else None

    def named(self, kind: str) -> list[Mention]:
        """What this very message names of a kind, clear or not."""
        return [mention for mention in self.mentions if mention.kind == kind]

    def site(self) -> str | None:
        """The site said ("all" for any site), or None for home."""
        return "all" if self.everywhere else self.one("site")

    def window(self) -> dict[str, str]:
        """The time said, as tool arguments: nothing, `day`, or `start` and `end`."""
        if "start" in self.time:
            return {key: self.time[key] for key in ("start", "end") if key in self.time}
        return {"day": self.time["day"]} if "day" in self.time else {}

    def minutes(self) -> int | None:
        """The duration said."""
        return int(self.time["minutes"]) if "minutes" in self.time else None

    def at(self) -> datetime | None:
        """The moment said, when the day was said or carried."""
        return datetime.fromisoformat(self.time["at"]) if "at" in self.time else None

    def past(self) -> str | None:
        """The words of a time that is over already, or None."""
        return next((t.said.words for t in self.times if isinstance(t, Window | Moment) and t.past), None)

    def number(self) -> int | None:
        """A count said in digits or words, outside names, dates and codes; may be zero or negative."""
        taken = [(m.start, m.end) for m in self.mentions if m.kind != "home"]
        taken += [(t.said.start, t.said.end) for t in self.times]
        for found in re.finditer(r"(?<![\w.])-?\d+(?![\w.:])|[a-z]+", self.text, re.IGNORECASE):
            if any(start <= found.start() < end for start, end in taken):
                continue
            word = found.group().casefold()
            if word.lstrip("-").isdigit():
                return int(word)
            if word in _NUMBER_WORDS and word not in ("a", "an", "another"):
                return _NUMBER_WORDS[word]
        return None

    def ordinal(self) -> int | None:
        """Which one of a list is meant: 1 for the first, -1 for the last."""
        for word in re.findall(r"[a-z]+|\d+", self.text.casefold()):
            if word in _ORDINALS:
                return _ORDINALS[word]
        found = re.search(r"(?:option|number|no\.?|#)\s*(\d)", self.text, re.IGNORECASE)
        return int(found.group(1)) if found else None


def says_everywhere(text: str) -> bool:
    """Whether all sites are meant."""
    return _EVERYWHERE.search(text) is not None


def slots_of(mentions: tuple[Mention, ...], user: User) -> dict[str, list[str]]:
    """Ids by kind of what a message names; a code that nothing matches is kept as it was said."""
    slots: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.kind == "home":
            continue
        ids = list(mention.ids[:1]) or [mention.words]
        slots.setdefault(mention.kind, []).extend(ids)
        for other in ("level_of_care", "service"):
            if other != mention.kind and (also := mention.of(other)):
                slots.setdefault(f"also_{other}", []).extend(also[:1])
    if any(mention.kind == "home" for mention in mentions):
        for kind, id in (("unit", user.home.unit_id), ("site", user.home.site_id), ("service", user.home.service_id)):
            if id is not None:
                slots.setdefault(f"home_{kind}", []).append(id)
    return slots


def time_of(times: tuple[When, ...]) -> dict[str, str]:
    """What the times of a message mean together, as ISO text: a day with hours, a window, a moment, minutes."""
    found: dict[str, str] = {}
    day: date | None = None
    for when in times:
        if isinstance(when, Minutes):
            found["minutes"] = str(when.minutes)
        elif isinstance(when, Daily) or when.excluded:
            continue
        elif isinstance(when, Window):
            start, end = when.start, when.end
            if when.grain == "day" and when.bound == "at" and end - start <= timedelta(days=1, hours=2):
                day = start.date()
                found["day"] = day.isoformat()
            else:
                found["start"], found["end"] = start.isoformat(), end.isoformat()
        elif isinstance(when, Moment):
            at = when.at
            if not when.dated and day is not None:
                at = datetime.combine(day, at.timetz())
            key = "end" if when.bound in ("by", "before", "until") else "at"
            found[key] = at.isoformat()
            found.setdefault("day", at.date().isoformat())
    if "end" in found and "start" not in found:
        del found["end"]
    return found
