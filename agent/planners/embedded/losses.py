"""Whether a message is about what is lost with everything that is booked on it."""

import re

from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention

_WHO_IS_HIT = re.compile(
    r"\b(?:who|whom|whose|which|what|how many)\b[^.!]*\b(?:affected|impacted|concerned|hit|displaced)\b",
    re.IGNORECASE,
)
_IS_LOST = re.compile(
    r"\b(?:out of (?:order|service|action)|down|brok\w+|closed|shut|fail\w*|unusable|dead|lost|flooded|ill|sick|"
    r"unavailable|(?:can ?not|can'?t|won'?t) (?:be|come|operate|work|run))\b",
    re.IGNORECASE,
)
_ALL_ELSEWHERE = re.compile(
    r"\b(?:move|rebook|book|re-?place|relocate|rehouse|rehome|reschedule|re-?plan|spread|shift|find|get)\b[^.!?]*"
    r"\b(?:patients|cases|visits|appointments|exam\w*|scans|bookings|operations|list|everything|everybody|everyone)\b",
    re.IGNORECASE,
)
_WHOSE_PATIENTS = re.compile(
    r"\bwho (?:can|could|will|would|else)\b[^.!?]*\b(?:take|see|cover|have|look after)\b[^.!?]*"
    r"\b(?:his|her|their|'s)\s+(?:patients?|visits?|appointments?|people|list|clinics?|sessions?)\b",
    re.IGNORECASE,
)
"""A doctor is away, and the patients need another one."""
_MISTAKEN_FOR_DISPLACING = frozenset(
    {"displace", "record_status", "route_imaging", "imaging_slot", "reschedule_visit", "change_case", "place_waiting"}
)
_LOST = frozenset({"room", "scanner", "equipment", "clinician"})
"""What can be lost with everything that is booked on it."""


def is_displacement(text: str, ranking: Ranking, mentions: tuple[Mention, ...]) -> bool:
    """Whether something is lost and the question is whom that hits, or its bookings are to go elsewhere."""
    kinds = {found.kind for found in mentions}
    if not kinds & _LOST:
        return False
    if "clinician" in kinds and _WHOSE_PATIENTS.search(text):
        return True
    one_only = bool(kinds & {"case", "patient"}) or ranking.best not in _MISTAKEN_FOR_DISPLACING
    return _WHO_IS_HIT.search(text) is not None or (
        not one_only and _IS_LOST.search(text) is not None and _ALL_ELSEWHERE.search(text) is not None
    )


def is_missing_nurse(ranking: Ranking, mentions: tuple[Mention, ...]) -> bool:
    """Whether it is a nurse whose work is to be taken over: rooms and doctors are displaced, shifts are covered."""
    kinds = {found.kind for found in mentions}
    return ranking.best == "displace" and "staff" in kinds and not kinds & (_LOST | {"clinic", "case", "service"})
