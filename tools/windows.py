"""Which time a question is about, on the asked site's clock, and how times are said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hospital.model.places import Site
from hospital.planning.intervals import Interval
from tools.tool import Problem, Toolbox

MAX_DAYS = 93


def local_day(site: Site, day: date) -> Interval:
    """The whole day from midnight to midnight at the site."""
    zone = ZoneInfo(site.timezone)
    return Interval(
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def reference_site(box: Toolbox, sites: list[Site], start: datetime | None) -> Site:
    """Whose clock a question over several sites is on: home, or where the window starts at midnight, or the first."""
    home = [site for site in sites if site.id == box.context.actor.home.site_id]
    midnight = [site for site in sites if start is not None and site.local(start).time() == time()]
    return (home or midnight or sites)[0]


def today_at(box: Toolbox, site: Site) -> date:
    """The calendar day at the site now."""
    return site.local(box.now).date()


def window_of(
    box: Toolbox,
    site: Site,
    day: date | None,
    start: datetime | None,
    end: datetime | None,
    *,
    default: timedelta | None = None,
    most: int = MAX_DAYS,
) -> Interval:
    """The time asked about: the day, or start to end; unstated it is the rest of today, or `default` from now.

    A start without an end means that whole day. Nothing before now is looked at.

    Raises:
        Problem: a window that has passed, ends before it starts, or is longer than `most` days.
    """
    if day is not None:
        whole = local_day(site, day)
        start, end = start or whole.start, end or whole.end
    if start is None:
        start = box.now
    if end is None:
        end = start + default if default else local_day(site, site.local(start).date()).end
    if end <= start:
        raise Problem("invalid", f"{say_moment(site, end)} is not after {say_moment(site, start)}.", argument="end")
    if end <= box.now:
        raise Problem(
            "invalid",
            f"{say_moment(site, start)} has passed; it is {say_moment(site, box.now)} at {site.name}. "
            "Name a time from now on.",
            argument="day" if day is not None else "start",
        )
    if end - start > timedelta(days=most):
        raise Problem(
            "invalid", f"That is {(end - start).days} days; ask for at most {most} days at once.", argument="end"
        )
    return Interval(max(start, box.now), end)


def say_moment(site: Site, moment: datetime) -> str:
    """`Thu 17 Sep 09:40` on the site's clock."""
    return f"{site.local(moment):%a %d %b %H:%M}"


def say_span(site: Site, start: datetime, end: datetime) -> str:
    """`Thu 17 Sep 09:40-10:00` on the site's clock; a span over several days names both."""
    first, last = site.local(start), site.local(end)
    if first.date() == last.date():
        return f"{first:%a %d %b %H:%M}-{last:%H:%M}"
    if last.time() == time() and last.date() - first.date() == timedelta(days=1):
        return f"{first:%a %d %b}" if first.time() == time() else f"{first:%a %d %b %H:%M}-24:00"
    return f"{first:%a %d %b %H:%M} to {last:%a %d %b %H:%M}"


def say_hours(site: Site, start: datetime, end: datetime) -> str:
    """`09:40-10:00` on the site's clock."""
    return f"{site.local(start):%H:%M}-{site.local(end):%H:%M}"


def note_clock(site: Site) -> str:
    """`Times in America/Chicago`, to begin a note with."""
    return f"Times in {site.timezone}"


def say_clock(site: Site) -> str:
    """Whose clock the times are on."""
    return f"times in {site.timezone}"


def say_bed_after(level: str | None) -> str:
    """`ICU bed after`, or `home the same day`."""
    return f"{say_level(level)} bed after" if level else "home the same day"


def say_level(level: str) -> str:
    """`med-surg`, `ICU`: a level of care as people say it."""
    return level.upper() if level in ("icu", "pacu", "ed") else level.replace("_", "-")


def say_age(age: timedelta) -> str:
    """How long ago something was: "just now", "12 minutes ago", "5 hours ago", "3 days ago"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{plural(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{plural(hours, 'hour') if hours < 48 else plural(hours // 24, 'day')} ago"


def plural(count: int, word: str, many: str = "") -> str:
    """`1 room`, `2 rooms`."""
    return f"{count} {word if count == 1 else many or word + 's'}"


def listed(words: list[str], most: int = 6) -> str:
    """`a, b and c`; past `most` the rest is counted."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
