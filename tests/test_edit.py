"""A change of a plan is another plan: decided anew, voted on anew, and the old one can never happen beside it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from desk_line import DeskLine, done, refused, say, waiting
from small_hospital import NOW, user

from hospital.model.people import AgencyRate, Grant, Scope
from hospital.model.places import Unit
from hospital.model.supply import Item, Requisition
from hospital.model.work import Notice
from policies import audit, ledger
from policies.drafting import draft_plan
from policies.plans import AuditEntry, Plan, Vote
from tools.results import Result, Waiting
from tools.tool import Context

TRAYS: dict[str, Any] = {"item": "TRAY", "quantity": 2}


def edit(line: DeskLine, who: str, plan: Plan, digest: str = "", surface: Any = "test", **changes: Any) -> Result:
    context = Context(actor=line.user(who), surface=surface)
    return asyncio.run(line.desk.edit(plan.id, digest or plan.digest, changes, context))


def test_a_change_is_a_new_plan_with_the_difference_said(small_desk: DeskLine) -> None:
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    made = waiting(edit(small_desk, "sup", old, quantity=3))
    assert made.plan.supersedes == old.id
    assert made.plan.digest != old.digest
    assert "the cost was $2,000.00 and is $3,000.00" in made.headline
    assert small_desk.get(Plan, old.id).state == "superseded"
    assert refused(small_desk.vote("periop.manager", waiting(edit_view(small_desk, old))))
    done(small_desk.vote("periop.manager", made))
    assert [(one.quantity, one.plan_id) for one in small_desk.find(Requisition)] == [(3, made.plan.id)]


def edit_view(line: DeskLine, plan: Plan) -> Any:
    """The old plan as somebody still has it on the screen."""
    return Waiting(reason="approval", headline="", plan=line.get(Plan, plan.id))


def test_a_change_asks_the_level_that_its_own_amount_needs(small_desk: DeskLine) -> None:
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    made = waiting(edit(small_desk, "sup", old, quantity=4)).plan
    assert [need.rule for need in old.needs] == ["requisition.manager"]
    assert [need.rule for need in made.needs] == ["requisition.director"]


def test_whoever_voted_is_told_to_vote_again_and_their_vote_is_void(small_desk: DeskLine) -> None:
    small_desk.put(*_ward_with_rates(small_desk))
    times: dict[str, Any] = {"start": NOW + timedelta(hours=11), "end": NOW + timedelta(hours=23)}
    old = waiting(small_desk.call("cleo", "request_staffing", **times))
    waiting(small_desk.vote("nils", old))
    new = waiting(edit(small_desk, "cleo", old.plan, end=(NOW + timedelta(hours=21)).isoformat()))
    assert refused(small_desk.vote("nursing.finance", new)).sentence.casefold().startswith("nurse manager decides")
    told = [one for one in small_desk.find(Notice, user_id="nils") if one.plan_id == new.plan.id]
    assert any("vote again" in one.subject for one in told)
    waiting(small_desk.vote("nils", new))
    done(small_desk.vote("nursing.finance", new))
    with small_desk.store.reading() as world:
        assert {vote.digest for vote in world.find(Vote, plan_id=new.plan.id)} == {new.plan.digest}
        assert audit.verify(world).ok


def _ward_with_rates(line: DeskLine) -> tuple[Any, ...]:
    ward = line.get(Unit, "hill-ward").changed(cost_centre_id="4200")
    return ward, AgencyRate(id="R-1", role="rn", competency="med_surg", hourly_rate=9_800)


def test_an_approver_who_changes_it_has_asked_and_does_not_vote(small_desk: DeskLine) -> None:
    small_desk.put(user("mona", "cost_centre_manager", "supply_chain", scope=Scope(cost_centre_id="4100")))
    limits = small_desk.desk._policy.data.limits.cost_centres["4100"]
    assert "mona" not in limits.manager
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    said = refused(edit(small_desk, "mona", old, quantity=1))
    assert (said.kind, "Only who asked" in said.sentence) == ("role", True)
    said = refused(edit(small_desk, "periop.manager", old, quantity=1))
    assert said.kind == "role"  # may decide, may not ask
    small_desk.put(small_desk.user("periop.manager").changed(grants=_grants("cost_centre_manager", "supply_chain")))
    new = waiting(edit(small_desk, "periop.manager", old, quantity=1))
    assert new.plan.asked_by == "periop.manager"
    assert set(new.plan.chain) == {"sup", "periop.manager"}
    for who in ("sup", "periop.manager", "periop.deputy"):
        refused(small_desk.vote(who, new))
    done(small_desk.vote("periop.director", new))


def _grants(*roles: str) -> Any:
    return tuple(Grant(role=role, scope=Scope(cost_centre_id="4100")) for role in roles)


@pytest.mark.parametrize("surface", ["mcp", "workflow"])
def test_what_is_no_control_of_a_person_changes_nothing(small_desk: DeskLine, surface: str) -> None:
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    assert surface in refused(edit(small_desk, "sup", old, surface=surface, quantity=3)).sentence
    assert small_desk.get(Plan, old.id).state == "awaiting"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"quantity": 2}, "invalid"),
        ({"quantity": 0}, "invalid"),
        ({"price": 1}, "invalid"),
        ({"unit_cost": 1}, "invalid"),
        ({"item": "NOSUCH-99"}, "unknown"),
        ({"quantity": None}, "missing"),
    ],
)
def test_a_change_takes_only_what_its_tool_takes(small_desk: DeskLine, changes: dict[str, Any], kind: str) -> None:
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    assert refused(edit(small_desk, "sup", old, **changes)).kind == kind
    assert small_desk.get(Plan, old.id).state == "awaiting"


def test_a_change_of_what_was_not_seen_or_is_over_is_refused(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    assert "open it again" in refused(edit(small_desk, "sup", asked.plan, "0" * 64, quantity=3)).sentence
    done(small_desk.vote("periop.manager", asked))
    committed = small_desk.get(Plan, asked.plan.id)
    assert "already" in refused(edit(small_desk, "sup", committed, quantity=3)).sentence
    assert len(small_desk.find(Requisition)) == 1


def test_a_change_that_comes_after_the_commit_never_happens_beside_it(small_desk: DeskLine) -> None:
    """The last yes arrives while the change is being made: only one of the two may happen."""
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    with small_desk.store.reading() as world:
        changed = asked.plan.lines[0].model_copy(update={"quantity": 1, "requisition_id": "REQ-OTHER"})
        actor, policy = small_desk.user("sup"), small_desk.desk._policy
        new = draft_plan(world, policy, actor, "Changed", [changed], NOW, supersedes=asked.plan)
    done(small_desk.vote("periop.manager", asked))
    outcome = ledger.submit(small_desk.store, policy, new, NOW)
    assert outcome.status == "refused"
    assert asked.plan.id in outcome.sentence
    assert [one.plan_id for one in small_desk.find(Requisition)] == [asked.plan.id]


def test_each_change_is_one_link_of_the_audit_chain(small_desk: DeskLine) -> None:
    old = waiting(small_desk.call("sup", "create_requisition", **TRAYS)).plan
    edit(small_desk, "sup", old, quantity=3)
    refused(edit(small_desk, "sup", old, quantity=4))
    links = [one for one in small_desk.find(AuditEntry, order="sequence") if one.what == "edit"]
    assert [link.why.split()[0] for link in links] == ["waiting", "refused"]


def test_what_became_stale_is_asked_for_again_once(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    small_desk.put(small_desk.get(Item, "TRAY").changed(unit_cost=150_000))
    first = refused(small_desk.vote("periop.manager", asked))
    assert first.again is not None
    assert say(small_desk.vote("periop.deputy", asked))
    assert len(small_desk.find(Plan)) == 2
    done(small_desk.vote("periop.manager", waiting(edit_view(small_desk, first.again))))
    assert [one.amount for one in small_desk.find(Requisition)] == [300_000]


def test_what_cannot_be_asked_for_again_is_only_stale(small_desk: DeskLine) -> None:
    asked = waiting(small_desk.call("sup", "create_requisition", **TRAYS))
    small_desk.put(small_desk.user("sup").changed(active=False))
    said = refused(small_desk.vote("periop.manager", asked))
    assert said.again is None
    assert small_desk.get(Plan, asked.plan.id).state == "stale"
