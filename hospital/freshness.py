"""How old what we know is. Past its limit a source may be read, but nothing that depends on it commits."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hospital.entity import Record
from hospital.model.history import Feed


class Lateness(Record):
    """A source past its limit, in whole minutes."""

    source: str
    age_minutes: int
    limit_minutes: int

    def sentence(self) -> str:
        """For the person who asked."""
        return (
            f"the {self.source.upper()} feed is {self.age_minutes} min old "
            f"(limit {self.limit_minutes} min), so what it says may have changed"
        )


def find_late(
    feeds: Iterable[Feed], limits: Mapping[str, timedelta], now: datetime, sources: Iterable[str]
) -> tuple[Lateness, ...]:
    """Which of these sources are older than their limit at `now`; one never heard of counts as late."""
    seen = {str(feed.id): feed for feed in feeds}
    late = []
    for source in sources:
        limit = limits[source]
        age = now - seen[source].last_event_at if source in seen else timedelta(days=365)
        if age > limit:
            late.append(
                Lateness(
                    source=source,
                    age_minutes=int(age.total_seconds() // 60),
                    limit_minutes=int(limit.total_seconds() // 60),
                )
            )
    return tuple(late)
