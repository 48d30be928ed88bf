"""The key figures a message names: which one is meant, and where in the message its name stands."""

import re
from functools import cache

from rapidfuzz import fuzz

from agent.planners.embedded.date_values import When
from tools.kpi_catalogue import KPIS, fold, names_of

LIKE = 90
"""How much alike the words of a message and the name of a figure are, of 100, so that it is meant."""
_SHORT = 4
"""A name of so few letters is meant only as a word of its own."""


def figure_in(text: str) -> str | None:
    """The figure whose name, or what people call it, is in the text; of several the one said in most words."""
    said = fold(text)
    best: tuple[float, str] | None = None
    for name, kpi in KPIS.items():
        for called in map(fold, names_of(kpi)):
            alike = fuzz.partial_ratio(called, said) if len(called) <= len(said) else 0.0
            begins = rf"\b{re.escape(called)}\b" if len(called) <= _SHORT else rf"\b{re.escape(called[:4])}"
            whole = alike >= LIKE and re.search(begins, said) is not None
            if whole and (best is None or alike * len(called) > best[0]):
                best = (alike * len(called), name)
    return best[1] if best else None


def apart_from_figures(text: str, times: tuple[When, ...]) -> tuple[When, ...]:
    """The times that are no part of a figure's name: the noon of "discharge before noon" is none."""
    taken = [found.span() for found in _names().finditer(text)]
    return tuple(
        when for when in times if not any(start < when.said.end and when.said.start < end for start, end in taken)
    )


@cache
def _names() -> re.Pattern[str]:
    """The names in which a time is said."""
    timed = [name for kpi in KPIS.values() for name in names_of(kpi) if re.search(r"\b(?:noon|midday|12)\b", name)]
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in timed), re.IGNORECASE)
