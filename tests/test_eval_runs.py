"""Runs of dialogues that are kept, reported and compared."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.runs import OtherGrader, differences, find_run, keep, kept, new_run, per_dialogue
from evals.scores import Score


def a_score(name: str, passed: bool, seconds: float = 0.1) -> Score:
    wrong = () if passed else ("outcome answer, not refuse",)
    return Score(
        name=name, dialogue=name.split()[0], passed=passed, wrong=wrong, outcome="answer", tools=(), seconds=seconds
    )


def at(hour: int) -> datetime:
    return datetime(2026, 9, 14, hour, tzinfo=UTC)


def test_a_kept_run_is_found_by_name_and_by_file(tmp_path: Path) -> None:
    run = new_run(at(8), "embedded", [a_score("OR-01", True)])
    path = keep(tmp_path, run)
    assert kept(tmp_path) == [run.name]
    assert find_run(tmp_path, run.name) == run == find_run(tmp_path, str(path))


def test_an_unknown_run_is_answered_with_those_there_are(tmp_path: Path) -> None:
    run = new_run(at(8), "embedded", [])
    keep(tmp_path, run)
    with pytest.raises(LookupError, match=run.name):
        find_run(tmp_path, "yesterday")


def test_a_report_counts_per_dialogue() -> None:
    scores = [a_score("OR-01", True), a_score("OR-01 elsewhere", False, 0.4), a_score("CN-01", True)]
    assert per_dialogue(new_run(at(8), "embedded", scores)) == {"OR-01": (1, 2, 0.4), "CN-01": (1, 1, 0.1)}


def test_a_comparison_tells_what_went_otherwise() -> None:
    one = new_run(at(8), "embedded", [a_score("OR-01", True), a_score("CN-01", True), a_score("SC-01", False)])
    other = new_run(at(9), "embedded", [a_score("OR-01", False), a_score("CN-01", True), a_score("BM-01", True)])
    assert differences(one, other) == {
        "OR-01": ("passed", "failed"),
        "SC-01": ("failed", "not played"),
        "BM-01": ("not played", "passed"),
    }


def test_runs_of_different_graders_are_not_compared() -> None:
    one = new_run(at(8), "embedded", [])
    other = one.model_copy(update={"grader": "dialogues-1"})
    with pytest.raises(OtherGrader, match="dialogues-1"):
        differences(one, other)
