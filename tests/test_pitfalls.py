"""What bit others, one test each: approvals 1-12, turns 13-19. The naive way, as others had it, is in each docstring.

The numbers are those of the list that the project keeps of defects measured in other systems.
"""

import ast
import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from asking import handbook, policy
from desk_line import DeskLine, Scripted, done, refused, talk, waiting
from small_hospital import NOW, fill, hold, people, purchase, user

from agent.checkpoints import Checkpoints
from agent.planners.port import Asked, Call, Reply, ToolCalls
from hospital.ids import UserId
from hospital.model.bookings import Appointment, Hold
from hospital.model.people import AgencyRate, Grant, Scope, Shift
from hospital.model.places import Unit
from hospital.model.supply import Item, Requisition
from hospital.model.talk import TurnRecord
from hospital.model.work import OutboxMessage, WorkException
from middleware.store.database import SqlStore
from policies import ledger
from policies.data import load_data
from policies.decide import Policy, load_policy
from policies.drafting import draft_plan
from policies.plans import Attestation, AuditEntry, Plan, Vote, canonical, digest_of
from policies.rulebook import HERE as RULES
from policies.rulebook import load_rules
from tools.desk import Desk
from tools.results import Result, Waiting
from tools.tool import Context

ROOT = Path(__file__).parent.parent
POLICY = load_policy()
TRAYS: dict[str, Any] = {"item": "TRAY", "quantity": 2}
BOOK = ("book_appointment", {"slot": "slot-0", "patient": "P-1"})
NIGHT = {"start": (NOW + timedelta(hours=11)).isoformat(), "end": (NOW + timedelta(hours=23)).isoformat()}


EVERYTHING = ("Exception", "BaseException")


def asked_for_two_trays(line: DeskLine) -> Waiting:
    return waiting(line.call("sup", "create_requisition", **TRAYS))


def ward_that_pays(line: DeskLine) -> None:
    """A ward with a cost centre, and what an agency nurse costs."""
    line.put(
        line.get(Unit, "hill-ward").changed(cost_centre_id="4200"),
        AgencyRate(id="R-1", role="rn", competency="med_surg", hourly_rate=9_800),
    )


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """All of them begin at the same moment, each on a thread of its own."""
    gate = Barrier(len(works))

    def go(work: Callable[[], Any]) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(go, works))


def vote(store: SqlStore, plan: Plan, who: str, decision: Any = "approve", digest: str = "") -> str:
    at = (digest or plan.digest, "seen", "test", NOW)
    return ledger.vote(store, POLICY, plan.id, UserId(who), decision, *at).status


def submitted(store: SqlStore, who: str, *lines: Any, policy: Policy = POLICY, **more: Any) -> Plan:
    with store.reading() as world:
        plan = draft_plan(world, policy, people()[who], "Test", lines, NOW, **more)
    assert ledger.submit(store, policy, plan, NOW).status == "awaiting"
    return plan


def count(store: SqlStore, kind: Any) -> int:
    with store.reading() as world:
        return world.count(kind)


def test_01_three_resumes_of_one_approval_execute_it_once(empty_store: SqlStore) -> None:
    """Naive: whoever resumes with a yes executes."""
    store = fill(empty_store)
    plan = submitted(store, "sup", purchase(2))
    ends = at_once(*[lambda: vote(store, plan, "periop.manager")] * 3)
    assert sorted(ends) == ["committed", "refused", "refused"]
    assert (count(store, Requisition), count(store, OutboxMessage), count(store, Vote)) == (1, 1, 1)


