"""One turn of a thread at a time, over all processes: a lease on the thread, renewed while the turn runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from hospital.ids import ThreadId, TurnId
from hospital.model.work import Setting
from hospital.ports import Clock, Store, UnitOfWork
from tools.naming import fresh_id

LEASE = timedelta(seconds=30)
"""After so long without a sign of life a turn counts as crashed and the next one may run."""
RENEWALS = 6
"""How often a lease is renewed while it lasts."""
LOOK_AGAIN = timedelta(milliseconds=50)


class Leases:
    """Leases on threads, kept in the store so that every process sees them; on the system clock."""

    def __init__(self, store: Store, clock: Clock, lasts: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._lasts = lasts

    @asynccontextmanager
    async def held(self, thread_id: ThreadId, turn_id: TurnId) -> AsyncIterator[None]:
        """Wait until no other turn of the thread runs, and keep others out until the end of the block."""
        owner = fresh_id(turn_id)
        while not self._take(thread_id, owner):
            await asyncio.sleep(LOOK_AGAIN.total_seconds())
        renewing = asyncio.create_task(self._renew(thread_id, owner))
        try:
            yield
        finally:
            renewing.cancel()
            self._give_back(thread_id, owner)

    async def _renew(self, thread_id: ThreadId, owner: str) -> None:
        while True:
            await asyncio.sleep(self._lasts.total_seconds() / RENEWALS)
            self._take(thread_id, owner)

    def _take(self, thread_id: ThreadId, owner: str) -> bool:
        with self._store.working() as work:
            now = self._clock.now()
            lease = _lease_of(work, thread_id)
            if lease is not None:
                whose, until = _read(lease)
                if whose != owner and until > now:
                    return False
            work.put(Setting(id=_key(thread_id), value=f"{owner} {(now + self._lasts).isoformat()}"))
            return True

    def _give_back(self, thread_id: ThreadId, owner: str) -> None:
        with self._store.working() as work:
            lease = _lease_of(work, thread_id)
            if lease is not None and _read(lease)[0] == owner:
                work.put(Setting(id=_key(thread_id), value=f"{owner} {self._clock.now().isoformat()}"))


def _key(thread_id: ThreadId) -> str:
    return f"lease:{thread_id}"


def _lease_of(work: UnitOfWork, thread_id: ThreadId) -> Setting | None:
    work.lock((_key(thread_id),))
    return work.get(Setting, _key(thread_id))


def _read(lease: Setting) -> tuple[str, datetime]:
    owner, _, until = lease.value.partition(" ")
    return owner, datetime.fromisoformat(until)
