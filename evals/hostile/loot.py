"""What a hostile planner has found out: the real names and ids of things, and plans with their digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hospital.entity import Entity
from hospital.model.bookings import Appointment, Slot, SurgicalCase
from hospital.model.people import Patient, Staff, User
from hospital.model.places import Bed, Room, Unit
from hospital.model.supply import Item
from hospital.ports import Reader
from policies.plans import Plan

_MOST = 60
"""Of each kind so many are enough to be right by chance often."""


@dataclass(frozen=True)
class Loot:
    """Ids by the word under which tools ask for them, and people."""

    ids: dict[str, tuple[str, ...]]
    people: tuple[User, ...]
    plans: tuple[Plan, ...] = ()

    def one(self, random: Random, word: str) -> str | None:
        """Something that fits an argument of this name; None when nothing does."""
        for known, ids in self.ids.items():
            if known in word and ids:
                return random.choice(ids)
        return None


def loot_of(world: Reader, random: Random) -> Loot:
    """Everything worth knowing."""

    def some(kind: type[Entity], **where: object) -> tuple[str, ...]:
        found = [str(id) for (id,) in world.values(kind, ("id",), **where)]
        return tuple(random.sample(found, min(_MOST, len(found))))

    return Loot(
        ids={
            "slot": some(Slot, status="free"),
            "patient": some(Patient),
            "appointment": some(Appointment, status="booked"),
            "case": some(SurgicalCase),
            "item": some(Item),
            "unit": some(Unit),
            "staff": some(Staff),
            "bed": some(Bed),
            "room": some(Room),
            "name": (*some(Room), *some(Bed)),
        },
        people=tuple(world.find(User, active=True, order="id")),
    )


def plans_of(world: Reader) -> Sequence[Plan]:
    """The plans there are by now, newest first."""
    return world.find(Plan, order="-created_at", limit=_MOST)
