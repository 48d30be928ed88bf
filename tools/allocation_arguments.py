"""What a proposal is asked for: shared by the tool and the problem families behind it."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.model.bookings import Urgency
from hospital.model.places import LevelOfCare
from tools.tool import Arguments

Goal = Literal[
    "surgical_case",
    "displacement",
    "add_on",
    "block_release",
    "nurse_cover",
    "template",
    "overbook",
    "imaging",
    "beds",
    "surge",
]


class ProposeAllocation(Arguments):
    goal: Goal = "surgical_case"
    case: str | None = Field(default=None, description="A requested case that is to be placed, e.g. CASE-123")
    procedure: str | None = Field(default=None, description="Kind of operation, when there is no case yet")
    service: str | None = Field(default=None, description="Service line, when no procedure is named")
    surgeon: str | None = None
    patient: str | None = Field(default=None, description="The patient's record number")
    minutes: int | None = Field(default=None, gt=0, le=1440, description="Wheels-in to wheels-out; else predicted")
    site: str | None = Field(default=None, description="Site name or 'any'; unstated: the asker's home site")
    day: date | None = None
    start: AwareDatetime | None = Field(default=None, description="Earliest wheels-in; displacement: lost from")
    end: AwareDatetime | None = Field(default=None, description="Latest wheels-out; displacement: lost until")
    equipment: tuple[str, ...] = Field(default=(), description="Kinds of equipment, e.g. c-arm, cell-saver")
    items: tuple[str, ...] = Field(default=(), description="Implants or sets by code, one each")
    post_op_level: LevelOfCare | None = Field(default=None, description="Level of the bed after recovery")
    room: str | None = Field(default=None, description="displacement, block_release: the room or scanner")
    device: str | None = Field(default=None, description="displacement: the device that is lost")
    clinician: str | None = Field(
        default=None, description="displacement: the surgeon, anaesthetist or physician who is lost"
    )
    urgency: Urgency | None = Field(
        default=None, description="add_on: the band that a clinician chose; never inferred from the case"
    )
    urgency_by: str | None = Field(default=None, description="add_on: the surgeon or anaesthesiologist who chose it")
    clinic: str | None = Field(default=None, description="overbook: the clinic")
    extra: int | None = Field(
        default=None, ge=1, le=10, description="overbook: at most so many more visits a session; unstated: the cap"
    )
    unit: str | None = Field(default=None, description="nurse_cover: the unit; unstated: the asker's own")
    staff: str | None = Field(
        default=None, description="nurse_cover: a nurse of whom is asked whether they could come"
    )
    nurses: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="nurse_cover: nurses wanted a shift; unstated: what the ratio lacks",
    )
    beds: int | None = Field(default=None, ge=1, le=60, description="surge: how many beds; unstated: what is short")
    limit: int = Field(default=3, ge=1, le=5, description="How many options")
