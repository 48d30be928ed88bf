"""What one site has free for a case: rooms, people, equipment, stock, bays and staffed beds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hospital.planning.case_request import not_negative
from hospital.planning.intervals import MINUTE, Interval, Spans, aware, intersect, subtract, union


@dataclass(frozen=True, slots=True)
class RoomTime:
    """Free time of a room; with an owner (a surgeon or service id) it is that owner's unreleased block."""

    span: Interval
    owner: str | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """An operating room with what is free of bookings, holds and maintenance."""

    id: str
    name: str
    free: tuple[RoomTime, ...]
    features: frozenset[str] = frozenset()

    def usable_by(self, service: str, surgeon: str | None) -> Spans:
        """Open and released time, and the block time of this service or surgeon, merged."""
        return union(time.span for time in self.free if time.owner in (None, service, surgeon))

    @property
    def all_free(self) -> Spans:
        """Free time whoever it belongs to."""
        return union(time.span for time in self.free)


@dataclass(frozen=True, slots=True)
class Resource:
    """A surgeon of the service or an equipment unit, with the time it is free at this site."""

    id: str
    name: str
    free: Spans


@dataclass(frozen=True, slots=True)
class Anaesthetist:
    """On duty, with the cases already directed; free for one more while fewer than `cap` run at once."""

    id: str
    name: str
    duty: Spans
    cases: tuple[Interval, ...] = ()
    cap: int = 4

    def __post_init__(self) -> None:
        if self.cap < 1:
            raise ValueError(f"{self.name}: cap={self.cap} must be at least 1")

    @property
    def free(self) -> Spans:
        """On duty with fewer than `cap` concurrent cases."""
        edges = sorted([(case.start, 1) for case in self.cases] + [(case.end, -1) for case in self.cases])
        full: list[Interval] = []
        running, since = 0, None
        for moment, change in edges:
            running += change
            if running >= self.cap and since is None:
                since = moment
            elif running < self.cap and since is not None:
                if moment > since:
                    full.append(Interval(since, moment))
                since = None
        return subtract(self.duty, full)


@dataclass(frozen=True, slots=True)
class Count:
    """How many (nurses, bays, staffed beds) are free throughout the span; where no span says, none are."""

    span: Interval
    free: int

    def __post_init__(self) -> None:
        not_negative(f"count at {self.span.start.isoformat()}", free=self.free)


def enough(counts: Iterable[Count], need: int) -> Spans:
    """The time in which at least `need` are free; where spans overlap the least count holds."""
    levels = tuple(counts)
    return subtract(union(level.span for level in levels), [level.span for level in levels if level.free < need])


@dataclass(frozen=True, slots=True)
class Stock:
    """An item at a site. `arrivals` are (when, quantity) on order; an order now arrives after `lead_minutes`.

    What arrives is usable after `processing_minutes` (24 h for own sets, 48 h for loaners by default rules).
    """

    item: str
    on_hand: int
    reserved: int = 0
    arrivals: tuple[tuple[datetime, int], ...] = ()
    lead_minutes: int | None = None
    processing_minutes: int = 24 * 60

    def __post_init__(self) -> None:
        not_negative(
            self.item,
            on_hand=self.on_hand,
            reserved=self.reserved,
            lead_minutes=self.lead_minutes or 0,
            processing_minutes=self.processing_minutes,
        )

    def ready_from_stock(self, asked_at: datetime, quantity: int) -> datetime | None:
        """When so many unreserved ones are usable without ordering, or None for never."""
        have = self.on_hand - self.reserved
        if have >= quantity:
            return asked_at
        for moment, count in sorted(self.arrivals):
            have += count
            if have >= quantity:
                return max(asked_at, aware(self.item, moment) + timedelta(minutes=self.processing_minutes))
        return None

    def ready_by_order(self, asked_at: datetime) -> datetime | None:
        """When an order placed now would be usable, or None when it cannot be ordered."""
        if self.lead_minutes is None:
            return None
        return asked_at + (self.lead_minutes + self.processing_minutes) * MINUTE


@dataclass(frozen=True, slots=True)
class Site:
    """What one site can offer. `minute_rate` is the cost of an OR minute in cents (policies/data/money.toml)."""

    id: str
    name: str
    zone: str
    prime: Spans
    rooms: tuple[Room, ...]
    surgeons: tuple[Resource, ...]
    anaesthetists: tuple[Anaesthetist, ...]
    team: tuple[Count, ...]
    equipment: Mapping[str, tuple[Resource, ...]] = field(default_factory=dict)
    stock: tuple[Stock, ...] = ()
    pacu: tuple[Count, ...] = ()
    beds: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)
    minute_rate: int = 0

    def __post_init__(self) -> None:
        not_negative(self.name, minute_rate=self.minute_rate)
        for kind, ids in (
            ("rooms", [room.id for room in self.rooms]),
            ("surgeons", [surgeon.id for surgeon in self.surgeons]),
            ("anaesthetists", [anaesthetist.id for anaesthetist in self.anaesthetists]),
        ):
            if len(set(ids)) != len(ids):
                raise ValueError(f"{self.name}: {kind}={sorted(ids)} has the same id twice")
        ZoneInfo(self.zone)

    def prime_minutes(self, span: Interval) -> int:
        """Minutes of the span inside prime time."""
        return sum(part.minutes for part in intersect([span], self.prime))
