"""The numbers and names behind the rules: limits, delegations, duty, freshness, packs, who may read what."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from hospital.entity import Record
from hospital.ids import UserId
from hospital.model.places import LevelOfCare
from hospital.planning.hours import HoursRule
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
)
"""The files of the policy data; besides them there is one file per pack in `packs/`."""

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


class OverbookingLimits(Record):
    """Minutes that are still acceptable as expected values when a clinic is overbooked (our judgement)."""

    overrun_minutes: int = Field(default=20, ge=0)
    """Work into the breaks and past the end of a session."""
    wait_minutes: int = Field(default=10, ge=0)
    """The mean wait of a session."""
    noticeable_minutes: int = Field(default=5, ge=0)
    """A group that waits so much longer than all patients takes the option away."""


class Limits(Record):
    """The limits of all cost centres; amounts for one need add up over `window_days`."""

    window_days: int = Field(gt=0)
    finance: tuple[UserId, ...]
    cost_centres: dict[str, CostCentreLimits]
    overbooking: OverbookingLimits = OverbookingLimits()

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


class Roles(Record):
    """Every role there is, with what it does."""

    roles: dict[str, str]


class Delegations(Record):
    """Who may decide in whose place."""

    delegation: tuple[Delegation, ...] = ()


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


class HoursPack(HoursRule):
    """Hours and rest as one jurisdiction or agreement wants them."""

    id: str


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


def load_data(folder: Path = HERE) -> PolicyData:
    """Read and validate every file of a folder.

    Raises:
        BadPolicyData: naming the file, the line where it is known, and what is wrong.
    """
    try:
        found = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.toml")}
    except OSError as error:
        raise BadPolicyData(f"{folder}: {error}") from error
    return read_data(found, folder)


def read_data(files: Mapping[str, str], folder: Path = HERE) -> PolicyData:
    """Validate policy data given as text by file name; `folder` only says where they are in what is wrong.

    Raises:
        BadPolicyData: naming the file, the line where it is known, and what is wrong.
    """

    def shaped(kind: type[R], name: str) -> R:
        return _shape(kind, _read(name), folder / name, files[name])

    def _read(name: str) -> dict[str, Any]:
        if name not in files:
            raise BadPolicyData(f"{folder / name}: there is no such file")
        try:
            return tomllib.loads(files[name])
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            raise BadPolicyData(f"{folder / name}:{line[1] if line else 1}: {error}") from error

    if unknown := sorted(set(files) - set(DATA_FILES) - {name for name in files if name.startswith("packs/")}):
        raise BadPolicyData(f"{folder / unknown[0]}: nothing reads this file; there is {', '.join(DATA_FILES)}")
    packs = sorted(name for name in files if name.startswith("packs/"))
    ratios = [shaped(RatioPack, name) for name in packs if "patients_per_nurse" in _read(name)]
    rest = [shaped(HoursPack, name) for name in packs if "patients_per_nurse" not in _read(name)]
    return PolicyData(
        roles=shaped(Roles, "roles.toml").roles,
        limits=shaped(Limits, "limits.toml"),
        delegations=shaped(Delegations, "delegations.toml").delegation,
        on_call=shaped(OnCall, "oncall.toml"),
        freshness=shaped(Freshness, "freshness.toml"),
        ratio_packs={pack.id: pack for pack in ratios},
        hours_packs={pack.id: pack for pack in rest},
        read_matrix=shaped(ReadMatrix, "read_matrix.toml"),
        money=shaped(MoneyContext, "money.toml"),
    )


def _shape(kind: type[R], raw: Mapping[str, Any], path: Path, text: str) -> R:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadPolicyData(f"{path}:{_line_of(text, first['loc'])}: {where}: {first['msg']}") from error


def _line_of(text: str, loc: Sequence[int | str]) -> int:
    """The line of a key: each name of its path is looked for behind the one before it."""
    at = 0
    for name, after in zip(loc, (*loc[1:], ""), strict=True):
        if isinstance(name, int):
            continue
        heads = list(re.finditer(rf"(?m)^\s*\[*(?:[\w.\"]+\.)?\"?{re.escape(name)}\b", text[at:]))
        nth = after if isinstance(after, int) and after < len(heads) else 0
        if heads:
            at += heads[nth].start()
    return text.count("\n", 0, at + len(text[at:]) - len(text[at:].lstrip())) + 1
