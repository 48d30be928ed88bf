"""Visits that lose their physician, room or device: each gets another slot or none, together, with least harm."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, permutations

import pytest
from desk_line import DeskLine, done, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from small_cases import at

from hospital.changes.bookings import RescheduleAppointment
from hospital.model.bookings import Appointment, ClinicSession, Slot
from hospital.model.places import Clinic, Equipment
from hospital.planning.displaced_visits import DisplacedVisit, OpenSlot, VisitProblem, harm_of, place_visits
from hospital.planning.relax import smallest_of, smallest_sets


def slot(n: int, hour: float, day: int = 0, who: str = "kim", site: str = "hill", against: str = "") -> OpenSlot:
    span = at(hour, hour + 0.5, day)
    return OpenSlot(f"slot-{n}", site, who, "new", span, span.start.date(), frozenset(against.split()))


def visit(n: int, hour: float = 9, who: str = "lost", patient: str | None = None) -> DisplacedVisit:
    span = at(hour, hour + 0.5)
    return DisplacedVisit(f"APT-{n}", patient or f"P-{n}", "hill", who, "new", span, span.start.date())


def problem(visits: list[DisplacedVisit], slots: list[OpenSlot]) -> VisitProblem:
    return VisitProblem(tuple(visits), tuple(slots), {"held": "a slot that somebody holds"}, {("hill", "lake"): 10})


def test_a_visit_stays_on_its_day_where_it_can() -> None:
    result = place_visits(problem([visit(1)], [slot(1, 9, day=1), slot(2, 11)]))
    assert (result.status, result.proven) == ("all placed", True)
    assert result.moves[0].slot == slot(2, 11)
    assert not result.moves[0].leaves_day


def test_one_slot_goes_to_whoever_has_no_other_and_no_slot_says_why() -> None:
    late = replace(visit(2), visit_type="old")
    result = place_visits(problem([visit(1), late], [slot(1, 9), slot(2, 10, against="held")]))
    why = {move.visit: move.why for move in result.moves if move.slot is None}
    assert result.status == "some placed"
    assert why == {"APT-2": "it would have one with a later day than was looked at, or another kind of visit"}


def test_without_any_slot_the_least_that_would_have_to_give_is_said() -> None:
    result = place_visits(problem([visit(1)], [slot(1, 9, against="held notice"), slot(2, 10, against="held")]))
    assert (result.status, result.moves[0].relax[0].constraints) == ("none placed", ("held",))
    assert result.moves[0].why == "it would have one with a slot that somebody holds"


def test_a_scanner_without_contrast_is_never_offered_where_it_is_needed() -> None:
    needs = replace(visit(1, who="lost"), contrast=True)
    without = slot(1, 9, against="contrast")
    assert place_visits(problem([needs], [without])).status == "none placed"
    assert place_visits(problem([visit(1)], [without])).status == "all placed"


def test_a_site_whose_distance_nobody_knows_is_not_offered() -> None:
    far = slot(1, 9, site="moon")
    assert place_visits(problem([visit(1)], [far])).status == "none placed"
    assert place_visits(problem([visit(1)], [replace(far, site="lake")])).status == "all placed"


def test_two_visits_of_one_patient_never_overlap() -> None:
    both = [visit(1, 9, patient="P"), visit(2, 10, patient="P")]
    result = place_visits(problem(both, [slot(1, 9), slot(2, 9, who="lee"), slot(3, 15)]))
    spans = [move.slot.span for move in result.placed if move.slot]
    assert len(spans) == 2
    assert not spans[0].overlaps(spans[1])


HOURS = st.lists(st.tuples(st.integers(7, 16), st.integers(0, 3), st.sampled_from(["kim", "lost"])), max_size=5)


@settings(max_examples=40)
@given(st.lists(st.integers(8, 15), min_size=1, max_size=4), HOURS)
def test_no_other_answer_has_less_harm(hours: list[int], drawn: list[tuple[int, int, str]]) -> None:
    visits = [visit(n, hour) for n, hour in enumerate(hours)]
    slots = [slot(n, hour, day, who) for n, (hour, day, who) in enumerate(drawn)]
    asked = problem(visits, slots)
    result = place_visits(asked)
    given_out = [move.slot.id for move in result.placed if move.slot]
    assert len(set(given_out)) == len(given_out)
    assert {move.visit for move in result.moves} == {one.id for one in visits}
    choices = [*slots, *(None for _ in visits)]
    least = min(
        sum(
            asked.harm.no_slot if to is None else harm_of(asked, who, to)
            for who, to in zip(visits, some, strict=True)
        )
        for some in permutations(choices, len(visits))
    )
    assert result.harm == least


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
LISTS = st.lists(st.frozensets(NAMES, max_size=5), max_size=8)


@settings(max_examples=200)
@given(LISTS, st.frozensets(NAMES, max_size=2))
def test_what_would_have_to_give_is_enough_and_nothing_of_it_is_too_much(
    against: list[frozenset[str]], never: frozenset[str]
) -> None:
    def holds(group: frozenset[str]) -> bool:
        return any(one <= group for one in against)

    names = frozenset().union(*against) - never
    found = smallest_sets(names, holds)
    assert set(found) == set(smallest_of(against, never))
    for group in found:
        assert holds(group)
        assert not group & never
        assert not any(holds(group - {one}) for one in group)
        smaller = combinations(sorted(names), max(0, len(group) - 1))
        assert not group or not any(holds(frozenset(less)) for less in smaller)
    if not found:
        assert not holds(names)


PALMER = "physician.palmer"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "site", "clinician"),
    [("callcenter.1", "northgate", PALMER), ("callcenter.2", "lakeside", "physician.adler")],
)
def test_a_lost_physicians_visits_each_have_a_plan_or_no_slot_and_nothing_is_cancelled(
    desk_line: DeskLine, who: str, site: str, clinician: str
) -> None:
    day = (desk_line.now + timedelta(days=2)).date()
    before = desk_line.find(Appointment, clinician_id=clinician, status="booked")
    result = done(desk_line.call(who, "propose_allocation", goal="displacement", clinician=clinician, day=day))
    hit = {str(one.id) for one in before if one.start.astimezone(desk_line.now.tzinfo).date() == day}
    assert hit
    assert {row["visit"] for row in result.facts["moves"]} == hit
    assert len(result.options) == len([row for row in result.facts["moves"] if row["slot"]])
    assert desk_line.find(Appointment, clinician_id=clinician, status="booked") == before
    for plan in result.options:
        (move,) = plan.lines
        assert isinstance(move, RescheduleAppointment)
        taken = desk_line.get(Slot, move.slot_id)
        assert (taken.status, taken.clinician_id != clinician or taken.start.date() != day) == ("free", True)


def _ecgs(line: DeskLine) -> list[Equipment]:
    return [one for one in line.find(Equipment, site_id="harbor") if one.kind == "ecg"]


@pytest.mark.slow
def test_a_lost_device_takes_the_least_booked_of_the_sessions_that_are_left_without(desk_line: DeskLine) -> None:
    desk_line.put(*(one.changed(status="out_of_service") for one in _ecgs(desk_line)[2:]))
    later = desk_line.now + timedelta(days=1)
    sessions = [one for one in desk_line.find(ClinicSession, clinic_id="harbor-cardiology") if one.start > later]
    one = next(a for a, b in combinations(sessions, 2) if a.start < b.end and b.start < a.end)
    assert desk_line.get(Clinic, "harbor-cardiology").session_equipment == ("ecg",)
    day = one.start.astimezone(desk_line.now.tzinfo).date()
    during = [s for s in sessions if s.start.astimezone(desk_line.now.tzinfo).date() == day]
    result = done(
        desk_line.call(
            "callcenter.1", "propose_allocation", goal="displacement", device="ecg", site="harbor", day=day
        )
    )
    booked = {s.id: len(desk_line.find(Slot, session_id=s.id, status="busy")) for s in during}
    assert result.facts["affected"] <= sum(sorted(booked.values())[: len(during) - 1])
    assert (result.facts["affected"] > 0) == (len(during) > 1 and min(booked.values()) > 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"start": "2026-09-18T08:00:00-05:00", "end": "2026-09-16T08:00:00-05:00"}, "is not after"),
        ({"day": "2026-09-10"}, "has passed"),
    ],
)
def test_a_window_that_contradicts_itself_or_has_passed_is_told(
    desk_line: DeskLine, when: dict[str, str], why: str
) -> None:
    result = refused(
        desk_line.call("callcenter.1", "propose_allocation", goal="displacement", clinician=PALMER, **when)
    )
    assert why in result.sentence
