"""What a message says once it is read: its intent, what it names, the time it means, what is carried over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from agent.planners.embedded.counts import count_in, place_in
from agent.planners.embedded.date_values import Daily, Minutes, Moment, When, Window
from agent.planners.embedded.date_words import LUNCH
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention
from agent.planners.port import Asked
from hospital.model.people import User

_EVERYWHERE = re.compile(
    r"\b(?:(?:any|all|every|each|whichever)(?: of the| the| our)?(?: five| 5)?(?: other)? "
    r"(?:sites?|hospitals?|campus(?:es)?|locations?)|which (?:of (?:the|our) )?(?:sites?|hospitals?|campus(?:es)?)|"
    r"anywhere(?! (?:near|close|in (?:the|our) (?:house|building|hospital))\b)|everywhere|"
    r"across (?:all|the (?:whole |entire )?system|sites)|"
    r"(?:the )?(?:whole|entire) (?:system|network|organi[sz]ation)|system-?wide|"
    r"in the (?:system|network)|"
    r"(?:doesn'?t|don'?t|does not|do not|not) (?:care|mind|matter|bothered)(?: about)? "
    r"(?:where|which (?:site|hospital)))\b",
    re.IGNORECASE,
)
CARRIED = (
    "site", "unit", "room", "clinic", "service", "clinician", "procedure", "item", "equipment", "level_of_care",
    "patient", "case", "requisition", "bed", "scanner", "from_unit", "staff", "appointment", "slot",
)  # fmt: skip
"""Kinds of things that a follow-up keeps unless it names another of the kind."""


_SOME_WEEKS = timedelta(days=21)
"""So far what lies after a day is looked at."""


_OWN = re.compile(r"\b(?:my|mine|i|i'm|me)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Blur:
    """A name that is not clear: the ids it may mean with how each is said; none when there is no such thing."""

    words: str
    ids: tuple[str, ...]
    said: tuple[str, ...]
    known: bool = True
    """Whether the words fit these at all; else they are only the nearest."""


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
    blurred: dict[str, tuple[Blur, ...]] = field(default_factory=dict)
    """Names of a kind that fit several things or none, until a question settles them."""
    earlier: str = ""
    """What was said before on the same matter."""
    born: date | None = None
    """A date of birth."""
    count: int | None = None
    """A quantity, said now or earlier on the same matter; may be zero or negative."""
    number_of: str = ""
    """The kind of record of which a bare number is the number."""
    settled: bool = False
    """Whether the build of the message, rather than the classifier, says which matter it is."""
    rejects: bool = False
    """Whether somebody else than the person shown or named is wanted."""
    rejected: tuple[str, ...] = ()
    """Clinicians who are not wanted."""
    offered: dict[str, list[str]] = field(default_factory=dict)
    """What there was to choose from by kind, so that "the other one" is known."""
    figure: str | None = None
    """The key figure of the past that is asked about: named, meant, or gone on with."""
    follows: bool = False
    """Whether it goes on with the matter of the turn before."""

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

    def site_or_house(self) -> str | None:
        """The site said; the speaker's own where every unit of it is meant rather than theirs."""
        return self.site() or (self.user.home.site_id if says_whole_house(self.text) else None)

    def window(self) -> dict[str, str]:
        """The time said, as tool arguments: nothing, `day`, or `start` and `end`."""
        if "start" in self.time:
            return {key: self.time[key] for key in ("start", "end") if key in self.time}
        return {"day": self.time["day"]} if "day" in self.time else {}

    def window_until(self) -> dict[str, str]:
        """As `window`, but "by Friday" and "before Tuesday" reach until then, "after the 20th" some weeks on."""
        only = self.times[0] if len(self.times) == 1 else None
        if not isinstance(only, Window) or only.bound in ("at", "until"):
            return self.window()
        if only.bound in ("by", "before"):
            return {"end": (only.end if only.bound == "by" else only.start).isoformat()}
        start = only.end if only.bound == "after" else only.start
        return {"start": start.isoformat(), "end": (start + _SOME_WEEKS).isoformat()}

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
        return count_in(self.text, [*taken, *((t.said.start, t.said.end) for t in self.times)])

    def ordinal(self) -> int | None:
        """Which one of a list is meant: 1 for the first, -1 for the last."""
        return place_in(self.text)

    def own_clinician(self) -> str | None:
        """The one who speaks, where they are a clinician and speak of what is theirs ("my second case")."""
        own = self.user.clinician_id
        return str(own) if own and _OWN.search(self.text) else None

    def sure(self, least: float) -> bool:
        """Whether the matter was settled or picked, or is as probable as this."""
        return self.settled or self.follows or self.ranking.confidence >= least

    def matter(self) -> str:
        """Everything said on this matter so far, the newest first."""
        return f"{self.text}\n{self.earlier}".strip()


