"""Whose visit or bed it is: names of patients, whom no list of the hospital's names holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from agent.planners.embedded.lexicon_words import ORDINARY, Word

_VISITS = frozenset(
    "visit visits appointment appointments appt scan scans mri ct ultrasound echo exam examination slot booking "
    "bookings follow followup consult check checkup review recheck".split()
)
"""What is one patient's."""
_OF_PATIENTS = frozenset({"bed", "born", "dob", "caller", "patient", "list"})
_OF_BOOKING = frozenset(
    "book rebook reschedule cancel tele telemetry icu ward derm dermatology cardiology ent neurology".split()
)
"""What else is spoken about where a visit, a bed or a list is."""
_ACTS = frozenset(
    "wants want needs need can cant cannot wont won called calling calls rang rings phoned asks asked asking would "
    "is isn has hasn had goes comes prefers wishes says said missed forgot".split()
)
_HANDLED = frozenset(
    "cancel book rebook move shift reschedule put give get see fit squeeze swap push bring place admit transfer "
    "for".split()
)
"""What a patient does, and what is done with one."""
_NO_NAMES = frozenset(
    "mum mother dad father daughter son wife husband somebody someone nobody everybody lady gentleman man woman kid "
    "child tomorrow today tonight yesterday family caller housekeeping environmental transport pharmacy facilities "
    "lab radiology triage admissions security engineering biomed finance anaesthesia anesthesia surgery theatre "
    "recovery management nursing physio dietary catering supply procurement registration reception pathology "
    "infection everybody everyone anyone medicine oncology maternity labour labor discharge transfer admission bed "
    "census capacity block turnover staffing overtime agency float".split()
)
"""People, departments and words of the field that are nobody's name."""


def kind_of_owner(words: Sequence[Word], at: int, text: str) -> str:
    """A strange capitalised name that owns a visit ("Weber's scan", "Diaz's cardiology follow-up") is a patient's."""
    return "patient" if _is_strange(words[at], text) and owns_a_visit(words, at, text) else ""


def kind_of_subject(words: Sequence[Word], at: int, text: str) -> str:
    """A strange capitalised word is a patient's surname where visits or beds are spoken about and it acts, or
    something is done with it: "Ortiz needs a bed", "cancel Weber on Friday"."""
    if not _is_strange(words[at], text) or not any(
        word.key in _VISITS | _OF_PATIENTS | _OF_BOOKING for word in words
    ):
        return ""
    acts = at + 1 < len(words) and words[at + 1].key in _ACTS
    handled = at > 0 and words[at - 1].key in _HANDLED
    return "patient" if acts or handled else ""


def is_for(words: Sequence[Word], at: int) -> bool:
    """Whether a visit is said to be for whoever is named from here on: "the appointment for Tom Whitfield"."""
    for back in (at - 1, at - 2):  # a first name may stand between
        if back > 0 and words[back].key == "for":
            return any(near.key in _VISITS for near in words[max(0, back - 3) : back])
    return False


def owns_a_visit(words: Sequence[Word], at: int, text: str) -> bool:
    """Whether one visit is said to be that of whoever is named: "Weber's scan", not "Dr. Weber's slots"."""
    word = words[at]
    owns = text[word.end : word.end + 2].lower() in ("'s", "’s")
    return owns and any(near.key in _VISITS for near in words[at + 2 : at + 6])


def full_names(words: Sequence[Word], named: Mapping[int, Collection[int]], text: str) -> Iterator[tuple[Word, Word]]:
    """First name and surname of nobody here, where a visit, a bed or a list is spoken about: a patient's.

    `named`: for each word that is part of a person's name, all the words of that name; for one that is part of
    something else's, nothing.
    """
    if not any(word.key in _VISITS | _OF_PATIENTS for word in words):
        return
    for at, (one, other) in enumerate(pairwise(words)):
        between = text[one.end : other.start]
        apart = all(set(named.get(place, {place})) == {place} for place in (at, at + 1))
        listed = between == ", " and at + 1 in named  # "Lund, Petrov" are two
        if between in (" ", ", ") and apart and not listed and _is_strange(one, text) and _is_strange(other, text):
            yield one, other


def _is_strange(word: Word, text: str) -> bool:
    """Whether it may be a name of nobody here; what is written in capitals is an abbreviation ("EVS")."""
    if text[word.start : word.end].isupper():
        return False
    return word.capital and word.key.isalpha() and len(word.key) >= 3 and word.key not in ORDINARY | _NO_NAMES
