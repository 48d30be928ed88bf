"""Whether something is only to be played through: it is supposed, under a condition, or expressly not to be done."""

import re

from agent.planners.embedded.intents import Ranking

_ASSUMES = re.compile(
    r"^\W*(?:(?:and|now|so|ok|okay|then|or|but|let'?s|please|can you|could you)\W+)*(?:assum\w+|suppos\w+|"
    r"what if|imagine|pretend|hypothetical\w*|simulat\w+|model\w*|"
    r"run (?:the |me the |a |some )?(?:numbers|scenario|model))\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\W*(?:(?:and|now|so|ok|okay|then|or|but)\W+)*(?:if(?! nothing| everything| all goes| things)|say|let'?s say|"
    r"given that)\b.+[,;:–-]+\s+"
    r"(?:then |so )?(?:what|where|how|who|which|do|does|can|will|would|are|is|could)\b",
    re.IGNORECASE,
)
"""A condition, then a question: "if two more call out, where do we stand?"."""
_MAY_BE = re.compile(
    r"^\W*(?:(?:and|now|so|ok|okay|then|or|but)\W+)*(?:we|i|they|ed|\w+) (?:might|may|could) "
    r"(?:get|lose|have|take|send|be)\b.+[,;:.–-]+\s+(?:then |so )?"
    r"(?:do|does|can|will|would|are|is|am|could|what|how)\b",
    re.IGNORECASE,
)
"""What may come, then a question: "I might lose a nurse at 3, do we hold?"."""
_ONLY_THOUGHT = re.compile(
    r"\b(?:don'?t|do not|without) (?:actually |really )?(?:do|doing|open\w*|chang\w+|commit\w*|touch\w*)\b"
    r"(?: it| any\w*| them)?|\b(?:just|only) (?:to see|curious|a thought)\b|\bon paper\b|\bdry run\b|"
    r"\bhypothetical\w*|\bnot for real\b",
    re.IGNORECASE,
)
_STATES = frozenset({"bed_state", "bed_need_forecast", "staffing_need", "demand_vs_capacity", "surge_beds"})
"""Matters of how things stand: under a condition each of them is a what-if."""
_AMONG = 6


def is_supposition(text: str, ranking: Ranking) -> bool:
    """Whether the message supposes something and asks what would be."""
    stands = ranking.best in _STATES
    if stands and (_CONDITION.match(text) or _MAY_BE.match(text)):
        return True
    thought = _ASSUMES.match(text) is not None or (stands and _ONLY_THOUGHT.search(text) is not None)
    return thought and "what_if" in [name for name, _ in ranking.intents[:_AMONG]]
