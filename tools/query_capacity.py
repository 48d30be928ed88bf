"""What is free: operating rooms, clinic slots, scanners, beds, nurses."""

from collections.abc import Callable

from tools.capacity_arguments import QueryCapacity, Subject
from tools.capacity_beds import answer_beds
from tools.capacity_clinic import answer_clinic
from tools.capacity_imaging import answer_imaging
from tools.capacity_or import answer_or
from tools.capacity_staff import answer_staff
from tools.tool import Answer, Toolbox, tool

SUBJECTS: dict[Subject, Callable[[QueryCapacity, Toolbox], Answer]] = {
    "or": answer_or,
    "clinic": answer_clinic,
    "imaging": answer_imaging,
    "beds": answer_beds,
    "staff": answer_staff,
}


@tool(QueryCapacity, "read", sources=("ehr", "adt", "wfm"), reads=("capacity",))
async def query_capacity(args: QueryCapacity, box: Toolbox) -> Answer:
    """What is free, held, released, booked or in maintenance: OR time, clinic and scanner slots, beds, nurses."""
    return SUBJECTS[args.subject](args, box)
