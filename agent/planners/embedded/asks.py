"""Where a message may hold more than one ask: its pieces as they are written, each with what shows it to be one."""

import re
from dataclasses import dataclass
from itertools import pairwise

from agent.planners.embedded.deeds import is_deed

_LEADS = (
    r"(?:(?:and|also|plus|oh|then|so|but|well|now|ok|okay|please|pls|hi|hey|hello|next|finally|lastly|secondly|second|"
    r"first|firstly|besides|separately|another thing|one more thing|while you'?re (?:at it|there)|as well|&|"
    r"(?:could|can|would|will) (?:you|u)|need to know|(?:i|we)(?:'d| would) (?:also )?like(?: you)? to|"
    r"(?:i|we) (?:also )?(?:need|want) (?:you )?to|"
    r"(?:i|we)(?:'d| would) (?:also )?(?:like|need)|(?:i|we) (?:also )?(?:need|want))\b\W*|\W+)*"
)
_QUESTION = (
    r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do(?! (?:it|that|this|them)\b)|does|did|"
    r"has|have|will|any(?:thing|one|body)?)(?:'?s|'?re|'?ll|'?d)?\b(?! (?:else|that)\b\W*$)"
)
_LOOK = r"(?:show|tell|list|check|see|look|compare|explain|let me (?:know|see)|remind)\b"
_OPENS = re.compile(rf"^{_LEADS}(?:(?P<asks>{_QUESTION})|(?P<looks>{_LOOK})|(?P<verb>[a-z-]+))", re.IGNORECASE)
_JOINERS = re.compile(
    r"^\W*(?:(?:and|also|plus|oh|then|but|so|next|finally|lastly|secondly|besides|separately|one more thing|"
    r"another thing|while you'?re (?:at it|there)|&)\b\W*)+",
    re.IGNORECASE,
)
_NEWS = re.compile(r"^\W*(?:and\W+)?(?:the )?(?:[\w-]+ ){1,3}?(?:is|are|has|have|was)\b", re.IGNORECASE)
"""What tells how another thing is: "and bed 14 is being cleaned"."""
_HEADING = re.compile(
    r"^\W*(?:(?:i have|i'?ve got|just|got)\W+)?(?:two|three|four|2|3|4|a couple of|a few|some|several|another two)\s+"
    r"(?:(?:quick|other|more|short|small)\s+)?(?:things|questions|ones|asks|points|requests)\b"
    r"(?:[^:,.?!]{0,40}:|(?: for you)?\s*[:.,!–-])\s*",
    re.IGNORECASE,
)
"""What only says that several asks follow."""
_HELLO = re.compile(
    r"^\W*(?:(?:good )?(?:morning|afternoon|evening)|hi|hello|hey|thanks|thank you)(?: \w+)?[!.,]+\s+(?=\w)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?<!\bdr)(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bno)(?<!\bst)[.?!;]+[\s]+|\n+", re.IGNORECASE)
