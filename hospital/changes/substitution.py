"""Another implant or set on one case, in place of the planned one."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Fact, Violation, resource_day
from hospital.changes.describe import local_span
from hospital.changes.prerequisites import as_payload, prerequisites_of
from hospital.entity import Time
from hospital.ids import CaseId, ClinicianId, ItemId, SiteId
from hospital.model.bookings import CaseItem, Procedure, SurgicalCase
from hospital.model.people import Clinician, Scope
from hospital.model.places import Site
from hospital.model.supply import Item, Stock
from hospital.ports import Message, Range, Reader, Writer


def reserved(world: Reader, site_id: SiteId, item_id: ItemId, now: datetime, but: CaseId | None = None) -> int:
    """How many of an item are promised to cases of the site that are still to come."""
    cases = world.find(SurgicalCase, site_id=site_id, state="scheduled", start=Range(at_least=now))
    return sum(
        planned.quantity for case in cases if case.id != but for planned in case.items if planned.item_id == item_id
    )


class SubstituteItem(Change):
    """The case is done with `substitute_id` instead of `item_id`; its own surgeon decides."""

    kind: Literal["substitute_item"] = "substitute_item"
    action: ClassVar[str] = "substitute_item"
    sources: ClassVar[tuple[str, ...]] = ("ehr", "inventory")
    case_id: CaseId
    site_id: SiteId
    surgeon_id: ClinicianId | None
    starts_at: Time
    item_id: ItemId
    substitute_id: ItemId

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        case = world.get(SurgicalCase, self.case_id)
        return {"surgeon": str(case.surgeon_id or "") if case else "", "starts_at": self.starts_at.isoformat()}

    def touches(self) -> frozenset[str]:
        day = self.starts_at.date()
        return frozenset({resource_day(f"case:{self.case_id}", day), f"stock:{self.site_id}:{self.substitute_id}"})

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        case, item = world.get(SurgicalCase, self.case_id), world.get(Item, self.substitute_id)
        if case is None or case.state != "scheduled" or case.start is None:
            return (Violation(constraint="case", sentence=f"{self.case_id} is not a scheduled case"),)
        if item is None:
            return (Violation(constraint="item", sentence=f"there is no item {self.substitute_id}"),)
        broken = []
        if case.start != self.starts_at:
            broken.append(Violation(constraint="case", sentence=f"{case.id} is at another time now"))
        planned = self._planned(case)
        if planned is None:
            broken.append(Violation(constraint="item", sentence=f"{case.id} is not planned with {self.item_id}"))
            return broken
        shelf = sum(row.on_hand for row in world.find(Stock, site_id=self.site_id, item_id=self.substitute_id))
        free = shelf - reserved(world, self.site_id, self.substitute_id, now, self.case_id)
        if free < planned.quantity:
            broken.append(
                Violation(
                    constraint="stock",
                    sentence=f"only {max(free, 0)} of {item.id} are free, and {case.id} needs {planned.quantity}",
                )
            )
        return broken

    def _planned(self, case: SurgicalCase) -> CaseItem | None:
        return next((item for item in case.items if item.item_id == self.item_id), None)

    def _changed(self, case: SurgicalCase) -> SurgicalCase:
        items = tuple(
            CaseItem(item_id=self.substitute_id, quantity=one.quantity) if one.item_id == self.item_id else one
            for one in case.items
        )
        changed: SurgicalCase = case.changed(items=items)
        return changed

    def apply(self, world: Writer, commit: Commit) -> None:
        case = world.get(SurgicalCase, self.case_id)
        if case is not None:
            changed = self._changed(case)
            fresh = [task for task in prerequisites_of(world, changed) if task.id.endswith(f"-{self.substitute_id}")]
            world.put(changed, *fresh)

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        case = world.get(SurgicalCase, self.case_id)
        if case is None:
            return ()
        changed = self._changed(case)
        return (
            Message(
                key=f"{commit.plan_id}:case:{self.case_id}",
                system="ehr",
                operation="change_items",
                payload={
                    "case_id": self.case_id,
                    "items": [item.model_dump() for item in changed.items],
                    "prerequisites": as_payload(prerequisites_of(world, changed)),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        case, site = world.get(SurgicalCase, self.case_id), world.get(Site, self.site_id)
        procedure = world.get(Procedure, case.procedure_id) if case else None
        surgeon = world.get(Clinician, self.surgeon_id) if self.surgeon_id else None
        old, new = world.get(Item, self.item_id), world.get(Item, self.substitute_id)
        when = local_span(site, case.start, case.end) if case and case.start and case.end else ""
        return (
            f"Use {self.substitute_id} ({new.name if new else 'unknown'}) instead of {self.item_id} "
            f"({old.name if old else 'unknown'}) on {self.case_id}, "
            f"{procedure.name if procedure else 'operation'}{f' by {surgeon.name}' if surgeon else ''}, {when}"
        )
