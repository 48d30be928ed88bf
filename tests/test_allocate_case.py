"""A case gets the best place there is, every resource for its own time, or learns exactly what is in the way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from small_cases import MONDAY, at, request, site

from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_problem import CaseProblem, Weights
from hospital.planning.case_request import ImplantNeed
from hospital.planning.case_result import CaseResult
from hospital.planning.case_site import Anaesthetist, Count, Resource, Room, RoomTime, Site, Stock
from hospital.planning.intervals import MINUTE, Interval


def solve(*sites: Site, **changes: object) -> CaseResult:
    return allocate_case(CaseProblem(request(**changes), sites or (site(),)))


def test_every_resource_is_taken_for_its_own_time() -> None:
    best = solve().options[0]
    start = best.start
    spans = {placement.kind: placement.span for placement in best.placements}

    def around(before: int, after: int) -> Interval:
        return Interval(start - before * MINUTE, start + after * MINUTE)

    assert spans == {
        "room": around(20, 145), "surgeon": around(0, 120), "anaesthesia": around(15, 135), "team": around(20, 145),
        "equipment": around(0, 150), "pacu": around(-120, 180), "bed": around(-180, 300),
    }  # fmt: skip
    assert best.end - start == timedelta(minutes=120)


def test_options_differ_in_room_or_day_and_rather_in_site() -> None:
    result = solve(site(days=3), site("lake", "Lakeside", days=3), windows=(at(7, 17), at(7, 17, 1), at(7, 17, 2)))
    assert len(result.options) == 3
    seen = {(o.taken("room")[0].id, o.start.date()) for o in result.options}
    assert len(seen) == 3
    assert len({o.start.date() for o in result.options}) > 1
    assert [o.rank for o in result.options] == [1, 2, 3]


def test_a_missing_bed_is_named_with_its_hour() -> None:
    beds = {"ICU": (Count(at(6, 16), 1), Count(at(16, 24), 0))}
    harbor = site("harbor", "Harbor", beds=beds)
    assert solve(harbor).options[0].start <= at(11, 12).start
    late = replace(harbor, surgeons=(Resource("s", "Dr. Osei", (at(12, 17),)),))
    result = solve(late)
    assert result.status == "infeasible"
    (reason,) = result.rejected
    assert reason.words == "Harbor, Mon 14 Sep: no ICU bed for a start after 11:00; all else would fit 12:00-15:00"
    assert ("bed",) in [r.constraints for r in result.relax]
    assert any("one more ICU bed" in r.words for r in result.relax)


def test_a_room_free_for_too_short_is_told_with_its_minutes() -> None:
    short = Room("north-3", "OR 3", (RoomTime(at(8, 9 + 35 / 60)),))
    result = solve(site(rooms=(*site().rooms, short)))
    assert "Northgate OR 3, Mon 14 Sep: free only 95 min of the 165 needed" in [r.words for r in result.rejected]


def test_block_time_is_for_its_owner_and_a_release_is_what_would_help() -> None:
    block = Room("north-6", "OR 6", (RoomTime(at(7, 16), "north-s1", "Dr. Lund"),))
    owner = solve(site(rooms=(block,)), surgeon="north-s1")
    assert owner.options[0].taken("surgeon")[0].id == "north-s1"
    assert solve(site(rooms=(block,))).options[0].taken("surgeon")[0].id == "north-s1"
    other = solve(site(rooms=(block,)), surgeon="north-s2")
    assert other.status == "infeasible"
    assert [r.constraints for r in other.relax] == [("block",)]
    assert "release of block time" in other.relax[0].words


def test_a_services_block_is_open_to_every_surgeon_of_the_service() -> None:
    mine = Room("north-6", "OR 6", (RoomTime(at(7, 16), "ortho", "Orthopaedics"),))
    theirs = Room("north-6", "OR 6", (RoomTime(at(7, 16), "neuro", "Neurosurgery"),))
    assert solve(site(rooms=(mine,)), surgeon="north-s2").status == "optimal"
    refused = solve(site(rooms=(theirs,)), surgeon="north-s2")
    assert refused.status == "infeasible"
    assert refused.rejected[0].why.startswith("no open or own block time of 165 min")
    beside = solve(site(rooms=(*site().rooms, theirs)), surgeon="north-s2")
    assert "Northgate OR 6, Mon 14 Sep: the time is a block of Neurosurgery" in [r.words for r in beside.rejected]


def test_what_arrives_is_usable_only_once_processed() -> None:
    days = tuple(at(7, 17, day) for day in range(4))
    coming = Stock("CUP", 0, arrivals=((at(10, 11).start, 1),), processing_minutes=48 * 60)
    option = solve(site(days=4, stock=(coming,)), windows=days).options[0]
    assert option.start >= at(10, 11, 2).start
    assert option.start.date() == at(10, 11, 2).start.date()
    assert option.orders == ()


def test_places_that_would_do_but_rank_lower_say_why() -> None:
    rooms = tuple(Room(f"north-{n}", f"OR {n}", (RoomTime(at(6 + n, 18)),)) for n in range(1, 6))
    result = solve(site(rooms=rooms), site("lake", "Lakeside"), site("east", "Eastfield"), home_site="north")
    lower = [reason for reason in result.rejected if reason.constraint == "rank"]
    offered = {(option.site_name, option.taken("room")[0].name) for option in result.options}
    assert lower
    assert not offered & {(reason.site, reason.resource) for reason in lower}
    assert any("later" in reason.why for reason in lower if reason.resource == "OR 5")


def test_an_implant_not_on_hand_is_ordered_when_it_can_come_in_time() -> None:
    days = tuple(at(7, 17, day) for day in range(4))
    short = Stock("CUP", on_hand=1, reserved=1, lead_minutes=24 * 60, processing_minutes=24 * 60)
    option = solve(site(days=4, stock=(short,)), windows=days).options[0]
    (order,) = option.orders
    assert (order.item, order.quantity, order.ready_at) == ("CUP", 1, MONDAY + timedelta(days=2))
    assert option.start >= order.ready_at
    assert option.terms["order"] == Weights().order
    never = solve(site(days=4, stock=(Stock("CUP", 0),)), windows=days)
    assert never.status == "infeasible"
    assert never.relax[0].constraints == ("implant CUP",)


def test_an_anaesthetist_directs_at_most_the_cap_at_once() -> None:
    cases = tuple(at(8 + n / 4, 12) for n in range(4))
    busy = Anaesthetist("a", "Dr. Park", (at(6, 18),), cases)
    assert busy.free == (at(6, 8.75), at(12, 18))
    best = solve(site(anaesthetists=(busy,)), windows=(at(8, 17),)).options[0]
    assert best.taken("anaesthesia")[0].span.start >= at(12, 13).start
    assert "no anaesthetist any earlier" in best.report.binding


def test_two_units_of_a_kind_are_two_different_units() -> None:
    one = site()
    assert solve(one, equipment=("C-arm", "C-arm")).status == "infeasible"
    two = site(equipment={"C-arm": tuple(Resource(f"c{n}", f"C-arm {n}", (at(6, 24),)) for n in range(2))})
    taken = solve(two, equipment=("C-arm", "C-arm")).options[0].taken("equipment")
    assert {unit.id for unit in taken} == {"c0", "c1"}


def test_a_kind_of_equipment_the_site_does_not_have_is_a_hard_no() -> None:
    result = solve(site(equipment={}))
    assert result.status == "infeasible"
    assert result.rejected[0].why == "no C-arm"


def test_a_required_site_that_cannot_names_another_that_could() -> None:
    bare = site("lake", "Lakeside", rooms=(), surgeons=(), anaesthetists=(), pacu=(), beds={})
    result = solve(site(), bare, site="lake")
    assert result.status == "infeasible"
    assert result.relax[0].constraints == ("site",)
    assert result.relax[0].words.startswith("Northgate")


def test_slack_is_how_much_later_each_constraint_would_allow() -> None:
    report = solve(windows=(at(8, 11),)).options[0].report
    start = solve(windows=(at(8, 11),)).options[0].start
    assert report.slack["window"] == (at(9, 10).start - start) // MINUTE
    assert report.slack["bed"] > report.slack["window"]


def test_patients_who_go_home_need_no_bed() -> None:
    result = solve(site(beds={}), post_op_level=None, stay_minutes=0)
    assert result.options[0].taken("bed") == ()


def test_when_time_is_up_the_status_says_so() -> None:
    problem = CaseProblem(request(), (site(),))
    hurried, patient = allocate_case(problem, limit=0.0), allocate_case(problem)
    assert (hurried.status, patient.status) == ("feasible", "optimal")
    assert hurried.options[0].score >= patient.options[0].score
    assert len(hurried.options) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"case_minutes": 0}, "CASE-900: case_minutes=0 must be at least 1"),
        ({"setup_minutes": -5}, "CASE-900: setup_minutes=-5 must not be negative"),
        ({"windows": ()}, "CASE-900: windows is empty"),
        ({"asked_at": datetime(2026, 9, 14)}, "asked_at=2026-09-14T00:00:00 has no time zone"),
        ({"post_op_level": None}, "stay_minutes=120 needs a post_op_level"),
    ],
)
def test_nonsense_is_refused_at_birth(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        request(**changes)


def test_an_unknown_site_and_a_far_window_are_refused() -> None:
    with pytest.raises(ValueError, match="site=moon is not among"):
        CaseProblem(request(site="moon"), (site(),))
    with pytest.raises(ValueError, match="more than 60 days ahead"):
        solve(windows=(at(7, 17, 90),))
    with pytest.raises(ValueError, match="quantity=0"):
        ImplantNeed("CUP", 0)


def test_a_window_already_past_is_infeasible_and_another_time_would_help() -> None:
    result = solve(site(days=2), windows=(at(7, 17),), asked_at=at(18, 19).start)
    assert (result.status, result.rejected) == ("infeasible", ())
    assert result.relax[0].constraints == ("window",)
    assert "outside the requested window" in result.relax[0].words


def test_without_any_site_there_is_no_option_and_no_error() -> None:
    result = allocate_case(CaseProblem(request(), ()))
    assert (result.status, result.options, result.relax) == ("infeasible", (), ())


def test_hours_are_told_in_the_zone_of_the_site() -> None:
    denver = site("harbor", "Harbor", zone="America/Denver", equipment={})
    (relaxed,) = solve(denver, windows=(at(8, 17),)).relax
    assert relaxed.words.startswith("Harbor, Mon 14 Sep 07:00")
    assert site("harbor", "Harbor").prime_minutes(at(7, 8)) == 30
