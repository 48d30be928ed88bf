"""Which movable device is meant: people say its kind, with or without its number."""

import re

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, question
from hospital.ids import EquipmentId
from hospital.model.places import Equipment

_NUMBER = re.compile(
    r"\s*(?:no\.?|number|#|unit)?\s*(\d{1,2})\b(?!\s*(?:am|pm|:|-|to\b|min|hour|h\b))", re.IGNORECASE
)
_MOST_CHOICES = 6


def device_of(heard: Heard, kind: str) -> Equipment | None:
    """The one device of this kind at the site spoken about, by its number if one was said."""
    if (picked := heard.one("device")) is not None:
        return heard.asked.world.get(Equipment, EquipmentId(picked))
    found = _here(heard, kind)
    said = next((n[1] for one in heard.named("equipment") if (n := _NUMBER.match(heard.text, one.end))), None)
    if said is not None:
        found = [one for one in found if one.name.rpartition(" ")[2] == said]
    return found[0] if len(found) == 1 else None


def which_device(heard: Heard, kind: str) -> Say:
    """The question which of several is meant."""
    found = _here(heard, kind)[:_MOST_CHOICES]
    names = tuple(one.name for one in found)
    return question(
        f"Which {kind.replace('-', ' ')} is it?", names, asks_for="device", ids=tuple(one.id for one in found)
    )


def _here(heard: Heard, kind: str) -> list[Equipment]:
    site = heard.one("site") or heard.user.home.site_id
    found = heard.asked.world.find(Equipment, order="name", kind=kind)
    return [one for one in found if site in (None, one.site_id)]
