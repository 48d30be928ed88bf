"""One operation with everything it is planned with, without the patient."""

from hospital.cards import TableCard
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Room
from tools.tool import Answer, Toolbox
from tools.windows import listed, say_bed_after, say_span


def answer_one_case(box: Toolbox, case: SurgicalCase) -> Answer:
    """Where, when, who and with what."""
    site = box.local(case.site_id)
    procedure = box.world.get(Procedure, case.procedure_id)
    surgeon = box.world.get(Clinician, case.surgeon_id) if case.surgeon_id else None
    anaesthesia = box.world.get(Clinician, case.anaesthesiologist_id) if case.anaesthesiologist_id else None
    room = box.world.get(Room, case.room_id) if case.room_id else None
    what = procedure.name if procedure else case.procedure_id
    items = [f"{item.quantity} x {item.item_id}" for item in case.items]
    if case.start is not None and case.end is not None:
        when = f"{say_span(site, case.start, case.end)} ({site.timezone})"
    else:
        when = f"no time yet, wanted on {case.wanted_on:%a %d %b}" if case.wanted_on else "no time yet"
    facts = {
        "case": case.id,
        "site": site.name,
        "room": room.name if room else None,
        "when": when,
        "procedure": what,
        "surgeon": surgeon.name if surgeon else None,
        "anaesthesiologist": anaesthesia.name if anaesthesia else None,
        "state": case.state.replace("_", " "),
        "items": items,
        "equipment": list(case.equipment),
        "post_op_level": case.post_op_level,
    }
    who = f" with {surgeon.name}" if surgeon else ""
    where = f" in {room.name}" if room else ""
    planned = f" Planned with {listed([*items, *case.equipment])}." if items or case.equipment else ""
    return Answer(
        headline=(
            f"{case.id}: {what}{who}{where} at {site.name}, {when}, {facts['state']}; "
            f"{say_bed_after(case.post_op_level)}.{planned}"
        ),
        facts=facts,
        cards=(
            TableCard(
                title=case.id,
                columns=("Fact", "Value"),
                rows=tuple(
                    (name.replace("_", " "), ", ".join(value) if isinstance(value, list) else value)
                    for name, value in facts.items()
                ),
            ),
        ),
    )
