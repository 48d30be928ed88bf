"""Overbooking by slot: how many visits more a session can take, with the overrun and the waits that are expected.

What is known of a slot is the chance that its visit is missed; nothing is known of the person in it. Expected values
are exact: the distribution of the backlog (minutes of work not yet done) is carried from slot to slot.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations
from math import inf
from statistics import fmean
from typing import Literal

from hospital.planning.relax import smallest_sets
from hospital.planning.report import ConstraintReport, Relaxation

MINUTE = timedelta(minutes=1)
Status = Literal["optimal", "infeasible", "empty"]
Backlog = dict[int, float]


@dataclass(frozen=True, slots=True)
class SlotRisk:
    """One slot of the template and the chance, 0 to 1, that its visit is missed.

    One that is not booked yet (reserved for urgent visits, or still free) may be any moment: it counts as taken, and
    no extra visit goes beside it.
    """

    id: str
    start: datetime
    end: datetime
    missed: float
    booked: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.missed <= 1:
            raise ValueError(f"{self.id}: missed={self.missed} must be between 0 and 1")
        if self.end <= self.start:
            raise ValueError(f"{self.id}: it ends before it starts")

    @property
    def minutes(self) -> int:
        """How long a visit in it takes."""
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True, slots=True)
class Session:
    """One clinician's session: its booked slots in order, how many more it may take, how often extras are missed."""

    id: str
    slots: tuple[SlotRisk, ...]
    cap: int
    extra_missed: float = 0.1

    def __post_init__(self) -> None:
        if list(self.slots) != sorted(self.slots, key=lambda one: one.start):
            raise ValueError(f"{self.id}: slots are not in order")


@dataclass(frozen=True, slots=True)
class Limits:
    """Minutes of overrun and of mean wait that are still acceptable as expected values (our judgement)."""

    overrun: float = 20
    wait: float = 10
    noticeable: float = 5
    """A group that waits so many minutes longer than all patients waits noticeably longer."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a session is expected to come to, in minutes; `waits` per booked slot."""

    overrun: float
    """Work into the breaks and past the end."""
    waits: Mapping[str, float]

    @property
    def wait(self) -> float:
        """The mean wait over the booked slots."""
        return fmean(self.waits.values()) if self.waits else 0.0


@dataclass(frozen=True, slots=True)
class Overbooked:
    """One session with the slots beside which one more visit is booked."""

    session: Session
    beside: tuple[SlotRisk, ...]
    before: Load
    after: Load

    @property
    def gained(self) -> float:
        """Visits more that are expected to take place."""
        return len(self.beside) * (1 - self.session.extra_missed)


@dataclass(frozen=True, slots=True)
class OverbookResult:
    """The sessions that can take more; `why_not` for the others, and what would have to give."""

    status: Status
    sessions: tuple[Overbooked, ...] = ()
    why_not: tuple[tuple[str, str], ...] = ()
    report: ConstraintReport = field(default_factory=lambda: ConstraintReport((), {}))
    relax: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupWait:
    """Expected wait of one group's booked visits, in minutes, before and after."""

    group: str
    visits: int
    before: float
    after: float


def overbook(sessions: Sequence[Session], limits: Limits | None = None, most: int | None = None) -> OverbookResult:
    """As many visits more per session as cap and limits allow (at most `most`), where they make people wait least."""
    limits = limits or Limits()
    if not any(slot.booked for session in sessions for slot in session.slots):
        return OverbookResult("empty")
    found, why_not, binding = [], [], set[str]()
    for session in sessions:
        best, why = _most(session, limits, most)
        if best is None:
            why_not.append((session.id, why))
        else:
            found.append(best)
        binding.add(why)
    slack = {"visits below the cap": sum(one.session.cap - len(one.beside) for one in found)}
    report = ConstraintReport(tuple(sorted(binding)), slack)
    if found:
        return OverbookResult("optimal", tuple(found), tuple(why_not), report)
    return OverbookResult("infeasible", (), tuple(why_not), report, _relax(sessions, limits, most))


