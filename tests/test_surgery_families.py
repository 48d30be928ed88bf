"""Add-ons that bump, block time that is given up, and substitutes: problem in, result out, the reason always told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from small_cases import MONDAY, at, request, site

from hospital.planning.add_on import AddOn, Bump, plan_bumps
from hospital.planning.block_release import BlockTime, ReleaseProblem, WaitingCase, plan_release
from hospital.planning.case_site import Room, RoomTime
from hospital.planning.displacement import Displaced
from hospital.planning.substitution import PlannedCase, SubstitutionProblem, plan_substitution

PLAIN = {"equipment": (), "implants": (), "post_op_level": None, "stay_minutes": 0, "home_site": None}


def rooms(*free: tuple[float, float, int]) -> tuple[Room, ...]:
    return (Room("north-1", "OR 1", tuple(RoomTime(at(a, b, day)) for a, b, day in free)),)


def urgent_case() -> object:
    return request(case="NEW", windows=(at(8, 14),), asked_at=at(7, 8).start, case_minutes=120, **PLAIN)


def booked(elective: bool = True) -> Displaced:
    wish = request(
        case="CASE-1", windows=(at(8, 18), at(8, 18, 1)), asked_at=at(7, 8).start, case_minutes=120,
        surgeon="north-s1", **PLAIN,
    )  # fmt: skip
    return Displaced(wish, at(9, 24).start, "north", elective)


def test_a_booked_case_moves_only_where_it_has_another_place() -> None:
    with_place = site(days=2, rooms=rooms((8, 14, 0), (8, 14, 1)))
    result = plan_bumps(AddOn(urgent_case(), (Bump(booked(), (with_place,)),)))  # type: ignore[arg-type]
    (way,) = result.options
    assert way.case == "CASE-1"
    assert not way.placed.taken("room")[0].span.overlaps(way.moved.taken("room")[0].span)
    nowhere = site(days=2, rooms=rooms((8, 11.5, 0)))
    without = plan_bumps(AddOn(urgent_case(), (Bump(booked(), (nowhere,)),)))  # type: ignore[arg-type]
    assert without.options == ()
    assert without.why_not == ("CASE-1: it would have no other place",)


def test_an_urgent_case_never_moves_for_another() -> None:
    with pytest.raises(ValueError, match="CASE-1 is urgent"):
        AddOn(urgent_case(), (Bump(booked(elective=False), (site(),)),))  # type: ignore[arg-type]


def block(id: str = "B1", booked_spans: tuple[tuple[float, float], ...] = ((7.5, 10),)) -> BlockTime:
    return BlockTime(id, "r1", "Dr. Lund", at(7.5, 15.5), tuple(at(a, b) for a, b in booked_spans), at(7, 8).start)


def test_what_is_released_leaves_turnover_and_serves_the_urgent_first() -> None:
    waiting = (
        WaitingCase("LATE", 120, False, MONDAY), WaitingCase("EARLY", 120, False, MONDAY - timedelta(days=9)),
        WaitingCase("URGENT", 100, True, MONDAY),
    )  # fmt: skip
    result = plan_release(ReleaseProblem((block(),), waiting, MONDAY))
    (part,) = result.parts
    assert part.span.start == at(10, 11).start + timedelta(minutes=25)
    assert part.serves == ("URGENT", "EARLY")
    assert result.unserved == ("LATE",)


def test_a_full_block_and_a_released_one_give_nothing_and_say_why() -> None:
    full = block(booked_spans=((7.5, 11), (11.5, 15.2)))
    result = plan_release(ReleaseProblem((full,), (), MONDAY))
    assert result.status == "nothing to release"
    assert result.relax[0].constraints == ("booked",)
    gone = plan_release(ReleaseProblem((replace(block(), auto_release_at=MONDAY),), (), MONDAY))
    assert "released itself" in gone.why_not[0]
    assert plan_release(ReleaseProblem((), (), MONDAY)).status == "no blocks"


def planned(n: int, surgeon: str, hours: float) -> PlannedCase:
    return PlannedCase(f"CASE-{n}", surgeon, MONDAY + timedelta(hours=hours))


def test_each_surgeon_has_a_part_of_their_own_and_a_short_shelf_serves_the_earliest() -> None:
    cases = (planned(3, "petrov", 80), planned(1, "varga", 72), planned(2, "lund", 76))
    result = plan_substitution(SubstitutionProblem(cases, 1, 2, 24, MONDAY))
    assert [who for who, _ in result.by_surgeon] == ["varga", "lund", "petrov"]
    fits = {fit.case.surgeon: fit for _, part in result.by_surgeon for fit in part}
    assert (result.status, fits["varga"].keeps, fits["lund"].keeps) == ("some", True, False)
    assert fits["petrov"].why == "only 0 of the substitute are left and it needs 1"
    assert result.relax[0].words == "every case, given 1 more of the substitute on the shelf"


def test_a_case_too_soon_to_ask_or_to_process_is_not_served() -> None:
    result = plan_substitution(SubstitutionProblem((planned(1, "a", 6), planned(2, "b", 20)), 0, 9, 24, MONDAY))
    whys = [fit.why for _, part in result.by_surgeon for fit in part]
    assert "too late to ask" in whys[0]
    assert "processing" in whys[1]
    assert result.status == "none"
    assert plan_substitution(SubstitutionProblem((), 0, 9, 24, MONDAY)).status == "no cases"
