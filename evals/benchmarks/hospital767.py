"""Demand: 767 monthly series of patient counts, 72 months to learn from and 12 to foresee (Hyndman, expsmooth).

The engine chooses on origins 48 and 60 only and is scored on origin 72, beside seasonal naive in the same run.
"""

import csv
import json
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evals.benchmarks.data import DataFolder, data_file
from hospital.planning.panel import forecast_panel, panel_mase
from hospital.planning.series import Array

NAME = "hospital_monthly_767.csv"
SEASON, HORIZON, TRAIN, CHOOSING = 12, 12, 72, (48, 60)
PUBLISHED = {"Theta (Monash)": 0.761, "chronos-2 (GIFT-Eval)": 0.740, "simple blend": 0.741}
"""Mean MASE on the same split, as published or measured by others."""


def bench_hospital767(data: DataFolder = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print mean MASE on origin 72, interval coverage and seconds, beside seasonal naive and published figures."""
    values = read_panel(data_file(NAME, data))
    figures = measure(values)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name}: {value}")


def read_panel(path: Path) -> Array:
    """Counts as (series, months); columns are taken by position, since their names repeat.

    Raises:
        ValueError: naming the first cell that is not a number.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    panel: Array = np.array([[float(cell) for cell in row[1:]] for row in rows], dtype=np.float64).T
    return panel


def measure(values: Array) -> dict[str, object]:
    """The figures of the protocol; what comes after month 72 is looked at only to score."""
    started = time.perf_counter()
    made = forecast_panel(values[:, :TRAIN], SEASON, HORIZON, CHOOSING)
    seconds = time.perf_counter() - started
    came = values[:, TRAIN : TRAIN + HORIZON]
    naive = values[:, TRAIN - SEASON : TRAIN]
    return {
        "mase": round(float(panel_mase(values, TRAIN, SEASON, made.middle).mean()), 4),
        "seasonal_naive_mase": round(float(panel_mase(values, TRAIN, SEASON, naive).mean()), 4),
        "mase_choosing": {str(fade): round(score, 4) for fade, score in made.mase_by_fade.items()},
        "chosen_fade": made.fade,
        "chosen_on": list(made.origins),
        "coverage": {
            str(level): round(float(((low <= came) & (came <= high)).mean()), 4)
            for level, (low, high) in made.intervals.items()
        },
        "series": len(values),
        "seconds": round(seconds, 2),
        "published": PUBLISHED,
    }
