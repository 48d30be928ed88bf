"""`wardline eval` and `wardline bench`."""

import json as json_text
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from bots.settings import Settings, read_settings
from evals.benchmarks.catalogue import BENCHMARKS
from evals.dialogue import FROZEN, load_dialogues, scripts_of
from evals.feedback import by_tool, opinions
from evals.run import run_scripts
from evals.runs import OtherGrader, Run, differences, find_run, keep, kept, new_run, per_dialogue
from evals.scores import Score
from middleware.store.database import SqlStore

app = typer.Typer(help="Play dialogues and see how they went.", no_args_is_help=True)
bench = typer.Typer(help="Measure: each figure beside a named reference in the same run.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)

for name, measure in BENCHMARKS.items():
    bench.command(name)(measure)


@app.command("run")
def run(
    only: Annotated[str, typer.Option(help="Only dialogues whose id starts with this")] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object per script")] = False,
) -> None:
    """Play every dialogue with its variants, each on a fresh copy of the sandbox."""
    scripts = [s for d in load_dialogues() for s in scripts_of(d) if d.id.startswith(only)]
    if not scripts:
        console.print(f"No dialogue starts with {only!r}.")
        raise typer.Exit(2)
    settings = read_settings().model_copy(update={"now": FROZEN})
    scores = []
    with Progress(console=console, transient=True, disable=json) as progress:
        bar = progress.add_task("playing", total=len(scripts))
        for score in run_scripts(scripts, settings):
            scores.append(score)
            progress.update(bar, advance=1, description=score.name)
            if json:
                console.print(score.model_dump_json(), markup=False)
            else:
                console.print(_line(score))
    played = new_run(datetime.now(UTC), settings.model or "embedded", scores)
    path = keep(settings.home, played)
    if not json:
        _say_failures(scores)
        console.print(f"Kept as {played.name} ({path}).")
    raise typer.Exit(0 if all(score.passed for score in scores) else 1)


@app.command("slack")
def slack(
    only: Annotated[str, typer.Option(help="Only dialogues whose id starts with this; `story`: the demo")] = "",
) -> None:
    """Play the dialogues and the demo through a fake Slack; the decisions must be those of the command line."""
    from evals.slack.dialogues import compare_scripts, compare_story

    settings = read_settings().model_copy(update={"now": FROZEN, "model": ""})
    scripts = [next(iter(scripts_of(dialogue))) for dialogue in load_dialogues() if dialogue.id.startswith(only)]
    table = Table("dialogue", "turns end as", "s", "identifiers", "decided", title="In Slack and at the command line")
    wrong = played = 0
    for one in (*compare_scripts(scripts, settings), *([compare_story(settings)] if only in ("", "story") else [])):
        played, wrong = played + 1, wrong + bool(one.wrong)
        verdict = "[red]otherwise[/]" if one.differences else "[green]the same[/]"
        table.add_row(one.name, ", ".join(one.outcomes), f"{one.seconds:.1f}", str(len(one.leaks)), verdict)
        for said in one.wrong:
            console.print(f"{one.name}: {escape(said[:400])}")
    console.print(table)
    console.print(f"{played - wrong} of {played} decided the same in Slack as at the command line.")
    raise typer.Exit(1 if wrong else 0)


def _line(score: Score) -> str:
    verdict = "[green]passed[/]" if score.passed else "[red]failed[/]"
    return f"{verdict} {score.name:<18} {score.outcome:<14} {score.seconds:5.2f} s  {' '.join(score.tools)}"


def _say_failures(scores: list[Score]) -> None:
    failed = [score for score in scores if not score.passed]
    if failed:
        console.print()
    for score in failed:
        console.print(f"[red]{score.name}[/] failed:")
        for wrong in score.wrong:
            console.print(f"  - {escape(wrong)}")
    outside = sum(score.outside for score in scores)
    console.print(f"\n{len(scores) - len(failed)} of {len(scores)} scripts passed; writes outside commit: {outside}.")


@app.command("feedback")
def feedback(json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """What people thought of answers in Slack, by tool, the least useful first."""
    store = SqlStore(read_settings().store_url)
    with store.reading() as world:
        found = list(opinions(world))
    store.close()
    if json:
        console.print_json(json_text.dumps([one.model_dump(mode="json") for one in found]))
        return
    table = Table("tool or outcome", "useful", "not useful", title="Feedback on answers")
    for name, (good, bad) in by_tool(found).items():
        table.add_row(name, str(good), str(bad))
    console.print(table if found else "Nobody has pressed a feedback button yet.")
    for one in found:
        if not one.good:
            console.print(f"not useful: turn {one.turn}, {one.outcome}, {', '.join(one.tools) or 'no call'}")


@app.command("report")
def report(
    name: Annotated[str, typer.Argument(help="A run that was kept; unstated: the last one")] = "",
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """How many scripts of each dialogue passed in a run that was kept."""
    settings = read_settings()
    found = _find(settings, name)
    counts = per_dialogue(found)
    if json:
        console.print_json(json_text.dumps({"run": found.name, "grader": found.grader, "dialogues": counts}))
        return
    table = Table("dialogue", "passed", "of", "slowest, s", title=f"{found.name}, {found.planner}, {found.grader}")
    for dialogue, (passed, played, slowest) in counts.items():
        colour = "green" if passed == played else "red"
        table.add_row(dialogue, f"[{colour}]{passed}", str(played), f"{slowest:.2f}")
    table.add_section()
    table.add_row("all", str(sum(c[0] for c in counts.values())), str(sum(c[1] for c in counts.values())), "")
    console.print(table)


@app.command("compare")
def compare(
    one: Annotated[str, typer.Argument(help="A run that was kept, by name or file")],
    other: Annotated[str, typer.Argument(help="Another one")],
) -> None:
    """Which scripts went otherwise in the second run; runs of different graders are not compared."""
    settings = read_settings()
    try:
        changed = differences(_find(settings, one), _find(settings, other))
    except OtherGrader as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(2) from error
    for script, (before, after) in changed.items():
        console.print(f"{script}: {before} in {one}, {after} in {other}")
    console.print(f"{len(changed)} scripts went otherwise.")
    worse = any(before == "passed" and after == "failed" for before, after in changed.values())
    raise typer.Exit(1 if worse else 0)


def _find(settings: Settings, name: str) -> Run:
    names = kept(settings.home)
    if not name and not names:
        console.print("No run was kept yet: wardline eval run")
        raise typer.Exit(2)
    try:
        return find_run(settings.home, name or names[-1])
    except LookupError as error:
        console.print(f"[red]{error.args[0]}[/]")
        raise typer.Exit(2) from error
