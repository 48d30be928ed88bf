"""The held-aside set as values: single messages, conversations, guard pairs. Refuses what it cannot read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HOME = Path(__file__).parent
NOW = datetime(2026, 9, 14, 8, tzinfo=ZoneInfo("America/Chicago"))
"""The business clock of the set: a Monday morning."""
THINGS = (
    "site", "unit", "room", "bed", "clinic", "service", "clinician", "staff", "patient", "item", "procedure",
    "equipment", "case", "requisition", "appointment", "scanner", "level_of_care", "cost_centre",
)  # fmt: skip
"""Kinds of things that may be expected, by the lexicon's names."""


@dataclass(frozen=True)
class Expected:
    """What should be understood of one message: one of `intents`, exactly these things, this time and number.

    `times` has the keys of `Heard.time` (`day`, `start`, `end`, `at`, `until`, `minutes`), as ISO text or digits.
    """

    intents: tuple[str, ...]
    things: Mapping[str, frozenset[str]]
    times: Mapping[str, str]
    count: int | None = None
    everywhere: bool = False
    timed: bool = True
    """Whether its time matters: not where a time is only part of what is told."""
    asks: bool = False
    """Whether something needed is missing, so that one question is the right answer."""


@dataclass(frozen=True)
class Turn:
    """One message and what should be understood of it, together with the turns before."""

    say: str
    expected: Expected


@dataclass(frozen=True)
class Talk:
    """One speaker's turns: a single message, or a conversation."""

    name: str
    user: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class GuardPair:
    """What a rule of the guard stops, and what a harmless person says in almost the same words."""

    rule: str
    user: str
    say: str
    twin: str


def singles(folder: Path = HOME / "single") -> tuple[Talk, ...]:
    """The single messages, in the order of the files."""
    return tuple(talk for path in sorted(folder.glob("*.yaml")) for talk in _singles_of(path))


def outside_set() -> tuple[Talk, ...]:
    """The single messages that nobody here wrote."""
    return singles(HOME / "outside" / "said")


def blind_set() -> tuple[Talk, ...]:
    """Messages and conversations of which nobody who teaches the planner has read a sentence."""
    return _all_of(HOME / "blind")


def practice_set() -> tuple[Talk, ...]:
    """Messages and conversations to mend the planner by: their failures are read."""
    return _all_of(HOME / "practice")


def _all_of(folder: Path) -> tuple[Talk, ...]:
    return (*singles(folder / "single"), *conversations(folder / "conversations.yaml"))


def conversations(path: Path = HOME / "conversations.yaml") -> tuple[Talk, ...]:
    """The conversations."""
    return tuple(
        Talk(row["id"], row["as"], tuple(Turn(turn["say"], _expected(turn, turn["intent"])) for turn in row["turns"]))
        for row in _content(path)
    )


def guard_pairs(path: Path = HOME / "guard.yaml") -> tuple[GuardPair, ...]:
    """What the guard stops, with its allowed twins."""
    return tuple(GuardPair(row["rule"], row["as"], row["say"], row["twin"]) for row in _content(path))


def _content(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Plain)


class _Plain(yaml.SafeLoader):
    """YAML in which a date stays the text it was written as."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _singles_of(path: Path) -> Iterator[Talk]:
    content = _content(path)
    for intent, rows in content["intents"].items():
        for number, row in enumerate(rows, start=1):
            turn = Turn(row["say"], _expected(row, row.get("intent", intent)))
            yield Talk(f"{intent}-{number}", row.get("as", content["as"]), (turn,))


def _expected(row: Mapping[str, Any], intent: str | list[str]) -> Expected:
    known = {"say", "as", "intent", "outcome", "when", "at", "until", "minutes", "count", "everywhere", *THINGS}
    if unknown := row.keys() - known:
        raise ValueError(
            f"{row['say']!r}: {', '.join(sorted(unknown))} is no slot; there are {', '.join(sorted(known))}"
        )
    when = str(row.get("when", ""))
    timed = when != "any"
    return Expected(
        intents=tuple(intent) if isinstance(intent, list) else (intent,),
        things={kind: frozenset(map(str, _many(row[kind]))) for kind in THINGS if kind in row},
        times={**_when(when if timed else ""), **_moments(row)},
        count=row.get("count"),
        timed=timed,
        everywhere=bool(row.get("everywhere")),
        asks=row.get("outcome") == "clarify",
    )


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _when(said: str) -> dict[str, str]:
    """A day, a month, or a stretch of time, as the planner writes it."""
    if "/" in said:
        start, end = said.split("/")
        return {"start": _moment(start), "end": _moment(end)}
    if len(said) == len("2026-09"):
        first = date.fromisoformat(f"{said}-01")
        after = (first + timedelta(days=31)).replace(day=1)
        return {"start": _moment(first.isoformat()), "end": _moment(after.isoformat())}
    return {"day": date.fromisoformat(said).isoformat()} if said else {}


def _moments(row: Mapping[str, Any]) -> dict[str, str]:
    found = {key: _moment(row[key]) for key in ("at", "until") if key in row}
    return found | ({"minutes": str(row["minutes"])} if "minutes" in row else {})


def _moment(said: str) -> str:
    return datetime.fromisoformat(said).replace(tzinfo=NOW.tzinfo).isoformat()
