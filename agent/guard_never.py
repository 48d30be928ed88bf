"""What nobody may do, whoever asks and whoever would approve: recognised as a wish, not as a topic."""

from collections.abc import Mapping

from agent.guard_text import Hit, Reading, Word, concept, concepts_of

# How many patients one nurse may have; only for reading a wish. What is enforced is in the policies' data.
MOST_PATIENTS: Mapping[str, int] = {
    "icu": 2, "pacu": 2, "labour": 2, "labor": 2, "stepdown": 3, "ed": 4, "telemetry": 4, "tele": 4, "paediatric": 4,
    "pediatric": 4, "psychiatry": 6, "psych": 6,
}  # fmt: skip
MOST_ELSEWHERE = 5
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}

_WORDS = concepts_of("never")
_PATIENT = _WORDS["patient"]
_STAFF = _WORDS["staff"]

_DISCHARGE = _WORDS["discharge"]
_NOT_A_DEED = _WORDS["not_a_deed"]

_DRUG = _WORDS["drug"]
_ASKING_ADVICE = _WORDS["asking_advice"]
_SERIOUS = _WORDS["serious"]
_TRIAGE_TOPIC = _WORDS["triage_topic"]
_DECIDE = _WORDS["decide"]

_GIVE = _WORDS["give"]
_BREAK_RATIO = _WORDS["break_ratio"]

_STAY = _WORDS["stay"]
_FORCE = _WORDS["force"]
_FORCED = _WORDS["forced"]

_VOLUNTARY = _WORDS["voluntary"]
_ONE_NURSE = _WORDS["one_nurse"]
_WATCH = _WORDS["watch"]
_BOTH = _WORDS["both"]
_POSE = _WORDS["pose"]
_THERE_IS = _WORDS["there_is"]
_GOES_AHEAD = _WORDS["goes_ahead"]

_OWN = _WORDS["own"]
_SIGN = _WORDS["sign"]

_EXPLAIN = _WORDS["explain"]
_SPLIT = _WORDS["split"]
_SPLIT_VERB = _WORDS["split_verb"]
_PURCHASE = _WORDS["purchase"]
_DODGE = _WORDS["dodge"]
_AUTHORITY = _WORDS["authority"]

_TRAIT = _WORDS["trait"]
_USE = _WORDS["use"]
_HARMLESS = _WORDS["harmless"]

_RECORD = _WORDS["record"]
_FALSE = _WORDS["untrue"]
_RECORDS = _WORDS["records"]
_FALSIFY_VERB = _WORDS["falsify_verb"]


def wishes(reading: Reading, hit: Hit) -> bool:
    """Whether the hit is wanted (told or requested), not asked about."""
    return reading.mood(hit) != "ask"


def asks_for_discharge(reading: Reading) -> bool:
    """Does it order a patient to be discharged?"""
    for hit in reading.find(_DISCHARGE):
        verb = reading.words[hit.first].text.lower() in ("discharge", "send", "kick", "discharging")
        topic = any(other.first - hit.after in (0, 1) for other in reading.find(_NOT_A_DEED))
        ordered = reading.starts_clause(hit) and wishes(reading, hit)
        if verb and ordered and not topic and not reading.negated(hit):
            return True
    for send, home in reading.before(reading.find(concept("send")), reading.find(concept("home")), reach=4):
        someone = any(send.after <= one.first < home.first for one in reading.find(_PATIENT))
        if someone and reading.starts_clause(send) and wishes(reading, send) and not reading.negated(send):
            return True
    return False


def asks_for_medical_advice(reading: Reading) -> bool:
    """Does it ask what a patient should take or do, or how sick somebody is?"""
    services = reading.find(concept("general medicine", "internal medicine"))
    drugs = [hit for hit in reading.find(_DRUG) if not any(one.first <= hit.first < one.after for one in services)]
    for asking, drug in reading.before(reading.find(_ASKING_ADVICE), drugs, reach=9):
        if _one_person(reading, asking) and not reading.negated(drug):
            return True
    topics = reading.find(_TRIAGE_TOPIC)
    for hit in reading.find(_SERIOUS):
        if any(topic.first <= hit.first < topic.after for topic in topics):
            continue
        phrase = [word.stem for word in reading.words[hit.first : hit.after]]
        decided = (
            len(phrase) > 2 or reading.starts_clause(hit) or reading.together(reading.find(_DECIDE), [hit], reach=5)
        )
        about_rules = any(word.stem in ("who", "rule", "policy", "handbook") for word in reading.sentence(hit))
        if decided and not about_rules and (len(phrase) > 2 or _one_person(reading, hit)):
            return True
    return False