_HOUSE = re.compile(
    r"\b(?:(?:whole|entire|full|across the|in the|the) (?:house|hospital|building)|house-? ?wide|"
    r"(?:all|every|each|which|what|any|whichever) (?:of the |other )?(?:units?|wards?|floors?)|overall|in total|"
    r"(?:by|per) (?:unit|ward|floor)|upstairs|the (?:floors|wards|units))\b",
    re.IGNORECASE,
)


def says_whole_house(text: str) -> bool:
    """Whether every unit of a site is meant, rather than the one spoken about."""
    return _HOUSE.search(text) is not None


def says_everywhere(text: str) -> bool:
    """Whether all sites are meant."""
    return _EVERYWHERE.search(text) is not None


def time_of(times: tuple[When, ...], now: datetime) -> dict[str, str]:
    """What the times of a message mean together, as ISO text: a day, a window, a moment, an end, minutes."""
    found: dict[str, str] = {}
    day: date | None = None
    over = any(isinstance(when, Window) and when.past for when in times)
    for when in sorted(times, key=_days_first):
        if isinstance(when, Minutes):
            found["minutes"] = str(when.minutes)
        elif when.excluded:
            continue
        elif over and isinstance(when, Moment) and not when.dated:
            continue  # "last month's discharges before noon": hours of the days that are over
        elif isinstance(when, Daily):
            if "start" not in found and "at" not in found and (shift := _coming(when, now, day)) is not None:
                found["start"], found["end"] = (edge.isoformat() for edge in shift)
        elif isinstance(when, Window):
            start, end = when.start, when.end
            if day is not None and when.grain == "part" and when.said.words.split()[-1].lower() in LUNCH:
                start, end = (edge + (day - when.start.date()) for edge in (start, end))  # of the day that is said
            if when.grain == "day" and when.bound == "at" and end - start <= timedelta(days=1, hours=2):
                day = start.date()
                found["day"] = day.isoformat()
            else:
                found["start"], found["end"] = start.isoformat(), end.isoformat()
        elif isinstance(when, Moment):
            at = when.at
            if not when.dated and day is not None:
                at = datetime.combine(day, at.timetz())
            key = "until" if when.bound in ("by", "before", "until") else "at"
            found[key] = at.isoformat()
            found.setdefault("day", at.date().isoformat())
    return found


def _days_first(when: When) -> int:
    """A moment without a date is on the day said elsewhere, and hours that repeat come last."""
    return 2 if isinstance(when, Daily) else 1 if isinstance(when, Moment) and not when.dated else 0


def _coming(hours: Daily, now: datetime, day: date | None) -> tuple[datetime, datetime] | None:
    """A shift or night said without a date is the coming one (or the running one): "the night shift", "overnight".

    `now` is in the zone in which the hours are meant; `day` is the day said elsewhere in the message.
    """
    night = hours.end < hours.start
    if not night and "shift" not in hours.said.words.casefold():
        return None
    days = [day] if day else [now.date() + timedelta(ahead) for ahead in range(-1, 8)]
    for first in days:
        start = datetime.combine(first, hours.start, now.tzinfo)
        end = datetime.combine(first + timedelta(1) if night else first, hours.end, now.tzinfo)
        if day or (first.weekday() in hours.weekdays and end > now):
            return start, end
    return None
