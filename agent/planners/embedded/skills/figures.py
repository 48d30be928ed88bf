"""Figures of the past, side by side where several are asked for, and why they changed."""

from collections.abc import Sequence
from typing import Any

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.key_figures import figure_in
from agent.planners.embedded.script import Say, Script, do, do_all, tell
from tools.results import Done, Result

_COMPARED = ("site", "service", "unit", "clinic", "room", "clinician")
"""What figures are compared between, when several of a kind are named."""
MOST = 5
"""So many figures at most stand side by side."""


def kpi_question(heard: Heard) -> Script:
    """One figure, or the same one of several places or times; which one is asked when no name of one is said."""
    about = _about(heard)
    if about["kpi"] is None or len(wanted := _several(heard, about)) < 2:
        result = yield from do("query_kpi", **about)
        return tell(result)
    results = yield from do_all("query_kpi", wanted[:MOST])
    return _side_by_side(results)


def explain_change(heard: Heard) -> Script:
    """Why a figure is not what it was."""
    result = yield from do("explain_change", **_about(heard))
    return tell(result)


def _several(heard: Heard, about: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments for each of the times, or else of the places, services or people that are compared."""
    times = [when for when in heard.times if isinstance(when, Window) and not when.excluded]
    if len(times) > 1:
        rest = {key: value for key, value in about.items() if key not in ("day", "start", "end")}
        return [{**rest, "start": when.start.isoformat(), "end": when.end.isoformat()} for when in times]
    kind = next((kind for kind in _COMPARED if len(heard.slots.get(kind, ())) > 1), None)
    if kind is None or (kind == "site" and heard.everywhere):
        return []
    return [{**about, kind: id} for id in heard.slots[kind]]


def _side_by_side(results: Sequence[Result]) -> Say:
    told = [one for one in results if isinstance(one, Done)]
    if not told:
        return tell(results[0])
    figures = "; ".join(f"{one.facts['scope']}, {one.facts['period']}: {_value(one.facts)}" for one in told)
    missing = "".join(f" {tell(one).text}" for one in results if not isinstance(one, Done))
    return Say(f"{told[0].facts['title']}. {figures}.{missing}")


def _value(facts: dict[str, Any]) -> str:
    if facts["value"] is None:
        return "nothing to take it over"
    unit = facts["unit"] if facts["unit"] == "%" else f" {facts['unit']}"
    return f"{facts['value']:g}{unit} (n = {facts['n']})"


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
