"""Operating rooms: how staffed time is used, first cases, turnovers, cancellations, and how well cases are timed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from hospital.kpis.formula import Cohort, Formula, Kpi, Measured, share
from hospital.model.bookings import Block, SurgicalCase
from hospital.planning.intervals import Interval
from hospital.planning.prime_time import PrimeTime
from hospital.ports import Not, Reader

TURNOVER_CAP = 60.0
"""Minutes; a longer gap is time between two uses, not a turnover."""
GRACE = 5.0
"""Minutes a first case may be late and still be on time."""
NEAR = 30.0

Case = tuple[str, str, str, datetime, datetime, datetime, datetime]
"""Room, site, service, scheduled start and end, wheels in and out."""
Window = Callable[[Interval, str], tuple[Interval, ...]]


def _where(cohort: Cohort, **more: str) -> dict[str, object]:
    return cohort.where(service_id="service_id", room_id="room_id", **more)


def _cases(world: Reader, cohort: Cohort, **more: str) -> tuple[list[Case], Counter[str]]:
    """Cases that were done, and how many were not or lack a time."""
    found = world.values(
        SurgicalCase,
        ("room_id", "site_id", "service_id", "start", "end", "wheels_in", "wheels_out", "state"),
        site_id=cohort.site_ids,
        start=cohort.past,
        **_where(cohort, **more),
    )
    excluded: Counter[str] = Counter()
    done = []
    for *case, state in found:
        if state == "cancelled":
            excluded["cancelled cases"] += 1
        elif case[0] is None or case[5] is None or case[6] is None:
            excluded["cases without both wheels times"] += 1
        else:
            done.append(tuple(case))
    return done, excluded


def _by_room_day(cases: Iterable[Case], zones: dict[str, ZoneInfo]) -> dict[tuple[str, date], list[Case]]:
    days: dict[tuple[str, date], list[Case]] = defaultdict(list)
    for case in cases:
        days[case[0], case[5].astimezone(zones[case[1]]).date()].append(case)
    for held in days.values():
        held.sort(key=lambda case: case[5])
    return days


def _zones(cohort: Cohort) -> dict[str, ZoneInfo]:
    return {str(site.id): ZoneInfo(site.timezone) for site in cohort.sites}


def _inside(start: datetime, end: datetime, windows: Iterable[Interval]) -> float:
    """Minutes of a stretch that lie in the windows."""
    inside = 0.0
    for window in windows:
        first, last = max(start, window.start), min(end, window.end)
        if last > first:
            inside += (last - first).total_seconds() / 60
    return inside


def _stays(
    world: Reader, cohort: Cohort
) -> tuple[dict[tuple[str, date], list[tuple[datetime, datetime]]], Counter[str]]:
    """Wheels in and out by room and day, and how many cases were cancelled or lack a time: only what is needed."""
    where = {"site_id": cohort.site_ids, "start": cohort.past, **_where(cohort, surgeon_id="clinician_id")}
    fields = ("room_id", "site_id", "wheels_in", "wheels_out")
    zones, excluded = _zones(cohort), Counter[str]()
    if cancelled := world.count(SurgicalCase, state="cancelled", **where):
        excluded["cancelled cases"] = cancelled
    days: dict[tuple[str, date], list[tuple[datetime, datetime]]] = defaultdict(list)
    for room, site, came, left in world.values(SurgicalCase, fields, state=Not("cancelled"), **where):
        if room is None or came is None or left is None:
            excluded["cases without both wheels times"] += 1
        else:
            days[room, came.astimezone(zones[site]).date()].append((came, left))
    for stays in days.values():
        stays.sort()
    return days, excluded


def _use(world: Reader, cohort: Cohort, window_of: Window) -> Measured:
    """In-room minutes and turnovers inside the windows of blocks that were kept, over the windows' minutes."""
    blocks = world.values(
        Block,
        ("room_id", "site_id", "start", "end", "state"),
        site_id=cohort.site_ids,
        start=cohort.past,
        **_where(cohort, owner_id="clinician_id"),
    )
    held, excluded = _stays(world, cohort)
    zones, names = _zones(cohort), {str(site.id): site.timezone for site in cohort.sites}
    total = sum(map(len, held.values()))
    used = turned = staffed = 0.0
    kept = 0
    known: dict[tuple[datetime, datetime, str], tuple[tuple[Interval, ...], float]] = {}
    for room, site, start, end, state in blocks:
        if state == "released":
            excluded["released blocks"] += 1
            continue
        span = (start, end, names[site])
        if span not in known:  # the rooms of a site are mostly lent at the same times
            windows = window_of(Interval(start, end), names[site])
            known[span] = windows, sum((one.end - one.start).total_seconds() / 60 for one in windows)
        windows, minutes = known[span]
        staffed += minutes
        kept += 1
        day = held.pop((room, start.astimezone(zones[site]).date()), [])
        used += sum(_inside(came, left, windows) for came, left in day)
        turned += sum(
            _inside(left, came, windows)
            for (_, left), (came, _) in pairwise(day)
            if 0 <= (came - left).total_seconds() / 60 <= TURNOVER_CAP
        )
    excluded["cases outside the staffed blocks"] = sum(map(len, held.values()))
    parts = {"in-room min": used, "turnover min": turned, "blocks": float(kept)}
    measured = share(used + turned, staffed, total - excluded["cases outside the staffed blocks"], excluded)
    return Measured(measured.numerator, measured.denominator, measured.value, measured.n, measured.excluded, parts)


