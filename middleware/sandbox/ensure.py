"""Making the sandbox when there is none that fits the clock, and reusing it when there is."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from hospital.clocks import FrozenClock
from hospital.entity import Entity, Record, Time
from hospital.model.work import Setting
from hospital.ports import Clock
from middleware.sandbox.marks import ADVANCED_TO
from middleware.sandbox.switches import clear_switches, sandbox_folder
from middleware.store.database import NoStore, SqlStore, create, engine_for
from policies.seal import forget_seals

STAMP = "sandbox_built_for"
"""The setting that says for which clock and seed a sandbox was built."""
LEFT_ALONE = timedelta(days=28)
"""A live sandbox goes on for ever; one that nobody opened for so long is built anew: its bookings have run out."""

World = dict[type[Entity], list[dict[str, Any]]]
Builder = Callable[[datetime, int], World]
Progress = Callable[[str], None]


class Stamp(Record):
    """For what a sandbox was built. `frozen`: for this very moment; otherwise for a clock that goes on."""

    moment: Time
    frozen: bool
    seed: int
    generator: str
    """A fingerprint of the code that invents the world."""

    def fits(self, wanted: "Stamp", played_to: datetime) -> bool:
        """Whether this sandbox, whose day was played up to then, will do.

        The same moment and generator when frozen; not left alone for too long when live.
        """
        if (self.frozen, self.seed) != (wanted.frozen, wanted.seed):
            return False
        if self.frozen:
            return (self.moment, self.generator) == (wanted.moment, wanted.generator)
        # What people did in a live sandbox outlives a change of the generator.
        return wanted.moment < played_to + LEFT_ALONE


def ensure_sandbox(
    url: str,
    home: Path,
    clock: Clock,
    progress: Progress | None = None,
    seed: int = 7,
    *,
    builder: Builder | None = None,
) -> SqlStore:
    """The store at this address for this business clock; its sandbox is made when none there fits.

    A frozen clock's sandbox is reused for the same moment and seed; a live one is brought up to now. What does not
    fit is built anew: on SQLite aside and then swapped, so that nobody sees half of it and a failed build changes
    nothing; the file that was there is kept as `NAME.previous`. Conditions are cleared and the services start
    over with it. Of several processes that start at once, one builds. A production store is opened and not touched.
    `builder` makes the rows (`middleware.sandbox.world.build.build_world` when none is given).
    """
    frozen = isinstance(clock, FrozenClock)
    wanted = Stamp(moment=clock.now(), frozen=frozen, seed=seed, generator=_fingerprint())
    store = _open_fitting(url, wanted)
    if store is None:
        with _alone(home):
            store = _open_fitting(url, wanted)
            if store is None:
                _replace(url, home, wanted, builder, progress or _say_nothing)
                store = SqlStore(url)
    if store.is_sandbox and not frozen:
        from middleware.sandbox.simulator import advance  # brings the generator along

        advance(store, wanted.moment)
    return store


def read_stamp(store: SqlStore) -> Stamp | None:
    """For what this sandbox was built, or None when it was never filled."""
    with store.reading() as world:
        setting = world.get(Setting, STAMP)
    return Stamp.model_validate_json(setting.value) if setting else None


def _open_fitting(url: str, wanted: Stamp) -> SqlStore | None:
    try:
        store = SqlStore(url)
    except NoStore:
        return None
    if not store.is_sandbox:
        return store
    found = read_stamp(store)
    if found is not None and found.fits(wanted, _played_to(store) or found.moment):
        return store
    store.close()
    return None


def _played_to(store: SqlStore) -> datetime | None:
    with store.reading() as world:
        setting = world.get(Setting, ADVANCED_TO)
    return datetime.fromisoformat(setting.value) if setting else None


def _fingerprint() -> str:
    digest = sha256()
    for source in sorted((Path(__file__).parent / "world").glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One builder at a time on this machine; the lock ends with its process."""
    with (sandbox_folder(home) / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(url: str, home: Path, wanted: Stamp, builder: Builder | None, progress: Progress) -> None:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        _drop(address)
        _fill(address, home, wanted, builder, progress)
        return
    path = Path(str(address.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        _fill(address.set(database=str(aside)), home, wanted, builder, progress)
        # A write-ahead log belongs to its file: it must go with it, never be read into the new one.
        for extra in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                path.with_name(path.name + extra).replace(path.with_name(f"{path.name}.previous{extra}"))
        aside.replace(path)
    finally:
        for left in path.parent.glob(f"{aside.name}*"):
            left.unlink()


def _fill(address: URL, home: Path, wanted: Stamp, builder: Builder | None, progress: Progress) -> None:
    from middleware.sandbox.seeding import seed_services

    progress("inventing the world")
    rows = (builder or _builder())(wanted.moment, wanted.seed)
    store = create(address.render_as_string(hide_password=False), sandbox=True)
    try:
        with store.working() as work:
            for kind, some in rows.items():
                progress(f"writing {kind.__name__}")
                work.bulk(kind, some)
            work.put(Setting(id=STAMP, value=wanted.model_dump_json()))
        progress("starting the services")
        seed_services(home, rows, wanted.moment)
        clear_switches(home)
        forget_seals(home / "audit")
        store.tidy()
    finally:
        store.close()


def _builder() -> Builder:
    from middleware.sandbox.world.build import build_world  # numpy and the generator, only when there is need

    return build_world


def _drop(address: URL) -> None:
    """Empty a PostgreSQL sandbox. Its ledger refuses to be emptied row by row, so everything goes at once."""
    try:
        store = SqlStore(address.render_as_string(hide_password=False))
    except NoStore:
        return
    store.close()
    if not store.is_sandbox:
        raise ValueError("the store there is a production store; the sandbox never touches it")
    from sqlalchemy import MetaData, text

    engine = engine_for(address)
    try:
        with engine.begin() as connection:
            there = MetaData()
            there.reflect(connection)
            there.drop_all(connection)
            connection.execute(text("DROP FUNCTION IF EXISTS wardline_refuse()"))
    finally:
        engine.dispose()


def _say_nothing(_: str) -> None:
    return None
