"""The figures of a played set, and what went wrong by class."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from evals.understanding.play import Judged

Figures = dict[str, float]
STOPPED = "stopped by the guard"


def figures_of(judged: Sequence[Judged]) -> Figures:
    """Shares in percent; a message outside our matters counts for `caught` only."""
    ours = [one for one in judged if one.ours]
    others = [one for one in judged if not one.ours]
    return {
        "first_attempt": percent(not one.problems for one in ours),
        "after_one_question": percent(one.put_right for one in ours),
        "needless_questions": percent(one.asked_which for one in ours),
        "wrong_writes": float(sum(len(one.wrong_writes) for one in judged)),
        "outside_caught": percent(one.outside or STOPPED in one.problems for one in others),
        "false_alarms": percent(one.outside for one in ours),
        "messages": float(len(judged)),
    }


def percent(hits: Iterable[bool]) -> float:
    """How many of them hold, of a hundred."""
    found = list(hits)
    return round(100 * sum(found) / len(found), 2)


def failures_of(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Every message that was misheard or led to a wrong write, with its classes."""
    return [
        {
            "talk": one.talk,
            "said": one.say,
            "classes": classes_of(one),
            "problems": list(one.problems),
            "put_right": one.put_right,
            "wrong_writes": list(one.wrong_writes),
        }
        for one in judged
        if one.wrong_writes or (one.problems and (one.ours or not one.outside))
    ]


def classes_of(one: Judged) -> list[str]:
    """What kind of mistake it is: `intent MEANT > HEARD`, or `slot KIND`, without the sentence."""
    meant = "|".join(one.expected.intents)
    found = []
    for problem in one.problems:
        first, _, rest = problem.partition(" ")
        found.append(f"intent {meant} > {rest.removeprefix('as ')}" if first == "heard" else f"slot {first}")
    return [STOPPED] if STOPPED in one.problems else list(dict.fromkeys(found))


def counted(failures: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How often each class went wrong, the most frequent first."""
    return dict(Counter(name for one in failures for name in one["classes"]).most_common())
