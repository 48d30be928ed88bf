"""Beds for those who wait: hard limits hold, the longest waiting come first, and what is missing is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospital.planning.bed_limits import BedSpot, WaitingPatient, beyond_rules, broken_limits
from hospital.planning.beds import BedProblem, plan_beds
from hospital.planning.staffing import RatioRoom

WARD = frozenset({"medicine"})


def bed(id: str, level: str = "medical", **more: object) -> BedSpot:
    return BedSpot(id, more.pop("unit", "ward"), level, more.pop("specialties", WARD), **more)  # type: ignore[arg-type]


def patient(id: str, level: str = "medical", waited: int = 0, **more: object) -> WaitingPatient:
    return WaitingPatient(id, level, "medicine", waited, **more)  # type: ignore[arg-type]


def test_nobody_waiting_is_empty() -> None:
    assert plan_beds(BedProblem((), (bed("b1"),), {"ward": 1})).status == "empty"


def test_who_waited_longest_gets_the_only_bed_and_the_other_hears_what_is_missing() -> None:
    beds = (bed("b1"), bed("b2", taken="dirty"))
    plan = plan_beds(BedProblem((patient("new", waited=5), patient("old", waited=300)), beds, {"ward": 2}))
    assert plan.status == "partial"
    assert [(one.patient, one.bed, one.beyond) for one in plan.placements] == [("old", "b1", ())]
    (missing,) = plan.unplaced
    assert missing.patient == "new"
    assert missing.relax[0].constraints == ("free",)
    assert "1 given away" in missing.relax[0].words
    assert "1 dirty" in missing.relax[0].words


def test_a_bed_without_the_equipment_never_counts_as_having_it() -> None:
    asks = patient("p", equipment=frozenset({"telemetry"}))
    plan = plan_beds(BedProblem((asks,), (bed("plain"), bed("other", features=frozenset({"lift"}))), {"ward": 9}))
    assert plan.placements == ()
    assert plan.unplaced[0].relax[0].constraints == ("equipment",)


def test_beds_without_a_nurse_are_not_filled() -> None:
    plan = plan_beds(BedProblem((patient("a"), patient("b")), (bed("b1"), bed("b2")), {"ward": 1}))
    assert len(plan.placements) == 1
    assert plan.unplaced[0].relax[0].constraints == ("staffed",)
    assert plan.binding == ("ward",)


@pytest.mark.parametrize(
    ("room", "placed", "said"),
    [
        (RatioRoom("East", 3, 1, 5), 2, "East would be 1:6 with one more; the pack says 1:5"),
        (RatioRoom("East", 5, 1, 5), 0, "East would be 1:6 with one more; the pack says 1:5"),
        (RatioRoom("East", 9, 2, 5), 1, "East would be 1:6 with one more; the pack says 1:5"),
        (RatioRoom("East", 7, 1, 5), 0, "East would be 1:8 with one more; the pack says 1:5"),
        (RatioRoom("East", 0, 0, 5), 0, "East has no nurse who counts; the pack says 1:5"),
        (
            RatioRoom("East", 4, 1, 5, {2: 3}),
            0,
            "East would need 3 nurses with one more and has 1;",
        ),
    ],
)
def test_no_unit_is_filled_beyond_its_ratio_and_what_it_would_be_is_said(
    room: RatioRoom, placed: int, said: str
) -> None:
    beds, patients = tuple(bed(f"b{n}") for n in range(3)), tuple(patient(f"p{n}") for n in range(3))
    plan = plan_beds(BedProblem(patients, beds, {"ward": 3}, {"ward": room}))
    assert len(plan.placements) == placed
    assert plan.binding == (("ward",) if placed else ())
    assert plan.unplaced[0].relax[0].constraints == ("ratio",)
    assert said in plan.unplaced[0].relax[0].words


def test_the_own_level_is_taken_before_a_higher_one_and_a_lower_one_never() -> None:
    beds = (bed("icu", "icu", unit="icu"), bed("ward"), bed("low", "med_surg", unit="low"))
    places = {"icu": 1, "ward": 1, "low": 1}
    assert plan_beds(BedProblem((patient("p"),), beds, places)).placements[0].bed == "ward"
    assert plan_beds(BedProblem((patient("p", "step_down"),), beds, places)).placements[0].bed == "icu"
    assert plan_beds(BedProblem((patient("p", "icu"),), beds[1:], places)).unplaced[0].relax[0].constraints == (
        "level",
    )


def test_a_room_is_shared_only_under_the_same_precaution() -> None:
    room = (bed("r1", isolates=True, room="r"), bed("r2", isolates=True, room="r"))
    same = (patient("a", isolation="contact"), patient("b", isolation="contact"))
    mixed = (patient("a", isolation="contact"), patient("b", isolation="droplet"))
    assert len(plan_beds(BedProblem(same, room, {"ward": 2})).placements) == 2
    assert len(plan_beds(BedProblem(mixed, room, {"ward": 2})).placements) == 1
    lying = (bed("r2", isolates=True, room="r", precaution="droplet"),)
    assert plan_beds(BedProblem(same[:1], lying, {"ward": 2})).unplaced[0].relax[0].constraints == ("cohort",)


@pytest.mark.parametrize("make", [lambda: patient("p", waited=-1), lambda: BedProblem((), (bed("b"), bed("b")), {})])
def test_nonsense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"must not|twice"):
        make()  # type: ignore[operator]


LEVEL = st.sampled_from(["med_surg", "medical", "telemetry", "step_down", "icu", "psychiatry"])
THINGS = st.frozensets(st.sampled_from(["telemetry", "lift"]), max_size=2)
PRECAUTION = st.sampled_from(["", "", "contact", "droplet"])


@st.composite
def problems(draw: st.DrawFn) -> BedProblem:
    patients = tuple(
        WaitingPatient(f"p{n}", draw(LEVEL), "medicine", draw(st.integers(0, 500)), draw(PRECAUTION), draw(THINGS))
        for n in range(draw(st.integers(0, 6)))
    )
    beds = tuple(
        BedSpot(
            f"b{n}", draw(st.sampled_from("uv")), draw(LEVEL), WARD, draw(st.booleans()), draw(THINGS),
            draw(st.sampled_from(["", "", "dirty"])), draw(st.sampled_from(["", "r"])), draw(PRECAUTION),
        )
        for n in range(draw(st.integers(0, 8)))
    )  # fmt: skip
    places = {"u": draw(st.integers(0, 4)), "v": draw(st.integers(0, 4))}
    ratios = {"u": RatioRoom("U", draw(st.integers(0, 9)), draw(st.integers(0, 4)), draw(st.integers(1, 5)))}
    return BedProblem(patients, beds, places, ratios if draw(st.booleans()) else {})


@given(problems())
@settings(max_examples=60)
def test_every_placement_keeps_every_hard_limit_and_nobody_is_left_out_who_fits(problem: BedProblem) -> None:
    plan = plan_beds(problem)
    patients, beds = {p.id: p for p in problem.patients}, {b.id: b for b in problem.beds}
    left = dict(problem.places)
    by_ratio: dict[str, int | None] = {unit: room.places for unit, room in problem.ratios.items()}
    rooms: dict[str, set[str]] = {}
    for one in plan.placements:
        lies, takes = beds[one.bed], patients[one.patient]
        assert broken_limits(takes, lies, left[lies.unit], by_ratio.get(lies.unit)) == ()
        assert one.beyond == beyond_rules(takes, lies)
        left[lies.unit] -= 1
        if (within := by_ratio.get(lies.unit)) is not None:
            by_ratio[lies.unit] = within - 1
        if lies.room:
            rooms.setdefault(lies.room, set()).add(takes.isolation)
    assert all(len(precautions) == 1 for precautions in rooms.values())
    taken = {one.bed for one in plan.placements}
    assert len(taken) == len(plan.placements)
    assert {one.patient for one in plan.placements} | {one.patient for one in plan.unplaced} == set(patients)
    for missing in plan.unplaced:
        still = [bed for bed in problem.beds if bed.id not in taken and not bed.room]
        lying = patients[missing.patient]
        assert all(broken_limits(lying, bed, left[bed.unit], by_ratio.get(bed.unit)) for bed in still)
        assert all(relax.constraints for relax in missing.relax if not any(bed.room for bed in problem.beds))
    assert plan_beds(problem) == plan
