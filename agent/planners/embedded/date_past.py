"""Times of what is over: a month without a year lies behind whoever asks how things went."""

import re
from dataclasses import replace
from datetime import datetime

from agent.planners.embedded.date_values import When, Window
from agent.planners.embedded.date_words import BACKWARD, FORWARD, HERE, MONTHS

_MONTH = re.compile(rf"\b(?:{'|'.join(filter(None, MONTHS))})\b", re.IGNORECASE)
_FIXED = re.compile(rf"\b(?:\d{{4}}|{'|'.join((*FORWARD, *BACKWARD, *HERE))})\b", re.IGNORECASE)
"""A year that is said, or a word that tells which month of its name is meant."""


def looked_back(when: When, now: datetime) -> When:
    """A time as somebody means it who asks about the past: "July" is the last one, asked in May too."""
    if not isinstance(when, Window) or when.start <= now:
        return when
    if not _MONTH.search(when.said.words) or _FIXED.search(when.said.words):
        return when
    end = _year_before(when.end)
    return replace(when, start=_year_before(when.start), end=end, doubt="", past=end <= now)


def _year_before(at: datetime) -> datetime:
    leap_day = (at.month, at.day) == (2, 29)
    return at.replace(year=at.year - 1, day=28 if leap_day else at.day)
