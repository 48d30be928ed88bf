"""The store keeps what it is given and answers what is asked."""

import importlib
import pkgutil
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from examples_of import Examples, keep, slot

import hospital.model
from hospital.entity import Entity
from hospital.model.bookings import Appointment, Hold, Slot, Span
from hospital.model.people import Patient
from hospital.model.work import Setting
from hospital.ports import Holds, In, Not, Range
from middleware.store import conditions
from middleware.store.database import SqlStore
from middleware.store.tables import TABLES
from policies.plans import Attestation, AuditEntry, Plan, Vote


def patients(number: int) -> list[Patient]:
    return [Patient(id=f"P{n:06}", name=f"N{n % 10}", birth_date=date(1950, 1, 1)) for n in range(number)]


def test_every_entity_of_the_model_has_a_table() -> None:
    for module in pkgutil.iter_modules(hospital.model.__path__, "hospital.model."):
        importlib.import_module(module.name)
    known = {Plan, Vote, Attestation, AuditEntry}
    waiting = [Entity]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind is not Span and kind.__module__.startswith("hospital.model."):
                known.add(kind)
    assert {mapping.kind for mapping in TABLES} == known


def test_every_entity_comes_back_as_it_was_put(empty_store: SqlStore) -> None:
    examples = Examples()
    for mapping in TABLES:
        plan = examples.of(Plan)
        given = {"plan_id": plan.id} if mapping.references else {}
        full, small = examples.of(mapping.kind, **given), examples.smallest(mapping.kind, **given)
        with empty_store.working() as work:
            work.put(plan, full)
            work.append(small)
        with empty_store.reading() as reader:
            assert reader.get(mapping.kind, full.id) == full
            assert reader.get(mapping.kind, small.id) == small


def test_put_replaces_by_id(empty_store: SqlStore) -> None:
    keep(empty_store, slot(1), slot(2))
    keep(empty_store, slot(1, status="busy"), Setting(id="a", value="x"), slot(2, status="busy-tentative"))
    with empty_store.reading() as reader:
        assert reader.values(Slot, ("id", "status"), id="S00001") == [("S00001", "busy")]
        assert reader.count(Slot) == 2


def test_times_are_aware_and_in_utc_across_the_change_of_the_clocks(empty_store: SqlStore) -> None:
    chicago = ZoneInfo("America/Chicago")
    first = datetime(2026, 11, 1, 1, 30, fold=0, tzinfo=chicago)
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=chicago)
    keep(empty_store, slot(1, start=second, end=second + timedelta(hours=2)), slot(2, start=first, end=second))
    with empty_store.reading() as reader:
        assert [s.id for s in reader.find(Slot, order="start")] == ["S00002", "S00001"]
        (one,) = reader.find(Slot, start=Range(at_least=second.astimezone(UTC)))
        assert one.start == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
        ((start,),) = reader.values(Slot, ("start",), id="S00002")
        assert start.isoformat() == "2026-11-01T06:30:00+00:00"


# what is asked


def test_conditions_mean_what_they_say(empty_store: SqlStore) -> None:
    keep(
        empty_store,
        slot(1),
        slot(2, status="busy", clinician_id="c1"),
        slot(3, status="busy-tentative", clinician_id="c2"),
        slot(4, status="busy", clinic_id=None),
    )

    with empty_store.reading() as reader:

        def ids(**where: Any) -> list[str]:
            found = [s.id for s in reader.find(Slot, order="id", **where)]
            assert reader.count(Slot, **where) == len(found)
            assert sorted(id for (id,) in reader.values(Slot, ("id",), **where)) == found
            return [id[-1] for id in found]

        assert ids() == ["1", "2", "3", "4"]
        assert ids(status="busy") == ["2", "4"]
        assert ids(clinic_id=None) == ["4"]
        assert ids(clinic_id=Not(None)) == ["1", "2", "3"]
        assert ids(clinician_id=Not("c1")) == ["1", "3", "4"]
        assert ids(status=In(("free", "busy-tentative"))) == ["1", "3"]
        assert ids(clinician_id=In(("c2", None))) == ["1", "3", "4"]
        assert ids(status=In(())) == []
        assert ids(start=Range(slot(2).start, slot(4).start)) == ["2", "3"]
        assert ids(start=Range(before=slot(2).start)) == ["1"]
        assert ids(start=Range()) == ["1", "2", "3", "4"]
        assert ids(urgent_reserved=False, status="free") == ["1"]


def test_a_list_is_found_by_what_it_holds(empty_store: SqlStore) -> None:
    plan = Examples().of(Plan)
    keep(
        empty_store,
        plan.changed(id="P1", key="1", touches=("need:A@4100", "room:1:2026-09-14")),
        plan.changed(id="P2", key="2", touches=('need:"B', "need:A@4100x")),
        plan.changed(id="P3", key="3", touches=()),
    )
    with empty_store.reading() as reader:
        for words, found in (
            (["need:A@4100"], ["P1"]),
            (["need:A@4100x", "room:1:2026-09-14", "nothing"], ["P1", "P2"]),
            (['need:"B'], ["P2"]),
            (["need:%"], []),
            ([], []),
        ):
            assert [one.id for one in reader.find(Plan, order="id", touches=Holds(words))] == found
            assert reader.count(Plan, touches=Holds(words), state=plan.state) == len(found)
        with pytest.raises(ValueError, match=r"plans.title is no list"):
            reader.find(Plan, title=Holds(["x"]))


