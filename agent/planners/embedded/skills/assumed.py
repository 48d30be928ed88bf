"""What a what-if question assumes: each clause that names something that could be otherwise is an assumption."""

import re
from typing import Any

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.suppositions import NUMBER, NURSES_THERE
from hospital.model.people import Staff

Assumed = dict[str, Any]
_CLAUSES = re.compile(r"\band\b|[,;?.]|\bthen\b|\bplus\b", re.IGNORECASE)
_SHARES = {"half": 50, "fifth": 20, "quarter": 25, "third": 33}
"""In percent."""
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "couple": 2, "few": 3,
}  # fmt: skip
_SOURCES = {
    "ed": re.compile(r"\b(?:ed|er|emergency(?: department| room)?|emerg)\b", re.IGNORECASE),
    "pacu": re.compile(r"\b(?:pacu|recovery|post.?op|theatres?|the ors?)\b", re.IGNORECASE),
}
_DISCHARGE = re.compile(
    r"\b(?:discharg\w*|goes? home|sends? (?:\w+ ){0,3}home|leaves? (?:early|late)|clears? (?:its|their))\b", re.I
)
_LATE = re.compile(
    r"\b(?:late\w*|slip\w*|delay\w*|stuck|postpon\w*|fall\w* through|h[eo]ld up|only|don'?t (?:go|happen|leave)|"
    r"nobody|no one|push\w*|drag\w*)\b",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"(?:\b(?:(?:get|go|goes|gets|climb\w*|ris\w*|grow\w*|fill\w*) (?:up )?to|hits?|reach\w*|"
    r"census (?:of|is|at|was|were)|(?:are|be|were|is) at|simulate \w+ at|for|with|at|have|'ve got|'ve)\s+"
    r"(?:a census of )?|^\W*)"
    r"(?P<all>\d{1,2})(?: (?:patients?|pts|heads)\b|\W*(?:$|[,;?]))",
    re.IGNORECASE,
)
"""A number of patients in all, not of more: "if we get to 30 patients"."""
_OF_STAFF = re.compile(
    r"\b(?:nurses?|rns?|staff\w*|legal|ratios?|safe|short|cover\w*|enough of us|people|"
    r"(?:pull|spare) (?:one|two|somebody))\b",
    re.IGNORECASE,
)
_OPEN_UNIT = re.compile(r"\b(?:re)?open\w*\b", re.IGNORECASE)
_SHUT_UNIT = re.compile(r"\b(?:clos\w+|shut\w*)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)
_OF_OURS = re.compile(
    r"\b(?:(?:of|off) (?:mine|ours|us|them|my \w+|our \w+)|mine|people|somebody|someone|girls|"
    r"(?:one|two|three|four|[1-6]) "
    r"(?=rang|ring|call|phon|went|goes?|leav|(?:is |are |were )?(?:sick|ill|off|out)|not))\b",
    re.IGNORECASE,
)
"""How the nurses of a shift are called where nurses are what is spoken about."""
_GONE = re.compile(
    r"\b(?:call\w*|phon\w*|rang|ring\w*|sick|ill|off|out|leav\w*|left|goes? home|went home|send\w*|let|lose|lost|"
    r"down|not (?:in|coming)|no-?shows?|less|fewer|without|missing|short)\b",
    re.IGNORECASE,
)
_LENDS = re.compile(
    r"\b(?:lend\w*|lent|loan\w*|giv\w+|gave|spar\w+|float\w*|send\w*|sent|pull\w*|tak\w+|borrow\w*)\b"
    r".*\b(?:to|for)\b",
    re.I,
)
"""A nurse goes to another unit."""
_PULLS = re.compile(
    rf"\b(?:lend|loan|give|spare|float|send|pull|take|borrow)\w*\s+(?:me\s+)?"
    rf"(?:{NUMBER}|somebody|someone|a nurse|an rn)\b",
    re.I,
)
_PATIENTS_MORE = re.compile(rf"\b(?:send\w*|sent)\s+(?:us|me)?\s*{NUMBER}\s+(?:more|extra)\b", re.IGNORECASE)
_AIM = re.compile(r"\b(?:to|for|onto|over to)\s+(?:the\s+)?$", re.IGNORECASE)
_OF_PATIENTS = re.compile(r"\b(?:patients?|pts?|beds?|discharg\w*|admi\w+|transfers?)\b", re.IGNORECASE)
_STAFFING = ("staffing_need", "who_can_cover", "request_agency")
_ON_A_UNIT = ("nurses_missing", "more_nurses", "nurses_there", "census", "more_in_beds")
_ONE_NURSE = re.compile(
    r"\b(?:another|an?|one of (?:my|the|our)|my)\s+(?:\w+ )?(?:nurse|rn|call[- ]?out|sick call)\b", re.I
)
_ONE_GONE = re.compile(rf"{_ONE_NURSE.pattern}|\b(?:somebody|someone|one of|a nurse|mine)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\bbeds?\b.*\b(?:being open\w*|were open\w*|in use)\b|"
    r"\b(?:open\w*|staff\w*|add\w*|use|activate\w*)\b.*\b(?:beds?|surge)\b|\bsurge beds?\b|"
    r"\b(?:run|use|fill)\w*\b.*\b(?:all|every)\b.*\bbeds?\b",
    re.IGNORECASE,
)
_HOW_MANY_NURSES = re.compile(r"\bhow many (?:\w+ )?(?:nurses|rns|more)\b", re.IGNORECASE)
_OPENS = re.compile(r"\b(?:open\w*|staff\w*|us(?:e|ed|ing)|running|in use)\b", re.IGNORECASE)
_SHUT_BEDS = re.compile(r"\b(?:closed|shut|unstaffed|mothballed)\s+(?:\w+ )?(?:beds|ones)\b", re.IGNORECASE)
_MORE_BEDS = re.compile(r"\b(?:more|extra|additional)\s+(?:[\w-]+\s+)?beds?\b", re.IGNORECASE)
_SOME_BEDS = re.compile(rf"\b{NUMBER}\s+(?:\w+\s+)?beds?\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:all|every)\b", re.IGNORECASE)
_CLOSE = re.compile(r"\b(?:clos\w+|lose|lost|block\w*|take out|shut\w*|out of (?:use|service))\b", re.IGNORECASE)
_NURSES = re.compile(
    r"\b(?:nurses?|(?:go|goes|went) home (?:sick|ill)|rns?|calls?(?:ed)?[ -]?(?:out|in sick|off)s?|sick calls?)\b",
    re.IGNORECASE,
)
_FEWER = re.compile(r"\b(?:call\w*|sick|ill|fewer|less|lose|lost|missing|short|without|out|down)\b", re.IGNORECASE)
_DEMAND = re.compile(r"\b(?:referrals?|demand|volumes?|requests?)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:drop\w*|falls?|fell|down|decreas\w*|shrinks?|fewer|less)\b", re.IGNORECASE)
_PATIENTS = re.compile(
    r"\b(?:patients?|admissions?|admits?|arrivals?|transfers?|sends?|more|extra|additional|another|holds?)\b",
    re.I,
)


def assumptions_of(heard: Heard) -> list[Assumed]:
    """What the message assumes, clause by clause; a clause without a word of its own shares the one before."""
    found: list[Assumed] = []
    for start, end in _spans(heard.text):
        assumed = _assumed(heard, start, end)
        if assumed is not None:
            found.append(assumed)
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(edge for cut in _CLAUSES.finditer(text) for edge in cut.span()), len(text)]
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if text[a:b].strip()]


