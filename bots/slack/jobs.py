"""What must be done for Slack, shared by any number of processes: a lease table with lanes, retries and an end."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import sample
from typing import Any

from hospital.model.slack import SlackJob
from hospital.ports import AlreadyThere, Clock, In, Range, Reader, Store, UnitOfWork

LEASE = timedelta(seconds=30)
"""After so long without a sign of life a worker counts as dead, and its job is done again."""
ATTEMPTS = 8
"""After so many failures a job is dead: kept, with its last error, for a person to look at."""
CANDIDATES = 4
"""So many are tried in one look, in any order, so that not all workers go for the same."""
_LOCK = "slack:jobs"
_OPEN = In(("waiting", "working"))


class Jobs:
    """The table of jobs, on the system clock."""

    def __init__(self, store: Store, clock: Clock, lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self.lease = lease

    def add(self, *jobs: SlackJob) -> tuple[SlackJob, ...]:
        """Keep these in one transaction; those that were not there before."""
        with self._store.working() as work:
            return tuple(job for job in jobs if append(work, job))

    def claim(self, owner: str, *, urgent_only: bool = False) -> SlackJob | None:
        """The next job for this worker, if there is any: urgent ones first, and in a lane one after the other."""
        now = self._clock.now()
        with self._store.reading() as world:  # a look costs no lock
            candidates = _candidates(world, now, urgent_only)
        first = candidates[:CANDIDATES]
        for job_id in sample(first, len(first)):
            job = self._take(job_id, owner, now)
            if job is not None:
                return job
        return None

    def _take(self, job_id: str, owner: str, now: datetime) -> SlackJob | None:
        """This job, unless somebody was faster or an earlier one of its lane came in."""
        with self._store.working() as work:
            work.lock((_LOCK,))
            job = work.get(SlackJob, job_id)
            if job is None or job.state not in ("waiting", "working") or job.next_at > now:
                return None
            if _ahead(work, (job.lane,)).get(job.lane) != job.id:
                return None
            mine = job.model_copy(
                update={
                    "state": "working",
                    "owner": owner,
                    "attempts": job.attempts + 1,
                    "next_at": now + self.lease,
                }
            )
            work.put(mine)
            return mine

    def renew(self, job: SlackJob) -> bool:
        """Say that it is still being done; False when somebody else has taken over."""
        return self._mine(job, next_at=self._clock.now() + self.lease)

    def remember(self, job: SlackJob, **facts: Any) -> None:
        """Keep facts with a job, for whoever must go on with it."""
        with self._store.working() as work:
            work.lock((_LOCK,))
            current = work.get(SlackJob, job.id)
            if current is not None and current.state != "done":
                work.put(current.model_copy(update={"payload": {**current.payload, **facts}}))

    def facts(self, job: SlackJob) -> Mapping[str, Any]:
        """What is kept with a job by now."""
        with self._store.reading() as world:
            current = world.get(SlackJob, job.id)
        return current.payload if current else {}

    def done(self, job: SlackJob, note: str = "") -> bool:
        """It is done; what people said in it is forgotten, its id stays so that it is never done again."""
        return self._mine(job, state="done", payload={}, note=note[:300])

    def again(self, job: SlackJob, after: timedelta, note: str) -> bool:
        """It failed; try it later, or never again after the last attempt."""
        if job.attempts >= ATTEMPTS:
            return self.dead(job, note)
        return self._mine(job, state="waiting", next_at=self._clock.now() + after, note=note[:300])

    def dead(self, job: SlackJob, note: str) -> bool:
        """It cannot be done."""
        return self._mine(job, state="dead", note=note[:300])

    def forget(self, about: str) -> int:
        """The message was deleted: what was not begun is not done; how many jobs."""
        with self._store.working() as work:
            work.lock((_LOCK,))
            found = work.find(SlackJob, about=about, state="waiting")
            work.put(*(job.model_copy(update={"state": "done", "payload": {}, "note": "deleted"}) for job in found))
        return len(found)

    def stop(self, lane: str) -> None:
        """The stop button: what waits in this lane is not done, what runs learns of it before it answers."""
        with self._store.working() as work:
            work.lock((_LOCK,))
            for job in work.find(SlackJob, lane=lane, state=_OPEN):
                if job.state == "waiting":
                    stopped = job.model_copy(update={"state": "done", "payload": {}, "note": "stopped"})
                else:
                    stopped = job.model_copy(update={"payload": {**job.payload, "stopped": True}})
                work.put(stopped)

    def left(self) -> int:
        """How many are not done."""
        with self._store.reading() as world:
            return world.count(SlackJob, state=_OPEN)

    def _mine(self, job: SlackJob, **changed: Any) -> bool:
        with self._store.working() as work:
            work.lock((_LOCK,))
            current = work.get(SlackJob, job.id)
            if current is None or (current.state, current.owner, current.attempts) != (
                "working",
                job.owner,
                job.attempts,
            ):
                return False
            work.put(current.model_copy(update=changed))
            return True


def append(work: UnitOfWork, job: SlackJob) -> bool:
    """Keep a job inside somebody's transaction; False when it was there before."""
    try:
        work.append(job)
    except AlreadyThere:
        return False
    return True


def _candidates(world: Reader, now: datetime, urgent_only: bool) -> list[str]:
    """What may be done now: urgent ones first, and of each lane only the first."""
    where: dict[str, Any] = {"urgent": True} if urgent_only else {}
    due = Range(before=now + timedelta(microseconds=1))
    found = world.values(SlackJob, ("urgent", "place", "id", "lane"), state=_OPEN, next_at=due, **where)
    if not found:
        return []
    ahead = _ahead(world, {lane for *_, lane in found})
    ranked = sorted((not urgent, place, job_id) for urgent, place, job_id, lane in found if ahead[lane] == job_id)
    return [job_id for *_, job_id in ranked]


def _ahead(world: Reader, lanes: Iterable[str]) -> dict[str, str]:
    """The first open job of each lane; the others wait for it."""
    rows = world.values(SlackJob, ("lane", "state", "place", "id"), lane=In(tuple(lanes)), state=_OPEN)
    first: dict[str, tuple[bool, str, str]] = {}
    for lane, state, place, job_id in rows:
        rank = (state != "working", place, job_id)
        first[lane] = min(first.get(lane, rank), rank)
    return {lane: rank[2] for lane, rank in first.items()}
