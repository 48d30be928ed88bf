"""Times as people shorten them, put in the words that dates are read from."""

import re
from datetime import datetime, timedelta

from agent.planners.embedded.date_words import NUMBERS, PARTS

_HALVES = re.compile(
    r"(?<![\w-])(\d{1,2}(?::\d\d)?)\s?([ap])\s?(?:-|–|to|til|till|until)\s?(\d{1,2}(?::\d\d)?)\s?([ap])(?![\w-])",
    re.IGNORECASE,
)


_SHIFT = re.compile(
    r"(?<![\w-])(07|11|15|19|23|(?:[01]\d|2[0-3])[0-5]\d)\s?[-–]\s?(07|11|15|19|23|(?:[01]\d|2[0-3])[0-5]\d)"
    r"(?:\s?h(?:rs)?\b)?(?![\w-])"
)
"""Hours of a shift as rosters write them: "19-07", "0700-1930"."""
_SHORT_SHIFT = re.compile(r"(?<![\w-])(7-3|3-11|11-7)(?= (?:shift|crew|team)\b)", re.IGNORECASE)
_SHORT_HOURS = {"7-3": "7am to 3pm", "3-11": "3pm to 11pm", "11-7": "11pm to 7am"}


_TEXTED = re.compile(r"\b2(nite|night|mor\w*|mrw|moz)\b", re.IGNORECASE)
"""As people text: "2nite", "2moro"."""
_FROM_TO_HOURS = re.compile(r"(?<![\w-])\d{1,2}\s?[-–]\s?(\d{1,2})\s?(?:h|hrs?|hours?)\b", re.IGNORECASE)
"""A length between two: the longer counts."""


_DAY_SAID = (
    r"(?:(?:mon|tues?|wed(?:nes)?|weds|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|today|tomorrow|tmrw|tmw|tonight|2moro)"
)
_NO_HOUR = (
    r"(?<![\w$#.:-])(?<!case )(?<!req )(?<!requisition )(?<!patient )(?<!mrn )(?<!record )(?<!number )(?<!centre )"
)
_FOUR_DIGITS = rf"{_NO_HOUR}([01]\d|2[0-3])([0-5][05])(?![\w:.-])"
_BARE_HOURS = re.compile(
    rf"{_NO_HOUR}(0\d)([0-5]\d)(?![\w:.-])|{_FOUR_DIGITS}(?= (?:on )?{_DAY_SAID}\b)|"
    rf"(?<=\bthe ){_FOUR_DIGITS}(?= (?:slot|start|case|list|appointment|appt|visit|booking|scan)\b)",
    re.IGNORECASE,
)
_AFTER_A_DAY = re.compile(rf"\b({_DAY_SAID}(?:['’]s)?(?: the)?) {_FOUR_DIGITS}", re.IGNORECASE)
"""An hour as a clock of 24 hours is written, without its colon: "the 0940 on Thursday", "tomorrow 1430"."""


_FORTNIGHT = re.compile(r"\b(next|coming|following|past|last|for|within|in)(?: a| the)? fortnight\b", re.IGNORECASE)
_WEEK_COMMENCING = re.compile(r"\b(?:w/c|week (?:commencing|beginning))\s+(?:the\s+)?(?=\d)", re.IGNORECASE)

_HOURS = {word: number for word, number in NUMBERS.items() if 1 <= number <= 12 and word not in ("a", "an", "couple")}
_HOUR = rf"(\d{{1,2}}|{'|'.join(_HOURS)})"
_AT = r"\b(at|by|around|about|until|till|til|from|before|after|since)"
_PARTS_OF_AN_HOUR = {"quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_BESIDE_THE_HOUR = re.compile(
    rf"(?:{_AT} )?\b(?:a )?(quarter|five|ten|twenty(?:-five)?) (to|past|after) {_HOUR}\b(?! (?:beds?|nurses?|of)\b)",
    re.IGNORECASE,
)
"""A quarter needs nothing before it; "ten to eight" is an hour only after "at" or "by"."""
_HALF = re.compile(rf"{_AT} half (?!past\b|an?\b|of\b){_HOUR}\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(\d{1,2}|noon)[- ]?ish\b", re.IGNORECASE)
_BARE_STRETCH = re.compile(
    r"(?<![\w:.-])(?<!from )(?<!between )(\d{1,2}) (?:til|till|until) (\d{1,2})(?![\w:.%-])", re.IGNORECASE
)
_LENGTH = re.compile(r"\b(\d{1,2}) ?(?:hours?|hrs?) (?:and )?([1-5]\d)\b(?! (?:to|of|[a-z]+s)\b)", re.IGNORECASE)
_PLAIN = tuple(
    (re.compile(said, re.IGNORECASE), meant)
    for said, meant in (
        (r"\b([ap])\.m\b\.?", r"\1m"),
        (r"\bmid-?(morning|afternoon)\b", r"mid \1"),
        (r"\b(?:with)?in the (?:next )?hour\b", "within 1 hour"),
        (r"\b(by|before|until|till) (?:the )?hand-?over\b", r"\1 shift change"),
        (r"\b(?:a )?week (?:on|from) (\w+day)\b", r"\1 week"),
        (r"\bmid-?week\b", "tuesday to thursday"),
        (r"\bup (?:to|until|till) (?=\w+day\b|tomorrow\b)", "until "),
        (r"\b(sat) (and|or|&) (sun)\b", r"saturday \2 sunday"),
    )
)
_END_OF = re.compile(
    r"\b(?:(by|before|until|till|til|at|through|thru) )?(?:the )?(?:"
    r"(?P<day>(?:end|close) of (?:the |this )?(?:day(?! shift)|today|play|business)|eod|cob)|"
    r"(?P<week>end of (?:the |this )?week|eow)|(?P<next>end of next week)|"
    r"(?P<month>end of (?:the |this )?month|month[- ]end))\b",
    re.IGNORECASE,
)
_ENDS = {"day": "5pm", "week": "friday", "next": "friday next week"}


