"""Whose figure is asked for: the place named, or the asker's home; said in words with the answer."""

from datetime import date

from pydantic import AwareDatetime, Field

from hospital.kpis.formula import Cohort
from hospital.model.places import Clinic, Service, Site, Unit
from hospital.planning.intervals import Interval
from tools.directory import find_clinic, find_clinician, find_room, find_service, find_unit
from tools.periods import PERIOD_HELP, period_of
from tools.sites_asked import SITE_HELP, find_sites, is_everywhere, say_sites
from tools.tool import Arguments, Toolbox
from tools.windows import reference_site


class AboutFigure(Arguments):
    """What a question about a figure names."""

    site: str | None = Field(default=None, description=SITE_HELP)
    service: str | None = Field(default=None, description="Service line, e.g. orthopaedics or imaging")
    unit: str | None = Field(default=None, description="Nursing unit")
    clinic: str | None = Field(default=None, description="Clinic by name")
    room: str | None = Field(default=None, description="One operating room or scanner")
    clinician: str | None = Field(default=None, description="Surgeon or physician")
    period: str | None = Field(default=None, description=PERIOD_HELP)
    day: date | None = Field(default=None, description="One whole day at the site")
    start: AwareDatetime | None = Field(default=None, description="Start of the period, instead of words")
    end: AwareDatetime | None = Field(default=None, description="End of the period")


def cohort_of(args: AboutFigure, box: Toolbox) -> tuple[Cohort, Site, str]:
    """The cohort, the site whose clock counts, and the scope in words.

    Raises:
        Problem: a name that is not known or not clear, or a time that is no past period.
    """
    home = box.context.actor.home
    site_said = None if args.site and is_everywhere(args.site) else args.site
    clinic = find_clinic(box, args.clinic, site_said) if args.clinic else None
    room = find_room(box, args.room, site_said) if args.room else None
    unit = find_unit(box, args.unit, site_said) if args.unit else None
    clinician = find_clinician(box, args.clinician) if args.clinician else None
    service_id = find_service(box, args.service).id if args.service else None
    named = any((clinic, room, unit, clinician, service_id))
    if not named and args.site is None and home.service_id:
        service_id = home.service_id
    place = clinic or room or unit
    if place is not None:
        sites = [box.local(place.site_id)]
    elif args.site is None and (service_id or clinician) and not home.site_id:
        sites = box.world.find(Site, order="name")
    else:
        sites = find_sites(box, args.site)
    site = reference_site(box, sites, args.start)
    window = period_of(site, box.now, args.period, args.day, args.start, args.end)
    cohort = Cohort(
        tuple(sites),
        window.start,
        window.end,
        box.now,
        service_id=service_id,
        unit_id=unit.id if unit else None,
        clinic_id=clinic.id if clinic else None,
        room_id=room.id if room else None,
        clinician_id=clinician.id if clinician else None,
    )
    service = box.world.get(Service, service_id) if service_id else None
    words = [one.name for one in (clinician, service, place) if one is not None]
    if not isinstance(place, Clinic):
        words.append(say_sites(sites, args.site) if not isinstance(place, Unit) else sites[0].name)
    if service is not None and not args.service:
        words[words.index(service.name)] += " (your service)"
    return cohort, site, ", ".join(words)


def window_of_cohort(cohort: Cohort) -> Interval:
    """The cohort's stretch of time."""
    return Interval(cohort.start, cohort.end)
