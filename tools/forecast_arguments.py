"""What can be asked about demand to come."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from hospital.model.places import LevelOfCare
from tools.sites_asked import SITE_HELP
from tools.tool import Arguments


class ForecastDemand(Arguments):
    subject: Literal["visits", "beds"] = Field(
        default="visits", description="visits: clinic demand of a service; beds: inpatient beds needed"
    )
    service: str | None = Field(default=None, description="Service line; unstated: the home service (visits) or all")
    site: str | None = Field(default=None, description=SITE_HELP + " (a service without a home site: all its sites)")
    level: LevelOfCare | None = Field(default=None, description="Beds: only units of this level of care")
    unit: str | None = Field(default=None, description="Beds: only this unit")
    day: date | None = Field(default=None, description="One day at the site")
    start: AwareDatetime | None = Field(default=None, description="Start; unstated: visits next Monday, beds now")
    end: AwareDatetime | None = Field(
        default=None, description="End; unstated: visits two weeks after the start, beds the end of today"
    )
