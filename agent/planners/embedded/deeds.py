"""Whether a message says that something is to be done: nothing is changed on the strength of a likeness alone."""

import re

from agent.guard_text import Reading, stem, stems

POLITE = re.compile(
    r"^\W*(?:(?:please|hi|hello|hey|ok|so|and)\W+)*(?:(?:can|could|would|will)\s+(?:you|we|u|someone|i)\b|"
    r"is it possible to|would it be possible|do you mind|would you mind|any chance|may i\b|can't you|won't you)",
    re.IGNORECASE,
)
"""How a request is put as a question."""
_DEEDS = stems(
    (
        "accept add agency approve arrange ask assign backfill block book bump bring buy call cancel change "
        "choose close confirm delay double-book draft drag drop enter escalate exchange fill find fit fix "
        "flag float forward free get give grab hold keep let like lock make mark move need note offer open "
        "order organise organize overbook overfill park pick place plan please postpone prefer procure pull "
        "purchase push put raise reassign rebook recall record redo rehome release relocate remove reorder "
        "repair replace request requisition reschedule reserve restock retract return revoke route save "
        "schedule scrap scrub secure send service set shift sign slot source squeeze start stop submit "
        "substitute swap switch take top transfer undo use want wish withdraw withdrawn"
    ).split()
)
"""Verbs, by their stem, with which people here ask for something to be done."""


_WHO = re.compile(
    r"^\W*(?:(?:and|so|ok|then|is|are there|do we have|have we got)\W+)*(?:any(?:one|body)|who)\b", re.I
)
"""Somebody is looked for."""
_THEN_WHEN = re.compile(
    r"[,;.–-]\s*(?:so |and |but )?(?:when|where|how(?: soon| long)?|which|what(?: time)?|who) "
    r"(?:can|could|is|are|will|would|does|do)\b[^,;.]*$|"
    r"[,;.–-]\s*(?:so |and |but )?(?:is there|are there|do (?:we|i|you) have|have (?:we|you) got|who'?d|"
    r"(?:is )?any(?:one|body)?)\b[^,;.]*$",
    re.IGNORECASE,
)
"""What is told ends in a question: "she needs a scan, when can you do it", "they want one, what does that leave"."""


def says_deed(text: str) -> bool:
    """Whether any verb of doing is said."""
    return any(word.stem in _DEEDS for word in Reading(text).words)


def is_deed(word: str) -> bool:
    """Whether it is a verb of doing."""
    return stem(word) in _DEEDS


_LEADING_NOW = re.compile(
    r"^\W*(?:(?:ok|okay|and|so|right|then|please)\W+)*now\W+(?:please\W+)?(?P<verb>[a-z-]+)", re.IGNORECASE
)


def begins_with_now(text: str) -> bool:
    """Whether "now" only leads over to a deed ("now book it for her") and tells no time."""
    found = _LEADING_NOW.match(text)
    return found is not None and stem(found["verb"]) in _DEEDS


_CLAUSE = re.compile(r"[,;.?!–]+\s+|\s-+\s")
_BEFORE_A_DEED = frozenset("and then so please just ok okay well now also go".split())


def orders_besides(text: str) -> bool:
    """Whether a clause of its own orders something beside a question: "who is next? offer it to them"."""
    for clause in _CLAUSE.split(text)[1:]:
        words = [word for word in Reading(clause).words if word.text.lower() not in _BEFORE_A_DEED]
        if words and words[0].stem in _DEEDS and not Reading(clause).asks():
            return True
    return False


def asks_to_know(text: str) -> bool:
    """Whether it is a question about the world, not a request ("could you order ...", "order two?")."""
    if _ASKS_ADVICE.match(text) or _HEDGES.search(text) or _ASKS_WHETHER_SO.search(text):
        return True
    if _WANTS_TO_KNOW.search(text):
        return True
    if POLITE.match(text) or _FORBIDS.match(text):
        return False
    if _WOULD_IT.match(text) or (_LAST_ASKS.search(text) and not _orders(text)):
        return True
    if _WHO.match(text) or _THEN_WHEN.search(text):
        return True
    return Reading(text).asks() or (_ENDS_ASKING.search(text) is not None and not says_deed(text))


