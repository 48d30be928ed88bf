"""Asking for a key figure from outside a conversation: the scope in one word, through the same door."""

from hospital.entity import Entity
from hospital.model.places import Clinic, Room, Service, Site, Unit
from hospital.ports import Reader

KINDS: dict[str, type[Entity]] = {"site": Site, "service": Service, "clinic": Clinic, "unit": Unit, "room": Room}
"""What a scope may name, in the order in which a bare name is looked for."""


def scope_arguments(world: Reader, scope: str | None) -> dict[str, str]:
    """Tool arguments of a scope such as `northgate`, `service:orthopaedics` or `orthopaedics,northgate`.

    A name that nothing has is taken as a site, so that the tool says which there are.
    """
    found: dict[str, str] = {}
    for part in (part.strip() for part in (scope or "").split(",")):
        kind, colon, name = part.partition(":")
        if colon and (kind in KINDS or kind == "clinician"):
            found[kind] = name
        elif part:
            found[_kind_of(world, part)] = part
    return found


def figure_arguments(world: Reader, name: str, scope: str | None, period: str | None) -> dict[str, str]:
    """Arguments of `query_kpi`."""
    return {"kpi": name, **scope_arguments(world, scope), **({"period": period} if period else {})}


def _kind_of(world: Reader, name: str) -> str:
    wanted = name.casefold()
    for kind, entity in KINDS.items():
        for one in world.find(entity):
            names = (one.id, getattr(one, "name", ""), *getattr(one, "aliases", ()))
            if wanted in {known.casefold() for known in names}:
                return kind
    return "site"
