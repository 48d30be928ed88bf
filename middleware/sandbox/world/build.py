"""The table of contents of the world: what is built, in this order."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hospital.entity import Entity
from hospital.model.history import Feed
from middleware.sandbox.world.beds import build_beds
from middleware.sandbox.world.blocks import build_blocks, room_days
from middleware.sandbox.world.clinic_plans import build_clinics
from middleware.sandbox.world.clinicians import build_clinicians
from middleware.sandbox.world.clinics import build_visits
from middleware.sandbox.world.demand import build_demand
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.imaging import build_imaging
from middleware.sandbox.world.named import build_named_surgery, named_room_days
from middleware.sandbox.world.named_staff import build_named_staff
from middleware.sandbox.world.named_visits import build_named_visits
from middleware.sandbox.world.patients import build_patients
from middleware.sandbox.world.places import build_places
from middleware.sandbox.world.services import build_services
from middleware.sandbox.world.staffing import build_staffing
from middleware.sandbox.world.supply import build_loaners, build_supply
from middleware.sandbox.world.surgery import build_surgery, drop_clashes
from middleware.sandbox.world.users import build_users

Rows = dict[type[Entity], list[Row]]
FEED_AGES = {"adt": 3, "ehr": 4, "wfm": 18, "erp": 35, "inventory": 42}
"""Minutes since each feed was last heard of when all is well."""


def _surgery(frame: Frame, world: World) -> None:
    days, named = room_days(frame, world), named_room_days(frame)
    build_blocks(frame, world, days, named)
    build_surgery(frame, world, days, named)
    build_named_surgery(frame, world)
    drop_clashes(world)


def _feeds(frame: Frame, world: World) -> None:
    for id, age in FEED_AGES.items():
        world.add(Feed, {"id": id, "last_event_at": frame.now - timedelta(minutes=age), "status": "up"})


PARTS: tuple[tuple[str, Callable[[Frame, World], None]], ...] = (
    ("services", lambda _, world: build_services(world)),
    ("places", build_places),
    ("clinics", lambda _, world: build_clinics(world)),
    ("clinicians", build_clinicians),
    ("patients", build_patients),
    ("staff", build_staffing),
    ("named staff", build_named_staff),
    ("surgery", _surgery),
    ("visits", build_visits),
    ("imaging", build_imaging),
    ("beds", build_beds),
    ("named visits", build_named_visits),
    ("supply", build_supply),
    ("loaners", build_loaners),
    ("demand", build_demand),
    ("users", build_users),
    ("feeds", _feeds),
)


def build_world(now: datetime, seed: int = 7, progress: Callable[[str], None] | None = None) -> Rows:
    """Every row of the sandbox per entity class, the same for the same clock and seed.

    Raises:
        ValueError: when `now` has no time zone.
    """
    frame, world = Frame(now, seed), World()
    for name, build in PARTS:
        if progress is not None:
            progress(name)
        build(frame, world)
    return world.rows
