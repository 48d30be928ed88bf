"""The read tools on the whole sandbox: what must be said, at several sites, and how fast."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asking import ask, assert_supported
from conftest import SANDBOX_NOW
from minute_by_minute import use_of_minute

from hospital.model.bookings import Block, Hold, Slot, SurgicalCase
from hospital.model.people import Clinician, Encounter, Patient, Shift, Staff, User
from hospital.model.places import Bed, Maintenance, Room, Site, Unit
from hospital.ports import Range
from middleware.store.database import SqlStore
from tools.forecast_demand import forecast_demand
from tools.list_approvals import list_approvals
from tools.list_exceptions import list_exceptions
from tools.predict_duration import predict_duration
from tools.query_capacity import query_capacity
from tools.query_erp import query_erp
from tools.query_inventory import query_inventory
from tools.query_schedule import query_schedule
from tools.search_handbook import search_handbook
from tools.tool import Answer, Tool

NOW = SANDBOX_NOW.astimezone(UTC)
TONIGHT = {"start": "2026-09-14T19:00-05:00", "end": "2026-09-15T07:00-05:00"}
NEXT_WEEK = {"start": "2026-09-21T00:00-05:00", "end": "2026-09-28T00:00-05:00"}
Question = tuple[str, Tool, dict[str, Any], tuple[str, ...]]

QUESTIONS: tuple[Question, ...] = (
    ("or.scheduler", query_capacity, {"subject": "or", "day": "2026-09-17"},
     ("Northgate (your home site)", "OR 7", "OR 9", "never assigned", "Anaesthesia", "America/Chicago")),
    ("or.scheduler", query_capacity, {"subject": "or", "day": "2026-09-16", "site": "Harbor"},
     ("Harbor", "America/Denver", "Wed 16 Sep")),
    ("or.scheduler", query_capacity, {"subject": "or", "site": "all", "day": "2026-09-17", "minimum_minutes": 180},
     ("Eastfield", "Riverside", "at least 180 min")),
    ("charge.5west", query_capacity, {"subject": "staff", **TONIGHT},
     ("5 West", "6 RNs needed, 4 rostered after 2 call-outs", "short by 2", "1:5", "charge nurse",
      "on at this site", "med-surg competency: 3")),
    ("charge.5west", query_capacity, {"subject": "staff", "unit": "6 West", "site": "Riverside", **TONIGHT},
     ("6 West, Riverside", "no ratio pack is on")),
    ("capacity.manager", query_capacity, {"subject": "staff", "site": "Northgate", **TONIGHT},
     ("5 West 2 (6 needed",)),
    ("capacity.manager", query_capacity, {"subject": "beds", "site": "all"},
     ("all 5 sites", "staffed", "physical", "dirty", "blocked", "boarder", "discharges", "As of")),
    ("capacity.manager", query_capacity, {"subject": "beds", "bed": "4-212"}, ("Bed 4-212 (4 North, Northgate)",)),
    ("capacity.manager", query_capacity, {"subject": "beds", "site": "Lakeside", "level": "icu"},
     ("Lakeside", "ICU")),
    ("supply.lead", query_inventory, {},
     ("CASE-510", "CASE-515", "CASE-516", "supplier lead time", "needed by", "Late, not lacking: loaner LS-204")),
    ("supply.lead", query_inventory, {"site": "Lakeside"}, ("no case lacks",)),
    ("supply.lead", query_inventory, {"about": "stock", "item": "cup-b"}, ("12 on hand",)),
    ("supply.lead", query_inventory, {"about": "loaners"}, ("LS-204", "CASE-503", "late")),
    ("callcenter.1", query_capacity,
     {"subject": "clinic", "service": "derm", "site": "Lakeside", "visit_type": "new patient"},
     ("Lakeside Dermatology", "new patient", "; then", "America/Chicago")),
    ("callcenter.1", query_capacity,
     {"subject": "clinic", "service": "cards", "site": "all", "visit_type": "new"}, ("Cardiology",)),
    ("callcenter.1", query_capacity,
     {"subject": "imaging", "modality": "mri", "contrast": True, "site": "Northgate", "day": "2026-09-17"},
     ("Thu 17 Sep 09:40", "MRI 1", "technologists")),
    ("callcenter.1", query_capacity, {"subject": "imaging", "modality": "ct", "site": "Harbor", "day": "2026-09-15"},
     ("Harbor", "07:00-13:00", "America/Denver")),
    ("or.scheduler", predict_duration, {"procedure": "revision knee", "clinician": "Dr. Varga"},
     ("median", "p80", "Dr. Elena Varga's own", "all surgeons")),
    ("or.scheduler", predict_duration, {"procedure": "craniotomy", "clinician": "Dr. Varga"},
     ("all surgeons because",)),
    ("or.scheduler", query_schedule, {"room": "OR 4"}, ("CASE-401", "CASE-402", "CASE-403")),
    ("surgeon.varga", query_schedule, {"day": "2026-09-17"}, ("Dr. Elena Varga", "CASE-510")),
    ("capacity.manager", query_schedule, {"subject": "visits"}, ("visits",)),
    ("capacity.manager", query_schedule, {"subject": "visits", "site": "all", "day": "2026-09-16"}, ("all 5 sites",)),
    ("supply.lead", query_erp, {"requisition": "REQ-1042"}, ("2 x HIP-REV-7", "awaits periop.director", "$4,900.00")),
    ("supply.lead", query_erp, {"cost_centre": "nursing"}, ("4200 Nursing has $3,400.00",)),
    ("periop.director", list_approvals, {}, ()),
    ("or.charge", list_exceptions, {}, ()),
    ("or.scheduler", search_handbook, {"question": "When does a block release by itself?"}, ("§",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def users(sandbox_home: Any) -> dict[str, User]:
    from conftest import sandbox_url

    store = SqlStore(sandbox_url(sandbox_home))
    with store.reading() as world:
        found = {str(user.id): user for user in world.find(User)}
    store.close()
    return found


def answer_of(store: SqlStore, users: dict[str, User], question: Question) -> Answer:
    who, tool, args, _ = question
    return ask(store, tool, users[who], NOW, **args)


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda q: f"{q[0]}-{q[1].name}-{'-'.join(map(str, q[2].values()))}"
)
def test_says_what_it_must_with_every_figure_in_its_facts(
    sandbox_store: SqlStore, users: dict[str, User], question: Question
) -> None:
    answer = answer_of(sandbox_store, users, question)
    for words in question[3]:
        assert words in answer.headline, answer.headline
    if question[1] is not search_handbook:
        assert_supported(answer)


def test_no_patient_is_named(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    with sandbox_store.reading() as world:
        others = {name for kind in (User, Staff, Clinician) for (name,) in world.values(kind, ("name",))}
        others |= {name.removeprefix("Dr. ") for name in others}
        patients = {name for (name,) in world.values(Patient, ("name",)) if name not in others}
    for question in QUESTIONS:
        answer = answer_of(sandbox_store, users, question)
        words = str(answer)
        assert not [name for name in patients if name in words], question[2]


@pytest.mark.parametrize("day", [date(2026, 9, 15), date(2026, 9, 18)])
def test_or_minutes_at_every_site_agree_with_counting(
    sandbox_store: SqlStore, users: dict[str, User], day: date
) -> None:
    answer = ask(sandbox_store, query_capacity, users["or.scheduler"], NOW, subject="or", site="all", day=day)
    told = {room["room_id"]: room for site in answer.facts["sites"] for room in site["rooms"]}
    with sandbox_store.reading() as world:
        zones = {site.id: site.timezone for site in world.find(Site)}
        near = Range(at_least=NOW - timedelta(days=2), before=NOW + timedelta(days=7))
        holds = world.find(Hold, state="held")
        used: list[Any] = [
            *world.find(SurgicalCase, start=near),
            *world.find(Block, start=near),
            *world.find(Maintenance, start=near),
        ]
        rooms = world.find(Room, kind="or")
    assert set(told) == {room.id for room in rooms}
    for room in rooms:
        things: list[Any] = [thing for thing in used if thing.room_id == room.id]
        things += [hold for hold in holds if hold.resource == f"room:{room.id}"]
        start = datetime(day.year, day.month, day.day, 7, 30, tzinfo=ZoneInfo(zones[room.site_id])).astimezone(UTC)
        uses = [use_of_minute(start + timedelta(minutes=n), room, things, NOW) for n in range(0, 480, 5)]
        assert {kind: told[room.id][kind] for kind in ("released", "unassigned", "booked", "held")} == {
            kind: 5 * uses.count(kind) for kind in ("released", "unassigned", "booked", "held")
        }, room.id


def test_bed_counts_agree_with_the_beds(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    answer = ask(sandbox_store, query_capacity, users["capacity.manager"], NOW, subject="beds", site="all")
    with sandbox_store.reading() as world:
        assert answer.facts["total"]["physical"] == world.count(Bed)
        assert answer.facts["total"]["staffed"] == sum(unit.staffed_beds for unit in world.find(Unit))
        assert answer.facts["boarders"] == world.count(Encounter, state="boarding")
        in_beds = {stay.bed_id for stay in world.find(Encounter) if stay.bed_id and stay.state != "discharged"}
        assert answer.facts["total"]["occupied"] >= len(in_beds)
    for site in answer.facts["sites"]:
        for unit in site["units"]:
            kinds = ("occupied", "reserved", "dirty", "cleaning", "blocked", "closed")
            assert unit["available"] <= unit["physical"] - sum(unit[kind] for kind in kinds)


def test_clinic_slots_offered_are_the_earliest_free_ones(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    for clinic in ("northgate-cardiology", "eastfield-medicine", "riverside-ent", "lakeside-dermatology"):
        with sandbox_store.reading() as world:
            free = [
                slot
                for slot in world.find(Slot, clinic_id=clinic, order="start")
                if slot.status == "free"
                and slot.visit_type == "follow-up"
                and not slot.urgent_reserved
                and slot.start >= NOW
            ]
        if not free:
            continue
        answer = ask(
            sandbox_store,
            query_capacity,
            users["callcenter.1"],
            NOW,
            subject="clinic",
            clinic=clinic,
            visit_type="follow up",
            limit=5,
        )
        starts = [datetime.fromisoformat(offer["start"]) for offer in answer.facts["slots"]]
        assert starts == [slot.start for slot in free[:5]]


def test_rostered_tonight_agrees_with_the_roster(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    begin, end = (datetime.fromisoformat(moment) for moment in TONIGHT.values())
    answer = ask(
        sandbox_store, query_capacity, users["capacity.manager"], NOW, subject="staff", site="Lakeside", **TONIGHT
    )
    assert len(answer.facts["units"]) >= 5
    for unit in answer.facts["units"]:
        with sandbox_store.reading() as world:
            on = [
                shift
                for shift in world.find(Shift, unit_id=unit["unit_id"], role="rn")
                if shift.state in ("rostered", "approved")
                and (not shift.charge or shift.takes_patients)
                and shift.start <= begin
                and shift.end >= end
            ]
        assert unit["rostered"] == len({shift.staff_id for shift in on}), unit["unit"]


def test_imaging_offers_only_slots_of_the_protocol(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    answer = ask(
        sandbox_store, query_capacity, users["callcenter.1"], NOW,
        subject="imaging", protocol="MRI brain with contrast", site="Northgate", limit=10,
    )  # fmt: skip
    (site,) = answer.facts["sites"]
    with sandbox_store.reading() as world:
        kinds = {world.get(Slot, offer["slot"]).visit_type for offer in site["slots"]}  # type: ignore[union-attr]
    assert kinds == {"mri-brain"}
    assert {scanner["scanner"] for scanner in site["scanners"]} == {"MRI 1", "MRI 2"}


@pytest.mark.slow
def test_demand_next_week_is_more_than_the_template_holds(sandbox_store: SqlStore, users: dict[str, User]) -> None:
    answer = ask(sandbox_store, forecast_demand, users["cardiology.manager"], NOW, **NEXT_WEEK)
    (week,) = (row for row in answer.facts["weeks"] if row["measure"] == "new referrals")
    assert week["gap_p80"] >= week["gap_p50"] > 0
    assert "Mon 21 Sep to Sun 27 Sep" in answer.headline
    assert_supported(answer)
    derm = ask(
        sandbox_store, forecast_demand, users["callcenter.1"], NOW, service="derm", site="Lakeside", **NEXT_WEEK
    )
    assert derm.facts["weeks"][0]["gap_p50"] <= 0
