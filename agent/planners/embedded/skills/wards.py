"""Which unit is meant when only its kind of care is said ("telemetry"), or only who works there."""

from agent.planners.embedded.heard import Heard
from hospital.model.people import Staff
from hospital.model.places import Unit


def ward(heard: Heard, *, own_first: bool = False) -> str | None:
    """The unit named; else the one unit of the level of care named at the site; else that of the nurse named.

    `own_first`: the speaker's own unit, where they have one, comes before a level of care: it then says what a
    nurse must know. None when nothing says it, or several units fit.
    """
    named, own = heard.one("unit"), heard.user.home.unit_id
    if named is not None or heard.everywhere:
        return named
    if own is not None and own_first:
        return None
    site = heard.one("site") or heard.user.home.site_id
    if site is not None and (level := heard.one("level_of_care")) is not None:
        units = heard.asked.world.find(Unit, site_id=site, level=level)
        return str(units[0].id) if len(units) == 1 else None
    nurse = heard.asked.world.get(Staff, heard.one("staff") or "") if own is None else None
    return str(nurse.home_unit_id) if nurse is not None and nurse.home_unit_id else None