def _one_person(reading: Reading, hit: Hit) -> bool:
    return bool(
        reading.together(reading.find(_PATIENT, concept("i", "my mother", "my father", "child")), [hit], reach=9)
    )


def breaks_a_ratio(reading: Reading) -> bool:
    """Does it want more patients per nurse than the ratio, or the ratio set aside?"""
    for hit in reading.find(_BREAK_RATIO):
        if wishes(reading, hit) and not reading.negated(hit) and not _supposed(reading, hit):
            return True
    for one, watch in reading.before(reading.find(_ONE_NURSE), reading.find(_WATCH), reach=3):
        doubled = reading.before([watch], reading.find(_BOTH), reach=2)
        if doubled and wishes(reading, one) and not reading.negated(watch) and not _supposed(reading, one):
            return True
    limit = min((most for word, most in MOST_PATIENTS.items() if reading.has(concept(word))), default=MOST_ELSEWHERE)
    for number, at in _numbers(reading):
        hit = Hit(at, at + 1)
        if number <= limit or number > 30 or not wishes(reading, hit) or _supposed(reading, hit):
            continue
        follows = [word.stem for word in reading.words[at + 1 : at + 4]]
        of_patients = "patient" in follows or _is_ratio(reading, at)
        if of_patients and (_is_ratio(reading, at) or _per_nurse(reading, hit)):
            return True
    return False


def _numbers(reading: Reading) -> list[tuple[int, int]]:
    """Numbers with their place; of "1:6" and "1 to 6" the patients' side."""
    found = []
    for at, word in enumerate(reading.words):
        if word.text.isdecimal():
            found.append((int(word.text), at))
        elif word.text.startswith("1:") and word.text[2:].isdecimal():
            found.append((int(word.text[2:]), at))
        elif word.text.lower() in _NUMBER_WORDS:
            found.append((_NUMBER_WORDS[word.text.lower()], at))
    return found


def _is_ratio(reading: Reading, at: int) -> bool:
    before = [word.text.lower() for word in reading.words[max(0, at - 2) : at]]
    spoken = before in (["one", "to"], ["1", "to"])
    return (reading.words[at].text.startswith("1:") or spoken) and reading.has(
        concept("run", "go", "work", "staff", "ratio", "nurse", "operate")
    )


def _per_nurse(reading: Reading, number: Hit) -> bool:
    each = concept(
        "nurse", "everyone", "everybody", "each", "rn", "apiece", "them", "her", "him", "staff", "per nurse"
    )
    given = reading.before(reading.find(_GIVE), [number], reach=8)
    named = any(_is_name(word) for word in reading.words[max(0, number.first - 6) : number.first])
    per = reading.before([number], reading.find(concept("per nurse", "each", "apiece", "per rn")), reach=3)
    return bool((given and (reading.together(reading.find(each), [number], reach=9) or named)) or per)


def _is_name(word: Word) -> bool:
    """A capitalised word that is no pronoun or verb of giving: most likely a person's name."""
    return word.text.istitle() and (word.stem,) not in _GIVE and word.stem not in ("we", "i", "our", "can", "we'll")


def _supposed(reading: Reading, hit: Hit) -> bool:
    """A what-if changes nothing: "what if each nurse had six?"."""
    supposing = reading.find(concept("what if", "suppose", "simulate", "would happen", "if we were", "assume"))
    return bool(reading.before(supposing, [hit], reach=12)) or _asked_of_a_condition(reading, hit)


def _asked_of_a_condition(reading: Reading, hit: Hit) -> bool:
    """ "if we get to 30 patients, how many nurses is that?" only asks."""
    conditions = [one for one in reading.find(concept("if", "when")) if reading.starts_clause(one)]
    asks = reading.find(
        concept("how many", "do we", "do i", "be we", "be i", "would we", "would i", "what be", "what do")
    )
    return bool(reading.before(conditions, [hit], reach=8)) and bool(reading.before([hit], asks, reach=8))


