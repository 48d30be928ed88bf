"""How many operating rooms anaesthesia can cover at once, against what is booked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.planning.intervals import Interval
from hospital.ports import In, Not, Range
from tools.tool import Toolbox
from tools.windows import plural, say_moment

_LIVE = In(("scheduled", "in_progress"))
MOST_PER_ANAESTHESIOLOGIST = 4
"""Concurrent medically directed cases of one anaesthesiologist (the billing rule for medical direction)."""


@dataclass(frozen=True)
class AnaesthesiaCover:
    """Anaesthesiologists who work at the site in the window, and the moment with most cases at once."""

    people: int
    away: int
    """Of the site's anaesthesiologists, those directing cases at another site in the window."""
    busiest: int
    busiest_at: datetime | None

    @property
    def most(self) -> int:
        """Cases that can run at once."""
        return self.people * MOST_PER_ANAESTHESIOLOGIST

    def sentence(self, site: Site) -> str:
        """For people."""
        at = f" (at {say_moment(site, self.busiest_at)})" if self.busiest_at else ""
        return (
            f"Anaesthesia: {plural(self.people, 'anaesthesiologist')} at {MOST_PER_ANAESTHESIOLOGIST} cases each "
            f"cover {self.most} rooms at once, the most booked together is {self.busiest}{at}."
        )

    def facts(self, site: Site) -> dict[str, object]:
        """The same as data."""
        return {
            "anaesthesiologists": self.people,
            "away": self.away,
            "cases_each": MOST_PER_ANAESTHESIOLOGIST,
            "most_at_once": self.most,
            "busiest": self.busiest,
            "busiest_at": site.local(self.busiest_at).isoformat() if self.busiest_at else None,
            "busiest_said": say_moment(site, self.busiest_at) if self.busiest_at else None,
        }


def read_anaesthesia(box: Toolbox, site: Site, window: Interval) -> AnaesthesiaCover:
    """Cover at one site; somebody who directs a case elsewhere in the window is counted there."""
    people = {
        id
        for id, sites in box.world.values(Clinician, ("id", "site_ids"), role="anaesthesiologist")
        if site.id in sites
    }
    start = Range(at_least=window.start - timedelta(days=1), before=window.end)
    elsewhere = box.world.values(
        SurgicalCase,
        ("anaesthesiologist_id", "end"),
        state=_LIVE,
        anaesthesiologist_id=In(tuple(sorted(people))),
        site_id=Not(site.id),
        start=start,
    )
    away = {person for person, end in elsewhere if end is not None and end > window.start}
    here = [
        (max(begins, window.start), min(ends, window.end))
        for begins, ends in box.world.values(
            SurgicalCase, ("start", "end"), state=_LIVE, site_id=site.id, start=start
        )
        if ends is not None and ends > window.start
    ]
    edges = sorted([(ends, -1) for _, ends in here] + [(begins, 1) for begins, _ in here])
    running, busiest, at = 0, 0, None
    for moment, change in edges:
        running += change
        if running > busiest:
            busiest, at = running, moment
    return AnaesthesiaCover(len(people - away), len(away), busiest, at)
