"""The earliest clinic slots of the right visit type."""

from datetime import timedelta

from rapidfuzz import fuzz, process

from hospital.cards import TableCard
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Room, Service, Site
from hospital.planning.backfill import kept_by_rule
from hospital.ports import In
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_clinic, find_clinician, find_service
from tools.open_slots import Found, FreeSlot, Reason, find_slots
from tools.sites_asked import find_sites, is_everywhere
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, say_moment, say_span, window_of

AHEAD = timedelta(days=180)
"""How far ahead the earliest slot is looked for when no end is stated."""
SIMILAR = 75


def answer_clinic(args: QueryCapacity, box: Toolbox) -> Answer:
    """The next free slots at a clinic, of a service at a site, or of a service anywhere."""
    clinics = _clinics(args, box)
    sites = {str(clinic.site_id): box.local(clinic.site_id) for clinic in clinics}
    clinician = find_clinician(box, args.clinician) if args.clinician else None
    visit_type = match_visit_type(args.visit_type, clinics)
    clinics = [clinic for clinic in clinics if visit_type in clinic.visit_types]
    site = sites[clinics[0].site_id]
    stated = args.day is not None or args.end is not None
    window = window_of(box, site, args.day, args.start, args.end, default=None if stated else AHEAD, most=366)
    by_id = {str(clinic.id): clinic for clinic in clinics}
    person = {"clinician_id": clinician.id} if clinician else {}

    def why_not(slot: FreeSlot) -> Reason | None:
        return _why_not(box, by_id[slot.clinic_id or ""], sites[by_id[slot.clinic_id or ""].site_id], slot)

    found = find_slots(
        box,
        window,
        args.limit,
        why_not,
        clinic_id=In(tuple(by_id)),
        visit_type=visit_type,
        **person,
    )
    return _answer(box, clinics, sites, visit_type, clinician, found)


def _clinics(args: QueryCapacity, box: Toolbox) -> list[Clinic]:
    if args.clinic:
        return [find_clinic(box, args.clinic, None if is_everywhere(args.site) else args.site)]
    service_id = find_service(box, args.service).id if args.service else box.context.actor.home.service_id
    if service_id is None:
        if args.clinician:
            service_id = find_clinician(box, args.clinician).service_id
        else:
            services = tuple(service.name for service in box.world.find(Service, order="name"))
            raise Problem("missing", "Which clinic or service?", choices=services, argument="clinic")
    clinics = box.world.find(Clinic, service_id=service_id, order="name")
    service = box.world.get(Service, service_id)
    name = service.name if service else service_id
    if args.site and not is_everywhere(args.site):
        site = find_sites(box, args.site)[0]
        here = [clinic for clinic in clinics if clinic.site_id == site.id]
        if not here:
            elsewhere = tuple(clinic.name for clinic in clinics)
            hint = f" There is {listed(list(elsewhere))}." if elsewhere else ""
            raise Problem("unknown", f"{site.name} has no {name} clinic.{hint}", choices=elsewhere, argument="site")
        return here
    home = box.context.actor.home.site_id
    at_home = [clinic for clinic in clinics if clinic.site_id == home]
    if not clinics:
        raise Problem("unknown", f"There is no {name} clinic.", argument="service")
    return at_home if at_home and args.site is None else clinics


def match_visit_type(said: str | None, clinics: list[Clinic]) -> str:
    """The visit type of these clinics that is meant.

    Raises:
        Problem: none named although there are several, or none like it.
    """
    known = tuple(dict.fromkeys(kind for clinic in clinics for kind in clinic.visit_types))
    words = {kind: say_visit_type(kind) for kind in known}
    choices = tuple(words.values())
    if said is None:
        if len(known) == 1:
            return known[0]
        raise Problem("missing", "Which kind of visit?", choices=choices, argument="visit_type")
    wanted = say_visit_type(said).casefold()
    exact = [kind for kind, name in words.items() if name.casefold() == wanted]
    starting = [kind for kind, name in words.items() if name.casefold().startswith(wanted)]
    for candidates in (exact, starting):
        if len(candidates) == 1:
            return candidates[0]
    near = process.extractOne(wanted, words, scorer=fuzz.WRatio, score_cutoff=SIMILAR)
    if near is None:
        raise Problem(
            "unknown",
            f'{listed([clinic.name for clinic in clinics])} has no visit type "{said}"; '
            f"it has {listed(list(choices))}.",
            choices=choices,
            argument="visit_type",
        )
    return near[2]


