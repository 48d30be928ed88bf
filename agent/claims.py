"""What a text claims: its numbers, money, shares, times, dates, codes and titled names, in comparable forms.

A claim has keys such as `number:12`, `money:4900`, `time:09:40`, `day:2026-09-17`; it is known when any of them
is among the forms of the sources.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_MONTHS = {
    name: number
    for number, long in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
    for name in (long, long[:3], *(("sept",) if long == "september" else ()))
}
_DAYS = {
    name: number
    for number, long in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
    for name in (long, long[:3], *{"tuesday": ("tues",), "thursday": ("thur", "thurs")}.get(long, ()))
}
_COUNTED = {
    word: number
    for number, word in enumerate(
        "four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen twenty".split(),
        start=4,
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
"""Smaller numbers in words are everyday words ("one thing", "two people") and no claims."""

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>\d{4}))?(?!\d)"
_NAMED = rf"\b(?P<weekday>{'|'.join(sorted(_DAYS, key=len, reverse=True))})\b\.?"
_FIGURE = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
_MARKER = re.compile(r"^\s*\d{1,2}[.)](?=\s)", re.MULTILINE)
"""The number of an item of a list says nothing."""
_WORD = re.compile(r"[A-Za-z][\w']*")


@dataclass(frozen=True)
class Claim:
    """One statement of a text: as it was said, and the forms under which a source may hold it."""

    said: str
    keys: frozenset[str]
    name: str = ""


def claims_of(text: str) -> list[Claim]:
    """Everything a text claims, in order of appearance."""
    return [claim for _, claim in sorted(_scan(text), key=lambda found: found[0])]


def forms_of(text: str) -> frozenset[str]:
    """Every form in which what a source says may be said: money of cents, rounded fractions, local times, days."""
    found: set[str] = set()
    zones = [ZoneInfo(name) for name in dict.fromkeys(_ZONE.findall(text)) if name in _zones()]
    for claim in claims_of(text):
        found |= claim.keys
        for key in claim.keys:
            kind, _, value = key.partition(":")
            if kind == "number":
                found |= _forms_of_number(Decimal(value))
            elif kind == "moment":
                found |= _forms_of_moment(datetime.fromisoformat(value), zones)
            elif kind == "date":
                found |= _forms_of_said_day(value)
            elif kind == "day":
                found |= _forms_of_day(date.fromisoformat(value))
    return frozenset(found)


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded: where a person's name must be found."""
    return frozenset(word.casefold().removesuffix("'s") for word in _WORD.findall(text))


@cache
def _zones() -> set[str]:
    return available_timezones()


def _scan(text: str) -> Iterator[tuple[int, Claim]]:
    """Each pattern in turn takes what it understands out of the text; numbers are what is left."""
    rest = _MARKER.sub(lambda marker: " " * len(marker[0]), text)
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(rest):
            if (claim := read(match)) is not None:
                yield match.start(), claim
                blank = " " * (match.end() - match.start())
                rest = rest[: match.start()] + blank + rest[match.end() :]


def _keys(match: re.Match[str], *keys: str) -> Claim:
    return Claim(match[0].strip().rstrip("."), frozenset(keys))


def _moment(match: re.Match[str]) -> Claim | None:
    try:
        moment = datetime.fromisoformat(match[0].replace(" ", "T"))
    except ValueError:
        return _keys(match, f"text:{match[0]}")
    return _keys(match, f"moment:{moment.isoformat()}")


def _iso_day(match: re.Match[str]) -> Claim | None:
    try:
        return _keys(match, f"day:{date.fromisoformat(match[0]).isoformat()}")
    except ValueError:
        return _keys(match, f"text:{match[0]}")


def _said_day(match: re.Match[str]) -> Claim | None:
    month, day = _MONTHS[match["month"].casefold()], int(match["day"])
    year = f"{match['year']}-" if match["year"] else ""
    named = match.groupdict().get("weekday")
    of = f"@{_DAYS[named.casefold()]}" if named else ""
    return _keys(match, f"date:{year}{month:02d}-{day:02d}{of}")


def _month_year(match: re.Match[str]) -> Claim | None:
    return _keys(match, f"month:{match['year']}-{_MONTHS[match['month'].casefold()]:02d}")


def _weekday(match: re.Match[str]) -> Claim | None:
    return _keys(match, f"weekday:{_DAYS[match['weekday'].casefold()]}")


def _clock(match: re.Match[str]) -> Claim | None:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").casefold()[:1]
    if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
        return _keys(match, f"text:{match[0]}")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return _keys(match, f"time:{hour:02d}:{minute:02d}")


def _code(match: re.Match[str]) -> Claim | None:
    said = match[0]
    # Small letters make a code only with figures in it: `case-510`, not `follow-up`.
    return _keys(match, f"code:{said.upper()}") if said.isupper() or re.search(r"\d", said) else None


def _titled(match: re.Match[str]) -> Claim | None:
    name = match["name"].removesuffix("'s")
    return Claim(f"{name}", frozenset({f"name:{name.casefold()}"}), name=name.casefold())


