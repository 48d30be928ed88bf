"""The options of a case are compared with trying every placement there is."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from small_cases import MONDAY, at, request, site

from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_site import Anaesthetist, Count, Resource, Room, RoomTime, Site, Stock, enough
from hospital.planning.intervals import MINUTE, Interval, Spans, covers, subtract


def random_spans(rng: random.Random, low: int, high: int, cuts: int) -> Spans:
    """Free time between two hours with holes, to five minutes."""
    busy = []
    for _ in range(cuts):
        begin = rng.randrange(low * 12, high * 12 - 6)
        busy.append(at(begin / 12, (begin + rng.randrange(3, 24)) / 12))
    return subtract([at(low, high)], busy)


def random_site(rng: random.Random, key: str) -> Site:
    surgeons = tuple(Resource(f"{key}-s{n}", f"Dr. {n}", random_spans(rng, 7, 17, 2)) for n in range(2))
    owners = [None, None, "ortho", "neuro", *(surgeon.id for surgeon in surgeons)]
    return site(
        key,
        key.title(),
        rooms=tuple(
            Room(
                f"{key}-{n}",
                f"OR {n}",
                tuple(
                    RoomTime(part, rng.choice(owners))
                    for hours in (at(6, 12), at(12, 18))
                    for span in random_spans(rng, 6, 18, 2)
                    for part in subtract([span], subtract([at(0, 24)], [hours]))
                ),
            )
            for n in range(2)
        ),
        surgeons=surgeons,
        anaesthetists=tuple(
            Anaesthetist(f"{key}-a{n}", f"A{n}", (at(6.5, 17),), random_spans(rng, 8, 16, 2), cap=rng.choice([1, 2]))
            for n in range(2)
        ),
        team=tuple(Count(at(h, h + 2), rng.choice([1, 2, 3, 4])) for h in range(6, 20, 2)),
        equipment={"C-arm": tuple(Resource(f"{key}-c{n}", f"C{n}", random_spans(rng, 6, 20, 2)) for n in range(2))},
        stock=(Stock("CUP", rng.choice([0, 1]), lead_minutes=rng.choice([None, 300]), processing_minutes=200),),
        pacu=tuple(Count(at(h, h + 3), rng.choice([0, 1, 2, 2])) for h in range(6, 24, 3)),
    )  # fmt: skip


def places(problem: CaseProblem) -> dict[tuple[str, str, datetime], int]:
    """Every placement there is, by trying them all, with its score worked out the long way."""
    r, w = problem.request, problem.weights
    found: dict[tuple[str, str, datetime], int] = {}
    for one, step in itertools.product(problem.sites, range(24 * 60 // problem.grain)):
        start = MONDAY.astimezone(UTC) + step * problem.grain * MINUTE
        minutes = {
            "case": (0, 120), "room": (-20, 145), "anaesthesia": (-15, 135), "unit": (0, 150),
            "pacu": (120, 180), "bed": (180, 300),
        }  # fmt: skip
        take = {k: Interval(start + a * MINUTE, start + b * MINUTE) for k, (a, b) in minutes.items()}
        ready = one.stock[0].ready_from_stock(r.asked_at, 1)
        ordered = one.stock[0].ready_by_order(r.asked_at)
        in_stock, by_order = ready is not None and ready <= start, ordered is not None and ordered <= start
        if not (covers(r.windows, take["case"]) and (in_stock or by_order)):
            continue
        if not (covers(enough(one.team, 2), take["room"]) and covers(enough(one.pacu, 1), take["pacu"])):
            continue
        if not covers(enough(one.beds["ICU"], 1), take["bed"]):
            continue
        if not any(covers(unit.free, take["unit"]) for unit in one.equipment["C-arm"]):
            continue
        if not any(covers(person.free, take["anaesthesia"]) for person in one.anaesthetists):
            continue
        for room, surgeon in itertools.product(one.rooms, one.surgeons):
            spans = room.usable_by(r.service, surgeon.id)
            if not (covers(spans, take["room"]) and covers(surgeon.free, take["case"])):
                continue
            gap = next(span for span in spans if span.contains(take["room"]))
            left = [(take["room"].start - gap.start) // MINUTE, (gap.end - take["room"].end) // MINUTE]
            score = 50 * max(0, (start - r.windows[0].start) // MINUTE)
            score += 1800 * (165 - one.prime_minutes(take["room"]))
            score += 1200 * sum(part for part in left if part < w.usable_gap)
            score += 150_000 * (one.id != r.home_site) + 50_000 * (not in_stock) + 3600 * 165
            key = (one.id, room.id, start)
            found[key] = min(score, found.get(key, score))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_first_option_is_the_best_that_exhaustive_search_finds(seed: int) -> None:
    rng = random.Random(seed)
    sites = tuple(random_site(rng, key) for key in ("north", "lake")[: 1 + seed % 2])
    problem = CaseProblem(request(asked_at=MONDAY + timedelta(hours=3)), sites, grain=15)
    result, every = allocate_case(problem, seed=seed), places(problem)
    assert (result.status == "infeasible") == (not every)
    for option in result.options:
        (room,) = option.taken("room")
        assert option.score >= every[option.site, room.id, option.start]
    if every:
        assert result.status == "optimal"
        assert result.options[0].score == min(every.values())
        assert [o.score for o in result.options] == sorted(o.score for o in result.options)
    else:
        assert result.relax or any(r.constraint == "several" for r in result.rejected)


def test_exhaustive_search_has_both_kinds_of_cases_to_compare() -> None:
    outcomes = set()
    for seed in range(40):
        rng = random.Random(seed)
        sites = tuple(random_site(rng, key) for key in ("north", "lake")[: 1 + seed % 2])
        outcomes.add(bool(places(CaseProblem(request(asked_at=MONDAY + timedelta(hours=3)), sites, grain=15))))
    assert outcomes == {True, False}


def test_the_same_problem_and_seed_give_the_same_options() -> None:
    rng = random.Random(7)
    problem = CaseProblem(request(), (random_site(rng, "north"), random_site(rng, "lake")))
    assert allocate_case(problem, seed=3) == allocate_case(problem, seed=3)


def test_five_sites_of_ten_rooms_over_five_days_take_less_than_two_seconds() -> None:
    rng = random.Random(1)
    sites = []
    for key in ("north", "lake", "river", "harbor", "east"):
        one = site(key, key.title(), days=5)
        rooms = tuple(
            Room(f"{key}-{n}", f"OR {n}", tuple(
                RoomTime(gap, rng.choice([None, "ortho", "neuro"]))
                for day in range(5)
                for gap in subtract([at(7, 18, day)], [at(h, h + rng.random() * 2 + 0.5, day) for h in (8, 11, 14)])
            ))
            for n in range(10)
        )  # fmt: skip
        sites.append(replace(one, rooms=rooms))
    problem = CaseProblem(request(windows=tuple(at(7, 17, day) for day in range(5))), tuple(sites))
    result = allocate_case(problem)
    assert (result.status, len(result.options)) == ("optimal", 3)
    for option in result.options:
        here = next(one for one in sites if one.id == option.site)
        room = next(one for one in here.rooms if one.id == option.taken("room")[0].id)
        assert covers(room.usable_by("ortho", option.taken("surgeon")[0].id), option.taken("room")[0].span)