def _is_turnover(before: Case, after: Case) -> bool:
    return 0 <= (after[5] - before[6]).total_seconds() / 60 <= TURNOVER_CAP


def prime_time_utilisation(world: Reader, cohort: Cohort) -> Measured:
    """Blocks clipped to prime time (weekdays 07:30-15:30, no holidays)."""
    prime = PrimeTime()
    return _use(world, cohort, lambda block, zone: tuple(prime.within(block, zone)))


def block_utilisation(world: Reader, cohort: Cohort) -> Measured:
    """Whole blocks that were not released."""
    return _use(world, cohort, lambda block, _: (block,))


def first_case_on_time(world: Reader, cohort: Cohort) -> Measured:
    """Whether the first case of each room and day went in by its scheduled time and the grace."""
    cases, excluded = _cases(world, cohort, surgeon_id="clinician_id")
    late = [
        (day[0][5] - day[0][3]).total_seconds() / 60 for day in _by_room_day(cases, _zones(cohort)).values() if day
    ]
    on_time = sum(minutes <= GRACE for minutes in late)
    strict = 100 * sum(minutes <= 0 for minutes in late) / len(late) if late else 0.0
    parts = {"% on time without grace": strict, "median min late": median(late) if late else 0.0}
    return share(on_time, len(late), len(late), excluded, **parts)


def turnover(world: Reader, cohort: Cohort) -> Measured:
    """Median minutes from wheels out to the next wheels in of the same room and day."""
    cases, excluded = _cases(world, cohort)
    gaps = []
    for day in _by_room_day(cases, _zones(cohort)).values():
        for before, after in pairwise(day):
            if _is_turnover(before, after):
                gaps.append((after[5] - before[6]).total_seconds() / 60)
            else:
                excluded[f"gaps over {TURNOVER_CAP:g} min"] += 1
    return Measured(sum(gaps), len(gaps), median(gaps) if gaps else None, len(gaps), excluded)


def cancelled_on_the_day(world: Reader, cohort: Cohort) -> Measured:
    """Cancelled cases by coded reason, over all that were scheduled for the day."""
    found = world.values(
        SurgicalCase,
        ("state", "cancel_reason"),
        site_id=cohort.site_ids,
        start=cohort.past,
        **_where(cohort, surgeon_id="clinician_id"),
    )
    reasons = Counter(reason or "no reason coded" for state, reason in found if state == "cancelled")
    open_ = sum(state not in ("cancelled", "completed") for state, _ in found)
    gone, n = sum(reasons.values()), len(found) - open_
    parts = {f"{reason}, cases": float(count) for reason, count in reasons.most_common()}
    return share(gone, n, n, {"cases not over yet": open_}, **parts)


def duration_accuracy(world: Reader, cohort: Cohort) -> Measured:
    """Mean absolute difference of scheduled and real minutes, with bias and the share within 30 min beside."""
    cases, excluded = _cases(world, cohort, surgeon_id="clinician_id")
    off = [((case[4] - case[3]) - (case[6] - case[5])).total_seconds() / 60 for case in cases]
    if not off:
        return Measured(0, 0, None, 0, excluded)
    missed = sum(map(abs, off))
    parts = {
        "min bias (scheduled - real)": sum(off) / len(off),
        f"% within {NEAR:g} min": 100 * sum(abs(one) <= NEAR for one in off) / len(off),
    }
    return Measured(missed, len(off), missed / len(off), len(off), excluded, parts)


