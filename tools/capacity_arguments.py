"""What can be asked about capacity; each subject uses the arguments that concern it."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.model.places import LevelOfCare
from tools.sites_asked import SITE_HELP
from tools.tool import Arguments

Subject = Literal["or", "clinic", "imaging", "beds", "staff"]


class QueryCapacity(Arguments):
    subject: Subject = Field(
        description="or: open operating room time; clinic: free visit slots; imaging: free scanner slots; "
        "beds: bed state; staff: nurses required against rostered"
    )
    site: str | None = Field(default=None, description=SITE_HELP)
    unit: str | None = Field(default=None, description="Nursing unit, for beds and staff; unstated: the home unit")
    room: str | None = Field(default=None, description="One operating room or scanner")
    clinic: str | None = Field(default=None, description="Clinic by name, e.g. Lakeside Dermatology")
    service: str | None = Field(default=None, description="Service line, e.g. orthopaedics or derm")
    clinician: str | None = Field(default=None, description="Physician, e.g. Dr. Varga")
    visit_type: str | None = Field(default=None, description="Clinic: kind of visit, e.g. new patient or follow-up")
    modality: Literal["mri", "ct"] | None = Field(default=None, description="Imaging: kind of scanner")
    contrast: bool | None = Field(default=None, description="Imaging: needs a scanner that can give contrast")
    protocol: str | None = Field(default=None, description="Imaging: examination, e.g. MRI brain with contrast")
    level: LevelOfCare | None = Field(default=None, description="Beds: only this level of care")
    bed: str | None = Field(default=None, description="Beds: one bed by label, e.g. 4-212")
    minimum_minutes: int = Field(default=0, ge=0, le=24 * 60, description="OR: only gaps of at least so many minutes")
    day: date | None = Field(default=None, description="A whole day at the site")
    start: AwareDatetime | None = Field(default=None, description="Start of the window; unstated: now")
    end: AwareDatetime | None = Field(default=None, description="End of the window; unstated: the end of that day")
    limit: int = Field(default=3, ge=1, le=50, description="Clinic and imaging: how many slots to offer")
