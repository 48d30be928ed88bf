"""The exceptions a person sees, on every surface the same."""

from hospital.model.people import User
from hospital.model.work import WorkException
from hospital.ports import In, Reader
from policies.access import is_for
from tools.list_exceptions import OPEN


def exceptions_for(world: Reader, user: User, limit: int = 200) -> list[WorkException]:
    """What is not resolved and theirs to see, the first due first."""
    found = world.find(WorkException, state=In(OPEN), order="due")
    return [one for one in found if is_for(user, one)][:limit]