def _assumed(heard: Heard, start: int, end: int) -> Assumed | None:
    clause = heard.text[start:end]
    unit = next((m.ids[0] for m in heard.named("unit") if start <= m.start < end and m.ids), None)
    count = _count(heard, start, end)
    source = next((name for name, pattern in _SOURCES.items() if pattern.search(clause)), None)
    if source is not None and unit is not None and unit.rpartition("-")[2] in ("ed", "pacu"):
        unit = None
    kind = _kind(heard, clause, count, unit, source)
    if kind is None:
        return None
    if kind in ("more_nurses", "nurses_missing") and _LENDS.search(clause):
        kind, unit = "nurses_missing", _lender(heard, start, end) or unit
    found: Assumed = {"kind": kind}
    if kind in _ON_A_UNIT:
        person = heard.one("staff") if kind == "nurses_missing" else None
        one = person is not None or (_ONE_NURSE if kind != "nurses_missing" else _ONE_GONE).search(clause) is not None
        return _told(heard, {**found, "count": count or (1 if one else None), "unit": unit or _ward(heard, person)})
    if kind == "more_demand":
        sign = -1 if _DOWN.search(clause) else 1
        found |= {"service": heard.one("service"), "percent": sign * (count or share_in(clause) or 10)}
    elif kind == "more_patients":
        share = _PERCENT.search(clause) is not None  # how many that are is not known here: it is asked
        found |= {"count": None if share else count, "source": source or "elsewhere", "unit": unit}
    elif kind == "late_discharges":
        found |= {"count": count, "unit": unit, "minutes": heard.minutes(), "percent": share_in(clause)}
    else:
        whole = kind == "beds_opened" and _EVERY.search(clause) is not None
        found |= {"count": None if whole else count, "unit": unit}
    return _told(heard, found)


def share_in(clause: str) -> int | None:
    """A share said in a word ("half of them"), in percent."""
    said = re.findall(r"[a-z]+", clause.casefold())
    return next((_SHARES[word] for word in said if word in _SHARES), None)


def _told(heard: Heard, found: Assumed) -> Assumed:
    return {key: value for key, value in {**found, "site": heard.site()}.items() if value is not None}


