"""What a change costs and brings: labour, overtime, room minutes, wear of equipment, revenue and contribution."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from hospital.entity import Record
from hospital.ids import ServiceId
from hospital.model.places import RoomKind
from hospital.money import Cents, format_money

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Expected(Record):
    """What one completed visit, examination or case of a service line brings, in cents.

    `contribution` is what is left of the revenue after the costs that come with each further one (supplies,
    professional fees), before rooms, labour and equipment.
    """

    revenue: int = Field(ge=0)
    contribution: int = Field(ge=0)


class Wear(Record):
    """A device's price in cents, its useful life in years and the hours a year it is in use."""

    price: int = Field(ge=0)
    years: int = Field(gt=0)
    hours_a_year: int = Field(gt=0)

    def cost(self, minutes: int) -> Cents:
        """Straight-line depreciation over so many minutes of use."""
        return Cents(round(self.price * minutes / (self.years * self.hours_a_year * 60)))


class OptionMoney(Record):
    """What one option costs and brings, in cents, whether or not somebody has to approve it."""

    labour: Cents = Cents(0)
    overtime_premium: Cents = Cents(0)
    """The part of the labour that is paid on top of the plain rate."""
    rooms: Cents = Cents(0)
    equipment: Cents = Cents(0)
    revenue: Cents = Cents(0)
    contribution: Cents = Cents(0)

    @property
    def cost(self) -> Cents:
        """Labour, rooms and equipment together."""
        return Cents(self.labour + self.rooms + self.equipment)

    @property
    def margin(self) -> Cents:
        """Contribution less what the option costs; negative when it costs more than it brings."""
        return Cents(self.contribution - self.cost)

    @property
    def words(self) -> str:
        """One line for people; what is nothing is left out."""
        parts = [
            f"labour {format_money(self.labour)}"
            + (f" ({format_money(self.overtime_premium)} of it premium)" if self.overtime_premium else "")
            if self.labour
            else "",
            f"room time {format_money(self.rooms)}" if self.rooms else "",
            f"wear of equipment {format_money(self.equipment)}" if self.equipment else "",
            f"expected revenue {format_money(self.revenue)}, contribution {format_money(self.contribution)}"
            if self.revenue
            else "",
        ]
        return "; ".join(part for part in parts if part) or "no money moves"

    def facts(self) -> dict[str, int]:
        """The same as figures."""
        return {**self.model_dump(), "cost": self.cost, "margin": self.margin}


class MoneyContext(Record):
    """Rates as data; whoever runs the hospital replaces the file. All amounts in cents."""

    overtime_percent: int = Field(ge=100)
    """What an hour of voluntary overtime is paid, in percent of the plain rate."""
    overtime_after_hours: int = Field(gt=0)
    """Hours of a week after which overtime is paid."""
    room_minute: dict[RoomKind, int]
    labour_hour: dict[str, int]
    """An hour of a role that has no rate of its own in the workforce system."""
    session_team: dict[str, int]
    """People of each role who are there throughout a clinic session."""
    equipment: dict[str, Wear]
    """By kind of device or modality."""
    visit: dict[str, Expected]
    """By service line; `other` stands for those not listed."""
    case: dict[str, Expected]
    travel_mile: int = Field(ge=0)
    """What a mile costs a patient."""
    miles_between_sites: dict[str, int]
    """`site site`, in alphabetical order."""
    scan_revenue: dict[str, Expected]
    """An examination by modality."""

    def room(self, kind: RoomKind, minutes: int) -> Cents:
        """What so many minutes of a room cost."""
        return Cents(self.room_minute[kind] * minutes)

    def wear(self, kinds: Mapping[str, int]) -> Cents:
        """Depreciation of devices by minutes of use; kinds without a price count nothing."""
        return Cents(
            sum(self.equipment[kind].cost(minutes) for kind, minutes in kinds.items() if kind in self.equipment)
        )

    def labour(self, role: str, minutes: int) -> Cents:
        """What so many minutes of a role cost; a role without a rate counts nothing."""
        return Cents(round(self.labour_hour.get(role, 0) * minutes / 60))

    def overtime_rate(self, rate: int) -> Cents:
        """An hour of overtime at this plain rate, in whole cents rounded down."""
        return Cents(rate * self.overtime_percent // 100)

    def session(self, minutes: int) -> Cents:
        """What the people of a clinic session of so many minutes cost."""
        return Cents(sum(self.labour(role, minutes) * people for role, people in self.session_team.items()))

    def visits(self, service: ServiceId, count: float) -> Expected:
        """What so many completed visits of a service line are expected to bring."""
        return _times(self.visit.get(service, self.visit["other"]), count)

    def cases(self, service: ServiceId, count: float) -> Expected:
        """What so many completed operations of a service line are expected to bring."""
        return _times(self.case.get(service, self.case["other"]), count)

    def miles(self, one: str, other: str) -> int | None:
        """Miles between two sites; None when nobody wrote them down."""
        return 0 if one == other else self.miles_between_sites.get(" ".join(sorted((one, other))))


def case_money(money: MoneyContext, service: ServiceId, minutes: int, devices: tuple[str, ...] = ()) -> OptionMoney:
    """The money of one operation: its room, its devices and what its service line expects of it."""
    brings = money.cases(service, 1)
    return OptionMoney(
        rooms=money.room("or", minutes),
        equipment=money.wear(dict.fromkeys(devices, minutes)),
        revenue=Cents(brings.revenue),
        contribution=Cents(brings.contribution),
    )


def hours_rounded_up(span: timedelta) -> int:
    """Whole hours: a started hour is paid."""
    return -int(-span // HOUR)


def _times(one: Expected, count: float) -> Expected:
    return Expected(revenue=round(one.revenue * count), contribution=round(one.contribution * count))
