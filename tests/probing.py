"""Asking the policy about lines of any action with any facts, on the small hospital."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from small_hospital import HILL, NOW, fill, people

from hospital.changes.base import Change, Commit, Fact, Violation
from hospital.model.people import Scope
from hospital.money import Cents
from hospital.ports import Reader, Writer
from middleware.store.database import SqlStore, create
from policies.decide import Decision, load_policy
from policies.plans import Vote

POLICY = load_policy()
DERM = Scope(site_id="hill", service_id="derm")
NIGHT: dict[str, Any] = {"amount": 0, "cost_centre": "4200", "need": "n", "competency": "current", "voluntary": True}
SOON = (NOW + timedelta(days=2)).isoformat()
WARD_4200 = Scope(site_id="hill", unit_id="hill-ward", cost_centre_id="4200")


class Probe(Change):
    """A line of any action with any facts, for the gates whose tools come later."""

    action: ClassVar[str] = "none"
    said: dict[str, Any]
    where: Scope
    cents: int = 0

    def scope(self, world: Reader) -> Scope:
        return self.where

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        return self.said

    def cost(self) -> Cents:
        return Cents(self.cents)

    def same_need(self) -> str | None:
        return f"probe@{self.where.cost_centre_id}" if self.cents else None

    def touches(self) -> frozenset[str]:
        return frozenset()

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        return ()

    def apply(self, world: Writer, commit: Commit) -> None:
        raise AssertionError("a probe is only decided on")

    def sentence(self, world: Reader) -> str:
        return self.action


def probe(action: str, where: Scope = HILL, cents: int = 0, **said: Any) -> Probe:
    """One line of that action."""
    kind = type("Probe", (Probe,), {"action": action, "__annotations__": {"action": ClassVar[str]}})
    made: Probe = kind(said=said, where=where, cents=cents)
    return made


def a_case(**more: Any) -> Probe:
    return probe("change_case", surgeons=["varga"], starts_at=SOON, **more)


def a_block(early: bool) -> Probe:
    return probe("release_block", owner="lund", auto_release_at=SOON, before_auto_release=early)


def a_bed(**odd: Any) -> Probe:
    plain: dict[str, Any] = {"isolation": False, "other_level": False, "other_specialty": False, "possible": True}
    return probe("place_bed", **{**plain, **odd})


GLASS: dict[str, Any] = {"gate": "placement", "reason": "no time", "money": False, "in_chain": False}


def broken_glass(**odd: Any) -> Probe:
    return probe("break_glass", **{**GLASS, **odd})


def a_new_case(**said: Any) -> Probe:
    return probe(
        "schedule_case", **{"own_block": True, "in_block": True, "block_owners": [], "complete": True, **said}
    )


@contextmanager
def small_store(folder: Path) -> Iterator[SqlStore]:
    """The small hospital in a store of its own, closed after the block."""
    made = create(f"sqlite:///{folder / 'wardline.db'}", sandbox=True)
    yield fill(made)
    made.close()


def decide(store: SqlStore, who: str, *lines: Any, **more: Any) -> Decision:
    with store.reading() as world:
        return POLICY.decide(world, people()[who], lines, NOW, **more)


def asked(decision: Decision) -> set[tuple[str, tuple[str, ...]]]:
    """Which rule asks whom."""
    return {(need.rule.partition("@")[0], need.who) for need in decision.needs}


def yes(decision: Decision, skip: str = "") -> tuple[Vote, ...]:
    """An approval by as many of those asked as every need wants, without one of them."""
    return tuple(
        Vote(
            id=f"{need.rule}:{who}",
            plan_id="PLAN-X",
            digest="d",
            user_id=who,
            decision="approve",
            role=need.role,
            rule=need.rule,
            surface="test",
            at=NOW,
        )
        for need in decision.needs
        for who in need.who[: need.count]
        if need.rule != skip
    )
