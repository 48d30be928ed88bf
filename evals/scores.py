"""How a played script is judged: outcome, required calls, no extra writes, every must and must_not."""

from evals.checks.catalogue import CHECKS
from evals.replay import Played
from hospital.entity import Record

GRADER = "dialogues-3"
"""Changes whenever judging changes, so that scores of different graders are never compared."""


class Score(Record):
    """The verdict on one script; `wrong` is empty when it passed."""

    name: str
    dialogue: str
    passed: bool
    wrong: tuple[str, ...]
    outcome: str
    tools: tuple[str, ...]
    seconds: float
    outside: int = 0
    """Rows of the hospital that were written outside a commit."""
    grader: str = GRADER


def judge(played: Played) -> Score:
    """Everything that is wrong with how the script went, in words."""
    dialogue = played.script.dialogue
    used = [use for turn in played.turns for use in turn.tools]
    names = [use.name for use in used]
    wrong = []
    if played.last.outcome != dialogue.outcome:
        wrong.append(f"outcome {played.last.outcome}, not {dialogue.outcome}")
    wrong += [f"{tool} was not called" for tool in dialogue.tools if tool not in names]
    extra = [use.name for use in used if use.effect == "write" and use.name not in dialogue.tools]
    wrong += [f"extra write: {name}" for name in extra]
    for sentence in (*dialogue.must, *dialogue.must_not):
        why = CHECKS[sentence](played)
        if why is not None:
            wrong.append(f"{sentence}: {why}")
    return Score(
        name=played.script.name,
        dialogue=dialogue.id,
        passed=not wrong,
        wrong=tuple(wrong),
        outcome=played.last.outcome,
        tools=tuple(names),
        seconds=round(played.seconds, 3),
    )
