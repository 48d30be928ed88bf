"""How many booked visits of a clinic will probably be missed, by session; never who."""

from collections import defaultdict
from datetime import date, timedelta

from pydantic import AwareDatetime, Field

from hospital.cards import TableCard
from hospital.model.history import ModelCard
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Site
from hospital.planning.intervals import Interval
from hospital.planning.missed_count import count_at, missed_counts
from hospital.planning.no_show_rates import PRIOR_VISITS
from tools.directory import find_clinic, find_service
from tools.sites_asked import find_sites, is_everywhere
from tools.slot_risks import RATES_OVER, BookedSlot, slot_risks
from tools.tool import Answer, Arguments, Problem, Toolbox, tool
from tools.windows import plural, say_span, window_of

AHEAD = timedelta(days=7)


class PredictNoShow(Arguments):
    clinic: str | None = Field(default=None, description="Clinic by name, e.g. Northgate ENT")
    service: str | None = Field(default=None, description="Service line; unstated: the clinic's, or one's own")
    site: str | None = Field(default=None, description="Site name or id")
    day: date | None = Field(default=None, description="A whole day at the site")
    start: AwareDatetime | None = Field(default=None, description="Start of the window; unstated: now")
    end: AwareDatetime | None = Field(default=None, description="End of the window; unstated: seven days on")


@tool(PredictNoShow, "read", sources=("ehr",), reads=("capacity",))
async def predict_no_show(args: PredictNoShow, box: Toolbox) -> Answer:
    """How many booked visits of a clinic will be missed: expected and 80% interval per session, without names."""
    clinic = _clinic(args, box)
    site = box.local(clinic.site_id)
    window = window_of(box, site, args.day, args.start, args.end, default=AHEAD)
    booked = slot_risks(box.world, box.now, clinic.id, window)
    span = say_span(site, window.start, window.end)
    if not booked:
        return Answer(
            headline=f"{clinic.name}, {span}: no visits are booked, so none can be missed.",
            facts={"clinic": clinic.name, "window": span, "booked": 0},
        )
    return _answer(box, clinic, site, window, booked)


def _clinic(args: PredictNoShow, box: Toolbox) -> Clinic:
    """The clinic named, or the only one of the service at the site.

    Raises:
        Problem: asking which, when there are several.
    """
    if args.clinic:
        return find_clinic(box, args.clinic, None if is_everywhere(args.site) else args.site)
    service = find_service(box, args.service).id if args.service else box.context.actor.home.service_id
    sites = {site.id for site in find_sites(box, args.site or "all")}
    clinics = [
        clinic
        for clinic in box.world.find(Clinic, order="name")
        if clinic.site_id in sites and service in (None, clinic.service_id)
    ]
    if len(clinics) != 1:
        choices = tuple(clinic.name for clinic in clinics or box.world.find(Clinic, order="name"))
        raise Problem("missing", "Which clinic do you mean?", choices=choices, argument="clinic")
    return clinics[0]


def _answer(box: Toolbox, clinic: Clinic, site: Site, window: Interval, booked: list[BookedSlot]) -> Answer:
    span = say_span(site, window.start, window.end)
    expected, low, high = _summed(booked)
    basis = _say_basis(box, site, booked)
    rows = _sessions(box, site, booked)
    headline = (
        f"{clinic.name}, {span}: of {plural(len(booked), 'booked visit')} about {expected:.1f} will be missed "
        f"(80% interval {low} to {high}), in {plural(len(rows), 'session')}; {basis}. "
        "This is by slot, never by person."
    )
    facts = {
        "clinic": clinic.name,
        "window": span,
        "booked": len(booked),
        "expected_missed": round(expected, 1),
        "interval_80": [low, high],
        "sessions": len(rows),
        "basis": basis,
        "rate_percent": round(100 * expected / len(booked), 1),
    }
    card = TableCard(
        title=f"No-shows foretold at {clinic.name}, {span}",
        columns=("Session", "Clinician", "Booked", "Expected missed", "80% interval", "Share, %"),
        rows=tuple(rows),
        note=f"{basis[:1].upper()}{basis[1:]}. Never inputs: payer, race, language, neighbourhood, welfare.",
    )
    return Answer(headline=headline, facts=facts, cards=(card,))


def _summed(booked: list[BookedSlot]) -> tuple[float, int, int]:
    chances = [one.foretold.probability for one in booked]
    counts = missed_counts(chances)
    return sum(chances), count_at(counts, 0.1), count_at(counts, 0.9)


def _sessions(box: Toolbox, site: Site, booked: list[BookedSlot]) -> list[tuple[str, str, int, float, str, float]]:
    sessions: dict[tuple[date, str], list[BookedSlot]] = defaultdict(list)
    for one in booked:
        sessions[site.local(one.start).date(), one.clinician_id or ""].append(one)
    names = {str(person.id): person.name for person in box.world.find(Clinician)}
    rows = []
    for (_, clinician), slots in sessions.items():
        expected, low, high = _summed(slots)
        when = say_span(site, slots[0].start, max(slot.end for slot in slots))
        share = round(100 * expected / len(slots), 1)
        rows.append((when, names.get(clinician, ""), len(slots), round(expected, 1), f"{low} to {high}", share))
    return rows


def _say_basis(box: Toolbox, site: Site, booked: list[BookedSlot]) -> str:
    """The model with its age and how it did, or the rates that stand in for it, with their number of visits."""
    by_model = sum(one.foretold.basis == "model" for one in booked)
    card = box.world.get(ModelCard, "no_show")
    if by_model and card is not None:
        auc = card.backtest.get("auc")
        tested = f", AUC {auc:.2f} on days it had not seen" if auc is not None else ""
        rest = f" ({len(booked) - by_model} newer bookings by rates)" if by_model < len(booked) else ""
        return f"by the model fitted {site.local(card.fitted_at):%a %d %b %H:%M} on {card.n} visits{tested}{rest}"
    seen = min(one.foretold.n for one in booked), max(one.foretold.n for one in booked)
    if not seen[1]:
        return "without any history, at one in ten"
    counts = f"{seen[0]} to {seen[1]}" if seen[0] != seen[1] else f"{seen[0]}"
    return (
        f"by the rates of visits of the same type and notice in the last {RATES_OVER.days} days "
        f"({counts} visits each, weighed against {PRIOR_VISITS:g} at the clinic's rate), as no model is fitted yet"
    )
