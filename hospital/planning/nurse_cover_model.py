"""The optimiser of nurse cover: fill order first, then cost, then overtime spread fairly (CP-SAT, anytime)."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hospital.planning.hours import WEEK, against
from hospital.planning.intervals import MINUTE, Interval
from hospital.planning.nurse_cover import FILL_ORDER, Assignment, CoverProblem, Gap, Nurse, Source

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

MISSING, AGENCY, OVERTIME, FLOAT = 10**9, 10**7, 2 * 10**6, 5 * 10**5
"""What a shift from each source weighs besides its cents, so that the fill order is never traded for money."""
FAIR = 500
"""What an hour of overtime of the person with most of it weighs, in cents: it decides between equals in cost."""

Chosen = tuple[tuple[Assignment, ...], dict[str, int], bool]
"""Assignments, shifts that still lack nurses, and whether nothing better exists."""


def solve(
    problem: CoverProblem,
    able: frozenset[tuple[str, str]],
    seconds: float,
    seed: int = 0,
    sources: tuple[Source, ...] = FILL_ORDER,
) -> Chosen:
    """The best cover from the pairs (nurse, gap) in `able` by these sources; the best so far when the time is up."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    gaps = {gap.id: gap for gap in problem.gaps if gap.short}
    nurses = {one.id: one for one in problem.nurses if any(key[0] == one.id for key in able)}
    takes: dict[tuple[str, str, bool], IntVar] = {
        (who, gap, over): model.new_bool_var(f"{who} {gap} {over}")
        for who, gap in sorted(able)
        for over in (False, True)
        if (nurses[who].volunteers and "overtime" in sources if over else nurses[who].pool in sources)
    }
    hires = problem.agency_rate is not None and "agency" in sources
    outside = {id: model.new_int_var(0, gap.short if hires else 0, id) for id, gap in gaps.items()}
    missing = {id: model.new_int_var(0, gap.short, id) for id, gap in gaps.items()}
    for id, gap in gaps.items():
        coming = [var for (_, at, _), var in takes.items() if at == id]
        model.add(sum(coming) + outside[id] + missing[id] == gap.short)
    for nurse in nurses.values():
        _limits(model, problem, nurse, gaps, takes)
    most = _most_overtime(model, nurses, gaps, takes)
    terms: list[object] = [MISSING * var for var in missing.values()]
    terms += [(AGENCY + agency_cost(problem, gaps[id])) * var for id, var in outside.items()]
    terms += [_weight(problem, nurses[who], gaps[at], over) * var for (who, at, over), var in takes.items()]
    model.minimize(sum(terms) + FAIR * most)  # type: ignore[arg-type]
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return (), {id: gap.short for id, gap in gaps.items()}, False
    found = [
        Assignment(
            at, who, "overtime" if over else nurses[who].pool, shift_cost(problem, nurses[who], gaps[at], over)
        )
        for (who, at, over), var in takes.items()
        if solver.value(var)
    ]
    for id, var in outside.items():
        found += [Assignment(id, None, "agency", agency_cost(problem, gaps[id]))] * solver.value(var)
    left = {id: solver.value(var) for id, var in missing.items() if solver.value(var)}
    return tuple(found), left, status == cp_model.OPTIMAL


def shift_cost(problem: CoverProblem, nurse: Nurse, gap: Gap, overtime: bool) -> int:
    """What the shift costs in cents; a started hour is paid."""
    rate = nurse.rate * problem.overtime_percent // 100 if overtime else nurse.rate
    return -(-gap.span.minutes // 60) * rate


def agency_cost(problem: CoverProblem, gap: Gap) -> int:
    """What somebody from the agency costs for the shift."""
    return -(-gap.span.minutes // 60) * (problem.agency_rate or 0)


def week_of(problem: CoverProblem, span: Interval) -> date:
    """The Monday of the week on the site's clock in which a shift begins."""
    day = span.start.astimezone(ZoneInfo(problem.zone)).date()
    return day - timedelta(days=day.weekday())


def _limits(
    model: "CpModel",
    problem: CoverProblem,
    nurse: Nurse,
    gaps: dict[str, Gap],
    takes: dict[tuple[str, str, bool], "IntVar"],
) -> None:
    """Each shift once; rest between two of them; hours of every 7 days; plain hours of a week."""
    mine: dict[str, list[IntVar]] = defaultdict(list)
    plain: dict[date, list[object]] = defaultdict(list)
    for (who, at, over), var in takes.items():
        if who == nurse.id:
            mine[at].append(var)
            if not over:
                plain[week_of(problem, gaps[at].span)].append(gaps[at].span.minutes * var)
    for found in mine.values():
        model.add_at_most_one(found)
    spans = {at: (gaps[at].span.start, gaps[at].span.end) for at in mine}
    ordered = sorted(mine, key=lambda at: (spans[at], at))
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if against(problem.hours, spans[one], [spans[other]]) is not None:
                model.add_at_most_one([*mine[one], *mine[other]])
    most = problem.hours.most_hours_a_week * 60
    for since in {duty.start for duty in nurse.duties} | {start for start, _ in spans.values()}:
        until = since + WEEK
        base = sum(_inside(duty, since, until) for duty in nurse.duties)
        added = [_inside(gaps[at].span, since, until) * var for at, found in mine.items() for var in found]
        model.add(sum(added) <= max(0, most - base))
    for week, terms in plain.items():
        base = sum(duty.minutes for duty in nurse.duties if week_of(problem, duty) == week)
        model.add(sum(terms) <= max(0, problem.plain_hours * 60 - base))  # type: ignore[arg-type]


def _inside(span: Interval, since: datetime, until: datetime) -> int:
    return max(0, (min(span.end, until) - max(span.start, since)) // MINUTE)


def _most_overtime(
    model: "CpModel", nurses: dict[str, Nurse], gaps: dict[str, Gap], takes: dict[tuple[str, str, bool], "IntVar"]
) -> "IntVar":
    """Hours of the person who would have worked most overtime, lately and now."""
    highest = max((nurse.overtime_hours for nurse in nurses.values()), default=0)
    most = model.new_int_var(0, highest + sum(-(-gap.span.minutes // 60) for gap in gaps.values()), "most overtime")
    for nurse in nurses.values():
        extra = [(gaps[at], var) for (who, at, over), var in takes.items() if who == nurse.id and over]
        if extra:
            model.add(most >= nurse.overtime_hours + sum(-(-gap.span.minutes // 60) * var for gap, var in extra))
    return most


def _weight(problem: CoverProblem, nurse: Nurse, gap: Gap, overtime: bool) -> int:
    source = OVERTIME if overtime else FLOAT if nurse.pool == "float" else 0
    return source + shift_cost(problem, nurse, gap, overtime)
