"""Broken glass, the kill switch and changed rules over HTTP: the same commands, policy, run and audit."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bots.queues import Review, broken_glass_for
from bots.web.plans import answer
from bots.web.who import Actor, App
from hospital.changes.governing import active_rule_set
from policies.activation import active_files
from policies.switch import stopped_sites

router = APIRouter(prefix="/v1", tags=["rules, broken glass, kill switch"])


class Breaking(BaseModel):
    """Acting at once on exactly what the digest covers."""

    model_config = ConfigDict(extra="forbid")

    digest: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]+$")
    reason: str = Field(min_length=1, max_length=500)


class Found(BaseModel):
    """What compliance found."""

    model_config = ConfigDict(extra="forbid")

    finding: Literal["justified", "not_justified"]
    reason: str = Field(min_length=1, max_length=500)


class Switch(BaseModel):
    """Stopping all writing, or letting it go on; without a site it is the whole system."""

    model_config = ConfigDict(extra="forbid")

    on: bool
    site: str | None = Field(default=None, max_length=60)
    reason: str = Field(min_length=1, max_length=500)


class ChangedRules(BaseModel):
    """Only the files that differ, by name (`rules/NAME.cedar`, `data/NAME.toml`)."""

    model_config = ConfigDict(extra="forbid")

    files: dict[str, str] = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=1, max_length=500)


@router.post("/plans/{plan_id}/broken-glass")
def break_glass(plan_id: str, breaking: Breaking, app: App, actor: Actor) -> dict[str, Any]:
    """Carry out a waiting plan at once, by a named role, with a reason; compliance reviews it."""
    context = app.context(actor, "api")
    return answer(app, app.desk.commands.break_glass(plan_id, breaking.digest, breaking.reason, context))


@router.get("/broken-glass")
def list_broken_glass(app: App, actor: Actor) -> list[Review]:
    """Every time the glass was broken: all for auditors, else one's own."""
    with app.store.reading() as world:
        return broken_glass_for(world, actor, app.policy.data)


@router.post("/broken-glass/{review}/review")
def review_glass(review: str, found: Found, app: App, actor: Actor) -> dict[str, Any]:
    """What compliance found about it."""
    context = app.context(actor, "api")
    return answer(app, app.desk.commands.review_glass(review, found.finding, found.reason, context))


@router.get("/kill-switch")
def show_switch(app: App, actor: Actor) -> dict[str, Any]:
    """Where all writing is stopped."""
    with app.store.reading() as world:
        stopped = stopped_sites(world)
    return {"system": None in stopped, "sites": [site for site in stopped if site]}


@router.put("/kill-switch")
def turn_switch(switch: Switch, app: App, actor: Actor) -> dict[str, Any]:
    """Stop all writing or let it go on; the administrator's, with a reason."""
    context = app.context(actor, "api")
    return answer(app, app.desk.commands.kill_switch(switch.on, switch.site, switch.reason, context))


@router.get("/rules")
def show_rules(app: App, actor: Actor) -> dict[str, Any]:
    """The active rules and data, as files."""
    with app.store.reading() as world:
        return {"id": active_rule_set(world), "version": app.policy.version, "files": active_files(world)}


@router.post("/rules")
def activate_rules(changed: ChangedRules, app: App, actor: Actor) -> dict[str, Any]:
    """Ask for changed rules to become active: a plan that two policy owners decide."""
    context = app.context(actor, "api")
    return answer(app, app.desk.commands.activate_rules(changed.files, changed.reason, context))
