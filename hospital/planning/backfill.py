"""A clinic's backfill rule: which free slots may be given out ahead, and who of the waitlist is next."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from hospital.model.bookings import WaitlistEntry
from hospital.model.places import Clinic, Site

Kept = Literal["urgent", "same_day", "notice"]
"""urgent: reserved for urgent visits; same_day: for patients of that day; notice: too soon for a complex visit."""


def kept_by_rule(
    clinic: Clinic, site: Site, visit_type: str, start: datetime, urgent_reserved: bool, now: datetime
) -> Kept | None:
    """Why the clinic's rule keeps a free slot back; None when it may be given out (field.md, clinic backfill)."""
    if urgent_reserved:
        return "urgent"
    today = site.local(start).date() == site.local(now).date()
    if visit_type in clinic.same_day_visit_types:
        return None if today else "same_day"
    if visit_type in clinic.complex_visit_types and start - now < timedelta(hours=clinic.backfill_notice_hours):
        return "notice"
    return None


def in_order(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    """Who is offered a slot first: by clinical priority (1 is highest), then by how long they have waited."""
    return sorted(entries, key=lambda entry: (entry.priority, entry.since, entry.id))
