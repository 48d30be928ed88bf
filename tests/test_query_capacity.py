"""What query_capacity answers on a small hospital, checked against counting minute by minute."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from asking import ask, assert_supported
from minute_by_minute import use_of_minute
from small_hospital import HILL, NOW, fill, people, user

from hospital.model.bookings import (
    Block,
    Hold,
    Slot,
    SurgicalCase,
)
from hospital.model.people import Encounter, Shift
from hospital.model.places import Bed, Clinic, Maintenance, Room, Service, Site, Unit
from middleware.store.database import SqlStore
from tools.query_capacity import query_capacity
from tools.tool import Problem

MINUTE = timedelta(minutes=1)
THURSDAY = date(2026, 9, 17)
OPENING = datetime.fromisoformat("2026-09-17T07:30-05:00")
SAM = people()["sam"]


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    return fill(sqlite_store)


def put(store: SqlStore, *entities: Any) -> None:
    with store.working() as work:
        work.put(*entities)


# --- operating rooms -----------------------------------------------------------------------------------------------


def random_room(rng: random.Random, number: int) -> Iterator[Any]:
    """A room with cases, holds, maintenance and blocks thrown at its Thursday, overlapping as they like."""
    room_id = f"hill-or-{100 + number}"
    status: dict[str, Any] = {}
    if rng.random() < 0.25:
        status = {"status": "blocked", "status_until": rng.choice([None, OPENING + rng.randrange(480) * MINUTE])}
    yield Room(id=room_id, site_id="hill", name=f"OR {100 + number}", kind="or", **status)
    for n in range(rng.randrange(9)):
        start = OPENING + rng.randrange(-60, 480) * MINUTE
        end = start + rng.randrange(5, 200) * MINUTE
        id = f"{room_id}-{n}"
        yield rng.choice(
            [
                SurgicalCase(
                    id=id,
                    site_id="hill",
                    patient_id=None,
                    procedure_id="hip",
                    service_id="ortho",
                    surgeon_id="varga",
                    room_id=room_id,
                    start=start,
                    end=end,
                    state=rng.choice(["scheduled", "cancelled", "in_progress"]),
                ),
                Hold(
                    id=id,
                    group=id,
                    resource=f"room:{room_id}",
                    site_id="hill",
                    holder="sam",
                    start=start,
                    end=end,
                    expires_at=NOW + rng.choice([-1, 1]) * timedelta(hours=1),
                ),
                Maintenance(
                    id=id,
                    site_id="hill",
                    room_id=room_id,
                    start=start,
                    end=end,
                    work_order=id,
                    state=rng.choice(["scheduled", "cancelled"]),
                ),
                Block(
                    id=id,
                    site_id="hill",
                    room_id=room_id,
                    service_id="ortho",
                    owner_id="varga",
                    start=start,
                    end=end,
                    auto_release_at=NOW + rng.choice([-1, 1]) * timedelta(hours=1),
                    state=rng.choice(["allocated", "released"]),
                ),
            ]
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_or_minutes_are_what_counting_each_minute_gives(store: SqlStore, seed: int) -> None:
    rng = random.Random(seed)
    made = {number: list(random_room(rng, number)) for number in range(25)}
    put(store, *(entity for entities in made.values() for entity in entities))
    answer = ask(store, query_capacity, SAM, NOW, subject="or", site="Hill", day=THURSDAY)
    told = {room["room_id"]: room for room in answer.facts["sites"][0]["rooms"]}
    for room, *things in made.values():
        minutes = Counter(use_of_minute(OPENING + n * MINUTE, room, things, NOW) for n in range(480))
        kinds = ("down", "maintenance", "booked", "held", "released", "unassigned", "block_of_others")
        assert {kind: told[room.id][kind] for kind in kinds} == {kind: minutes[kind] for kind in kinds}, room.id
        assert told[room.id]["open"] == minutes["released"] + minutes["unassigned"]


def test_or_headline_tells_released_from_unassigned_and_leaves_out_what_is_held(store: SqlStore) -> None:
    put(
        store,
        *(Room(id=f"hill-or-{n}", site_id="hill", name=f"OR {n}", kind="or") for n in (2, 3)),
        Block(
            id="B", site_id="hill", room_id="hill-or-1", service_id="ortho", owner_id="varga", start=OPENING,
            end=OPENING + 480 * MINUTE, auto_release_at=OPENING - timedelta(hours=24), state="released",
            released_mode="voluntary",
        ),
        Hold(
            id="H", group="H", resource="room:hill-or-3", site_id="hill", holder="sam", start=OPENING,
            end=OPENING + 480 * MINUTE, expires_at=NOW + timedelta(minutes=30),
        ),
    )  # fmt: skip
    answer = ask(store, query_capacity, SAM, NOW, subject="or", day=THURSDAY)
    assert "OR 1 480 min (released by its owner)" in answer.headline
    assert "OR 2 480 min (never assigned to a block)" in answer.headline
    assert "OR 3" not in answer.headline
    assert "Hill (your home site) has 2 ORs" in answer.headline
    assert "Thu 17 Sep" in answer.headline
    assert_supported(answer)


def test_own_block_is_open_to_its_owner_only(store: SqlStore) -> None:
    put(
        store,
        Block(
            id="B", site_id="hill", room_id="hill-or-1", service_id="ortho", owner_id="varga", start=OPENING,
            end=OPENING + 480 * MINUTE, auto_release_at=NOW + timedelta(hours=1),
        ),
    )  # fmt: skip
    ours = ask(store, query_capacity, SAM, NOW, subject="or", day=THURSDAY, clinician="Dr. Varga")
    others = ask(store, query_capacity, SAM, NOW, subject="or", day=THURSDAY, clinician="Lund")
    assert ours.facts["sites"][0]["rooms"][0]["own_block"] == 480
    assert others.facts["sites"][0]["ors_with_open_time"] == 0
    assert "None of the 1 OR" in others.headline


def test_gaps_shorter_than_asked_are_left_out(store: SqlStore) -> None:
    put(
        store,
        SurgicalCase(
            id="C", site_id="hill", patient_id=None, procedure_id="hip", service_id="ortho", surgeon_id="varga",
            room_id="hill-or-1", start=OPENING + 100 * MINUTE, end=OPENING + 200 * MINUTE,
        ),
    )  # fmt: skip
    answer = ask(store, query_capacity, SAM, NOW, subject="or", day=THURSDAY, minimum_minutes=180)
    (room,) = answer.facts["sites"][0]["rooms"]
    assert [gap["minutes"] for gap in room["gaps"]] == [280]
    assert room["open"] == 280


def test_weekends_have_no_prime_time_and_past_days_are_refused(store: SqlStore) -> None:
    answer = ask(store, query_capacity, SAM, NOW, subject="or", day="2026-09-19")
    assert "no prime time" in answer.headline
    with pytest.raises(Problem, match="has passed"):
        ask(store, query_capacity, SAM, NOW, subject="or", day="2026-09-10")


# --- clinic and imaging --------------------------------------------------------------------------------------------


def slot(n: int, hours: float, **more: Any) -> Slot:
    start = NOW + timedelta(hours=hours)
    plain: dict[str, Any] = {
        "id": f"s-{n}", "site_id": "lake", "clinic_id": "lake-neuro", "session_id": None, "room_id": "lake-n1",
        "clinician_id": "kim", "visit_type": "new-patient", "start": start, "end": start + timedelta(minutes=30),
    }  # fmt: skip
    return Slot(**{**plain, **more})


@pytest.fixture
def neuro(store: SqlStore) -> SqlStore:
    put(
        store,
        Service(id="neuro", name="Neurology", aliases=("brain clinic",)),
        Room(id="lake-n1", site_id="lake", name="Room N1", kind="clinic", clinic_id="lake-neuro"),
        Clinic(
            id="lake-neuro", site_id="lake", service_id="neuro", name="Lake Neurology",
            visit_types=("new-patient", "follow-up", "complex", "same-day-complex"), backfill_notice_hours=72,
            complex_visit_types=("complex",), same_day_visit_types=("same-day-complex",),
        ),
    )  # fmt: skip
    return store


def test_clinic_offers_the_next_three_of_the_right_type(neuro: SqlStore) -> None:
    put(
        neuro,
        slot(0, 1, visit_type="follow-up"),
        slot(1, 2, urgent_reserved=True),
        slot(2, 3),
        slot(3, 4),
        slot(4, 5, status="busy-tentative"),
        slot(5, 6, status="busy"),
        slot(6, 400),
        slot(7, 500),
        slot(8, -1),
        Hold(
            id="H", group="H", resource="slot:s-3", site_id="lake", holder="sam", start=NOW, end=NOW + 30 * MINUTE,
            expires_at=NOW + 5 * MINUTE,
        ),
    )  # fmt: skip
    answer = ask(
        neuro, query_capacity, people()["cora"], NOW, subject="clinic", clinic="lake neurology", visit_type="new"
    )
    assert [offer["slot"] for offer in answer.facts["slots"]] == ["s-2", "s-6", "s-7"]
    assert answer.facts["not_offered"] == {"held": 2, "urgent": 1}
    assert "America/Denver" in answer.headline
    assert "Mon 14 Sep 10:00-10:30 with Dr. Kim" in answer.headline  # 16:00 UTC on the wall clock of Denver
    assert_supported(answer)


def test_clinic_keeps_its_own_rules(neuro: SqlStore) -> None:
    put(
        neuro,
        slot(1, 48, visit_type="complex"),
        slot(2, 96, visit_type="complex"),
        slot(3, 2, visit_type="same-day-complex"),
        slot(4, 26, visit_type="same-day-complex"),
    )
    who = people()["cora"]
    complex_ones = ask(
        neuro, query_capacity, who, NOW, subject="clinic", service="brain clinic", visit_type="complex"
    )
    assert [offer["slot"] for offer in complex_ones.facts["slots"]] == ["s-2"]
    assert complex_ones.facts["not_offered"] == {"notice": 1}
    same_day = ask(
        neuro, query_capacity, who, NOW, subject="clinic", clinic="Lake Neurology", visit_type="same day complex"
    )
    assert [offer["slot"] for offer in same_day.facts["slots"]] == ["s-3"]
    assert same_day.facts["not_offered"] == {"same_day": 1}


def test_clinic_asks_for_the_visit_type_and_names_those_it_has(neuro: SqlStore) -> None:
    with pytest.raises(Problem) as problem:
        ask(neuro, query_capacity, SAM, NOW, subject="clinic", clinic="Lake Neurology")
    assert problem.value.choices == ("new patient", "follow up", "complex", "same day complex")
    with pytest.raises(Problem, match="no visit type"):
        ask(neuro, query_capacity, SAM, NOW, subject="clinic", clinic="Lake Neurology", visit_type="surgery")


def test_imaging_needs_the_scanner_the_technologist_and_no_maintenance(store: SqlStore) -> None:
    def scan(n: int, hours: float, room: str = "hill-mri-1") -> Slot:
        return slot(n, hours, site_id="hill", clinic_id=None, clinician_id=None, room_id=room, visit_type="mri-brain")

    put(
        store,
        Room(id="hill-mri-1", site_id="hill", name="MRI 1", kind="imaging", modality="mri", contrast=True),
        Room(id="hill-mri-2", site_id="hill", name="MRI 2", kind="imaging", modality="mri"),
        Room(id="hill-ct-1", site_id="hill", name="CT 1", kind="imaging", modality="ct", contrast=True),
        *(scan(n, n) for n in range(1, 9)),
        scan(20, 1, "hill-mri-2"),
        scan(21, 1, "hill-ct-1"),
        Maintenance(
            id="M", site_id="hill", room_id="hill-mri-1", start=NOW + timedelta(hours=2),
            end=NOW + timedelta(hours=4), work_order="WO-7",
        ),
        *(
            Shift(
                id=f"T{n}", staff_id=f"T{n}", site_id="hill", unit_id="hill-imaging", role="imaging_tech",
                start=NOW + timedelta(hours=begin), end=NOW + timedelta(hours=end),
            )
            for n, (begin, end) in enumerate([(0, 5.25), (7, 12)])
        ),
    )  # fmt: skip
    answer = ask(
        store, query_capacity, SAM, NOW, subject="imaging", modality="mri", contrast=True, day="2026-09-14", limit=50
    )
    (site,) = answer.facts["sites"]
    assert [offer["slot"] for offer in site["slots"]] == ["s-1", "s-4", "s-7", "s-8"]
    assert site["not_offered"] == {"maintenance": 2, "no_technologist": 2}
    assert [scanner["scanner"] for scanner in site["scanners"]] == ["MRI 1"]
    assert "WO-7" in answer.headline
    with pytest.raises(Problem, match="no scanner"):
        ask(store, query_capacity, SAM, NOW, subject="imaging", site="Lake", modality="ct")


# --- beds and nurses -----------------------------------------------------------------------------------------------


def stay(n: int, unit: str = "hill-ward", **more: Any) -> Encounter:
    plain: dict[str, Any] = {
        "id": f"E-{n}", "patient_id": f"P-{n}", "site_id": "hill", "unit_id": unit, "bed_id": None,
        "service_id": "medicine", "level": "med_surg", "admitted_at": NOW - timedelta(days=2),
    }  # fmt: skip
    return Encounter(**{**plain, **more})


def bed(n: int, **more: Any) -> Bed:
    return Bed(id=f"hill-1-{n}", site_id="hill", unit_id="hill-ward", label=f"1-{n}", level="med_surg", **more)


def test_beds_are_counted_once_each(store: SqlStore) -> None:
    put(
        store,
        Unit(id="hill-icu", site_id="hill", name="ICU", level="icu", staffed_beds=2, physical_beds=2),
        *(bed(n, status="occupied") for n in range(12)),
        *(stay(n, bed_id=f"hill-1-{n}") for n in range(12)),
        bed(12, status="dirty"),
        bed(13, status="cleaning"),
        bed(14, status="blocked"),
        *(bed(n) for n in range(15, 20)),
        *(bed(n, staffed=False, status="closed") for n in range(20, 22)),
        Hold(
            id="H", group="H", resource="bed:hill-1-15", site_id="hill", holder="bea", start=NOW,
            end=NOW + timedelta(hours=4), expires_at=NOW + timedelta(minutes=10),
        ),
        stay(50, "hill-ed", state="boarding", level="icu", target_unit_id="hill-icu"),
        stay(0, bed_id="hill-1-0", expected_discharge_at=NOW + timedelta(hours=3), discharge_probability=0.75),
        stay(1, bed_id="hill-1-1", expected_discharge_at=NOW + timedelta(hours=5), discharge_probability=0.5),
        stay(2, bed_id="hill-1-2", expected_discharge_at=NOW + timedelta(hours=40), discharge_probability=0.9),
    )  # fmt: skip
    answer = ask(store, query_capacity, people()["bea"], NOW, subject="beds", unit="Ward")
    (unit,) = answer.facts["sites"][0]["units"]
    counts = {
        "physical": 22, "staffed": 20, "occupied": 12, "dirty": 1, "cleaning": 1, "blocked": 1, "reserved": 1,
        "closed": 2, "available": 4, "expected_discharges": 1.2,
    }  # fmt: skip
    assert {name: unit[name] for name in counts} == counts
    assert "As of Mon 14 Sep 08:00" in answer.headline
    assert_supported(answer)
    everywhere = ask(store, query_capacity, people()["bea"], NOW, subject="beds", site="all", level="icu")
    assert everywhere.facts["sites"][0]["units"][0]["waiting"] == 1
    lookup = ask(store, query_capacity, people()["bea"], NOW, subject="beds", bed="1-14")
    assert "Bed 1-14 (Ward, Hill) is blocked" in lookup.headline


def shift(n: int, begin: float, end: float, **more: Any) -> Shift:
    plain: dict[str, Any] = {
        "id": f"S-{n}", "staff_id": f"W-{n}", "site_id": "hill", "unit_id": "hill-ward", "role": "rn",
        "start": NOW + timedelta(hours=begin), "end": NOW + timedelta(hours=end),
    }  # fmt: skip
    return Shift(**{**plain, **more})


TONIGHT = {"start": "2026-09-14T19:00-05:00", "end": "2026-09-15T07:00-05:00"}


@pytest.mark.parametrize("seed", range(6))
def test_rostered_is_the_fewest_at_any_minute(store: SqlStore, seed: int) -> None:
    rng = random.Random(seed)
    census = rng.randrange(1, 28)
    shifts = [
        shift(
            n, rng.randrange(0, 20), rng.randrange(21, 30), staff_id=f"W-{n % 5}",
            state=rng.choice(["rostered", "rostered", "approved", "requested", "called_out"]),
            charge=(charge := rng.random() < 0.2), takes_patients=not charge or rng.random() < 0.5,
        )
        for n in range(rng.randrange(1, 9))
    ]  # fmt: skip
    put(store, *shifts, *(stay(n) for n in range(census)))
    answer = ask(store, query_capacity, people()["cleo"], NOW, subject="staff", **TONIGHT)
    first = datetime.fromisoformat(TONIGHT["start"])
    counted = [
        len(
            {
                one.staff_id
                for one in shifts
                if one.state in ("rostered", "approved")
                and one.takes_patients
                and one.start <= first + n * MINUTE < one.end
            }
        )
        for n in range(12 * 60)
    ]
    needed = -(-census // 5)
    assert answer.facts["required"] == needed
    assert answer.facts["short"] == max(0, needed - min(counted))
    assert answer.facts["rostered"] == min(counted)
    assert_supported(answer)


def test_staff_tells_call_outs_charge_ratio_source_and_float_pool(store: SqlStore) -> None:
    put(
        store,
        Site(id="hill", name="Hill", timezone="America/Chicago", state="IL", packs=("california_ratios",)),
        *(stay(n) for n in range(14)),
        stay(20, level="step_down"),
        shift(1, 11, 23),
        shift(2, 11, 23, state="called_out"),
        shift(3, 11, 23, charge=True, takes_patients=False),
        shift(4, -1, 11),
        Shift(
            id="F", staff_id="N-1", site_id="hill", unit_id="elsewhere", role="rn", start=NOW + timedelta(hours=11),
            end=NOW + timedelta(hours=23),
        ),
    )  # fmt: skip
    answer = ask(store, query_capacity, people()["cleo"], NOW, subject="staff", **TONIGHT)
    # 14 at 1:5 and one at 1:3 who makes her nurse's group strict: 3, 5, 5 and 2 more.
    assert answer.facts["required"] == 4
    assert answer.facts["rostered"] == 1
    assert answer.facts["call_outs"] == 1
    assert answer.facts["charge_not_counted"] == 1
    assert answer.facts["ratio_pack_on"] is True
    assert answer.facts["float_free"] == 3  # N-1 works elsewhere; N-2 is expired, the others never held it
    assert answer.facts["float_free_current"] == 0
    assert "1 RN needed" not in answer.headline
    off = ask(
        store,
        query_capacity,
        user("x", "call_center_agent", scope=HILL),
        NOW,
        subject="staff",
        unit="Ward",
        **TONIGHT,
    )
    assert "Nurse" not in str(off.cards)  # names on rosters are not for every role
