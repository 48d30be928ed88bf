"""Anything that may happen to plans, in any order: asked, voted, changed, expired, crashed, the world moving on."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ledger_invariants import DONE, INVARIANTS, Seen
from small_hospital import NOW, PEOPLE, fill, hold, people, purchase, staff_request, visit

from hospital.entity import Entity
from hospital.ids import TurnId, UserId
from hospital.model.bookings import Slot
from hospital.model.history import Feed
from hospital.model.supply import Item
from hospital.model.work import Setting
from hospital.ports import UnitOfWork
from middleware.store.database import SqlStore, create
from policies import ledger
from policies.decide import load_policy
from policies.drafting import draft_plan
from policies.outcomes import Outcome
from policies.plans import Plan

POLICY = load_policy()
VOTERS = tuple(sorted(person.id for person in PEOPLE))
LIKELY = ("periop.manager", "periop.deputy", "periop.director", "nils", "nora", "nursing.finance", "nursing.deputy")
FEEDS = ("ehr", "adt", "wfm", "erp", "inventory")
WHO = st.one_of(st.sampled_from(LIKELY), st.sampled_from(VOTERS))
PICK = st.integers(0, 30)
MONEY = ("periop.manager", "periop.deputy", "periop.director", "finance.controller")
HOW_MANY = st.sampled_from((1, 2, 2, 3, 4, 12, 30))
"""Trays of $1,000: within the limits of the manager, of the director, or above."""


class Crashed(Exception):
    """The process ended in the middle of a transaction."""


class CrashingStore:
    """The same store, whose transactions end after so many writes as if the process had been killed."""

    def __init__(self, store: SqlStore, after: int) -> None:
        self._store = store
        self._left = after
        self.is_sandbox = True

    @contextmanager
    def working(self) -> Iterator[UnitOfWork]:
        """A transaction that may not live to its end."""
        with self._store.working() as work:
            yield _Crashing(work, self)

    def reading(self) -> Any:
        """A snapshot."""
        return self._store.reading()

    def tick(self) -> None:
        """One write more.

        Raises:
            Crashed: when it was one too many.
        """
        self._left -= 1
        if self._left < 0:
            raise Crashed


class _Crashing:
    def __init__(self, work: Any, store: CrashingStore) -> None:
        self._work = work
        self._store = store

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._work, name)
        if name not in ("put", "append", "send", "remove"):
            return found

        def write(*args: Any) -> Any:
            self._store.tick()
            return found(*args)

        return write


class LedgerMachine(RuleBasedStateMachine):
    """Steps over a real store; after each, every invariant is looked up in the database."""

    template: Path | None = None
    steps = 0
    commits = 0

    def __init__(self) -> None:
        super().__init__()
        if LedgerMachine.template is None:
            LedgerMachine.template = Path(tempfile.mkdtemp(prefix="wardline-machine-")) / "template.db"
            fill(create(f"sqlite:///{LedgerMachine.template}", sandbox=True)).close()
        self.folder = Path(tempfile.mkdtemp(prefix="wardline-machine-"))
        self.store = SqlStore(f"sqlite:///{shutil.copy(LedgerMachine.template, self.folder / 'wardline.db')}")
        self.now = NOW
        self.number = 0
        self.plans: list[Plan] = []
        self.done: set[str] = set()
        self.crash_after: int | None = None

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        """Nothing is asked yet."""

    def _do(self, act: Any) -> Outcome | None:
        """Act on the store, or on one that crashes if that was drawn before; a crash leaves no outcome."""
        store: Any = self.store if self.crash_after is None else CrashingStore(self.store, self.crash_after)
        self.crash_after = None
        try:
            outcome: Outcome = act(store)
        except Crashed:
            return None
        return outcome

    def _ask(self, who: str, line: Any, supersedes: Plan | None = None, chain: tuple[str, ...] = ()) -> None:
        with self.store.reading() as world:
            actor = world.get(type(people()[who]), who)
            assert actor is not None
            named = tuple(UserId(one) for one in chain)
            plan = draft_plan(world, POLICY, actor, "Asked", (line,), self.now, supersedes=supersedes, chain=named)
        self.plans.append(plan)
        self._do(lambda store: ledger.submit(store, POLICY, plan, self.now))

    def _next(self) -> int:
        self.number += 1
        return self.number

    @rule(quantity=HOW_MANY, need=st.integers(0, 3), chain=st.lists(st.sampled_from(MONEY), max_size=2))
    def ask_to_buy(self, quantity: int, need: int, chain: list[str]) -> None:
        """Somebody asks for trays; others may have reported or triggered it."""
        with self.store.reading() as world:
            item = world.get(Item, "TRAY")
        line = purchase(quantity, self._next(), item=None if need else "TRAY")
        line = line.model_copy(update={"purpose": f"need {need}", "unit_cost": item.unit_cost if item else 1})
        self._ask("sup", line, chain=tuple(chain))

    @rule(source=st.sampled_from(("agency", "overtime")), chain=st.lists(st.sampled_from(LIKELY), max_size=1))
    def ask_for_staff(self, source: str, chain: list[str]) -> None:
        """A charge nurse asks for a nurse."""
        staff = "N-1" if source == "overtime" else None
        self._ask("cleo", staff_request(source, staff, number=self._next()), chain=tuple(chain))

    @rule(slot=st.integers(0, 2), patient=st.sampled_from(("P-1", "P-2")))
    def ask_to_book(self, slot: int, patient: str) -> None:
        """A caller wants a visit."""
        self._ask("cora", visit(slot, patient, self._next()))

    @rule()
    def ask_to_hold(self) -> None:
        """A room is held."""
        number = self._next()
        (room,) = hold().resources
        later = timedelta(hours=2 * number)
        there = room.model_copy(update={"start": room.start + later, "end": room.end + later})
        ends = {"group": f"G-{number}", "expires_at": self.now + timedelta(minutes=30)}
        line = hold().model_copy(update={**ends, "resources": (there,)})
        self._ask("sam", line)

    @rule(pick=PICK, quantity=HOW_MANY)
    def change(self, pick: int, quantity: int) -> None:
        """A purchase that is there already, in whatever state, is asked for otherwise."""
        plan = self._pick(pick)
        if plan is None or plan.lines[0].kind != "open_requisition":
            return
        line = plan.lines[0].model_copy(update={"quantity": quantity, "requisition_id": f"REQ-{self._next()}"})
        self._ask("sup", line, supersedes=plan)

    @rule(pick=PICK)
    def submit_again(self, pick: int) -> None:
        """The same plan comes once more."""
        if (plan := self._pick(pick)) is not None:
            self._do(lambda store: ledger.submit(store, POLICY, plan, self.now))

    @rule(
        pick=PICK,
        who=WHO,
        decision=st.sampled_from(("approve", "approve", "approve", "approve", "reject", "cancelled")),
        seen=st.sampled_from(("right", "right", "right", "right", "right", "other", "none")),
        surface=st.sampled_from(("test", "test", "test", "test", "mcp")),
    )
    def vote(self, pick: int, who: str, decision: Any, seen: str, surface: str) -> None:
        """Anybody says anything about anything."""
        if (plan := self._pick(pick)) is None:
            return
        other = self.plans[(pick + 1) % len(self.plans)].digest
        digest = {"right": plan.digest, "other": other, "none": "0" * 64}[seen]
        said = (UserId(who), decision, digest, "because", surface, self.now)
        self._do(lambda store: ledger.vote(store, POLICY, plan.id, *said))

    @rule(pick=st.integers(0, 3), fresh=st.sampled_from((True, True, True, False)))
    def everybody_asked_agrees(self, pick: int, fresh: bool) -> None:
        """Those whom the plan names say yes, in order, mostly on fresh feeds."""
        if fresh:
            self._put(*(Feed(id=feed, last_event_at=self.now) for feed in FEEDS))
        if (plan := self._pick(pick)) is None:
            return
        for need in plan.needs:
            for who in need.who[: need.count]:
                said = (who, "approve", plan.digest, "", "test", self.now)
                self._do(lambda store, said=said: ledger.vote(store, POLICY, plan.id, *said))

    @rule(
        pick=PICK,
        who=st.sampled_from(("cora", "cora", "cora", "lina", "sup")),
        surface=st.sampled_from(("web", "web", "web", "mcp")),
    )
    def confirm(self, pick: int, who: str, surface: str) -> None:
        """Somebody says that the patient agreed."""
        if (plan := self._pick(pick)) is not None:
            turn, user = TurnId(f"T-{self._next()}"), UserId(who)
            self._do(lambda store: ledger.attest(store, POLICY, plan.id, user, plan.digest, turn, surface, self.now))

    @rule(pick=PICK, who=st.sampled_from(("sup", "cleo", "cora", "nils")))
    def withdraw(self, pick: int, who: str) -> None:
        """Somebody takes it back."""
        if (plan := self._pick(pick)) is not None:
            self._do(lambda store: ledger.withdraw(store, plan.id, UserId(who), "no more", self.now))

    @rule(pick=PICK)
    def commit_by_hand(self, pick: int) -> None:
        """A worker tries to commit it."""
        if (plan := self._pick(pick)) is not None:
            self._do(lambda store: ledger.commit(store, POLICY, plan.id, self.now))

    @rule(minutes=st.sampled_from((1, 20, 61, 130, 250, 1500, 2200)), fresh=st.sampled_from((True,) * 5 + (False,)))
    def time_passes(self, minutes: int, fresh: bool) -> None:
        """The clock jumps; the feeds go on, or not."""
        self.now += timedelta(minutes=minutes)
        if fresh:
            self._put(*(Feed(id=feed, last_event_at=self.now) for feed in FEEDS))

    @rule()
    def the_clock_is_looked_at(self) -> None:
        """What is over ends, what is half over escalates."""
        self._do(lambda store: ledger.expire_due(store, POLICY, self.now))

    @rule(who=WHO, active=st.sampled_from((True, True, False)), roles=st.sampled_from((True, True, False)))
    def somebodys_role_changes(self, who: str, active: bool, roles: bool) -> None:
        """A person leaves, comes back, or has no role any more."""
        person = people()[who]
        self._put(person.changed(active=active, grants=person.grants if roles else ()))

    @rule()
    def everybody_is_back(self) -> None:
        """All have their roles again."""
        self._put(*PEOPLE)

    @rule(cost=st.sampled_from((90_000, 100_000, 100_000, 250_000)))
    def the_price_changes(self, cost: int) -> None:
        """Trays cost something else."""
        with self.store.reading() as world:
            item = world.get(Item, "TRAY")
        assert item is not None
        self._put(item.changed(unit_cost=cost))

    @rule(number=st.integers(0, 2), busy=st.booleans())
    def a_feed_takes_a_slot(self, number: int, busy: bool) -> None:
        """The EHR says that a slot is busy or free."""
        with self.store.reading() as world:
            slot = world.get(Slot, f"slot-{number}")
        assert slot is not None
        self._put(slot.changed(status="busy" if busy else "free"))

    @rule(on=st.sampled_from(("on", *("off",) * 4)))
    def the_switch_is_thrown(self, on: str) -> None:
        """Nothing is written, or things go on."""
        self._put(Setting(id="kill_switch", value=on))

    @rule(after=st.integers(0, 9))
    def the_next_act_crashes(self, after: int) -> None:
        """Whatever comes next is killed after so many writes."""
        self.crash_after = after

    @invariant()
    def holds(self) -> None:
        """Every invariant, on the database as it is after the step."""
        LedgerMachine.steps += 1
        with self.store.reading() as world:
            new = tuple(plan for plan in world.find(Plan) if plan.state in DONE and plan.id not in self.done)
            seen = Seen(world, POLICY.data, self.now, new)
            wrong = {check.__name__: said for check in INVARIANTS if (said := check(seen)) is not None}
        assert not wrong, wrong
        self.done |= {plan.id for plan in new}
        LedgerMachine.commits += len(new)

    def _pick(self, number: int) -> Plan | None:
        return self.plans[-1 - number % len(self.plans)] if self.plans else None

    def _put(self, *entities: Entity) -> None:
        with self.store.working() as work:
            work.put(*entities)
