"""Whose OR time it is: the weekly block template, and each day's blocks with what was released."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hospital.model.bookings import Block
from hospital.model.people import Clinician
from middleware.sandbox.world.frame import AHEAD_DAYS, HISTORY_DAYS, Frame, Row, World
from middleware.sandbox.world.places import SITES
from middleware.sandbox.world.services import SERVICES

RELEASE_HOURS = {id: hours for id, _, _, hours in SERVICES}
OPEN, CLOSE = "07:30", "15:30"
UNASSIGNED_SHARE, GIVEN_UP_SHARE = 0.07, 0.05


REGULAR: dict[tuple[str, int], tuple[str, str]] = {
    ("northgate-or-2", 0): ("general", "surgeon.marchetti"),
    ("northgate-or-2", 2): ("cardiothoracic", "surgeon.adeyemi"),
    ("northgate-or-3", 1): ("spine", "surgeon.osei"),
    ("northgate-or-5", 3): ("orthopaedics", "surgeon.varga"),
    ("northgate-or-6", 4): ("orthopaedics", "surgeon.lund"),
    ("northgate-or-6", 1): ("orthopaedics", "surgeon.petrov"),
}
"""Weekly blocks of the named surgeons, by room and weekday; they have no other."""
FULL_DAY = ("northgate", 3)
"""A site and weekday on which every room has its block, so that only the told rooms have open time."""


@dataclass(frozen=True)
class RoomDay:
    """One operating room on one day: who has the block (None: any of the service), who operates, who stands in."""

    site: str
    zone: str
    room: str
    day: date
    service: str
    owner: str | None
    surgeon: str
    stand_ins: tuple[str, ...]
    assigned: bool
    given_up: bool


@dataclass(frozen=True)
class _Weekly:
    service: str
    owner: str | None
    surgeon: str
    assigned: bool


def surgeons_by_site(world: World) -> dict[tuple[str, str], list[str]]:
    """Surgeon ids per (site, service)."""
    found: dict[tuple[str, str], list[str]] = {}
    for person in world.of(Clinician):
        if person["role"] == "surgeon":
            for site in person["site_ids"]:
                found.setdefault((site, person["service_id"]), []).append(person["id"])
    return found


def _template(frame: Frame, surgeons: dict[tuple[str, str], list[str]]) -> dict[tuple[str, int], _Weekly]:
    """Room and weekday to block; on one weekday every surgeon has one room at most, as far as there are enough."""
    rng = frame.rng("block template")
    used: dict[int, set[str]] = {day: set() for day in range(5)}
    regular = {who for _, who in REGULAR.values()}
    found = {}
    for site in SITES:
        for number, service in enumerate(site.rooms, 1):
            for weekday in range(5):
                room = f"{site.id}-or-{number}"
                luck, chance = rng.random(2).tolist()
                if (room, weekday) in REGULAR:
                    found[room, weekday] = _Weekly(*REGULAR[room, weekday], REGULAR[room, weekday][1], True)
                    continue
                here = surgeons[site.id, service]
                idle = [id for id in here if id not in used[weekday] and id not in regular] or here
                who = idle[int(rng.integers(len(idle)))]
                used[weekday].add(who)
                assigned = luck > UNASSIGNED_SHARE or (site.id, weekday) == FULL_DAY
                found[room, weekday] = _Weekly(service, None if chance < 0.2 else who, who, assigned)
    return found


def room_days(frame: Frame, world: World) -> list[RoomDay]:
    """Every OR on every working day of the history and the horizon; holidays close."""
    surgeons = surgeons_by_site(world)
    template = _template(frame, surgeons)
    busy: dict[int, set[str]] = {day: set() for day in range(5)}
    for (_, weekday), weekly in template.items():
        busy[weekday].add(weekly.surgeon)
    days, told_day = frame.workdays(-HISTORY_DAYS, AHEAD_DAYS), frame.coming(3)
    found = []
    for site in SITES:
        for number in range(1, len(site.rooms) + 1):
            room = f"{site.id}-or-{number}"
            given_up = (frame.rng(f"given up {room}").random(len(days)) < GIVEN_UP_SHARE).tolist()
            for day, gone in zip(days, given_up, strict=True):
                weekly = template[room, day.weekday()]
                here = surgeons[site.id, weekly.service]
                idle = tuple(id for id in here if id not in busy[day.weekday()])
                gone = gone and not (site.id == FULL_DAY[0] and day == told_day)
                found.append(
                    RoomDay(
                        site.id,
                        site.zone,
                        room,
                        day,
                        weekly.service,
                        weekly.owner,
                        weekly.surgeon,
                        idle,
                        weekly.assigned,
                        gone,
                    )
                )
    return found


def block_row(
    frame: Frame,
    site: str,
    zone: str,
    room: str,
    day: date,
    service: str,
    owner: str | None,
    *,
    given_up: bool = False,
) -> Row:
    """One block from 07:30 to 15:30; past its time it has released itself."""
    start = frame.at(day, OPEN, zone)
    release = start - timedelta(hours=RELEASE_HOURS[service])
    gone = given_up or release <= frame.now
    mode = "voluntary" if given_up else "auto" if gone else None
    return {
        "id": f"BL-{room}-{day}",
        "site_id": site,
        "room_id": room,
        "service_id": service,
        "owner_id": owner,
        "start": start,
        "end": frame.at(day, CLOSE, zone),
        "auto_release_at": release,
        "state": "released" if gone else "allocated",
        "released_mode": mode,
    }


def build_blocks(frame: Frame, world: World, days: list[RoomDay], named: set[tuple[str, date]]) -> None:
    """Blocks of the history and the horizon; days of rooms that are told by name are left to them."""
    today = frame.today
    hours: dict[tuple[str, date], tuple[datetime, datetime]] = {}
    rows = []
    for item in days:
        if not item.assigned or (item.room, item.day) in named:
            continue
        key = (item.zone, item.day)
        if key not in hours:
            hours[key] = (frame.at(item.day, OPEN, item.zone), frame.at(item.day, CLOSE, item.zone))
        start, end = hours[key]
        release = start - timedelta(hours=RELEASE_HOURS[item.service])
        # What was used in the past was not released; of what is to come, all past its time is.
        auto = item.day >= today and release <= frame.now
        given_up = item.given_up and item.day < today + timedelta(days=28)
        rows.append(
            {
                "id": f"BL-{item.room}-{item.day}", "site_id": item.site, "room_id": item.room,
                "service_id": item.service, "owner_id": item.owner, "start": start, "end": end,
                "auto_release_at": release,
                "state": "released" if given_up or auto else "allocated",
                "released_mode": "voluntary" if given_up else "auto" if auto else None,
            }
        )  # fmt: skip
    world.extend(Block, rows)
