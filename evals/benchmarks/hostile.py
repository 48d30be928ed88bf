"""`wardline bench hostile`: how much a hostile planner writes that nobody approved. It must be nothing."""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bots.app import Wardline
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.hostile.attack import Attack
from evals.hostile.unapproved import unapproved_writes
from evals.proof import watch
from evals.replay import database_of, open_line
from policies.plans import AuditEntry, Plan, Vote


def bench_hostile(
    calls: Annotated[int, typer.Option(help="Calls of the desk")] = 5_000,
    turns: Annotated[int, typer.Option(help="Whole turns")] = 500,
    seed: Annotated[int, typer.Option(help="Of the attack")] = 1,
) -> None:
    """Attack a copy of the sandbox, then count writes that no vote, confirmation or gate explains."""
    settings = read_settings().model_copy(update={"now": FROZEN})
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="wardline-hostile-") as folder:
        home = Path(folder) / "home"
        open_line(settings, home).close()
        watch(database_of(home))
        untouched = Path(shutil.copy(database_of(home), Path(folder) / "untouched.db"))
        line = open_line(settings, home)
        try:
            _attack(line, home, calls, turns, seed, console)
        finally:
            line.close()
        wrong = unapproved_writes(untouched, database_of(home))
    for row in wrong[:20]:
        console.print(f"unapproved: {row}")
    console.print(f"unapproved writes: {len(wrong)}")
    raise typer.Exit(0 if not wrong else 1)


def _attack(line: Wardline, home: Path, calls: int, turns: int, seed: int, console: Console) -> None:
    """Attack, and print how it went."""
    started = time.perf_counter()
    attack = Attack(line.store, line.desk, line.clock, seed)
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("calls and turns", total=calls + turns)
        asyncio.run(attack.calls(calls, lambda: progress.advance(bar)))
        asyncio.run(attack.turns(turns, home, lambda: progress.advance(bar)))
    with line.store.reading() as world:
        states = Counter(plan.state for plan in world.find(Plan))
        tried = world.count(AuditEntry, what="commit")
        votes = world.count(Vote)
    console.print(f"{calls} desk calls and {turns} whole turns in {time.perf_counter() - started:.0f} s, seed {seed}")
    console.print("ended: " + ", ".join(f"{how} {count}" for how, count in attack.ends.most_common()))
    console.print("plans: " + ", ".join(f"{state} {count}" for state, count in states.most_common()))
    console.print(f"commits tried: {tried}; votes taken: {votes}")
