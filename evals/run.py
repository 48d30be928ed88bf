"""Running dialogues: each script on its own copy of the sandbox, judged, and its writes proven."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bots.settings import Settings
from evals.dialogue import Script
from evals.proof import differing_rows, replay_commits
from evals.replay import database_of, open_line, playing
from evals.scores import Score, judge


def run_scripts(scripts: Iterable[Script], settings: Settings) -> Iterator[Score]:
    """Play and judge each script.

    The sandbox is built once for the settings' frozen clock; every script gets a copy of it, and a script that
    wrote anything also passes the proof of `evals.proof`, or says which rows no commit explains.
    """
    with tempfile.TemporaryDirectory(prefix="wardline-eval-") as folder:
        scratch = Path(folder)
        sandbox = scratch / "sandbox"
        open_line(settings, sandbox).close()
        for script in scripts:
            yield _run(script, settings, sandbox, scratch)


def _run(script: Script, settings: Settings, sandbox: Path, scratch: Path) -> Score:
    with playing(script, settings, sandbox, scratch) as played:
        score = judge(played)
        rows = _unexplained(settings, sandbox, scratch, played.line.settings.home)
    if rows:
        wrong = (*score.wrong, *(f"written outside commit: {row}" for row in rows[:5]))
        return score.model_copy(update={"passed": False, "wrong": wrong})
    return score


def _unexplained(settings: Settings, sandbox: Path, scratch: Path, home: Path) -> list[str]:
    """Rows of the played home that replaying its commits onto the untouched sandbox does not give."""
    replayed = scratch / "replayed"
    shutil.copytree(sandbox, replayed)
    try:
        untouched, after = open_line(settings, replayed), open_line(settings, home)
        try:
            replay_commits(untouched.store, after.store)
        finally:
            untouched.close()
            after.close()
        return differing_rows(database_of(replayed), database_of(home))
    finally:
        shutil.rmtree(replayed, ignore_errors=True)
