"""Whether a message does something with an operation: "bump 402", or "push it to three" after a case was shown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.planners.embedded.deeds import asks_to_know, says_deed
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention

_VERB = (
    r"(?:move|bump|push|shift|swap|switch|flip|slide|delay|postpone|cancel|scrub|reschedule|start|run|send|bring|"
    r"pull forward|knock|put|take|drop|defer)"
)
_RIGHT_BEFORE = re.compile(rf"\b{_VERB}\s+(?:the\s+)?(?:cases?\s+)?$", re.IGNORECASE)
_ON_IT = re.compile(
    rf"^\W*(?:(?:ok|okay|so|and|then|please|pls|no|actually|right|well|wait|just|now|sorry)\W+)*"
    rf"(?:(?:can|could|would|will) (?:you|we|u|someone)\s+(?:please\s+)?|i(?:'d like| want) to |let'?s |we need to )?"
    rf"{_VERB}\s+(?:it|that(?: one)?|this(?: one| case)?|the case|them|those|both)\b",
    re.IGNORECASE,
)
_SWAP = re.compile(r"\b(?:swap|switch|flip|exchange)\b.*\b(?:them|those|both)\b", re.IGNORECASE)
_NEVER_OF_A_CASE = frozenset({"cancel_visit", "reschedule_visit", "release_block"})
_URGENT = re.compile(
    r"(?<!not )(?<!non-)\b(?:emergent|urgent|expedited|(?:band|class|category|cat) [1-4a-e]|"
    r"add(?:ing)?[- ]ons?)\b",
    re.IGNORECASE,
)
_TURNS_ON_A_CASE = frozenset({"case_show", "change_case", "predict_duration", "inventory_shortage"})
_OTHERS = frozenset({"patient", "item", "requisition", "bed", "clinic", "code", "scanner", "equipment"})
"""What else "it" may be about when one of these is named."""


def moves_a_case(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a verb of moving or cancelling stands right before a case's number; a question moves nothing."""
    if any(one.kind == "item" for one in mentions) or asks_to_know(text):
        return False
    return any(one.kind == "case" and _RIGHT_BEFORE.search(text[: one.start]) for one in mentions)


def changes_a_case(text: str, ranking: Ranking, mentions: tuple[Mention, ...]) -> bool:
    """Whether what is to change is an operation: it has a case number; a visit and a block have none."""
    told = ranking.best == "change_case" and says_deed(text) and not asks_to_know(text)
    moved = moves_a_case(text, mentions) and ranking.best != "withdraw_request"
    return told or moved or ranking.best in _NEVER_OF_A_CASE


def is_add_on(text: str, ranking: Ranking) -> bool:
    """Whether a new case is called an add-on, or comes with a band of urgency, as a clinician gives it."""
    likely = ranking.best in ("propose_case", "add_on_case") and "add_on_case" in dict(ranking.intents[:4])
    return likely and _URGENT.search(text) is not None


def goes_on_with_case(heard: Heard, memory: Mapping[str, Any]) -> bool:
    """Whether "it" is moved or cancelled after a case was spoken about."""
    spoken = memory.get("intent") in _TURNS_ON_A_CASE and memory.get("slots", {}).get("case")
    others = any(one.kind in _OTHERS for one in heard.mentions)
    return bool(spoken) and not others and not heard.is_question and _ON_IT.match(heard.text) is not None


def act_on_case(heard: Heard, memory: Mapping[str, Any]) -> None:
    """Make it a change of the case that was spoken about; only the time and place said now count."""
    heard.intent, heard.settled = "change_case", True
    cases = heard.slots.setdefault("case", list(memory["slots"]["case"]))
    other = memory.get("other_case")
    if _SWAP.search(heard.text) and len(cases) == 1 and other is not None and other not in cases:
        cases.insert(0, other)
