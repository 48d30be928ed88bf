"""Why a case cannot go somewhere, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np

from hospital.planning.case_pieces import runs
from hospital.planning.case_request import CaseRequest, say_level
from hospital.planning.case_site import Room
from hospital.planning.case_starts import Grid, SiteStarts, room_starts, room_uses
from hospital.planning.intervals import Interval, intersect, total_minutes
from hospital.planning.report import Rejected
from hospital.planning.series import Mask

MOST_RELAXED = 3
"""Constraints given up together at most; beyond that the wish itself is the problem."""


def thing(constraint: str, site: SiteStarts, request: CaseRequest) -> str:
    """The constraint as a thing one can have or lack."""
    kind, _, name = constraint.partition(" ")
    named = {one.id: one.name for one in site.site.surgeons}
    if kind == "implant":
        quantity = next(need.quantity for need in request.implants if need.item == name)
        return f"{name} ({quantity} needed)"
    if kind == "equipment":
        return name
    words = {
        "window": "time in the requested window",
        "room": "free room",
        "block": "open or own block time",
        "surgeon": f"time of {named.get(request.surgeon, request.surgeon)}" if request.surgeon else "surgeon",
        "anaesthesia": "anaesthetist",
        "team": f"scrub team of {request.team_size}",
        "pacu": "PACU bay",
        "bed": f"{say_level(request.post_op_level)} bed",
    }
    return words[kind]


@dataclass(frozen=True, slots=True)
class Why:
    """The questions 'why not' and 'what if not' for one site."""

    site: SiteStarts
    request: CaseRequest
    grid: Grid
    _seen: dict[tuple[tuple[str, ...], frozenset[str]], Mask] = field(default_factory=dict)

    def room_mask(self, rooms: Iterable[Room], without: frozenset[str] = frozenset()) -> Mask:
        """Starts at which a room and a surgeon who may use it are free; worked out once for each question."""
        some = tuple(rooms)
        key = tuple(room.id for room in some), without & {"surgeon", "block", "room"}
        if key not in self._seen:
            self._seen[key] = self._room_mask(some, without)
        return self._seen[key]

    def _room_mask(self, rooms: tuple[Room, ...], without: frozenset[str]) -> Mask:
        surgeons = self.site.surgeons
        nobody: Mask = np.zeros(self.grid.count, dtype=bool)
        anyone: Mask = np.logical_or.reduce([nobody, *surgeons.values()])
        if "surgeon" in without:
            anyone = ~nobody
        if "room" in without:
            return anyone
        mask = nobody.copy()
        for room in rooms:
            if not self.request.room_features <= room.features:
                continue
            if "block" in without:
                mask |= room_starts(room.all_free, self.request, self.grid) & anyone
                continue
            for use in room_uses(room, self.request, tuple(surgeons) or ("",)):
                people = anyone
                if "surgeon" not in without:
                    people = np.logical_or.reduce([surgeons.get(one, nobody) for one in use.surgeons])
                mask |= room_starts(use.spans, self.request, self.grid) & people
        return mask

    def feasible(self, rooms: Iterable[Room], scope: Mask, without: frozenset[str] = frozenset()) -> Mask:
        """Starts within the scope that hold with some constraints left out."""
        return scope & self.site.all_shared(without) & self.room_mask(rooms, without)

    def smallest(self, rooms: tuple[Room, ...], scope: Mask, most: int) -> tuple[tuple[frozenset[str], int], ...]:
        """The smallest sets of constraints to leave out, each with the first start that then holds."""
        names = (*self.site.shared, "surgeon", "block", "room")
        rows: dict[tuple[str, ...], Mask] = {
            gone: self.room_mask(rooms, frozenset(gone))
            for gone in ((), ("surgeon",), ("block",), ("room",), ("block", "surgeon"), ("room", "surgeon"))
        }
        for size in range(1, most + 1):
            found = []
            for names_out in combinations(names, size):
                out = frozenset(names_out)
                if {"block", "room"} <= out:
                    continue
                row = rows[tuple(sorted(out & {"surgeon", "block", "room"}))]
                holds = np.flatnonzero(scope & self.site.all_shared(out) & row)
                if len(holds):
                    found.append((out, int(holds[0])))
            if found:
                # A release is less than another room: where it is enough, do not ask for the room as well.
                sets = {out for out, _ in found}
                return tuple(
                    (out, start)
                    for out, start in found
                    if not ("room" in out and (out - {"room"}) | {"block"} in sets)
                )
        return ()

    def clock(self, index: int) -> str:
        """The start's local time of day."""
        return f"{self.grid.time(index).astimezone(ZoneInfo(self.site.site.zone)):%H:%M}"

    def when(self, constraint: str, allowed: Mask, scope: Mask) -> str:
        """'no ICU bed', or from or until when within the scope."""
        what = thing(constraint, self.site, self.request)
        where, asked = runs(allowed & scope), np.flatnonzero(scope)
        if not where:
            return f"no {what}"
        if len(where) == 1 and where[0][0] == asked[0]:
            return f"no {what} for a start after {self.clock(where[0][1])}"
        if len(where) == 1 and where[0][1] == asked[-1]:
            return f"no {what} for a start before {self.clock(where[0][0])}"
        return f"{what} only for a start at {self._spans(where)}"

    def _spans(self, where: list[tuple[int, int]]) -> str:
        return ", ".join(
            self.clock(first) if first == last else f"{self.clock(first)}-{self.clock(last)}"
            for first, last in where[:3]
        )

    def day_scope(self, day: date) -> Mask:
        """Starts of that local day inside the requested window and not past."""
        on_day = np.array([one == day for one in self.site.days], dtype=bool)
        scope: Mask = on_day & self.site.shared["window"] & self.site.now
        return scope

    def days(self) -> list[date]:
        """Local days with at least one start in the window."""
        inside = np.flatnonzero(self.site.shared["window"] & self.site.now)
        return sorted({self.site.days[i] for i in inside})

    def not_in(self, room: Room, day: date) -> Rejected | None:
        """Why the room cannot take the case that day; None when it can."""
        scope = self.day_scope(day)
        missing = self.request.room_features - room.features
        if missing:
            return self._rejected(room, None, "room", f"has no {', '.join(sorted(missing))}")
        if self.feasible((room,), scope).any():
            return None
        if not (scope & self.room_mask((room,), frozenset({"surgeon"}))).any():
            if (scope & self.room_mask((room,), frozenset({"surgeon", "block"}))).any():
                owners = sorted({time.owner_name or time.owner for time in room.free if time.owner})
                return self._rejected(room, day, "block", f"the time is a block of {', '.join(owners)}")
            return self._rejected(room, day, "room", self._too_short(room, day))
        for out, _ in self.smallest((room,), scope, MOST_RELAXED):
            return self._rejected(room, day, min(out), self._because((room,), out, scope))
        return self._rejected(room, day, "several", "several things are missing at once")

    def not_here(self, day: date) -> Rejected | None:
        """Why no room of the site can take the case that day; None when one can."""
        scope = self.day_scope(day)
        rooms = self.site.site.rooms
        if self.feasible(rooms, scope).any():
            return None
        for out, _ in self.smallest(rooms, scope, MOST_RELAXED):
            return self._rejected(None, day, min(out), self._because(rooms, out, scope))
        return self._rejected(None, day, "several", "several things are missing at once")

    def _because(self, rooms: tuple[Room, ...], out: frozenset[str], scope: Mask) -> str:
        reasons = []
        for name in sorted(out):
            if name in self.site.shared:
                reasons.append(self.when(name, self.site.shared[name], scope))
            elif name == "surgeon":
                everyone = np.logical_or.reduce([~scope & scope, *self.site.surgeons.values()])
                reasons.append(self.when(name, everyone, scope))
            else:
                reasons.append(f"no {thing(name, self.site, self.request)} of {self.request.room_minutes} min")
        words = " and ".join(reasons)
        if words.startswith("no ") and len(out) == 1 and " for a start " not in words:
            return words
        return f"{words}; all else would fit {self._spans(runs(self.feasible(rooms, scope, out)))}"

    def _too_short(self, room: Room, day: date) -> str:
        zone, starts = ZoneInfo(self.site.site.zone), np.flatnonzero(self.day_scope(day))
        first = self.grid.time(int(starts[0])).astimezone(zone).replace(hour=0, minute=0)
        today = [Interval(first, first.replace(hour=23, minute=59))]
        longest = max((total_minutes([span]) for span in intersect(room.all_free, today)), default=0)
        needed = self.request.room_minutes
        if longest == 0:
            return "not free"
        if longest < needed:
            return f"free only {longest} min of the {needed} needed"
        return f"no free {needed} min within the requested window"

    def _rejected(self, room: Room | None, day: date | None, constraint: str, why: str) -> Rejected:
        return Rejected(self.site.site.name, room.name if room else None, day, constraint, why)
