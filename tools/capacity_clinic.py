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
from tools.sites_asked import find_sites, is_everywhere, say_sites
from tools.tool import Answer, Problem, Toolbox
from tools.windows import listed, say_moment, say_span, window_of

AHEAD = timedelta(days=180)
"""How far ahead the earliest slot is looked for when no end is stated."""
SIMILAR = 75
ANY_KIND = "any"
"""Said for the kind of visit: each of them."""
EACH = 2
"""So many slots of each kind are offered where no kind is named."""


def answer_clinic(args: QueryCapacity, box: Toolbox) -> Answer:
    """The next free slots at a clinic, of a service at a site, or of a service anywhere."""
    clinics = _clinics(args, box)
    sites = {str(clinic.site_id): box.local(clinic.site_id) for clinic in clinics}
    clinician = find_clinician(box, args.clinician) if args.clinician else None
    kinds = tuple(dict.fromkeys(kind for clinic in clinics for kind in clinic.visit_types))
    if args.visit_type == ANY_KIND and len(kinds) > 1:
        return _every_kind(args, box, clinics, kinds)
    visit_type = match_visit_type(None if args.visit_type == ANY_KIND else args.visit_type, clinics)
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
        lambda slot: args.suits(sites[by_id[slot.clinic_id or ""].site_id].local(slot.start)),
        clinic_id=In(tuple(by_id)),
        visit_type=visit_type,
        **person,
    )
    return _answer(box, clinics, sites, visit_type, clinician, found, args.wish())


def _every_kind(args: QueryCapacity, box: Toolbox, clinics: list[Clinic], kinds: tuple[str, ...]) -> Answer:
    """The first slots of every kind of visit, kind by kind, in one list."""
    each = [
        (say_visit_type(kind), answer_clinic(args.model_copy(update={"visit_type": kind, "limit": EACH}), box))
        for kind in kinds
    ]
    offered = [{**slot, "kind": kind} for kind, answer in each for slot in answer.facts["slots"]]
    where = listed([clinic.name for clinic in clinics], 4)
    if not offered:
        return each[0][1].model_copy(update={"headline": " ".join(answer.headline for _, answer in each)})
    zones = sorted({str(one["zone"]) for one in offered})
    said = []
    for kind, answer in each:
        slots = answer.facts["slots"]
        offers = [_say_offer(one, _one_place(one, clinics), len(zones) > 1) for one in slots]
        said.append(f"{kind} {listed(offers)}" if offers else f"no free {kind} slot")
    return Answer(
        headline=f"{where}{args.wish()}, next free by kind of visit: {'; '.join(said)} (times in {listed(zones)}).",
        facts={**each[0][1].facts, "visit_type": "any", "slots": offered, "kinds": [kind for kind, _ in each]},
        cards=(
            TableCard(
                title=f"Next slots by kind of visit: {where}",
                columns=("#", "Kind", "When", "Zone", "Clinic", "Clinician", "Room", "Slot"),
                rows=tuple(
                    (
                        n,
                        one["kind"],
                        *(str(one[key] or "") for key in ("said", "zone", "clinic", "clinician", "room")),
                        str(one["slot"]),
                    )
                    for n, one in enumerate(offered, 1)
                ),
            ),
        ),
    )


def _one_place(offer: dict[str, object], clinics: list[Clinic]) -> dict[str, object]:
    """What an offer's clinic is compared with, so that it is said only where there are several."""
    return {"clinic": None if len(clinics) > 1 else offer["clinic"]}


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
        sites = find_sites(box, args.site)
        here = [clinic for clinic in clinics if clinic.site_id in {site.id for site in sites}]
        if not here:
            elsewhere = tuple(clinic.name for clinic in clinics)
            hint = f" There is {listed(list(elsewhere))}." if elsewhere else ""
            raise Problem(
                "unknown",
                f"{say_sites(sites, args.site)} has no {name} clinic.{hint}",
                choices=elsewhere,
                argument="site",
            )
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
    wish: str,
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
            f"Earliest {kind} slot{wish} at {first['clinic']}: {_say_offer(first, first, several)}"
            + (f"; then {listed([_say_offer(one, first, several) for one in rest], 50)}" if rest else "")
            + f" (times in {listed(zones)})."
        )
    else:
        headline = (
            f"No free {kind} slot{with_whom}{wish} at {where} from {say_moment(site, looked.start)} "
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
