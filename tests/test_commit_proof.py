"""The proof that nothing is written outside commit: it explains real commits, and finds what goes past them."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from desk_line import DeskLine, done, refused, waiting
from small_hospital import NOW

from evals.proof import HOSPITAL, NOT_THE_HOSPITAL, committed_plans, differing_rows, noted, replay_commits, watch
from hospital.model.bookings import Appointment, Slot
from hospital.model.history import Feed
from hospital.model.people import Patient
from hospital.model.places import Room
from hospital.model.supply import CostCentre, Item, Requisition
from middleware.store.database import SqlStore
from middleware.store.tables import TABLES


@dataclass
class Proof:
    """A desk on a watched store, and the same store untouched."""

    line: DeskLine
    database: Path
    untouched: Path
    plans: int = 0
    """How many were carried out again."""

    def table(self, kind: type) -> str:
        return next(table.name for table in TABLES if table.kind is kind)

    def written(self) -> set[str]:
        """The rows noted, as `table id`."""
        return {f"{table} {id}" for table, id in noted(self.database)}

    def unexplained(self) -> list[str]:
        """What the commits do not explain, as the run of a script looks for it."""
        replayed = SqlStore(f"sqlite:///{self.untouched}")
        self.plans = replay_commits(replayed, self.line.store)
        replayed.close()
        rows = noted(self.database) | noted(self.untouched)
        return differing_rows(self.untouched, self.database, rows)


@pytest.fixture
def proof(small_desk: DeskLine, tmp_path: Path) -> Proof:
    database, untouched = tmp_path / "wardline.db", tmp_path / "untouched.db"
    watch(database)
    with closing(sqlite3.connect(database)) as one, closing(sqlite3.connect(untouched)) as other:
        one.backup(other)
    return Proof(small_desk, database, untouched)


def commit_three(line: DeskLine) -> None:
    """A purchase, a booking and a report, each through the desk."""
    asked = line.call("sup", "create_requisition", item="TRAY", quantity=2)
    done(line.vote("periop.manager", asked))
    shown = line.call("cora", "book_appointment", slot="slot-0", patient="P-1")
    done(line.confirm("cora", "book_appointment", shown))
    done(line.call("oz", "record_event", subject="room", name="OR 1", note="a leak"))


def test_every_table_is_either_the_hospitals_or_wardlines_own() -> None:
    own = {table.name for table in TABLES if table.kind in NOT_THE_HOSPITAL}
    assert len(own) == len(NOT_THE_HOSPITAL)
    assert own.isdisjoint(HOSPITAL)
    assert own | set(HOSPITAL) == {table.name for table in TABLES}


def test_nothing_is_noted_before_anything_is_written(proof: Proof) -> None:
    done(proof.line.call("sam", "list_exceptions", role="all"))
    waiting(proof.line.call("sup", "create_requisition", item="TRAY", quantity=2))
    waiting(proof.line.call("cora", "book_appointment", slot="slot-0", patient="P-1"))
    refused(proof.line.call("sup", "hold_slot", slot="slot-404"))
    proof.line.put(Feed(id="erp", last_event_at=NOW))
    assert proof.written() == set()
    assert proof.unexplained() == []
    assert proof.plans == 0


def test_inserts_updates_and_deletes_are_noted(proof: Proof) -> None:
    proof.line.put(CostCentre(id="4300", name="Imaging", left_this_month=1))
    proof.line.put(proof.line.get(Item, "TRAY").changed(unit_cost=1))
    patients = proof.table(Patient)
    with closing(sqlite3.connect(proof.database)) as connection, connection:
        connection.execute(f'DELETE FROM "{patients}" WHERE id = ?', ("P-2",))
    assert proof.written() == {f"{proof.table(CostCentre)} 4300", f"{proof.table(Item)} TRAY", f"{patients} P-2"}
    assert set(proof.unexplained()) == proof.written()


def test_real_commits_are_explained_completely(proof: Proof) -> None:
    commit_three(proof.line)
    (visit,), (bought,) = proof.line.find(Appointment), proof.line.find(Requisition)
    assert proof.written() == {
        f"{proof.table(Requisition)} {bought.id}",
        f"{proof.table(Appointment)} {visit.id}",
        f"{proof.table(Slot)} slot-0",
        f"{proof.table(Room)} hill-or-1",
    }
    assert proof.unexplained() == []
    assert proof.plans == 3


def test_commits_made_at_different_times_are_explained_in_their_order(proof: Proof) -> None:
    shown = proof.line.call("cora", "book_appointment", slot="slot-0", patient="P-1")
    done(proof.line.confirm("cora", "book_appointment", shown))
    (visit,) = proof.line.find(Appointment)
    later = proof.line.at(NOW + timedelta(minutes=7))
    moved = later.call("cora", "reschedule_appointment", appointment=visit.id, slot="slot-1")
    done(later.confirm("cora", "reschedule_appointment", moved))
    last = proof.line.at(NOW + timedelta(minutes=12))
    gone = last.call("cora", "cancel_appointment", appointment=visit.id)
    done(last.confirm("cora", "cancel_appointment", gone))
    assert proof.line.get(Appointment, visit.id).cancelled_at == NOW + timedelta(minutes=12)
    assert proof.unexplained() == []
    with proof.line.store.reading() as world:
        assert [entry.at for _, entry in committed_plans(world)] == [NOW, later.now, last.now]


def test_a_row_changed_behind_the_desks_back_is_found_among_real_commits(proof: Proof) -> None:
    commit_three(proof.line)
    centre = proof.line.get(CostCentre, "4100")
    proof.line.put(centre.changed(left_this_month=centre.left_this_month - 1))
    assert proof.unexplained() == [f"{proof.table(CostCentre)} 4100"]


def test_a_committed_row_that_was_altered_afterwards_is_found(proof: Proof) -> None:
    commit_three(proof.line)
    (bought,) = proof.line.find(Requisition)
    proof.line.put(bought.changed(amount=bought.amount * 10))
    assert proof.unexplained() == [f"{proof.table(Requisition)} {bought.id}"]


def test_a_committed_row_that_was_taken_away_is_found(proof: Proof) -> None:
    commit_three(proof.line)
    (visit,) = proof.line.find(Appointment)
    with closing(sqlite3.connect(proof.database)) as connection, connection:
        connection.execute(f'DELETE FROM "{proof.table(Appointment)}" WHERE id = ?', (visit.id,))
    assert proof.unexplained() == [f"{proof.table(Appointment)} {visit.id}"]


def test_a_commit_that_was_never_carried_out_is_found(proof: Proof) -> None:
    """The chain says that it was done, and the slot is as it was before."""
    shown = proof.line.call("cora", "book_appointment", slot="slot-0", patient="P-1")
    done(proof.line.confirm("cora", "book_appointment", shown))
    proof.line.put(proof.line.get(Slot, "slot-0").changed(status="free"))
    assert proof.unexplained() == [f"{proof.table(Slot)} slot-0"]