_ASKS_ADVICE = re.compile(
    r"^\W*(?:(?:and|so|ok|then|but|hi|hey)\W+)*(?:should|shall|ought|must|do) (?:i|we)\b(?! have\b)|"
    r"^\W*(?:do you think|would you say|is it worth|would it be better|am i right to|are we right to)\b",
    re.IGNORECASE,
)
"""What would be best is asked: "should we release it" releases nothing."""
_ASKS_WHETHER_SO = re.compile(
    r"[,;.–-]\s*(?:(?:is|was) (?:that|it|this) (?:true|right|so|correct|the case)|true|right|correct|really|"
    r"(?:isn'?t|wasn'?t|aren'?t|hasn'?t|haven'?t|didn'?t|don'?t|doesn'?t) (?:it|that|he|she|they|we)|"
    r"(?:did|has|have|is|was|does) (?:he|she|it|they|we))\s*(?:or not\s*)?\?+\W*$|"
    r"^\W*(?:(?:so|and|but|hey|hi)\W+)*(?:i(?:'ve| have)? (?:just )?(?:heard|was told|read|am told|understand)|"
    r"i'm told|(?:some|any)(?:one|body) (?:said|told me)|they say|rumou?r has it|word is|apparently)\b.*\?\W*$",
    re.IGNORECASE,
)
"""What is told is asked about: "I heard he gave it up, is that so?" gives nothing up."""
_WANTS_TO_KNOW = re.compile(
    r"\b(?:(?:wants?|wanted|needs?|would like|'d like|dying|keen) to (?:know|hear|find out|understand|learn)|"
    r"(?:is|was|are|am|'s|'m|keeps?) (?:asking|wondering)|asks?|asked|wonders?)\b(?: (?:me|us|about|you))?\s+"
    r"(?:if|when|where|what|how|whether|who|which|why)\b",
    re.IGNORECASE,
)
"""Somebody asks: "the patient wants to know when her scan is"."""
_HEDGES = re.compile(
    r"^\W*(?:[\w.'-]+\W+){0,3}?(?:i|we|he|she|they|[\w'-]+)\s+(?:might|may) not (?:be )?(?:need|want|us|requir|com)|"
    r"\b(?:i|we)(?: am| are| was| were|'m|'re)? ?(?:thought about|thinking (?:of|about)|considering|toying with)\b|"
    r"\bif (?:we|i) (?:wanted|wished|had|needed)(?: to)?\s*[?.!]*$",
    re.IGNORECASE,
)
"""What is only thought about: "I might not need Friday" gives nothing back."""
_WOULD_IT = re.compile(
    r"^\W*(?:(?:and|so|ok|then|but|hi|hey)\W+)*(?:would|does|did|has|is|are|was|were|will) "
    r"(?!(?:you|we|u|someone|there)\b)[^.;!]*\?\W*$",
    re.IGNORECASE,
)
"""It is asked of a thing or of somebody else: "would cup B do?"."""
_LAST_ASKS = re.compile(
    r"[.!]\s+(?:(?:and|so|but|then)\s+)?(?:do|does|did|is|are|was|were|has|have|would|what|which|who|why|how)\b[^.;!]*\?\W*$",
    re.IGNORECASE,
)
"""Something is told, then asked: "Petrov won't have it. does Lund?"."""


def _orders(text: str) -> bool:
    """Whether any clause orders something: it begins with a verb of doing, or says what is wanted."""
    if re.search(r"\b(?:please|pls|need|want|(?:can|could) (?:you|we|i))\b", text, re.IGNORECASE):
        return True
    for clause in _CLAUSE.split(text):
        words = [word for word in Reading(clause).words if word.text.lower() not in _BEFORE_A_DEED]
        if words and words[0].stem in _DEEDS:
            return True
    return False


_ENDS_ASKING = re.compile(r"\?\W*$")
_FORBIDS = re.compile(
    r"^\W*(?:(?:please|and|but|so|ok|okay)\W+)*(?:don'?t|do not|never)\s+"
    r"(?!(?:you|we|i|they|he|she|it)\b)[^?]*$",
    re.IGNORECASE,
)
"""What is not to happen: "don't let anybody take it" is no question, "don't we have one?" is."""
