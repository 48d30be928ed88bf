"""The held-aside set is as large and honest as it says: real names, allowed twins, nothing copied into training."""

import re
from difflib import SequenceMatcher
from zoneinfo import ZoneInfo

import pytest
from rapidfuzz.distance import Indel

from agent.guard import RULES, guard
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.figures_meant import WORDINGS
from agent.planners.embedded.intents import Intent, load_intents
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.masking import mask
from agent.planners.embedded.names import entries_of
from evals.understanding.items import NOW, blind_set, conversations, guard_pairs, outside_set, practice_set, singles
from hospital.model.people import User
from middleware.store.database import SqlStore

NEAR = 0.8
"""So alike are two sentences of four words or more, names masked, that one is a near-copy of the other."""
CHICAGO = ZoneInfo("America/Chicago")
OUTSIDE = ("out_of_scope", "other_language")
BY_NUMBER = ("patient", "appointment", "case", "requisition")


@pytest.fixture(scope="module")
def lexicon(sandbox_store: SqlStore) -> Lexicon:
    with sandbox_store.reading() as world:
        return Lexicon(entries_of(world))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.casefold().replace("<", " ").replace(">", " "))


def test_the_set_is_large_and_varied() -> None:
    asked = singles()
    outside = [talk for talk in asked if set(talk.turns[0].expected.intents) <= set(OUTSIDE)]
    assert len(asked) >= 400
    assert len(outside) >= 60
    assert len(conversations()) >= 60
    assert all(len(talk.turns) >= 2 or len(talk.turns[0].expected.intents) > 1 for talk in conversations())
    said = [turn.say for talk in (*asked, *conversations()) for turn in talk.turns]
    assert len({talk.turns[0].say for talk in asked}) == len(asked)
    assert len(set(said)) > 0.98 * len(said)


def test_everything_expected_exists(lexicon: Lexicon, sandbox_store: SqlStore) -> None:
    with sandbox_store.reading() as world:
        speakers = {user.id for user in world.find(User)}
    for talk in (*singles(), *conversations(), *outside_set(), *blind_set(), *practice_set()):
        assert talk.user in speakers, talk
        for turn in talk.turns:
            for kind, ids in turn.expected.things.items():
                if kind not in BY_NUMBER:
                    for id in ids:
                        assert lexicon.entry(kind, id).id == id, turn.say


def test_every_rule_of_the_guard_has_pairs() -> None:
    tried = {pair.rule for pair in guard_pairs()}
    assert tried == {rule.verdict.rule for rule in RULES}


def test_no_sentence_is_a_near_copy_of_a_training_one(lexicon: Lexicon) -> None:
    trained = [(words(text), text) for intent in _taught() for text in intent.examples]
    copies = []
    for said, follows in sorted(_said()):
        masked = words(mask(said, lexicon.link(said, "northgate"), read_dates(said, NOW, CHICAGO)))
        copies += [(said, text) for taught, text in trained if _near(masked, taught, follows)]
    assert not copies


def _taught() -> tuple[Intent, ...]:
    """What matters and what figures are learnt from."""
    return (*load_intents(), *load_intents(WORDINGS))


def _said() -> set[tuple[str, bool]]:
    """Every sentence, and whether it follows others."""
    talks = (*singles(), *conversations())
    return {(turn.say, number > 0) for talk in talks for number, turn in enumerate(talk.turns)}


def _near(one: list[str], other: list[str], follows: bool) -> bool:
    if min(len(one), len(other)) < 4:
        # a follow-up of a name and a word or two ("and at Harbor?") has hardly another wording
        return not follows and len(one) > 1 and one == other
    if Indel.normalized_similarity(one, other, score_cutoff=NEAR) < NEAR:  # never less than the ratio, and fast
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEAR


def test_what_must_not_pass_is_stopped_and_every_twin_passes() -> None:
    pairs = guard_pairs()
    missed = [pair.say for pair in pairs if (found := guard(pair.say)) is None or found.rule != pair.rule]
    assert len(missed) / len(pairs) <= 0.12, missed
    assert not [pair.twin for pair in pairs if guard(pair.twin) is not None]


def test_no_everyday_message_is_stopped() -> None:
    assert not [said for said, _ in _said() if guard(said) is not None]


def test_the_outside_set_is_there_and_nothing_of_it_is_taught() -> None:
    said = [turn.say for talk in outside_set() for turn in talk.turns]
    ours = [talk for talk in outside_set() if not set(talk.turns[0].expected.intents) <= set(OUTSIDE)]
    assert len(ours) >= 100
    assert len(said) - len(ours) >= 100
    taught = {" ".join(words(text)) for intent in _taught() for text in intent.examples}
    assert not [text for text in said if len(words(text)) > 2 and " ".join(words(text)) in taught]


def test_the_blind_set_is_there_and_nothing_of_it_is_taught() -> None:
    said = [turn.say for talk in blind_set() for turn in talk.turns]
    assert len(said) >= 350
    taught = {" ".join(words(text)) for intent in _taught() for text in intent.examples}
    # How somebody says thanks in two words has hardly another wording.
    assert len([text for text in said if len(words(text)) > 2 and " ".join(words(text)) in taught]) <= 2
