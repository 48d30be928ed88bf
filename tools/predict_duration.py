"""How long to book a case for, from what the same operation took before."""

from pydantic import Field

from hospital.cards import TableCard
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician
from hospital.planning.duration import MIN_PROCEDURE_CASES, DurationEstimate, DurationHistory
from hospital.planning.duration import predict_duration as estimate_duration
from hospital.ports import In, Not
from tools.directory import find_clinician, find_procedure
from tools.tool import Answer, Arguments, Problem, Toolbox, tool


class PredictDuration(Arguments):
    procedure: str = Field(description="Kind of operation, e.g. revision total knee")
    clinician: str | None = Field(default=None, description="Surgeon; unstated: all surgeons")


@tool(PredictDuration, "read", sources=("ehr",), reads=("schedules",))
async def predict_duration(args: PredictDuration, box: Toolbox) -> Answer:
    """Minutes a case takes, wheels-in to wheels-out: median, 80th and 90th percentile, and what they rest on."""
    procedure = find_procedure(box, args.procedure)
    surgeon = find_clinician(box, args.clinician) if args.clinician else None
    estimate = estimate_duration(
        _history(box, procedure), procedure.id, surgeon.id if surgeon else None, procedure.service_id
    )
    if estimate.median is None or estimate.p80 is None or estimate.p90 is None:
        raise Problem(
            "unavailable",
            f"There are no past cases to judge {procedure.name} by; it is booked at {procedure.booked_minutes} min "
            "unless you state a duration.",
            argument="procedure",
        )
    median, p80, p90 = round(estimate.median), round(estimate.p80), round(estimate.p90)
    who = f" with {surgeon.name}" if surgeon else ""
    basis = _say_basis(box, estimate, procedure, surgeon)
    over = median - procedure.booked_minutes
    against = "the same as" if over == 0 else f"{abs(over)} min {'more' if over > 0 else 'less'} than"
    headline = (
        f"{procedure.name}{who}: median {median} min, p80 {p80} min, p90 {p90} min, wheels-in to wheels-out, "
        f"from {basis}. Book {p80} min to be done in time in 4 of 5 cases; "
        f"the median is {against} the usual booking of {procedure.booked_minutes} min."
    )
    facts = {
        "procedure": procedure.name,
        "procedure_id": procedure.id,
        "clinician": surgeon.name if surgeon else None,
        "median_minutes": median,
        "p80_minutes": p80,
        "p90_minutes": p90,
        "n": estimate.n,
        "basis": estimate.basis,
        "basis_said": basis,
        "own_weight_percent": round(100 * estimate.own_weight),
        "booked_minutes": procedure.booked_minutes,
        "median_over_booked": over,
        "in_time": "4 of 5",
    }
    card = TableCard(
        title=f"Duration of {procedure.name}{who}",
        columns=("Median", "p80", "p90", "Cases", "Basis", "Usual booking"),
        rows=((median, p80, p90, estimate.n, basis, procedure.booked_minutes),),
        note="Minutes, wheels-in to wheels-out; set-up and clean-up are not included.",
    )
    return Answer(headline=headline, facts=facts, cards=(card,))


def _history(box: Toolbox, procedure: Procedure) -> DurationHistory:
    """The completed cases of this operation; of its whole service only when there are too few."""
    cases = _completed(box, procedure.id)
    if len(cases) < MIN_PROCEDURE_CASES:
        kin = box.world.values(Procedure, ("id",), service_id=procedure.service_id)
        cases = _completed(box, *(id for (id,) in kin))
    return DurationHistory.of(cases)


def _completed(box: Toolbox, *procedures: str) -> list[tuple[str, str, str, float]]:
    found = box.world.values(
        SurgicalCase,
        ("surgeon_id", "procedure_id", "service_id", "actual_minutes"),
        procedure_id=In(procedures),
        state="completed",
        actual_minutes=Not(None),
    )
    return [(surgeon or "", kind, service, minutes) for surgeon, kind, service, minutes in found if minutes > 0]


def _say_basis(box: Toolbox, estimate: DurationEstimate, procedure: Procedure, surgeon: Clinician | None) -> str:
    who = surgeon.name if surgeon else ""
    if estimate.basis == "surgeon and procedure":
        return (
            f"{estimate.n} cases of {who}'s own, weighted {round(100 * estimate.own_weight)}% "
            "against all surgeons of this operation"
        )
    if estimate.basis == "procedure, all surgeons":
        why = f" because {who} has too few of their own to judge by" if surgeon else ""
        return f"{estimate.n} cases of all surgeons{why}"
    return (
        f"{estimate.n} cases of all operations of the {procedure.service_id} service, because there are too few "
        f"of {procedure.name} itself"
    )
