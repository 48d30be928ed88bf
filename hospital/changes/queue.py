"""Handing something to a person: Wardline's own queue, which works on stale feeds too."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Violation
from hospital.entity import Time
from hospital.ids import ExceptionId, SiteId, UserId
from hospital.model.people import Scope
from hospital.model.work import WorkException
from hospital.ports import Reader, Writer


class OpenException(Change):
    """Put something into the queue of a role, with a due time, so that somebody owns it."""

    kind: Literal["open_exception"] = "open_exception"
    action: ClassVar[str] = "hand_over"
    exception_id: ExceptionId
    about: str
    owner_role: str
    site_id: SiteId | None
    severity: Literal["low", "medium", "high", "critical"]
    summary: str
    due: Time
    opened_by: UserId
    links: tuple[str, ...] = ()

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id)

    def touches(self) -> frozenset[str]:
        return frozenset()

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        return ()

    def apply(self, world: Writer, commit: Commit) -> None:
        world.put(
            WorkException(
                id=self.exception_id,
                kind=self.about,
                owner_role=self.owner_role,
                site_id=self.site_id,
                severity=self.severity,
                summary=self.summary,
                opened_at=commit.at,
                due=self.due,
                opened_by=self.opened_by,
                links=self.links,
            )
        )

    def sentence(self, world: Reader) -> str:
        return f"Hand over to {self.owner_role.replace('_', ' ')}: {self.summary}"
