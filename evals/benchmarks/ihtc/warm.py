"""`python -m evals.benchmarks.ihtc.warm` compiles the loops once, so that the first timed run does not have to."""

from evals.benchmarks.ihtc.chain import IhtcChain
from evals.benchmarks.ihtc.instance import SHIFTS, Instance, Nurse, Stay
from evals.benchmarks.ihtc.scorer import SOFT


def warm() -> None:
    """Search the smallest instance there is for one step; what is compiled depends on types only."""
    nothing = (0,) * SHIFTS
    IhtcChain(
        Instance(
            days=1,
            shift_types=("early", "late", "night"),
            weights=dict.fromkeys(SOFT, 1),
            room_ids=("r",),
            capacity=(1,),
            theatre_ids=("t",),
            theatre_minutes=((60,),),
            surgeon_minutes=((60,),),
            nurses=(Nurse("n", 0, dict.fromkeys(range(SHIFTS), 1)),),
            patients=(Stay("p", "A", 0, 1, nothing, nothing, mandatory=True, minutes=60),),
            occupants=(),
        ),
        seed=1,
    ).step(0.0)


if __name__ == "__main__":
    warm()
