"""What a decision costs: the rules on stored input, beside the same gates written by hand in the same run."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bots.settings import read_settings
from evals.benchmarks.commits import LIMIT_MS as COMMIT_LIMIT_MS
from evals.benchmarks.commits import commit_times
from evals.dialogue import FROZEN
from evals.replay import open_line
from hospital.changes.base import Change
from hospital.changes.staffing import RequestStaff
from hospital.changes.supply import OpenRequisition
from hospital.model.people import User
from hospital.model.places import Unit
from hospital.money import Cents
from hospital.ports import Clock, Store
from policies.decide import Policy

ROUNDS = 400
LIMIT_MS = 1.0
"""What a decision by the rules may cost at the 95th of 100."""
Told = Mapping[str, Any]
Spent = tuple[float, float]
"""Seconds of this thread's own work, and on the wall; they differ by what else runs on the machine (`load`)."""


def bench_decisions(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print p50 and p95 in ms of a decision by the rules, by hand-written ifs, and with reading the world."""
    with tempfile.TemporaryDirectory(prefix="wardline-bench-") as folder:
        line = open_line(read_settings().model_copy(update={"now": FROZEN}), Path(folder) / "home")
        try:
            figures = decision_figures(line.store, line.policy, line.clock)
            for name, spent in commit_times(line.policy).items():
                figures |= _figures(name, spent)
        finally:
            line.close()
    _show(figures, as_json)
    if figures["rules_p95_ms"] > LIMIT_MS or figures["plan_to_commit_p95_ms"] > COMMIT_LIMIT_MS:
        raise typer.Exit(1)


def decision_figures(store: Store, policy: Policy, clock: Clock) -> dict[str, float]:
    """The figures on this store; the rules and the ifs must agree on every case, else there is nothing to compare."""
    rules: list[Spent] = []
    by_hand: list[Spent] = []
    whole: list[Spent] = []
    now = clock.now()
    with store.reading() as world:
        for user_id, change in cases(store):
            user = world.get(User, user_id)
            assert user is not None
            told = policy.decide(world, user, [change], now).inputs[0]
            asks = whom_by_rules(policy, user, change, told)
            if asks != whom_by_hand(told):
                raise ValueError(f"{change.action}: the rules ask {asks}, the ifs {whom_by_hand(told)}")
            rules += _times(partial(whom_by_rules, policy, user, change, told))
            by_hand += _times(partial(whom_by_hand, told))
            whole += _times(partial(policy.decide, world, user, [change], now), ROUNDS // 10)
    return {
        "cases": len(cases(store)),
        **_figures("rules", rules),
        **_figures("by_hand", by_hand),
        **_figures("with_reading", whole),
        "load": round(os.getloadavg()[0], 1),
    }


def cases(store: Store) -> list[tuple[str, Change]]:
    """Purchases at each level of money, and a nurse from each source."""
    with store.reading() as world:
        unit = next(unit for unit in world.find(Unit, order="id") if unit.cost_centre_id)
        charge = next(
            user.id for user in world.find(User, order="id")
            if any(grant.role == "charge_nurse" and grant.scope.unit_id == unit.id for grant in user.grants)
        )  # fmt: skip
        buyer = next(user.id for user in world.find(User, order="id") if "supply_chain" in user.roles)
    bought = [
        (str(buyer), OpenRequisition.model_validate({
            "requisition_id": f"REQ-BENCH-{amount}", "item_id": None, "description": "bench", "quantity": 1,
            "unit_cost": Cents(amount), "cost_centre_id": "4100", "purpose": f"bench {amount}",
            "requested_by": buyer, "requested_at": FROZEN,
        }))
        for amount in (100_000, 1_000_000, 9_000_000)
    ]  # fmt: skip
    asked = [
        (str(charge), RequestStaff.model_validate({
            "shift_id": f"SHIFT-BENCH-{source}", "unit_id": unit.id, "site_id": unit.site_id, "role": "rn",
            "competency": "current", "source": source, "start": FROZEN.replace(hour=19),
            "end": FROZEN.replace(hour=23),
            "hourly_rate": 9_800, "cost_centre_id": unit.cost_centre_id, "requested_by": charge,
        }))
        for source in ("float", "agency")
    ]  # fmt: skip
    return [*bought, *asked]


def whom_by_rules(policy: Policy, user: User, change: Change, told: Told) -> tuple[str, ...] | None:
    """Whom the rules ask: a first decision, then the one with every vote; None when they refuse."""
    if policy.refusals(user.id, change.action, told):
        return None
    needed = policy.reasons(user.id, change.action, told)
    votes = [f"{rule.id}:{n}" for rule in needed for n in range(1, rule.count + 1)]
    if not policy.allows(user.id, change.action, told, votes):
        return None
    return tuple(rule.id for rule in needed)


def whom_by_hand(told: Told) -> tuple[str, ...] | None:
    """The same gates as somebody would write them without a policy engine: the reference."""
    ask, line, money = told["ask"], told["line"], told["money"]
    if ask["stale"] or ask["stopped"] or not money["known"]:
        return None
    level = "manager" if money["amount"] <= money["manager_to"] else "director"
    if money["amount"] > money["director_to"]:
        level = "finance"
    if "source" not in line:
        buyers = {"supply_chain", "service_line_manager", "or_scheduler", "or_charge", "periop_director",
                  "charge_nurse", "nurse_manager", "nursing_supervisor", "capacity_manager"}  # fmt: skip
        if not buyers & set(ask["near"]):
            return None
        return (f"requisition.{level}",) if money["amount"] > 0 else ()
    nurses = {"charge_nurse", "nurse_manager", "nursing_supervisor", "capacity_manager", "cno_delegate"}
    if not nurses & set(ask["roles"]) or line["competency"] == "never":
        return None
    if line.get("leaves_below_ratio") or not line.get("within_hours", True) or not line["voluntary"]:
        return None
    found = []
    if line["competency"] == "expired":
        found.append("float-competency.supervisor")
    if line["source"] == "overtime":
        found.append("overtime.manager")
    if line["source"] == "agency":
        found += ["agency.unit", *([f"agency.cost-{level}"] if money["amount"] > 0 else [])]
    return tuple(found)


def _times(run: Callable[[], object], rounds: int = ROUNDS) -> list[Spent]:
    run()
    found = []
    for _ in range(rounds):
        wall, busy = time.perf_counter(), time.thread_time()
        run()
        found.append((time.thread_time() - busy, time.perf_counter() - wall))
    return found


def _figures(name: str, spent: list[Spent]) -> dict[str, float]:
    busy, wall = [one[0] for one in spent], [one[1] for one in spent]
    return {
        f"{name}_p50_ms": _quantile(busy, 50),
        f"{name}_p95_ms": _quantile(busy, 95),
        f"{name}_wall_p50_ms": _quantile(wall, 50),
        f"{name}_wall_p95_ms": _quantile(wall, 95),
    }


def _quantile(seconds: list[float], percent: int) -> float:
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000, 4)


def _show(figures: dict[str, float], as_json: bool) -> None:
    console = Console()
    if as_json:
        console.print_json(json.dumps(figures))
        return
    table = Table("figure", "value", title="A decision in ms of work; rules: three evaluations of a line")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    console.print(table)
    said = "met" if figures["rules_p95_ms"] <= LIMIT_MS else "NOT met"
    console.print(f"rules p95 <= {LIMIT_MS:g} ms of work: {said}")
    said = "met" if figures["plan_to_commit_p95_ms"] <= COMMIT_LIMIT_MS else "NOT met"
    console.print(f"plan to commit p95 <= {COMMIT_LIMIT_MS:g} ms of work: {said}")
