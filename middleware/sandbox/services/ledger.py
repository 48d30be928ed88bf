"""What a sandbox service keeps in its own SQLite file: records, effects by key, and the journal of changes."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hospital.ports import Clock

Data = dict[str, Any]
_SEEDED = ""
"""What was asked for by an effect from before the service's time: not known, so any repeat of its key is one."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, slot TEXT, data TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS records_slot ON records (slot) WHERE slot IS NOT NULL;
CREATE TABLE IF NOT EXISTS effects (
    key TEXT PRIMARY KEY, operation TEXT NOT NULL, asked TEXT NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replaced (
    key TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, became INTEGER NOT NULL,
    state TEXT, slot TEXT, data TEXT, PRIMARY KEY (key, kind, id));
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, type TEXT NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL);
"""


class Refused(Exception):
    """The service does not do what was asked; `status` is the HTTP status, the text says why."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


class Books:
    """One open transaction on the file."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._sql = connection
        self._clock = clock
        self._replaced: dict[tuple[str, str], tuple[str, str | None, str] | None] = {}
        """What each record was before this transaction; None: it was not there."""

    def get(self, kind: str, id: str) -> Data | None:
        """One record with its state, or None."""
        row = self._sql.execute("SELECT state, data FROM records WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return _record(id, *row) if row else None

    def find(self, kind: str, state: str | None = None, limit: int = 500) -> list[Data]:
        """The records of a kind, in the order they came, or only those in one state."""
        rows = self._sql.execute(
            "SELECT id, state, data FROM records WHERE kind = ? AND (? IS NULL OR state = ?) ORDER BY rowid LIMIT ?",
            (kind, state, state, limit),
        )
        return [_record(*row) for row in rows]

    def in_slot(self, slot: str) -> Data | None:
        """The live booking in this slot, or None."""
        row = self._sql.execute("SELECT id, state, data FROM records WHERE slot = ?", (slot,)).fetchone()
        return _record(*row) if row else None

    def put(self, kind: str, id: str, state: str, data: Data, event: str, slot: str | None = None) -> None:
        """Keep a record and say in the journal what happened to it."""
        text = json.dumps(data)
        before = self._sql.execute("SELECT state, slot, data FROM records WHERE kind = ? AND id = ?", (kind, id))
        self._replaced.setdefault((kind, id), before.fetchone())
        self._sql.execute(
            "INSERT INTO records (kind, id, state, slot, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id)"
            " DO UPDATE SET state = excluded.state, slot = excluded.slot, data = excluded.data",
            (kind, id, state, slot, text),
        )
        self._sql.execute(
            "INSERT INTO journal (at, type, kind, id, data) VALUES (?, ?, ?, ?, ?)",
            (self._clock.now().isoformat(), event, kind, id, json.dumps({"state": state, **data})),
        )

    def next_number(self, kind: str, prefix: str, after: int) -> str:
        """The next free number of a kind: `REQ-1043` when the highest so far is REQ-1042 or `after` is 1042."""
        (highest,) = self._sql.execute(
            "SELECT max(CAST(substr(id, ?) AS INTEGER)) FROM records WHERE kind = ?", (len(prefix) + 1, kind)
        ).fetchone()
        return f"{prefix}{max(highest or 0, after) + 1}"

    def effect(self, key: str) -> tuple[str, str, str, str] | None:
        """Operation, what was asked, kind and reference of what was done under this key."""
        found: tuple[str, str, str, str] | None = self._sql.execute(
            "SELECT operation, asked, kind, reference FROM effects WHERE key = ?", (key,)
        ).fetchone()
        return found

    def note(self, key: str, operation: str, asked: str, kind: str, reference: str) -> None:
        """Remember what was done under a key."""
        self._sql.execute("INSERT INTO effects VALUES (?, ?, ?, ?, ?)", (key, operation, asked, kind, reference))

    def note_replaced(self, key: str) -> None:
        """Remember what this transaction replaced, so that it can be taken back."""
        for (kind, id), before in self._replaced.items():
            self._sql.execute(
                "INSERT INTO replaced VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, kind, id, self._latest(kind, id), *(before or (None, None, None))),
            )

    def take_back(self, key: str, ended: Mapping[str, str]) -> None:
        """Make everything again what it was before the effect of this key; new records end in a state by kind.

        Raises:
            Refused: when something has changed since, or the effect is from before the service's time.
        """
        rows = self._sql.execute("SELECT kind, id, became, state, slot, data FROM replaced WHERE key = ?", (key,))
        found = rows.fetchall()
        if not found:
            raise Refused(f"what was done under {key} is not known well enough to take it back", 409)
        for kind, id, became, state, slot, data in reversed(found):
            if self._latest(kind, id) != became:
                raise Refused(f"{id} has changed since, so it is not taken back", 409)
            if data is not None:
                self.put(kind, id, state, json.loads(data), f"{kind}.restored", slot)
                continue
            now = {name: value for name, value in (self.get(kind, id) or {}).items() if name not in ("id", "state")}
            self.put(kind, id, ended[kind], now, f"{kind}.{ended[kind]}")

    def _latest(self, kind: str, id: str) -> int:
        """The place in the journal of the last change of a record."""
        row = self._sql.execute("SELECT max(seq) FROM journal WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return int(row[0] or 0)

    def changes(self, since: int, limit: int) -> list[Data]:
        """What changed after a place in the journal, oldest first."""
        rows = self._sql.execute(
            "SELECT seq, at, type, kind, id, data FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (since, limit)
        )
        return [
            {"seq": seq, "at": at, "type": event, "kind": kind, "id": id, "data": json.loads(data)}
            for seq, at, event, kind, id, data in rows
        ]


class ServiceFile:
    """The file of one service; safe for several processes."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[Books]:
        """A snapshot."""
        with self._connect() as connection:
            connection.execute("BEGIN")
            yield Books(connection, self._clock)
            connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """A transaction: everything in it, or nothing."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Books(connection, self._clock)
            connection.execute("COMMIT")

    def once(
        self, key: str, operation: str, payload: Mapping[str, Any], kind: str, effect: Callable[[Books], str]
    ) -> tuple[Data, bool]:
        """The record that `effect` makes under this key, and whether it was made just now: never twice.

        Raises:
            Refused: by the effect, or because the key was used before to ask for something else (409).
        """
        asked = json.dumps(payload, sort_keys=True)
        with self.writing() as books:
            before = books.effect(key)
            if before is None:
                reference = effect(books)
                books.note(key, operation, asked, kind, reference)
                books.note_replaced(key)
            elif before[0] != operation or before[1] not in (asked, _SEEDED):
                raise Refused(f"the key {key} was used before to ask for something else", 409)
            else:
                reference = before[3]
            record = books.get(kind, reference)
        assert record is not None, f"{operation} made no {kind} {reference}"
        return record, before is None

    def undo(self, key: str, undoes: str, ended: Mapping[str, str]) -> str:
        """Take back, once under its own key, what was done under another; the reference of what it was.

        Raises:
            Refused: when nothing arrived under that key, or it cannot be taken back.
        """
        with self.writing() as books:
            done = books.effect(undoes)
            if done is None:
                raise Refused(f"nothing ever arrived under {undoes}", 404)
            if books.effect(key) is None:
                books.take_back(undoes, ended)
                books.note(key, f"undo:{done[0]}", undoes, done[2], done[3])
        return done[3]

    def seed(self, rows: Iterable[tuple[str, str, str, str | None, Data]], keys: Iterable[tuple[str, ...]]) -> None:
        """Replace everything by these records (kind, id, state, slot, data) and effects (as `Books.note`).

        An effect that was asked for with the empty text is repeated by anything asked under its key.
        """
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in ("records", "effects", "journal", "replaced"):
                connection.execute(f"DELETE FROM {table}")
            connection.executemany(
                "INSERT INTO records (kind, id, state, slot, data) VALUES (?, ?, ?, ?, ?)",
                ((kind, id, state, slot, json.dumps(data)) for kind, id, state, slot, data in rows),
            )
            connection.executemany("INSERT INTO effects VALUES (?, ?, ?, ?, ?)", keys)
            connection.execute("COMMIT")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        # Closing rolls back what was not committed.
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection


def _record(id: str, state: str, data: str) -> Data:
    return {"id": id, "state": state, **json.loads(data)}
