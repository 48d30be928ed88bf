"""The read matrix at the desk: per role and class of data, with a tool that reaches for it whatever it declares."""

import asyncio

import pytest
from asking import handbook, policy
from desk_line import DeskLine, done, refused
from small_hospital import user

from hospital.entity import Entity
from hospital.model.people import AgencyRate, Patient, Scope
from hospital.model.supply import CostCentre
from policies.access import may_read
from policies.plans import AuditEntry
from tools.desk import Desk
from tools.results import Result
from tools.tool import Answer, Arguments, Context, Toolbox, tool

MATRIX = policy().data.read_matrix
KINDS: dict[str, type[Entity]] = {
    "demographics": Patient,
    "rates": AgencyRate,
    "budgets": CostCentre,
    "audit": AuditEntry,
}


class Nothing(Arguments):
    pass


def reaching(line: DeskLine, who: str, kind: type[Entity]) -> Result:
    """What the desk answers when a read tool that declares nothing looks at a kind."""

    @tool(Nothing, "read")
    async def peek(args: Nothing, box: Toolbox) -> Answer:
        """Looks."""
        return Answer(headline=f"{len(box.world.find(kind))} found", facts={"found": len(box.world.find(kind))})

    desk = Desk(line.store, policy(), handbook(), line.clock, {"peek": peek})
    return asyncio.run(desk.call("peek", {}, Context(actor=line.user(who), surface="test")))


@pytest.mark.parametrize("role", sorted(policy().data.roles))
def test_a_role_reads_the_classes_of_its_row_and_no_other(small_desk: DeskLine, role: str) -> None:
    small_desk.put(user("someone", role))
    for data_class, kind in KINDS.items():
        result = reaching(small_desk, "someone", kind)
        if data_class in MATRIX.roles.get(role, {}):
            done(result)
        else:
            assert refused(result).kind == "read"


@pytest.mark.parametrize("role", sorted(MATRIX.roles))
def test_what_is_open_in_ones_scope_is_closed_elsewhere(role: str) -> None:
    here = user("someone", role, scope=Scope(site_id="hill", cost_centre_id="4100"))
    elsewhere = Scope(site_id="lake", cost_centre_id="4200")
    for data_class, reach in MATRIX.roles[role].items():
        assert may_read(policy().data, here, data_class, here.home) is None
        assert (may_read(policy().data, here, data_class, elsewhere) is None) == (reach == "all")


def test_budgets_of_other_cost_centres_are_left_out(small_desk: DeskLine) -> None:
    assert done(reaching(small_desk, "sup", CostCentre)).facts["found"] == 1
    assert done(reaching(small_desk, "finance.controller", CostCentre)).facts["found"] == 3


def test_what_everyone_may_read_needs_no_role(small_desk: DeskLine) -> None:
    nobody = user("nobody")
    assert all(may_read(policy().data, nobody, data_class) is None for data_class in MATRIX.everyone)
    small_desk.put(nobody.changed(active=False))
    assert may_read(policy().data, small_desk.user("nobody"), "capacity") is not None
