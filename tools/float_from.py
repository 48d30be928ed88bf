"""A nurse who is sent from one unit to another: who on duty there could go, and whether the one named is there."""

from datetime import datetime

from hospital.changes.describe import local_span
from hospital.changes.floating import WORKING, duties_then, is_float_from
from hospital.changes.staffing import competency_of
from hospital.model.people import Scope, Shift, Staff
from hospital.model.places import Unit
from hospital.ports import Range
from policies.access import may_read
from tools.tool import Problem, Toolbox

MOST_NAMES = 6


def ask_who_floats(
    box: Toolbox, source: Unit, unit: Unit, competency: str, start: datetime, end: datetime
) -> Problem:
    """What to ask when a unit is named but no nurse of it: the choices are those on duty who could go."""
    if source.site_id != unit.site_id:
        said = (
            f"Nurses are floated within one hospital only, and {source.name} is at {box.local(source.site_id).name}."
        )
        return Problem("invalid", said, argument="from_unit")
    place = Scope(site_id=source.site_id, unit_id=source.id)
    if may_read(box.policy.data, box.context.actor, "staff_names", place) is not None:
        said = f"Which nurse of {source.name} would go? Its charge nurse knows; please give the name."
        return Problem("missing", said, argument="staff")
    able = _able(box, source, unit, competency, start, end)
    if not able:
        when = local_span(box.local(source.site_id), start, end)
        kind = competency.replace("_", "-")
        said = f"Nobody on duty on {source.name} {when} could take a {kind} shift on {unit.name}."
        return Problem("invalid", said, argument="from_unit")
    names = tuple(person.name for person in able[:MOST_NAMES])
    return Problem(
        "missing", f"Which nurse of {source.name} would go to {unit.name}?", choices=names, argument="staff"
    )


def check_on_duty(box: Toolbox, staff: Staff, source: Unit, start: datetime, end: datetime) -> None:
    """Nothing, when this nurse is on duty on the unit she is to come from.

    Raises:
        Problem: when she is not.
    """
    if not any(duty.unit_id == source.id for duty in duties_then(box.world, staff.id, start, end)):
        when = local_span(box.local(source.site_id), start, end)
        raise Problem("invalid", f"{staff.name} is not on duty on {source.name} {when}.", argument="staff")


def _able(box: Toolbox, source: Unit, unit: Unit, competency: str, start: datetime, end: datetime) -> list[Staff]:
    """Nurses of the unit on duty for the whole time who hold the competency and are not in charge, by name."""
    duties = box.world.find(
        Shift, unit_id=source.id, role="rn", state=WORKING, start=Range(before=end), end=Range(at_least=end)
    )
    ids = {
        duty.staff_id
        for duty in duties
        if duty.staff_id and not duty.charge and is_float_from(duty, unit.id, unit.site_id, start, end)
    }
    people = [person for id in ids if (person := box.world.get(Staff, id)) is not None]
    able = [one for one in people if competency_of(box.world, one.id, competency, start) == "current"]
    return sorted(able, key=lambda one: one.name)
