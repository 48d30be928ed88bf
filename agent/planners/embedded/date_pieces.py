"""The pieces a time expression is made of: clocks, days, parts of a day, stretches and durations.

A recogniser looks at the tokens from one position and answers the piece and the position after it, or None.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.planners.embedded import date_words as words
from agent.planners.embedded.date_words import Token


@dataclass(frozen=True)
class Clock:
    """A time of day as said: `half` is "am", "pm" or ""; `exact` needs no half ("14:00", "noon")."""

    hour: int
    minute: int
    half: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Amount:
    """A number of units ("3 hours"): `minutes` for units of fixed length, `months` otherwise."""

    minutes: int
    months: int = 0
    unit: str = "hour"
    doubt: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the day, once ("morning") or on every day ("mornings")."""

    name: str
    plural: bool = False


class Reader:
    """Tokens with the few questions every recogniser asks of them."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens

    def word(self, at: int) -> str:
        """The token's lower-case text; empty outside the message."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def kind(self, at: int) -> str:
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""

    def phrase(self, at: int, *expected: str) -> bool:
        return all(self.word(at + step) == word for step, word in enumerate(expected))

    def number(self, at: int) -> float | None:
        """A count in digits or words; "a" and "an" count one."""
        if self.kind(at) == "number":
            return float(self.word(at))
        return words.NUMBERS.get(self.word(at))


