"""Running dialogues: each script on its own copy of the sandbox, judged, and its writes proven."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bots.settings import Settings
from evals.dialogue import Script
from evals.proof import differing_rows, noted, replay_commits
from evals.replay import Stage, database_of
from evals.scores import Score, judge


def run_scripts(scripts: Iterable[Script], settings: Settings) -> Iterator[Score]:
    """Play and judge each script.

    The sandbox is built once for the settings' frozen clock; every script gets a copy of it, and whatever it wrote
    must be explained by the commits in its audit chain (`evals.proof`).
    """
    with tempfile.TemporaryDirectory(prefix="wardline-eval-") as folder:
        stage = Stage(settings, Path(folder))
        for script in scripts:
            yield run_script(script, stage)


def run_script(script: Script, stage: Stage) -> Score:
    """Play one script on a copy of the stage's sandbox, judge it, and prove its writes."""
    with stage.playing(script) as played:
        score = judge(played)
        rows = _unexplained(stage, played.line.settings.home)
    if rows:
        wrong = (*score.wrong, *(f"written outside commit: {row}" for row in rows[:5]))
        return score.model_copy(update={"passed": False, "wrong": wrong, "outside": len(rows)})
    return score


def _unexplained(stage: Stage, home: Path) -> list[str]:
    """Rows written in the played home that its commits, carried out on the untouched sandbox, do not give."""
    written = noted(database_of(home))
    if not written:
        return []
    replayed = stage.copy("replayed")
    untouched, after = stage.open(replayed), stage.open(home)
    try:
        replay_commits(untouched.store, after.store)
    finally:
        untouched.close()
        after.close()
    rows = differing_rows(database_of(replayed), database_of(home), written | noted(database_of(replayed)))
    shutil.rmtree(replayed, ignore_errors=True)
    return rows
