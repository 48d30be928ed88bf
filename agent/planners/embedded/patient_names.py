"""Whose visit or bed it is: names of patients, whom no list of the hospital's names holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from agent.planners.embedded.lexicon_words import ORDINARY, Word

_VISITS = frozenset(
    "visit visits appointment appointments appt scan scans mri ct ultrasound echo exam examination slot booking "
    "bookings follow followup consult check checkup review recheck".split()
)
"""What is one patient's."""
_OF_A_PATIENT = _VISITS | {"bed", "born", "dob", "caller", "patient", "list"}
_ABOUT_PATIENTS = _OF_A_PATIENT | frozenset(
    "book rebook reschedule cancel tele telemetry icu ward phone coming".split()
)
"""What else is spoken about where a visit, a bed or a list is."""
OF_PATIENTS = frozenset({"bed", "clinic", "level_of_care", "procedure", "scanner", "service", "unit"})
"""What a patient comes to: where one of these is named, a strange name may be a patient's."""
_ACTS = frozenset(
    "wants want needs need can cant cannot wont won called calling calls rang rings phoned asks asked asking would "
    "is isn has hasn had goes comes prefers wishes says said missed forgot never".split()
)
_HANDLED = frozenset("book rebook cancel reschedule schedule move drop squeeze fit".split())
_HANDLED_THERE = _HANDLED | frozenset(
    "shift put give get see swap push bring place admit transfer for add remove take find let where have got need "
    "can could is has".split()
)
"""What a patient does, what is done with one, and what is where visits or beds are spoken about."""
_GOES = frozenset({"to", "into", "in", "out", "off", "for", "upstairs"})
_AWAY_FROM_WORK = frozenset("out sick ill in off away late cover covering covers float floating".split())
_AT_WORK = frozenset("cover covers covering float floats floating shift shifts nurse nurses rn sick".split())
"""Who calls in sick or covers a shift works here."""
_WISHES = frozenset({"needs", "wants"})
_OF_ONE = _VISITS - {"slot", "booking", "bookings", "exam"} | {"bed"}
"""What nobody but a patient needs."""
_HERS = frozenset({"her", "his", "their"})
_NO_NAMES = frozenset(
    "mum mother dad father daughter son wife husband somebody someone nobody everybody lady gentleman man woman kid "
    "child tomorrow today tonight yesterday family caller housekeeping environmental transport pharmacy facilities "
    "lab radiology triage admissions security engineering biomed finance anaesthesia anesthesia surgery theatre "
    "recovery management nursing physio dietary catering supply procurement registration reception pathology "
    "infection everybody everyone anyone medicine oncology maternity labour labor discharge transfer admission bed "
    "census capacity block turnover staffing overtime agency float gent bloke chap lad lass fella guy granny grandma "
    "grandpa sister brother carer interpreter vendor rep reps".split()
)
"""People, departments and words of the field that are nobody's name."""


class PatientNames:
    """Finds names of nobody here; a word that is commonly `said` ("Recruitment") is no name."""

    def __init__(self, said: Collection[str] = ()) -> None:
        self._no_names = ORDINARY | _NO_NAMES | frozenset(said)

    def kind_of_owner(self, words: Sequence[Word], at: int, text: str) -> str:
        """A strange capitalised name that owns a visit ("Weber's scan", "Diaz's cardiology follow-up") is a
        patient's."""
        return "patient" if self._is_strange(words[at], text) and owns_a_visit(words, at, text) else ""

    def kind_of_subject(self, words: Sequence[Word], at: int, text: str, placed: bool) -> str:
        """A strange capitalised word is a patient's surname where visits or beds are spoken about and it acts, or
        something is done with it: "Ortiz needs a bed", "cancel Weber on Friday".

        `placed`: whether something is named to which patients come.
        """
        if not self._is_strange(words[at], text):
            return ""
        if any(word.key in _AT_WORK for word in words):
            return ""
        before = words[at - 1].key if at else ""
        after = [word.key for word in words[at + 1 : at + 3]]
        if before in _HANDLED:
            return "patient"
        if not placed and not any(word.key in _ABOUT_PATIENTS for word in words):
            return ""
        acts = after[:1] and after[0] in _ACTS and not (len(after) > 1 and after[1] in _AWAY_FROM_WORK)
        goes = placed and after[:1] and after[0] in _GOES
        handled = before in _HANDLED_THERE
        return "patient" if acts or goes or handled else ""

    def full_names(
        self, words: Sequence[Word], named: Mapping[int, Collection[int]], text: str
    ) -> Iterator[tuple[Word, Word]]:
        """First name and surname of nobody here, where a visit, a bed or a list is spoken about: a patient's.

        `named`: for each word that is part of a person's name, all the words of that name; for one that is part of
        something else's, nothing.
        """
        if not any(word.key in _OF_A_PATIENT for word in words):
            return
        for at, (one, other) in enumerate(pairwise(words)):
            between = text[one.end : other.start]
            apart = all(set(named.get(place, {place})) == {place} for place in (at, at + 1))
            listed = between == ", " and at + 1 in named  # "Lund, Petrov" are two
            strange = self._is_strange(one, text) and self._is_strange(other, text)
            if between in (" ", ", ") and apart and not listed and strange:
                yield one, other

    def _is_strange(self, word: Word, text: str) -> bool:
        """Whether it may be a name of nobody here; what is written in capitals is an abbreviation ("EVS")."""
        if text[word.start : word.end].isupper():
            return False
        return word.capital and word.key.isalpha() and len(word.key) >= 3 and word.key not in self._no_names


def is_for(words: Sequence[Word], at: int) -> bool:
    """Whether a visit is said to be for whoever is named from here on: "the appointment for Tom Whitfield"."""
    for back in (at - 1, at - 2):  # a first name may stand between
        if back > 0 and words[back].key == "for":
            return any(near.key in _VISITS for near in words[max(0, back - 3) : back])
    return False


def owns_a_visit(words: Sequence[Word], at: int, text: str) -> bool:
    """Whether one visit is said to be that of whoever is named: "Weber's scan", not "Dr. Weber's slots"; also "Weber
    needs to move her scan"."""
    word = words[at]
    owns = text[word.end : word.end + 2].lower() in ("'s", "’s")
    if owns and any(near.key in _VISITS for near in words[at + 2 : at + 6]):
        return True
    if at + 1 >= len(words) or words[at + 1].key not in _ACTS:
        return False
    after = words[at + 2 : at + 8]
    if words[at + 1].key in _WISHES and any(near.key in _OF_ONE for near in after[:3]):
        return True
    hers = next((place for place, near in enumerate(after) if near.key in _HERS), None)
    return hers is not None and any(near.key in _VISITS for near in after[hers + 1 : hers + 4])
