"""Block time that nobody has booked: which parts can be given up, and which waiting cases they would serve.

The order of those who wait is the rule, not a weight: urgent first, then by the date they were asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hospital.planning.intervals import MINUTE, Interval, Spans, fits, subtract
from hospital.planning.report import Relaxation

Status = Literal["parts found", "nothing to release", "no blocks"]


@dataclass(frozen=True, slots=True)
class BlockTime:
    """A block with what is booked in it, wheels-in to wheels-out."""

    id: str
    room: str
    owner: str
    span: Interval
    booked: Spans
    auto_release_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case without a place: its minutes with set-up and clean-up, and since when it waits."""

    id: str
    minutes: int
    urgent: bool
    since: datetime

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"{self.id}: minutes={self.minutes} must be at least 1")


@dataclass(frozen=True, slots=True)
class ReleaseProblem:
    """The blocks, who waits, the turnover kept after a booked case, and the shortest part worth giving up."""

    blocks: tuple[BlockTime, ...]
    waiting: tuple[WaitingCase, ...]
    now: datetime
    turnover: int = 25
    least_minutes: int = 60

    def __post_init__(self) -> None:
        if self.turnover < 0 or self.least_minutes < 1:
            raise ValueError(f"turnover={self.turnover} and least_minutes={self.least_minutes} must be positive")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be released, the waiting cases it would serve in their order, and what would be left free."""

    block: BlockTime
    span: Interval
    serves: tuple[str, ...]
    left_minutes: int


@dataclass(frozen=True, slots=True)
class ReleaseResult:
    """Parts, those that serve most minutes first; who is not served by any; why a block gives nothing."""

    status: Status
    parts: tuple[Part, ...]
    unserved: tuple[str, ...]
    why_not: tuple[str, ...]
    relax: tuple[Relaxation, ...]


def free_parts(block: BlockTime, turnover: int, least_minutes: int) -> Spans:
    """What can be given up: the booked cases keep their turnover on both sides."""
    kept = [Interval(span.start - turnover * MINUTE, span.end + turnover * MINUTE) for span in block.booked]
    return fits(subtract([block.span], kept), least_minutes)


def plan_release(problem: ReleaseProblem) -> ReleaseResult:
    """Parts of the blocks, earliest first in time, filled by rule with whoever waits longest and fits."""
    if not problem.blocks:
        return ReleaseResult("no blocks", (), tuple(case.id for case in problem.waiting), (), ())
    waiting = sorted(problem.waiting, key=lambda case: (not case.urgent, case.since, case.id))
    free: list[tuple[BlockTime, Interval]] = []
    why_not = []
    for block in sorted(problem.blocks, key=lambda block: (block.span.start, block.id)):
        if block.auto_release_at <= problem.now:
            why_not.append(f"{block.id} has released itself already")
            continue
        parts = free_parts(block, problem.turnover, problem.least_minutes)
        free += [(block, part) for part in parts]
        if not parts:
            why_not.append(f"{block.id} has no {problem.least_minutes} min in a piece that nobody has booked")
    served: set[str] = set()
    found = [_fill(block, span, waiting, served) for block, span in free]
    found.sort(key=lambda part: (part.left_minutes - part.span.minutes, part.span.start, part.block.id))
    unserved = tuple(case.id for case in waiting if case.id not in served)
    if found:
        return ReleaseResult("parts found", tuple(found), unserved, tuple(why_not), ())
    return ReleaseResult("nothing to release", (), unserved, tuple(why_not), _relax(problem))


def _fill(block: BlockTime, span: Interval, waiting: Sequence[WaitingCase], served: set[str]) -> Part:
    left, serves = span.minutes, []
    for case in waiting:
        if case.id not in served and case.minutes <= left:
            left -= case.minutes
            serves.append(case.id)
            served.add(case.id)
    return Part(block, span, tuple(serves), left)


def _relax(problem: ReleaseProblem) -> tuple[Relaxation, ...]:
    """The least that would have to give: a shorter part, or a booked case that moves."""
    standing = [block for block in problem.blocks if block.auto_release_at > problem.now]
    shorter = [span for block in standing for span in free_parts(block, problem.turnover, 1)]
    if shorter:
        longest = max(span.minutes for span in shorter)
        return (Relaxation(("least minutes",), f"a part of {longest} min, given that so short a part is wanted"),)
    if standing:
        return (Relaxation(("booked",), "a part of a block, given that a booked case moves out of it"),)
    return (Relaxation(("window",), "a later day: these blocks have released themselves, and their time is open"),)
