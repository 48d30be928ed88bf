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
    return next(iter(figures_in(text)), None)


def figures_in(text: str) -> list[str]:
    """Every figure that is named, the one said in most words first; no word names two."""
    said = fold(text)
    found: list[tuple[float, int, int, str]] = []
    for name, kpi in KPIS.items():
        for called in map(fold, names_of(kpi)):
            at = fuzz.partial_ratio_alignment(called, said, score_cutoff=LIKE) if len(called) <= len(said) else None
            begins = rf"\b{re.escape(called)}\b" if len(called) <= _SHORT else rf"\b{re.escape(called[:4])}"
            if at is not None and re.search(begins, said) is not None:
                found.append((at.score * len(called), at.dest_start, at.dest_end, name))
    figures: dict[str, tuple[int, int]] = {}
    for _, start, end, name in sorted(found, key=lambda one: -one[0]):
        apart = all(end <= taken[0] or taken[1] <= start for taken in figures.values())
        if apart and name not in figures:
            figures[name] = (start, end)
    return list(figures)


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
