"""How much of the held-aside set is understood, how seldom a change is attempted by mistake, and what it costs."""

import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agent.guard import guard
from agent.planners.embedded.names import entries_of
from agent.planners.embedded.planner import EmbeddedPlanner
from agent.planners.embedded.understand import Understanding
from agent.planners.port import Asked
from bots.app import Wardline
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.replay import open_line
from evals.understanding.items import Talk, conversations, guard_pairs, singles
from evals.understanding.noise import noisy
from evals.understanding.play import Judged, Listener, Player
from hospital.model.people import User

Figures = dict[str, float]


def bench_understanding(
    noise: Annotated[bool, typer.Option(help="Also play everything with a typo per sentence in lower case")] = True,
    failures: Annotated[bool, typer.Option(help="List what was misheard")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Play the held-aside set and print its figures, in percent, ms, MB and seconds."""
    settings = read_settings().model_copy(update={"now": FROZEN})
    with tempfile.TemporaryDirectory(prefix="wardline-bench-") as folder:
        home = Path(folder) / "home"
        figures = _cost(settings.home / "planner", lambda: open_line(settings, home))
        listener = Listener()
        line = open_line(settings, home, EmbeddedPlanner(settings.home / "planner", listener))
        try:
            player = _player(line, listener)
            judged = _play(player, (*singles(), *conversations()))
            figures |= _figures(judged)
            if noise:
                spoiled = _play(player, (*singles(), *conversations()), noisy)
                figures |= {f"noisy_{name}": value for name, value in _figures(spoiled).items()}
        finally:
            line.close()
    figures |= _guard_figures()
    if failures:
        for one in judged:
            if one.problems and (one.ours or not one.outside):
                typer.echo(f"{one.talk}: {one.say!r}: {'; '.join(one.problems)}")
    _show(figures, as_json)


def _play(player: Player, talks: Sequence[Talk], spoil: Callable[[str], str] = str) -> list[Judged]:
    return [judged for talk in talks for judged in player.play(talk, spoil)]


def _figures(judged: Sequence[Judged]) -> Figures:
    """Shares in percent; a message outside our matters counts for `caught` only."""
    ours = [one for one in judged if one.ours]
    others = [one for one in judged if not one.ours]
    return {
        "first_attempt": _percent(not one.problems for one in ours),
        "after_one_question": _percent(one.put_right for one in ours),
        "wrong_writes": float(sum(len(one.wrong_writes) for one in judged)),
        "outside_caught": _percent(one.outside or "stopped by the guard" in one.problems for one in others),
        "false_alarms": _percent(one.outside for one in ours),
        "messages": float(len(judged)),
    }


def _guard_figures() -> Figures:
    """How many of the pairs are stopped by their rule, and how many allowed twins pass."""
    pairs = guard_pairs()
    stopped = [(verdict := guard(pair.say)) is not None and verdict.rule == pair.rule for pair in pairs]
    return {
        "guard_stopped": _percent(stopped),
        "guard_twins_pass": _percent(guard(pair.twin) is None for pair in pairs),
    }


def _cost(models: Path, open_it: Callable[[], Wardline]) -> Figures:
    """Seconds to load and milliseconds per message once warm; the intents are learnt before, once per version."""
    line = open_it()
    try:
        with line.store.reading() as world:
            user = world.get(User, "or.scheduler")
            assert user is not None
            before = _memory_mb()
            Understanding(models).warm(world)  # learns what is new
            added = _memory_mb() - before
            started = time.perf_counter()
            understanding = Understanding(models)
            understanding.warm(world)
            loaded = time.perf_counter() - started
            spent = []
            for talk in singles():
                asked = Asked(user, talk.turns[0].say, line.clock.now(), world, {}, {}, ())
                started = time.perf_counter()
                understanding.hear(asked)
                spent.append(time.perf_counter() - started)
    finally:
        line.close()
    p95 = statistics.quantiles(spent, n=100, method="inclusive")[94]
    return {
        "added_mb": round(added, 1),
        "load_s": round(loaded, 2),
        "p50_ms": round(statistics.median(spent) * 1000, 1),
        "p95_ms": round(p95 * 1000, 1),
    }


def _player(line: Wardline, listener: Listener) -> Player:
    with line.store.reading() as world:
        users = {user.id: user for user in world.find(User)}
        names = {(entry.kind, entry.id): entry.names[0] for entry in entries_of(world)}
    return Player(
        lambda user, text, thread: line.ask(user, text, thread, "cli"),
        listener,
        lambda id: users[id],  # type: ignore[index]
        lambda kind, id: names.get((kind, id), id),
    )


def _percent(hits: Iterable[bool]) -> float:
    found = list(hits)
    return round(100 * sum(found) / len(found), 2)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _show(figures: Figures, as_json: bool) -> None:
    console = Console()
    if as_json:
        console.print_json(json.dumps(figures))
        return
    table = Table("figure", "value", title="The held-aside set, embedded planner")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    console.print(table)