def test_what_was_read_in_a_transaction_is_read_again_after_it_was_changed(empty_store: SqlStore) -> None:
    keep(empty_store, slot(1))
    with empty_store.working() as work:
        assert work.get(Slot, slot(1).id) == slot(1) == work.get(Slot, slot(1).id)
        assert work.get(Slot, slot(2).id) is None
        work.put(slot(1, status="busy"))
        work.append(slot(2))
        assert [one.status for id in (slot(1).id, slot(2).id) if (one := work.get(Slot, id))] == ["busy", "free"]
        work.remove(Slot, [slot(1).id])
        assert work.get(Slot, slot(1).id) is None


def test_order_and_limit(empty_store: SqlStore) -> None:
    keep(empty_store, slot(2), slot(1, clinician_id="c1"), slot(3, clinician_id="c0"))
    with empty_store.reading() as reader:
        assert [s.id[-1] for s in reader.find(Slot, order="-start", limit=2)] == ["3", "2"]
        assert [s.clinician_id for s in reader.find(Slot, order="clinician_id")] == [None, "c0", "c1"]
        assert [s.clinician_id for s in reader.find(Slot, order="-clinician_id")] == ["c1", "c0", None]


def test_a_long_list_is_asked_in_parts_and_answers_as_one(empty_store: SqlStore) -> None:
    people = patients(2 * conditions.CHUNK + 10)
    with empty_store.working() as work:
        assert work.bulk(Patient, ({"id": p.id, "name": p.name, "birth_date": p.birth_date} for p in people)) == len(
            people
        )
    some = In([p.id for p in reversed(people)] + ["nobody", people[0].id])
    with empty_store.reading() as reader:
        assert reader.count(Patient, id=some) == len(people)
        assert reader.find(Patient, id=some, order="id") == people
        assert reader.find(Patient, id=some, order="-id", limit=3) == people[:-4:-1]
        assert reader.count(Patient, id=some, name=In(("N1", "N2"))) == len(people) // 5


def test_an_unknown_field_is_named_with_its_nearest(empty_store: SqlStore) -> None:
    with empty_store.reading() as reader:
        with pytest.raises(ValueError, match="no field 'statsu'; did you mean 'status'"):
            reader.find(Slot, statsu="free")
        with pytest.raises(ValueError, match="no field 'begin'"):
            reader.count(Slot, begin=In(()))
        with pytest.raises(ValueError, match="no field 'strat'; did you mean 'start'"):
            reader.find(Slot, order="-strat")
        with pytest.raises(ValueError, match="no field 'room'; did you mean 'room_id'"):
            reader.values(Slot, ("id", "room"))


def test_conditions_that_cannot_be_meant_are_refused(empty_store: SqlStore) -> None:
    with empty_store.reading() as reader:
        with pytest.raises(ValueError, match=r"slots.start: .* has no time zone"):
            reader.find(Slot, start=Range(at_least=datetime(2026, 9, 14)))
        with pytest.raises(ValueError, match=r"with In\(\.\.\.\) for several"):
            reader.find(Slot, status=("free", "busy"))
        with pytest.raises(ValueError, match=r"plans.chain is nested"):
            reader.find(Plan, chain="or.scheduler")


def test_bulk_rows_are_what_put_would_have_written(empty_store: SqlStore) -> None:
    hold = Examples().of(Hold)
    case = Examples().of(Appointment)
    with empty_store.working() as work:
        assert work.bulk(Hold, [dict(hold)]) == 1
        assert work.bulk(Appointment, iter([dict(case), dict(case) | {"id": "second"}])) == 2
        assert work.bulk(Slot, []) == 0
        assert work.bulk(Slot, [{k: v for k, v in slot(1) if k not in ("status", "urgent_reserved")}]) == 1
        assert work.bulk(Slot, [dict(slot(2))]) == 1
    with empty_store.reading() as reader:
        assert reader.find(Hold) == [hold]
        assert reader.get(Appointment, case.id) == case
        assert reader.find(Slot, order="id") == [slot(1), slot(2)]


def test_a_bulk_row_with_a_wrong_field_is_named(empty_store: SqlStore) -> None:
    good = {"id": "P1", "name": "N", "birth_date": date(1950, 1, 1)}
    for rows, said in (
        ([{"id": "P1", "name": "N"}], "a row has no 'birth_date'"),
        ([good | {"diagnosis": "x"}], "no field 'diagnosis'"),
        ([good, good | {"id": "P2", "diagnosis": "x"}], "no field 'diagnosis'"),
    ):
        with pytest.raises(ValueError, match=said), empty_store.working() as work:
            work.bulk(Patient, rows)
    with empty_store.reading() as reader:
        assert reader.count(Patient) == 0


def test_questions_of_one_shape_are_asked_with_their_own_values(empty_store: SqlStore) -> None:
    """Statements are kept by shape: neither a value nor the way it is compared may stay in one."""
    keep(empty_store, *(slot(n) for n in range(6)))
    with empty_store.reading() as reader:
        every = [one.id for one in reader.find(Slot, order="id")]
        for id in every:
            assert [one.id for one in reader.find(Slot, id=id)] == [id]
            assert [one.id for one in reader.find(Slot, id=In((id,)))] == [id]
            others = [one for one in every if one != id]
            assert [one.id for one in reader.find(Slot, order="id", id=Not(id))] == others
            assert reader.count(Slot, id=Range(at_least=id)) == len(every) - every.index(id)
            assert reader.count(Slot, id=Range(before=id)) == every.index(id)
        assert [len(reader.find(Slot, order="id", limit=n)) for n in (1, 4, 2)] == [1, 4, 2]
