"""Hours and rest: whether one more shift keeps a person within the pack that is on at the site."""

from collections.abc import Sequence

from hospital.changes.base import Change
from hospital.changes.staffing import RequestStaff
from hospital.model.people import Shift
from hospital.model.places import Site
from hospital.planning.hours import WEEK, Duty, against
from hospital.ports import In, Range, Reader
from policies.data import HoursPack, PolicyData


def hours_fact(world: Reader, data: PolicyData, line: Change) -> dict[str, bool]:
    """`within_hours` for a shift of a named person at a site with an hours pack; nothing otherwise."""
    if not isinstance(line, RequestStaff) or line.staff_id is None:
        return {}
    site = world.get(Site, line.site_id)
    packs = [data.hours_packs[name] for name in (site.packs if site else ()) if name in data.hours_packs]
    if not packs:
        return {}
    others = world.find(
        Shift,
        staff_id=line.staff_id,
        state=In(("rostered", "approved")),
        start=Range(at_least=line.start - WEEK, before=line.end + WEEK),
    )
    duties = [(shift.start, shift.end) for shift in others if shift.id != line.leaves]
    return {"within_hours": all(keeps(pack, (line.start, line.end), duties) for pack in packs)}


def keeps(pack: HoursPack, added: Duty, duties: Sequence[Duty]) -> bool:
    """Whether the added shift keeps to the pack (see `hospital.planning.hours`)."""
    return against(pack, added, duties) is None
