"""Dates, times and durations in a sentence, relative to a moment and a site's zone.

A message is cut into tokens; from each position the longest run of pieces (day, part of day, clock, stretch)
that belong together is one expression. Words are never matched as whole sentences.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from agent.planners.embedded import date_words as words
from agent.planners.embedded.date_calendar import Calendar
from agent.planners.embedded.date_days import Day, read_day
from agent.planners.embedded.date_meaning import Pieces, join, mean
from agent.planners.embedded.date_past import looked_back
from agent.planners.embedded.date_pieces import Clock, Part, Reader, read_amount, read_clock, read_part
from agent.planners.embedded.date_stretches import read_stretch
from agent.planners.embedded.date_values import Daily, Minutes, Moment, Said, When, Window
from agent.planners.embedded.date_words import tokens_of

__all__ = ["Daily", "Minutes", "Moment", "Said", "When", "Window", "read_dates"]

_JOINERS = frozenset({"to", "-", "–", "—", "through", "thru", "until", "till", "til"})
_PROMPTS = frozenset({*words.BOUNDS, "around", "about", "between", "@", "be", "as"})
_OPENERS = frozenset({"and", "ok", "okay", "so", "then", "but", "right", "good", "great", "thanks", "alright"})
_BEFORE_A_DURATION = frozenset({
    "", "for", "in", "takes", "take", "about", "within", "lasts", "last", "need", "needs", "want", "book",
    "give",    "add", "allow", "roughly", "over", "only", "just", "than", "to", "another", "maybe", "say", "by", "is",
    "be",
})  # fmt: skip


def read_dates(message: str, now: datetime, zone: ZoneInfo, back: bool = False) -> tuple[When, ...]:
    """Everything the message says about time, in order of appearance, each with the words it came from.

    `now` must be aware; everything is resolved in `zone`. `back`: the message asks about the past. Nothing is
    invented: a message without a time answers an empty tuple.
    """
    reader = Reader(tokens_of(message))
    calendar = Calendar(now, zone, back)
    found: list[When] = []
    at = 0
    while at < len(reader.tokens):
        step = _expression(reader, at, calendar, message)
        if step is None:
            at += 1
            continue
        value, at = step
        found.append(value)
    return tuple(_of_one_week(found, message))


def _of_one_week(found: list[When], message: str) -> list[When]:
    """ "Tue or Thu next week": both are days of the week that only the last one names."""
    told = list(found)
    for at, (first, second) in enumerate(pairwise(found)):
        if not (isinstance(first, Window) and isinstance(second, Window) and first.grain == second.grain == "day"):
            continue
        between = message[first.said.end : second.said.start].strip().lower()
        bare = first.said.words.lower().strip() in words.WEEKDAYS
        if between in ("or", "and", ",", "/") and bare and "week" in second.said.words.lower():
            monday = second.start - timedelta(second.start.weekday())
            start = monday + timedelta(first.start.weekday())
            told[at] = replace(first, start=start, end=start + timedelta(1))
    return told


def _expression(reader: Reader, at: int, calendar: Calendar, message: str) -> tuple[When, int] | None:
    if (days := _days_of_month(reader, at, calendar, message)) is not None:
        return days
    first = _single(reader, at, calendar, message)
    if first is None:
        return None
    value, after = first
    between = reader.word(at) == "between"
    if reader.word(after) not in _JOINERS and not (between and reader.word(after) == "and"):
        return first
    other = _single(reader, after + 1, calendar, message) or _same_month(reader, after + 1, value, calendar, message)
    if other is None or isinstance(value, Minutes) or isinstance(other[0], Minutes):
        return first
    whole = join(value, other[0], _said(reader, at, other[1], message), calendar)
    return (whole, other[1]) if whole else first


def _days_of_month(reader: Reader, at: int, calendar: Calendar, message: str) -> tuple[When, int] | None:
    """ "21-25 Sept", "the 3rd to 7th of May": the month is named once, after the second number."""
    digits = reader.word(at).rstrip("stndrh")
    if reader.kind(at) not in ("number", "ordinal") or not digits.isdigit() or reader.word(at + 1) not in _JOINERS:
        return None
    last = _single(reader, at + 2, calendar, message)
    if last is None or not isinstance(last[0], Window) or last[0].grain != "day":
        return None
    named = any(reader.word(one) in words.MONTHS for one in range(at + 3, last[1]))
    if not named or not 1 <= int(digits) < last[0].start.day:
        return None
    first = last[0].start.replace(day=int(digits))
    value = mean(Pieces(day=Day(first.date())), _said(reader, at, at + 1, message), calendar)
    whole = join(value, last[0], _said(reader, at, last[1], message), calendar) if value else None
    return (whole, last[1]) if whole else None


def _same_month(reader: Reader, at: int, first: When, calendar: Calendar, message: str) -> tuple[When, int] | None:
    """The bare second number of "Sep 14-18"."""
    if not isinstance(first, Window) or first.grain != "day" or reader.kind(at) not in ("number", "ordinal"):
        return None
    if reader.kind(at - 2) not in ("number", "ordinal"):
        return None
    digits = reader.word(at).rstrip("stndrh")
    if not digits.isdigit() or not first.start.day < int(digits) <= 31:
        return None
    try:
        day = Day(first.start.date().replace(day=int(digits)))
    except ValueError:
        return None
    value = mean(Pieces(day=day), _said(reader, at, at + 1, message), calendar)
    return (value, at + 1) if value else None


def _single(reader: Reader, at: int, calendar: Calendar, message: str) -> tuple[When, int] | None:
    pieces, cursor = Pieces(excluded=_excluded(reader, at)), at
    prompted = reader.word(at) in _PROMPTS
    if prompted:
        pieces, cursor = replace(pieces, bound=words.BOUNDS.get(reader.word(at), "at")), at + 1
        cursor += reader.word(cursor) in ("the", "about", "around")
        cursor += reader.word(cursor) == "about"
    pieces, after = _collect(reader, cursor, pieces, prompted, calendar)
    if after == cursor and cursor > at + 1 and reader.word(cursor - 1) == "the":
        cursor -= 1  # "before the 25th": a day of the month needs its article
        pieces, after = _collect(reader, cursor, pieces, prompted, calendar)
    if after > cursor:
        if _ruled_out(reader, after):
            pieces = replace(pieces, excluded=True)
        value = mean(pieces, _said(reader, at, after, message), calendar)
        if value and calendar.back:
            value = looked_back(value, calendar.now)
        return (value, after) if value else None
    if prompted:
        return None
    amount = read_amount(reader, at)
    if amount is None or amount[0].months or not _is_duration(reader, at):
        return None
    return Minutes(amount[0].minutes, _said(reader, at, amount[1], message), doubt=amount[0].doubt), amount[1]


_BEFORE_A_RATE = frozenset(
    {"much", "many", "cost", "costs", "rate", "dollars", "usd", "pay", "once", "twice", "times", "minutes", "cases"}
)


def _is_duration(reader: Reader, at: int) -> bool:
    """ "an hour" and "a day" are durations after "for" or "takes", rates after a number ("16 h a day")."""
    if (
        reader.phrase(at, "an", "hour")
        and reader.word(at - 1) not in _BEFORE_A_RATE
        and reader.number(at - 1) is None
    ):
        return True
    return reader.word(at) not in ("a", "an") or reader.word(at - 1) in _BEFORE_A_DURATION


def _excluded(reader: Reader, at: int) -> bool:
    back = at - 1
    while reader.word(back) in ("on", "the", "at", "in", "for", "this"):
        back -= 1
    if reader.word(back) == "for" and reader.word(back - 1) == "except":
        return True
    if reader.word(back) == "of" and reader.word(back - 1) == "instead":
        return True
    if reader.word(back) == "than" and reader.word(back - 1) in ("rather", "other"):
        return True
    if reader.word(back) in ("conflict", "clash") and reader.word(back + 1) == "on":
        return True
    return reader.word(back) in words.EXCLUDING and at - back <= 3


_UNFIT = frozenset("suit work".split())
_NO_GOOD = frozenset("bad out impossible difficult".split())


def _ruled_out(reader: Reader, after: int) -> bool:
    """Whether the words after a time rule it out: "Friday doesn't suit", "the 4th is no good", "Monday clashes"."""
    ahead = [reader.word(at) for at in range(after, after + 6)]
    if ahead[0] == "clashes":
        return True
    if ahead[0] in ("is", "'s"):
        return ahead[1] in _NO_GOOD or ahead[1:3] in (["no", "good"], ["not", "possible"], ["no", "use"])
    negated = any(word in ("not", "n't", "never", "doesn't", "won't", "t") for word in ahead[:4])
    return negated and ahead[0] in _AUXILIARY and any(word in _UNFIT for word in ahead[2:5])


_AUXILIARY = frozenset("does do will would doesn don won wouldn doesn't don't won't wouldn't".split())


def _collect(reader: Reader, at: int, pieces: Pieces, prompted: bool, calendar: Calendar) -> tuple[Pieces, int]:
    """Pieces from here on for as long as they belong together, with glue words between them."""
    after = at
    while True:
        start = after
        glued = 0
        while after > at and reader.word(start) in words.GLUE and glued < 2:
            prompted = prompted or reader.word(start) in _PROMPTS
            start, glued = start + 1, glued + 1
        step = _piece(reader, start, pieces, prompted, calendar)
        if step is None:
            return pieces, after
        pieces, after = step
        prompted = False


def _piece(reader: Reader, at: int, pieces: Pieces, prompted: bool, calendar: Calendar) -> tuple[Pieces, int] | None:
    """The longest next piece whose place is still empty."""
    options: list[tuple[Pieces, int]] = []
    if not pieces.day and not pieces.part and (night := _tonight(reader, at, pieces, calendar)):
        options.append(night)
    if not pieces.clock and not pieces.clocks:
        if clocks := _clock_range(reader, at, prompted or pieces.day is not None):
            options.append((replace(pieces, clocks=clocks[0]), clocks[1]))
        elif clock := read_clock(reader, at, prompted):
            options.append((replace(pieces, clock=clock[0]), clock[1]))
        if not pieces.stretch and (stretch := read_stretch(reader, at, calendar.today)):
            options.append((replace(pieces, stretch=stretch[0]), stretch[1]))
    if day := read_day(reader, at, calendar.today):
        if not pieces.day:
            options.append((replace(pieces, day=day[0]), day[1]))
        elif agreed := _agree(pieces.day, day[0]):
            options.append((replace(pieces, day=agreed), day[1]))
    if not pieces.part and (part := read_part(reader, at, pieces.day is not None)) and reader.word(at - 1) != "good":
        coming = reader.word(at - 1) == "the" and reader.word(at - 2) == "for"
        lunch = reader.word(at) in words.LUNCH
        this = pieces.this or reader.word(at - 1) == "this" or lunch or (coming and not part[0].plural)
        options.append((replace(pieces, part=part[0], this=this), part[1]))
    if pieces == Pieces(bound=pieces.bound, excluded=pieces.excluded) and (now := _now(reader, at)):
        options.append((replace(pieces, now=True), now))
    return max(options, key=lambda option: option[1]) if options else None


def _tonight(reader: Reader, at: int, pieces: Pieces, calendar: Calendar) -> tuple[Pieces, int] | None:
    night, after = read_part(reader, at + 1, after_day=True) or (None, 0)
    if reader.word(at) in ("tonight", "tonite"):
        day, after = 0, at + 1
    elif reader.word(at) == "last" and night and night.name in ("night", "evening"):
        day = -1
    elif reader.word(at) == "this" and night and not night.plural:
        day = 0
    else:
        return None
    part = night if day < 0 or reader.word(at) == "this" else Part("night")
    return replace(pieces, day=Day(calendar.today + timedelta(day)), part=part, this=True), after


def _now(reader: Reader, at: int) -> int | None:
    if reader.phrase(at, "right", "now") or reader.phrase(at, "just", "now"):
        return at + 2
    if reader.word(at) == "now" and _goes_on(reader, at):
        return None
    return at + 1 if reader.word(at) in ("now", "currently", "immediately") else None


def _goes_on(reader: Reader, at: int) -> bool:
    """Whether "now" only begins a sentence: "now July", "ok now the same for Harbor"."""
    begins = all(reader.word(back) in _OPENERS or reader.kind(back) == "mark" for back in range(at))
    return begins and reader.kind(at + 1) not in ("", "mark")


def _agree(known: Day, more: Day) -> Day | None:
    """ "Thursday, Sep 17": the date counts, a wrong weekday is a doubt. Two days are two expressions."""
    named, dated = (known, more) if known.weekday is not None else (more, known)
    if named.weekday is None or dated.weekday is not None or named.every:
        return None
    doubt = dated.doubt
    if dated.date.weekday() != named.weekday:
        actual = words.WEEKDAY_NAMES[dated.date.weekday()]
        doubt = f"{dated.date:%B} {dated.date.day} is a {actual}, not a {words.WEEKDAY_NAMES[named.weekday]}"
    return Day(dated.date, doubt=doubt)


def _clock_range(reader: Reader, at: int, prompted: bool) -> tuple[tuple[Clock, Clock], int] | None:
    """ "9 to 11", "9-11 am", "between 9 and noon"; a bare first hour needs a prompt or a second with a half."""
    first = read_clock(reader, at, prompted)
    bare = reader.number(at) is not None and reader.word(at) not in ("a", "an")
    middle = first[1] if first else at + 1
    between = reader.word(at - 1) == "between" and reader.word(middle) == "and"
    if not (first or bare) or not (reader.word(middle) in _JOINERS or between):
        return None
    last = read_clock(reader, middle + 1, prompted=first is not None)
    if last is None or (first is None and not last[0].half):
        return None
    hour = reader.number(at)
    start = first[0] if first else Clock(int(hour or 0), 0)
    return ((start, last[0]), last[1]) if start.hour <= 24 else None


def _said(reader: Reader, first: int, after: int, message: str) -> Said:
    start, end = reader.tokens[first].start, reader.tokens[after - 1].end
    return Said(start, end, message[start:end])
