"""Beds: counted as they are, foreseen, or wanted."""

import re

from agent.planners.embedded.build.said import Said
from agent.planners.embedded.date_values import Moment, When, Window
from agent.planners.embedded.deeds import says_deed

_NOW = re.compile(r"(?:right |just )?now|currently|at the moment|immediately", re.IGNORECASE)
_ARRIVALS = re.compile(r"\b(?:arrivals?|attendances?|walk-?ins|presentations|through the doors?)\b", re.IGNORECASE)
_OF_BEDS = re.compile(
    r"\b(?:beds?|census|dischar\w+|full|room|space|occupan\w+|capacity|short|leavers)\b", re.IGNORECASE
)


def beds(said: Said) -> str | None:
    """Whether beds are counted as they are, foreseen or to be opened, where the words alone mislead."""
    if said.best == "bed_state" and any(_is_ahead(when) for when in said.times):
        return "bed_need_forecast"  # what will be there by some time is forecast, not counted
    now = any(_NOW.fullmatch(when.said.words.strip()) for when in said.times)
    if said.best == "bed_need_forecast":
        return _foreseen(said) or ("bed_state" if now else None)
    return "bed_state" if said.best == "bed_state" and now else None


def _foreseen(said: Said) -> str | None:
    """What it is when a forecast of beds is not meant."""
    if "surge_beds" in said.likely and says_deed(said.text) and not said.asks:
        return "surge_beds"  # what is wanted is no forecast
    if "bed" in said.kinds:
        return said.ranking.intents[1][0]  # no forecast is about one certain bed
    if _ARRIVALS.search(said.text) and not _OF_BEDS.search(said.text):
        return "demand_forecast"  # who comes, not where they lie
    return None


def _is_ahead(when: When) -> bool:
    """Whether it is a time to come by which something is to be so: "by 6 pm"."""
    return isinstance(when, Moment | Window) and when.bound in ("by", "before", "until") and not when.past
