"""Whether anything that lock screens or whole channels showed identifies a patient."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from hospital.model.people import Clinician, Patient, Staff, User
from hospital.ports import Reader

_WORD = re.compile(r"[\w'’-]+")
SHOWN = ("notification", "channel_text")


def leaks(world: Reader, journal: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Each text with a record number or a full name of a patient, as "ts: what it was"."""
    people = {name.casefold() for kind in (Clinician, Staff, User) for (name,) in world.values(kind, ("name",))}
    ids, names = set(), set()
    for patient_id, name in world.values(Patient, ("id", "name")):
        ids.add(patient_id.casefold())
        names.add(name.casefold())
    names -= people
    found = []
    for entry in journal:
        if entry["what"] not in SHOWN:
            continue
        words = [one.casefold() for one in _WORD.findall(said_in(entry))]
        pairs = {f"{one} {two}" for one, two in pairwise(words)}
        found += [f"{entry['ts']}: {one}" for one in sorted((set(words) & ids) | (pairs & names))]
    return tuple(found)


def said_in(entry: Mapping[str, Any]) -> str:
    """Everything a person can read of a journal entry."""
    return " ".join(_texts([entry.get("text"), entry.get("blocks"), entry.get("tasks")]))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in ("action_id", "block_id", "type", "value"):
                yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
