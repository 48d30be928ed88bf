"""What waits for somebody, what was done, and who there is (on a sandbox)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from bots.identity import refuse_unless_local
from bots.plan_views import may_read_audit
from bots.queues import exceptions_for
from bots.web.problems import Trouble
from bots.web.who import Actor, App, request_of
from hospital.model.people import User
from hospital.model.places import Site
from hospital.model.work import WorkException
from hospital.ports import Range
from policies.plans import AuditEntry

router = APIRouter(prefix="/v1", tags=["queues"])


@router.get("/exceptions")
def list_exceptions(app: App, actor: Actor) -> list[WorkException]:
    """One's own exceptions that are not resolved (by role or because one opened them), the first due first."""
    with app.store.reading() as world:
        return exceptions_for(world, actor)


@router.get("/audit")
def list_audit(
    app: App,
    actor: Actor,
    plan: str | None = None,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[AuditEntry]:
    """The audit chain in order, for those whom the read matrix lets see it."""
    if not may_read_audit(actor, app.policy.data):
        raise Trouble(403, "The audit is for auditors; ask compliance what you need to know from it.")
    where: dict[str, object] = {"sequence": Range(at_least=after + 1)}
    if plan is not None:
        where["plan_id"] = plan
    with app.store.reading() as world:
        return world.find(AuditEntry, order="sequence", limit=limit, **where)


@router.get("/users")
def list_users(app: App, request: Request) -> list[dict[str, Any]]:
    """Everybody one may be on a sandbox; this exists on no production store."""
    refuse_unless_local(app.store, request_of(request))
    with app.store.reading() as world:
        people = world.find(User, active=True, order="id")
        zones = {str(site.id): site.timezone for site in world.find(Site)}
    return [
        {
            "id": person.id,
            "name": person.name,
            "roles": sorted(person.roles),
            "site": person.home.site_id,
            "unit": person.home.unit_id,
            "service": person.home.service_id,
            "timezone": zones.get(person.home.site_id or ""),
        }
        for person in people
    ]
