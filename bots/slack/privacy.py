"""Nothing that identifies a patient goes where others may look: lock screens, channels, other apps."""

import re
import time
from typing import Any

from agent.planners.openai.names import Names, read_names
from agent.planners.openai.veil import Veil
from hospital.ports import Clock, Store

WORDS = {
    "PATIENT": "record",
    "NAME": "patient",
    "PERSON": "name",
    "BIRTHDATE": "birth date",
    "VISIT": "visit",
    "CONTACT": "contact",
    "TEXT": "word",
}
"""What stands instead, by kind of identifier."""
_TOKEN = re.compile(rf"({'|'.join(WORDS)})_[0-9]+")
_SHOWN = frozenset(("text", "alt_text", "title", "alt_txt"))
"""The fields of blocks that people read; all others are for machines."""
NAMES_LAST = 300.0
"""Seconds for which the names of the world are not read again."""


class Privacy:
    """Hides patients in what is shown to more than one person."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._names: tuple[float, Names] | None = None

    def hide(self, said: Any) -> Any:
        """A text, or blocks, without identifiers; equal to what was given when there were none."""
        texts = list(_texts(said))
        if not any(texts):
            return said
        with self._store.reading() as world:
            if self._names is None or time.monotonic() - self._names[0] > NAMES_LAST:
                self._names = time.monotonic(), read_names(world)
            veil = Veil(world, self._names[1], self._clock.now(), [(text, False) for text in texts])
        return _change(said, lambda text: _TOKEN.sub(lambda found: f"[{WORDS[found[1]]}]", veil.hide(text)))


def _texts(said: Any) -> Any:
    found: list[str] = []
    _change(said, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return found


def _change(said: Any, change: Any, key: str = "text") -> Any:
    if isinstance(said, str):
        return change(said) if key in _SHOWN else said
    if isinstance(said, dict):
        return {name: _change(value, change, name) for name, value in said.items()}
    if isinstance(said, list):
        return [_change(value, change, key) for value in said]
    return said