def _ward(heard: Heard, person: str | None) -> str | None:
    """The unit spoken about, that of the person named, or the speaker's own."""
    nurse = heard.asked.world.get(Staff, person) if person else None
    own = nurse.home_unit_id if nurse is not None else heard.user.home.unit_id
    named = heard.one("unit")
    sends = named is not None and named.rpartition("-")[2] in _SOURCES  # "3 from the ED" come to another unit
    return (None if sends else named) or (str(own) if own else named)


def _kind(heard: Heard, clause: str, count: int | None, unit: str | None, source: str | None) -> str | None:
    if count is not None and source is None and NURSES_THERE.search(clause) is not None:
        return "nurses_there"
    if count is not None and source is None and _about_nurses(heard) and _is_census(clause, count):
        return "census"
    if _DEMAND.search(clause) and source is None:
        return "more_demand"
    if (plain := _plain(heard, clause, count)) is not None:
        return plain
    if _DISCHARGE.search(clause) and not _NURSES.search(clause):
        return "late_discharges" if _LATE.search(clause) else "early_discharges"
    if _HOW_MANY_NURSES.search(clause):
        return None
    absent = heard.named("staff") and _FEWER.search(clause)
    if _NURSES.search(clause) or absent:
        return "nurses_missing" if _FEWER.search(clause) else "more_nurses"
    clause = _SHUT_BEDS.sub("beds", clause) if _OPENS.search(clause) else clause
    if _CLOSE.search(clause) and ("bed" in clause.casefold() or _counts_on(_SHUT_UNIT, clause, count, unit)):
        return "beds_closed"
    if _OPEN.search(clause) or _counts_on(_OPEN_UNIT, clause, count, unit):
        return "beds_opened"
    if count is not None and source is None and _MORE_BEDS.search(clause):
        return "beds_opened"
    if count is not None and (source is not None or _PATIENTS.search(clause)):
        on_a_unit = source is None or heard.user.home.unit_id is not None
        return "more_in_beds" if on_a_unit and _about_nurses(heard) and _ward(heard, None) else "more_patients"
    return None


def _plain(heard: Heard, clause: str, count: int | None) -> str | None:
    """What is plain whatever else the clause says: so many beds closed, or somebody of the nurses gone."""
    if count is not None and _CLOSE.search(clause) and _SOME_BEDS.search(clause):
        return "beds_closed"
    return "nurses_missing" if _leaves(heard, clause) else None


def _leaves(heard: Heard, clause: str) -> bool:
    """Whether somebody of the nurses will not be there, said without the word, where nurses are spoken about."""
    if any(pattern.search(clause) for pattern in _SOURCES.values()) or _PATIENTS_MORE.search(clause):
        return False  # patients are sent, not nurses
    ours = (_OF_OURS.search(clause) or _PULLS.search(clause)) is not None and _OF_PATIENTS.search(clause) is None
    return ours and _about_nurses(heard) and (_GONE.search(clause) or _PULLS.search(clause)) is not None


def _lender(heard: Heard, start: int, end: int) -> str | None:
    """The unit that a nurse is taken from: one named that is not where she goes, else the speaker's own."""
    units = [one for one in heard.named("unit") if start <= one.start < end and one.ids]
    left = [one.ids[0] for one in units if not _AIM.search(heard.text[: one.start])]
    own = heard.user.home.unit_id
    return left[0] if left else str(own) if own and not any(own in one.ids for one in units) else None


def _counts_on(deed: re.Pattern[str], clause: str, count: int | None, unit: str | None) -> bool:
    """ "open 6 on 3 East" counts beds, as nothing else of a unit is opened or shut by number."""
    return unit is not None and count is not None and deed.search(clause) is not None


def _is_census(clause: str, count: int) -> bool:
    found = _UP_TO.search(clause)
    return found is not None and int(found["all"]) == count


def _about_nurses(heard: Heard) -> bool:
    """Whether it is nurses, and not beds, that the patients are counted for."""
    staffing = heard.intent in _STAFFING or heard.memory.get("intent") in _STAFFING
    return staffing or _OF_STAFF.search(heard.text) is not None


def with_another_number(earlier: list[Assumed], number: int) -> list[Assumed]:
    """The same assumptions with another number in the last one that has a number: "and 4 instead"."""
    at = max((n for n, one in enumerate(earlier) if "count" in one), default=None)
    return [{**one, "count": number} if n == at else one for n, one in enumerate(earlier)]


def _count(heard: Heard, start: int, end: int) -> int | None:
    """The number of the clause that belongs to no name and no time."""
    taken = [(m.start, m.end) for m in heard.mentions if m.kind != "home"]
    taken += [(when.said.start, when.said.end) for when in heard.times]
    for word in re.finditer(r"\d+|[a-z]+", heard.text[start:end], re.IGNORECASE):
        at = start + word.start()
        if any(a <= at < b for a, b in taken):
            continue
        said = word.group().casefold()
        if said.isdigit():
            return int(said)
        if said in _NUMBERS and said not in ("a", "an"):
            return _NUMBERS[said]
    return None
