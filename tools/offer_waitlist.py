"""Offering a freed slot to whoever is next on the waitlist, by the clinic's rule."""

from datetime import date, timedelta

from pydantic import AwareDatetime, Field

from hospital.changes.waitlist import OfferSlot, next_entry
from hospital.model.bookings import Slot, WaitlistEntry
from hospital.model.places import Clinic, Site
from hospital.planning.backfill import kept_by_rule
from hospital.ports import Range
from policies.plans import Effect
from tools.directory import find_clinic
from tools.hold_slot import find_slot
from tools.naming import fresh_id
from tools.open_slots import SAID, held_slots
from tools.sites_asked import is_everywhere
from tools.tool import Arguments, Draft, Problem, Toolbox, tool
from tools.windows import plural, say_span, window_of

STANDS = timedelta(hours=4)
"""How long an offer stands, and never past the start of the visit (our judgement)."""
AHEAD = timedelta(days=7)


class OfferWaitlist(Arguments):
    clinic: str | None = Field(default=None, description="The clinic; unstated when the slot is given")
    site: str | None = None
    slot: str | None = Field(default=None, description="The id of the freed slot; unstated: the next free one")
    visit_type: str | None = Field(default=None, description="Only slots of this kind")
    day: date | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    entry: str | None = Field(
        default=None, description="The waitlist entry that is to be offered it; unstated: who is next"
    )
    reason: str | None = Field(
        default=None, min_length=3, description="Why the clinic's rule or the order is not kept; a human then decides"
    )


@tool(OfferWaitlist, "write", sources=("ehr",), reads=("bookings",))
async def offer_waitlist(args: OfferWaitlist, box: Toolbox) -> Draft:
    """Offer a free slot to the next patient of the waitlist: by priority, then waiting time, within the rule."""
    if args.slot is None and args.clinic is None:
        raise Problem("missing", "Which clinic, or which slot?", argument="clinic")
    slots = [find_slot(box, args.slot)] if args.slot else _free(args, box)
    kept: dict[str, int] = {}
    for slot in slots:
        clinic = box.world.get(Clinic, slot.clinic_id) if slot.clinic_id else None
        if clinic is None:
            raise Problem(
                "conflict", f"Slot {slot.id} belongs to no clinic, so nobody waits for it.", argument="slot"
            )
        site = box.local(slot.site_id)
        why = kept_by_rule(clinic, site, slot.visit_type, slot.start, slot.urgent_reserved, box.now)
        if why is not None and args.slot and args.reason is None:
            raise Problem(
                "missing",
                f"The clinic's rule does not give that slot out: it is {SAID[why]}. Why should it be offered all the "
                "same? The clinic's medical director then decides.",
                argument="reason",
            )
        if why is not None and not args.slot:
            kept[SAID[why]] = kept.get(SAID[why], 0) + 1
            continue
        if (entry := next_entry(box.world, clinic.id, slot.visit_type, slot.start, slot.end)) is not None:
            meant = _meant(args, box, entry)
            # What keeps the rule and the order needs no reason, and has none.
            excused = why is not None or meant.id != entry.id
            return _draft(box, clinic, site, slot, meant, (args.reason or "") if excused else "")
    said = ", ".join(f"{plural(count, 'slot')} {why}" for why, count in kept.items())
    raise Problem(
        "conflict",
        f"No slot of {plural(len(slots), 'free slot')} can be offered: "
        + (f"the clinic's rule keeps {said}." if kept else "nobody on the waitlist waits for such a visit."),
        argument="slot",
    )


def _free(args: OfferWaitlist, box: Toolbox) -> list[Slot]:
    clinic = find_clinic(box, args.clinic or "", None if is_everywhere(args.site) else args.site)
    site = box.local(clinic.site_id)
    window = window_of(box, site, args.day, args.start, args.end, default=AHEAD)
    found = box.world.find(
        Slot,
        clinic_id=clinic.id,
        status="free",
        start=Range(at_least=window.start, before=window.end),
        order="start",
    )
    held = held_slots(box, [slot.id for slot in found])
    kind = (args.visit_type or "").casefold().replace(" ", "-")
    free = [slot for slot in found if slot.id not in held and slot.visit_type.startswith(kind)]
    if not free:
        span = say_span(site, window.start, window.end)
        raise Problem("conflict", f"{clinic.name} has no such free slot, {span}.", argument="clinic")
    return free


def _meant(args: OfferWaitlist, box: Toolbox, first: WaitlistEntry) -> WaitlistEntry:
    """Who is next, or the entry that was named; one out of turn needs a reason."""
    if args.entry is None or args.entry == first.id:
        return first
    named = box.world.get(WaitlistEntry, args.entry)
    if named is None:
        raise Problem("unknown", f"There is no waitlist entry {args.entry}.", argument="entry")
    if args.reason is None:
        raise Problem(
            "missing", f"{first.id} is next on the waitlist. Why should {named.id} come before?", argument="reason"
        )
    return named


def _draft(box: Toolbox, clinic: Clinic, site: Site, slot: Slot, entry: WaitlistEntry, reason: str) -> Draft:
    days = (box.now - entry.since).days
    line = OfferSlot(
        offer_id=fresh_id("OFFER"),
        entry_id=entry.id,
        patient_id=entry.patient_id,
        clinic_id=clinic.id,
        service_id=clinic.service_id,
        site_id=clinic.site_id,
        slot_id=slot.id,
        visit_type=slot.visit_type,
        start=slot.start,
        end=slot.end,
        expires_at=min(box.now + STANDS, slot.start),
        offered_by=box.context.actor.id,
        reason=reason,
    )
    until = site.local(line.expires_at)
    return Draft(
        title=f"Waitlist offer at {clinic.name}",
        lines=(line,),
        effect=Effect(visits=1, notes=(f"{entry.id}, priority {entry.priority}, waiting {plural(days, 'day')}",)),
        headline=(
            f"{'To be offered' if reason else 'Offered'} to patient {entry.patient_id} ({entry.id}, priority "
            f"{entry.priority}, waiting {plural(days, 'day')}): {clinic.name}, {slot.visit_type.replace('-', ' ')}, "
            f"{say_span(site, slot.start, slot.end)} ({site.timezone}), kept until {until:%a %d %b %H:%M} as "
            f"{line.offer_id}. It is booked once the patient has agreed."
        ),
        facts={
            "offer": line.offer_id,
            "entry": entry.id,
            "patient": entry.patient_id,
            "priority": entry.priority,
            "waiting_days": days,
            "slot": slot.id,
            "start": slot.start.isoformat(),
            "until": line.expires_at.isoformat(),
        },
    )
