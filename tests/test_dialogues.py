"""Every shipped dialogue with its variants, played on the real thing and judged by the hospital's own rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.settings import read_settings
from evals.checks.catalogue import unknown_sentences
from evals.dialogue import FROZEN, Script, load_dialogues, scripts_of
from evals.replay import Stage
from evals.run import run_script

DIALOGUES = {dialogue.id: dialogue for dialogue in load_dialogues()}
SCRIPTS = {script.name: script for dialogue in DIALOGUES.values() for script in scripts_of(dialogue)}
REFUSALS = ("CN-06", "OR-10", "SC-05", "CC-05", "CN-08", "BM-07")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The sandbox built once, on which every write is noted."""
    stage = Stage(read_settings({}).model_copy(update={"now": FROZEN}), tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_dialogue_goes_right_and_writes_nothing_outside_commit(script: Script, stage: Stage) -> None:
    score = run_script(script, stage)
    assert score.wrong == (), f"{score.name}: {'; '.join(score.wrong)}"
    assert score.outside == 0


def test_every_sentence_of_a_dialogue_is_checked_by_a_function() -> None:
    said = [sentence for dialogue in DIALOGUES.values() for sentence in (*dialogue.must, *dialogue.must_not)]
    assert unknown_sentences(said) == []


def test_every_dialogue_is_also_played_elsewhere() -> None:
    for dialogue in DIALOGUES.values():
        elsewhere = [variant for variant in dialogue.also if variant.name.startswith("elsewhere")]
        assert elsewhere, dialogue.id
        assert any((v.user not in (None, dialogue.user)) or v.about for v in elsewhere), dialogue.id


@pytest.mark.parametrize("refused", REFUSALS)
def test_what_looks_like_a_refusal_and_is_fine_has_a_dialogue(refused: str) -> None:
    twin = DIALOGUES[f"{refused}T"]
    assert DIALOGUES[refused].outcome in ("refuse", "escalate")
    assert twin.outcome not in ("refuse", "escalate", "clarify")
    assert "a refusal" in twin.must_not


def test_a_folder_with_something_that_is_no_dialogue_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("id: ODD\nturns: 5\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.yaml"):
        load_dialogues(tmp_path)
