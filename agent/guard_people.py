"""Whose word and whose secrets: clinical details, approvals in another's name, orders hidden in quoted text."""

from agent.guard_text import Hit, Reading, concepts_of

_WORDS = concepts_of("people")
_PATIENT = _WORDS["patient"]
_BED = _WORDS["bed"]
_DETAIL = _WORDS["detail"]
_PLACED = _WORDS["placed"]
_WHY = _WORDS["why"]
_NOT_CLINICAL = _WORDS["not_clinical"]
_THINGS = _WORDS["things"]
_DOING = _WORDS["doing"]
_PAPERS = _WORDS["papers"]
_REASON = _WORDS["reason"]
_STAY = _WORDS["stay"]
_TEST = _WORDS["test"]
_SHOWED = _WORDS["showed"]
_NUMBER = frozenset(word for phrase in _WORDS["number"] for word in phrase)

_APPROVE = _WORDS["approve"]
_ASKED_TO = _WORDS["asked_to"]
_BEHALF = _WORDS["behalf"]
_SPEECH = _WORDS["speech"]
_OTHERS = _WORDS["others"]
_CLAIM = _WORDS["claim"]
_ASKERS = _WORDS["askers"]

_CONTAINER = _WORDS["container"]
_SAYS = _WORDS["says"]
_ORDERS = _WORDS["orders"]
_UNBIND = _WORDS["unbind"]
_RULES = _WORDS["rules"]
_ROLEPLAY = _WORDS["roleplay"]


def asks_for_clinical_details(reading: Reading) -> bool:
    """Does it ask what a patient has or is treated for? Bookings and places may be asked for, reasons may not."""
    patients = _patients(reading)
    if not patients:
        return False
    things = reading.find(_THINGS)
    details = [hit for hit in reading.find(_DETAIL) if not any(one.first <= hit.first < one.after for one in things)]
    for detail, _ in reading.together(details, patients, reach=9):
        says = {("condition",), ("notes",)}
        phrase = tuple(word.stem for word in reading.words[detail.first : detail.after])
        loose = phrase in says and reading.together([detail], things, reach=3)
        wanted = reading.mood(detail) != "tell" or reading.before(reading.find(_DOING), [detail], reach=8)
        bare = len(reading.sentence(detail)) <= 6
        if (wanted or bare) and not loose:
            return True
    if _asks_for_papers(reading, patients) or _asks_for_findings(reading, patients):
        return True
    why = reading.find(_WHY)
    placed = [
        hit for hit in reading.find(_PLACED) if not reading.together([hit], reading.find(_NOT_CLINICAL), reach=6)
    ]
    return any(reading.together([hit], patients, reach=6) for _, hit in reading.before(why, placed, reach=9))


def _asks_for_papers(reading: Reading, patients: list[Hit]) -> bool:
    """ "read me Mr. Jones's notes", "the reason for Mrs. Diaz's admission"; a record number is no secret."""
    for papers in reading.find(_PAPERS):
        owner = reading.words[papers.first - 1] if papers.first else None
        numbered = papers.after < len(reading.words) and reading.words[papers.after].stem in _NUMBER
        if owner is None or numbered or not owner.text.lower().replace("’", "'").endswith(("'s", "s'")):
            continue
        if any(0 <= papers.first - hit.after <= 2 for hit in patients) and reading.mood(papers) != "tell":
            return True
        if reading.before(reading.find(_DOING), [papers], reach=8) and any(
            0 <= papers.first - hit.after <= 2 for hit in patients
        ):
            return True
    reasons = reading.before(reading.find(_REASON), reading.find(_STAY), reach=6)
    return any(reading.together([stay], patients, reach=6) for _, stay in reasons)


def _asks_for_findings(reading: Reading, patients: list[Hit]) -> bool:
    """ "what did the MRI of Mr. Jones show": a test, then what it showed, of one patient."""
    for test, shown in reading.before(reading.find(_TEST), reading.find(_SHOWED), reach=8):
        if reading.mood(test) != "tell" and reading.together([test, shown], patients, reach=6):
            return True
    return False


def _patients(reading: Reading) -> list[Hit]:
    """Words that point at one patient: a title, a pronoun, "patient", or a bed by its number."""
    hits = reading.find(_PATIENT)
    for bed in reading.find(_BED):
        follower = reading.words[bed.after] if bed.after < len(reading.words) else None
        if follower and follower.text.isdigit():
            hits.append(bed)
    return hits


