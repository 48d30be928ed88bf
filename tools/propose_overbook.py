"""Extra visits beside slots that will probably be missed: capped, with overrun, waits and a group check."""

import asyncio
from collections import defaultdict
from functools import partial

from hospital.changes.template_slots import OVER, already_over
from hospital.model.bookings import Appointment, ClinicSession, Slot
from hospital.model.people import PatientGroup
from hospital.model.places import Clinic, Site
from hospital.planning.intervals import Interval
from hospital.planning.overbook import (
    Limits,
    OverbookResult,
    Session,
    SlotRisk,
    compare_groups,
    overbook,
    waits_longer,
)
from hospital.ports import In, Not, Range
from tools.allocation_arguments import ProposeAllocation
from tools.directory import find_clinic
from tools.overbook_plan import overbook_draft
from tools.slot_risks import slot_risks
from tools.tool import Options, Problem, Toolbox
from tools.windows import listed, say_span, window_of

MOST_DAYS = 14
CAUTIOUS = 1
"""Extra visits a session of the more careful option."""


async def propose_overbook(args: ProposeAllocation, box: Toolbox) -> Options:
    """Per session of the clinic as many extra visits as cap, overrun and waits allow; never chosen by person."""
    if not args.clinic:
        raise Problem("missing", "Which clinic should be overbooked?", argument="clinic")
    clinic = find_clinic(box, args.clinic, args.site)
    site = box.local(clinic.site_id)
    window = window_of(box, site, args.day, args.start, args.end, most=MOST_DAYS)
    sessions = _sessions(box, clinic, window)
    held = box.policy.data.limits.overbooking
    limits = Limits(held.overrun_minutes, held.wait_minutes, held.noticeable_minutes)
    # The groups are read only after everything was chosen, and can only take an option away.
    chosen = [await asyncio.to_thread(partial(overbook, sessions, limits, args.extra))]
    if args.extra is None:
        chosen.append(await asyncio.to_thread(partial(overbook, sessions, limits, CAUTIOUS)))
    groups = _groups(box, [slot.id for session in sessions for slot in session.slots])
    return _told(box, clinic, site, window, limits, chosen, groups)


def _sessions(box: Toolbox, clinic: Clinic, window: Interval) -> list[Session]:
    """The clinic's sessions that have not begun, with the risk of each booked slot."""
    risks = {one.slot_id: one for one in slot_risks(box.world, box.now, clinic.id, window)}
    rows = box.world.values(
        Slot,
        ("id", "session_id", "start", "end"),
        clinic_id=clinic.id,
        status=Not("busy-unavailable"),
        start=Range(at_least=window.start, before=window.end),
    )
    by_session: dict[str, list[SlotRisk]] = defaultdict(list)
    for id, session_id, start, end in rows:
        if session_id is not None and not str(id).endswith(OVER):
            known = risks.get(id)
            chance = known.foretold.probability if known else 0.0
            by_session[session_id].append(SlotRisk(id, start, end, chance, booked=known is not None))
    every = [one.foretold.probability for one in risks.values()]
    usual = sum(every) / len(every) if every else 0.0
    found = []
    for session in box.world.find(
        ClinicSession, clinic_id=clinic.id, start=Range(at_least=window.start, before=window.end), order="start"
    ):
        slots = tuple(sorted(by_session[session.id], key=lambda one: one.start))
        cap = clinic.overbook_cap - already_over(box.world, session.id)
        if session.start > box.now and slots:
            found.append(Session(session.id, slots, max(0, cap), usual))
    return found


def _groups(box: Toolbox, slots: list[str]) -> dict[str, str]:
    """The language group of whoever is booked into each slot: for the comparison only."""
    patients = dict(
        box.world.values(Appointment, ("slot_id", "patient_id"), slot_id=In(tuple(slots)), status="booked")
    )
    languages = dict(box.world.values(PatientGroup, ("id", "language"), id=In(tuple(sorted(set(patients.values()))))))
    return {slot: languages.get(patient, "not known") for slot, patient in patients.items()}


def _told(
    box: Toolbox,
    clinic: Clinic,
    site: Site,
    window: Interval,
    limits: Limits,
    chosen: list[OverbookResult],
    groups: dict[str, str],
) -> Options:
    span = say_span(site, window.start, window.end)
    facts: dict[str, object] = {
        "clinic": clinic.name,
        "clinic_id": clinic.id,
        "window": span,
        "cap": clinic.overbook_cap,
        "limits": {"overrun": limits.overrun, "wait": limits.wait, "noticeable": limits.noticeable},
        "status": chosen[0].status,
        "relax": [one.words for one in chosen[0].relax],
    }
    drafts, refused, shown = [], [], set[tuple[str, ...]]()
    for result in chosen:
        key = tuple(slot.id for one in result.sessions for slot in one.beside)
        if not result.sessions or key in shown:
            continue
        shown.add(key)
        waits = compare_groups(result.sessions, groups)
        if longer := waits_longer(waits, limits):
            refused.append(f"{listed([one.group for one in longer])} would wait noticeably longer")
            continue
        drafts.append(overbook_draft(box, clinic, site, result, waits))
    facts["plans"] = [draft.facts for draft in drafts]
    facts["refused"] = refused
    if not drafts and refused:
        facts |= {"status": "infeasible", "relax": ["another day: no group may wait noticeably longer"]}
    if not drafts:
        why = (
            listed(refused)
            or " or ".join(f"it takes {one.words}" for one in chosen[0].relax)
            or "no visit is booked then"
        )
        return Options(headline=f"{clinic.name}, {span}: no extra visit can be added: {why}.", drafts=(), facts=facts)
    first = drafts[0]
    also = f" More careful: {drafts[1].headline}" if len(drafts) > 1 else ""
    dropped = f" Left out by the group check: {'; '.join(refused)}." if refused else ""
    return Options(
        headline=f"{clinic.name}, {span}: {first.headline}{also}{dropped} The cap is {clinic.overbook_cap} extra "
        "visits a session; slots are chosen by their own risk, never by who is booked.",
        drafts=tuple(drafts),
        facts=facts,
        cards=tuple(card for draft in drafts for card in draft.cards),
    )
