"""Surgical cases: putting one on, with every resource at its own times."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span, name_resource
from hospital.changes.holds import HeldResource, standing_holds, use_holds
from hospital.changes.taken import LIVE_CASES, taken_by
from hospital.ids import CaseId, ClinicianId, PatientId, ProcedureId, RoomId, ServiceId, SiteId
from hospital.model.bookings import Block, CaseItem, Procedure, SurgicalCase, Urgency
from hospital.model.people import Patient, Scope
from hospital.model.places import LevelOfCare, Site
from hospital.ports import Message, Range, Reader, Writer


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
    post_op_level: LevelOfCare | None
    urgency: Urgency | None = None
    urgency_by: ClinicianId | None = None
    """The clinician who chose the band."""
    items: tuple[CaseItem, ...] = ()
    equipment: tuple[str, ...] = ()
    resources: tuple[HeldResource, ...]
    hold_group: str | None = None

    @model_validator(mode="after")
    def _in_a_room(self) -> Self:
        if not any(held.resource.startswith("room:") for held in self.resources):
            raise ValueError(f"{self.case_id}: a case needs a room among its resources")
        return self

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
            "own_block": bool(owned) and all(self._owns(block) for block in owned),
            "in_block": bool(owned),
            "block_owners": sorted({str(block.owner_id) for block in owned if block.owner_id}),
            "complete": self.patient_id is not None and self.surgeon_id is not None and self.procedure_id is not None,
        }

    def _owns(self, block: Block) -> bool:
        """Whether the block is lent to this surgeon, or to the whole service of the case."""
        if block.owner_id is None:
            return block.service_id == self.service_id
        return block.owner_id == self.surgeon_id

    def touches(self) -> frozenset[str]:
        used = [span_days(r.resource, r.start, r.end) for r in self.resources]
        who = (self.request_id and f"case:{self.request_id}", self.patient_id and f"patient:{self.patient_id}")
        used += [span_days(key, self.room.start, self.room.end) for key in who if key]
        return frozenset().union(*used)

    def violations(self, world: Reader, now: datetime) -> Sequence[Violation]:
        broken = list(self._of_request(world))
        if self.room.start < now:
            broken.append(Violation(constraint="in the past", sentence="that time has passed"))
        if self.patient_id is not None:
            broken.extend(self._of_patient(world, self.patient_id))
        for held in self.resources:
            name = name_resource(world, held.resource)
            if standing_holds(world, held.resource, held.start, held.end, now, self.hold_group):
                broken.append(Violation(constraint="held", sentence=f"{name} is held by somebody else"))
            broken.extend(
                Violation(
                    constraint=f"{held.resource.partition(':')[0]} free", sentence=f"{name} is taken by {what} then"
                )
                for what in taken_by(world, held.resource, held.start, held.end, self.site_id)
            )
        return broken

    def _of_request(self, world: Reader) -> Sequence[Violation]:
        """A request is fulfilled once; a case that has its time already is moved, which is another change."""
        if world.get(SurgicalCase, self.case_id) is not None:
            return (Violation(constraint="case", sentence=f"there is a case {self.case_id} already"),)
        if self.request_id is None:
            return ()
        requested = world.get(SurgicalCase, self.request_id)
        if requested is None:
            return (Violation(constraint="request", sentence=f"there is no case {self.request_id}"),)
        if requested.state != "requested":
            return (
                Violation(constraint="request", sentence=f"{self.request_id} is {requested.state} already, not open"),
            )
        return ()

    def _of_patient(self, world: Reader, patient_id: PatientId) -> Sequence[Violation]:
        if world.get(Patient, patient_id) is None:
            return (Violation(constraint="patient", sentence=f"there is no patient {patient_id}"),)
        clash = [
            case
            for case in world.find(
                SurgicalCase,
                patient_id=patient_id,
                state=LIVE_CASES,
                start=Range(before=self.room.end),
                end=Range(at_least=self.room.start),
            )
            if case.end is not None and case.end > self.room.start
        ]
        return tuple(
            Violation(constraint="patient free", sentence=f"the patient has {case.id} at that time already")
            for case in clash[:1]
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
                elective=self.urgency is None,
                urgency=self.urgency,
                urgency_by=self.urgency_by,
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
        band = f"{self.urgency}: " if self.urgency else ""
        others = "; ".join(
            f"{name_resource(world, held.resource)} {local_span(site, held.start, held.end).partition(' (')[0]}"
            for held in self.resources
            if held is not self.room
        )
        return (
            f"Schedule {band}{procedure.name if procedure else self.service_id} ({self.case_id}) in "
            f"{name_resource(world, self.room.resource)}, {site.name if site else self.site_id}, "
            f"{local_span(site, self.room.start, self.room.end)}" + (f"; {others}" if others else "")
        )
