"""What in a text identifies a patient: record numbers, names, birth dates, visits, ways to reach them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from agent.planners.openai.names import Names, birth_dates, find_names
from agent.planners.openai.tokens import Kind, Span
from hospital.model.bookings import Appointment
from hospital.model.people import Encounter, Patient
from hospital.ports import In, Reader

_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_RUN = re.compile(r"(?<![\d$€£])(?<!\d[.,])\d{4,}(?!\d)(?![.,]\d)")
_GROUPED = re.compile(r"(?<![\d.,$€£-])\d{2,4}(?:[ -]\d{2,4}){1,3}(?![\d-])")
_SAID_SO = re.compile(
    r"\b(?:mrn|record(?: (?:number|no\.?|id))?|patient(?: (?:number|no\.?|id))?|pt)[\s:#]{1,3}"
    r"((?:[A-Za-z]{0,4}-?)?\d{4,}[A-Za-z0-9]*)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
    r"|(?<![\d-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR = r"((?:1[89]|20)\d{2})"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"
_BORN = re.compile(r"\b(?:born|dob|d\.o\.b\.?|birth ?date|date of birth|birthday)\b[^.;\n]{0,20}$", re.IGNORECASE)
_OLD_YEARS = 3
"""A full date this many years back is taken for a birth date: operations are not planned with it (our judgement)."""


@dataclass
class Known:
    """What the world says about the words of a turn."""

    names: Names
    now: datetime
    ids: dict[str, Kind] = field(default_factory=dict)
    """Codes in the turn that are somebody's, in lower case."""
    born: set[date] = field(default_factory=set)
    """Birth dates of those the turn mentions."""


def look_up(world: Reader, names: Names, now: datetime, texts: Iterable[str]) -> Known:
    """Which codes of these texts belong to patients and visits, and when those whom they mention were born."""
    known = Known(names, now)
    codes: set[str] = set()
    for text in texts:
        known.born |= birth_dates(text, names)
        codes.update(code for _, _, code in _codes(text))
    for some in _chunks(sorted(codes | {code.upper() for code in codes})):
        for patient_id, born in world.values(Patient, ("id", "birth_date"), id=In(some)):
            known.ids[patient_id.casefold()] = "PATIENT"
            known.born.add(born)
        for kind in (Appointment, Encounter):
            for visit_id, patient_id in world.values(kind, ("id", "patient_id"), id=In(some)):
                known.ids[visit_id.casefold()] = "VISIT"
                if (patient := world.get(Patient, patient_id)) is not None:
                    known.born.add(patient.birth_date)
    return known


def find_identifiers(text: str, known: Known, typed: bool) -> list[Span]:
    """Every span of the text that identifies a patient; they may overlap. `typed`: a person wrote it."""
    spans = [Span(start, end, known.ids[code.casefold()]) for start, end, code in _codes(text)
             if code.casefold() in known.ids]  # fmt: skip
    spans += [Span(found.start(1), found.end(1), "PATIENT") for found in _SAID_SO.finditer(text)]
    spans += [Span(found.start(), found.end(), "CONTACT") for found in _CONTACT.finditer(text)]
    spans += [
        Span(start, end, "BIRTHDATE")
        for start, end, days in _dates(text)
        if days & known.born
        or all(day.year <= known.now.year - _OLD_YEARS for day in days)
        or _BORN.search(text[max(0, start - 40) : start])
    ]
    return [*spans, *find_names(text, known.names, typed)]


def _codes(text: str) -> Iterator[tuple[int, int, str]]:
    """Everything that may be a reference: codes with a digit, runs of digits, digits in groups ("88-213")."""
    for found in _CODE.finditer(text):
        if any(character.isdigit() for character in found[0]) and not found[0].isdigit():
            yield found.start(), found.end(), found[0]
    for found in _RUN.finditer(text):
        yield found.start(), found.end(), found[0]
    for found in _GROUPED.finditer(text):
        yield found.start(), found.end(), re.sub(r"\D", "", found[0])


def _dates(text: str) -> Iterator[tuple[int, int, set[date]]]:
    """Full dates with the days they may mean: 02/03/1980 is two."""
    for pattern, orders in _DATE_FORMS:
        for found in pattern.finditer(text):
            days = {day for order in orders if (day := _day(*(found[group] for group in order))) is not None}
            if days:
                yield found.start(), found.end(), days


_DATE_FORMS: tuple[tuple[re.Pattern[str], tuple[tuple[int, int, int], ...]], ...] = (
    (re.compile(rf"(?<!\d){_YEAR}[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"), ((1, 2, 3),)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})[-/.](\d{{1,2}})[-/.]{_YEAR}(?!\d)"), ((3, 1, 2), (3, 2, 1))),
    (re.compile(rf"(?<!\d){_ORDINAL}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}(?!\d)", re.IGNORECASE), ((3, 2, 1),)),
    (re.compile(rf"\b{_MONTH} {_ORDINAL},? {_YEAR}(?!\d)", re.IGNORECASE), ((3, 1, 2),)),
)
"""How a full date is written, and which groups are its year, month and day."""


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None  # 31/02 is no date, so it is nobody's


def _chunks(values: list[str], size: int = 500) -> Iterator[list[str]]:
    yield from (values[at : at + size] for at in range(0, len(values), size))
