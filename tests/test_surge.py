"""Opening closed beds: never without the nurses of the ratio, the most of what is missing first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.staffing import nurses_required
from hospital.planning.surge import ClosedBeds, Nurse, plan_surge

FLOAT, EXTRA, AGENCY = Nurse("f", "float", 0), Nurse("o", "overtime", 80000), Nurse("a", "agency", 120000)


def unit(**more: object) -> ClosedBeds:
    plain = dict(unit="u", beds=("b1", "b2", "b3", "b4"), patients=18, ratio=3, rostered=6, nurses=(FLOAT, AGENCY))
    return ClosedBeds(**{**plain, **more})  # type: ignore[arg-type]


def test_nothing_missing_opens_nothing() -> None:
    assert plan_surge(0, [unit()]).status == "empty"


def test_three_beds_take_one_nurse_and_a_fourth_a_second_one() -> None:
    plan = plan_surge(4, [unit()])
    assert plan.status == "ok"
    assert [(one.covers, [n.id for n in one.nurses], one.cost) for one in plan.options] == [
        (4, ["f", "a"], 120000),
        (3, ["f"], 0),
    ]


def test_what_is_still_missing_is_said() -> None:
    plan = plan_surge(9, [unit(nurses=(FLOAT,))])
    assert (plan.status, plan.options[0].covers) == ("partial", 3)
    assert [one.words for one in plan.relax] == ["more closed beds and more nurses for them"]


@pytest.mark.parametrize(
    ("more", "why"), [({"beds": ()}, "more closed beds"), ({"nurses": ()}, "more nurses for them")]
)
def test_no_way_says_why(more: dict[str, object], why: str) -> None:
    plan = plan_surge(2, [unit(**more)])
    assert (plan.status, plan.options) == ("infeasible", ())
    assert [one.words for one in plan.relax] == [why]


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="make no sense"):
        unit(ratio=0)


@given(
    missing=st.integers(0, 12), beds=st.integers(0, 8), patients=st.integers(0, 30), ratio=st.integers(1, 6),
    rostered=st.integers(0, 12), nurses=st.lists(st.sampled_from([FLOAT, EXTRA, AGENCY]), max_size=5),
)  # fmt: skip
def test_no_option_leaves_a_unit_below_its_ratio(
    missing: int, beds: int, patients: int, ratio: int, rostered: int, nurses: list[Nurse]
) -> None:
    place = ClosedBeds("u", tuple(f"b{n}" for n in range(beds)), patients, ratio, rostered, tuple(nurses))
    plan = plan_surge(missing, [place])
    for one in plan.options:
        assert rostered + len(one.nurses) >= nurses_required(patients + one.covers, ratio)
        assert one.covers == len(one.beds) <= missing
        assert one.cost == sum(nurse.cost for nurse in one.nurses)
    assert [one.covers for one in plan.options] == sorted((one.covers for one in plan.options), reverse=True)
