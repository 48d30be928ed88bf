"""Beds to come and what-ifs about them, counted again from stays, beds and units."""

import re
from collections import Counter
from datetime import datetime

from evals.checks.look import Wrong, first_wrong, rows_with, same, say, site_of, words_of
from evals.replay import Played
from hospital.model.people import Encounter
from hospital.model.places import Bed, Unit
from hospital.ports import Reader

APART = ("ed", "pacu")
CLOSE = 0.051
"""Half a unit of the last digit that is shown."""


def _units(played: Played, world: Reader) -> list[Unit]:
    level, site = played.script.about.get("level"), site_of(played)
    every = world.find(Unit, site_id=site.id)
    return [unit for unit in every if unit.level not in APART and level in (None, unit.level)]


def _present(played: Played) -> Counter[str]:
    """Who lies in these units or waits for one, by specialty."""
    ids = {unit.id for unit in _units(played, played.after)}
    stays = played.after.find(Encounter, site_id=site_of(played).id)
    return Counter(
        str(stay.service_id)
        for stay in stays
        if (stay.state == "in_bed" and stay.unit_id in ids)
        or (stay.state == "boarding" and stay.target_unit_id in ids)
    )


def intervals_by_specialty(played: Played) -> Wrong:
    """Every specialty with patients there is in the table, with its count and an interval around the median."""
    rows = {
        str(row["Specialty"]): row for row in rows_with(played.last, "Specialty", "Needed", "Low 80%", "High 80%")
    }
    present = _present(played)
    if not present:
        return "nobody lies there, so the question proves nothing"
    for specialty, count in present.items():
        if specialty not in rows:
            return f"{specialty} is not in the table"
        row = rows[specialty]
        if wrong := same(f"patients of {specialty}", row["In or waiting"], count):
            return wrong
        if not int(row["Low 80%"] or 0) <= int(row["Needed"] or 0) <= int(row["High 80%"] or 0):
            return f"the interval of {specialty} does not hold its median"
    return say(words_of(played.last), r"80% interval \d+ to \d+")


def incoming_minus_discharges(played: Played) -> Wrong:
    """The discharges are the sum of the probabilities until then, and what is needed adds up."""
    until, now = datetime.fromisoformat(played.about("until")), played.line.clock.now()
    ids = {unit.id for unit in _units(played, played.after)}
    leaving = sum(
        stay.discharge_probability
        for stay in played.after.find(Encounter, site_id=site_of(played).id, state="in_bed")
        if stay.unit_id in ids and stay.expected_discharge_at and now <= stay.expected_discharge_at < until
    )
    rows = rows_with(played.last, "Site", "In or waiting", "Arrivals", "Transfers", "Discharges", "Needed", "Staffed")
    if len(rows) != 1:
        return f"{len(rows)} rows for one site"
    row = {name: float(value or 0) for name, value in rows[0].items() if isinstance(value, int | float)}
    if abs(row["Discharges"] - leaving) > CLOSE:
        return f"the answer says {row['Discharges']} discharges, the rows say {leaving:.2f}"
    mean = row["In or waiting"] + row["Arrivals"] + row["Transfers"] - row["Discharges"]
    if abs(row["Needed"] - mean) > 1.1:
        return f"{row['Needed']} needed do not follow from {mean:.1f}"
    staffed = sum(unit.staffed_beds for unit in _units(played, played.after))
    return first_wrong(
        same("staffed", row["Staffed"], float(staffed)),
        say(words_of(played.last), r"arrivals expected", r"predicted discharges \(a physician decides\)"),
    )


def model_age(played: Played) -> Wrong:
    """How old the forecasts are."""
    return say(words_of(played.last), r"forecasts? were made (?:just now|\d+ (?:minute|hour|day)s? ago)")


def _figure(played: Played, name: str, column: str) -> float | None:
    """What the comparison says of one figure, or None where it is not told (once)."""
    rows = [row for row in rows_with(played.last, "Figure", "As it is", "As assumed") if row["Figure"] == name]
    return float(rows[0][column] or 0) if len(rows) == 1 else None


def kept_apart_from_live(played: Played) -> Wrong:
    """No stay, bed or unit is other than before, the live column is the live count, and the reply says so."""
    for kind in (Encounter, Bed, Unit):
        if played.before.find(kind, order="id") != played.after.find(kind, order="id"):
            return f"{kind.__name__} rows were changed"
    live = _figure(played, "in or waiting", "As it is")
    return first_wrong(
        same("in or waiting", live, float(_present(played).total())),
        say(words_of(played.last), r"nothing was changed", r"assumed:"),
    )


def every_assumption_holds(played: Played) -> Wrong:
    """The last turn still has the patients assumed first, and the unit that discharges early since."""
    live, then = (_figure(played, "in or waiting", column) for column in ("As it is", "As assumed"))
    if live is None or then is None:
        return "who is in or waiting is not told as it is and as assumed"
    more = then - live
    unit = played.after.get(Unit, played.about("early"))
    if unit is None:
        raise LookupError(f"{played.script.name}: there is no unit {played.about('early')}")
    return first_wrong(
        same("more patients", more, float(played.about("more"))),
        say(words_of(played.last), rf"{re.escape(unit.name)} discharges early"),
    )


def chance_of_running_short(played: Played) -> Wrong:
    """Whether they run out is a chance, as it is and as assumed."""
    wrong = say(words_of(played.last), r"chance of \d+%", r"as it is \d+%")
    if wrong:
        return wrong
    live, then = (_figure(played, "chance short, %", column) for column in ("As it is", "As assumed"))
    if live is None or then is None:
        return "the chance is not told as it is and as assumed"
    return None if then >= live else f"with more patients the chance falls from {live}% to {then}%"
