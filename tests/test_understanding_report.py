"""What went wrong in the held-aside set is told by class, and counted as it should be."""

import pytest

from evals.understanding.items import Expected
from evals.understanding.play import Judged
from evals.understanding.report import classes_of, counted, failures_of, figures_of

BEDS = Expected(("bed_state",), {}, {})
OUTSIDE = Expected(("out_of_scope",), {}, {})


def judged(expected: Expected, *problems: str, outside: bool = False, wrote: tuple[str, ...] = ()) -> Judged:
    return Judged("beds-1", "Any beds?", expected, problems, not problems, outside, wrote)


@pytest.mark.parametrize(
    ("problems", "classes"),
    [
        (("heard as assign_bed", "unit nothing, not 5-west"), ["intent bed_state > assign_bed", "slot unit"]),
        (("unit unclear", "unit nothing, not 5-west"), ["slot unit"]),
        (("stopped by the guard",), ["stopped by the guard"]),
    ],
)
def test_mistakes_have_classes(problems: tuple[str, ...], classes: list[str]) -> None:
    assert classes_of(judged(BEDS, *problems)) == classes


def test_a_message_outside_is_no_failure_when_it_was_taken_for_one() -> None:
    caught, missed = judged(OUTSIDE, "time {}", outside=True), judged(OUTSIDE, "heard as help")
    assert [one["problems"] for one in failures_of([caught, missed, judged(BEDS)])] == [["heard as help"]]
    assert counted(failures_of([caught, missed])) == {"intent out_of_scope > help": 1}


def test_figures_count_what_is_ours_apart_from_what_is_not() -> None:
    played = [judged(BEDS), judged(BEDS, "heard as help", wrote=("assign_bed",)), judged(OUTSIDE, outside=True)]
    figures = figures_of(played)
    assert (figures["first_attempt"], figures["outside_caught"], figures["wrong_writes"]) == (50.0, 100.0, 1.0)
