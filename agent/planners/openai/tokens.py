"""Stand-ins for what must not leave the house: `88213` leaves as `PATIENT_1` and comes back as `88213`. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["PATIENT", "NAME", "PERSON", "BIRTHDATE", "VISIT", "CONTACT", "TEXT"]
"""PATIENT: a record number. NAME: a patient's name. PERSON: a name that a patient and somebody of the staff bear.
VISIT: a booking or stay. CONTACT: telephone, e-mail, social security number. TEXT: words that only look like a
stand-in, hidden so that they are not mistaken for one."""

_TOKEN = re.compile(rf"(?:{'|'.join(get_args(Kind))})_[0-9]+")
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text that identifies somebody: `text[start:end]`."""

    start: int
    end: int
    kind: Kind

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span: {self.start} to {self.end} holds nothing")


class Tokens:
    """The stand-ins of one turn. The same value has the same stand-in, and `restore(hide(text)) == text`."""

    def __init__(self) -> None:
        self._token_of: dict[str, str] = {}
        self._value_of: dict[str, str] = {}
        self._kind_of: dict[str, Kind] = {}
        self._numbers: Counter[str] = Counter()
        self._known: re.Pattern[str] | None = None

    def hide(self, text: str, spans: Iterable[Span] = ()) -> str:
        """The text with these spans, and every value hidden before, replaced by stand-ins."""
        pieces, at = [], 0
        for span in self._separate(text, [*spans, *self._hidden_before(text), *_lookalikes(text)]):
            pieces += [text[at : span.start], self._token(text[span.start : span.end], span.kind)]
            at = span.end
        return "".join([*pieces, text[at:]])

    def restore(self, text: str) -> str:
        """The text with every stand-in replaced by its value; stand-ins never given out stay as they are."""
        return _TOKEN.sub(lambda found: self._value_of.get(found[0], found[0]), text)

    def unknown(self, text: str) -> tuple[str, ...]:
        """Stand-ins in the text that were never given out: somebody made them up."""
        return tuple(dict.fromkeys(token for token in _TOKEN.findall(text) if token not in self._value_of))

    def _token(self, value: str, kind: Kind) -> str:
        if value not in self._token_of:
            self._numbers[kind] += 1
            token = f"{kind}_{self._numbers[kind]}"
            self._token_of[value], self._value_of[token], self._kind_of[value] = token, value, kind
            self._known = None
        return self._token_of[value]

    def _hidden_before(self, text: str) -> Iterable[Span]:
        if self._known is None:
            longest_first = sorted(self._token_of, key=len, reverse=True)
            self._known = re.compile("|".join(_standing_alone(value) for value in longest_first) or r"(?!)")
        return [Span(m.start(), m.end(), self._kind_of[m[0]]) for m in self._known.finditer(text)]

    @staticmethod
    def _separate(text: str, spans: list[Span]) -> list[Span]:
        """Spans in order, those that overlap joined: dropping one would show what only it covered."""
        separate: list[Span] = []
        for span in sorted(_beyond_digits(text, span) for span in spans):
            last = separate[-1] if separate else None
            if last is None or span.start >= last.end:
                separate.append(span)
            else:
                kind = max(last, span, key=lambda s: s.end - s.start).kind
                separate[-1] = Span(last.start, max(last.end, span.end), kind)
        return separate


def _lookalikes(text: str) -> list[Span]:
    return [Span(found.start(), found.end(), "TEXT") for found in _TOKEN.finditer(text)]


def _beyond_digits(text: str, span: Span) -> Span:
    """A digit right behind a stand-in would change its number, so it is hidden along."""
    end = span.end
    while end < len(text) and text[end] in _DIGITS:
        end += 1
    return Span(span.start, end, span.kind)


def _standing_alone(value: str) -> str:
    before = r"(?<![^\W\d_])" if value[0].isalpha() else r"(?<!\d)" if value[0].isdigit() else ""
    after = r"(?![^\W\d_])" if value[-1].isalpha() else r"(?!\d)" if value[-1].isdigit() else ""
    return f"{before}{re.escape(value)}{after}"
