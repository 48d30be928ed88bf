"""Whether a reply says only what was found: every number, time, date and code must come from somewhere."""

import re
from collections.abc import Iterable
from typing import Any

from tools.results import Refused, Result

_CODE = re.compile(r"\b[A-Z]{2,}(?:-[A-Z0-9]+)+\b|\bPLAN-\w+\b")
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w-])")
_TITLED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof)\.? ([A-Z][\w'-]+)")
_SMALL = frozenset(["0", "1", "2", "3"])
"""Counting words that a sentence may use without a source (one question, two choices)."""


def unsupported(reply: str, results: Iterable[Result], said: Iterable[str]) -> tuple[str, ...]:
    """The claims of a reply that no tool result and no earlier message contains, in order of appearance."""
    sources = " ".join([*(_flatten(result) for result in results), *said])
    known = _claims(sources) | _money_forms(sources) | _rounded_forms(sources)
    missing = [claim for claim in _ordered_claims(reply) if claim not in known and claim not in _SMALL]
    return tuple(dict.fromkeys(missing))


def _claims(text: str) -> set[str]:
    return set(_ordered_claims(text))


def _ordered_claims(text: str) -> list[str]:
    found: list[str] = []
    rest = text
    for pattern in (_CODE, _TIME):
        found += pattern.findall(rest)
        rest = pattern.sub(" ", rest)
    found += _TITLED.findall(rest)
    found += [_plain(number) for number in _NUMBER.findall(rest)]
    return found


def _plain(number: str) -> str:
    """`4,900.00` -> `4900`: separators and an empty fraction do not matter."""
    plain = number.replace(",", "").lstrip("0") or "0"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _money_forms(text: str) -> set[str]:
    """Cents in the facts may be said as dollars."""
    return {_plain(f"{int(n) / 100:.2f}") for n in _claims(text) if n.isdigit() and len(n) < 15}


def _rounded_forms(text: str) -> set[str]:
    """A fraction in the facts may be said rounded, to whole or one decimal."""
    fractions = [float(n) for n in _claims(text) if n.count(".") == 1 and n.replace(".", "").isdigit()]
    return {_plain(f"{value:.{places}f}") for value in fractions for places in (0, 1, 2)}


def _flatten(result: Result) -> str:
    if isinstance(result, Refused):
        return " ".join([result.sentence, result.instead, *result.choices, *result.late])
    plan = [*result.plan.snapshot, result.plan.id, str(result.plan.cost)] if result.plan else []
    options = [
        s for option in getattr(result, "options", ()) for s in (*option.snapshot, option.id, str(option.cost))
    ]
    parts = [result.headline, _words(result.facts), _words([c.model_dump(mode="json") for c in result.cards])]
    parts += [f"{c.source} {c.section} {c.text}" for c in result.citations]
    return " ".join([*parts, *plan, *options, *(t.isoformat() for t in result.as_of.values()), *result.late])


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{_words(k)} {_words(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_words(item) for item in value)
    return str(value)
