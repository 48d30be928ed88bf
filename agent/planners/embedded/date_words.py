"""The words and marks that time is said with, and the tokens they come in."""

import re
from dataclasses import dataclass
from datetime import time

from agent.planners.embedded.date_values import Bound

_TOKEN = re.compile(
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?:T(?=\d))?"
    r"|(?P<slash>\d{1,2}/\d{1,2}(?:/\d{2,4})?)"
    r"|(?P<clock>\d{1,2}:\d{2}(?!\d))"
    r"|(?P<ratio>\d{1,2}:\d(?!\d))"
    r"|(?P<code>[A-Za-z]+(?:-\w+)*-\d\w*(?:-\w+)*|\d+-\d{3,}|[A-Za-z]{2,}\d[\w-]*)"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>'s\b|’s\b|[^\W\d_]+)"
    r"|(?P<mark>\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Token:
    """One mark, word or number of the message; `text` in lower case, `start` and `end` in the message."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(message: str) -> list[Token]:
    """The message in tokens. Codes such as CASE-12 or 4-212 stay whole: no number is read out of them."""
    return [
        Token(match.lastgroup or "mark", match.group(match.lastgroup or 0).lower(), *match.span())
        for match in _TOKEN.finditer(message)
    ]


def _numbered(*rows: str) -> dict[str, int]:
    return {word: number for number, row in enumerate(rows) for word in row.split()}


WEEKDAYS = _numbered(
    "monday mon", "tuesday tue tues", "wednesday wed weds", "thursday thu thur thurs",
    "friday fri", "saturday sat", "sunday sun",
)  # fmt: skip
WEEKDAY_PLURALS = {word + "s": day for word, day in WEEKDAYS.items() if word.endswith("day")}
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = _numbered(
    "", "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
    "august aug", "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip
NUMBERS = _numbered(
    "zero", "one a an", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
NUMBERS |= {"couple": 2, "thirty": 30, "forty": 40, "fortyfive": 45, "sixty": 60, "ninety": 90}
MINUTES_OF = {
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), 1),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), 60),
    **dict.fromkeys(("day", "days"), 1440),
    **dict.fromkeys(("week", "weeks", "wk", "wks"), 7 * 1440),
}
MONTH_UNITS = ("month", "months")
PERIODS = {"week": "week", "wk": "week", "month": "month", "quarter": "quarter", "year": "year"}
TO_DATE = {"ytd": "year", "mtd": "month", "wtd": "week", "qtd": "quarter"}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
RELATIVE_DAYS = {
    "today": 0, "tomorrow": 1, "tmrw": 1, "tmw": 1, "tomorow": 1, "tommorow": 1, "tommorrow": 1,
    "yesterday": -1,
}  # fmt: skip
# Parts of the day as hospitals run them: shifts change at 07:00 and 19:00 in the site's own zone.
PARTS: dict[str, tuple[time, time]] = {
    "morning": (time(7), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(21)),
    "night": (time(19), time(7)),
    "day shift": (time(7), time(19)),
}
KNOWN = frozenset({*MINUTES_OF, *WEEKDAYS, *MONTHS, *PERIODS, *TO_DATE})
"""Words and short forms of time: none is a slip of another word."""
BEFORE_A_HALF = frozenset("the this every each any an only all".split())
AFTER_A_HALF = frozenset(
    "list lists session sessions clinic clinics slot slots appointment appointments appt appts block blocks only "
    "huddle round rounds rota roster staff case cases visit visits".split()
)
"""What stands beside "am" and "pm" where they are halves of the day: "in the am", "pm list"."""
PART_WORDS = {
    "morning": "morning", "am": "morning", "afternoon": "afternoon", "arvo": "afternoon", "evening": "evening",
    "night": "night", "overnight": "night", "noc": "night", "nite": "night", "graveyard": "night",
}  # fmt: skip
LUNCH = ("lunch", "lunchtime")
BY_LUNCH = {"by": "morning", "after": "afternoon", "past": "afternoon", "before": "morning"}
"""Which part of the day lies on which side of lunch."""
PART_PLURALS = {
    "mornings": "morning",
    "afternoons": "afternoon",
    "evenings": "evening",
    "nights": "night",
    "nocs": "night",
}
NAMED_CLOCKS = {
    "noon": (12, 0), "midday": (12, 0), "noontime": (12, 0), "midnight": (24, 0), "suppertime": (18, 0),
    "dinnertime": (18, 0),
}  # fmt: skip
BOUNDS: dict[str, Bound] = {
    "by": "by", "before": "before", "until": "until", "till": "until", "til": "until", "through": "until",
    "thru": "until", "after": "after", "from": "from", "since": "from", "starting": "from", "at": "at",
}  # fmt: skip
FORWARD = ("next", "coming", "following", "upcoming")
BACKWARD = ("last", "past", "previous", "prior")
HERE = ("this", "current", "rest")
GLUE = frozenset({"at", "on", "of", "the", ",", "in", "around", "about", "'s", "’s", "@", "shift", "from", "by"})
EXCLUDING = frozenset({"not", "except", "excluding", "but", "no", "without"})
AMOUNT_VERBS = frozenset(
    "overbook overbooked double overfill raise raised lower lowered increase increased reduce reduced cut exceed "
    "exceeded grow shrink expand delay delayed slip slide".split()
)
"""Words after which "by 3" is an amount, not an hour."""
