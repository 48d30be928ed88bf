"""How long proposals take: each problem family through the desk, in a warm process, beside a bare read."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bots.app import Wardline
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.replay import open_line
from hospital.model.people import Shift, User
from hospital.model.places import Room, Site
from hospital.ports import Range
from tools.results import Refused

ROUNDS = 5
ROOMS = 12


@dataclass(frozen=True)
class Ask:
    """One family: who asks for what, how long it may take, and what the sandbox must be like before."""

    name: str
    seconds: float
    user: str
    tool: str
    args: dict[str, Any]
    before: Callable[[Wardline], None] = lambda line: None


def _rooms_lost(line: Wardline, count: int, hours: int = 34) -> None:
    """So many of the site's 12 rooms are down until tomorrow evening.

    Raises:
        LookupError: when the sandbox's site has not 12 rooms, so that the figure would mean something else.
    """
    with line.store.working() as work:
        rooms = work.find(Room, site_id="northgate", kind="or", order="id")
        if len(rooms) != ROOMS:
            raise LookupError(f"northgate has {len(rooms)} operating rooms; displacement is timed at {ROOMS}")
        rooms = rooms[:count]
        until = line.clock.now() + timedelta(hours=hours)
        work.put(*(room.changed(status="blocked", status_until=until, status_at=line.clock.now()) for room in rooms))


def _unit_short(line: Wardline) -> None:
    """On every shift of the week two nurses of 5 West have called out."""
    with line.store.working() as work:
        week = Range(at_least=line.clock.now(), before=line.clock.now() + timedelta(days=7))
        shifts = work.find(Shift, unit_id="northgate-5-west", role="rn", state="rostered", start=week, order="id")
        by_start: dict[datetime, list[Shift]] = {}
        for shift in shifts:
            if shift.takes_patients:
                by_start.setdefault(shift.start, []).append(shift)
        work.put(*(one.changed(state="called_out") for some in by_start.values() for one in some[:2]))


WEEK = {"start": "2026-09-14T19:00:00-05:00", "end": "2026-09-21T07:00:00-05:00"}
CASE = {"goal": "surgical_case", "procedure": "total-hip", "minutes": 180, "equipment": ("c-arm", "cell-saver")}
ASKS: tuple[Ask, ...] = (
    Ask("options for a case, one site", 2.0, "or.scheduler", "propose_allocation", CASE),
    Ask("options for a case, five sites", 2.0, "or.scheduler", "propose_allocation", {**CASE, "site": "all"}),
    Ask(
        "cover for tonight, two call-outs", 2.0, "charge.5west", "propose_allocation", {"goal": "nurse_cover"},
    ),
    Ask(
        "cover for a unit and a week, two call-outs a shift", 10.0, "charge.5west", "propose_allocation",
        {"goal": "nurse_cover", **WEEK}, _unit_short,
    ),
    Ask(
        "a bed plan for a site, everybody who waits", 2.0, "capacity.manager", "propose_allocation",
        {"goal": "beds"},
    ),
    Ask(
        "templates of a service for a week, four sites", 10.0, "cardiology.manager", "propose_allocation",
        {"goal": "template", "start": "2026-09-21T00:00:00-05:00", "end": "2026-09-28T00:00:00-05:00"},
    ),
    Ask(
        "overbooking of a clinic's day, four sessions", 2.0, "ent.manager", "propose_allocation",
        {"goal": "overbook", "clinic": "Northgate ENT", "day": "2026-09-15"},
    ),
    Ask(
        "an imaging order over five sites and a week", 2.0, "callcenter.1", "propose_allocation",
        {"goal": "imaging", "patient": "88213", "site": "all"},
    ),
    Ask(
        "displacement, a physician lost for two days", 5.0, "callcenter.1", "propose_allocation",
        {"goal": "displacement", "clinician": "physician.palmer", "start": "2026-09-16T00:00:00-05:00",
         "end": "2026-09-18T00:00:00-05:00"},
    ),
    Ask(
        "displacement, a scanner lost for three days", 5.0, "callcenter.1", "propose_allocation",
        {"goal": "displacement", "room": "northgate-mri-1", "start": "2026-09-15T00:00:00-05:00",
         "end": "2026-09-18T00:00:00-05:00"},
    ),
    Ask(
        "displacement, one of 12 rooms lost", 5.0, "or.scheduler", "propose_allocation",
        {"goal": "displacement", "room": "OR 4"},
    ),
    Ask(
        "displacement, four of 12 rooms lost for two days", 5.0, "or.scheduler", "propose_allocation",
        {"goal": "displacement"}, partial(_rooms_lost, count=4),
    ),
    Ask(
        "displacement, all 12 rooms lost for two days", 5.0, "or.scheduler", "propose_allocation",
        {"goal": "displacement"}, partial(_rooms_lost, count=12),
    ),
)  # fmt: skip
"""One family per line; those that change the sandbox come last."""


def bench_allocations(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print the median and worst seconds of each proposal, the limit, and how many bare reads that is."""
    settings = read_settings().model_copy(update={"now": FROZEN})
    with tempfile.TemporaryDirectory(prefix="wardline-bench-") as folder:
        line = open_line(settings, Path(folder) / "home")
        try:
            line.warm()
            reference = statistics.median(_timed(lambda: _bare_read(line)) for _ in range(200))
            rows = [_measure(line, ask, reference) for ask in ASKS]
        finally:
            line.close()
    _show(rows, reference, as_json)
    raise typer.Exit(0 if all(row["within"] for row in rows) else 1)


def _measure(line: Wardline, ask: Ask, reference: float) -> dict[str, Any]:
    ask.before(line)
    with line.store.reading() as world:
        user = world.get(User, ask.user)
    if user is None:
        raise LookupError(f"{ask.name}: the sandbox has no user {ask.user}")

    def run() -> None:
        result = line.turns.run(line.desk.call(ask.tool, ask.args, line.context(user, "cli")))
        if isinstance(result, Refused):
            raise LookupError(f"{ask.name}: {result.sentence}")

    first = _timed(run)
    seconds = [_timed(run) for _ in range(ROUNDS)]
    return {
        "family": ask.name,
        "median_s": round(statistics.median(seconds), 3),
        "worst_s": round(max(seconds), 3),
        "first_s": round(first, 3),
        "limit_s": ask.seconds,
        "within": max(*seconds, first) <= ask.seconds,
        "reads": round(statistics.median(seconds) / reference),
    }


def _bare_read(line: Wardline) -> None:
    """The reference: one snapshot and one small query."""
    with line.store.reading() as world:
        world.find(Site)


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _show(rows: list[dict[str, Any]], reference: float, as_json: bool) -> None:
    console = Console()
    if as_json:
        console.print_json(json.dumps({"reference_read_s": round(reference, 6), "families": rows}))
        return
    title = f"Proposals through the desk ({ROUNDS} rounds; a bare read takes {reference * 1000:.2f} ms)"
    table = Table("family", "median, s", "worst, s", "first, s", "limit, s", "within", "bare reads", title=title)
    for row in rows:
        told = [f"{row[name]:.2f}" for name in ("median_s", "worst_s", "first_s")]
        table.add_row(
            row["family"], *told, f"{row['limit_s']:g}", "yes" if row["within"] else "[red]no[/]", str(row["reads"])
        )
    console.print(table)