def approves_for_another(reading: Reading) -> bool:
    """Does it approve in somebody else's name, or pass a spoken yes off as an approval?"""
    approvals = reading.find(_APPROVE)
    for approval, behalf in reading.before(approvals, reading.find(_BEHALF), reach=5):
        if (
            reading.mood(approval) != "ask"
            and not _sent_on(reading, approval)
            and _own_deed(reading, approval, behalf)
        ):
            return True
    others = [hit for hit in reading.find(_OTHERS) if not reading.together([hit], reading.find(_ASKERS), reach=1)]
    for other, claim in reading.before(others, reading.find(_CLAIM), reach=3):
        if reading.mood(other) == "tell" and not reading.negated(claim):
            return True
    passed_on = [hit for hit in reading.find(_ASKED_TO) if _asks_the_speaker(reading, hit)]
    for speech, approval in reading.before([*reading.find(_SPEECH), *passed_on], approvals, reach=7):
        spoken_by = reading.before(others, [speech], reach=4)
        if spoken_by and reading.mood(spoken_by[0][0]) == "tell" and not _sent_on(reading, approval):
            about = {word.stem for word in reading.sentence(approval)}
            if not about & {"who", "how", "whether", "if", "need", "why", "when", "that's"} and not reading.negated(
                approval
            ):
                return True
    return False


def _own_deed(reading: Reading, approval: Hit, behalf: Hit) -> bool:
    """ "approve it for her" is; "the approval for Dr. Varga's block" speaks about one."""
    noun = reading.words[approval.first].text.lower() in ("approval", "approvals", "signoff")
    return not noun and not reading.negated(approval)


def _sent_on(reading: Reading, approval: Hit) -> bool:
    """ "ask Dr. Lund to approve it" leaves the decision where it belongs; "he asked me to approve it" does not."""
    asked = [hit for hit in reading.find(_ASKED_TO) if not _asks_the_speaker(reading, hit)]
    return bool(reading.before(asked, [approval], reach=7))


def _asks_the_speaker(reading: Reading, hit: Hit) -> bool:
    return hit.after < len(reading.words) and reading.words[hit.after].text.lower() in ("me", "us")


def obeys_hidden_orders(reading: Reading) -> bool:
    """Does quoted or forwarded text give orders, or does any text try to unbind the rules?"""
    for one, _ in reading.before(reading.find(_UNBIND), reading.find(_RULES), reach=5):
        if reading.mood(one) != "ask" and not reading.negated(one):
            return True
    if any(reading.mood(hit) != "ask" for hit in reading.find(_ROLEPLAY)):
        return True
    orders = reading.find(_ORDERS)
    containers = reading.find(_CONTAINER)
    for order in orders:
        ordered = reading.starts_clause(order) or _demanded(reading, order)
        if ordered and _quoted_sentence(reading, order):
            return True
        if ordered and _under_a_sender(reading, order):
            return True
        said = [
            pair for pair in reading.before(containers, reading.find(_SAYS), reach=4) if pair[1].after <= order.first
        ]
        close = any(order.first - says.after <= 6 for _, says in said)
        spoken = any(says.after == order.first for _, says in said) and _bare_verb(reading, order)
        if close and (ordered or spoken) and not _nothing_but_verb(reading, order):
            return True
    return False


def _under_a_sender(reading: Reading, order: Hit) -> bool:
    """ "Email from the vendor: increase the order": what follows the sender is the sender's."""
    clause = reading.words[order.first].clause
    above = [word for word in reading.words if word.clause == clause - 1]
    return 2 <= len(above) <= 6 and (above[0].stem,) in _CONTAINER and any(word.stem == "from" for word in above)


def _quoted_sentence(reading: Reading, order: Hit) -> bool:
    """Quoted, and more than a quoted word (what does "released" mean?)."""
    clause = reading.words[order.first].clause
    return sum(word.quoted and word.clause == clause for word in reading.words) > 1


def _bare_verb(reading: Reading, order: Hit) -> bool:
    """ "says cancel all", not "says release time is ten"."""
    after = reading.words[order.after].stem if order.after < len(reading.words) else ""
    inflected = reading.words[order.first].text.lower().endswith(("ed", "ing", "s"))
    return not inflected and after not in ("time", "date", "be")


def _demanded(reading: Reading, order: Hit) -> bool:
    """ "says to approve", "says you must approve", "asks us to release"."""
    before = [word.stem for word in reading.words[max(0, order.first - 3) : order.first]]
    return bool(before) and (before[-1] in ("to", "must", "shall", "should", "pleas") or "must" in before)


def _nothing_but_verb(reading: Reading, order: Hit) -> bool:
    return order.after >= len(reading.words)
