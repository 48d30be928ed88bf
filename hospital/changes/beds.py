"""Beds: a patient is put into one, and closed ones are opened."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hospital.changes.base import Change, Commit, Fact, Violation, span_days
from hospital.changes.describe import local_span
from hospital.entity import Time, require_order
from hospital.ids import BedId, SiteId, UnitId, UserId
from hospital.model.bookings import Hold
from hospital.model.people import Encounter, Scope
from hospital.model.places import Bed, Site, Unit
from hospital.planning.bed_limits import BedSpot, WaitingPatient, beyond_rules, broken_limits
from hospital.ports import In, Message, Range, Reader, Writer

HERE = In(("in_bed", "boarding"))


def waiting_patient(world: Reader, stay: Encounter, now: Time) -> WaitingPatient:
    """What a patient needs of a bed; from recovery, what the unit they are bound for gives."""
    bound = world.get(Unit, stay.target_unit_id) if stay.target_unit_id else None
    level = bound.level if bound and stay.level == "pacu" else stay.level
    waited = max(0, (now - stay.admitted_at) // timedelta(minutes=1))
    precaution = "isolation" if stay.isolation else ""
    return WaitingPatient(
        stay.id, level, stay.service_id, waited, precaution, frozenset(stay.equipment), stay.target_unit_id
    )


def bed_spot(bed: Bed, unit: Unit, taken: str) -> BedSpot:
    """What a bed offers."""
    return BedSpot(
        bed.id,
        bed.unit_id,
        bed.level,
        frozenset(unit.specialties),
        bed.isolation_capable,
        frozenset(bed.features),
        taken,
    )


def why_taken(world: Reader, bed: Bed, stay_id: str, now: Time) -> str:
    """Why nobody can be put into this bed now; empty when somebody can."""
    if any(one.id != stay_id for one in world.find(Encounter, bed_id=bed.id, state=HERE)):
        return "occupied"
    if not bed.staffed or bed.status == "closed":
        return "closed for lack of staff"
    if bed.status != "available":
        return bed.status
    held = world.find(Hold, resource=f"bed:{bed.id}", state="held", expires_at=Range(at_least=now))
    return "held for somebody" if held else ""


def places_left(world: Reader, unit: Unit) -> int:
    """For how many more patients the unit has nurses."""
    return unit.staffed_beds - world.count(Encounter, unit_id=unit.id, state="in_bed")


class AssignBed(Change):
    """One patient goes into one bed of the same site."""

    kind: Literal["assign_bed"] = "assign_bed"
    action: ClassVar[str] = "place_bed"
    sources: ClassVar[tuple[str, ...]] = ("adt",)
    encounter_id: str
    bed_id: BedId
    unit_id: UnitId
    site_id: SiteId
    at: Time
    requested_by: UserId

    def scope(self, world: Reader) -> Scope:
        return Scope(site_id=self.site_id, unit_id=self.unit_id)

    def facts(self, world: Reader, now: Time) -> dict[str, Fact]:
        found = self._pair(world, now)
        beyond = beyond_rules(*found) if found else ()
        hard = [limit for limit in (broken_limits(*found, 1) if found else ()) if limit != "free"]
        return {
            "isolation": "isolation" in beyond,
            "other_level": "other_level" in beyond,
            "other_specialty": "other_specialty" in beyond,
            "possible": not hard,
        }

    def _pair(self, world: Reader, now: Time) -> tuple[WaitingPatient, BedSpot] | None:
        stay, bed = world.get(Encounter, self.encounter_id), world.get(Bed, self.bed_id)
        unit = world.get(Unit, bed.unit_id) if bed else None
        if stay is None or bed is None or unit is None:
            return None
        return waiting_patient(world, stay, now), bed_spot(bed, unit, why_taken(world, bed, stay.id, now))

    def touches(self) -> frozenset[str]:
        return span_days(f"bed:{self.bed_id}", self.at, self.at) | span_days(
            f"encounter:{self.encounter_id}", self.at, self.at
        )

    def violations(self, world: Reader, now: Time) -> Sequence[Violation]:
        stay, bed = world.get(Encounter, self.encounter_id), world.get(Bed, self.bed_id)
        if stay is None or stay.state == "discharged":
            return (Violation(constraint="patient", sentence=f"{self.encounter_id} is no patient of this site now"),)
        if bed is None:
            return (Violation(constraint="bed", sentence=f"there is no bed {self.bed_id}"),)
        if stay.bed_id == bed.id:
            return (Violation(constraint="bed", sentence=f"the patient is in bed {bed.label} already"),)
        if stay.site_id != bed.site_id:
            return (Violation(constraint="site", sentence=f"the patient is at {stay.site_id}, the bed is not"),)
        broken = []
        if taken := why_taken(world, bed, stay.id, now):
            broken.append(Violation(constraint="bed", sentence=f"bed {bed.label} is {taken}"))
        unit = world.get(Unit, bed.unit_id)
        moves_in = stay.state == "boarding" or stay.unit_id != bed.unit_id
        if unit is not None and moves_in and places_left(world, unit) <= 0:
            broken.append(
                Violation(
                    constraint="staffed beds",
                    sentence=f"all {unit.staffed_beds} staffed beds of {unit.name} are used",
                )
            )
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        stay, bed = world.get(Encounter, self.encounter_id), world.get(Bed, self.bed_id)
        assert stay is not None, "checked by violations"
        assert bed is not None, "checked by violations"
        left = world.get(Bed, stay.bed_id) if stay.bed_id else None
        if left is not None:
            world.put(left.changed(status="dirty", status_at=commit.at))
        world.put(
            bed.changed(status="occupied", status_at=commit.at),
            stay.changed(state="in_bed", unit_id=bed.unit_id, bed_id=bed.id, target_unit_id=None),
        )

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        payload = {"encounter_id": self.encounter_id, "bed_id": self.bed_id, "unit_id": self.unit_id}
        return (Message(f"{commit.plan_id}:bed:{self.encounter_id}", "ehr", "assign_bed", payload, commit.plan_id),)

    def sentence(self, world: Reader) -> str:
        """Names the place where the patient is now, never the patient."""
        stay, bed = world.get(Encounter, self.encounter_id), world.get(Bed, self.bed_id)
        unit, site = world.get(Unit, self.unit_id), world.get(Site, self.site_id)
        lies = world.get(Bed, stay.bed_id) if stay and stay.bed_id else None
        where = f" in bed {lies.label}" if lies and lies.id != self.bed_id else ""
        return (
            f"Put the patient{where} ({self.encounter_id}) into bed {bed.label if bed else self.bed_id}, "
            f"{unit.name if unit else self.unit_id}, {site.name if site else self.site_id}"
        )


class OpenBeds(Change):
    """Closed beds of a unit are opened for a while; who looks after their patients are lines of their own."""

    kind: Literal["open_beds"] = "open_beds"
    action: ClassVar[str] = "surge"
    sources: ClassVar[tuple[str, ...]] = ("adt", "wfm")
    unit_id: UnitId
    site_id: SiteId
    bed_ids: tuple[BedId, ...] = Field(min_length=1)
    start: Time
    end: Time
    requested_by: UserId

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.start, self.end, f"surge on {self.unit_id}")
        return self

    def scope(self, world: Reader) -> Scope:
        unit = world.get(Unit, self.unit_id)
        return Scope(site_id=self.site_id, unit_id=self.unit_id, cost_centre_id=unit.cost_centre_id if unit else None)

    def touches(self) -> frozenset[str]:
        return frozenset().union(*(span_days(f"bed:{bed}", self.start, self.end) for bed in self.bed_ids))

    def violations(self, world: Reader, now: Time) -> Sequence[Violation]:
        broken = []
        if self.end <= now:
            broken.append(Violation(constraint="in the past", sentence="that time is over"))
        for id in self.bed_ids:
            bed = world.get(Bed, id)
            if bed is None or bed.unit_id != self.unit_id:
                broken.append(Violation(constraint="bed", sentence=f"there is no bed {id} on that unit"))
            elif bed.staffed:
                broken.append(Violation(constraint="bed", sentence=f"bed {bed.label} is open already"))
        return broken

    def apply(self, world: Writer, commit: Commit) -> None:
        unit = world.get(Unit, self.unit_id)
        beds = [bed for id in self.bed_ids if (bed := world.get(Bed, id))]
        assert unit is not None, "checked by violations"
        world.put(
            unit.changed(staffed_beds=unit.staffed_beds + len(beds)),
            *(bed.changed(staffed=True, status="available", status_at=commit.at) for bed in beds),
        )

    def messages(self, world: Reader, commit: Commit) -> Sequence[Message]:
        payload = {
            "unit_id": self.unit_id,
            "bed_ids": list(self.bed_ids),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }
        return (Message(f"{commit.plan_id}:surge:{self.unit_id}", "ehr", "open_beds", payload, commit.plan_id),)

    def sentence(self, world: Reader) -> str:
        unit, site = world.get(Unit, self.unit_id), world.get(Site, self.site_id)
        labels = [bed.label if (bed := world.get(Bed, id)) else id for id in self.bed_ids]
        return (
            f"Open {len(labels)} closed bed{'s' if len(labels) > 1 else ''} ({', '.join(labels)}) on "
            f"{unit.name if unit else self.unit_id}, {site.name if site else self.site_id}, "
            f"{local_span(site, self.start, self.end)}"
        )
