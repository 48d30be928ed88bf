"""The clock and calendar of the asked site."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.planners.embedded.date_days import month_start
from agent.planners.embedded.date_pieces import Amount


class Calendar:
    """The asked site's zone and the moment of asking; turns wall times into aware ones.

    `back`: what is asked about is over, so a month without a year is the last one.
    """

    def __init__(self, now: datetime, zone: ZoneInfo, back: bool = False) -> None:
        if now.tzinfo is None:
            raise ValueError(f"the moment of asking must be aware, not {now}")
        self.zone = zone
        self.back = back
        self.now = now.astimezone(zone)
        self.today = self.now.date()

    def at(self, day: date, wall: time = time(0)) -> datetime:
        """The wall time on that day; one that the clocks skip in spring moves forward by the skipped hour."""
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)

    def at_hour(self, day: date, hour: int, minute: int) -> datetime:
        """As `at`, for hours counted past midnight: 26:00 is 02:00 on the next day."""
        return self.at(day + timedelta(hour // 24), time(hour % 24, minute))

    def away(self, amount: Amount, back: bool) -> datetime:
        """Now plus or minus an amount: hours and minutes as they elapse, longer ones on the wall clock."""
        sign = -1 if back else 1
        if amount.months:
            first = month_start(self.today, sign * amount.months)
            last = (month_start(first, 1) - timedelta(1)).day
            return self.at(first.replace(day=min(self.today.day, last)), self.now.time())
        if amount.unit in ("minute", "hour"):
            elapsed = self.now.astimezone(UTC) + timedelta(minutes=sign * amount.minutes)
            return elapsed.astimezone(self.zone)
        return self.at(self.today + timedelta(minutes=sign * amount.minutes), self.now.time())
