"""A day's operating list as one CP-SAT model: a list to begin with, which `plan_day` then improves."""

from hospital.planning.day_list import STEP, DayProblem, Slot


def model_day(problem: DayProblem, *, seconds: float, seed: int = 0) -> tuple[Slot, ...]:
    """The best list of the whole model found in so many seconds by one worker; empty when there is none yet."""
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
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ()
    return tuple(
        Slot(id, room, solver.value(starts[id]) * STEP) for (id, room), here in present.items() if solver.value(here)
    )
