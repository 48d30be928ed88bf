"""Who may read what: the role and data-class matrix, kept in `data/read_matrix.toml`; and whose an exception is."""

from typing import get_args

from hospital.model.people import Scope, User
from hospital.model.work import WorkException
from policies.context import roles_covering, roles_near
from policies.data import DataClass, PolicyData

DATA_CLASSES: tuple[DataClass, ...] = get_args(DataClass)
_MONEY: frozenset[str] = frozenset({"rates", "budgets"})
"""Not tied to a place: a role holds for them unless its scope contradicts what is asked."""
_WORDS: dict[str, str] = {
    "demographics": "who patients are",
    "bookings": "patients' bookings",
    "staff_names": "the names on rosters",
    "rates": "rates of pay",
    "budgets": "budgets",
    "audit": "the audit trail",
    "capacity": "capacity",
    "stock": "stock",
    "schedules": "schedules",
}


SEE_EVERY_QUEUE = ("admin", "auditor", "capacity_manager")
"""Roles that look after what everybody else must look at."""


def is_for(user: User, matter: WorkException) -> bool:
    """Whether this exception is theirs to see: owned by a role they hold there, opened by them, or all are."""
    if not user.active:
        return False
    near = roles_near(user, Scope(site_id=matter.site_id))
    return matter.opened_by == user.id or matter.owner_role in near or not user.roles.isdisjoint(SEE_EVERY_QUEUE)


def may_read(data: PolicyData, user: User, data_class: str, scope: Scope | None = None) -> str | None:
    """Whether this person may read this class of data there (no scope: anywhere at all).

    Returns:
        None for yes, else the reason in words.
    """
    wanted = next((known for known in DATA_CLASSES if known == data_class), None)
    if wanted is None:
        return f"there is no class of data called {data_class}"
    matrix, what = data.read_matrix, _WORDS[data_class]
    if not user.active:
        return f"{user.id} is not an active user"
    if wanted in matrix.everyone:
        return None
    granted = {role: matrix.roles.get(role, {}).get(wanted) for role in user.roles}
    if "all" in granted.values():
        return None
    if "scope" not in granted.values():
        return f"none of your roles may see {what} (minimum necessary)"
    if scope is None:
        return None
    here = roles_near(user, scope) if data_class in _MONEY else roles_covering(user, scope)
    if any(granted.get(role) == "scope" for role in here):
        return None
    return f"you may see {what} in your own scope only"
