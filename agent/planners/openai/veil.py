"""Hides patients in whatever leaves for an endpoint, and puts them back in whatever returns."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from agent.planners.openai.identifiers import find_identifiers, look_up
from agent.planners.openai.names import Names
from agent.planners.openai.tokens import Kind, Span, Tokens
from hospital.ports import Reader

_KEYS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(patient|mrn)(_?(id|number))?|record_?(id|number)|patient\.id"), "PATIENT"),
    (re.compile(r"patient_?name|patient\.name"), "NAME"),
    (re.compile(r"dob|birth_?date|date_of_birth"), "BIRTHDATE"),
    (re.compile(r"(appointment|encounter)(_id)?|(appointment|encounter)\.id"), "VISIT"),
)
"""Fields of a tool's facts whose text identifies a patient, whether or not the world knows it yet."""


class Veil:
    """The disguise of one step: what it learnt from all messages it applies to each of them."""

    def __init__(self, world: Reader, names: Names, now: datetime, messages: list[tuple[Any, bool]]) -> None:
        """`messages`: each with whether a person typed it; their order decides the numbers of the stand-ins."""
        texts = [text for value, _ in messages for text, _ in _texts(value)]
        self._known = look_up(world, names, now, texts)
        self._tokens = Tokens()
        for value, typed in messages:
            self.hide(value, typed)

    def hide(self, value: Any, typed: bool = False) -> Any:
        """The value with every text in it disguised, keys of mappings too."""
        return _change(value, lambda text, kind: self._hide_text(text, kind, typed))

    def restore(self, value: Any) -> Any:
        """The value with every stand-in replaced by what it stands for."""
        return _change(value, lambda text, _: self._tokens.restore(text))

    def unknown(self, value: Any) -> tuple[str, ...]:
        """Stand-ins in a value that stand for nothing."""
        return tuple(token for text, _ in _texts(value) for token in self._tokens.unknown(text))

    def _hide_text(self, text: str, kind: Kind | None, typed: bool) -> str:
        spans = find_identifiers(text, self._known, typed)
        if kind is not None and text.strip():
            spans.append(Span(0, len(text), kind))
        return self._tokens.hide(text, spans)


def _kind_of(key: str, text: str) -> Kind | None:
    kind = next((kind for pattern, kind in _KEYS if pattern.fullmatch(key)), None)
    if kind in ("PATIENT", "VISIT") and not any(character.isdigit() for character in text):
        return "NAME" if kind == "PATIENT" and len(text) > 1 else None
    if kind == "VISIT" and " " in text:
        return None
    return kind


def _change(value: Any, change: Callable[[str, Kind | None], str], key: str = "") -> Any:
    if isinstance(value, str):
        return change(value, _kind_of(key, value))
    if isinstance(value, dict):
        return {change(str(name), None): _change(item, change, _path(key, str(name))) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_change(item, change, key) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and _kind_of(key, str(value)) == "PATIENT":
        return change(str(value), "PATIENT")
    return value


def _texts(value: Any) -> Iterator[tuple[str, Kind | None]]:
    found: list[tuple[str, Kind | None]] = []

    def keep(text: str, kind: Kind | None) -> str:
        found.append((text, kind))
        return text

    _change(value, keep)
    yield from found


def _path(parent: str, name: str) -> str:
    """`id` and `name` say nothing alone; under `patient` they do."""
    return f"{parent.rstrip('s')}.{name.lower()}" if parent and name.lower() in ("id", "name") else name.lower()