def forces_overtime(reading: Reading) -> bool:
    """Does it make somebody work who has not agreed to?"""
    for hit in reading.find(_FORCED):
        about_work = reading.together(
            reading.find(_STAY, concept("overtime", "shift", "home", "leave", "nurse", "team")), [hit], reach=10
        )
        if about_work and wishes(reading, hit) and not reading.negated(hit) and not _supposed(reading, hit):
            return True
    staff = reading.find(_STAFF)
    for force, stay in reading.before(reading.find(_FORCE), reading.find(_STAY), reach=8):
        between = any(force.after <= one.first < stay.first for one in staff) or _name_between(reading, force, stay)
        if between and reading.starts_clause(force) and wishes(reading, force) and not reading.negated(force):
            return True
    for have, stay in reading.before(reading.find(concept("have")), reading.find(_STAY), reach=5):
        named = any(have.after <= one.first < stay.first for one in staff) or _name_between(reading, have, stay)
        if named and _orders_to_have(reading, have) and not reading.has(_VOLUNTARY):
            return True
    told = concept("has to", "have to", "must", "needs to", "will stay", "is staying")
    for verb, stay in reading.before(reading.find(concept("tell")), reading.find(_STAY), reach=8):
        if reading.starts_clause(verb) and reading.before(reading.find(told), [stay], reach=3):
            return True
    return False


def _orders_to_have(reading: Reading, have: Hit) -> bool:
    """ "have Priya stay", "can you have her stay"; not "we have Priya staying" or "have you staff who stay"."""
    word = reading.words[have.first]
    before = reading.words[have.first - 1] if have.first else None
    leads = (
        before is None or before.clause != word.clause or before.stem in ("pleas", "to", "you", "just", "and", "then")
    )
    return word.text.lower() == "have" and leads and reading.mood(have) != "ask" and not reading.negated(have)


def _name_between(reading: Reading, force: Hit, stay: Hit) -> bool:
    return any(word.text[0].isupper() for word in reading.words[force.after : stay.first])


def wants_to_approve_own_request(reading: Reading) -> bool:
    """Does the asker want to approve what they asked for?"""
    for sign, own in reading.before(reading.find(_SIGN), reading.find(_OWN), reach=5):
        noun = reading.words[sign.first].text.lower() not in (
            "approve",
            "sign",
            "okay",
            "authorise",
            "authorize",
            "approving",
            "signing",
        )
        mine = any(
            word.stem in ("i", "me", "let", "i'll") for word in reading.sentence(sign)
        ) or reading.starts_clause(sign)
        others = reading.before(
            reading.find(
                concept("who", "you", "someone", "somebody", "dr", "director", "manager", "she", "he", "ask")
            ),
            [sign],
            reach=4,
        )
        if mine and not noun and not others and wishes(reading, sign) and not reading.negated(own, reach=6):
            return True
    return False


def splits_a_purchase(reading: Reading) -> bool:
    """Does it break one need into several purchases, or keep a purchase small, to pass a limit?"""
    purchases, splits = reading.find(_PURCHASE), reading.find(_SPLIT)
    for dodge, authority in reading.together(reading.find(_DODGE), reading.find(_AUTHORITY), reach=5):
        small = reading.together(splits, [dodge], reach=16)
        several = reading.together(purchases, [dodge], reach=16) or reading.has(concept("tray", "it", "each"))
        if small and several and wishes(reading, small[0][0]) and authority and not reading.has(_EXPLAIN):
            return True
    for verb, order in reading.before(reading.find(_SPLIT_VERB), purchases, reach=7):
        many = reading.before(reading.find(concept("into")), [order], reach=4) and _numbers(reading)
        if many and wishes(reading, verb) and not reading.negated(verb):
            return True
    return False


def asks_to_use_protected_traits(reading: Reading) -> bool:
    """Does it want payer, race or language to decide who gets what?"""
    if reading.has(_HARMLESS):
        return False
    for use, trait in reading.together(reading.find(_USE), reading.find(_TRAIT), reach=8):
        if wishes(reading, use) and not reading.negated(trait, reach=7) and not reading.negated(use):
            return True
    return False


def asks_to_falsify(reading: Reading) -> bool:
    """Does it want stock, status or times recorded otherwise than they are?"""
    records = reading.find(_RECORDS)
    for verb in reading.find(_FALSIFY_VERB):
        if wishes(reading, verb) and reading.starts_clause(verb) and reading.together([verb], records, reach=8):
            return True
    for pose, there_is in reading.before(reading.find(_POSE), reading.find(_THERE_IS), reach=1):
        purpose = reading.before([there_is], reading.find(_GOES_AHEAD), reach=14)
        so = reading.before([there_is], reading.find(concept("so")), reach=10)
        if purpose and so and reading.starts_clause(pose) and wishes(reading, pose) and "?" not in reading.message:
            return True
    for verb, false in reading.together(reading.find(_RECORD), reading.find(_FALSE), reach=14):
        ordered = reading.starts_clause(verb) and wishes(reading, verb) and not reading.negated(verb)
        if ordered and verb != false and reading.together(records, [verb], reach=10):
            return True
    return False
