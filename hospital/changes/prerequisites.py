"""What has to be ready before a case starts, as tasks with an owner and a due time."""

from datetime import timedelta
from typing import Any

from hospital.model.bookings import SurgicalCase, Task
from hospital.model.supply import Item
from hospital.ports import Reader

OWNER = "supply_chain"
"""Sterile processing works for supply chain here (our judgement)."""


def prerequisites_of(world: Reader, case: SurgicalCase) -> list[Task]:
    """One task per item that sterile processing must have done, due its processing hours before the start."""
    if case.start is None:
        return []
    found = []
    for planned in case.items:
        item = world.get(Item, planned.item_id)
        if item is None or item.kind == "supply":
            continue
        found.append(
            Task(
                id=f"TASK-{case.id}-{item.id}",
                kind="sterile_processing",
                about=f"case:{case.id}",
                owner_role=OWNER,
                due=case.start - timedelta(hours=item.processing_hours),
                note=f"{planned.quantity} x {item.id}",
            )
        )
    return found


def as_payload(tasks: list[Task]) -> list[dict[str, Any]]:
    """The same for a message to another system."""
    return [{"kind": task.kind, "what": task.note, "due": task.due.isoformat()} for task in tasks]
