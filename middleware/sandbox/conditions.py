"""What can be made to go wrong in the sandbox, by name: late feeds, failing systems, flooded rooms, dirty beds."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hospital.clocks import SystemClock
from hospital.model.history import Feed
from hospital.model.places import Bed, Room, Site
from hospital.model.work import Setting
from hospital.ports import Reader
from middleware.sandbox.ensure import read_stamp
from middleware.sandbox.marks import AGE_BEFORE, LAG, PLACE_BEFORE, marks
from middleware.sandbox.services.faults import MODES, SLOW_SECONDS, Fault
from middleware.sandbox.switches import clear_switches, read_switches, set_switch
from middleware.store.database import SqlStore
from middleware.store.session import SqlUnitOfWork

SYSTEMS = ("ehr", "wfm", "erp")
FEEDS = ("ehr", "adt", "wfm", "erp", "inventory")
_UNITS = {"s": 1, "m": 60, "h": 3600}


def given(home: Path, store: SqlStore, condition: str, now: datetime | None = None) -> str:
    """Bring about a condition, such as `adt-lag=47m` (see `CONDITIONS`); a sentence saying what is now so.

    Lags are relative to `now`, the business clock: when left out, the moment the sandbox was built for if that was
    a frozen one, the system clock if not. Every process sees the condition with its next read.

    Raises:
        ValueError: for an unknown condition or value, with the nearest that exists; for a production store.
    """
    if not store.is_sandbox:
        raise ValueError("conditions are for a sandbox; this is a production store")
    name, equals, value = (part.strip().casefold() for part in condition.partition("="))
    for pattern, _, bring_about in CONDITIONS:
        if equals and (found := re.fullmatch(pattern, name)):
            return bring_about(home, store, found, value, now or business_now(store))
    near = _nearest(name, _names(store))
    raise ValueError(f"there is no condition {condition!r}; did you mean {near}?")


def clear(home: Path, store: SqlStore, now: datetime | None = None) -> str:
    """End every condition; places are again as they were before."""
    if not store.is_sandbox:
        raise ValueError("conditions are for a sandbox; this is a production store")
    clear_switches(home)
    with store.working() as work:
        for feed, age in marks(work, AGE_BEFORE).items():
            _hear_again(work, feed, int(age), now or business_now(store))
        for place, before in marks(work, PLACE_BEFORE).items():
            _restore(work, place, json.loads(before))
    return "No condition holds any more."


def standing(home: Path, store: SqlStore) -> list[str]:
    """The conditions that hold now, as they are given."""
    switched = [f"{name}={value['mode']}" for name, value in sorted(read_switches(home).items())]
    with store.reading() as world:
        late = [f"{feed}-lag={seconds}s" for feed, seconds in marks(world, LAG).items()]
        places = [_place_now(world, place) for place in marks(world, PLACE_BEFORE)]
    return [*switched, *late, *places]


def llm_is_down(home: Path) -> bool:
    """Whether the language model is to be treated as out of reach."""
    return read_switches(home).get("llm", {}).get("mode") == "down"


def business_now(store: SqlStore) -> datetime:
    """The moment a frozen sandbox was built for; the system clock's for a live one."""
    stamp = read_stamp(store)
    return stamp.moment if stamp is not None and stamp.frozen else SystemClock().now()


def _lag(_: Path, store: SqlStore, found: re.Match[str], value: str, now: datetime) -> str:
    amount = re.fullmatch(r"(\d+)([smh])", value)
    if amount is None:
        raise ValueError(f"{found[1]}-lag={value}: a lag is a number with s, m or h, such as 47m")
    seconds = int(amount[1]) * _UNITS[amount[2]]
    with store.working() as work:
        feed = work.get(Feed, found[1]) or Feed(id=found[1], last_event_at=now)
        work.put(feed.changed(last_event_at=now - timedelta(seconds=seconds)))
        if work.get(Setting, AGE_BEFORE + found[1]) is None:
            age = max(0, int((now - feed.last_event_at).total_seconds()))
            work.put(Setting(id=AGE_BEFORE + found[1], value=str(age)))
        work.put(Setting(id=LAG + found[1], value=str(seconds)))
    return f"The {found[1].upper()} feed was last heard of {amount[1]} {amount[2]} ago."


def _system(home: Path, _store: SqlStore, found: re.Match[str], value: str, _now: datetime) -> str:
    mode, _, rest = value.partition(":")
    if value == "up":
        set_switch(home, found[1], None)
        return f"The {found[1].upper()} is up."
    seconds = re.fullmatch(r"(\d+(?:\.\d+)?)s", rest)
    if mode not in MODES or (rest and (mode != "slow" or seconds is None)):
        near = _nearest(value, (*MODES, "up"))
        raise ValueError(f"{found[1]}={value}: a system is {', '.join(MODES)} or up; did you mean {near}?")
    fault = Fault.model_validate({"mode": mode, "seconds": float(seconds[1]) if seconds else SLOW_SECONDS})
    set_switch(home, found[1], fault.model_dump())
    how = f"slow ({fault.seconds:g} s an answer)" if mode == "slow" else mode
    return f"The {found[1].upper()} is now so: {how}."


