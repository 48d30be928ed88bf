"""Surgical cases: options for one, putting a patient on, sending an option to its approvers."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Patient
from hospital.ports import In, Reader
from tools.results import Done, Refused

MOST_CHOICES = 5


def propose_case(heard: Heard) -> Script:
    """Options for a case: what is free first, then the ranked proposals."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which day from now on?", asks_for="day")
    if not any(heard.one(kind) for kind in ("procedure", "service", "clinician", "case")):
        return question("Which operation is it, or for which service?", asks_for="procedure")
    free = yield from do("query_capacity", subject="or", site=heard.site(), **heard.window())
    if isinstance(free, Refused):
        return tell(free)
    result = yield from do(
        "propose_allocation",
        goal="surgical_case",
        case=heard.one("case"),
        procedure=heard.one("procedure"),
        service=heard.one("service"),
        surgeon=heard.one("clinician"),
        minutes=heard.minutes(),
        site=heard.site(),
        equipment=tuple(heard.slots.get("equipment", ())) or None,
        items=tuple(heard.slots.get("item", ())) or None,
        post_op_level=_level(heard),
        **heard.window(),
    )
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "find a place for a case"))
    said = result.headline
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit, or change what is needed."
    return Say(said)


def _level(heard: Heard) -> str | None:
    """The level of care said, also where the words name a unit ("ICU")."""
    return heard.one("level_of_care") or next(iter(heard.slots.get("also_level_of_care", [])), None)


def schedule_case_for_patient(heard: Heard) -> Script:
    """Put a patient's requested case on; who and what is asked for in one question, never guessed."""
    said = heard.one("patient")
    if said is not None and heard.asked.world.get(Patient, said) is not None:
        requests = _requests(heard.asked.world, [said])
        if len(requests) == 1:
            heard.slots.setdefault("case", []).append(requests[0].id)
            return (yield from propose_case(heard))
    yield from ()
    name = _surname(said)
    world = heard.asked.world
    matching = _requests(world, [p.id for p in world.find(Patient) if name and name in p.name.casefold().split()])
    missing = "the record number, the date of birth, the operation and the surgeon"
    if not matching:
        who = f'"{said}"' if said else "the patient"
        return question(f"Who is {who}? Please give {missing}.", asks_for="patient")
    choices = tuple(
        f"{case.patient_id}, born {patient.birth_date:%d %b %Y}, {case.id}"
        for case in matching[:MOST_CHOICES]
        if case.patient_id and (patient := world.get(Patient, case.patient_id))
    )
    which = f"{len(matching)} requests fit that name" if len(matching) > 1 else "One request fits that name"
    return question(
        f"{which}: which record number and date of birth is it (and is the operation as requested)?",
        choices,
        asks_for="patient",
    )


def _surname(said: str | None) -> str:
    words = [word.strip(".,'\"").casefold() for word in (said or "").split()]
    named = [word for word in words if word not in ("mr", "mrs", "ms", "miss", "patient", "pt", "the")]
    return named[-1] if named else ""


def _requests(world: Reader, patients: list[str]) -> list[SurgicalCase]:
    return world.find(SurgicalCase, patient_id=In(tuple(patients)), state="requested", order="id")


def submit_option(heard: Heard) -> Script:
    """Send the chosen option, or the draft last shown, to its approvers."""
    options: list[str] = heard.memory.get("options", [])
    number = heard.ordinal() or (heard.number() if options else None)
    plan = heard.memory.get("plan")
    if number is not None and options:
        if number > len(options) or number == 0:
            return question(f"There are {len(options)} options. Which one?", asks_for="option")
        plan = options[number - 1] if number > 0 else options[-1]
    elif len(options) == 1:
        plan = options[0]
    elif options and plan is None:
        return question("Which option should I submit?", tuple(f"Option {n}" for n in range(1, len(options) + 1)))
    if plan is None:
        return question("There is nothing to submit yet. What should I look for?")
    result = yield from do("submit_plan", plan=plan)
    return (yield from settle("submit_plan", result, f"submit {plan}"))
