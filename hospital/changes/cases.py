"""Surgical cases: putting one on, with every resource at its own times."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource, standing_holds, use_holds
from hospital.ids import CaseId, ClinicianId, PatientId, ProcedureId, RoomId, ServiceId, SiteId
from hospital.model.bookings import Block, CaseItem, Procedure, SurgicalCase
from hospital.model.people import Scope
from hospital.model.places import LevelOfCare, Maintenance, Room, Site
from hospital.ports import In, Message, Range, Reader, Writer

_LIVE = In(("scheduled", "in_progress"))


class ScheduleCase(Change):
    """Put a new case into a room, with surgeon, anaesthesia, equipment and a post-op bed planned for it.

    `resources` holds each of them with its own times (the room first), as `kind:ID`.
    """

    kind: Literal["schedule_case"] = "schedule_case"
    action: ClassVar[str] = "schedule_case"
    sources: ClassVar[tuple[str, ...]] = ("ehr",)
    case_id: CaseId
    request_id: CaseId | None = None
    """The requested case that this fulfils, when there is one."""
    site_id: SiteId
    patient_id: PatientId | None
    procedure_id: ProcedureId | None
    service_id: ServiceId
    surgeon_id: ClinicianId | None
    anaesthesiologist_id: ClinicianId | None
    post_op_level: LevelOfCare
    items: tuple[CaseItem, ...] = ()
    equipment: tuple[str, ...] = ()
    resources: tuple[HeldResource, ...]
    hold_group: str | None = None

    @property
    def room(self) -> HeldResource:
        """The room's own interval: wheels-in to wheels-out with set-up and clean-up."""
        return next(r for r in self.resources if r.resource.startswith("room:"))

    @property
    def room_id(self) -> RoomId:
        """The operating room."""
        return RoomId(self.room.resource.removeprefix("room:"))

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, service_id=self.service_id)

    def facts(self, world: Reader, now: datetime) -> dict[str, Fact]:
        blocks = world.find(
            Block,
            room_id=self.room_id,
            state="allocated",
            start=Range(before=self.room.end),
            end=Range(at_least=self.room.start),
        )
        owned = [block for block in blocks if block.auto_release_at > now and block.end > self.room.start]
        return {
            "own_block": bool(owned) and all(block.owner_id == self.surgeon_id for block in owned),
            "in_block": bool(owned),
            "block_owners": sorted({str(block.owner_id) for block in owned if block.owner_id}),
            "complete": self.patient_id is not None and self.surgeon_id is not None and self.procedure_id is not None,
        }

    def touches(self) -> frozenset[str]:
        return frozenset().union(*(span_days(r.resource, r.start, r.end) for r in self.resources))

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = []
        if self.room.start < now:
            broken.append(Violation(constraint="in the past", sentence="that time has passed"))
        for held in self.resources:
            name = name_resource(world, held.resource)
            if standing_holds(world, held.resource, held.start, held.end, now, self.hold_group):
                broken.append(Violation(constraint="held", sentence=f"{name} is held by somebody else"))
            broken.extend(self._taken(world, held, name))
        return broken

    def _taken(self, world: Reader, held: HeldResource, name: str) -> Sequence[Violation]:
        kind, _, id = held.resource.partition(":")
        before, after = Range(before=held.end), Range(at_least=held.start)
        busy: list[str] = []
        if kind == "room":
            busy = [
                str(case.id)
                for case in world.find(SurgicalCase, room_id=id, state=_LIVE, start=before, end=after)
                if case.end is not None and case.end > held.start
            ]
            busy += [
                window.work_order
                for window in world.find(Maintenance, room_id=id, state="scheduled", start=before, end=after)
                if window.end > held.start
            ]
            room = world.get(Room, id)
            if (
                room is not None
                and room.status in ("blocked", "closed")
                and (room.status_until is None or room.status_until > held.start)
            ):
                busy.append(room.status_note or room.status)
        elif kind == "clinician":
            busy = [
                str(case.id)
                for case in world.find(SurgicalCase, surgeon_id=id, state=_LIVE, start=before, end=after)
                if case.end is not None and case.end > held.start
            ]
        return tuple(
            Violation(constraint=f"{kind} free", sentence=f"{name} is taken by {what} then") for what in busy
        )

    def apply(self, world: Writer, commit: Commit) -> None:
        requested = world.get(SurgicalCase, self.request_id) if self.request_id else None
        if requested is not None:
            world.put(requested.changed(state="cancelled", cancel_reason=f"scheduled as {self.case_id}"))
        procedure = world.get(Procedure, self.procedure_id) if self.procedure_id else None
        case_time = next((r for r in self.resources if r.resource.startswith("clinician:")), self.room)
        world.put(
            SurgicalCase(
                id=self.case_id,
                site_id=self.site_id,
                patient_id=self.patient_id,
                procedure_id=procedure.id if procedure else ProcedureId("unspecified"),
                service_id=self.service_id,
                surgeon_id=self.surgeon_id,
                anaesthesiologist_id=self.anaesthesiologist_id,
                room_id=self.room_id,
                start=case_time.start,
                end=case_time.end,
                state="scheduled",
                equipment=self.equipment,
                items=self.items,
                post_op_level=self.post_op_level,
            )
        )
        use_holds(world, self.hold_group)

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        return (
            Message(
                key=f"{commit.plan_id}:case:{self.case_id}",
                system="ehr",
                operation="schedule_case",
                payload={
                    "case_id": self.case_id,
                    "patient_id": self.patient_id,
                    "procedure_id": self.procedure_id,
                    "surgeon_id": self.surgeon_id,
                    "room_id": self.room_id,
                    "start": self.room.start.isoformat(),
                    "end": self.room.end.isoformat(),
                },
                plan_id=commit.plan_id,
            ),
        )

    def sentence(self, world: Reader) -> str:
        site = world.get(Site, self.site_id)
        procedure = world.get(Procedure, self.procedure_id) if self.procedure_id else None
        others = "; ".join(
            f"{name_resource(world, held.resource)} {local_span(site, held.start, held.end).partition(' (')[0]}"
            for held in self.resources
            if held is not self.room
        )
        return (
            f"Schedule {procedure.name if procedure else self.service_id} ({self.case_id}) in "
            f"{name_resource(world, self.room.resource)}, {site.name if site else self.site_id}, "
            f"{local_span(site, self.room.start, self.room.end)}" + (f"; {others}" if others else "")
        )
