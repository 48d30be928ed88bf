"""Commands about the engines: their cards, whether the world still looks as they learnt it, and fitting again."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bots.cli_common import AsJson, Now, Sentences, Sorry, console, opened

if TYPE_CHECKING:
    from agent.model_totals import ModelTotals
    from hospital.model.history import ModelCard

models = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    help="The engines: cards, drift, fitting again; what the language model took.",
)
Name = Annotated[str, typer.Argument(help="demand, duration or no_show.")]


@models.command("list")
def list_models(now: Now = None, as_json: AsJson = False) -> None:
    """Every engine with what it learnt from and how it did on what it had not seen."""
    from bots.text_table import TextTable
    from hospital.model.history import ModelCard
    from middleware.models import REFITS

    with opened(now) as wardline, wardline.store.reading() as world:
        cards = {card.id: card for card in world.find(ModelCard)}
    if as_json:
        typer.echo(f"[{','.join(card.model_dump_json() for card in cards.values())}]")
        return
    rows = [
        (name, *_row(cards[name])) if name in cards else (name, "not fitted yet: wardline models refit", "", "")
        for name in REFITS
    ]
    console().print(TextTable(("Engine", "Version", "Learnt from", "Backtest"), rows))


def _row(card: "ModelCard") -> tuple[str, str, str]:
    scores = ", ".join(f"{key} {value:g}" for key, value in card.backtest.items() if isinstance(value, int | float))
    return card.version, f"{card.n} through {card.trained_through}", scores


@models.command()
def show(name: Name, now: Now = None, as_json: AsJson = False) -> None:
    """One engine's card: version, inputs, backtest, and whether it drifted."""
    import json
    from dataclasses import asdict

    from hospital.model.history import ModelCard
    from middleware.models import DRIFTS

    _check(name)
    with opened(now) as wardline, wardline.store.reading() as world:
        card = world.get(ModelCard, name)
        drift = DRIFTS[name](world, wardline.clock.now())
    if card is None:
        raise Sorry(f"{name} is not fitted yet: wardline models refit {name}")
    if as_json:
        typer.echo(json.dumps({**card.model_dump(mode="json"), "drift": asdict(drift)}))
        return
    _print_card(card)
    console().print(Text(f"Drift: {drift.words}.", style="red" if drift.drifted else "green"))


def _print_card(card: "ModelCard") -> None:
    """Version, inputs and what the backtest came to, part by part."""
    screen = console()
    screen.print(Text(f"{card.version}, fitted {card.fitted_at:%Y-%m-%d %H:%M} UTC on {card.n}", style="bold"))
    screen.print(Text(f"Inputs: {', '.join(card.inputs)}"))
    for key, value in card.backtest.items():
        _print_scores(key, value, "  ")
    screen.print(Text(card.note, style="dim"))


def _print_scores(key: str, value: object, indent: str) -> None:
    """A figure on a line; scores of a part below its name; a row of the calibration per line."""
    screen, name = console(), key.replace("_", " ")
    if isinstance(value, int | float):
        screen.print(Text(f"{indent}{name}: {value:g}"))
    elif isinstance(value, dict):
        screen.print(Text(f"{indent}{name}:"))
        for part, scores in value.items():
            _print_scores(part, scores, f"{indent}  ")
    elif isinstance(value, list):
        screen.print(Text(f"{indent}{name}:"))
        for row in value:
            told = ", ".join(f"{part} {figure:g}" for part, figure in row.items()) if isinstance(row, dict) else row
            screen.print(Text(f"{indent}  {told}"))
    else:
        screen.print(Text(f"{indent}{name}: {value}"))


@models.command()
def drift(now: Now = None, as_json: AsJson = False) -> None:
    """Whether the last four weeks look like what each engine learnt from."""
    import json
    from dataclasses import asdict

    from middleware.models import DRIFTS

    with opened(now) as wardline, wardline.store.reading() as world:
        found = [check(world, wardline.clock.now()) for check in DRIFTS.values()]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        console().print(Text(f"{one.name}: {one.words}.", style="red" if one.drifted else "green"))


@models.command()
def refit(
    name: Annotated[str | None, typer.Argument(help="demand, duration or no_show; unstated: all.")] = None,
    now: Now = None,
) -> None:
    """Fit again, keep the card and print it; all series of demand take minutes."""
    from middleware.models import REFITS

    if name is not None:
        _check(name)
    with opened(now) as wardline:
        for one in [name] if name else REFITS:
            card = REFITS[one](wardline.store, wardline.clock.now())
            if card is None:
                console().print(f"{one}: there is too little to learn from")
            else:
                _print_card(card)


@models.command()
def spent(
    days: Annotated[int, typer.Option(min=1, max=3650, help="So many days back.")] = 30, as_json: AsJson = False
) -> None:
    """What the language model took in talk: answers, tokens, cost, waiting; per model, of every turn in the store."""
    from datetime import UTC, datetime, timedelta

    from agent.model_totals import model_totals
    from bots.text_table import TextTable

    with opened(None) as wardline, wardline.store.reading() as world:
        now = datetime.now(UTC)  # turns are dated by the system's clock, whatever the business clock says
        totals = model_totals(world, now - timedelta(days=days), now + timedelta(seconds=1))
    if as_json:
        typer.echo(f"[{','.join(one.model_dump_json() for one in totals)}]")
        return
    if not totals:
        console().print(f"No language model was asked in {days} days.")
        return
    head = ("Model", "Turns", "Answers", "Failed", "Tokens in", "Tokens out", "US dollars", "First token", "Whole")
    console().print(TextTable(head, [_spent_row(one) for one in totals]))
    if any(one.counted < one.answers for one in totals):
        console().print("Tokens that the endpoint did not tell are estimated from letters.")


@models.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port it listens on, on this machine only.")] = 8790,
) -> None:
    """Serve the small language model of the extra `local-model`, to try the line with one; Ctrl+C stops it."""
    from threading import Event

    from bots.local_model import NAME, NoLocalModel, serving
    from bots.settings import read_settings

    try:
        with serving(read_settings().home / "local_model", port) as address:
            typer.echo(f"WARDLINE_MODEL={NAME}\nWARDLINE_BASE_URL={address}")
            Event().wait()
    except NoLocalModel as problem:
        raise Sorry(str(problem)) from None


def _spent_row(one: "ModelTotals") -> tuple[str, ...]:
    cost = "no prices set" if one.cost is None else f"{one.cost / 1_000_000:.4f}"
    first = f"{_seconds(one.first_token_p50_ms)} / {_seconds(one.first_token_p95_ms)}"
    whole = f"{_seconds(one.p50_ms)} / {_seconds(one.p95_ms)}"
    figures = (one.turns, one.answers, one.failed, one.tokens_in, one.tokens_out)
    return (one.model, *(f"{figure:,}" for figure in figures), cost, first, whole)


def _seconds(ms: int | None) -> str:
    return "-" if ms is None else f"{ms / 1000:.2f} s"


def _check(name: str) -> None:
    from middleware.models import REFITS

    if name not in REFITS:
        raise Sorry(f"There is no engine {name!r}; there are {', '.join(REFITS)}")
