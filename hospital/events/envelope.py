"""The CloudEvents 1.0 envelope that every canonical event travels in."""

from typing import Any, Literal

from pydantic import Field

from hospital.entity import Record, Time

SCHEMAS = "urn:wardline:schema"
"""`dataschema` is this with the event's type; an incompatible change is a new version, hence a new URI."""


class EventData(Record):
    """The data of one kind of event. A reference names a record, never a diagnosis."""


class Envelope(Record):
    """Who says what about what, and when. The same `source` and `id` again is a duplicate."""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str = Field(pattern=r"^hc\.[a-z_]+\.[a-z_]+\.v[0-9]+$")
    subject: str = Field(min_length=1, description="What it is about, by id; never patient data")
    time: Time
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    correlationid: str | None = None
    causationid: str | None = None
    sequence: str | None = None
    partitionkey: str | None = None
    facility: str | None = None
    recordedtime: Time | None = None
    effectivetime: Time | None = None
    actor: str | None = None
    phi: Literal["none", "limited"] = "none"
    traceparent: str | None = None
    data: dict[str, Any]


def schema_uri(type: str) -> str:
    """The `dataschema` of an event type."""
    return f"{SCHEMAS}:{type}"
