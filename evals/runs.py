"""Runs that are kept: one JSON file each under HOME/evals, so that they can be reported and compared."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from evals.scores import GRADER, Score
from hospital.entity import Record, Time


class Run(Record):
    """All scores of one run, and who judged."""

    at: Time
    grader: str = GRADER
    planner: str
    scores: tuple[Score, ...]

    @property
    def name(self) -> str:
        """What it is called in `eval compare`: the moment it ended."""
        return f"{self.at:%Y%m%d-%H%M%S}"


class OtherGrader(ValueError):
    """The two runs were judged by different graders, so their scores say nothing about each other."""


def keep(home: Path, run: Run) -> Path:
    """Write the run down; where."""
    path = _folder(home) / f"{run.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.model_dump_json(indent=1), encoding="utf-8")
    return path


def kept(home: Path) -> list[str]:
    """The names of the runs there are, oldest first."""
    return sorted(path.stem for path in _folder(home).glob("*.json"))


def find_run(home: Path, name: str) -> Run:
    """The run of this name, or in this file.

    Raises:
        LookupError: there is none, or it is not a run; with those there are.
    """
    path = Path(name) if name.endswith(".json") else _folder(home) / f"{name}.json"
    try:
        return Run.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(kept(home)[-5:]) or "none yet"
        raise LookupError(f"There is no run {name}; there is {known}.") from error
    except ValidationError as error:
        raise LookupError(f"{path.name} is not a run: {error.errors()[0]['msg']}.") from error


def per_dialogue(run: Run) -> dict[str, tuple[int, int, float]]:
    """Per dialogue: scripts passed, scripts played, and seconds of the slowest."""
    found: dict[str, tuple[int, int, float]] = {}
    for score in run.scores:
        passed, played, slowest = found.get(score.dialogue, (0, 0, 0.0))
        found[score.dialogue] = (passed + score.passed, played + 1, max(slowest, score.seconds))
    return found


def differences(one: Run, other: Run) -> dict[str, tuple[str, str]]:
    """Scripts whose verdict is not the same in both: what it was and what it is.

    Raises:
        OtherGrader: when the runs were judged differently.
    """
    if one.grader != other.grader:
        raise OtherGrader(
            f"{one.name} was judged by {one.grader} and {other.name} by {other.grader}: play one of them again."
        )
    before = {score.name: score for score in one.scores}
    after = {score.name: score for score in other.scores}
    verdicts = {name: (_say(before.get(name)), _say(after.get(name))) for name in sorted({*before, *after})}
    return {name: pair for name, pair in verdicts.items() if pair[0] != pair[1]}


def _say(score: Score | None) -> str:
    return "not played" if score is None else "passed" if score.passed else "failed"


def new_run(at: datetime, planner: str, scores: list[Score]) -> Run:
    """What was just played."""
    return Run(at=at, planner=planner, scores=tuple(scores))


def _folder(home: Path) -> Path:
    return home / "evals"
