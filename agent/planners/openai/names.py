"""Which words name a patient: looked up among the names the world holds, told apart from staff and plain words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from agent.planners.openai.tokens import Kind, Span
from hospital.model.bookings import Procedure
from hospital.model.people import Clinician, Patient, Staff, User
from hospital.model.places import Clinic, Room, Service, Site, Unit
from hospital.model.supply import Item
from hospital.ports import Reader

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_ORDINARY = Path(__file__).parent.parent / "embedded" / "ordinary_words.txt"
_CIVIL = frozenset("mr mrs ms miss mx mister señor señora herr frau".split())
_PATIENT = _CIVIL | frozenset("patient pt name named called mother father baby".split())
_STAFF = frozenset("dr doctor prof professor surgeon nurse rn anaesthesiologist anesthesiologist".split())
_LONGEST = 5
"""Words a full name may have."""


@dataclass
class Names:
    """The names of patients, staff and things at one moment, folded to lower case."""

    full: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    born: dict[str, set[date]] = field(default_factory=dict)
    """Surname -> birth dates of the patients who bear it."""
    staff_full: set[str] = field(default_factory=set)
    staff_surnames: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    """Words of the language and of the hospital's own names: a name only when something says so."""


@dataclass(frozen=True)
class _Word:
    fold: str
    start: int
    end: int
    capital: bool


def read_names(world: Reader) -> Names:
    """All names of the world: one pass over the patients, for many questions."""
    names = Names(plain=set(_ORDINARY.read_text(encoding="utf-8").split()))
    for name, birth_date in world.values(Patient, ("name", "birth_date")):
        given, surname = _parts(name)
        if surname:
            names.full.add(" ".join([*given, *surname]))
            names.given.update(given)
            for word in {surname[-1], " ".join(surname)}:
                names.born.setdefault(word, set()).add(birth_date)
    for kind in (Clinician, Staff, User):
        for (name,) in world.values(kind, ("name",)):
            words = [word.fold for word in _words(name) if word.fold not in _STAFF]
            names.staff_full.add(" ".join(words))
            names.staff_surnames.update(words[-1:])
    for place in (Site, Unit, Service, Clinic, Room, Procedure, Item):
        for (name,) in world.values(place, ("name",)):
            names.plain.update(word.fold for word in _words(name))
    return names


def find_names(text: str, names: Names, typed: bool) -> list[Span]:
    """Where the text names a patient. In what people typed, small letters may name somebody too."""
    words = _words(text)
    spans: list[Span] = []
    at = 0
    while at < len(words):
        length, kind = _name_at(words, at, names, typed)
        if kind is not None:
            spans.append(Span(words[at].start, words[at + length - 1].end, kind))
        at += max(length, 1)
    return spans


def birth_dates(text: str, names: Names) -> set[date]:
    """The birth dates of everybody whom the words of this text may name."""
    folds = {word.fold for word in _words(text)} - names.plain
    return {day for fold in folds for day in names.born.get(fold, ())}


def _name_at(words: list[_Word], at: int, names: Names, typed: bool) -> tuple[int, Kind | None]:
    """How many words from here are one name, and of which kind (None: nobody to hide)."""
    staff_words = 0
    for length in range(min(_LONGEST, len(words) - at), 1, -1):
        folds = [word.fold for word in words[at : at + length]]
        if " ".join(folds) in names.full or " ".join([*folds[1:], folds[0]]) in names.full:
            return length, "NAME"
        if " ".join(folds) in names.staff_full:
            staff_words = staff_words or length
    if staff_words:
        return staff_words, None
    length = _given_and_surname(words, at, names)
    if length:
        return length, "NAME"
    return 1, _lone(words, at, names, typed)


def _given_and_surname(words: list[_Word], at: int, names: Names) -> int:
    """ "Ann M. Jones", "A. Jones" or "Jones, Ann" of people the world knows by other given names or initials."""
    first = words[at]
    if not first.capital or (len(first.fold) > 1 and first.fold not in names.given and first.fold not in names.born):
        return 0
    for end in range(at + 1, min(at + 4, len(words))):
        word = words[end]
        if not word.capital:
            return 0
        if word.fold in names.born and (word.fold not in names.plain or first.fold in names.given):
            return end - at + 1
        if len(word.fold) > 1 and word.fold not in names.given:
            return 0
    return 0


def _lone(words: list[_Word], at: int, names: Names, typed: bool) -> Kind | None:
    word = words[at]
    before = words[at - 1].fold if at else ""
    if before in _STAFF or word.fold in _PATIENT | _STAFF or len(word.fold) < 2:
        return None
    if before in _CIVIL and (word.capital or word.fold not in names.plain):
        return "NAME"
    if word.fold not in names.born or not (word.capital or typed):
        return None
    if word.fold in names.plain and not (before in _PATIENT and word.capital):
        return None
    return "PERSON" if word.fold in names.staff_surnames and before not in _PATIENT else "NAME"


def _parts(name: str) -> tuple[list[str], list[str]]:
    """Given names and surname of "Ann Jones" or "Jones, Ann"."""
    last, comma, first = name.partition(",")
    if comma:
        return _folds(_words(first)), _folds(_words(last))
    words = _folds(_words(name))
    return words[:-1], words[-1:]


def _folds(words: Iterable[_Word]) -> list[str]:
    return [word.fold for word in words]


def _words(text: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(text):
        said = _POSSESSIVE.sub("", match[0])
        found.append(_Word(said.casefold(), match.start(), match.start() + len(said), said[0].isupper()))
    return found
