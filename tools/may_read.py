"""Whether the asker may see one class of data there: for details of an answer that others get without."""

from hospital.model.people import Scope
from hospital.model.places import Unit
from policies.data import DataClass
from tools.tool import Toolbox


def may_read(box: Toolbox, data_class: DataClass, unit: Unit) -> bool:
    """Whether some role of the asker allows this class, everywhere or in a scope that covers the unit."""
    matrix = box.policy.data.read_matrix
    if data_class in matrix.everyone:
        return True
    place = Scope(site_id=unit.site_id, unit_id=unit.id)
    reach = [(matrix.roles.get(grant.role, {}).get(data_class), grant.scope) for grant in box.context.actor.grants]
    return any(how == "all" or (how == "scope" and scope.covers(place)) for how, scope in reach)
