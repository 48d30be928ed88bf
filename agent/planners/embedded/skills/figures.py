"""Figures of the past, side by side where several are asked for, and why they changed."""

import re
from collections.abc import Sequence
from typing import Any

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.figures_meant import NOT_KEPT
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.key_figures import figures_in
from agent.planners.embedded.script import Say, Script, do, do_all, question, tell
from hospital.model.places import Site
from tools.kpi_catalogue import titles
from tools.results import Done, Result

_COMPARED = ("site", "service", "unit", "clinic", "room", "clinician")
"""What figures are compared between, when several of a kind are named."""
_BY_SITE = re.compile(
    r"\b(?:(?:worst|best|highest|lowest|which) (?:of (?:our|the) )?|"
    r"(?:by|per|for each|for every|at each|across|split by|down by) (?:the )?)"
    r"(?:sites?|hospitals?|campus(?:es)?)\b",
    re.IGNORECASE,
)
MOST = 5
"""So many figures at most stand side by side."""


def kpi_question(heard: Heard) -> Script:
    """One figure or several, of one or several places or times; which one is asked when none is named."""
    if heard.figure == NOT_KEPT:
        return _none_such()
    about = _about(heard)
    each = _several(heard, about) or [about]
    wanted = [{**one, "kpi": figure} for figure in figures_in(heard.text) or [about["kpi"]] for one in each]
    if about["kpi"] is None or len(wanted) < 2:
        result = yield from do("query_kpi", **about)
        return tell(result)
    results = yield from do_all("query_kpi", wanted[:MOST])
    return _side_by_side(results)


def explain_change(heard: Heard) -> Script:
    """Why a figure is not what it was."""
    if heard.figure == NOT_KEPT:
        return _none_such()
    result = yield from do("explain_change", **_about(heard))
    return tell(result)


def _none_such() -> Say:
    return question("No such figure is kept. Does one of these help?", titles(), asks_for="kpi")


def _several(heard: Heard, about: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments for each of the times, or else of the places, services or people that are compared."""
    times = [when for when in heard.times if isinstance(when, Window) and not when.excluded]
    if len(times) > 1:
        rest = {key: value for key, value in about.items() if key not in ("day", "start", "end")}
        return [{**rest, "start": when.start.isoformat(), "end": when.end.isoformat()} for when in times]
    if _BY_SITE.search(heard.text):
        return [{**about, "site": str(site.id)} for site in heard.asked.world.find(Site, order="name")]
    kind = next((kind for kind in _COMPARED if len(heard.slots.get(kind, ())) > 1), None)
    if kind is None or (kind == "site" and heard.everywhere):
        return []
    return [{**about, kind: id} for id in heard.slots[kind]]


def _side_by_side(results: Sequence[Result]) -> Say:
    told = [one for one in results if isinstance(one, Done)]
    if not told:
        return tell(results[0])
    titles = dict.fromkeys(str(one.facts["title"]) for one in told)
    figures = " ".join(
        f"{title}. {_figures([one for one in told if one.facts['title'] == title])}." for title in titles
    )
    missing = "".join(f" {tell(one).text}" for one in results if not isinstance(one, Done))
    return Say(f"{figures}{missing}")


def _figures(of_one: Sequence[Done]) -> str:
    return "; ".join(f"{one.facts['scope']}, {one.facts['period']}: {_value(one.facts)}" for one in of_one)


def _value(facts: dict[str, Any]) -> str:
    if facts["value"] is None:
        return "nothing to take it over"
    unit = facts["unit"] if facts["unit"] == "%" else f" {facts['unit']}"
    return f"{facts['value']:g}{unit} (n = {facts['n']})"


def _about(heard: Heard) -> dict[str, Any]:
    clinic = heard.one("clinic")
    return {
        "kpi": heard.figure,
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
