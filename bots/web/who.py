"""Who sent this request, and the parts that answer it."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from bots.app import Wardline
from bots.identity import NotAllowed, Request
from bots.web.guardrails import Metrics
from hospital.model.people import User

_ONCE = ("authorization", "host")
"""Headers that decide who may come in: two of one kind are an attempt to be read differently."""


def request_of(connection: HTTPConnection) -> Request:
    """What the doors look at.

    Raises:
        NotAllowed: when a header that decides comes twice.
    """
    names = [name.decode("latin-1").lower() for name, _ in connection.headers.raw]
    for name in _ONCE:
        if names.count(name) > 1:
            raise NotAllowed(f"The {name} header came twice; send it once.", 400)
    client = connection.client.host if connection.client else None
    return Request(client=client, headers={name.lower(): value for name, value in connection.headers.items()})


def wardline_of(connection: HTTPConnection) -> Wardline:
    """The application behind this connection."""
    app: Wardline = connection.app.state.wardline
    return app


def metrics_of(connection: HTTPConnection) -> Metrics:
    """Where things are counted."""
    metrics: Metrics = connection.app.state.metrics
    return metrics


def actor_of(connection: HTTPConnection) -> User:
    """The signed-in person."""
    return wardline_of(connection).doors.actor_of(request_of(connection))


App = Annotated[Wardline, Depends(wardline_of)]
Actor = Annotated[User, Depends(actor_of)]
Counted = Annotated[Metrics, Depends(metrics_of)]
