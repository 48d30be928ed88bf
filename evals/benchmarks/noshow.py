"""No-shows on a public file: learn on days to 2016-05-31, score the days after, with strictly earlier history only.

A random split, or rates over the whole file, lets the future leak in (AUC .75 to .97). The honest figure of our own
baseline is AUC .737, and .608 for visits booked a day or more ahead.
"""

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from hospital.planning.boosting import fit_boosted
from hospital.planning.no_show_inputs import DAY, Visits, history_before
from hospital.planning.no_show_scores import Scores, score
from hospital.planning.series import Array, Mask

SPLIT = date(2016, 5, 31)
"""The last day that is learnt from."""
DIAGNOSES = ("Hipertension", "Diabetes", "Alcoholism", "Handcap")
WELFARE_AND_PLACE = ("Scholarship", "Neighbourhood")
REFERENCE = {"auc": 0.737, "ap": 0.349, "brier": 0.1354, "lead_one_day_auc": 0.608}
"""Our own first honest baseline on the public file."""

Column = Array


def bench_noshow(
    file: Annotated[Path, typer.Argument(help="The CSV with the public file's columns")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print AUC, AP, Brier and calibration on the later days, for all visits and those booked a day or more ahead."""
    if not file.is_file():
        typer.echo(f"Skipped: there is no {file}.", err=True)
        raise typer.Exit(0)
    figures = measure(*read_visits(file))
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name}: {value}")


def read_visits(file: Path) -> tuple[Visits, dict[str, Column], int]:
    """Visits, the further columns by name, and how many rows were dropped (age below 0, visit before booking).

    The file says the day of a visit but no time: history is that of strictly earlier days.
    """
    with file.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    booked = np.array([_minutes(row["ScheduledDay"]) for row in rows])
    day = np.array([_minutes(row["AppointmentDay"][:10]) for row in rows])
    age = np.array([float(row["Age"]) for row in rows])
    keep = (age >= 0) & (np.floor(day / DAY) >= np.floor(booked / DAY))
    kept = [row for row, good in zip(rows, keep.tolist(), strict=True) if good]
    booked, day, age = booked[keep], day[keep], age[keep]
    places = sorted({row["Neighbourhood"] for row in kept})
    further = {
        "gender": np.array([float(row["Gender"] == "M") for row in kept]),
        "age": age,
        "reminded": np.array([float(row["SMS_received"]) for row in kept]),
        "Scholarship": np.array([float(row["Scholarship"]) for row in kept]),
        "Neighbourhood": np.array([float(places.index(row["Neighbourhood"])) for row in kept]),
        **{name: np.array([float(row[name]) for row in kept]) for name in DIAGNOSES},
    }
    visits = Visits(
        patient=np.array([row["PatientId"] for row in kept], dtype=np.str_),
        booked=booked,
        # A same-day visit has no time of its own: the end of the day keeps booking before visit.
        start=np.floor(day / DAY) * DAY + DAY - 1,
        kind=np.full(len(kept), "visit", dtype=np.str_),
        missed=np.array([float(row["No-show"].strip().casefold() == "yes") for row in kept]),
    )
    return visits, further, len(rows) - len(kept)


def _minutes(text: str) -> float:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() / 60


def measure(visits: Visits, further: dict[str, Column], dropped: int) -> dict[str, Any]:
    """All figures; `auc` and its like are of every column, the product's own inputs are told apart."""
    everything = tuple(further)
    allowed = tuple(name for name in further if name not in WELFARE_AND_PLACE)
    product = tuple(name for name in allowed if name not in DIAGNOSES)
    later = is_later(visits)
    happened = visits.missed == 1
    scores = {}
    for name, columns in (("all", everything), ("fair", allowed), ("product", product)):
        made = foretell(visits, {column: further[column] for column in columns})
        scores[name] = score(made, happened[later], visits.lead_days[later])
    frozen = score(foretell(visits, further, learn_on=False), happened[later])
    return {
        **scores["all"].as_dict(),
        "auc_without_scholarship_and_neighbourhood": _lead(scores["fair"], "auc"),
        "auc_of_product_inputs": _lead(scores["product"], "auc"),
        "auc_with_history_ended_at_the_split": round(frozen.auc, 4),
        "learnt_from": int((~later).sum()),
        "dropped": dropped,
        "reference": REFERENCE,
    }


def is_later(visits: Visits) -> Mask:
    """Which visits are on days after the split: those that are scored."""
    split = (SPLIT.toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY
    later: Mask = visits.start >= split
    return later


def foretell(visits: Visits, further: dict[str, Column], learn_on: bool = True) -> Array:
    """Probabilities for the later visits, from trees that saw only the earlier ones.

    The history of a visit is that of strictly earlier days; with `learn_on` False it ends at the split, so that no
    outcome after it matters at all.
    """
    later = is_later(visits)
    known = visits if learn_on else _until_split(visits, later)
    calendar = [visits.lead_days, (np.floor(visits.start / DAY) + 3) % 7, visits.booked % DAY / 60]
    rows = np.column_stack([*calendar, history_before(known), *further.values()])
    first = np.flatnonzero(~later)[np.argsort(visits.start[~later], kind="stable")]
    place = len(rows[0]) - len(further) + list(further).index("Neighbourhood") if "Neighbourhood" in further else None
    categorical = () if place is None else (place,)
    boosted = fit_boosted(rows[first], visits.missed[first] == 1, categorical)
    return boosted.probabilities(rows[later])


def _until_split(visits: Visits, later: Mask) -> Visits:
    missed = np.where(later, np.nan, visits.missed)
    return Visits(visits.patient, visits.booked, visits.start, visits.kind, missed)


def _lead(scores: Scores, name: str) -> dict[str, float]:
    ahead = scores.lead_one_day
    found = {"all": round(float(getattr(scores, name)), 4)}
    return found | ({"lead_one_day": round(float(getattr(ahead, name)), 4)} if ahead else {})