def _relax(sessions: Sequence[Session], limits: Limits, most: int | None) -> tuple[Relaxation, ...]:
    """The smallest sets of limits without which one session could take one visit more."""

    def holds(names: frozenset[str]) -> bool:
        eased = replace(
            limits,
            overrun=inf if "overrun" in names else limits.overrun,
            wait=inf if "wait" in names else limits.wait,
        )
        with_room = [replace(one, cap=max(1, one.cap)) if "cap" in names else one for one in sessions]
        return any(_most(one, eased, most)[0] is not None for one in with_room)

    given = {
        "cap": "a higher cap of the clinic",
        "overrun": f"an expected overrun of more than {limits.overrun:g} min",
        "wait": f"an expected wait of more than {limits.wait:g} min",
    }
    return tuple(
        Relaxation(tuple(sorted(group)), " and ".join(given[name] for name in sorted(group)))
        for group in smallest_sets(given, holds)
    )


def load_of(session: Session, beside: Sequence[SlotRisk] = ()) -> Load:
    """What the session comes to with one more visit beside each of these slots."""
    extra = {slot.id for slot in beside}
    backlog: Backlog = {0: 1.0}
    waits: dict[str, float] = {}
    overrun = 0.0
    for n, slot in enumerate(session.slots):
        if slot.booked:
            waits[slot.id] = _mean(backlog)
        backlog = _arrives(backlog, slot.minutes, 1 - slot.missed)
        if slot.id in extra:
            backlog = _arrives(backlog, slot.minutes, 1 - session.extra_missed)
        backlog = _passes(backlog, slot.minutes)
        gap = (session.slots[n + 1].start - slot.end) // MINUTE if n + 1 < len(session.slots) else None
        if gap is None or gap > 0:
            overrun += _mean(backlog)
            backlog = _passes(backlog, gap or 0)
    return Load(overrun, waits)


def compare_groups(sessions: Sequence[Overbooked], group_of: Mapping[str, str]) -> tuple[GroupWait, ...]:
    """Expected waits of the booked visits by group, afterwards: the groups never were an input to what was chosen."""
    before: dict[str, list[float]] = defaultdict(list)
    after: dict[str, list[float]] = defaultdict(list)
    for one in sessions:
        for slot in one.session.slots:
            if not slot.booked:
                continue
            group = group_of.get(slot.id, "not known")
            before[group].append(one.before.waits[slot.id])
            after[group].append(one.after.waits[slot.id])
    return tuple(
        GroupWait(group, len(before[group]), fmean(before[group]), fmean(after[group])) for group in sorted(before)
    )


def waits_longer(groups: Sequence[GroupWait], limits: Limits | None = None) -> tuple[GroupWait, ...]:
    """The groups that would wait noticeably longer than all patients together."""
    limits = limits or Limits()
    visits = sum(one.visits for one in groups)
    if not visits:
        return ()
    overall = sum(one.after * one.visits for one in groups) / visits
    return tuple(one for one in groups if one.after - overall > limits.noticeable and one.after > one.before)


def _most(session: Session, limits: Limits, most: int | None) -> tuple[Overbooked | None, str]:
    """The largest number of extras within the limits, or None; and what keeps it from being larger."""
    before = load_of(session)
    best: Overbooked | None = None
    booked = [slot for slot in session.slots if slot.booked]
    top = min(session.cap, len(booked), session.cap if most is None else most)
    if top < 1:
        return None, "the cap of the session" if booked else "nothing is booked yet"
    for count in range(1, top + 1):
        loads = [(load_of(session, chosen), chosen) for chosen in combinations(booked, count)]
        load, chosen = min(loads, key=lambda one: (one[0].overrun + one[0].wait, [slot.id for slot in one[1]]))
        if load.overrun > limits.overrun:
            return best, f"expected overrun of at most {limits.overrun:g} min"
        if load.wait > limits.wait:
            return best, f"expected wait of at most {limits.wait:g} min"
        best = Overbooked(session, chosen, before, load)
    return best, "the cap of the session" if most is None or session.cap <= most else f"{most} a session as asked"


def _arrives(backlog: Backlog, minutes: int, comes: float) -> Backlog:
    found: Backlog = defaultdict(float)
    for waiting, chance in backlog.items():
        found[waiting + minutes] += chance * comes
        found[waiting] += chance * (1 - comes)
    return found


def _mean(backlog: Backlog) -> float:
    return sum(minutes * chance for minutes, chance in backlog.items())


def _passes(backlog: Backlog, minutes: int) -> Backlog:
    found: Backlog = defaultdict(float)
    for waiting, chance in backlog.items():
        found[max(0, waiting - minutes)] += chance
    return found
