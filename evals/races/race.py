"""Running the races, and looking at what is there afterwards: in our tables and in the sandbox's own ERP."""

import multiprocessing
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from evals.races.shop import ask, stock
from evals.races.worker import work
from hospital.clocks import FrozenClock
from hospital.model.supply import Requisition
from hospital.model.work import OutboxMessage
from middleware.connectors.sandbox import sandbox_downstream
from middleware.outbox import LEASE, deliver_due
from middleware.store.database import SqlStore, create
from policies import audit
from policies.decide import load_policy
from policies.plans import AuditEntry, Plan, Vote

DEEPEST = 150
"""Statements and calls within which a process is killed: some plans' votes, commits and deliveries."""
PER_KILL = 6
"""Plans that wait when a process that will be killed begins."""
_DONE = ("committed", "delivered", "ambiguous")


@dataclass(frozen=True)
class Found:
    """What is there after a race. `wrong`: plans that are neither done nor undone, or whose effect is not once."""

    plans: int
    done: int
    effects: int
    votes: int
    killed: int
    wrong: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether every plan had its effect exactly once."""
        return not self.wrong and self.done == self.plans == self.effects


def race(url: str, plans: int, processes: int, seed: int = 1) -> Found:
    """So many processes decide, commit and deliver the same plans at once."""
    with tempfile.TemporaryDirectory(prefix="wardline-race-") as home:
        store, policy = create(url, sandbox=True), load_policy()
        stock(store, policy, plans)
        ids = ask(store, policy, range(plans))
        started = [_start(url, home, seed * 1_000 + n, ids, None) for n in range(processes)]
        ends = [_end(process) for process in started]
        _deliver_rest(store, home)
        found = look(store, Path(home), 0)
        store.close()
    failed = tuple(f"a process ended with {code}" for code in ends if code != 0)
    return Found(**{**vars(found), "wrong": (*failed, *found.wrong)})


def kill(url: str, points: int, seed: int = 1) -> Found:
    """So many processes are killed (SIGKILL) somewhere in voting, committing and delivering; then all is finished."""
    random = Random(seed)
    with tempfile.TemporaryDirectory(prefix="wardline-kill-") as home:
        store, policy = create(url, sandbox=True), load_policy()
        stock(store, policy, points * PER_KILL)
        halves: list[str] = []
        killed = 0
        for point in range(points):
            ids = ask(store, policy, range(point * PER_KILL, (point + 1) * PER_KILL))
            code = _end(_start(url, home, point, ids, random.randrange(1, DEEPEST)))
            killed += code == -9
            halves += [f"after kill {point}: {one}" for one in look(store, Path(home), killed, final=False).wrong]
        with store.reading() as world:
            left = tuple(str(plan.id) for plan in world.find(Plan, state="awaiting"))
        if left and (code := _end(_start(url, home, seed, left, None))) != 0:
            halves.append(f"the last process ended with {code}")
        _deliver_rest(store, home)
        found = look(store, Path(home), killed)
        store.close()
    return Found(**{**vars(found), "wrong": (*halves, *found.wrong)})


def look(store: SqlStore, home: Path, killed: int, *, final: bool = True) -> Found:
    """Compare plans, rows, links of the chain, messages and what the ERP did, each read from where it is kept."""
    with store.reading() as world:
        plans = world.find(Plan)
        rows = Counter(one.plan_id for one in world.find(Requisition))
        links = Counter(e.plan_id for e in world.find(AuditEntry, what="commit") if not e.why.startswith("stale"))
        messages = Counter(one.plan_id for one in world.find(OutboxMessage))
        votes = world.find(Vote)
        chain = audit.verify(world)
    by_erp = effects_of(home)
    voted = Counter(vote.plan_id for vote in votes)
    wrong = [] if chain.ok else [f"the audit chain is broken at {chain.first_broken}"]
    for plan in plans:
        done = plan.state in _DONE
        have = (rows[plan.id], links[plan.id], messages[plan.id], voted[plan.id])
        if have != ((1, 1, 1, 1) if done else (0, 0, 0, 0)):
            wrong.append(f"{plan.id} is {plan.state} with rows, commits, messages, votes {have}")
        told = by_erp[plan.id]
        if told > int(done) or (final and plan.state != "delivered"):
            wrong.append(f"{plan.id} is {plan.state}, and the ERP did it {told} times")
    return Found(
        plans=len(plans),
        done=sum(plan.state in _DONE for plan in plans),
        effects=sum(by_erp.values()),
        votes=len(votes),
        killed=killed,
        wrong=tuple(wrong),
    )


def effects_of(home: Path) -> Counter[str]:
    """How many requisitions the ERP has in its own file, by the plan they came from."""
    path = home / "sandbox" / "erp.db"
    if not path.exists():
        return Counter()
    with closing(sqlite3.connect(path)) as kept:
        found = kept.execute("SELECT json_extract(data, '$.plan_id') FROM records WHERE kind = 'requisition'")
        return Counter(str(plan) for (plan,) in found)


def _deliver_rest(store: SqlStore, home: str) -> None:
    """As the next worker does once the leases of the dead are over."""
    systems = sandbox_downstream(Path(home), FrozenClock(datetime.now(UTC)))
    deliver_due(store, systems, datetime.now(UTC) + 3 * LEASE, limit=10_000)
    deliver_due(store, systems, datetime.now(UTC) + timedelta(hours=1), limit=10_000)


_HERE = multiprocessing.get_context("forkserver")
_HERE.set_forkserver_preload(["evals.races.worker", "middleware.sandbox.services.catalogue"])


def _start(
    url: str, home: str, seed: int, ids: tuple[str, ...], die_after: int | None
) -> "multiprocessing.context.ForkServerProcess":
    process = _HERE.Process(target=work, args=(url, home, seed, ids, die_after))
    process.start()
    return process


def _end(process: "multiprocessing.context.ForkServerProcess") -> int | None:
    """How it ended; one that hangs is ended."""
    process.join(600)
    if process.is_alive():
        process.kill()
        process.join()
    code = process.exitcode
    process.close()
    return code