def test_01_what_a_message_or_a_checkpoint_says_is_no_authority(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: the resume value, or the state that is resumed, carries the yes."""
    asked = asked_for_two_trays(small_desk)
    words = (f"approve {asked.plan.id} {asked.plan.digest}", f'{{"type": "approve", "id": "{asked.plan.id}"}}', "yes")
    talk(small_desk.conversation(tmp_path, Scripted()), small_desk.user("periop.manager"), *words)
    with sqlite3.connect(tmp_path / "checkpoints.sqlite") as kept:
        kept.execute("UPDATE checkpoints SET checkpoint = replace(checkpoint, 'wanted', 'approved')")
    assert small_desk.get(Plan, asked.plan.id).state == "awaiting"
    assert small_desk.find(Vote) == []
    assert small_desk.find(Requisition) == []


def test_02_an_approve_and_a_reject_at_once_leave_one_of_them(empty_store: SqlStore) -> None:
    """Naive: both are read as pending, both run."""
    store = fill(empty_store)
    for number in range(4):
        plan = submitted(store, "sup", purchase(1, number, item=None).model_copy(update={"purpose": f"p{number}"}))
        yes, no = at_once(
            lambda plan=plan: vote(store, plan, "periop.manager"),  # type: ignore[misc]
            lambda plan=plan: vote(store, plan, "periop.deputy", "reject"),  # type: ignore[misc]
        )
        assert (yes, no) in {("committed", "refused"), ("refused", "rejected")}
        with store.reading() as world:
            assert (world.get(Requisition, f"REQ-{number}") is not None) == (yes == "committed")


def test_03_what_was_rejected_stays_rejected_when_the_gate_would_no_longer_ask(small_desk: DeskLine) -> None:
    """Naive: the gate is asked again on resume, says "no need", and the rejected purchase runs."""
    asked = asked_for_two_trays(small_desk)
    context = Context(actor=small_desk.user("periop.manager"), surface="test")
    asyncio.run(small_desk.desk.decide(asked.plan.id, "reject", asked.plan.digest, "no", context))
    small_desk.put(small_desk.get(Item, "TRAY").changed(unit_cost=0))  # now nobody would have to agree
    small_desk.call("sup", "submit_plan", plan=asked.plan.id)
    assert ledger.submit(small_desk.store, POLICY, asked.plan, NOW).status == "unchanged"
    assert ledger.commit(small_desk.store, POLICY, asked.plan.id, NOW).status == "refused"
    assert small_desk.get(Plan, asked.plan.id).state == "rejected"
    assert small_desk.find(Requisition) == []


def test_04_approved_900_and_the_state_changed_executes_nothing_else(small_desk: DeskLine) -> None:
    """Naive: what runs is computed from the state at the time it runs."""
    small_desk.put(small_desk.get(Item, "TRAY").changed(unit_cost=45_000))
    asked = asked_for_two_trays(small_desk)
    assert asked.plan.cost == 90_000
    small_desk.put(small_desk.get(Item, "TRAY").changed(unit_cost=100_000_000))
    said = refused(small_desk.vote("periop.manager", asked))
    assert "$1,000,000.00 now" in said.sentence
    assert small_desk.find(Requisition) == []
    assert small_desk.find(OutboxMessage) == []


def test_04_a_stored_plan_whose_lines_are_altered_is_refused_by_the_database(empty_store: SqlStore) -> None:
    """Naive: the approved arguments lie in a row that anybody may update."""
    store = fill(empty_store)
    plan = submitted(store, "sup", purchase(1))
    with pytest.raises(Exception, match="never changes"), store.working() as work:
        work.put(plan.model_copy(update={"lines": (purchase(900),), "state": "awaiting"}))
    assert vote(store, plan, "periop.manager") == "committed"
    with store.reading() as world:
        assert [one.quantity for one in world.find(Requisition)] == [1]


def test_05_an_edit_that_makes_it_another_kind_of_thing_meets_that_kinds_rule(small_desk: DeskLine) -> None:
    """Naive: the edited call is executed by whoever approved the first one."""
    ward_that_pays(small_desk)
    asked = waiting(small_desk.call("cleo", "request_staffing", source="overtime", staff="N-1", **NIGHT))
    assert [need.rule for need in asked.plan.needs] == ["overtime.manager"]

    def edit(**changes: Any) -> Result:
        context = Context(actor=small_desk.user("cleo"), surface="test")
        return asyncio.run(small_desk.desk.edit(asked.plan.id, asked.plan.digest, changes, context))

    assert refused(edit(tool="hand_over")).kind == "invalid"  # another tool cannot even be named
    other = waiting(edit(source="agency", staff=None))
    assert [need.rule for need in other.plan.needs] == ["agency.unit", "agency.cost-manager"]
    assert waiting(small_desk.vote("nils", other)).reason == "approval"
    assert small_desk.find(Shift) == []


def test_06_a_decision_belongs_to_its_id_and_digest_not_to_its_place(small_desk: DeskLine) -> None:
    """Naive: the n-th decision is for the n-th pending call."""
    one, two = (
        asked_for_two_trays(small_desk),
        waiting(small_desk.call("sup", "create_requisition", item="TRAY", quantity=4)),
    )
    crossed = one.model_copy(update={"plan": one.plan.model_copy(update={"digest": two.plan.digest})})
    refused(small_desk.vote("periop.manager", crossed))
    done(small_desk.vote("periop.director", two))
    assert [need.plan_id for need in small_desk.find(Requisition)] == [two.plan.id]
    assert small_desk.get(Plan, one.plan.id).state == "awaiting"


def test_07_the_requester_approves_no_stage_however_many_roles_they_hold(small_desk: DeskLine) -> None:
    """Naive: each stage only looks for a role."""
    ward_that_pays(small_desk)
    ward, centre = Scope(site_id="hill", unit_id="hill-ward"), Scope(cost_centre_id="4200")
    roles = (Grant(role="charge_nurse", scope=ward), Grant(role="nurse_manager", scope=ward))
    small_desk.put(small_desk.user("cleo").changed(grants=(*roles, Grant(role="cost_centre_manager", scope=centre))))
    asked = waiting(small_desk.call("cleo", "request_staffing", source="agency", **NIGHT))
    refused(small_desk.vote("cleo", asked))
    waiting(small_desk.vote("nils", asked))
    refused(small_desk.vote("cleo", asked))
    refused(small_desk.vote("nils", asked))
    assert small_desk.find(Shift) == []


def test_07_a_deputy_does_not_lend_one_person_two_votes(small_desk: DeskLine) -> None:
    """Naive: two different people voted, although both in the name of one."""
    ward_that_pays(small_desk)
    ward = Scope(site_id="hill", unit_id="hill-ward")
    nursing = small_desk.user("nursing.finance")
    small_desk.put(nursing.changed(grants=(*nursing.grants, Grant(role="nurse_manager", scope=ward))))
    asked = waiting(small_desk.call("cleo", "request_staffing", source="agency", **NIGHT))
    waiting(small_desk.vote("nursing.deputy", asked))  # for the unit, in the name of nursing.finance
    assert [one.in_name_of for one in small_desk.find(Vote)] == ["nursing.finance"]
    refused(small_desk.vote("nursing.finance", asked))
    done(small_desk.vote("cno.delegate", asked))  # so the next level fills the cost


def quorum_of_two(folder: Path) -> Policy:
    """Rules by which two of three cost-centre managers must agree."""
    data = load_data()
    centre = data.limits.cost_centres["4100"].model_copy(update={"manager": ("m.1", "m.2", "m.3")})
    limits = data.limits.model_copy(update={"cost_centres": {**data.limits.cost_centres, "4100": centre}})
    for path in RULES.iterdir():
        text = path.read_text()
        if path.name == "money.cedar":
            head = (
                '@id("requisition.manager") @gate("requisition") @needs("cost_centre_manager") @scope("cost_centre")'
            )
            assert f'{head}\n@count("1")' in text
            text = text.replace(f'{head}\n@count("1")', f'{head}\n@count("2")')
            text = text.replace('"requisition.manager:1"', '"requisition.manager:2"')
        (folder / path.name).write_text(text)
    return Policy(load_rules(folder), data.model_copy(update={"limits": limits}))


def test_08_two_of_three_is_open_after_the_first_yes_and_done_after_the_second(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    """Naive: a vote that is not enough is read as a no."""
    (tmp_path / "rules").mkdir()
    rules, store = quorum_of_two(tmp_path / "rules"), fill(sqlite_store)
    managers = [user(f"m.{n}", scope=Scope(cost_centre_id="4100")) for n in (1, 2, 3)]
    with store.working() as work:
        work.put(*managers)
    plan = submitted(store, "sup", purchase(2), policy=rules)

    def say(who: str) -> str:
        return ledger.vote(store, rules, plan.id, UserId(who), "approve", plan.digest, "", "test", NOW).status

    assert [say("m.1"), say("m.1"), say("m.3"), say("m.2")] == ["recorded", "refused", "committed", "refused"]


@pytest.mark.parametrize("id", ["PLAN-NONE", "", "interrupt-7", "../PLAN", "1"])
def test_09_an_unknown_id_is_no_approval(small_desk: DeskLine, id: str) -> None:
    """Naive: an id that is not pending falls through to "approved"."""
    asked = asked_for_two_trays(small_desk)
    context = Context(actor=small_desk.user("periop.manager"), surface="test")
    refused(asyncio.run(small_desk.desk.decide(id, "approve", asked.plan.digest, "", context)))
    assert small_desk.find(Requisition) == []


def test_09_an_expired_approval_approves_nothing(small_desk: DeskLine) -> None:
    """Naive: a late yes finds its interrupt and executes it."""
    asked = asked_for_two_trays(small_desk)
    late = small_desk.at(NOW + timedelta(hours=72))
    refused(late.vote("periop.manager", asked))
    refused(late.vote("periop.director", asked))
    assert small_desk.get(Plan, asked.plan.id).state == "expired"
    assert small_desk.find(Requisition) == []
    assert [one.kind for one in small_desk.find(WorkException)] == ["approval_expired"]


def test_10_the_same_stored_plan_is_carried_out_once(empty_store: SqlStore) -> None:
    """Naive: whoever loads the serialised state can run it."""
    store = fill(empty_store)
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["sam"], "Hold", (hold(),), NOW)
    copies = [Plan.model_validate_json(plan.model_dump_json()) for _ in range(4)]
    works = [lambda copy=copy: ledger.submit(store, POLICY, copy, NOW).status for copy in copies]
    assert sorted(at_once(*works)) == ["committed", "unchanged", "unchanged", "unchanged"]
    assert ledger.commit(store, POLICY, plan.id, NOW).status == "refused"
    with store.reading() as world:
        assert (world.count(Hold), world.count(AuditEntry, what="commit")) == (1, 1)


def test_11_a_yes_answers_only_the_question_that_was_shown(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: a pending "yes" is delivered to whatever question is open now."""
    other = ("book_appointment", {"slot": "slot-1", "patient": "P-2"})
    planner = Scripted({"first": BOOK, "second": other})
    turns = talk(small_desk.conversation(tmp_path, planner), small_desk.user("cora"), "first", "second", "yes")
    assert [turn.outcome for turn in turns] == ["propose", "propose", "answer"]
    assert [(one.slot_id, one.patient_id) for one in small_desk.find(Appointment)] == [("slot-1", "P-2")]


def test_11_a_rule_that_is_deployed_meanwhile_is_asked_anew(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: the new question gets the answer to the old one."""
    asked = waiting(small_desk.call("cora", "book_appointment", slot="slot-0", patient="P-1"))
    for path in RULES.iterdir():
        text = path.read_text().replace('@id("visit.attested")', '@id("visit.identified")')
        (tmp_path / path.name).write_text(text)
    deployed = Desk(small_desk.store, Policy(load_rules(tmp_path), load_data()), handbook(), small_desk.clock)
    yes = (asked.plan.id, asked.plan.digest)
    context = Context(actor=small_desk.user("cora"), surface="test", turn_id="TURN-2", attested=yes)
    said = refused(asyncio.run(deployed.call("book_appointment", {"confirms": asked.plan.id}, context)))
    assert "confirmed" in said.sentence
    assert small_desk.find(Appointment) == []
    assert small_desk.find(Attestation) == []


@pytest.mark.parametrize(
    "decision", [{"type": "cancelled"}, {"approve": False}, "cancelled", "APPROVE", "yes", True, 1, None, ["approve"]]
)
def test_12_only_the_word_approve_approves(small_desk: DeskLine, decision: Any) -> None:
    """Naive: anything that is not empty is a yes."""
    asked = asked_for_two_trays(small_desk)
    assert "approve or reject" in refused(small_desk.vote("periop.manager", asked, decision)).sentence
    assert small_desk.find(Vote) == []
    assert small_desk.find(Requisition) == []


def test_13_a_turn_that_runs_again_from_its_top_writes_once(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: the node re-executes on resume and its effect happens again."""

    written = asyncio.Event()

    class HangsOnce(Scripted):
        async def next(self, asked: Asked) -> ToolCalls | Reply:
            if asked.results and not written.is_set():
                written.set()
                await asyncio.sleep(3600)
            return await super().next(asked)

    planner = HangsOnce({"hold": ("hold_slot", {"slot": "slot-0"})})
    conversation, sam = small_desk.conversation(tmp_path, planner), small_desk.user("sam")

    async def go() -> None:
        thread = await conversation.open(sam, "terminal")
        first = asyncio.create_task(conversation.ask(sam, "hold", thread, "terminal", key="k"))
        await written.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await conversation.ask(sam, "hold", thread, "terminal", key="k")
        await conversation.close()

    asyncio.run(go())
    assert (len(small_desk.find(Hold)), len(small_desk.find(Plan)), len(small_desk.find(TurnRecord))) == (1, 1, 1)


def test_14_of_two_calls_where_one_waits_the_other_runs_once(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: the node with both runs again when the waiting one is resumed."""

    class Both(Scripted):
        async def next(self, asked: Asked) -> ToolCalls | Reply:
            if asked.results:
                return Reply("Done.")
            calls = (Call("1", "hold_slot", {"slot": "slot-0"}), Call("2", "create_requisition", TRAYS))
            return ToolCalls(calls)

    small_desk.put(
        small_desk.user("sam").changed(grants=(*small_desk.user("sam").grants, *small_desk.user("sup").grants))
    )
    talk(small_desk.conversation(tmp_path, Both()), small_desk.user("sam"), "both")
    (plan,) = [one for one in small_desk.find(Plan) if one.state == "awaiting"]
    done(small_desk.vote("periop.manager", Waiting(reason="approval", headline="", plan=plan)))
    assert [len(small_desk.find(kind)) for kind in (Hold, Requisition)] == [1, 1]
    made = [link.what for link in small_desk.find(AuditEntry) if link.what.startswith("tool:")]
    assert sorted(made) == ["tool:create_requisition", "tool:hold_slot"]


def test_15_five_messages_at_once_on_one_thread_are_five_turns(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: the last writer of the state wins; four of the five messages are gone."""
    conversation, sam = small_desk.conversation(tmp_path, Scripted()), small_desk.user("sam")

    async def go() -> None:
        thread = await conversation.open(sam, "terminal")
        await asyncio.gather(*(conversation.ask(sam, f"message {n}", thread, "terminal") for n in range(5)))
        await conversation.close()

    asyncio.run(go())
    kept = small_desk.find(TurnRecord, order="number")
    assert [turn.text for turn in kept] == [f"message {n}" for n in range(5)]
    assert all(turn.answer for turn in kept)


def test_16_checkpoints_do_not_grow_with_the_thread_and_no_message_is_lost(
    small_desk: DeskLine, tmp_path: Path
) -> None:
    """Naive: every turn keeps the whole thread again; pruning loses the messages."""
    conversation, sam = small_desk.conversation(tmp_path, Scripted()), small_desk.user("sam")
    sizes = []

    def size() -> int:
        with sqlite3.connect(tmp_path / "checkpoints.sqlite") as kept:
            (held,) = kept.execute("SELECT sum(length(checkpoint)) + count(*) FROM checkpoints").fetchone()
        return int(held)

    async def go() -> None:
        thread = await conversation.open(sam, "terminal")
        for number in range(40):
            await conversation.ask(sam, f"message {number} " + "x" * 500, thread, "terminal")
            if number in (9, 39):
                sizes.append(size())
        await conversation.close()

    asyncio.run(go())
    assert sizes[1] < sizes[0] * 1.2
    assert [turn.number for turn in small_desk.find(TurnRecord, order="number")] == list(range(1, 41))


def test_17_nothing_between_the_door_and_the_ledger_swallows_every_exception() -> None:
    """Naive: `except Exception` in a node takes an interrupt for an error."""
    broad = [
        path.relative_to(ROOT).as_posix()
        for folder in ("policies", "tools", "agent")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in EVERYTHING)
    ]
    assert set(broad) <= {"agent/conversation.py"}, broad  # the outermost boundary of a turn


def test_18_a_yes_on_a_thread_that_does_not_exist_runs_nothing(small_desk: DeskLine, tmp_path: Path) -> None:
    """Naive: resuming a nonexistent thread runs the graph."""
    waiting(small_desk.call("cora", "book_appointment", slot="slot-0", patient="P-1"))
    talk(small_desk.conversation(tmp_path, Scripted({"book": BOOK})), small_desk.user("cora"), "yes", thread="T-GONE")
    context = Context(actor=small_desk.user("cora"), surface="test", turn_id="T", attested=("PLAN-NONE", "0" * 64))
    refused(asyncio.run(small_desk.desk.call("book_appointment", {"confirms": "PLAN-NONE"}, context)))
    assert small_desk.find(Appointment) == []


def test_18_a_plan_comes_back_from_the_database_as_it_was_hashed(empty_store: SqlStore) -> None:
    """Naive: tuples return as lists, keys in another order, and the digest is of something else."""
    store = fill(empty_store)
    plan = submitted(store, "sup", purchase(2), chain=(UserId("cora"), UserId("bea")))
    with store.reading() as world:
        kept = world.get(Plan, plan.id)
    assert kept == plan.model_copy(update={"state": "awaiting"})
    assert digest_of(kept) == plan.digest
    with pytest.raises(ValueError, match=r"0\.1 is a float"):
        canonical({"amount": [1, {"of": 0.1}]})


def test_19_checkpoints_read_back_plain_values_only_and_the_ledger_is_never_lazy(
    small_desk: DeskLine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Naive: a checkpoint may name any class to be made when it is read; one file and its speed for all."""

    async def go() -> Any:
        checkpoints = Checkpoints(tmp_path / "checkpoints.sqlite")
        saver = await checkpoints.open()
        found = saver.serde.loads_typed(saver.serde.dumps_typed(Scope(site_id="hill")))
        async with saver.conn.execute("PRAGMA synchronous") as cursor:
            (lazy,) = await cursor.fetchone() or (None,)
        await checkpoints.close()
        return found, lazy

    found, lazy = asyncio.run(go())
    assert isinstance(found, dict)
    with small_desk.store.connection() as ledger_file:
        full = ledger_file.exec_driver_sql("PRAGMA synchronous").scalar()
        busy = ledger_file.exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert (lazy, full) == (1, 2)  # NORMAL for checkpoints, FULL for the ledger
    assert busy == 10_000
    pins = (ROOT / "constraints.txt").read_text()
    assert all(f"\n{name}==" in pins for name in ("langgraph", "langgraph-checkpoint", "langgraph-checkpoint-sqlite"))


def test_no_match_is_no_and_an_error_is_no_and_time_never_approves(small_desk: DeskLine) -> None:
    """Naive: what no rule forbids is allowed; what takes too long goes on."""
    assert refused(small_desk.call("doc.varga", "hold_slot", slot="slot-0")).rule == "default-deny"
    asked = asked_for_two_trays(small_desk)
    for hours in (36, 71, 72, 7 * 24):
        ledger.expire_due(small_desk.store, policy(), NOW + timedelta(hours=hours))
    assert small_desk.get(Plan, asked.plan.id).state == "expired"
    assert small_desk.find(Requisition) == []
