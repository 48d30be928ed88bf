"""Figures of the past, and why they changed."""

import re
from typing import Any

from rapidfuzz import fuzz

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Script, do, tell
from tools.kpi_catalogue import KPIS, fold, names_of

LIKE = 90
"""How much alike the words of a message and the name of a figure are, of 100, so that it is meant."""


def kpi_question(heard: Heard) -> Script:
    """One figure; which one is asked when no name of one is in the message."""
    result = yield from do("query_kpi", **_about(heard))
    return tell(result)


def explain_change(heard: Heard) -> Script:
    """Why a figure is not what it was."""
    result = yield from do("explain_change", **_about(heard))
    return tell(result)


def _about(heard: Heard) -> dict[str, Any]:
    clinic = heard.one("clinic")
    return {
        "kpi": figure_in(heard.text) or figure_in(heard.earlier),
        "site": heard.site(),
        "service": None if clinic else _service(heard),
        "unit": heard.one("unit"),
        "clinic": clinic,
        "room": heard.one("room") or heard.one("scanner"),
        "clinician": heard.one("clinician"),
        **heard.window(),
    }


def _service(heard: Heard) -> str | None:
    return heard.one("service") or next(iter(heard.slots.get("also_service", [])), None)


def figure_in(text: str) -> str | None:
    """The figure whose name, or what people call it, is in the text; of several the one said in most words."""
    said = fold(text)
    best: tuple[float, str] | None = None
    for name, kpi in KPIS.items():
        for called in map(fold, names_of(kpi)):
            alike = fuzz.partial_ratio(called, said) if len(called) <= len(said) else 0.0
            whole = alike >= LIKE and re.search(rf"\b{re.escape(called[:4])}", said) is not None
            if whole and (best is None or alike * len(called) > best[0]):
                best = (alike * len(called), name)
    return best[1] if best else None
