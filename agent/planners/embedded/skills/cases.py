"""Surgical cases: options for one, putting a patient on, sending an option to its approvers."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, say_only, settle, tell
from agent.planners.embedded.search_window import window_ahead
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician, Patient
from hospital.ports import Reader
from tools.results import Done, Refused

MOST_CHOICES = 5


def propose_case(heard: Heard) -> Script:
    """Options for a case: what is free first, then the ranked proposals."""
    if (past := heard.past()) is not None:
        return question(f"{past[:1].upper()}{past[1:]} is over already. For which day from now on?", asks_for="day")
    if not any(heard.one(kind) for kind in ("procedure", "service", "clinician", "case")):
        return question("Which operation is it, or for which service?", asks_for="procedure")
    free = yield from do("query_capacity", subject="or", site=heard.site(), **window_ahead(heard))
    if isinstance(free, Refused):
        return tell(free)
    result = yield from do(
        "propose_allocation",
        goal="surgical_case",
        case=heard.one("case"),
        procedure=heard.one("procedure"),
        service=heard.one("service"),
        surgeon=heard.one("clinician") or own_surgeon(heard),
        minutes=heard.minutes(),
        site=heard.site(),
        equipment=tuple(heard.slots.get("equipment", ())) or None,
        items=tuple(heard.slots.get("item", ())) or None,
        post_op_level=_level(heard),
        **window_ahead(heard),
    )
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "find a place for a case"))
    said = result.headline
    if isinstance(result, Done) and result.options:
        said += " Say which one to submit, or change what is needed."
    return Say(said, hides=("query_capacity",))


def own_surgeon(heard: Heard) -> str | None:
    """The surgeon who speaks: a case that names nobody else is theirs."""
    own = heard.user.clinician_id if "surgeon" in heard.user.roles and not heard.rejects else None
    return str(own) if own else None


def _level(heard: Heard) -> str | None:
    """The level of care said, also where the words name a unit ("ICU")."""
    return heard.one("level_of_care") or next(iter(heard.slots.get("also_level_of_care", [])), None)


IDENTIFIERS = "record number and date of birth"


def schedule_case_for_patient(heard: Heard) -> Script:
    """Put a patient's requested case on; who is meant is settled by two identifiers, never by a name."""
    world, said = heard.asked.world, heard.one("patient")
    patient = world.get(Patient, said) if said is not None else None
    if patient is None:
        return (yield from say_only(_who(world, said)))
    if heard.born is not None and heard.born != patient.birth_date:
        return (yield from say_only(_check(f"{patient.id} has another date of birth on record.")))
    requests = world.find(SurgicalCase, patient_id=patient.id, state="requested", order="id")
    if not requests:
        return (yield from say_only(_check(f"No operation is requested for {patient.id}.")))
    named = heard.one("case")
    case = next((one for one in requests if one.id == named), requests[0] if len(requests) == 1 else None)
    if case is None:
        which = tuple(_say_request(world, one) for one in requests)
        return question("Which of the requests is it?", which, asks_for="case", ids=tuple(one.id for one in requests))
    heard.slots["case"] = [case.id]
    return (yield from propose_case(heard))


def _who(world: Reader, said: str | None) -> Say:
    """The question who is meant, with the requests that fit the name."""
    fitting = [one for one in world.find(SurgicalCase, state="requested", order="id") if _fits(world, one, said)]
    who = f'"{said}"' if said else "the patient"
    if not fitting or said is None:
        text = f"Who is {who}? Please give the {IDENTIFIERS}, and say which operation and surgeon it is."
        return question(text, asks_for="patient")
    choices = tuple(_say_request(world, one) for one in fitting[:MOST_CHOICES])
    several = "several requests" if len(fitting) > 1 else "one request"
    text = f"{who} fits {several}. Which patient is it, by {IDENTIFIERS}, and is the operation as requested?"
    return question(
        text, choices, asks_for="patient", ids=tuple(str(one.patient_id) for one in fitting[:MOST_CHOICES])
    )


def _check(problem: str) -> Say:
    return question(f"{problem} Please check the {IDENTIFIERS}.", asks_for="patient")


def _fits(world: Reader, case: SurgicalCase, said: str | None) -> bool:
    words = {word.strip(".,'\"").casefold() for word in (said or "").split()} - _TITLES
    patient = world.get(Patient, case.patient_id) if case.patient_id else None
    return patient is not None and bool(words) and words <= set(patient.name.casefold().split())


_TITLES = frozenset(("mr", "mrs", "ms", "miss", "patient", "pt", "the"))


def _say_request(world: Reader, case: SurgicalCase) -> str:
    """`41877, born 12 Mar 1950: total hip with Dr. Lund (CASE-601)`; no name, two identifiers instead."""
    patient = world.get(Patient, case.patient_id) if case.patient_id else None
    procedure = world.get(Procedure, case.procedure_id)
    surgeon = world.get(Clinician, case.surgeon_id) if case.surgeon_id else None
    born = f", born {patient.birth_date:%d %b %Y}" if patient else ""
    operation = procedure.name if procedure else case.procedure_id
    return f"{case.patient_id}{born}: {operation}{f' with {surgeon.name}' if surgeon else ''} ({case.id})"


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
