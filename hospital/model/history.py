"""What was counted and foreseen: daily demand, issued forecasts, and how fresh each feed is."""

from datetime import date
from typing import Any, Literal

from hospital.entity import Entity, Record, Time
from hospital.ids import ClinicId, PlanId, ServiceId, SiteId, SlotId


class DemandCount(Entity):
    """How many were asked for on one day in one series, e.g. referrals of a service at a site."""

    series: str
    """`referrals:SERVICE:SITE`, `arrivals:SPECIALTY:SITE` ..."""
    day: date
    count: int


class ForecastPoint(Record):
    """One future day: median and the 80% and 95% interval."""

    day: date
    p50: float
    low80: float
    high80: float
    low95: float
    high95: float


class StoredForecast(Entity):
    """A forecast as it was issued, so that a question does not pay for the fit."""

    series: str
    service_id: ServiceId | None
    site_id: SiteId | None
    issued_at: Time
    trained_through: date
    model: str
    backtest: dict[str, float]
    """Mean absolute scaled error per candidate on earlier origins, and interval coverage."""
    points: tuple[ForecastPoint, ...]


class ExpectedChange(Entity):
    """What a committed plan changes in a figure that is expected: it is added to the forecast of that series."""

    plan_id: PlanId
    series: str
    """`revenue:SERVICE:SITE`, `contribution:SERVICE:SITE`, `slots:SERVICE:SITE`, `staff_hours:UNIT` ..."""
    day: date
    amount: int
    """In cents, hours or visits, as the series says; negative when there will be less."""
    at: Time


class SlotRisk(Entity):
    """The chance that the visit booked into a slot is missed, as it was issued. `id` is the slot's."""

    id: SlotId
    clinic_id: ClinicId
    start: Time
    probability: float
    issued_at: Time


class ModelCard(Entity):
    """What an engine learnt last: from how much, through when, how it did on what it had not seen. `id` names it."""

    version: str
    fitted_at: Time
    trained_through: date
    n: int
    inputs: tuple[str, ...] = ()
    backtest: dict[str, Any]
    note: str = ""


class Feed(Entity):
    """When a source last told us something. `id` is the feed's name."""

    last_event_at: Time
    status: Literal["up", "slow", "down"] = "up"
