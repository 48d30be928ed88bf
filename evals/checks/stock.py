"""Cases without their implant: planned cases walked over the shelf, earliest first."""

from collections import defaultdict
from datetime import datetime, timedelta

from evals.checks.look import Wrong, rows_with, same, say, say_when, site_of, words_of
from evals.replay import Played
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician, Patient
from hospital.model.supply import Item, Loaner, Stock

Lack = tuple[str, str, int, str, int]
"""Case, item, how many short, needed by (as said), lead time in days."""


def _cases(played: Played) -> list[tuple[datetime, SurgicalCase]]:
    now = played.line.clock.now()
    until = datetime.fromisoformat(played.about("until"))
    site = site_of(played)
    found = [c for c in played.after.find(SurgicalCase, site_id=site.id, state="scheduled") if c.start is not None]
    timed = [(case.start, case) for case in found if case.start is not None and now <= case.start < until]
    return sorted(timed, key=lambda pair: (pair[0], pair[1].id))


def lacking(played: Played) -> set[Lack]:
    """Who goes without, when each case in turn takes from the shelf what it was planned with."""
    site = site_of(played)
    shelf: dict[str, int] = defaultdict(int)
    for stock in played.after.find(Stock, site_id=site.id):
        shelf[stock.item_id] += stock.on_hand
    short: set[Lack] = set()
    for start, case in _cases(played):
        for planned in case.items:
            item = played.after.get(Item, planned.item_id)
            if item is None or played.after.count(Loaner, case_id=case.id, item_id=item.id):
                continue
            missing = max(0, planned.quantity - shelf[item.id])
            shelf[item.id] = max(0, shelf[item.id] - planned.quantity)
            if missing:
                need_by = say_when(site, start - timedelta(hours=item.processing_hours))
                short.add((str(case.id), str(item.id), missing, need_by, item.lead_time_days))
    return short


def shortages_in_full(played: Played) -> Wrong:
    """Exactly the cases that lack something, each with item, shortfall, need-by and lead time, also in words."""
    rows = rows_with(played.last, "Case", "Item", "Short", "Need by", "Lead days")
    said = {(r["Case"], r["Item"], r["Short"], r["Need by"], r["Lead days"]) for r in rows}
    real = lacking(played)
    if said != real:
        return f"missing {sorted(real - said)}, too many {sorted(map(str, said - real))}"
    if not real:
        return say(words_of(played.last), "no case lacks|no planned case")
    for case, item, missing, need_by, days in real:
        if wrong := say(words_of(played.last), rf"{case}[^;]*{missing} x {item} short[^;]*{need_by}[^;]*{days} days"):
            return wrong
    return None


def no_patient_name(played: Played) -> Wrong:
    """Nobody who is to be operated on in that time is named."""
    known = {name.removeprefix("Dr. ") for (name,) in played.after.values(Clinician, ("name",))}
    patients = [played.after.get(Patient, case.patient_id) for _, case in _cases(played) if case.patient_id]
    named = sorted({p.name for p in patients if p is not None and p.name not in known and p.name in played.reply})
    return f"patients are named: {', '.join(named)}" if named else None


def shortage_count(played: Played) -> Wrong:
    """How many cases lack something is said as a figure."""
    cases = len({lack[0] for lack in lacking(played)})
    told = rows_with(played.last, "Case", "Item", "Short")
    return same("cases that lack something", len({row["Case"] for row in told}), cases)