def read_clock(reader: Reader, at: int, prompted: bool) -> tuple[Clock, int] | None:
    """A time of day. A bare hour ("8") counts only after a word such as "by" or "at" (`prompted`)."""
    word = reader.word(at)
    if word in words.NAMED_CLOCKS:
        return Clock(*words.NAMED_CLOCKS[word], exact=True), at + 1
    if reader.phrase(at, "half", "past") and (hour := reader.number(at + 2)) is not None:
        return _with_half(reader, int(hour), 30, at + 3, zero_padded=False)
    if reader.kind(at) == "clock":
        hours, _, minutes = word.partition(":")
        return _with_half(reader, int(hours), int(minutes), at + 1, zero_padded=hours.startswith("0"))
    number = reader.number(at)
    if number is None or word in ("a", "an"):
        return None
    follower = reader.word(at + 1)
    if _half_at(reader, at + 1)[0]:
        hours_text, _, minutes_text = word.partition(".")
        return _with_half(reader, int(number) if reader.kind(at) != "number" else int(hours_text),
                          int(minutes_text or 0), at + 1, zero_padded=False)  # fmt: skip
    if follower == "o" and reader.word(at + 2) in ("'", "’"):
        return _with_half(reader, int(number), 0, at + 4, zero_padded=False)
    if prompted and number == int(number) and not _is_amount(reader, at):
        military = reader.kind(at) == "number" and len(word) in (3, 4) and int(word) % 100 < 60
        if military:
            return _with_half(reader, int(word) // 100, int(word) % 100, at + 1, zero_padded=word[0] == "0")
        if _hour_may_stand_alone(reader, at + 1):
            return _with_half(reader, int(number), 0, at + 1, zero_padded=False)
    return None


def _is_amount(reader: Reader, at: int) -> bool:
    """Whether "by 3" says how many more or fewer: "overbook it by 3"."""
    said = {reader.word(back) for back in range(max(0, at - 12), at)}
    return reader.word(at - 1) == "by" and not said.isdisjoint(words.AMOUNT_VERBS)


def _half_at(reader: Reader, at: int) -> tuple[str, int]:
    word = reader.word(at)
    if word in ("am", "pm"):
        return word, at + 1
    if word in ("a", "p") and reader.word(at + 1) == "." and reader.word(at + 2) == "m":
        return word + "m", at + 4 if reader.word(at + 3) == "." else at + 3
    return "", at


def _with_half(reader: Reader, hour: int, minute: int, at: int, zero_padded: bool) -> tuple[Clock, int] | None:
    half, after = _half_at(reader, at)
    if reader.word(after) in ("h", "hrs", "hours") and not half and (hour > 12 or zero_padded):
        after += 1
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        return None
    return Clock(hour, minute, half, exact=bool(half) or zero_padded or hour > 12 or hour == 0), after


def _hour_may_stand_alone(reader: Reader, at: int) -> bool:
    """ "by 8 tonight" and "until 11, please" name hours; "by 8 nurses" and "from 4 North" do not."""
    word = reader.word(at)
    followers = {
        "", "and", "or", "to", "till", "until", "so", "because", "please", "if", "for", "then", "but", "when",
        "next", "this", "in", "on", "the", "with", "tonight", "is", "does", "do", "will", "can", "instead",
        "latest",
    }  # fmt: skip
    return (
        word in followers
        or reader.kind(at) == "mark"
        or word in words.RELATIVE_DAYS
        or word in words.WEEKDAYS
        or word in words.PART_WORDS
    )


def read_part(reader: Reader, at: int, after_day: bool) -> tuple[Part, int] | None:
    """A part of the day; "am" and "pm" are parts after a day ("Thursday pm") or with what has halves ("am list")."""
    word = reader.word(at)
    if after_day and word in ("am", "pm"):
        return Part("morning" if word == "am" else "afternoon"), at + 1
    if after_day and word in ("day", "days") and reader.kind(at + 1) != "word":
        return Part("day shift"), at + 1
    if word == "days" and reader.word(at - 1) in ("for", "on") and reader.number(at - 2) is None:
        return Part("day shift"), at + 1
    if word == "am" and reader.word(at + 1) in ("shift", "shifts"):
        return Part("day shift", plural=reader.word(at + 1) == "shifts"), at + 2
    if word == "pm" and reader.word(at + 1) == "shift":
        return Part("evening"), at + 2
    if word == "day" and reader.word(at + 1) in ("shift", "shifts"):
        return Part("day shift", plural=reader.word(at + 1) == "shifts"), at + 2
    if word == "am" and reader.word(at - 1) == "i":
        return None  # "I am only asking"
    if word in ("am", "pm") and not (
        reader.word(at - 1) in words.BEFORE_A_HALF or reader.word(at + 1) in words.AFTER_A_HALF
    ):
        return None  # "I am short"
    if word in words.LUNCH and (side := words.BY_LUNCH.get(reader.word(at - 1))):
        return Part(side), at + 1
    if word in words.PART_PLURALS:
        return Part(words.PART_PLURALS[word], plural=True), at + 1
    if word in words.PART_WORDS:
        after = at + 1
        return Part(words.PART_WORDS[word]), after + (reader.word(after) in ("shift", "shifts"))
    return None


def read_amount(reader: Reader, at: int) -> tuple[Amount, int] | None:
    """A duration: "3 hours", "90 min", "an hour and a half", "1h 30", "half a day", "two weeks"."""
    whole = _read_half_of(reader, at) or _read_counted(reader, at)
    if whole is None:
        return None
    amount, after = whole
    if amount.months or amount.unit not in ("hour", "day"):
        return amount, after
    unit_minutes = 60 if amount.unit == "hour" else 1440
    if reader.phrase(after, "and", "a", "half"):
        return Amount(amount.minutes + unit_minutes // 2, unit=amount.unit), after + 3
    more = after + (reader.word(after) == "and")
    rest = _read_counted(reader, more)
    if rest and rest[0].unit == "minute":
        return Amount(amount.minutes + rest[0].minutes, unit="minute"), rest[1]
    short_hour = reader.word(after - 1) in ("h", "hr")
    if short_hour and reader.kind(after) == "number" and len(reader.word(after)) == 2:
        return Amount(amount.minutes + int(reader.word(after)), unit="minute"), after + 1
    return amount, after


def _read_half_of(reader: Reader, at: int) -> tuple[Amount, int] | None:
    share, after = (0.5, at + 1) if reader.word(at) == "half" else (0.25, at + 1)
    if reader.word(at) not in ("half", "quarter"):
        return None
    after += reader.word(after) == "of"
    after += reader.word(after) in ("a", "an", "the")
    unit = reader.word(after)
    if unit not in ("hour", "day") or (unit == "day" and share != 0.5):
        return None
    if unit == "day":
        return Amount(240, unit="hour", doubt="half a day read as 4 hours"), after + 1
    return Amount(int(60 * share), unit="minute"), after + 1


def _read_counted(reader: Reader, at: int) -> tuple[Amount, int] | None:
    number, after = reader.number(at), at + 1
    if number is None and reader.kind(at) == "ordinal":
        return None
    if number is None:
        return None
    if reader.word(at) in ("a", "couple") and reader.word(after) == "couple":
        number, after = 2, after + 1
    after += reader.word(after) == "of" and reader.word(after - 1) == "couple"
    if reader.phrase(after, "and", "a", "half"):
        number, after = number + 0.5, after + 3
    after += reader.word(after) == "-"
    unit = reader.word(after)
    if unit in words.MONTH_UNITS:
        return Amount(0, months=int(number), unit="month"), after + 1
    minutes = words.MINUTES_OF.get(unit)
    if minutes is None or number <= 0 or (unit in ("m", "h") and reader.kind(at) != "number"):
        return None
    unit_name = {1: "minute", 60: "hour", 1440: "day"}.get(minutes, "week")
    return Amount(round(number * minutes), unit=unit_name), after + 1
