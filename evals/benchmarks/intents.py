"""How well the intent engine learns other people's labels from a few examples, and knows what is none of them."""

import csv
import json as json_text
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from agent.planners.embedded.intent_reader import load_reader
from agent.planners.embedded.intents import learn


def bench_intents(
    train: Annotated[Path, typer.Argument(help="CSV with the columns text,label to learn from")],
    test: Annotated[Path, typer.Argument(help="CSV with the same columns to be judged on")],
    oos: Annotated[
        Path | None, typer.Option(help="CSV with a column text: messages that have none of the labels")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print the accuracy on TEST after learning from TRAIN, the out-of-scope AUROC, and the seconds it took."""
    taught, asked = _rows(train), _rows(test)
    outside = [text for text, _ in _rows(oos)] if oos else []
    started = time.perf_counter()
    examples: dict[str, list[str]] = {}
    for text, label in taught:
        examples.setdefault(label, []).append(text)
    classifier = learn(examples, load_reader())
    ranked = classifier.classify_all([*(text for text, _ in asked), *outside])
    seconds = time.perf_counter() - started
    right = sum(ranking.best == label for ranking, (_, label) in zip(ranked, asked, strict=False))
    belonging = [ranking.belonging for ranking in ranked]
    figures = {
        "accuracy": round(100 * right / len(asked), 2),
        "oos_auroc": round(auroc(belonging[: len(asked)], belonging[len(asked) :]), 4) if outside else None,
        "seconds": round(seconds, 1),
    }
    if as_json:
        typer.echo(json_text.dumps(figures))
        return
    console = Console(highlight=False)
    console.print(
        f"{len(examples)} labels, {len(taught)} examples, {len(asked)} messages: {figures['accuracy']} % right"
    )
    if outside:
        console.print(f"{len(outside)} messages without a label: AUROC {figures['oos_auroc']}")
    console.print(f"{figures['seconds']} s")


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How often a message inside scores above one outside, ties counted half."""
    values = np.concatenate([inside, outside])
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2
    return float(above / (len(inside) * len(outside)))


def _rows(path: Path) -> list[tuple[str, str]]:
    """Text and label of each row; a file without labels gives empty ones.

    Raises:
        typer.BadParameter: a sentence about a file that is not there or has no column text.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except OSError as problem:
        raise typer.BadParameter(f"{path} cannot be read ({problem.strerror}).") from problem
    if not rows or "text" not in rows[0]:
        raise typer.BadParameter(f"{path} needs rows with a column named text (and label, unless it is --oos).")
    return [(row["text"], row.get("label") or "") for row in rows]