_DONE = ("cancelled cases", "cases without both wheels times")

OPERATING_ROOMS = (
    Kpi(
        Formula(
            "prime-time-utilisation", "Prime-time utilisation", 1, "%",
            "in-room min inside the window + turnover", "staffed min inside the window",
            "cases in kept blocks, weekdays 07:30-15:30 on the site's clock",
            (*_DONE, "released blocks", "cases outside the staffed blocks", "weekends and holidays"),
            ("prime time utilisation", "prime time use", "prime time", "primetime", "or utilisation", "utilisation",
             "room utilisation", "util", "how full were the rooms", "use of the rooms", "use of our theatres",
             "use our theatres", "theatre use", "theatre time did we waste", "rooms sit idle", "rooms stood empty"),
        ),
        prime_time_utilisation,
    ),
    Kpi(
        Formula(
            "block-utilisation", "Block utilisation", 1, "%",
            "in-block min + turnover", "allocated - released block min", "cases in the blocks of the cohort",
            (*_DONE, "released blocks", "cases outside the staffed blocks"),
            ("block utilisation", "block use", "use of the block", "use of blocks", "block time use", "block util",
             "block usage", "using their blocks", "using the blocks", "use their blocks", "wasting block time",
             "wasted block time", "unused block time", "block numbers", "block figures", "block hours used",
             "block performance", "how full are the blocks", "how full the blocks"),
        ),
        block_utilisation,
    ),
    Kpi(
        Formula(
            "first-case-on-time", "First-case on-time starts", 1, "%",
            f"first cases with wheels in <= scheduled + {GRACE:g} min", "first cases",
            "the first case done in each room on each day", _DONE,
            ("first case on time starts", "first case starts", "on time starts", "fcots", "late starts",
             "started late", "late first starts", "first starts", "start late", "starting late", "first cases late",
             "starts on time", "start on time", "started on time", "first case of the day", "first cases",
             "morning starts", "start in the morning", "get going in the morning"),
        ),
        first_case_on_time,
    ),
    Kpi(
        Formula(
            "turnover", "Turnover", 1, "min",
            "min from wheels out to the next wheels in", "turnovers",
            f"consecutive cases in one room on one day, gaps up to {TURNOVER_CAP:g} min",
            (*_DONE, f"gaps over {TURNOVER_CAP:g} min"),
            ("turnover", "turnover time", "room turnaround", "time between cases", "between cases",
             "between two cases",
             "wheels out to wheels in", "from one patient out to the next", "flip a room", "flipping rooms",
             "turn between cases",
             "turn time",
             "turning rooms over", "turn rooms over", "turn a room", "gap between cases"), "lower", median=True,
        ),
        turnover,
    ),
    Kpi(
        Formula(
            "day-of-surgery-cancellation", "Day-of-surgery cancellations", 1, "%",
            "cases cancelled, by coded reason", "cases scheduled for the day", "cases whose day is over",
            ("cases not over yet",),
            ("day of surgery cancellations", "cancelled on the day", "cancel on the day", "called off on the day",
             "called off the same day",
             "cancelled the same morning", "cancelled that morning", "cancelled cases", "surgery cancellations",
             "cancellation rate", "cancellations", "same day cancellations", "cancelled same day",
             "cancelled on the day of surgery", "late cancellations"),
            "lower",
        ),
        cancelled_on_the_day,
    ),
    Kpi(
        Formula(
            "duration-accuracy", "Scheduled against real duration (MAE)", 1, "min",
            "absolute difference of scheduled and real min", "cases done", "cases with both wheels times", _DONE,
            ("duration accuracy", "duration error", "scheduling accuracy", "duration bias", "case durations",
             "booked against actual", "scheduled against actual", "booked versus actual", "scheduled versus actual",
             "booked vs actual", "scheduled vs actual", "run over their booked time", "run over", "runs over",
             "running over", "overruns", "overrun", "over booked time"),
            "lower",
        ),
        duration_accuracy,
    ),
)  # fmt: skip
"""In the order of the field."""
