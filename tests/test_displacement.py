"""Cases that lose their room: each gets a place or none, together, with least harm."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_cases import MONDAY, at, request, site

from hospital.planning.case_site import Count, Room, RoomTime, Site
from hospital.planning.displacement import Displaced, Displacement, place_displaced
from hospital.planning.intervals import MINUTE


def displaced(n: int, start: float, surgeon: str = "north-s1", minutes: int = 120, **more: object) -> Displaced:
    wish = request(
        case=f"CASE-{n}", windows=(at(start - 1, 18), at(7, 18, 1)), asked_at=at(6, 7).start, case_minutes=minutes,
        surgeon=surgeon, equipment=(), implants=(), post_op_level=None, stay_minutes=0, home_site=None,
    )  # fmt: skip
    return Displaced(wish, at(start, 24).start, "north", **more)  # type: ignore[arg-type]


def one_room(*free: tuple[float, float, int]) -> Site:
    """The site with one room, free at these (hours, day)."""
    room = Room("north-1", "OR 1", tuple(RoomTime(at(a, b, day)) for a, b, day in free))
    return site(days=2, rooms=(room,))


def test_a_case_stays_on_its_day_and_near_its_time_where_it_can() -> None:
    result = place_displaced(Displacement((displaced(1, 9),), (site(days=2),)))
    move = result.moves[0]
    assert move.option is not None
    assert not move.leaves_day
    assert move.option.start == at(9, 24).start
    assert (result.status, result.proven) == ("all placed", True)


def test_two_cases_that_want_the_same_room_follow_each_other() -> None:
    cases = (displaced(1, 9, "north-s1"), displaced(2, 9, "north-s2"))
    result = place_displaced(Displacement(cases, (one_room((8, 14, 0)),)))
    spans = sorted(move.option.taken("room")[0].span for move in result.placed if move.option)
    assert len(spans) == 2
    assert spans[0].end <= spans[1].start


def test_an_urgent_case_has_the_only_place_and_the_elective_one_is_never_cancelled_but_told() -> None:
    cases = (displaced(1, 9), displaced(2, 9, "north-s2", elective=False))
    result = place_displaced(Displacement(cases, (one_room((9, 12, 0)),)))
    by_case = {move.case: move for move in result.moves}
    assert result.status == "some placed"
    assert by_case["CASE-2"].option is not None
    assert by_case["CASE-1"].option is None
    assert "needed by a case that is harder to place" in by_case["CASE-1"].why


def test_a_case_without_any_place_says_the_least_that_would_have_to_give() -> None:
    nobody = tuple(Count(span, 0) for span in (at(6, 24), at(6, 24, 1)))
    result = place_displaced(Displacement((displaced(1, 9),), (replace(site(days=2), pacu=nobody),)))
    assert result.status == "none placed"
    assert result.moves[0].relax[0].constraints == ("pacu",)
    assert "PACU bay" in result.moves[0].why


def test_nothing_displaced_is_nothing_to_do() -> None:
    assert place_displaced(Displacement((), (site(),))).status == "nothing to do"


def test_the_same_case_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="CASE-1"):
        Displacement((displaced(1, 9), displaced(1, 10)), (site(),))


CASES = st.lists(
    st.tuples(st.integers(7, 15), st.sampled_from(["north-s1", "north-s2"]), st.integers(3, 20)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=15)
@given(CASES, st.integers(0, 3))
def test_places_never_share_what_only_one_can_have_and_the_seed_decides_all(
    drawn: list[tuple[int, str, int]], seed: int
) -> None:
    cases = tuple(displaced(n, hour, who, minutes * 10) for n, (hour, who, minutes) in enumerate(drawn))
    problem = Displacement(cases, (one_room((7, 13, 0), (7, 18, 1)),))
    result = place_displaced(problem, seed=seed, rounds=40)
    assert result == place_displaced(problem, seed=seed, rounds=40)
    assert {move.case for move in result.moves} == {case.request.case for case in cases}
    options = [move.option for move in result.placed if move.option]
    for one, other in combinations(options, 2):
        for a in (*one.taken("room"), *one.taken("surgeon")):
            for b in (*other.taken("room"), *other.taken("surgeon")):
                assert a.id != b.id or not a.span.overlaps(b.span)
    for move in result.placed:
        case = next(case for case in cases if case.request.case == move.case)
        assert move.option is not None
        assert move.leaves_day or move.option.start >= case.was - timedelta(minutes=60)
        assert move.option.end - move.option.start == case.request.case_minutes * MINUTE
        assert move.option.start > MONDAY


def test_a_day_that_is_short_of_beds_still_has_the_beds_its_own_cases_were_to_have() -> None:
    full = {"ICU": (Count(at(0, 24), 0), Count(at(0, 24, 1), 0))}
    case = displaced(1, 9)
    with_bed = replace(case, request=replace(case.request, post_op_level="ICU", stay_minutes=120))
    result = place_displaced(Displacement((with_bed,), (replace(site(days=2), beds=full),)))
    assert result.status == "all placed"
    assert not result.moves[0].leaves_day
