"""What is over is told: nothing of it is found free, foreseen or booked."""

import re

from agent.planners.embedded.date_values import When, Window
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.key_figures import figure_in

OF_THE_PAST = frozenset({"kpi_question", "explain_change"})
"""Matters that are about the past: a month without a year is the last one."""
_AHEAD = frozenset({
    "or_open_time", "imaging_slot", "clinic_earliest_slot", "no_show_risk", "bed_need_forecast", "demand_forecast",
    "demand_vs_capacity", "route_imaging", "overbook", "propose_case", "who_can_cover", "staffing_need",
    "bed_state", "schedule_show", "release_block",
})  # fmt: skip
"""Matters of what is or will be."""
_AMBIGUOUS = frozenset({"tnaa", "no-show", "overtime", "boarding", "day-of-surgery-cancellation"})
"""Figures whose names are said of what is or will be, too: "who is boarding", "no-shows tomorrow"."""
_COUNTS = re.compile(
    r"\b(?:how (?:many|much|often|busy|full|long)|number of|count of|total|rate|share|percent\w*|volumes?|counts?)\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bwhat (?:caused|drove|happened)\b|\bthe reason\b", re.IGNORECASE)
_LIKELY_ENOUGH = 0.02


def of_the_past(text: str, ranking: Ranking, times: tuple[When, ...]) -> str | None:
    """The matter of a question about a time that is over or about how a figure goes; None when it is neither."""
    if ranking.best not in _AHEAD:
        return None
    windows = [when for when in times if isinstance(when, Window)]
    over = bool(windows) and all(when.past for when in windows)
    if over and _WHY.search(text):
        return "explain_change"
    if ranking.best == "release_block" and not over:
        return None
    figure = figure_in(text)
    if figure is not None and (over or (not windows and figure not in _AMBIGUOUS)):
        return "kpi_question"
    if not over or ranking.best == "schedule_show":
        return None
    if _COUNTS.search(text):
        return "kpi_question"
    return next((name for name, chance in ranking.intents if name in OF_THE_PAST and chance >= _LIKELY_ENOUGH), None)
