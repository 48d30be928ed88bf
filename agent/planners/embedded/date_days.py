"""Single days as they are said: "next Thursday", "17 Sep", "the day after tomorrow", "9/17"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agent.planners.embedded import date_words as words
from agent.planners.embedded.date_pieces import Reader

# A date without a year that lies further back than this is taken to mean next year's.
LOOKS_BACK = timedelta(days=100)
_SHAKY = frozenset({"sat", "sun", "may", "march", "mar", "dec"})
_PROPS = frozenset(
    [
        "on",
        "this",
        "next",
        "last",
        "by",
        "until",
        "before",
        "after",
        "for",
        "from",
        "every",
        "in",
        "of",
        "and",
        "or",
        ",",
    ]
)


@dataclass(frozen=True)
class Day:
    """One calendar day. `weekday` is set when the day's name was all that was said."""

    date: date
    weekday: int | None = None
    doubt: str = ""
    every: bool = False


def month_start(day: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _known(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without_year(month: int, day: int, today: date) -> date | None:
    for year in (today.year, today.year + 1, today.year + 2, today.year + 3):
        if (found := _known(year, month, day)) and found >= today - LOOKS_BACK:
            return found
    return None


def likely_name(reader: Reader, at: int) -> bool:
    """Short day and month names are also words ("sat", "may"); they need company to count."""
    if reader.word(at) not in _SHAKY:
        return True
    return (
        reader.word(at - 1) in _PROPS
        or reader.kind(at + 1) in ("number", "ordinal", "clock")
        or reader.kind(at - 1) in ("number", "ordinal")
        or reader.word(at + 1) in words.PART_WORDS
        or len(reader.tokens) == 1
    )


def read_day(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    """One day from this position, the longest reading first."""
    for rule in _DAY_RULES:
        if found := rule(reader, at, today):
            return found
    return None


def _written(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    word = reader.word(at)
    if reader.kind(at) == "iso":
        found = _known(*(int(part) for part in word.split("-")))
        return (Day(found), at + 1) if found else None
    if reader.kind(at) != "slash" or word == "24/7":
        return None
    first, second, *years = (int(part) for part in word.split("/"))
    doubt = ""
    month, day = (first, second) if first <= 12 else (second, first)
    if years:
        found = _known(years[0] + 2000 if years[0] < 100 else years[0], month, day)
    else:
        found = _without_year(month, day, today)
    if found and first <= 12 and second <= 12 and first != second:
        doubt = f"{word} read as {found:%B} {found.day}"
    return (Day(found, doubt=doubt), at + 1) if found else None


def _month_and_day(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    """ "Sep 17", "September 17th, 2026", "17 September", "the 17th of September"."""
    start = at + (reader.word(at) == "the")
    name_first = reader.word(start) in words.MONTHS
    if name_first:
        month_at, day_at, after = start, start + 1, start + 2
        if reader.word(day_at) in (".", "the"):
            day_at, after = day_at + 1, after + 1
    else:
        after = start + 1 + (reader.word(start + 1) == "of")
        month_at, day_at, after = after, start, after + 1
    month = words.MONTHS.get(reader.word(month_at))
    if not month or not likely_name(reader, month_at) or reader.kind(day_at) not in ("number", "ordinal"):
        return None
    digits = reader.word(day_at).rstrip("stndrh")
    if not digits.isdigit() or (name_first and reader.word(after) in ("am", "pm")):
        return None
    year_at = after + (reader.word(after) == ",")
    year = reader.word(year_at)
    if reader.kind(year_at) == "number" and len(year) == 4 and year.startswith(("19", "20")):
        found, after = _known(int(year), month, int(digits)), year_at + 1
    else:
        found = _without_year(month, int(digits), today)
    return (Day(found), after) if found else None


def _relative(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    start = at + (reader.word(at) == "the")
    if reader.phrase(start, "day", "after", "tomorrow"):
        return Day(today + timedelta(2)), start + 3
    if reader.phrase(start, "day", "before", "yesterday"):
        return Day(today - timedelta(2)), start + 3
    if reader.phrase(start, "next", "day"):
        return Day(today + timedelta(1)), start + 2
    if reader.word(at - 1) == "for" and reader.phrase(at, "the", "day") and reader.kind(at + 2) != "word":
        return Day(today), at + 2
    offset = words.RELATIVE_DAYS.get(reader.word(at))
    return None if offset is None else (Day(today + timedelta(offset)), at + 1)


def _named(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    """A weekday, alone or with this, next or last. Alone it is never today: today is called today."""
    start = at + (reader.word(at) == "the")
    which = reader.word(start)
    if which in words.FORWARD + words.BACKWARD + words.HERE:
        start += 1
    else:
        which = ""
    name = reader.word(start)
    every = name in words.WEEKDAY_PLURALS and not _owns(reader, start)
    weekday = words.WEEKDAY_PLURALS.get(name, words.WEEKDAYS.get(name))
    if weekday is None or not likely_name(reader, start):
        return None
    ahead = (weekday - today.weekday()) % 7
    day_name = words.WEEKDAY_NAMES[weekday]
    if which in words.BACKWARD:
        return Day(today - timedelta((today.weekday() - weekday) % 7 or 7)), start + 1
    if which == "next":
        monday = today - timedelta(today.weekday())
        found = monday + timedelta(7 + weekday)
        sooner = today + timedelta(ahead)
        close = ahead > 0 and sooner != found
        doubt = f"next {day_name} read as {found:%B} {found.day}, not {sooner:%B} {sooner.day}"
        return Day(found, doubt=doubt if close else ""), start + 1
    if which in words.HERE:
        return Day(today + timedelta(ahead)), start + 1
    found = today + timedelta(ahead or 7)
    if reader.word(start + 1) == "week" and not every:
        return Day(found + timedelta(7), weekday=weekday), start + 2  # "Thursday week"
    doubt = f"{day_name} read as {found:%B} {found.day}, not today" if not ahead and not every else ""
    return Day(found, weekday=weekday, doubt=doubt, every=every), start + 1


_NO_THING = frozenset(
    "and or at in on for from to are is have has do does we i they only please off with but if when before after as "
    "between until morning mornings afternoon afternoons evening evenings night nights".split()
)


def _owns(reader: Reader, at: int) -> bool:
    """ "thursdays list" is Thursday's; "on Thursdays" and "Thursdays at 9" are every Thursday."""
    thing = reader.kind(at + 1) == "word" and reader.word(at + 1) not in _NO_THING
    return thing and reader.word(at - 1) not in ("on", "every", "all", "most", "some", "and", "or", ",", "usual")


def _day_of_month(reader: Reader, at: int, today: date) -> tuple[Day, int] | None:
    """ "the 17th", "on the 17th": the next one."""
    start = at + (reader.word(at) == "the")
    if reader.kind(start) != "ordinal" or (start == at and not _is_bare_date(reader, at)):
        return None
    if reader.word(start + 1) in _OF_A_LIST or (reader.word(start + 1) == "of" and reader.word(start + 2) in _THEM):
        return None
    number = int(reader.word(start).rstrip("stndrh"))
    for months in range(14):
        first = month_start(today, months)
        found = _known(first.year, first.month, number)
        if found and found >= today:
            doubt = f"the {reader.word(start)} read as {found:%B} {number}" if months else ""
            return Day(found, doubt=doubt), start + 1
    return None


_OF_A_LIST = frozenset("one ones option slot choice opening time".split())
_THEM = frozenset("them those these".split())
"""What an ordinal counts that is no day: "the 2nd one", "the 3rd of those"."""
_MOST_IN_A_LIST = 5
"""Up to this place an ordinal may well be one of a list."""


def _is_bare_date(reader: Reader, at: int) -> bool:
    """Whether "17th" without "the" is a day: after "on" and the like, or with nothing behind it that it counts."""
    if reader.word(at - 1) in ("on", "by", "until", "before", "after", "from", "since", "to"):
        return True
    counted = reader.kind(at + 1) == "word" and reader.word(at + 1) not in _NO_THING
    return int(reader.word(at).rstrip("stndrh")) > _MOST_IN_A_LIST and not counted


_DAY_RULES: tuple[Callable[[Reader, int, date], tuple[Day, int] | None], ...] = (
    _written,
    _month_and_day,
    _relative,
    _named,
    _day_of_month,
)
