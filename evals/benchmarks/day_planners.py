"""Who plans a day's list in `wardline bench days`: first come first served, CP-SAT alone, and ours."""

from collections.abc import Callable

from hospital.planning.day_list import STEP, DayProblem, ListCase, Slot, plan_day

Planner = Callable[[DayProblem, int], tuple[Slot, ...]]


def first_come(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """Each case, as they were asked for, gets the earliest start left in any room; the seed changes nothing."""
    slots: list[Slot] = []
    cases = {case.id: case for case in problem.cases}
    for case in problem.cases:
        starts = range(0, problem.closes - case.minutes + 1, STEP)
        place = next(
            ((room, at) for at in starts for room in problem.rooms if _fits(problem, cases, slots, case, room, at)),
            None,
        )
        if place is not None:
            slots.append(Slot(case.id, *place))
    return tuple(slots)


def _fits(
    problem: DayProblem, cases: dict[str, ListCase], slots: list[Slot], case: ListCase, room: str, at: int
) -> bool:
    for slot in slots:
        other = cases[slot.case]
        gap = problem.turnover if slot.room == room else 0
        if slot.room != room and other.surgeon != case.surgeon:
            continue
        if at < slot.start + other.minutes + gap and slot.start < at + case.minutes + gap:
            return False
    return True


CP_LIMIT = 0.15
"""CP-SAT's deterministic time for a day."""


def cp_sat(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """One model of the whole day with the same costs, one worker, best found within the limit; not improved."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    costs: list[cp_model.LinearExprT] = []
    starts, present = {}, {}
    by_room: dict[str, list[cp_model.IntervalVar]] = {room: [] for room in problem.rooms}
    by_surgeon: dict[str, list[cp_model.IntervalVar]] = {}
    for case in problem.cases:
        latest = problem.closes - case.minutes
        at = model.new_int_var(0, latest // STEP, f"at {case.id}")
        start = at * STEP
        done = model.new_bool_var(f"done {case.id}")
        held = model.new_optional_fixed_size_interval_var(start, case.minutes, done, f"surgeon {case.id}")
        by_surgeon.setdefault(case.surgeon, []).append(held)
        rooms = []
        for room in problem.rooms:
            here = model.new_bool_var(f"{case.id} in {room}")
            span = model.new_optional_fixed_size_interval_var(start, case.minutes + problem.turnover, here, "")
            by_room[room].append(span)
            present[case.id, room] = here
            rooms.append(here)
        model.add(sum(rooms) == done)
        over = model.new_int_var(0, problem.most_overtime, f"over {case.id}")
        model.add(over >= start + case.minutes - problem.prime_minutes).only_enforce_if(done)
        late = model.new_int_var(0, problem.closes, f"late {case.id}")
        model.add(late >= start).only_enforce_if(done)
        costs += [problem.missed(case) * (1 - done), problem.overtime * over, problem.later * late]
        starts[case.id] = at
    for spans in (*by_room.values(), *by_surgeon.values()):
        model.add_no_overlap(spans)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = CP_LIMIT
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ()
    return tuple(
        Slot(id, room, solver.value(starts[id]) * STEP) for (id, room), here in present.items() if solver.value(here)
    )


def ours(problem: DayProblem, seed: int) -> tuple[Slot, ...]:
    """Greedy and large-neighbourhood search."""
    return plan_day(problem, seed=seed).slots


PLANNERS: dict[str, Planner] = {
    "first come first served": first_come,
    "CP-SAT alone": cp_sat,
    "ours": ours,
}
