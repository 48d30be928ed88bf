"""Days of the sandbox planned by several planners and then lived through with the minutes that cases really took."""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from evals.benchmarks.day_planners import PLANNERS
from evals.dialogue import FROZEN
from hospital.model.bookings import SurgicalCase
from hospital.planning.day_list import DayProblem, ListCase, Slot, violations
from middleware.sandbox.world.build import PARTS
from middleware.sandbox.world.frame import Frame, Row, World

EXTRA = 0.5
"""So many more cases are asked for than were done that day, so that not all fit."""
LAST_START = 570
"""A case that could not begin within so many minutes of opening is cancelled on the day (17:00)."""
RESAMPLES = 1000
FIGURES = ("cost", "came", "utilisation", "overtime", "waiting", "cancelled", "seconds")
WORDS = {
    "cost": "planned cost, $", "came": "what it came to, same prices, $",
    "utilisation": "prime-time utilisation, %", "overtime": "overtime, min a day",
    "waiting": "waiting after planned start, min a case", "cancelled": "not done, % of cases asked for",
    "seconds": "seconds a day",
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A site's day: what was asked for in that order, and how long each case really takes."""

    problem: DayProblem
    actual: dict[str, int]


def bench_days(
    days: Annotated[int, typer.Option(min=2, max=2000, help="How many days of the sandbox")] = 200,
    seed: Annotated[int, typer.Option(help="Chooses the days, what is asked for, and every search")] = 2026,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Days planned at once; one core each")] = 2,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Compare the planners on the same days: utilisation, overtime, waiting and cancellations with 95% intervals.

    CP-SAT and ours have the same seconds a day by the clock. The seeds 3, 7 and 91 were used for tuning.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in PLANNERS}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("building the sandbox", total=days)
        asked = list(days_of_sandbox(days, seed))
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for told in pool.map(_all_planners, asked, range(seed, seed + len(asked))):
                for name, figures in told.items():
                    found[name].append(figures)
                progress.update(bar, advance=1, description="planning and living through")
    _show(found, len(asked), as_json)


def _all_planners(day: Day, seed: int) -> dict[str, dict[str, float]]:
    """What comes of the day under each planner, and the seconds each took."""
    told = {}
    for name, plan in PLANNERS.items():
        started = time.perf_counter()
        slots = plan(day.problem, seed)
        seconds = time.perf_counter() - started
        if wrong := violations(day.problem, slots):
            raise RuntimeError(f"{name}, seed {seed}: {wrong[0]}")
        told[name] = {**live(day, slots), "seconds": seconds}
    return told


def days_of_sandbox(count: int, seed: int) -> Iterator[Day]:
    """So many days of the sandbox's history, each with cases of another day of the site asked for as well."""
    frame, world = Frame(FROZEN.astimezone(), seed), World()
    for name, build in PARTS:
        build(frame, world)
        if name == "surgery":
            break
    by_day: dict[tuple[str, Any], list[Row]] = defaultdict(list)
    for row in world.of(SurgicalCase):
        if row["state"] == "completed" and row["start"] < frame.now - timedelta(days=1):
            by_day[row["site_id"], row["start"].date()].append(row)
    full = sorted(key for key, rows in by_day.items() if len(rows) >= 8)
    random = Random(seed)
    for site, on in random.sample(full, min(count, len(full))):
        rows = sorted(by_day[site, on], key=lambda row: row["id"])
        other = random.choice([key for key in full if key[0] == site and key[1] != on])
        more = random.sample(by_day[other], min(len(by_day[other]), round(EXTRA * len(rows))))
        asked = [*rows, *more]
        random.shuffle(asked)
        cases = tuple(ListCase(row["id"], row["surgeon_id"], _minutes(row["start"], row["end"])) for row in asked)
        rooms = tuple(sorted({row["room_id"] for row in rows}))
        yield Day(DayProblem(cases, rooms), {row["id"]: int(row["actual_minutes"]) for row in asked})


def _minutes(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(minutes=1)


def live(day: Day, slots: tuple[Slot, ...]) -> dict[str, float]:
    """What comes of a list when every case takes what it really takes and nobody begins before its time."""
    problem = day.problem
    cases = {case.id: case for case in problem.cases}
    room_free: dict[str, int] = defaultdict(int)
    surgeon_free: dict[str, int] = defaultdict(int)
    used, waits, begun, done = 0, [], [], set()
    last: dict[str, int] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.room)):
        case = cases[slot.case]
        begins = max(slot.start, room_free[slot.room], surgeon_free[case.surgeon])
        if begins > LAST_START:
            continue
        ends = begins + day.actual[slot.case]
        used += max(0, min(ends, problem.prime_minutes) - begins)
        room_free[slot.room], surgeon_free[case.surgeon] = ends + problem.turnover, ends
        last[slot.room] = ends
        waits.append(begins - slot.start)
        begun.append(begins)
        done.add(slot.case)
    overtime = sum(max(0, ends - problem.prime_minutes) for ends in last.values())
    left = sum(problem.missed(case) for case in problem.cases if case.id not in {s.case for s in slots})
    planned = sum(problem.cost(cases[slot.case], slot.start) for slot in slots) + left
    missed = sum(problem.missed(case) for case in problem.cases if case.id not in done)
    return {
        "cost": planned / 100,
        "came": (missed + problem.overtime * overtime + problem.later * sum(begun)) / 100,
        "utilisation": 100 * used / (len(problem.rooms) * problem.prime_minutes),
        "overtime": float(overtime),
        "waiting": statistics.fmean(waits) if waits else 0.0,
        "cancelled": 100 * (1 - len(done) / len(problem.cases)),
    }


def interval(values: list[float], random: Random) -> tuple[float, float, float]:
    """Mean with its 95% bootstrap interval over the days."""
    means = sorted(statistics.fmean(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return statistics.fmean(values), means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]


def _show(found: dict[str, list[dict[str, float]]], days: int, as_json: bool) -> None:
    random = Random(0)
    told = {
        name: {figure: interval([day[figure] for day in rows], random) for figure in FIGURES}
        for name, rows in found.items()
    }
    console = Console()
    if as_json:
        console.print_json(json.dumps({"days": days, "planners": told}))
        return
    table = Table("", *found, title=f"{days} days of the sandbox, mean and 95% interval")
    for figure in FIGURES:
        digits = 0 if figure in ("cost", "came") else 2 if figure == "seconds" else 1
        cells = [_cell(told[name][figure], digits) for name in found]
        table.add_row(WORDS[figure], *cells)
    console.print(table)


def _cell(value: tuple[float, float, float], digits: int) -> str:
    mean, low, high = value
    return f"{mean:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"
