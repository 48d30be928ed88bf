"""Surgical cases: what was done, how long it really took, what was cancelled, and what is booked."""

from datetime import date, datetime

import numpy as np

from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from middleware.sandbox.world.blocks import RoomDay
from middleware.sandbox.world.frame import (
    Frame,
    Ints,
    Row,
    World,
    epoch_minutes,
    minutes_now,
    moments,
    moments_where,
    number_of,
)
from middleware.sandbox.world.patients import COUNT, FIRST_NUMBER
from middleware.sandbox.world.services import OPERATIONS, Operation

MOST, PRIME_START, PRIME_END, TURNOVER = 7, 450, 930, 25
"""Cases a room can have in a day; minutes after midnight; minutes kept between two cases."""
BIAS, SPREAD = 0.17, 1.2
"""Log-scale: cases run longer than they are booked, as they do everywhere, and vary this much more."""
CANCELLED_SHARE = 0.055
REASONS = ("patient unwell", "no post-op bed", "equipment", "surgeon unavailable", "patient did not come",
           "ran out of time", "work-up incomplete")  # fmt: skip
REASON_SHARES = (0.27, 0.13, 0.07, 0.1, 0.14, 0.15, 0.14)
FILL = ((0, 0.93), (2, 0.86), (5, 0.74), (8, 0.66), (15, 0.45), (22, 0.3), (29, 0.18), (43, 0.08))
"""How full the days are, from so many days ahead on."""
OPERATION_ITEMS = {op.id: tuple({"item_id": i, "quantity": 1} for i in op.items) for op in OPERATIONS}


def build_surgery(frame: Frame, world: World, days: list[RoomDay], named: set[tuple[str, date]]) -> None:
    """Cases room by room and day by day; days of rooms that are told by name are left to them."""
    days = [item for item in days if (item.room, item.day) not in named]
    rng = frame.rng("surgery")
    choice, minutes = _choose(rng, days)
    start = PRIME_START + np.concatenate(
        [np.zeros((len(days), 1), dtype=np.int64), np.cumsum(minutes[:, :-1] + TURNOVER, axis=1)], axis=1
    )
    keep = (start + minutes <= PRIME_END + 10) & (rng.random(start.shape) < _fill(frame, days)[:, None])
    world.extend(SurgicalCase, _rows(frame, world, rng, days, choice, minutes, start, keep))


def _choose(rng: np.random.Generator, days: list[RoomDay]) -> tuple[Ints, Ints]:
    """Which operations a room does in turn, by its service, and their booked minutes."""
    choice = np.zeros((len(days), MOST), dtype=np.int64)
    services = np.array([item.service for item in days])
    for service in np.unique(services):
        known = [n for n, op in enumerate(OPERATIONS) if op.service == service]
        weights = np.array([OPERATIONS[n].weight for n in known])
        where = services == service
        choice[where] = rng.choice(known, (int(where.sum()), MOST), p=weights / weights.sum())
    booked = np.array([op.minutes for op in OPERATIONS], dtype=np.int64)
    return choice, booked[choice]


