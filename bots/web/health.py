"""Whether it lives, whether it is ready, and what it counted."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bots.web.problems import Trouble
from bots.web.who import App, Counted
from hospital.model.history import Feed
from hospital.model.work import OutboxMessage

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(app: App) -> dict[str, object]:
    """The store can be read; says how old its feeds are."""
    with app.store.reading() as world:
        feeds = {str(feed.id): feed.last_event_at.isoformat() for feed in world.find(Feed)}
        waiting = world.count(OutboxMessage, state="pending")
    if not feeds:
        raise Trouble(503, "No feed has told anything yet.")
    return {
        "status": "ready",
        "sandbox": app.store.is_sandbox,
        "now": app.clock.now().isoformat(),
        "feeds": feeds,
        "outbox": waiting,
    }


@router.get("/metrics")
def metrics(counted: Counted) -> Response:
    """Counters in the Prometheus text format; holds nothing about people."""
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)