def _model(home: Path, _: SqlStore, __: re.Match[str], value: str, ___: datetime) -> str:
    if value not in ("down", "up"):
        raise ValueError(f"llm={value}: the language model is down or up")
    set_switch(home, "llm", {"mode": "down"} if value == "down" else None)
    return f"The language model is {value}."


def _flood(_: Path, store: SqlStore, found: re.Match[str], value: str, now: datetime) -> str:
    if value != "flooded":
        raise ValueError(f"{found[0]}={value}: an operating room can be flooded")
    with store.working() as work:
        room = work.get(Room, f"{found[2]}-or-{found[1]}")
        if room is None or room.kind != "or":
            raise ValueError(f"there is no {found[0]}; did you mean {_nearest(found[0], _room_names(work))}?")
        _keep_before(work, room)
        work.put(
            room.changed(status="blocked", status_note="flooded", status_by="feed", status_at=now, status_until=None)
        )
        return f"{room.name} at {_site_name(work, room.site_id)} is blocked: flooded."


def _bed(_: Path, store: SqlStore, found: re.Match[str], value: str, now: datetime) -> str:
    if value not in ("dirty", "blocked"):
        raise ValueError(f"{found[0]}={value}: a bed can be dirty or blocked")
    with store.working() as work:
        named = {f"bed-{bed.label.casefold()}-{bed.site_id}": bed for bed in work.find(Bed)}
        bed = named.get(found[0])
        if bed is None:
            raise ValueError(f"there is no {found[0]}; did you mean {_nearest(found[0], named)}?")
        _keep_before(work, bed)
        work.put(bed.changed(status=value, status_by="feed", status_at=now))
        return f"Bed {bed.label} at {_site_name(work, bed.site_id)} is {value}."


_Give = Callable[[Path, SqlStore, re.Match[str], str, datetime], str]
CONDITIONS: tuple[tuple[str, str, _Give], ...] = (
    (rf"({'|'.join(FEEDS)})-lag", "FEED-lag=47m: that feed was last heard of so long ago (s, m or h)", _lag),
    (rf"({'|'.join(SYSTEMS)})", f"SYSTEM={'|'.join(MODES)}|up; slow:0.5s says how slow", _system),
    (r"llm", "llm=down|up: whether the language model can be reached", _model),
    (r"or(\d+)-([a-z0-9-]+)", "orN-SITE=flooded: the operating room is blocked", _flood),
    (r"bed-([a-z0-9-]+)-([a-z0-9]+)", "bed-LABEL-SITE=dirty|blocked", _bed),
)
"""The table of contents: which names, how they are written, and what brings them about."""


def _nearest(name: str, known: Iterable[str]) -> str:
    return get_close_matches(name, list(known), n=1, cutoff=0.0)[0]


def _names(store: SqlStore) -> list[str]:
    with store.reading() as world:
        beds = [f"bed-{label.casefold()}-{site}" for label, site in world.values(Bed, ("label", "site_id"))]
        return [*(f"{feed}-lag" for feed in FEEDS), *SYSTEMS, "llm", *_room_names(world), *beds]


def _room_names(world: Reader) -> list[str]:
    rooms = [id.rpartition("-or-") for (id,) in world.values(Room, ("id",), kind="or")]
    return [f"or{number}-{site}" for site, _, number in rooms] or ["llm"]


def _site_name(world: Reader, id: str) -> str:
    site = world.get(Site, id)
    return site.name if site else id


def _keep_before(work: SqlUnitOfWork, place: Room | Bed) -> None:
    id = f"{PLACE_BEFORE}{type(place).__name__.casefold()}:{place.id}"
    if work.get(Setting, id) is None:
        work.put(Setting(id=id, value=place.model_dump_json()))


def _find_place(world: Reader, mark: str) -> Room | Bed | None:
    kind, _, id = mark.partition(":")
    return world.get(Room, id) if kind == "room" else world.get(Bed, id)


def _place_now(world: Reader, mark: str) -> str:
    place = _find_place(world, mark)
    if isinstance(place, Room):
        return f"or{place.id.rpartition('-or-')[2]}-{place.site_id}={place.status_note or place.status}"
    return f"bed-{place.label.casefold()}-{place.site_id}={place.status}" if place else f"{mark} is gone"


def _restore(work: SqlUnitOfWork, mark: str, before: dict[str, Any]) -> None:
    if (place := _find_place(work, mark)) is not None:
        work.put(place.changed(**{name: value for name, value in before.items() if name.startswith("status")}))
    work.remove(Setting, [PLACE_BEFORE + mark])


def _hear_again(work: SqlUnitOfWork, feed: str, seconds: int, now: datetime) -> None:
    if (found := work.get(Feed, feed)) is not None:
        work.put(found.changed(last_event_at=now - timedelta(seconds=seconds)))
    work.remove(Setting, [LAG + feed, AGE_BEFORE + feed])
