"""The base of everything the hospital knows: a frozen record that refuses nonsense at birth."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Time = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware instant, kept in UTC; a naive value is refused."""


class Record(BaseModel):
    """A frozen value: unknown fields and naive times are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Entity(Record):
    """A record with an identity, kept in the store under `id`."""

    id: str

    def changed(self, **fields: Any) -> "Any":
        """The same entity with these fields replaced, validated again."""
        return type(self).model_validate({**self.model_dump(), **fields})


def require_order(start: datetime, end: datetime, what: str) -> None:
    """Refuse a time span that ends before it starts.

    Raises:
        ValueError: naming the span and both values.
    """
    if end <= start:
        raise ValueError(f"{what}: end {end.isoformat()} is not after start {start.isoformat()}")
