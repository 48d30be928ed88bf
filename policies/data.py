"""The numbers and names behind the rules: limits, delegations, duty, freshness, packs, who may read what."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from hospital.entity import Record
from hospital.ids import UserId
from hospital.model.places import LevelOfCare
from hospital.planning.money_context import MoneyContext
from policies.plans import canonical

HERE = Path(__file__).parent / "data"

DATA_FILES = (
    "roles.toml",
    "limits.toml",
    "delegations.toml",
    "oncall.toml",
    "freshness.toml",
    "read_matrix.toml",
    "money.toml",
    "packs/california_ratios.toml",
    "packs/hours_16_10_60.toml",
)
"""Every file of the policy data."""

DataClass = Literal[
    "demographics", "bookings", "staff_names", "rates", "budgets", "audit", "capacity", "stock", "schedules"
]
MoneyLevel = Literal["manager", "director", "finance"]
MONEY_ROLES: dict[str, MoneyLevel] = {
    "cost_centre_manager": "manager",
    "cost_centre_director": "director",
    "finance_controller": "finance",
}
"""The roles that the limits table fills, lowest first."""

R = TypeVar("R", bound=Record)


class CostCentreLimits(Record):
    """Up to which amount (cents) the manager and the director of a cost centre say yes, and who they are."""

    name: str
    manager_to: int = Field(ge=0)
    manager: tuple[UserId, ...]
    director_to: int = Field(ge=0)
    director: tuple[UserId, ...]


class Limits(Record):
    """The limits of all cost centres; amounts for one need add up over `window_days`."""

    window_days: int = Field(gt=0)
    finance: tuple[UserId, ...]
    cost_centres: dict[str, CostCentreLimits]

    def who(self, cost_centre: str | None, level: MoneyLevel) -> tuple[UserId, ...]:
        """The people of this level; nobody when the cost centre has no limits."""
        limits = self.cost_centres.get(cost_centre or "")
        if limits is None:
            return ()
        return {"manager": limits.manager, "director": limits.director, "finance": self.finance}[level]


class Delegation(Record):
    """One person may decide in the place of another, from `first` to `last` day (both included)."""

    of: UserId
    to: UserId
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Duty(Record):
    """When these roles are on duty: weekdays (Monday is 0) and hours in the person's site's zone."""

    roles: tuple[str, ...]
    days: tuple[int, ...]
    start: time
    end: time

    def covers(self, local: datetime) -> bool:
        """Whether this local time falls into it."""
        return local.weekday() in self.days and self.start <= local.time() <= self.end


class OnCall(Record):
    """Who is on duty when. It orders whom to ask first; it takes no authority away."""

    timezone: str
    duty: tuple[Duty, ...]


class Freshness(Record):
    """How old feeds may be, in minutes."""

    default: int = Field(gt=0)
    minutes: dict[str, int]

    def limits(self, sources: tuple[str, ...]) -> dict[str, timedelta]:
        """The limit of each of these sources."""
        return {source: timedelta(minutes=self.minutes.get(source, self.default)) for source in sources}


class RatioPack(Record):
    """Patients per nurse by level of care; at all times means breaks included."""

    id: str
    at_all_times: bool
    patients_per_nurse: dict[LevelOfCare, int]


class HoursPack(Record):
    """Hours a day and a week at most, and rest between shifts at least."""

    id: str
    most_hours_a_day: int
    least_rest_hours: int
    most_hours_a_week: int


class ReadMatrix(Record):
    """Per role and class of data: in scope, everywhere, or (left out) not at all."""

    everyone: tuple[DataClass, ...]
    roles: dict[str, dict[DataClass, Literal["scope", "all"]]]


class PolicyData(Record):
    """All policy data together."""

    roles: dict[str, str]
    limits: Limits
    delegations: tuple[Delegation, ...]
    on_call: OnCall
    freshness: Freshness
    ratio_packs: dict[str, RatioPack]
    hours_packs: dict[str, HoursPack]
    read_matrix: ReadMatrix
    money: MoneyContext

    def delegates_of(self, user: UserId, day: date) -> tuple[UserId, ...]:
        """Who may decide in this person's place on that day."""
        return tuple(d.to for d in self.delegations if d.of == user and d.holds_on(day))

    def fingerprint(self) -> str:
        """SHA-256 over all of it."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode()).hexdigest()


class BadPolicyData(Exception):
    """A file of the policy data is missing something or holds nonsense; names the file."""


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadPolicyData(f"{path}: {error}") from error


def _shape(kind: type[R], raw: Mapping[str, Any], path: Path) -> R:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise BadPolicyData(f"{path}: {error}") from error


def load_data(folder: Path = HERE) -> PolicyData:
    """Read and validate every file.

    Raises:
        BadPolicyData: naming the file and what is wrong.
    """
    packs = folder / "packs"
    delegations = _read(folder / "delegations.toml")
    ratio, hours = packs / "california_ratios.toml", packs / "hours_16_10_60.toml"
    ratios = _shape(RatioPack, _read(ratio), ratio)
    rest = _shape(HoursPack, _read(hours), hours)
    return PolicyData(
        roles=_read(folder / "roles.toml")["roles"],
        limits=_shape(Limits, _read(folder / "limits.toml"), folder / "limits.toml"),
        delegations=tuple(
            _shape(Delegation, one, folder / "delegations.toml") for one in delegations.get("delegation", ())
        ),
        on_call=_shape(OnCall, _read(folder / "oncall.toml"), folder / "oncall.toml"),
        freshness=_shape(Freshness, _read(folder / "freshness.toml"), folder / "freshness.toml"),
        ratio_packs={ratios.id: ratios},
        hours_packs={rest.id: rest},
        read_matrix=_shape(ReadMatrix, _read(folder / "read_matrix.toml"), folder / "read_matrix.toml"),
        money=_shape(MoneyContext, _read(folder / "money.toml"), folder / "money.toml"),
    )
