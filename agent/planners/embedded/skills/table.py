"""The table of contents: which skill follows each intent. A new intent is its examples file and a line here."""

from collections.abc import Callable

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.intents import load_intents
from agent.planners.embedded.script import Script
from agent.planners.embedded.skills import (
    beds,
    cases,
    changed_cases,
    clinic,
    clinics,
    cover,
    displaced,
    durations,
    figures,
    staffing,
    substitution,
    supply,
    surgery,
    talk,
    visits,
    what_if,
    work,
)
from agent.planners.embedded.skills.reads import READS, beds_of_several, read
from agent.planners.embedded.skills.stock import stock

SKILLS: dict[str, Callable[[Heard], Script]] = {
    **dict.fromkeys(READS, read),
    **dict.fromkeys(talk.COMING, talk.coming),
    "add_on_case": surgery.add_on_case,
    "approve_in_chat": work.approve_in_chat,
    "assign_bed": beds.assign_bed,
    "book_visit": clinic.book_visit,
    "cancel_visit": visits.cancel_visit,
    "change_case": changed_cases.change_case,
    "clinic_earliest_slot": clinic.clinic_earliest_slot,
    "demand_vs_capacity": clinics.demand_vs_capacity,
    "bed_state": beds_of_several,
    "template_change": clinics.template_change,
    "overbook": clinics.overbook,
    "no_show_risk": clinics.no_show_risk,
    "offer_waitlist": clinics.offer_waitlist,
    "route_imaging": clinics.route_imaging,
    "confirm_no": clinic.confirm_no,
    "confirm_yes": clinic.confirm_yes,
    "create_requisition": supply.create_requisition,
    "displace": displaced.displace,
    "evidence_question": talk.evidence,
    "explain_change": figures.explain_change,
    "greeting": talk.greeting,
    "hand_over": work.hand_over,
    "help": talk.help_me,
    "hold_slot": clinic.hold_slot,
    "kpi_question": figures.kpi_question,
    "other_language": talk.other_language,
    "out_of_scope": talk.out_of_scope,
    "policy_why": work.policy_why,
    "predict_duration": durations.predict_duration,
    "propose_case": cases.propose_case,
    "record_status": work.record_status,
    "refine": talk.unplaced,
    "release_block": surgery.release_block,
    "request_agency": staffing.request_agency,
    "request_maintenance": surgery.request_maintenance,
    "reschedule_visit": visits.reschedule_visit,
    "schedule_show": visits.schedule_show,
    "schedule_case_for_patient": cases.schedule_case_for_patient,
    "staffing_need": cover.staffing_need,
    "stock_level": stock,
    "submit_option": cases.submit_option,
    "substitute_item": substitution.substitute_item,
    "thanks": talk.thanks,
    "place_waiting": beds.place_waiting,
    "surge_beds": beds.surge_beds,
    "what_if": what_if.what_if,
    "who_can_cover": cover.who_can_cover,
    "withdraw_request": work.withdraw_request,
    # the guard refuses these before any planner; if one slips past it, the page that forbids it is shown
    **dict.fromkeys(("mandate_overtime", "phi_diagnosis", "ratio_breach", "split_requisition"), talk.forbidden),
}


def ask_which(heard: Heard) -> Script:
    """One question between the likeliest matters, in the words of their descriptions."""
    about = {intent.name: intent.title for intent in load_intents()}
    likely = [name for name, _ in heard.ranking.intents[:6] if name in about and name not in _NOT_OFFERED][:3]
    return talk.unclear(heard, {name: about[name] for name in likely})


_NOT_OFFERED = frozenset(
    "mandate_overtime phi_diagnosis ratio_breach split_requisition refine confirm_yes confirm_no thanks greeting "
    "out_of_scope other_language".split()
)
"""Matters that nobody chooses from a list."""
