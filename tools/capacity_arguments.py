"""What can be asked about capacity; each subject uses the arguments that concern it."""

from datetime import date, datetime, time
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.model.places import LevelOfCare
from tools.sites_asked import SITE_HELP
from tools.tool import Arguments
from tools.windows import listed

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
    visit_type: str | None = Field(
        default=None, description="Clinic: kind of visit, e.g. new patient or follow-up, or 'any'"
    )
    modality: Literal["mri", "ct"] | None = Field(default=None, description="Imaging: kind of scanner")
    contrast: bool | None = Field(default=None, description="Imaging: needs a scanner that can give contrast")
    protocol: str | None = Field(default=None, description="Imaging: examination, e.g. MRI brain with contrast")
    level: LevelOfCare | None = Field(default=None, description="Beds: only this level of care")
    bed: str | None = Field(default=None, description="Beds: one bed by label, e.g. 4-212")
    minimum_minutes: int = Field(default=0, ge=0, le=24 * 60, description="OR: only gaps of at least so many minutes")
    day: date | None = Field(default=None, description="A whole day at the site")
    start: AwareDatetime | None = Field(default=None, description="Start of the window; unstated: now")
    end: AwareDatetime | None = Field(default=None, description="End of the window; unstated: the end of that day")
    weekdays: tuple[int, ...] | None = Field(
        default=None, description="Clinic and imaging: only on these weekdays, Monday is 0"
    )
    not_before: time | None = Field(default=None, description="Clinic and imaging: begins at this hour or later")
    not_after: time | None = Field(default=None, description="Clinic and imaging: begins before this hour")
    limit: int = Field(default=3, ge=1, le=50, description="Clinic and imaging: how many slots to offer")

    def suits(self, begins: datetime) -> bool:
        """Whether a slot that begins then, on its site's clock, is on a weekday and at an hour that is wished for."""
        if self.weekdays is not None and begins.weekday() not in self.weekdays:
            return False
        hour = begins.time()
        return (self.not_before is None or hour >= self.not_before) and (
            self.not_after is None or hour < self.not_after
        )

    def wish(self) -> str:
        """` on Tue and Thu from 15:00 before 17:00`, ` not on Mon`; empty when any time will do."""
        without = [name for day, name in enumerate(_DAYS) if day not in (self.weekdays or ())]
        named = [name for name in _DAYS if name not in without]
        days = f" not on {listed(without)}" if len(without) < len(named) else f" on {listed(named)}"
        days = "" if self.weekdays is None else days
        since = f" from {self.not_before:%H:%M}" if self.not_before else ""
        until = f" before {self.not_after:%H:%M}" if self.not_after else ""
        return f"{days}{since}{until}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
