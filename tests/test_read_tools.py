"""What the read tools answer on a small hospital."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from asking import ask, assert_supported, policy
from small_hospital import NOW, fill, people, staff_request

from hospital.model.bookings import Appointment, CaseItem, Procedure, Slot, SurgicalCase
from hospital.model.history import DemandCount
from hospital.model.places import Service
from hospital.model.supply import Item, Loaner, Requisition, Stock
from hospital.model.work import WorkException
from middleware.forecasts import refit
from middleware.store.database import SqlStore
from policies import ledger
from policies.drafting import draft_plan
from tools.forecast_demand import forecast_demand
from tools.list_approvals import list_approvals
from tools.list_exceptions import list_exceptions
from tools.predict_duration import predict_duration
from tools.query_capacity import query_capacity
from tools.query_erp import query_erp
from tools.query_inventory import query_inventory
from tools.query_schedule import query_schedule
from tools.search_handbook import search_handbook
from tools.tool import Problem

MINUTE = timedelta(minutes=1)
SAM = people()["sam"]


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    return fill(sqlite_store)


def put(store: SqlStore, *entities: Any) -> None:
    with store.working() as work:
        work.put(*entities)


# --- schedule, supplies, ERP ---------------------------------------------------------------------------------------


def case(id: str, hours: float, **more: Any) -> SurgicalCase:
    start = NOW + timedelta(hours=hours)
    plain: dict[str, Any] = {
        "id": id, "site_id": "hill", "patient_id": "P-1", "procedure_id": "hip", "service_id": "ortho",
        "surgeon_id": "varga", "room_id": "hill-or-1", "start": start, "end": start + timedelta(hours=2),
    }  # fmt: skip
    return SurgicalCase(**{**plain, **more})


HIP = Procedure(
    id="hip", service_id="ortho", name="Total hip arthroplasty", aliases=("total hip",), booked_minutes=120
)


def test_schedule_by_room_person_and_number_names_no_patient(store: SqlStore) -> None:
    put(store, HIP, case("CASE-1", 2), case("CASE-2", 26, surgeon_id="lund"), case("CASE-3", 3, state="cancelled"))
    today = ask(store, query_schedule, SAM, NOW, room="OR 1")
    assert [row["id"] for row in today.facts["rows"]] == ["CASE-1"]
    own = ask(store, query_schedule, people()["doc.lund"], NOW, day="2026-09-15")
    assert [row["id"] for row in own.facts["rows"]] == ["CASE-2"]
    one = ask(store, query_schedule, SAM, NOW, case="case-2")
    assert "Dr. Lund" in one.headline
    assert "Tue 15 Sep 10:00-12:00" in one.headline
    for answer in (today, own, one):
        assert "Ada Stone" not in str(answer)
        assert "P-1" not in str(answer)
        assert_supported(answer)
    none = ask(store, query_schedule, SAM, NOW, room="OR 1", day="2026-09-20")
    assert "no operation" in none.headline


def test_schedule_of_visits(store: SqlStore) -> None:
    start = NOW + timedelta(hours=2)
    put(
        store,
        *(
            Appointment(
                id=f"APT-{n}", patient_id="P-1", site_id="hill", clinic_id="hill-derm", service_id="derm",
                room_id="hill-d1", clinician_id="kim", slot_id=None, visit_type="new", status=status, start=start,
                end=start + 20 * MINUTE, booked_at=NOW - timedelta(days=3),
            )
            for n, status in enumerate(["booked", "cancelled"])
        ),
    )  # fmt: skip
    for question in ({"clinic": "Hill Derm"}, {"clinician": "Kim"}, {"site": "Hill"}):
        answer = ask(store, query_schedule, SAM, NOW, subject="visits", **question)
        assert [row["id"] for row in answer.facts["rows"]] == ["APT-0"]


def implant(id: str, **more: Any) -> Item:
    plain: dict[str, Any] = {
        "id": id, "name": id.title(), "kind": "implant", "unit_cost": 5_000, "cost_centre_id": "4100",
        "supplier": "Acme", "lead_time_days": 2,
    }  # fmt: skip
    return Item(**{**plain, **more})


def test_the_earliest_case_gets_the_scarce_item(store: SqlStore) -> None:
    put(
        store,
        HIP,
        implant("CUP"),
        Stock(id="s", site_id="hill", item_id="CUP", on_hand=1),
        case("CASE-9", 30, items=(CaseItem(item_id="CUP"),)),
        case("CASE-2", 60, items=(CaseItem(item_id="CUP"),)),
        case("CASE-3", 100, items=(CaseItem(item_id="CUP", quantity=2),)),
        case("CASE-4", 24 * 9, items=(CaseItem(item_id="CUP"),)),
        case("CASE-5", 20, items=(CaseItem(item_id="CUP"),), state="cancelled"),
    )
    answer = ask(store, query_inventory, people()["sup"], NOW)
    rows = {row["case"]: row for row in answer.facts["shortages"]}
    assert {id: row["shortfall"] for id, row in rows.items()} == {"CASE-2": 1, "CASE-3": 2}
    assert rows["CASE-2"]["orderable_in_time"] is False  # need-by in 36 h, lead time 48 h
    assert rows["CASE-3"]["orderable_in_time"] is True
    assert rows["CASE-2"]["need_by"] == "Tue 15 Sep 20:00"
    assert "supplier lead time 2 days" in answer.headline
    assert "Ada Stone" not in str(answer)
    assert_supported(answer)


@pytest.mark.parametrize("seed", range(5))
def test_shortfalls_are_demand_over_stock(store: SqlStore, seed: int) -> None:
    rng = random.Random(seed)
    codes = ["A", "B", "C"]
    cases = [
        case(
            f"CASE-{n}",
            rng.randrange(1, 160),
            site_id=rng.choice(["hill", "lake"]),
            items=tuple(
                CaseItem(item_id=c, quantity=rng.randrange(1, 4)) for c in rng.sample(codes, rng.randrange(3))
            ),
        )
        for n in range(20)
    ]
    shelf = {(site, code): rng.randrange(6) for site in ("hill", "lake") for code in codes}
    put(
        store,
        *map(implant, codes),
        *cases,
        *(Stock(id=f"{s}{c}", site_id=s, item_id=c, on_hand=n) for (s, c), n in shelf.items()),
    )
    answer = ask(store, query_inventory, people()["sup"], NOW, site="all")
    short: Counter[tuple[str, str]] = Counter()
    for row in answer.facts["shortages"]:
        short[row["site"].lower(), row["item"]] += row["shortfall"]
    wanted: Counter[tuple[str, str]] = Counter()
    for one in cases:
        for item in one.items:
            wanted[one.site_id, item.item_id] += item.quantity
    assert dict(short) == {key: count - shelf[key] for key, count in wanted.items() if count > shelf[key]}


def test_a_loaner_on_its_way_is_late_not_lacking(store: SqlStore) -> None:
    put(
        store,
        implant("LS-1", kind="loaner", processing_hours=48),
        case("CASE-7", 30, items=(CaseItem(item_id="LS-1"),)),
        Loaner(
            id="L", item_id="LS-1", case_id="CASE-7", site_id="hill", expected_at=NOW + timedelta(hours=10),
            required_by=NOW - timedelta(hours=18),
        ),
    )  # fmt: skip
    answer = ask(store, query_inventory, people()["sup"], NOW)
    assert answer.facts["shortages"] == []
    assert "Late, not lacking" in answer.headline
    loaners = ask(store, query_inventory, people()["sup"], NOW, about="loaners")
    assert loaners.facts["loaners"][0]["hours_late"] == 28
    stock = ask(store, query_inventory, people()["sup"], NOW, about="stock", item="tray")
    assert stock.facts["total_on_hand"] == 0


def test_erp_says_where_a_requisition_stands_and_what_is_left(store: SqlStore) -> None:
    put(
        store,
        Requisition(
            id="REQ-9", key="k-9", item_id="TRAY", description="Tray", quantity=2, amount=200_000,
            cost_centre_id="4100", purpose="hips", state="pending_approval", requested_by="sup", created_at=NOW,
            awaits="periop.director",
        ),
    )  # fmt: skip
    who = people()["sup"]
    for said in ({"requisition": "req-9"}, {"requisition": "k-9"}, {"item": "tray"}, {"cost_centre": "Periop"}, {}):
        answer = ask(store, query_erp, who, NOW, **said)
        assert "REQ-9, 2 x TRAY for $2,000.00 on 4100, is pending approval, awaits periop.director" in answer.headline
        assert "Cost centre 4100 Periop has $31,000.00 left this month, $29,000.00 if" in answer.headline
        assert_supported(answer)
    with pytest.raises(Problem, match="no requisition REQ-0"):
        ask(store, query_erp, who, NOW, requisition="REQ-0")


# --- forecasts and durations ---------------------------------------------------------------------------------------


def test_durations_name_what_they_rest_on(store: SqlStore) -> None:
    done = [case(f"OLD-{n}", -24 * (n + 2), state="completed", actual_minutes=100 + 10 * (n % 5)) for n in range(30)]
    put(store, HIP, Procedure(id="rev", service_id="ortho", name="Revision hip", booked_minutes=180), *done)
    own = ask(store, predict_duration, SAM, NOW, procedure="total hip", clinician="Varga")
    assert own.facts["n"] == 30
    assert own.facts["median_minutes"] == 120
    assert own.facts["p80_minutes"] >= own.facts["median_minutes"]
    assert own.facts["basis"] == "surgeon and procedure"
    other = ask(store, predict_duration, SAM, NOW, procedure="total hip", clinician="Lund")
    assert "all surgeons because Dr. Lund has too few" in other.headline
    service = ask(store, predict_duration, SAM, NOW, procedure="Revision hip")
    assert service.facts["basis"] == "service"
    for answer in (own, other, service):
        assert_supported(answer)


@pytest.fixture
def counted(store: SqlStore) -> SqlStore:
    """Six months of referrals: four on weekdays, and eight slots a weekday to come."""
    today = date(2026, 9, 14)
    days = [today - timedelta(days=n) for n in range(1, 183)]
    put(
        store,
        Service(id="derm", name="Dermatology", aliases=("skin",)),
        *(
            DemandCount(id=f"d{day}", series="referrals:derm:hill", day=day, count=4 + day.day % 2)
            for day in days
            if day.weekday() < 5
        ),
        *(
            Slot(
                id=f"t-{n}-{k}",
                site_id="hill",
                clinic_id="hill-derm",
                session_id=None,
                room_id="hill-d1",
                clinician_id="kim",
                visit_type="new",
                start=NOW + timedelta(days=n, minutes=30 * k),
                end=NOW + timedelta(days=n, minutes=30 * k + 30),
            )
            for n in range(5, 14)
            if (today + timedelta(days=n)).weekday() < 5
            for k in range(3)
        ),
    )
    return store


def test_demand_against_capacity_by_week(counted: SqlStore) -> None:
    lina = people()["lina"]
    answer = ask(counted, forecast_demand, lina, NOW, start="2026-09-21T00:00-05:00", end="2026-09-28T00:00-05:00")
    (week,) = answer.facts["weeks"]
    assert week["capacity"] == 15
    assert 20 <= week["p50"] <= 26
    assert week["gap_p50"] == week["p50"] - 15
    assert week["low80"] <= week["p50"] <= week["p80"] <= week["high80"]
    assert (
        "Dermatology demand at Hill. New referrals against new-patient slots: Mon 21 Sep to Sun 27 Sep"
        in answer.headline
    )
    assert_supported(answer)


@pytest.mark.slow
def test_refit_keeps_forecasts_once_a_day(counted: SqlStore) -> None:
    seen: list[tuple[int, int]] = []
    assert refit(counted, NOW, lambda done, of: seen.append((done, of))) == 1
    assert seen == [(1, 1)]
    assert refit(counted, NOW) == 0
    stored = ask(counted, forecast_demand, people()["lina"], NOW + timedelta(hours=5))
    assert stored.facts["model_age"] == "5 hours ago"
    assert "Fitted 5 hours ago on data" in stored.headline


# --- handbook and queues -------------------------------------------------------------------------------------------


def test_handbook_answers_with_its_section_or_says_nothing(store: SqlStore) -> None:
    answer = ask(store, search_handbook, SAM, NOW, question="When must a loaner tray arrive before the case?")
    assert answer.citations[0].source == "Loaner sets"
    assert answer.citations[0].section == "§1"
    assert "48 hours" in answer.headline
    with pytest.raises(Problem, match="handbook says nothing"):
        ask(store, search_handbook, SAM, NOW, question="what is the capital of Peru")


def test_exceptions_for_ones_roles_by_due(store: SqlStore) -> None:
    put(
        store,
        *(
            WorkException(
                id=f"EXC-{n}", kind="stale_feed", owner_role=role, site_id="hill", summary=f"matter {n}",
                opened_at=NOW, due=NOW + timedelta(hours=hours), opened_by="sam", state=state,
            )
            for n, (role, hours, state) in enumerate(
                [("nursing_supervisor", 5, "open"), ("nursing_supervisor", -1, "open"), ("or_charge", 1, "open"),
                 ("nursing_supervisor", 0, "resolved")]
            )
        ),
    )  # fmt: skip
    answer = ask(store, list_exceptions, people()["nora"], NOW)
    assert [row["id"] for row in answer.facts["exceptions"]] == ["EXC-1", "EXC-0"]
    assert answer.facts["overdue"] == 1
    assert ask(store, list_exceptions, people()["nora"], NOW, role="or_charge").facts["open"] == 0  # not hers to see
    assert ask(store, list_exceptions, SAM, NOW, role="all").facts["open"] == 3  # he opened them
    assert ask(store, list_exceptions, people()["ana"], NOW).facts["open"] == 0


def test_nothing_waits_is_said(store: SqlStore) -> None:
    answer = ask(store, list_approvals, people()["nora"], NOW)
    assert answer.facts == {"to_decide": 0, "asked_for": 0, "plans": []}
    assert "Nothing waits" in answer.headline


def test_a_waiting_plan_is_shown_to_those_who_may_decide_it_now(store: SqlStore) -> None:
    with store.reading() as world:
        drafted = draft_plan(world, policy(), people()["cleo"], "Agency nurse", (staff_request("agency"),), NOW)
    waiting = ledger.submit(store, policy(), drafted, NOW).plan
    assert waiting is not None
    for who, yours in (("nils", 1), ("nursing.finance", 0), ("bea", 0)):  # the unit first, then the money
        answer = ask(store, list_approvals, people()[who], NOW)
        assert answer.facts["to_decide"] == yours, who
    asker = ask(store, list_approvals, people()["cleo"], NOW)
    assert (asker.facts["to_decide"], asker.facts["asked_for"]) == (0, 1)
    assert waiting.id in asker.headline
    assert "nurse manager" in asker.headline
    ledger.vote(store, policy(), waiting.id, people()["nils"].id, "approve", waiting.digest, "ok", "web", NOW)
    assert ask(store, list_approvals, people()["nils"], NOW).facts["to_decide"] == 0
    assert ask(store, list_approvals, people()["nursing.finance"], NOW).facts["to_decide"] == 1
    assert ask(store, list_approvals, people()["nursing.finance"], NOW + timedelta(days=2)).facts["to_decide"] == 0


def test_unknown_names_get_the_nearest(store: SqlStore) -> None:
    with pytest.raises(Problem, match="no site") as site:
        ask(store, query_capacity, SAM, NOW, subject="or", site="Nowhere General")
    assert site.value.argument == "site"
    with pytest.raises(Problem, match="no bed zz"):
        ask(store, query_capacity, SAM, NOW, subject="beds", bed="zz")
    with pytest.raises(Problem, match="no unit"):
        ask(store, query_capacity, SAM, NOW, subject="beds", unit="9 Nowhere")
