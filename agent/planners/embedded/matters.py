"""Which matters change something."""

WRITES = frozenset({
    "assign_bed", "book_visit", "cancel_visit", "change_case", "create_requisition", "hold_slot", "mandate_overtime",
    "overbook", "ratio_breach", "record_status", "request_agency", "reschedule_visit",
    "schedule_case_for_patient", "split_requisition", "submit_option", "substitute_item", "withdraw_request",
    "approve_in_chat",
})  # fmt: skip
"""Matters that change something or ask for what is forbidden: a question is never one of them."""
CHANGING = (WRITES - {"approve_in_chat", "record_status"}) | {
    "offer_waitlist",
    "release_block",
    "request_maintenance",
}
"""Matters that change something when they are done; a fact that is told is no deed, and approving is never talk."""
LOOKED_UP = {
    "assign_bed": "bed_state",
    "book_visit": "clinic_earliest_slot",
    "change_case": "or_open_time",
    "create_requisition": "stock_level",
    "hold_slot": "clinic_earliest_slot",
    "offer_waitlist": "clinic_earliest_slot",
    "release_block": "or_open_time",
    "request_agency": "who_can_cover",
    "request_maintenance": "schedule_show",
    "reschedule_visit": "clinic_earliest_slot",
    "schedule_case_for_patient": "propose_case",
    "substitute_item": "stock_level",
}
"""What is looked up when a change was spoken about and a question goes on with it: "and on Thursday?"."""
ASIDE = frozenset({"confirm_yes", "confirm_no", "thanks", "greeting", "refine", "help", "out_of_scope"})
"""Talk beside the work."""
WITH_OPTIONS = frozenset({
    "add_on_case", "change_case", "displace", "overbook", "place_waiting", "propose_case", "release_block",
    "route_imaging", "surge_beds", "template_change", "who_can_cover",
})  # fmt: skip
"""Matters whose answer is a list of plans, one of which may be submitted by its place: "the first"."""
