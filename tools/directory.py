"""Finding what a person named: by id or by name, with the nearest matches when there is none."""

import re
from collections.abc import Callable
from typing import TypeVar

from rapidfuzz import fuzz, process

from hospital.ids import SiteId
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician, Patient, Staff
from hospital.model.places import Clinic, Equipment, Room, Service, Site, Unit
from hospital.model.supply import Item
from hospital.ports import In
from policies.plans import Plan
from tools.tool import Problem, Toolbox

T = TypeVar("T")
CLOSE_ENOUGH = 86
"""Similarity (0 to 100) from which a name counts as meant; below, people are asked."""
CLEARLY = 3
"""By how much the nearest must be nearer than the next."""
SHOWN = 3
"""How many nearest matches are offered."""


def find_site(box: Toolbox, said: str | None) -> Site:
    """The site named, or the home site of whoever asks.

    Raises:
        Problem: unknown name (with the nearest), or nothing named and no home.
    """
    if said is None:
        home = box.context.actor.home.site_id
        if home is None:
            names = tuple(site.name for site in box.world.find(Site, order="name"))
            raise Problem("missing", "Which site do you mean?", choices=names, argument="site")
        return box.local(home)
    return _pick("site", said, [(s, (s.id, s.name)) for s in box.world.find(Site)])


def find_unit(box: Toolbox, said: str | None, site_said: str | None = None) -> Unit:
    """The nursing unit named (at the named or home site first), or the asker's home unit."""
    home = box.context.actor.home
    if said is None:
        site = find_site(box, site_said)
        unit = box.world.get(Unit, home.unit_id) if home.unit_id is not None else None
        if unit is not None and unit.site_id == site.id:
            return unit
        units = box.world.find(Unit, site_id=site.id, order="name")
        raise Problem("missing", "Which unit do you mean?", choices=tuple(u.name for u in units), argument="unit")
    return _pick_at_site(box, "unit", said, site_said, [(u, (u.id, u.name), u.site_id) for u in box.world.find(Unit)])


def find_room(box: Toolbox, said: str, site_said: str | None = None) -> Room:
    """The room named, at the named or home site first."""
    rooms = box.world.find(Room)
    return _pick_at_site(box, "room", said, site_said, [(r, (r.id, r.name), r.site_id) for r in rooms])


def find_device(box: Toolbox, said: str, site_said: str | None = None) -> Equipment:
    """The movable device named, at the named or home site first."""
    devices = box.world.find(Equipment)
    return _pick_at_site(box, "device", said, site_said, [(d, (d.id, d.name), d.site_id) for d in devices])


def find_clinic(box: Toolbox, said: str, site_said: str | None = None) -> Clinic:
    """The outpatient clinic named by its name, or by its service at a site."""
    services = {s.id: (s.name, *s.aliases) for s in box.world.find(Service)}
    clinics = box.world.find(Clinic)
    return _pick_at_site(
        box,
        "clinic",
        said,
        site_said,
        [(c, (c.id, c.name, c.service_id, *services.get(c.service_id, ())), c.site_id) for c in clinics],
    )


def find_service(box: Toolbox, said: str) -> Service:
    """The service line named, also by its aliases (ortho, derm, cards)."""
    return _pick("service", said, [(s, (s.id, s.name, *s.aliases)) for s in box.world.find(Service)])


def find_clinician(box: Toolbox, said: str) -> Clinician:
    """The physician named, with or without title."""
    people = box.world.find(Clinician)
    return _pick("clinician", said, [(p, (p.id, p.name, p.name.removeprefix("Dr. "))) for p in people])


def find_procedure(box: Toolbox, said: str) -> Procedure:
    """The kind of operation named."""
    return _pick("procedure", said, [(p, (p.id, p.name, *p.aliases)) for p in box.world.find(Procedure)])


def find_item(box: Toolbox, said: str) -> Item:
    """The item named by its code or name."""
    return _pick("item", said, [(i, (i.id, i.name)) for i in box.world.find(Item)])


def find_case(box: Toolbox, said: str) -> SurgicalCase:
    """The case with this number.

    Raises:
        Problem: when there is no such case.
    """
    number = "-".join(said.upper().replace("-", " ").split())
    case = box.world.get(SurgicalCase, number if number.startswith("CASE-") else f"CASE-{number}")
    if case is None:
        live = box.world.values(SurgicalCase, ("id",), state=In(("requested", "scheduled", "in_progress")))
        nearest = _nearest(number, [id for (id,) in live])
        raise Problem("unknown", f"There is no case {said}.{_hint(nearest)}", choices=nearest, argument="case")
    return case