def _digits(hour: str) -> int:
    return _HOURS.get(hour.lower()) or int(hour)


def _beside(found: re.Match[str]) -> str:
    """ "Quarter to nine" as 8:45; as it is where it may be a stretch from one number to another."""
    before, part, side, hour = found.groups()
    if (before is None and part.lower() != "quarter") or not 1 <= _digits(hour) <= 12:
        return found[0]
    minutes = _PARTS_OF_AN_HOUR[part.lower()]
    past = side.lower() in ("past", "after")
    at = _digits(hour) if past else (_digits(hour) - 2) % 12 + 1
    return f"{before or 'at'} {at}:{minutes if past else 60 - minutes:02d}"


def hours_in_full(text: str) -> str:
    """The hours of a shift as they are written elsewhere: "7p-7a" is "7pm to 7am", "19-07" is "19:00 to 07:00"."""
    for said, meant in _PLAIN:
        text = said.sub(meant, text)
    text = _BESIDE_THE_HOUR.sub(_beside, text)
    text = _HALF.sub(lambda found: f"{found[1]} {_digits(found[2])}:30", text)
    text = _ABOUT.sub(r"around \1", text)
    text = _BARE_STRETCH.sub(r"from \1 to \2", text)
    text = _LENGTH.sub(r"\1h\2", text)
    text = _FORTNIGHT.sub(lambda found: f"{found[1]} two weeks", text)
    text = _WEEK_COMMENCING.sub("week of the ", text)
    text = _TEXTED.sub(lambda found: "tonight" if found[1].lower().startswith("n") else "tomorrow", text)
    text = _FROM_TO_HOURS.sub(lambda found: f"{found[1]} hours", text)
    text = _HALVES.sub(lambda found: f"{found[1]}{found[2]}m to {found[3]}{found[4]}m", text)
    text = _SHORT_SHIFT.sub(lambda found: _SHORT_HOURS[found[1]], text)
    text = _SHIFT.sub(lambda found: f"{_clock(found[1])} to {_clock(found[2])}", text)
    text = _AFTER_A_DAY.sub(r"\1 \2:\3", text)
    return _BARE_HOURS.sub(lambda found: ":".join(part for part in found.groups() if part), text)


_CHANGE = re.compile(
    r"\b(by|before|until|till|til) (?:the )?(?:end of (?:the |my |this )?shift|shift change|change of shift)\b", re.I
)
_NEXT_SHIFT = re.compile(r"\b(?:the )?next shift\b", re.IGNORECASE)


def shifts_in_full(text: str, now: datetime) -> str:
    """Shifts said by their place, by their hours: "by shift change" in the morning is "by 19:00"."""
    start, end = PARTS["day shift"]
    by_day = start <= now.time() < end
    last = (now.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    ends = {**_ENDS, "month": f"the {last.day}{'st' if last.day == 31 else 'th'}"}
    text = _END_OF.sub(lambda found: f"{found[1] or 'by'} {ends[found.lastgroup or 'day']}", text)
    text = _CHANGE.sub(lambda found: f"{found[1]} {end if by_day else start:%H:%M}", text)
    return _NEXT_SHIFT.sub("tonight" if by_day else "the day shift", text)


def _clock(digits: str) -> str:
    return f"{digits[:2]}:{digits[2:] or '00'}"
