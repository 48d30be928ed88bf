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