"""Where a sentence ends."""
_LINKS = re.compile(r"\s*,\s+|\s+[–—-]+\s+|,?\s+(?=(?:and|also|plus|then|&|while you'?re (?:at it|there))\s)", re.I)
"""Where the next piece may begin within a sentence."""
_BESIDES = re.compile(
    r"\s*(?:(?:and|oh)\s+)?(?:also|plus|as well as|while you'?re (?:at it|there)|one more thing|another thing)\b",
    re.I,
)
"""What begins something else even where only its title is said."""
_NUMBERED = re.compile(r"(?:^|(?<=[\s,;:]))\(?([1-9a-e])[.)]\s+", re.IGNORECASE)
_TELLS = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|will|would|won'?t|can'?t|isn'?t|hasn'?t|didn'?t|went|got|came|lost|broke|"
    r"i|we|he|she|they|it|you|\w{3,}ed)\b|'(?:s|re|m|ve|ll)\b(?! \w+$)",
    re.IGNORECASE,
)
"""What something is told with: a piece that holds none of these may be a bare title ("turnover for July")."""
_TOLD = re.compile(r"(?:[^s]s|(?<!e)ed|ing)$", re.IGNORECASE)
"""How a verb ends with which something is told: "needs", "needed" (not "need", "feed")."""
_HINGES = re.compile(
    r"\b(?:if|unless|whether|suppos\w+|assum\w+|imagine|pretend|hypothetical\w*|instead|otherwise|or(?! ?\d)|"
    r"but|once|until|till|don'?t|do not|never|not|nobody|without|should|might|said|says|asked|told|"
    r"wants?|wanted|maybe|perhaps|in case|as soon as|before you|after you|after that|not yet)\b",
    re.IGNORECASE,
)
"""What makes one piece depend on another: beside a change such a message is left whole."""
_ONLY_POINTS = re.compile(
    r"^\W*[a-z-]+(?: \w+)? (?:it|them|that|those|these|this|him|her|one|both|all)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|that|those|these|this|one|ones|he|she|him|her|his|hers|there)\b", re.IGNORECASE
)
_SUPPOSES = re.compile(r"\b(?:if|suppos\w+|assum\w+|imagine|pretend|hypothetical\w*)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A stretch of the message up to the next possible joint."""

    text: str
    apart: bool
    """Whether it begins a sentence or a numbered line, so that it need not open like an ask."""
    asks: bool = False
    """Whether something within it is known to be one."""

    @property
    def said(self) -> str:
        """Without the words that join it on."""
        return _JOINERS.sub("", self.text).strip(" ,;–—-&\n")

    @property
    def is_linked(self) -> bool:
        """Whether a sentence end or a word that joins stands before it, not a mere comma."""
        return self.apart or _JOINERS.match(self.text) is not None

    @property
    def orders(self) -> bool:
        """Whether it opens with a verb of doing."""
        found = _OPENS.match(self.text)
        return found is not None and _is_order(found["verb"])

    @property
    def opens(self) -> bool:
        """Whether it begins as a question or an order does."""
        found = _OPENS.match(self.text)
        return found is not None and (found["verb"] is None or _is_order(found["verb"]))

    @property
    def only_points(self) -> bool:
        """Whether it orders something to be done with what was just spoken about: "and book it"."""
        return self.orders and _ONLY_POINTS.match(self.said) is not None

    @property
    def points_back(self) -> bool:
        """Whether it speaks of something by a pronoun only."""
        return _POINTS_BACK.search(self.text) is not None

    @property
    def may_be_an_ask(self) -> bool:
        """Whether it is built as one: it opens or ends as one, or is a bare title of its own."""
        return self.asks_itself or (self.apart and not _TELLS.search(self.text))

    @property
    def asks_itself(self) -> bool:
        """Whether it opens or ends as an ask, so that it is more than the title of one."""
        return self.asks or self.opens or (self.apart and self.text.rstrip().endswith("?"))

    def then(self, other: "Piece") -> "Piece":
        """Both as they were written."""
        return Piece(f"{self.text} {other.text}", self.apart, self.may_be_an_ask or other.may_be_an_ask)


def _is_order(verb: str | None) -> bool:
    """Whether it is a verb of doing, said as an order: "needs the robot" tells, "need the robot" asks."""
    return verb is not None and is_deed(verb) and not _TOLD.search(verb)


def pieces_of(text: str) -> list[Piece]:
    """The message cut at every joint where another ask might begin; the pieces joined are the message."""
    text = _HEADING.sub("", _HELLO.sub("", text))
    if (rows := _rows(text)) is not None:
        return rows
    found: list[Piece] = []
    for sentence in _sentences(text):
        found += [
            Piece(cut, apart=at == 0 or _BESIDES.match(cut) is not None) for at, cut in enumerate(_cut(sentence))
        ]
    return found


def is_conditional(text: str) -> bool:
    """Whether something is supposed: then all of it is one what-if."""
    return _SUPPOSES.search(text) is not None


def hinges(text: str) -> bool:
    """Whether one piece may depend on another by a word of condition, choice or denial."""
    return _HINGES.search(text) is not None


def _rows(text: str) -> list[Piece] | None:
    """The lines of a numbered list, each of which is said to be one by its number."""
    marks = list(_NUMBERED.finditer(text))
    if len(marks) < 2 or marks[0].group(1).casefold() not in "1a":
        return None
    edges = [*(mark.start() for mark in marks[1:]), len(text)]
    rows = [text[mark.end() : edge].strip(" ,;.\n") for mark, edge in zip(marks, edges, strict=True)]
    return [Piece(row, apart=True, asks=True) for row in rows if row]


def _sentences(text: str) -> list[str]:
    edges = [0, *(found.end() for found in _ENDS.finditer(text)), len(text)]
    return [said for start, end in pairwise(edges) if (said := text[start:end].strip())]


def _cut(sentence: str) -> list[str]:
    """A sentence at the joints behind which a question or an order begins, or expressly something else."""
    out, start = [], 0
    for joint in _LINKS.finditer(sentence):
        rest = sentence[joint.end() :]
        begins = (
            Piece(rest, apart=False).opens
            or _NEWS.match(rest)
            or (_BESIDES.match(rest) and not _TELLS.search(_JOINERS.sub("", rest)))
        )
        if begins and _JOINERS.sub("", sentence[start : joint.start()]).strip():
            out.append(sentence[start : joint.start()].strip())
            start = joint.end()
    return [cut for cut in [*out, sentence[start:].strip()] if cut]
