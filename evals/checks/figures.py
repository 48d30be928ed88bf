"""Key figures and their changes, counted again from the rows without the product's formulas."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from evals.checks.look import Wrong, first_wrong, on_clock, same, say, site_of
from evals.replay import Played
from hospital.model.bookings import Appointment, Block, Slot, SurgicalCase
from hospital.model.history import DemandCount
from hospital.model.people import Shift
from hospital.model.places import Maintenance, Room, Site
from hospital.planning.prime_time import holidays_between
from hospital.ports import In, Range

LONGEST_TURNOVER = timedelta(minutes=60)
_PARTS = re.compile(r"= ([\d.]+) \([^()]*(?:\([^()]*\))?[^()]*\) over ([\d.]+) \(")
Pair = tuple[float, float]


def formula_version(played: Played) -> Wrong:
    """The very formula that was asked for, with its version."""
    return say(played.reply, rf"formula {re.escape(played.about('kpi'))} v\d+")


def numerator_and_denominator(played: Played) -> Wrong:
    """Both are told, and are what the rows say."""
    found = _PARTS.search(played.reply)
    if found is None:
        return "numerator and denominator are not told"
    top, bottom = RECOUNTS[played.about("kpi")](played)
    return first_wrong(
        same("numerator", float(found[1]), round(top, 1)), same("denominator", float(found[2]), round(bottom, 1))
    )


def exclusions(played: Played) -> Wrong:
    """What was left out is told with its number."""
    if played.about("kpi") == "tnaa":
        return say(played.reply, rf"Excluded: {sum(slot.urgent_reserved for slot in _free(played))} urgent-reserved")
    gone = sum(case.state == "cancelled" for case in _cases(played))
    return say(played.reply, r"Excluded: ", rf"\b{gone} cancelled cases")


def parts_beside(played: Played) -> Wrong:
    """No percentage stands without what it is made of."""
    return "a percentage stands alone" if "%" in played.reply and not _PARTS.search(played.reply) else None


def third_open_slot(played: Played) -> Wrong:
    """The mean over providers of the days to their third open slot."""
    top, bottom = _third_next(played)
    return say(played.reply, rf"now: {re.escape(f'{top / bottom:.1f}'.removesuffix('.0'))} days")


def call_outs_and_outages(played: Played) -> Wrong:
    """As many as the roster and the maintenance list hold for the period."""
    start, end = _period(played)
    shifts = played.after.find(Shift, site_id=played.about("site"), role="imaging_tech", state="called_out")
    outs = sum(start <= shift.start < end for shift in shifts)
    outages = sum(
        start <= one.start < end and one.room_id in _scanners(played) for one in played.after.find(Maintenance)
    )
    return first_wrong(_told(played, outs, "technologist call-outs"), _told(played, outages, "scanner outages"))


def referrals(played: Played) -> Wrong:
    """The referrals of the period."""
    first, after = (date.fromisoformat(played.about(edge)) for edge in ("from", "to"))
    rows = played.after.find(DemandCount, series=f"referrals:imaging:{played.about('site')}")
    return _told(played, sum(row.count for row in rows if first <= row.day < after), "imaging referrals")


def change_adds_up(played: Played) -> Wrong:
    """Both figures are what the rows say, and what the days add is the whole change."""
    found = re.search(r": ([\d.]+) against ([\d.]+) in [^,]+, (?:(up|down) ([\d.]+)|unchanged)", played.reply)
    if found is None:
        return "the two figures are not told"
    start, end = _period(played)
    before = start - timedelta(days=1)
    first = on_clock(site_of(played), before.date().replace(day=1).isoformat(), time())
    now, then = _overtime(played, start, end), _overtime(played, first, start)
    days = [float(points) for points in re.findall(r"days? with.*?([+-]\d+\.\d) points", played.reply)]
    change = float(found[4] or 0) * (-1 if found[3] == "down" else 1)
    off = bool(days) and abs(sum(days) - change) > 0.06 * (len(days) + 1)
    return first_wrong(
        same("the figure", float(found[1]), round(now, 1)),
        same("the figure before", float(found[2]), round(then, 1)),
        f"the days add up to {sum(days):.1f}, not to {change:.1f}" if off else None,
    )


def nothing_proven(played: Played) -> Wrong:
    """What happened in the same period is not called the cause."""
    claimed = re.search(r"\b(?:because of|caused by|due to)\b", played.reply, re.IGNORECASE)
    return f'"{claimed[0]}" claims a cause' if claimed else say(played.reply, "do not prove")


def _told(played: Played, count: int, what: str) -> Wrong:
    return say(played.reply, rf"\b{count} {what} \(|{what} \((?:\d+|none on record) and {count}\)")


def _period(played: Played) -> tuple[datetime, datetime]:
    clock = site_of(played) if played.script.about.get("site") else played.after.find(Site, id="northgate")[0]
    start, end = (on_clock(clock, played.about(edge), time()) for edge in ("from", "to"))
    return start, end


def _scanners(played: Played) -> set[str]:
    return {str(room.id) for room in played.after.find(Room, site_id=played.about("site"), kind="imaging")}


def _overtime(played: Played, start: datetime, end: datetime) -> float:
    rooms = _scanners(played)
    extra = booked = 0.0
    for visit in played.after.find(Appointment, room_id=In(sorted(rooms)), start=Range(start, end)):
        if visit.status == "fulfilled":
            extra += visit.overtime_minutes
            booked += (visit.end - visit.start).total_seconds() / 60
    return 100 * extra / (booked + extra) if booked else 0.0


def _sites(played: Played) -> list[Site]:
    return [site for site in played.after.find(Site) if played.script.about.get("site", site.id) == site.id]


def _cases(played: Played) -> list[SurgicalCase]:
    start, end = _period(played)
    service = played.script.about.get("service")
    return [
        case
        for site in _sites(played)
        for case in played.after.find(SurgicalCase, site_id=site.id, start=Range(start, end))
        if not service or case.service_id == service
    ]


def _room_use(played: Played) -> Pair:
    """Minutes in use and kept, block by block: a minute counts once, be it a case or a short gap between two."""
    start, end = _period(played)
    service = played.script.about.get("service")
    sites = {str(site.id): site for site in _sites(played)}
    done: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for case in _cases(played):
        if case.state != "cancelled" and case.room_id and case.wheels_in and case.wheels_out:
            done[case.room_id].append((case.wheels_in, case.wheels_out))
    used = kept = 0.0
    for block in played.after.find(Block, state="allocated", start=Range(start, end)):
        site = sites.get(block.site_id)
        if site is None or not start <= block.start < end or (service and block.service_id != service):
            continue
        day = site.local(block.start).date()
        first, last = block.start, block.end
        if played.about("kpi") == "prime-time-utilisation":
            if day.weekday() > 4 or holidays_between(day, day):
                continue
            first = max(first, on_clock(site, day.isoformat(), time(7, 30)))
            last = min(last, on_clock(site, day.isoformat(), time(15, 30)))
        kept += (last - first).total_seconds() / 60
        spans = sorted(span for span in done[block.room_id] if site.local(span[0]).date() == day)
        gaps = [(a[1], b[0]) for a, b in pairwise(spans)]
        for one, other in [*spans, *(gap for gap in gaps if timedelta() <= gap[1] - gap[0] <= LONGEST_TURNOVER)]:
            used += max(0.0, (min(other, last) - max(one, first)).total_seconds() / 60)
    return used, kept


def _free(played: Played) -> list[Slot]:
    now = played.line.clock.now()
    until = now + timedelta(days=180)
    free = played.after.find(Slot, clinic_id=played.about("clinic"), status="free")
    return [slot for slot in free if now <= slot.start < until]


def _third_next(played: Played) -> Pair:
    by_provider: dict[str, list[datetime]] = defaultdict(list)
    sites = {str(site.id): site for site in played.after.find(Site)}
    today = played.line.clock.now()
    days = []
    for slot in _free(played):
        if not slot.urgent_reserved and slot.clinician_id:
            by_provider[slot.clinician_id].append(sites[slot.site_id].local(slot.start))
            today = sites[slot.site_id].local(today)
    for starts in by_provider.values():
        if len(starts) >= 3:
            days.append((sorted(starts)[2].date() - today.date()).days)
    return float(sum(days)), float(len(days))


RECOUNTS: dict[str, Callable[[Played], Pair]] = {
    "prime-time-utilisation": _room_use,
    "block-utilisation": _room_use,
    "tnaa": _third_next,
}
"""How each figure that a dialogue asks for is counted again."""
