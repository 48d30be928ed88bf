"""What people thought of answers, by what the answers were made of: the feedback buttons of Slack, to look at."""

from collections import defaultdict
from collections.abc import Iterator

from agent.turn import Turn
from hospital.entity import Record
from hospital.model.slack import SlackFeedback
from hospital.model.talk import TurnRecord
from hospital.ports import Reader


class Opinion(Record):
    """One press on one answer; what was said stays in the transcript."""

    turn: str
    good: bool
    outcome: str
    tools: tuple[str, ...]


def opinions(world: Reader) -> Iterator[Opinion]:
    """Every press that is kept, the oldest first; an answer that is gone is left out."""
    for kept in world.find(SlackFeedback, order="at"):
        record = world.get(TurnRecord, kept.turn_id)
        if record is not None and record.answer is not None:
            turn = Turn.model_validate(record.answer)
            tools = tuple(dict.fromkeys(use.name for use in turn.tools))
            yield Opinion(turn=kept.turn_id, good=kept.good, outcome=turn.outcome, tools=tools)


def by_tool(found: list[Opinion]) -> dict[str, tuple[int, int]]:
    """Useful and not useful answers of each tool; one without a call counts under its outcome."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        for name in one.tools or (one.outcome,):
            counts[name][0 if one.good else 1] += 1
    return {
        name: (good, bad) for name, (good, bad) in sorted(counts.items(), key=lambda item: (-item[1][1], item[0]))
    }
