"""Who is to be put into a bed: somebody named, whoever waited longest, or who lies where they are moved from."""

import re

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.lexicon_words import ORDINARY
from agent.planners.embedded.take_along import points_at_patient
from hospital.model.people import Encounter
from hospital.model.places import Bed
from hospital.ports import In

_LYING = ("in_bed", "boarding")
_PASSED_THROUGH = ("ed", "pacu")
"""Whoever comes from there waits for a bed; whoever comes from elsewhere is one certain patient."""


def is_stay(code: str) -> bool:
    """Whether a code is that of a stay in hospital."""
    return code.upper().startswith("ENC-")


def patient_meant(heard: Heard) -> str | None:
    """The record number, name or stay of the patient; None when nobody is said or it is not clear who."""
    stay = next((code for code in heard.slots.get("code", []) if is_stay(code)), None)
    return heard.one("patient") or stay or _of_the_list(heard) or _longest_waiting(heard) or _lies_there(heard)


_LONGEST = re.compile(r"\b(?:longest|most hours|first in (?:line|the queue))\b", re.IGNORECASE)
_OF_A_LIST = re.compile(
    r"\b(?:first|second|third|fourth|last|2nd|3rd|4th)\s+(?:one|patient|of (?:them|those|these)|on the list)\b", re.I
)
"""Somebody is meant by a place in a list, which is shown by bed and not by patient."""


def _of_the_list(heard: Heard) -> str | None:
    """The stay of whoever stands at the place said in the list just shown of those who wait."""
    stays: list[str] = heard.memory.get("stays") or []
    place = heard.ordinal() if _OF_A_LIST.search(heard.text) else None
    return stays[place - 1 if place > 0 else -1] if place and place <= len(stays) else None


def _longest_waiting(heard: Heard) -> str | None:
    """The stay of whoever has waited longest for a bed at the site, when that is who is meant."""
    site = heard.one("site") or heard.user.home.site_id
    if not _LONGEST.search(heard.text) or site is None:
        return None
    waiting = heard.asked.world.find(Encounter, site_id=site, state="boarding", order="admitted_at", limit=1)
    return str(waiting[0].id) if waiting else None


def _lies_there(heard: Heard) -> str | None:
    """The stay of whoever lies in the bed that somebody is to be moved from."""
    label = heard.one("from_bed")
    site = heard.one("site") or heard.user.home.site_id
    if label is None or site is None:
        return None
    beds = heard.asked.world.find(Bed, site_id=site, label=label)
    stays = heard.asked.world.find(Encounter, bed_id=beds[0].id, state=In(_LYING)) if beds else []
    return str(stays[0].id) if len(stays) == 1 else None


def means_somebody(heard: Heard) -> bool:
    """Whether one certain patient is meant who was not made out: "her", "the second one", who is moved, a name."""
    left = heard.one("from_unit") or ""
    moved = heard.one("from_bed") is not None or (left and left.rpartition("-")[2] not in _PASSED_THROUGH)
    named = any(heard.named(kind) for kind in ("staff", "clinician", "procedure"))
    if moved or named or points_at_patient(heard) or _OF_A_LIST.search(heard.text):
        return True
    told = [(one.start, one.end) for one in heard.mentions] + [(one.said.start, one.said.end) for one in heard.times]
    return any(
        not any(start <= found.start("name") < end for start, end in told)
        and found["name"].casefold() not in ORDINARY | _NO_NAMES
        for found in _NAME.finditer(heard.text)
    )


_NAME = re.compile(
    r"(?:^|(?:move|put|place|transfer|send|give|bring|bed|get|assign|admit|take)\s+)(?P<name>[A-Za-z][a-z]{2,})(?=\s+"
    r"(?:to|into|in|from|on|over|up|goes|needs|is|can|should|at|out|a|the|bed)\b)",
    re.IGNORECASE,
)
"""Where the name of a patient stands: "Weber to 3 East", "move weber into 4-212"."""
_NO_NAMES = frozenset(
    "patient patients boarder boarders admission admit admits transfer transfers someone somebody anyone anybody "
    "everyone people next one them her him she they beds nobody whoever downgrade upgrade isolation".split()
)
