"""What a storm does to the Slack front: 500 events, a fifth of them twice, on four servers that die."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bots.fake_slack.faults import Faults
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.replay import open_line
from evals.slack.after import After, p_ms
from evals.slack.fleet import fleet_town
from evals.slack.storm import Weather, storm

SAYINGS = (
    ("capacity.manager", "Which beds are free?"),
    ("supply.lead", "Order 1 of tray HIP-REV-7"),
    ("or.scheduler", "What OR time is open this week?"),
    ("supply.lead", "Which cases in the next 7 days lack an implant?"),
    ("charge.5west", "How many nurses do we need tonight?"),
    ("callcenter.1", "Earliest dermatology follow-up at Lakeside"),
    ("periop.director", "What waits for my approval?"),
    ("or.charge", "Which exceptions are open?"),
    ("supply.lead", "What is below its reorder point?"),
    ("capacity.manager", "What does the handbook say about block release?"),
)
"""One in ten is a request that somebody must decide."""
KILL, KILL_WORKER = ((0.25, 1), (0.5, 2), (0.75, 1)), ((0.4, 0), (0.6, 3))


def bench_slack(
    events: Annotated[int, typer.Option("--events", min=10, max=5000)] = 500,
    servers: Annotated[int, typer.Option("--servers", min=2, max=16)] = 4,
    only: Annotated[str, typer.Option("--only", help="One of: crashes, no crash, 429 storm.")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Three storms: with crashes, without, and with Slack refusing a third of all calls; 1 if anything is wrong."""
    console = Console(soft_wrap=True)
    settings = read_settings().model_copy(update={"now": FROZEN, "model": ""})
    calm = Faults(duplicate=0.2, reorder=0.2, limits=False)
    refusing = Faults(duplicate=0.2, reorder=0.2, too_many=0.33, retry_after=1, limits=False)
    weathers = {
        "crashes": Weather(
            SAYINGS,
            events,
            [one for one in KILL if one[1] < servers],
            faults=calm,
            decider="periop.director",
            kill_worker=[one for one in KILL_WORKER if one[1] < servers],
        ),
        "no crash": Weather(SAYINGS, events, faults=calm, decider="periop.director"),
        "429 storm": Weather(SAYINGS, events, faults=refusing, decider="periop.director"),
    }
    found: dict[str, After] = {}
    for name, weather in weathers.items():
        if only not in ("", name):
            continue
        with tempfile.TemporaryDirectory(prefix="wardline-slack-") as folder:
            line = open_line(settings, Path(folder) / "home")
            line.warm()  # what the planner learns is kept in the home, for the servers too
            own = settings.model_copy(update={"home": Path(folder) / "home", "database_url": ""})
            with fleet_town(line, own, Path(folder), servers) as (made, fleet):
                found[name] = storm(made, fleet, weather, lambda said: None if as_json else console.print(said))
            line.close()
        if not as_json:
            console.print(f"{name}: {_figures(found[name])}")
            for where in found[name].duplicates:
                console.print(f"{name}: posted twice in {where}")
    wrong = {name: [*after.wrong(crashed=name == "crashes"), *after.too_slow()] for name, after in found.items()}
    if as_json:
        console.print_json(json.dumps({name: _figures(after) for name, after in found.items()} | {"wrong": wrong}))
    else:
        console.print(_table(found))
        for name, said in wrong.items():
            for one in said:
                console.print(f"[red]{name}: {one}[/]")
    raise typer.Exit(1 if any(wrong.values()) else 0)


def _figures(after: After) -> dict[str, float]:
    return {
        "messages": after.messages,
        "unanswered": after.unanswered,
        "turns not exactly once": after.turns_not_once,
        "plans not exactly once": after.plans_not_once,
        "answers posted twice": len(after.duplicates),
        "presses": after.clicks,
        "votes not exactly once": after.votes_not_once,
        "commits not exactly once": after.commits_not_once,
        "dead jobs": len(after.dead_jobs),
        "identifiers shown": len(after.leaks),
        "ack p50, ms": p_ms(after.acks, 0.5),
        "ack p99, ms": after.ack_p99_ms,
        "of it at the door p99, ms": p_ms(after.door, 0.99),
        "of it until kept p99, ms": p_ms(after.kept, 0.99),
        "acks": len(after.acks),
        "kept in the file": after.on_disk,
        "late by the fake Slack p99, ms": p_ms(after.lag, 0.99),
        "seconds": round(after.seconds, 1),
    }


def _table(found: dict[str, After]) -> Table:
    table = Table("figure", *found, title="The Slack front in a storm")
    rows = {name: _figures(after) for name, after in found.items()}
    for figure in _figures(next(iter(found.values()))):
        table.add_row(figure, *(f"{rows[name][figure]:g}" for name in found))
    return table
