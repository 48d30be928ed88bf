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


@dataclass(frozen=True)
class RoomDay:
    """One operating room on one weekday: its service and surgeon (None: any of the service), its block if any."""

    site: str
    zone: str
    room: str
    day: date
    service: str
    owner: str | None
    assigned: bool
    given_up: bool


def surgeons_by_site(world: World) -> dict[tuple[str, str], list[str]]:
    """Surgeon ids per (site, service)."""
    found: dict[tuple[str, str], list[str]] = {}
    for person in world.of(Clinician):
        if person["role"] == "surgeon":
            for site in person["site_ids"]:
                found.setdefault((site, person["service_id"]), []).append(person["id"])
    return found


def room_days(frame: Frame, world: World) -> list[RoomDay]:
    """Every OR on every working day of the history and the horizon; holidays close."""
    surgeons = surgeons_by_site(world)
    rng = frame.rng("blocks")
    days = frame.workdays(-HISTORY_DAYS, AHEAD_DAYS)
    found = []
    for site in SITES:
        for number, service in enumerate(site.rooms, 1):
            here = surgeons[site.id, service]
            template = [
                (None if rng.random() < 0.2 else here[int(rng.integers(len(here)))], rng.random() > UNASSIGNED_SHARE)
                for _ in range(5)
            ]
            given_up = (rng.random(len(days)) < GIVEN_UP_SHARE).tolist()
            for day, gone in zip(days, given_up, strict=True):
                owner, assigned = template[day.weekday()]
                found.append(
                    RoomDay(site.id, site.zone, f"{site.id}-or-{number}", day, service, owner, assigned, gone)
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
