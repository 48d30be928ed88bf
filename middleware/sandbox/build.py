"""Making the sandbox once and reusing it: the store, filled, and the files of the services beside it."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url

from hospital.entity import Record, Time
from hospital.model.work import Setting
from hospital.ports import Clock
from middleware.sandbox.seeding import seed_services
from middleware.sandbox.simulator import advance
from middleware.sandbox.world.frame import HOUSE_ZONE
from middleware.store.database import NoStore, SqlStore, create

STAMP = "sandbox_build"
"""The setting that says from which clock and seed the sandbox was built."""
VERSION = 1
"""Raised whenever the same clock and seed would give another world."""

Progress = Callable[[str], None]


class Stamp(Record):
    """From what a sandbox was built. `frozen_day`: the local day of a frozen clock, None when live."""

    version: int = VERSION
    seed: int
    frozen_day: str | None
    built_for: Time


def ensure_sandbox(
    home: Path,
    store_url: str,
    now: datetime | None,
    seed: int = 7,
    *,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> SqlStore:
    """The sandbox store for this clock (None: live), made when there is none that fits.

    A frozen clock's sandbox fits the whole local day; a live one is brought up to now. Two processes at once build
    once. On PostgreSQL the database must be empty, because it cannot be swapped for a new one.

    Raises:
        ValueError: when the store there is a production store, or a filled PostgreSQL database that does not fit.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    wanted = Stamp(seed=seed, frozen_day=_local_day(at) if now else None, built_for=at)
    store = _open_fitting(store_url, wanted, clock)
    if store is None:
        with _alone(home):
            store = _open_fitting(store_url, wanted, clock)
            if store is None:
                _make(home, store_url, wanted, progress)
                store = SqlStore(store_url, clock)
    advance(store, at)
    return store


def _open_fitting(url: str, wanted: Stamp, clock: Clock | None) -> SqlStore | None:
    try:
        store = SqlStore(url, clock)
    except NoStore:
        return None
    if not store.is_sandbox:
        store.close()
        raise ValueError("the store there is a production store; the sandbox never touches it")
    found = read_stamp(store)
    if found is not None and _key(found) == _key(wanted):
        return store
    store.close()
    return None


def read_stamp(store: SqlStore) -> Stamp | None:
    """From what this sandbox was built, or None when it was never filled."""
    with store.reading() as reader:
        setting = reader.get(Setting, STAMP)
    return Stamp.model_validate_json(setting.value) if setting else None


def _key(stamp: Stamp) -> tuple[int, int, str | None]:
    return stamp.version, stamp.seed, stamp.frozen_day


def _local_day(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(HOUSE_ZONE)).date().isoformat()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One builder at a time, also across processes; the lock goes with the process."""
    folder = home / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(home: Path, url: str, wanted: Stamp, progress: Progress | None) -> None:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        _fill(home, url, wanted, progress)
        return
    path = Path(str(address.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        _fill(home, f"sqlite:///{fresh}", wanted, progress)
        # The write-ahead log of the file that is replaced must not be read into the new one.
        for extra in ("-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)
        fresh.replace(path)
    finally:
        for left in path.parent.glob(f"{fresh.name}*"):
            left.unlink(missing_ok=True)


def _fill(home: Path, url: str, wanted: Stamp, progress: Progress | None) -> None:
    from middleware.sandbox.world.build import build_world

    store = create(url, sandbox=True)
    try:
        if read_stamp(store) is not None:
            raise ValueError("the sandbox there was built for another clock or seed; give an empty database")
        world = build_world(wanted.built_for, wanted.seed, progress)
        with store.working() as work:
            for kind, rows in world.items():
                if progress is not None:
                    progress(f"writing {kind.__name__}")
                work.bulk(kind, rows)
            work.put(Setting(id=STAMP, value=json.dumps(wanted.model_dump(mode="json"))))
        if progress is not None:
            progress("services")
        seed_services(home, world, wanted.built_for)
    finally:
        store.close()