def find_staff(box: Toolbox, said: str, site_id: SiteId) -> Staff:
    """The nurse or technologist named by id or name, at a site.

    Raises:
        Problem: nobody there is called that (with the nearest), or several are.
    """
    here = box.world.find(Staff, site_id=site_id)
    return _pick("staff member", said, [(person, (person.id, person.name)) for person in here])


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace(".", " ").split())


def _pick(
    what: str, said: str, candidates: list[tuple[T, tuple[str, ...]]], label: Callable[[T], str] | None = None
) -> T:
    """The one candidate that is meant: exact first, then nearest if it is near enough and alone.

    A name is `near enough` only with the same figures in it: OR 14 is never OR 1, HIP-REV-8 never HIP-REV-7.
    """
    wanted = _fold(said)
    exact = [entity for entity, names in candidates if wanted in {_fold(name) for name in names}]
    if len(exact) == 1:
        return exact[0]
    if len(exact) > 1:
        shown = tuple(
            label(entity) if label else names[1] for entity, names in candidates if any(entity is e for e in exact)
        )
        raise Problem("missing", f'There are several {what}s called "{said}".', choices=shown, argument=what)
    words = set(wanted.split())
    partly = [e for e, names in candidates if any(words <= set(_fold(name).split()) for name in names)]
    if words and len(partly) == 1:
        return partly[0]
    best = [max((_fold(n) for n in names), key=lambda n: fuzz.WRatio(n, wanted)) for _, names in candidates]
    near = process.extract(wanted, dict(enumerate(best)), scorer=fuzz.WRatio, limit=SHOWN) if wanted else []
    close = [(score, n) for _, score, n in near if score >= CLOSE_ENOUGH and _figures(best[n]) == _figures(wanted)]
    if close and (len(close) == 1 or close[0][0] - close[1][0] >= CLEARLY):
        return candidates[close[0][1]][0]
    nearest = tuple(dict.fromkeys(label(candidates[n][0]) if label else candidates[n][1][1] for _, _, n in near))
    raise Problem("unknown", f'There is no {what} "{said}".{_hint(nearest)}', choices=nearest, argument=what)


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _nearest(said: str, ids: list[str]) -> tuple[str, ...]:
    return tuple(id for id, _, _ in process.extract(said, ids, scorer=fuzz.ratio, limit=SHOWN))


def _hint(nearest: tuple[str, ...]) -> str:
    return f" Did you mean {' or '.join(nearest)}?" if nearest else ""


def _pick_at_site(
    box: Toolbox,
    what: str,
    said: str,
    site_said: str | None,
    candidates: list[tuple[T, tuple[str, ...], SiteId]],
) -> T:
    """Like `_pick`, at the named site and only there; with none named, at home first and then anywhere."""
    site_id = find_site(box, site_said).id if site_said else box.context.actor.home.site_id
    here = [(entity, names) for entity, names, site in candidates if site == site_id]
    if site_said:
        return _pick(what, said, here)
    wanted = _fold(said)
    if any(wanted in {_fold(name) for name in names} for _, names in here):
        return _pick(what, said, here)
    sites = {site.id: site.name for site in box.world.find(Site)}
    labels = {id(entity): f"{names[1]} ({sites.get(site, site)})" for entity, names, site in candidates}
    everywhere = [(entity, names) for entity, names, _ in candidates]
    return _pick(what, said, everywhere, lambda entity: labels[id(entity)])


def find_own_plan(box: Toolbox, said: str) -> Plan:
    """The plan with this id, if the person who asks is the one who asked for it.

    Raises:
        Problem: when there is no such plan or it is somebody else's.
    """
    plan = box.world.get(Plan, said)
    if plan is None:
        raise Problem("unknown", f"There is no plan {said}.", argument="plan")
    if plan.asked_by != box.context.actor.id:
        raise Problem("role", f"{plan.id} was asked for by {plan.asked_by}; only they can do that.", argument="plan")
    return plan


def find_patient(box: Toolbox, said: str) -> Patient:
    """The patient with this record number.

    Raises:
        Problem: unknown number, or a name instead of one (two identifiers decide who is meant).
    """
    patient = box.world.get(Patient, said.strip())
    if patient is not None:
        return patient
    if any(character.isdigit() for character in said):
        raise Problem("unknown", f"There is no patient with record number {said}.", argument="patient")
    raise Problem(
        "missing", f"Which {said}? Please give the record number and the date of birth.", argument="patient"
    )
