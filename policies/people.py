"""Who may fill a need: role in scope, delegates, the next level; never anybody of the chain."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from hospital.ids import UserId
from hospital.model.people import Scope, User
from hospital.model.places import Site
from hospital.ports import Reader
from policies.data import MONEY_ROLES, PolicyData
from policies.plans import Need

NEXT_LEVEL = "next_level"
_LADDER = tuple(MONEY_ROLES)
Authorities = dict[UserId, UserId]
"""Who may say yes, and in whose name: their own, or that of whoever delegated to them."""


class Roster:
    """The active people at one moment, and whom each need may ask. What is not asked for is not read."""

    def __init__(self, world: Reader, data: PolicyData, now: datetime) -> None:
        self._world = world
        self._data = data
        self._now = now
        self._known: dict[UserId, User | None] = {}

    def user(self, user_id: str) -> User | None:
        """The active person with this id."""
        id = UserId(user_id)
        if id not in self._known:
            found = self._world.get(User, id)
            self._known[id] = found if found is not None and found.active else None
        return self._known[id]

    @cached_property
    def _held(self) -> dict[UserId, list[dict[str, Any]]]:
        """Everybody active and the roles they hold, as they are kept: most are only looked over."""
        return {id: grants for id, grants in self._world.values(User, ("id", "grants"), active=True)}

    @cached_property
    def _zones(self) -> dict[str, str]:
        return {id: zone for id, zone in self._world.values(Site, ("id", "timezone"))}

    def eligible(
        self, need: Need, chain: Iterable[str], taken: Iterable[str] = (), *, escalated: bool = False
    ) -> tuple[UserId, ...]:
        """Who may fill this need now, those on duty first.

        Args:
            chain: who asked, edited, reported or triggered; neither they nor a delegate in their name.
            taken: who has filled a need of the same plan, and in whose name; treated alike.
            escalated: whether half the time to expiry is over, so that the named next role may fill it.
        """
        found = self._authorities(need, {*chain, *taken}, escalated)
        return tuple(sorted(found, key=lambda user: (not self._on_duty(user, need.role), user)))

    def authority(
        self, need: Need, user: str, chain: Iterable[str], taken: Iterable[str] = (), *, escalated: bool = False
    ) -> UserId | None:
        """In whose name this person may fill this need now (see `eligible`): their own, or of whom they stand for."""
        return self._authorities(need, {*chain, *taken}, escalated).get(UserId(user))

    def next_in_line(self, need: Need, chain: Iterable[str], taken: Iterable[str] = ()) -> tuple[UserId, ...]:
        """Whom the gate names for when half the time is over; they may look, and fill it unless it is a surgeon's."""
        return tuple(sorted(self._escalation(need, {*chain, *taken})))

    def holders(self, role: str, scope: Scope) -> tuple[UserId, ...]:
        """Who holds a role there, without delegates: for those who are only told."""
        return tuple(sorted(set(self._of_roles((role,), scope, set()).values())))

    def assign(self, needs: Sequence[Need], chain: Iterable[str]) -> tuple[Need, ...]:
        """The needs with whom to ask; whoever is indispensable for another need is not asked for money."""
        barred = tuple(chain)
        asked = {need.rule: self.eligible(need, barred) for need in needs}
        only = {
            user
            for need in needs
            if need.role not in MONEY_ROLES and len(asked[need.rule]) <= need.count
            for user in asked[need.rule]
        }
        return tuple(
            need.model_copy(
                update={"who": self.eligible(need, barred, only) if need.role in MONEY_ROLES else asked[need.rule]}
            )
            for need in needs
        )

    def _authorities(self, need: Need, barred: set[str], escalated: bool) -> Authorities:
        if need.of is not None:
            return self._own_yes(need, barred)
        found = self._of_roles(need.role.split("|"), need.scope, barred)
        if not found and need.role in MONEY_ROLES:
            found = self._above(need.role, need.scope, barred)
        return {**self._escalation(need, barred), **found} if escalated else found

    def _own_yes(self, need: Need, barred: set[str]) -> Authorities:
        """A surgeon's need: only that surgeon, or the OR charge nurse when that surgeon is in the chain."""
        mine = self._world.find(User, clinician_id=need.of, active=True)
        own = {user.id for user in mine if "surgeon" in user.roles}
        others = [role for role in need.role.split("|") if role != "surgeon"]
        if own & barred and not others:
            others = ["or_charge"]
        return {**self._of_roles(others, need.scope, barred), **{user: user for user in own - barred}}

    def _of_roles(self, roles: Iterable[str], scope: Scope, barred: set[str]) -> Authorities:
        holders: set[UserId] = set()
        wanted = scope.model_dump()
        for role in roles:
            if role in MONEY_ROLES and scope.cost_centre_id is not None:
                people = self._data.limits.who(scope.cost_centre_id, MONEY_ROLES[role])
                holders |= {user for user in people if self.user(user) is not None}
            else:
                holders |= {
                    user
                    for user, grants in self._held.items()
                    if any(grant["role"] == role and _covers(grant["scope"], wanted) for grant in grants)
                }
        return self._with_delegates(holders, barred)

    def _with_delegates(self, holders: set[UserId], barred: set[str]) -> Authorities:
        day = self._now.astimezone(ZoneInfo(self._data.on_call.timezone)).date()
        free = sorted(holders - {UserId(user) for user in barred})
        named = {to: user for user in reversed(free) for to in self._data.delegates_of(user, day)}
        delegates = {to: user for to, user in named.items() if to not in barred and self.user(to) is not None}
        return {**delegates, **{user: user for user in free}}

    def _above(self, role: str, scope: Scope, barred: set[str]) -> Authorities:
        """The lowest higher level of money at which anybody is left."""
        for higher in _LADDER[_LADDER.index(role) + 1 :]:
            if found := self._of_roles((higher,), scope, barred):
                return found
        return {}

    def _escalation(self, need: Need, barred: set[str]) -> Authorities:
        """Looked up where the line is: a cost centre has no nursing supervisor, but the unit that asks has one."""
        where = need.where if need.where != Scope() else need.scope
        found: Authorities = {}
        for role in need.escalates_to:
            if role != NEXT_LEVEL:
                found |= self._of_roles((role,), where, barred)
            elif need.role in MONEY_ROLES:
                found |= self._above(need.role, need.scope, barred)
        return found

    def _on_duty(self, user_id: UserId, role: str) -> bool:
        user = self.user(user_id)
        if user is None:
            return False
        zone = self._zones.get(user.home.site_id, self._data.on_call.timezone) if user.home.site_id else None
        local = self._now.astimezone(ZoneInfo(zone or self._data.on_call.timezone))
        wanted = {*role.split("|"), *user.roles}
        return any(wanted & set(duty.roles) and duty.covers(local) for duty in self._data.on_call.duty)


def _covers(held: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """As `Scope.covers`, on scopes as they are kept."""
    return all(mine is None or mine == wanted[name] for name, mine in held.items())
