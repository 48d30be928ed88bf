"""One way of overbooking as a drafted plan: its sessions, its figures, and the wait of each group."""

from hospital.cards import TableCard
from hospital.changes.sessions import PlannedSlot
from hospital.changes.template_slots import OVER, OverbookSession
from hospital.ids import SessionId, SlotId
from hospital.model.bookings import ClinicSession, Slot
from hospital.model.people import Clinician
from hospital.model.places import Clinic, Site
from hospital.money import Cents
from hospital.planning.money_context import OptionMoney
from hospital.planning.overbook import (
    GroupWait,
    Overbooked,
    OverbookResult,
)
from hospital.ports import In
from policies.plans import ConstraintReport, Effect
from tools.tool import Draft, Toolbox
from tools.windows import listed, plural


def overbook_draft(
    box: Toolbox, clinic: Clinic, site: Site, result: OverbookResult, waits: tuple[GroupWait, ...]
) -> Draft:
    """All sessions of one way together, with overrun, wait and the group check said."""
    count = sum(len(one.beside) for one in result.sessions)
    gained = sum(one.gained for one in result.sessions)
    brings = box.policy.data.money.visits(clinic.service_id, gained)
    money = OptionMoney(revenue=Cents(brings.revenue), contribution=Cents(brings.contribution))
    overrun = max(one.after.overrun for one in result.sessions)
    before = max(one.before.overrun for one in result.sessions)
    wait = sum(one.after.wait for one in result.sessions) / len(result.sessions)
    wait_before = sum(one.before.wait for one in result.sessions) / len(result.sessions)
    said_groups = listed([f"{one.group} {one.after:.1f} min ({one.visits} visits)" for one in waits], 8)
    headline = (
        f"{plural(count, 'extra visit')} in {plural(len(result.sessions), 'session')}, {gained:.1f} more expected to "
        f"be seen; expected overrun at most {overrun:.1f} min a session (before {before:.1f}), mean wait {wait:.1f} "
        f"min (before {wait_before:.1f}). Group check passed, expected wait by language group: {said_groups}."
    )
    facts: dict[str, object] = {
        "extra": count,
        "sessions": len(result.sessions),
        "gained": round(gained, 1),
        "overrun": round(overrun, 1),
        "overrun_before": round(before, 1),
        "wait": round(wait, 1),
        "wait_before": round(wait_before, 1),
        "groups": [
            {"group": one.group, "visits": one.visits, "before": round(one.before, 1), "after": round(one.after, 1)}
            for one in waits
        ],
        **money.facts(),
    }
    return Draft(
        title=f"Overbook {clinic.name}",
        lines=tuple(_line(box, clinic, one) for one in result.sessions),
        effect=Effect(
            visits=round(gained),
            notes=(
                f"expected overrun at most {overrun:.1f} min a session, before {before:.1f}",
                f"expected mean wait {wait:.1f} min, before {wait_before:.1f}",
                f"group check passed: {said_groups}",
                money.words,
            ),
        ),
        report=ConstraintReport(
            binding=result.report.binding,
            slack=tuple(f"{name}: {left}" for name, left in result.report.slack.items()),
            why_not=tuple(f"{session}: {why}" for session, why in result.why_not),
        ),
        headline=headline,
        facts=facts,
        cards=(_table(box, site, result), _group_table(waits)),
    )


def _line(box: Toolbox, clinic: Clinic, one: Overbooked) -> OverbookSession:
    brings = box.policy.data.money.visits(clinic.service_id, one.gained)
    kinds = {slot.id: slot.visit_type for slot in box.world.find(Slot, id=In(tuple(slot.id for slot in one.beside)))}
    return OverbookSession(
        session_id=SessionId(one.session.id),
        clinic_id=clinic.id,
        service_id=clinic.service_id,
        site_id=clinic.site_id,
        beside=tuple(SlotId(slot.id) for slot in one.beside),
        adds=tuple(
            PlannedSlot(
                id=SlotId(f"{slot.id}{OVER}"), visit_type=kinds[SlotId(slot.id)], start=slot.start, end=slot.end
            )
            for slot in one.beside
        ),
        expected_visits=round(one.gained),
        expected_revenue=Cents(brings.revenue),
        expected_contribution=Cents(brings.contribution),
        requested_by=box.context.actor.id,
    )


def _table(box: Toolbox, site: Site, result: OverbookResult) -> TableCard:
    ids = In(tuple(one.session.id for one in result.sessions))
    sessions = {one.id: one for one in box.world.find(ClinicSession, id=ids)}
    people = {person.id: person.name for person in box.world.find(Clinician)}
    rows = tuple(
        (
            people.get(sessions[SessionId(one.session.id)].clinician_id, ""),
            ", ".join(f"{site.local(slot.start):%a %d %b %H:%M}" for slot in one.beside),
            ", ".join(f"{100 * slot.missed:.0f}%" for slot in one.beside),
            len(one.beside),
            one.session.cap,
            round(one.before.overrun, 1),
            round(one.after.overrun, 1),
            round(one.before.wait, 1),
            round(one.after.wait, 1),
        )
        for one in result.sessions
    )
    columns = (
        *("Clinician", "One more visit at", "Missed, chance", "Extra", "Cap"),
        *("Overrun before, min", "Overrun after, min", "Wait before, min", "Wait after, min"),
    )
    return TableCard(title="Extra visits by session", columns=columns, rows=rows, note=f"Times in {site.timezone}.")


def _group_table(waits: tuple[GroupWait, ...]) -> TableCard:
    return TableCard(
        title="Expected wait by language group",
        columns=("Group", "Booked visits", "Wait before, min", "Wait after, min"),
        rows=tuple((one.group, one.visits, round(one.before, 1), round(one.after, 1)) for one in waits),
        note="Compared after the slots were chosen; never an input.",
    )
