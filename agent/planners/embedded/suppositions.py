"""Whether something is only to be played through: it is supposed, under a condition, or expressly not to be done."""

import re
from collections.abc import Sequence

from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention

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
NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_WOULD_HELP = re.compile(
    rf"^\W*(?:(?:and|so|ok|then|but)\W+)*would (?:{NUMBER}|an?|another) (?:[\w-]+ ){{0,4}}"
    r"(?:help|be enough|do|fix|suffice|save|get us)\b",
    re.IGNORECASE,
)
"""How much would do is asked: "would 4 extra beds help"."""
_AMONG = 6
NURSES_THERE = re.compile(
    rf"(?:\b(?:down to|only|just|with|have|having|has|got|be|at|on|run|running|leaves? (?:me|us)(?: with)?)\s+|^\W*)"
    rf"(?P<there>{NUMBER})\s+(?:(?:of us|hands|people)\b|(?:licensed\s+|registered\s+)?(?:nurses|rns)\b)"
    r"(?!\s+(?:more|fewer|less|out|short|down|sick|off|missing|extra|called|calls?|ill|gone|home|are sick|go(?:es)?|"
    r"leave|rang|ring))",
    re.IGNORECASE,
)
"""A number of nurses in all, not of more or fewer: "if I only have 4 nurses"."""
_FEWER_NURSES = re.compile(
    r"\b(?:of (?:mine|us|my \w+|our \w+)|nurses?|rns?|people|somebody|someone|one|two|three|four|\d)\b[^?]{0,40}?"
    r"\b(?:sick|ill|call(?:ed|s|ing)? (?:in|out|off)|call-?(?:outs?|offs?)|rang (?:in|off)|phoned|banged|leav\w+|"
    r"(?:go(?:es|ing)?|went|send\w*|sent) (?:\w+ ){0,3}home|off|down|out|not coming|no-?shows?|fewer|less)\b",
    re.IGNORECASE,
)
"""That nurses will be fewer than rostered."""
_IS_IT_ENOUGH = re.compile(
    r"\b(?:am i|are we|is (?:it|that|this)|do (?:i|we)|does (?:it|that|the unit)|will (?:i|we|it|that)|"
    r"would (?:i|we|it|that)|can (?:i|we)|still|that'?s|does)\b[^.?]{0,30}"
    r"\b(?:legal|ratio|within (?:limits|numbers|grid)|compliant|ok|okay|safe|enough|hold\w*|fly|allowed|short|manage|"
    r"cope)\b|"
    r"\bwhere (?:does|would|will) (?:that|it) (?:leave|put)\b",
    re.IGNORECASE,
)
_THINGS = frozenset({"room", "scanner", "equipment", "bed", "item", "case"})
"""What is out of use, rather than off sick."""
_OF_SHIFTS = frozenset({"record_status", "staffing_need", "what_if", "ratio_breach", "bed_state"})


def is_supposition(text: str, ranking: Ranking, mentions: Sequence[Mention]) -> bool:
    """Whether the message supposes something and asks what would be."""
    of_things = any(one.kind in _THINGS for one in mentions)
    if ranking.best in _OF_SHIFTS and not of_things and _tells_then_asks(text):
        return True
    stands = ranking.best in _STATES
    if stands and (_CONDITION.match(text) or _MAY_BE.match(text)):
        return True
    if (stands or ranking.best == "what_if") and _WOULD_HELP.match(text):
        return True
    thought = _ASSUMES.match(text) is not None or (stands and _ONLY_THOUGHT.search(text) is not None)
    return thought and "what_if" in [name for name, _ in ranking.intents[:_AMONG]]


def _tells_then_asks(text: str) -> bool:
    """Whether it is told how many nurses there will be, and asked if they are enough: nothing is recorded."""
    told, asked = _FEWER_NURSES.search(text) or NURSES_THERE.search(text), _IS_IT_ENOUGH.search(text)
    return told is not None and asked is not None