def _fill(frame: Frame, days: list[RoomDay]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    ahead = np.array([(item.day - frame.today).days for item in days])
    fill = np.select([ahead >= first for first, _ in FILL[::-1]], [share for _, share in FILL[::-1]], 0.9)
    loose = np.array([item.given_up or not item.assigned for item in days])
    # A Wednesday in July is quieter than one in October.
    season = 1 - 0.06 * np.cos(2 * np.pi * (np.array([item.day.timetuple().tm_yday for item in days]) - 200) / 365)
    return np.asarray(fill * np.where(loose, 0.45, 1.0) * np.where(ahead < 0, season, 1.0), dtype=np.float64)


def _surgeons(
    frame: Frame, world: World, rng: np.random.Generator, days: list[RoomDay], room_day: Ints
) -> tuple[list[str], dict[str, float]]:
    """Who does each case (in one of ten somebody who is otherwise free that day), and everybody's pace."""
    luck = rng.random(len(room_day)).tolist()
    found = []
    for index, chance in zip(room_day.tolist(), luck, strict=True):
        item = days[index]
        others = item.stand_ins if chance > 0.9 and item.day < frame.today else ()
        found.append(others[int(chance * 7919) % len(others)] if others else item.surgeon)
    ids = sorted(person["id"] for person in world.of(Clinician) if person["role"] == "surgeon")
    return found, dict(zip(ids, frame.rng("pace").normal(0, 0.13, len(ids)).tolist(), strict=True))


def anaesthesia_by_room(world: World) -> dict[str, list[str]]:
    """Anaesthesiologists of each site, in a fixed order."""
    found: dict[str, list[str]] = {}
    for person in world.of(Clinician):
        if person["role"] == "anaesthesiologist":
            found.setdefault(person["site_ids"][0], []).append(person["id"])
    return found


def anaesthesiologist_for(people: dict[str, list[str]], site: str, room: str, day: date) -> str:
    """Who directs a room that day: two rooms each, in rotation."""
    here = people[site]
    return here[(int(room.rpartition("-")[2]) // 2 + day.toordinal()) % len(here)]


def _rows(
    frame: Frame,
    world: World,
    rng: np.random.Generator,
    days: list[RoomDay],
    choice: Ints,
    minutes: Ints,
    start: Ints,
    keep: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> list[Row]:
    room_day, place = np.nonzero(keep)
    count = len(room_day)
    op, booked = choice[room_day, place], minutes[room_day, place]
    surgeons, pace = _surgeons(frame, world, rng, days, room_day)
    spread = SPREAD * np.array([one.spread for one in OPERATIONS])[op]
    speed = np.array([pace[id] for id in surgeons])
    actual = np.maximum(15, booked * np.exp(BIAS + speed + spread * rng.standard_normal(count))).astype(np.int64)
    cancelled = rng.random(count) < CANCELLED_SHARE
    day = np.array([number_of(item.day) for item in days], dtype=np.int64)[room_day]
    begins, ends = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for zone in {item.zone for item in days}:
        where = np.array([item.zone == zone for item in days])[room_day]
        begins[where] = epoch_minutes(day[where], start[room_day, place][where], zone)
    ends = begins + booked
    wheels_in = _wheels_in(rng, room_day, begins, actual, cancelled)
    wheels_out = wheels_in + actual
    today = number_of(frame.today)
    cancelled &= (day < today) | (rng.random(count) < 0.4) & (day == today)
    started = ~cancelled & (wheels_in <= minutes_now(frame)) & (day <= today)
    done = started & (wheels_out <= minutes_now(frame))
    state = np.where(
        cancelled, "cancelled", np.where(done, "completed", np.where(started, "in_progress", "scheduled"))
    )
    why = rng.choice(REASONS, count, p=REASON_SHARES).tolist()
    elective = (rng.random(count) > 0.06).tolist()
    patients = (FIRST_NUMBER + rng.integers(0, COUNT, count)).tolist()
    anaesthesia = anaesthesia_by_room(world)
    columns = zip(
        room_day.tolist(), op.tolist(), surgeons, moments(begins), moments(ends), state.tolist(), why, elective,
        patients, moments_where(wheels_in, started), moments_where(wheels_out, done), actual.tolist(), strict=True,
    )  # fmt: skip
    rows = []
    for n, (index, o, surgeon, s, e, st, reason, el, patient, w_in, w_out, took) in enumerate(columns, 1):
        item, operation = days[index], OPERATIONS[o]
        rows.append(
            {
                "id": f"CASE-{100000 + n}", "site_id": item.site, "patient_id": str(patient),
                "procedure_id": operation.id, "service_id": item.service, "surgeon_id": surgeon,
                "anaesthesiologist_id": anaesthesiologist_for(anaesthesia, item.site, item.room, item.day),
                "room_id": item.room, "start": s, "end": e, "state": st, "elective": el,
                "equipment": operation.equipment, "items": OPERATION_ITEMS[operation.id],
                "post_op_level": operation.bed_after, "wheels_in": w_in, "wheels_out": w_out,
                "actual_minutes": took if w_out else None,
                "cancel_reason": reason if st == "cancelled" else None,
            }
        )  # fmt: skip
    return rows


def _wheels_in(
    rng: np.random.Generator,
    room_day: Ints,
    begins: Ints,
    actual: Ints,
    cancelled: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> Ints:
    """The first case starts a little late, each next one after the room was turned over."""
    count = len(begins)
    late = np.maximum(-3, rng.normal(4, 7, count)).astype(np.int64)
    turnover = np.maximum(12, rng.normal(27, 8, count)).astype(np.int64)
    result, last_room, free = [], -1, 0
    for room, begin, took, gone, delay, turn in zip(
        room_day.tolist(), begins.tolist(), actual.tolist(), cancelled.tolist(), late.tolist(), turnover.tolist(),
        strict=True,
    ):  # fmt: skip
        if room != last_room:
            last_room, free = room, 0
        enters = begin + delay if free == 0 else max(begin - 10, free + turn)
        result.append(enters)
        if not gone:
            free = enters + took
    return np.array(result, dtype=np.int64)


def drop_clashes(world: World) -> None:
    """Take out booked cases whose surgeon is busy elsewhere at that time; the named ones stay."""
    rows = world.of(SurgicalCase)
    booked = [row for row in rows if row["state"] == "scheduled"]
    booked.sort(key=lambda row: (len(row["id"]), row["start"]))
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    dropped = set()
    for row in booked:
        busy = spans.setdefault(row["surgeon_id"], [])
        if any(row["start"] < end and start < row["end"] for start, end in busy):
            dropped.add(row["id"])
        else:
            busy.append((row["start"], row["end"]))
    world.rows[SurgicalCase] = [row for row in rows if row["id"] not in dropped]


def operation_named(id: str) -> Operation:
    """The operation with this id. Raises KeyError when there is none."""
    return _BY_ID[id]


_BY_ID = {op.id: op for op in OPERATIONS}
