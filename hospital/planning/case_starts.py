"""For each constraint of a case, the starts it allows, as masks over a grid of possible wheels-in times."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np

from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_request import CaseRequest
from hospital.planning.case_site import Room, Site, enough
from hospital.planning.intervals import MINUTE, Spans
from hospital.planning.series import Mask

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

MAX_DAYS = 60
"""Days of starts looked at; longer windows are refused rather than searched in part."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Possible starts: `count` of them, `grain` minutes apart from `origin` (a full hour in UTC)."""

    origin: datetime
    grain: int
    count: int

    def time(self, index: int) -> datetime:
        """The start at this index, UTC."""
        return self.origin + index * self.grain * MINUTE

    def starts(self, spans: Spans, before: int, after: int) -> Mask:
        """Starts for which [start - before, start + after] (minutes) lies inside one of the spans."""
        mask = np.zeros(self.count, dtype=bool)
        for span in spans:
            first = -((self.origin - span.start - before * MINUTE) // (self.grain * MINUTE))
            last = (span.end - after * MINUTE - self.origin) // (self.grain * MINUTE)
            if last >= first and last >= 0:
                mask[max(first, 0) : last + 1] = True
        return mask

    def since(self, moment: datetime | None) -> Mask:
        """Starts at or after the moment; none when there is no moment."""
        mask = np.zeros(self.count, dtype=bool)
        if moment is not None:
            mask[max(0, -((self.origin - moment) // (self.grain * MINUTE))) :] = True
        return mask

    def days(self, zone: str) -> tuple[date, ...]:
        """The local date of every start."""
        return _days(self, zone)


@lru_cache(maxsize=32)
def _days(grid: Grid, zone: str) -> tuple[date, ...]:
    """Many cases look at one grid, so its calendar is made once."""
    step = 15 // grid.grain
    local = ZoneInfo(zone)
    return tuple(
        day
        for i in range(0, grid.count, step)
        for day in [grid.time(i).astimezone(local).date()] * min(step, grid.count - i)
    )


def grid_of(problem: CaseProblem) -> Grid:
    """A grid over the windows and all free room time given, so that what lies just outside can be named."""
    request = problem.request
    spans = list(chain(request.windows, *(room.all_free for site in problem.sites for room in site.rooms)))
    first = max(min(span.start for span in spans), request.asked_at).replace(minute=0, second=0, microsecond=0)
    last = max(max(span.end for span in spans), first + timedelta(hours=1))
    windows_end = max(window.end for window in request.windows)
    if windows_end - first > timedelta(days=MAX_DAYS):
        raise ValueError(f"windows reach to {windows_end.isoformat()}, more than {MAX_DAYS} days ahead")
    last = min(last, first + timedelta(days=MAX_DAYS))
    return Grid(first.astimezone(UTC), problem.grain, (last - first) // (problem.grain * MINUTE) + 1)


@dataclass(frozen=True, slots=True)
class SiteStarts:
    """One site's masks. `shared` holds each constraint's starts, whoever of its kind is taken."""

    site: Site
    now: Mask
    """Starts that are not in the past."""
    shared: Mapping[str, Mask]
    """By constraint: window, anaesthesia, team, pacu, bed, 'equipment KIND', 'implant ITEM'."""
    surgeons: Mapping[str, Mask]
    anaesthetists: Mapping[str, Mask]
    equipment: Mapping[str, Mapping[str, Mask]]
    needs_order: Mask
    """Starts that hold only if an implant is ordered now."""
    days: tuple[date, ...]

    def all_shared(self, without: frozenset[str] = frozenset()) -> Mask:
        """Starts that every shared constraint allows, some left out."""
        mask = self.now.copy()
        for name, allowed in self.shared.items():
            if name not in without:
                mask &= allowed
        return mask


def starts_at(site: Site, request: CaseRequest, grid: Grid) -> SiteStarts:
    """Turn everything the site has free into allowed starts."""
    case = request.case_minutes
    surgeons = {one.id: grid.starts(one.free, 0, case) for one in site.surgeons if request.surgeon in (None, one.id)}
    anaesthetists = {
        one.id: grid.starts(one.free, request.anaesthesia_lead_minutes, case + request.handover_minutes)
        for one in site.anaesthetists
    }
    shared: dict[str, Mask] = {
        "window": grid.starts(request.windows, 0, case),
        "anaesthesia": _any(list(anaesthetists.values()), grid.count),
        "team": grid.starts(
            enough(site.team, request.team_size), request.setup_minutes, case + request.cleanup_minutes
        )
        if request.team_size
        else np.ones(grid.count, dtype=bool),
    }
    after = case + request.pacu_minutes
    if request.pacu_minutes:
        shared["pacu"] = grid.starts(enough(site.pacu, 1), -case, after)
    if request.post_op_level is not None:
        beds = site.beds.get(request.post_op_level, ())
        shared["bed"] = grid.starts(enough(beds, 1), -after, after + max(request.stay_minutes, 1))
    equipment = {}
    for kind, needed in Counter(request.equipment).items():
        units = {
            one.id: grid.starts(one.free, 0, case + request.reprocessing_minutes)
            for one in site.equipment.get(kind, ())
        }
        equipment[kind] = units
        shared[f"equipment {kind}"] = _any(list(units.values()), grid.count, needed)
    needs_order = np.zeros(grid.count, dtype=bool)
    stock = {one.item: one for one in site.stock}
    for need in request.implants:
        held = stock.get(need.item)
        ready = grid.since(held.ready_from_stock(request.asked_at, need.quantity) if held else None)
        ordered = grid.since(held.ready_by_order(request.asked_at) if held else None)
        shared[f"implant {need.item}"] = ready | ordered
        needs_order |= ordered & ~ready
    return SiteStarts(
        site=site,
        now=grid.since(request.asked_at),
        shared=shared,
        surgeons=surgeons,
        anaesthetists=anaesthetists,
        equipment=equipment,
        needs_order=needs_order,
        days=grid.days(site.zone),
    )


def _any(masks: list[Mask], count: int, at_least: int = 1) -> Mask:
    total = np.zeros(count, dtype=np.int64)
    for mask in masks:
        total += mask
    enough_of_them: Mask = total >= at_least
    return enough_of_them


@dataclass(frozen=True, slots=True)
class RoomUse:
    """A room as one surgeon may use it (`surgeon`), or as every other surgeon of the service may (None)."""

    room: Room
    surgeon: str | None
    surgeons: tuple[str, ...]
    """The surgeons who use the room this way."""
    spans: Spans


def room_uses(room: Room, request: CaseRequest, surgeons: tuple[str, ...]) -> tuple[RoomUse, ...]:
    """The ways to use a room: one per surgeon with a block of their own in it, and one for all others."""
    owners = tuple(one for one in surgeons if any(time.owner == one for time in room.free))
    others = tuple(one for one in surgeons if one not in owners)
    uses = [RoomUse(room, one, (one,), room.usable_by(request.service, one)) for one in owners]
    if others:
        uses.append(RoomUse(room, None, others, room.usable_by(request.service, None)))
    return tuple(uses)


def room_starts(spans: Spans, request: CaseRequest, grid: Grid) -> Mask:
    """Starts for which setup, case and cleanup lie in one of the room's spans."""
    return grid.starts(spans, request.setup_minutes, request.case_minutes + request.cleanup_minutes)