def say_visit_type(kind: str) -> str:
    """`new_patient` as people say it."""
    return kind.replace("_", " ").replace("-", " ")


def _why_not(box: Toolbox, clinic: Clinic, site: Site, slot: FreeSlot) -> Reason | None:
    return kept_by_rule(clinic, site, slot.visit_type, slot.start, slot.urgent_reserved, box.now)


def _answer(
    box: Toolbox,
    clinics: list[Clinic],
    sites: dict[str, Site],
    visit_type: str,
    clinician: Clinician | None,
    found: Found,
) -> Answer:
    names = {str(clinic.id): clinic for clinic in clinics}
    people = {
        id: name
        for id, name in box.world.values(
            Clinician, ("id", "name"), id=In(tuple({s.clinician_id for s in found.offered if s.clinician_id}))
        )
    }
    rooms = dict(box.world.values(Room, ("id", "name"), id=In(tuple({s.room_id for s in found.offered}))))
    rows, offered = [], []
    for number, slot in enumerate(found.offered, 1):
        clinic = names[slot.clinic_id or ""]
        site = sites[clinic.site_id]
        when = say_span(site, slot.start, slot.end)
        who = people.get(slot.clinician_id, "")
        rows.append((number, when, site.timezone, clinic.name, who, rooms.get(slot.room_id, ""), slot.id))
        offered.append(
            {
                "slot": slot.id,
                "said": when,
                "start": site.local(slot.start).isoformat(),
                "end": site.local(slot.end).isoformat(),
                "minutes": slot.minutes,
                "zone": site.timezone,
                "clinic": clinic.name,
                "site": site.name,
                "clinician": who,
                "room": rooms.get(slot.room_id),
            }
        )
    site = sites[clinics[0].site_id]
    kind = say_visit_type(visit_type)
    where = listed([clinic.name for clinic in clinics], 4)
    with_whom = f" with {clinician.name}" if clinician else ""
    looked = found.looked
    if offered:
        first, rest = offered[0], offered[1:]
        zones = sorted({str(one["zone"]) for one in offered})
        several = len(zones) > 1
        headline = (
            f"Earliest {kind} slot at {first['clinic']}: {_say_offer(first, first, several)}"
            + (f"; then {listed([_say_offer(one, first, several) for one in rest], 50)}" if rest else "")
            + f" (times in {listed(zones)})."
        )
    else:
        headline = (
            f"No free {kind} slot{with_whom} at {where} from {say_moment(site, looked.start)} "
            f"to {say_moment(site, looked.end)} ({site.timezone}). Try a later time, another clinic or the waitlist."
        )
    return Answer(
        headline=" ".join(part for part in (headline, found.sentence()) if part),
        facts={
            "visit_type": kind,
            "clinics": [clinic.name for clinic in clinics],
            "sites": sorted({sites[clinic.site_id].name for clinic in clinics}),
            "zone": site.timezone,
            "slots": offered,
            "not_offered": dict(found.skipped),
            "not_offered_total": sum(found.skipped.values()),
            "looked_from": say_moment(site, looked.start),
            "looked_to": say_moment(site, looked.end),
            "clinician": clinician.name if clinician else None,
        },
        cards=(
            TableCard(
                title=f"Next {kind} slots: {where}",
                columns=("#", "When", "Zone", "Clinic", "Clinician", "Room", "Slot"),
                rows=tuple(rows),
                note=found.sentence(),
            ),
        )
        if rows
        else (),
    )


def _say_offer(offer: dict[str, object], first: dict[str, object], zone: bool) -> str:
    who = f" with {offer['clinician']}" if offer["clinician"] else ""
    where = f" at {offer['clinic']}" if offer["clinic"] != first["clinic"] else ""
    clock = f" {offer['zone']}" if zone else ""
    return f"{offer['said']}{clock}{who}{where}"
