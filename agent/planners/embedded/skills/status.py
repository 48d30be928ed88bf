"""Which state somebody reports: down, dirty, being cleaned, back; and who will not come."""

import re

from agent.planners.embedded.heard import Heard

_KINDS = (("room", "room"), ("scanner", "room"), ("bed", "bed"), ("equipment", "equipment"))
"""A scanner is a room of its own to the desk."""
_DIRTY = re.compile(
    r"\b(?:dirty|soiled|stripped(?! and (?:\w+ )?clean)|needs? (?:an? )?(?:\w+ )?clean\w*|"
    r"(?:wait\w*|awaiting|due) (?:(?:for|on) )?(?:an? |the )?(?:\w+ )?(?:clean\w*|housekeeping|evs)|"
    r"not (?:been )?clean\w*|contaminated)\b|"
    r"\b(?:housekeeping|evs|cleaners?)\b.{0,20}\b(?:not|hasn't|haven't|yet|still|never|needed)\b",
    re.IGNORECASE,
)
_VACATED = re.compile(
    r"\b(?:vacated|emptied|discharged|(?:went|gone) home|(?:just|has|have|pt|patient|'s) left|is gone|"
    r"left (?:ama|just now))\b",
    re.IGNORECASE,
)
"""That whoever lay in a bed has left it: it is to be cleaned."""
_TO_COME = re.compile(
    r"\b(?:going (?:home|up|down|to be)|goes home|leaving|leaves|will|is to|are to|should|due|planned|expected|later|"
    r"soon|once|when|about to|discharge (?:order\w*|pending|planned))\b",
    re.IGNORECASE,
)
"""What is still to happen to a bed: it is no state of it yet."""
_CLEANING = re.compile(r"\b(?:being cleaned|cleaning (?:now|in progress)|under cleaning)\b", re.IGNORECASE)
_BACK = re.compile(
    r"\b(?:back (?:in|up|on|to|from|online)|(?:is|are|it'?s|'s) back|"
    r"(?:works?|working|usable|used|available|open|running|go|ready|fine|ok) again|"
    r"(?:is|are|it'?s|all|now) (?:\w+ )?(?:fine|ok|okay|good|working|usable|available|clear|open) (?:now|again)|"
    r"(?:now|again) (?:it'?s |is |all )?(?:fine|ok|okay|working|usable|available)|"
    r"up and running|all clear|good to go|reopened|repaired|fixed|cleaned|clean|wiped down|ready)\b",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\b(?:not|isn'?t|aren'?t|no longer|wasn'?t|never(?: was)?)\s+(?:actually |really |even )?"
    r"(?:flooded|leaking|down|broken|blocked|closed|dirty|contaminated|out of (?:order|service|action|use)|offline|"
    r"on fire|burning|smoking|dead|shut)\b|\bfalse alarm\b",
    re.IGNORECASE,
)
"""That nothing is wrong: "not flooded after all"."""
_NOT_YET = re.compile(
    r"\b(?:not|isn'?t|aren'?t|hasn'?t|never|wait\w*|awaiting|needs?|until|till|when|once|before|expected|"
    r"should be|will be|being)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:sick\w*|ill|flu|fever|unwell|injured|hurt|accident|absent|no-?show|call-?outs?|"
    r"(?:call|phon)\w* (?:out|off|in|sick)|rang (?:in|off)|"
    r"(?:won'?t|will not|can'?t|cannot|can not|isn'?t|is not|not) (?:be |able to )*"
    r"(?:come|coming|make|making|in|work|working|here|there|available)|miss(?:es|ing)? (?:her|his|the|their|to))\b",
    re.IGNORECASE,
)
"""How people say that somebody will not come; nothing is taken for it by default."""


_TROUBLE = re.compile(
    r"\b(?:down|out|offline|off|dead|stuck|shut|lost|missing|broke\w*|fail\w*|fault\w*|leak\w*|flood\w*|water|fire|smok\w*|"
    r"smell\w*|burn\w*|power|electric\w*|air\w*|hvac|humid\w*|temperature|contaminat\w*|dirty|soiled|clean\w*|block\w*|"
    r"clos\w*|un(?:usable|available|safe)|crash\w*|crack\w*|spill\w*|jam\w*|problem\w*|issues?|trouble|alarm\w*|error\w*|"
    r"repair\w*|maintenance|quench\w*|stopp\w*|bust\w*|malfunction\w*|defect\w*|damag\w*|unusable|"
    r"on the (?:blink|fritz)|keep (?:it |that |this )?(?:empty|free|closed)|bed ?bugs?|acting up|beeping|"
    r"drip\w*|evacuat\w*|unwell|packed up|had it|play\w* up|tripp\w*|collaps\w*|overheat\w*|too (?:warm|hot|cold)|"
    r"(?:no|not|isn'?t|aren'?t|doesn'?t|don'?t|won'?t|can'?t|cannot))\b",
    re.IGNORECASE,
)
"""Words of what is wrong, or that something is not so."""
SURE_OF_TROUBLE = 0.95


def says_trouble(heard: Heard) -> bool:
    """Whether it is said that something is out of use: in words, beyond doubt, or as the answer to our question."""
    trouble = heard.follows or _TROUBLE.search(heard.text) is not None
    if heard.one("bed") is not None:  # it empties and fills by itself: the state must be said
        return trouble or any(one.search(heard.text) for one in (_VACATED, _DIRTY, _CLEANING, _BACK))
    told = heard.sure(SURE_OF_TROUBLE) and heard.one("clinician") is None  # a person's name beside it: about whom?
    return trouble or told


def empties_later(heard: Heard) -> bool:
    """Whether it is only told that a bed will become free: the feed foresees that, and nobody records it."""
    to_come = heard.one("bed") is not None and _TO_COME.search(heard.text) is not None
    return to_come and _TROUBLE.search(heard.text) is None


def says_since(text: str) -> bool:
    """Whether the time said is when it began ("down since 6"), not when it is back."""
    return re.search(r"\b(?:since|ago)\b", text, re.IGNORECASE) is not None


_AWAY = re.compile(
    r"\b(?:off|out|away|leave|holiday|vacation|annual|late|delayed|stuck|held up|running|gone|down with|called|"
    r"cancel\w*|unavailable|quarantine\w*|conference|court|no longer|retir\w*|hospital\w*|rang|not|n't|no)\b|n't\b",
    re.IGNORECASE,
)


def says_away(text: str) -> bool:
    """Whether it is said of a physician that they are not here, rather than anything else about them."""
    return _ABSENT.search(text) is not None or _AWAY.search(text) is not None


def says_back(text: str) -> bool:
    """Whether something is said to be in use again."""
    return _BACK.search(text) is not None and _NOT_YET.search(text) is None


def says_absent(text: str) -> bool:
    """Whether it is said that somebody will not come to work."""
    return _ABSENT.search(text) is not None


def subject_of(heard: Heard) -> tuple[str, str] | None:
    """What a report is about, as the desk calls the kind, and its name: a thing before a person."""
    for slot, subject in (*_KINDS, ("staff", "shift")):
        if (name := heard.one(slot)) is not None:
            return subject, name
    return None


def status_said(text: str, subject: str) -> str:
    """The state that the words report of a room, bed or device, or of somebody's shift."""
    if _NOT_SO.search(text) or (_BACK.search(text) and not _NOT_YET.search(text)):
        return "available"
    if subject == "shift":
        return "called_out"
    if _CLEANING.search(text):
        return "cleaning"
    if subject == "bed" and _VACATED.search(text):
        return "dirty"
    if _DIRTY.search(text):
        return "dirty" if subject == "bed" else "blocked"
    return "out_of_service" if subject == "equipment" else "blocked"
