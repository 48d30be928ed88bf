"""What an allocation says besides its options: what binds, what was rejected and why, what would have to give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["nothing to do", "all placed", "some placed", "none placed"]
"""What came of finding new places for all that were displaced."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why not there: a site, or a resource of it, on a day or throughout. `why` is a clause for people."""

    site: str
    resource: str | None
    day: date | None
    constraint: str
    why: str

    @property
    def words(self) -> str:
        """One line, such as 'Northgate OR 3, Thu 17 Sep: free only 95 min of the 180 needed'."""
        place = f"{self.site} {self.resource}" if self.resource else self.site
        return f"{place}{f', {self.day:%a %d %b}' if self.day else ''}: {self.why}"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest set of constraints without which there would be a solution."""

    constraints: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ConstraintReport:
    """For one option: what keeps it from being earlier, and how many minutes later each constraint would allow."""

    binding: tuple[str, ...]
    slack: Mapping[str, int]
