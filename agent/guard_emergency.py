"""Does the message tell of a person in danger now? Signs of danger, unless denied, past, or only a topic."""

from agent.guard_slips import put_right
from agent.guard_text import Concept, Hit, Reading, concepts_of

_WORDS = concepts_of("emergency")
SIGNS = _WORDS["signs"]
_PAIN = _WORDS["pain"]
_CHEST = _WORDS["chest"]
_BREATHE = _WORDS["breathe"]
_FAILS = _WORDS["fails"]
_BLEED = _WORDS["bleed"]
_BADLY = _WORDS["badly"]
_FALLEN = _WORDS["fallen"]
_LIFE = _WORDS["life"]
_WISH = _WORDS["wish"]
_PERSON = _WORDS["person"]
_OVER = _WORDS["over"]
_NOW = _WORDS["now"]
_TOPIC = _WORDS["topic"]
_PLACE = _WORDS["place"]
_SOURCE = _WORDS["source"]
_IF = _WORDS["if"]
_ABOUT_RULES = _WORDS["about_rules"]


def tells_of_danger(reading: Reading) -> bool:
    """Does somebody seem to be in danger now?"""
    if any(_present(reading, hit) for hit in _signs(reading)):
        return True
    meant = put_right(reading.message)
    return meant != reading.message and tells_of_danger(Reading(meant))


def _signs(reading: Reading) -> list[Hit]:
    """Every danger said and not denied; for some the denial is the sign ("not breathing")."""
    hits = [hit for hit in reading.find(SIGNS) if not reading.negated(hit)]
    hits += _pairs(reading, _PAIN, _CHEST, reach=4)
    hits += _pairs(reading, _BLEED, _BADLY, reach=4)
    hits += [other for one, other in reading.before(reading.find(_FAILS), reading.find(_BREATHE), reach=2)]
    hits += [hit for hit in reading.find(_FALLEN) if not reading.negated(hit) and _of_a_person(reading, hit)]
    for wish, life in reading.before(reading.find(_WISH), reading.find(_LIFE), reach=3):
        ends = reading.words[life.first].stem != "live" or reading.words[wish.first].stem in ("doesn't", "don't")
        denied = reading.negated(wish) or reading.words[wish.first].stem in ("doesn't", "don't")
        if ends and (reading.words[life.first].stem == "live") == denied and _of_a_person(reading, wish):
            hits.append(life)
    return hits


def _pairs(reading: Reading, left: Concept, right: Concept, reach: int) -> list[Hit]:
    return [
        one
        for one, other in reading.together(reading.find(left), reading.find(right), reach)
        if not reading.negated(one) and not reading.negated(other)
    ]


def _of_a_person(reading: Reading, hit: Hit) -> bool:
    clause = reading.words[hit.first].clause
    return any(reading.words[person.first].clause == clause for person in reading.find(_PERSON))


def _present(reading: Reading, hit: Hit) -> bool:
    """Whether the sign is there now: not past, unless something says it is; not the name or subject of a service."""
    near = [(one, hit) for one in reading.find(_NOW)]
    now = bool(reading.together([one for one, _ in near], [hit], reach=8))
    places = {place.after for place in reading.find(_PLACE)}
    topic = any(
        0 <= other.first - hit.after <= 2 or -1 <= hit.first - other.after <= 2
        for _, other in reading.together([hit], reading.find(_TOPIC), reach=3)
        if other.first < hit.first or other.after not in places  # "unconscious in bed 4" names a place
    )
    if topic and not (now and _of_a_person(reading, hit)):
        return False
    if reading.before(reading.find(_IF), [hit], reach=6) and reading.together(reading.find(_ABOUT_RULES), [hit], 14):
        return False
    if reading.mood(hit) == "ask" and reading.together(reading.find(_SOURCE), [hit], reach=14):
        return False
    past = bool(reading.together(reading.find(_OVER), [hit], reach=7))
    return now or not past
