"""What a resource's day holds: minutes by kind without counting any twice, and the gaps that are left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hospital.planning.intervals import Interval, Spans, fits, intersect, subtract, total_minutes, union

Kind = Literal["maintenance", "booked", "held", "released", "blocked", "unassigned"]

PRECEDENCE: tuple[Kind, ...] = ("maintenance", "booked", "held", "released", "blocked", "unassigned")
"""Who owns a minute that several labels claim, first wins.

A room under maintenance cannot be used, whatever is booked (the clash is reported apart); a booking is firmer
than a hold; a release takes its time out of the block it was cut from; what nobody claims is unassigned.
"""

OPEN_KINDS: tuple[Kind, ...] = ("released", "unassigned")
"""Kinds anybody may book; `blocked` time is free for its block's owner only."""

CLASHES: tuple[tuple[Kind, Kind], ...] = (
    ("maintenance", "booked"),
    ("maintenance", "held"),
    ("booked", "held"),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A span of the resource's time and its use; `ref` names the booking, hold, block or work order."""

    span: Interval
    kind: Kind
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Time that two uses claim at once, such as a case booked into maintenance."""

    span: Interval
    winner: Kind
    loser: Kind


@dataclass(frozen=True, slots=True)
class DayAccount:
    """A resource's open time by kind: the spans of all kinds are disjoint and make up `window`."""

    window: Spans
    spans: Mapping[Kind, Spans]
    clashes: tuple[Clash, ...]
    booked_outside: Spans
    """Booked time outside the open window (before opening, after hours)."""

    @property
    def minutes(self) -> dict[Kind, int]:
        """Whole minutes per kind, every kind present."""
        return {kind: total_minutes(self.spans[kind]) for kind in PRECEDENCE}

    @property
    def open_minutes(self) -> int:
        """Minutes of the open window."""
        return total_minutes(self.window)

    @property
    def free_minutes(self) -> int:
        """Minutes anybody may still book: released and unassigned."""
        return total_minutes(union(*(self.spans[kind] for kind in OPEN_KINDS)))

    def gaps(self, at_least: int = 0) -> dict[Kind, Spans]:
        """Free gaps of at least so many minutes per kind (released, blocked for its owner, unassigned)."""
        return {kind: fits(self.spans[kind], at_least) for kind in ("released", "blocked", "unassigned")}

    def open_gaps(self, at_least: int = 0, *, owner_of_block: bool = False) -> Spans:
        """Gaps of at least so many minutes that can be booked, adjacent kinds taken together.

        With `owner_of_block` the blocked time counts as well, as it does for the owner of the block.
        """
        kinds = (*OPEN_KINDS, "blocked") if owner_of_block else OPEN_KINDS
        return fits(union(*(self.spans[kind] for kind in kinds)), at_least)


def account(window: Interval | Iterable[Interval], uses: Iterable[Labelled]) -> DayAccount:
    """Split the open window by PRECEDENCE; every minute of it is counted exactly once."""
    opened = union([window] if isinstance(window, Interval) else window)
    claimed: dict[Kind, list[Interval]] = {kind: [] for kind in PRECEDENCE}
    for use in uses:
        claimed[use.kind].append(use.span)
    spans: dict[Kind, Spans] = {}
    left = opened
    for kind in PRECEDENCE:
        spans[kind] = left if kind == "unassigned" else intersect(left, claimed[kind])
        left = subtract(left, spans[kind])
    clashes = tuple(
        Clash(span, winner, loser)
        for winner, loser in CLASHES
        for span in intersect(opened, claimed[winner], claimed[loser])
    )
    return DayAccount(opened, spans, clashes, subtract(claimed["booked"], opened))


@dataclass(frozen=True, slots=True)
class BedCount:
    """Beds of one unit, physical and staffed told apart. Counts."""

    physical: int
    closed: int
    occupied: int
    reserved: int
    staffed: int

    def __post_init__(self) -> None:
        for name in ("physical", "closed", "occupied", "reserved", "staffed"):
            if (value := getattr(self, name)) < 0:
                raise ValueError(f"{name}={value} must not be negative")
        if self.closed > self.physical:
            raise ValueError(f"closed={self.closed} must not be more than physical={self.physical}")

    @property
    def free_physical(self) -> int:
        """Open beds with nobody in them and nobody expected, staffed or not."""
        return max(0, self.physical - self.closed - self.occupied - self.reserved)

    @property
    def free_staffed(self) -> int:
        """Beds that can take a patient now: open, empty, not promised and with a nurse."""
        return max(0, min(self.staffed, self.physical - self.closed) - self.occupied - self.reserved)
