"""How names are cut into words, and which spellings of the field mean the same word."""

import re
from dataclasses import dataclass
from pathlib import Path

_WORD = re.compile(r"[A-Za-z]+(?:-\w+)*-\w*\d\w*|[A-Za-z]+-[A-Za-z]\b|\d+(?:-\d+)+|[^\W\d_]+|\d+")
_COMPASS = {"n": "north", "s": "south", "e": "east", "w": "west"}

# Every spelling on the right is read as the word on the left, in names and in messages alike.
SAME_WORD: dict[str, str] = {
    "dermatology": "derm dermatologist dermatologists skin",
    "cardiology": "cards card cardio cardiologist cardiologists heart",
    "orthopaedics": "ortho orthopaedic orthopedic orthopedics orthopod ortho",
    "neurology": "neuro neurologist neurologists",
    "cardiothoracic": "ct-surgery cardiothorasic cvt",
    "gastroenterology": "gi gastro gastroenterologist",
    "ophthalmology": "ophtho eye eyes",
    "obstetrics": "ob obs",
    "gynaecology": "gyn gynae gynecology gynaecologist gynecologist",
    "paediatrics": "peds paeds pediatrics pediatric paediatric",
    "anaesthesia": "anesthesia anaesthetics anesthesiology gas",
    "urology": "uro urologist urologists",
    "endocrinology": "endocrine endocrinologist endocrinologists",
    "mri": "magnet magnets",
    "craniotomy": "crani",
    "oncology": "onc",
    "telemetry": "tele",
    "stepdown": "imcu pcu",
    "medsurg": "ms",
    "ed": "er",
    "radiology": "rads",
    "ultrasound": "us-scan sonography",
    "or": "ors theatre theater",
    "center": "centre ctr",
    "clinic": "clinics",
    "saint": "st",
    "room": "rm rms",
    "fracture": "fx frx",
}
# Phrases of several words that mean one word.
SAME_PHRASE: dict[tuple[str, ...], str] = {
    ("operating", "room"): "or",
    ("operating", "theatre"): "or",
    ("emergency", "department"): "ed",
    ("emergency", "room"): "ed",
    ("intensive", "care"): "icu",
    ("intensive", "care", "unit"): "icu",
    ("recovery", "room"): "pacu",
    ("step", "down"): "stepdown",
    ("med", "surg"): "medsurg",
    ("medical", "surgical"): "medsurg",
    ("cat", "scan"): "ct",
    ("ear", "nose", "throat"): "ent",
    ("skin", "to", "skin"): "duration",
    ("dermatology", "to", "dermatology"): "duration",
    ("ex", "lap"): "laparotomy",
    ("lap", "appy"): "appy",
    ("lap", "appendix"): "appendix",
    ("laparoscopic", "appy"): "appy",
    ("ear", "nose", "and", "throat"): "ent",
}
_CANONICAL = {other: word for word, others in SAME_WORD.items() for other in others.split()}

TITLES: dict[str, str] = {
    **dict.fromkeys(("dr", "doctor", "surgeon", "prof", "professor"), "clinician"),
    **dict.fromkeys(("mr", "mrs", "ms", "miss", "patient", "pt"), "patient"),
    **dict.fromkeys(("nurse", "rn"), "staff"),
}
# Words that say which kind of thing a number or code names ("bed 12", "OR 4").
SHAPES: dict[str, str] = {
    "or": "room", "bed": "bed", "case": "case", "cases": "case", "mri": "scanner", "ct": "scanner",
    "requisition": "requisition", "req": "requisition", "patient": "patient", "mrn": "patient", "pt": "patient",
}  # fmt: skip
POSSESSIVES = frozenset({"our", "my", "ours", "mine"})

# Ordinary words: never a misspelt name, and a name of one such word needs a title or a capital.
ORDINARY = frozenset(Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class Word:
    """One word of a message or name: `key` as compared, and where it stood."""

    key: str
    start: int
    end: int
    capital: bool = False


def canonical(word: str) -> str:
    """The one spelling under which a word is compared."""
    lower = word.lower()
    return _CANONICAL.get(lower, lower)


def words_of(text: str) -> list[Word]:
    """The text in comparable words: "5W" is "5 west", "OR4" is "or 4", "step-down" is one word, codes stay."""
    plain = [
        Word(canonical(found.group()), found.start(), found.end(), found.group()[0].isupper())
        for found in _WORD.finditer(text)
    ]
    expanded: list[Word] = []
    for at, word in enumerate(plain):
        if text[word.start : word.end] == "Ms" and at + 1 < len(plain) and plain[at + 1].capital:
            word = Word("ms", word.start, word.end, capital=True)  # a lady, not a med-surg ward
        previous = plain[at - 1] if at else None
        floor = previous is not None and previous.key.isdigit() and word.start - previous.end <= 1
        if floor and word.key in _COMPASS:
            word = Word(_COMPASS[word.key], word.start, word.end, word.capital)
        expanded.append(word)
    return _phrased(expanded)


def _phrased(words: list[Word]) -> list[Word]:
    result: list[Word] = []
    at = 0
    while at < len(words):
        for size in (4, 3, 2):
            phrase = tuple(word.key for word in words[at : at + size])
            if len(phrase) == size and phrase in SAME_PHRASE:
                result.append(Word(SAME_PHRASE[phrase], words[at].start, words[at + size - 1].end, words[at].capital))
                at += size
                break
        else:
            result.append(words[at])
            at += 1
    return result