def _money(match: re.Match[str]) -> Claim | None:
    value = _plain(match["figure"] or match["before"])
    return _keys(match, f"money:{value}", f"number:{value}")


def _share(match: re.Match[str]) -> Claim | None:
    value = _plain(match["figure"])
    return _keys(match, f"share:{value}", f"number:{value}")


def _number(match: re.Match[str]) -> Claim | None:
    return _keys(match, f"number:{_plain(match[0])}")


def _counted(match: re.Match[str]) -> Claim | None:
    return _keys(match, f"number:{_COUNTED[match[0].casefold()]}")


def _plain(number: str) -> str:
    """`4,900.00` -> `4900`: separators, leading zeros and an empty fraction do not matter."""
    whole, _, fraction = number.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}{'.' if fraction else ''}{fraction}"


def _forms_of_number(value: Decimal) -> set[str]:
    """Rounded to two, one or no places; as a share of a hundred; whole cents as dollars."""
    found = {f"number:{one}" for one in _rounded(value)}
    found |= {f"share:{one}" for one in (*_rounded(value), *_rounded(value * 100))} if value <= 1 else set()
    if value == value.to_integral_value():
        found |= {f"money:{one}" for one in _rounded(value / 100)}
    return found


def _rounded(value: Decimal) -> set[str]:
    steps = (Decimal(1), Decimal("0.1"), Decimal("0.01"))
    if value >= Decimal(10) ** 20:
        return {_plain(format(value, "f"))}
    both = {value.quantize(step, how) for step in steps for how in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
    return {_plain(format(one, "f")) for one in {value, *both}}


def _forms_of_moment(moment: datetime, zones: list[ZoneInfo]) -> set[str]:
    """Its wall clock and its day, as written and in every zone the sources name."""
    aware = [moment.astimezone(zone) for zone in (*zones, UTC)] if moment.tzinfo else []
    found: set[str] = set()
    for local in (moment, *aware):
        found |= {f"moment:{local.isoformat()}", f"time:{local:%H:%M}"}
        found |= _forms_of_day(local.date())
        if local.time() == datetime.min.time():
            found |= {"time:24:00", *_forms_of_day(local.date() - timedelta(days=1))}
    return found


def _forms_of_said_day(said: str) -> set[str]:
    """`2026-09-17@3` (the year and the weekday may be missing): with and without what it has."""
    day, _, weekday = said.partition("@")
    found = {f"date:{one}{of}" for one in (day, day[-5:]) for of in ("", f"@{weekday}" if weekday else "")}
    found |= {f"weekday:{weekday}"} if weekday else set()
    return found | ({f"month:{day[:7]}", f"day:{day}", f"number:{int(day[:4])}"} if len(day) > 5 else set())


def _forms_of_day(day: date) -> set[str]:
    written = (f"{day:%m-%d}", f"{day:%Y-%m-%d}")
    found = {f"day:{day.isoformat()}", f"weekday:{day.weekday()}", f"month:{day:%Y-%m}", f"number:{day.year}"}
    return found | {f"date:{one}{of}" for one in written for of in ("", f"@{day.weekday()}")}


_I = re.IGNORECASE
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Claim | None]], ...] = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?"), _moment),
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"), _iso_day),
    (re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof)\b\.? (?P<name>[A-Z][\w'-]+)"), _titled),
    (re.compile(rf"(?:{_NAMED},?\s+)?(?<!\d){_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}\b", _I), _said_day),
    (re.compile(rf"(?:{_NAMED},?\s+)?\b{_MONTH}\s+{_DAY}(?!\d|:){_YEAR}", _I), _said_day),
    (re.compile(rf"\b{_MONTH}\s+(?P<year>\d{{4}})\b", _I), _month_year),
    (re.compile(rf"\b(?P<weekday>{'|'.join(day for day in _DAYS if day.endswith('day'))})\b", _I), _weekday),
    (re.compile(r"(?<!\w)[A-Za-z]{2,}(?:-[A-Za-z0-9]+)+\b"), _code),
    (
        re.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?:\s?(?P<half>[ap]\.?m\b\.?))?", _I),
        _clock,
    ),
    (re.compile(r"(?<![\d.,:])(?P<hour>\d{1,2})(?P<minute>)\s?(?P<half>[ap]\.?m\b\.?)", _I), _clock),
    (
        re.compile(rf"[$]\s?(?P<figure>{_FIGURE})|(?<![\d.,])(?P<before>{_FIGURE})\s?(?:USD|dollars?)\b", _I),
        _money,
    ),
    (re.compile(rf"(?<![\d.,])(?P<figure>{_FIGURE})\s?(?:%|percent\b|per cent\b)", _I), _share),
    (re.compile(_FIGURE), _number),
    (re.compile(rf"\b(?:{'|'.join(_COUNTED)})\b", _I), _counted),
)
"""From the most to the least particular; whatever figure no other understands is a number."""
