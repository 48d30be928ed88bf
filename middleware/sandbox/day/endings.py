"""What ends by itself: holds, rooms that were out until a time, loaners on their way."""

from datetime import datetime

from hospital.model.bookings import Hold
from hospital.model.places import Room
from hospital.model.supply import Loaner
from hospital.ports import Not, Range
from middleware.sandbox.day.passing import Passing
from middleware.sandbox.marks import changed_places


def end_what_is_over(passing: Passing) -> None:
    """Holds expire, rooms are open again, loaners arrive; rooms under a condition stay as they are."""
    work, over = passing.work, Range(before=passing.now)
    work.put(*(hold.changed(state="expired") for hold in work.find(Hold, state="held", expires_at=over)))
    flooded = changed_places(work, "room")
    for room in work.find(Room, status=Not("available"), status_until=over):
        if room.id not in flooded:
            work.put(_open_again(room, passing.now))
    due = work.find(Loaner, arrived_at=None, expected_at=over)
    work.put(*(loaner.changed(arrived_at=loaner.expected_at) for loaner in due))


def _open_again(room: Room, now: datetime) -> Room:
    opened: Room = room.changed(
        status="available", status_until=None, status_note="", status_by="feed", status_at=now
    )
    return opened
