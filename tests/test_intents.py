"""What people ask for is recognised in words that were never trained on, and strange matters are turned away."""

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from agent.planners.embedded import intents
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.intent_reader import Reader, load_reader
from agent.planners.embedded.intents import OUTSIDE, IntentClassifier, Ranking, load_classifier, load_intents
from agent.planners.embedded.lexicon import Entry, Lexicon
from agent.planners.embedded.masking import mask
from knowledge.hashed_words import HashedWords

HELD_ASIDE: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("held_aside_intents.yaml").read_text(encoding="utf-8")
)
CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 9, 14, 8, tzinfo=CHICAGO)

_NAMES: dict[str, tuple[str, ...]] = {
    "site": ("Northgate", "Lakeside", "Riverside", "Harbor", "Eastfield"),
    "unit": ("5 West", "2 West", "4 North", "ICU"),
    "room": tuple(f"OR {n}" for n in range(1, 13)),
    "bed": (*(f"4-2{n:02d}" for n in range(1, 25)), *(f"bed {n}" for n in range(1, 31))),
    "service": ("Dermatology", "Cardiology", "Neurology", "ENT", "Orthopaedics"),
    "clinician": ("Dr. Elena Varga", "Dr. Nils Lund", "Dr. Ivan Petrov", "Dr. Kwame Osei", "Dr. Tunde Adeyemi"),
    "staff": ("Maria Keller", "Maria Santos", "Priya Nair"),
    "item": ("HIP-REV-7", "CUP-A", "CUP-B", "KNEE-STD", "spine loaner set"),
    "procedure": ("total hip", "total knee", "revision knee", "spinal fusion", "hernia repair", "MRI brain"),
    "equipment": ("C-arm", "cell saver"),
    "scanner": ("MRI 1", "MRI 2", "CT 1"),
    "level_of_care": ("med-surg", "step-down", "telemetry"),
    "case": tuple(f"CASE-{n}" for n in range(401, 520)),
    "requisition": ("REQ-1042",),
}
LEXICON = Lexicon(Entry(kind, name, (name,)) for kind, names in _NAMES.items() for name in names)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("intents")


@pytest.fixture(scope="session")
def classifier(weights: Path) -> IntentClassifier:
    return load_classifier(load_reader(), weights)


def ranked(classifier: IntentClassifier, text: str) -> Ranking:
    return classifier.classify(mask(text, LEXICON.link(text, "Northgate"), read_dates(text, MONDAY, CHICAGO)))


@cache
def trained_on() -> frozenset[str]:
    return frozenset(example.casefold() for intent in load_intents() for example in intent.examples)


def test_every_intent_has_enough_varied_examples() -> None:
    intents = load_intents()
    assert len(intents) >= 50
    for intent in intents:
        assert len(set(intent.examples)) >= 25, intent.name
        assert intent.about.endswith(".") or intent.about.endswith("..."), intent.name


def test_the_held_aside_sentences_were_never_trained_on() -> None:
    texts = [text for sentences in HELD_ASIDE.values() for text in sentences]
    assert len(texts) >= 120
    assert not {text.casefold() for text in texts} & trained_on()
    assert set(HELD_ASIDE) <= {intent.name for intent in load_intents()}


def test_nine_in_ten_new_wordings_are_understood(classifier: IntentClassifier) -> None:
    asked = [(intent, text) for intent in sorted(set(HELD_ASIDE) - OUTSIDE) for text in HELD_ASIDE[intent]]
    wrong = [(text, intent, got) for intent, text in asked if (got := ranked(classifier, text).best) != intent]
    assert len(wrong) / len(asked) <= 0.10, wrong


def test_matters_of_others_and_other_languages_are_turned_away(classifier: IntentClassifier) -> None:
    outside = [text for name in sorted(OUTSIDE) for text in HELD_ASIDE[name]]
    inside = [text for name in sorted(set(HELD_ASIDE) - OUTSIDE) for text in HELD_ASIDE[name]]
    let_in = [text for text in outside if ranked(classifier, text).in_scope]
    shut_out = [text for text in inside if not ranked(classifier, text).in_scope]
    assert len(let_in) / len(outside) <= 0.15, let_in
    assert len(shut_out) / len(inside) <= 0.05, shut_out


def test_confidence_is_honest(classifier: IntentClassifier) -> None:
    rankings = [(intent, ranked(classifier, text)) for intent, texts in HELD_ASIDE.items() for text in texts]
    sure = [ranking.best == intent for intent, ranking in rankings if ranking.confidence >= 0.8]
    assert sum(sure) / len(sure) >= 0.95
    right = [ranking.best == intent for intent, ranking in rankings]
    promised = sum(ranking.confidence for _, ranking in rankings) / len(rankings)
    assert abs(promised - sum(right) / len(right)) <= 0.08


def test_a_ranking_adds_up(classifier: IntentClassifier) -> None:
    ranking = ranked(classifier, "Which theatres are free on Friday?")
    assert sum(chance for _, chance in ranking.intents) == pytest.approx(1, abs=1e-5)
    assert ranking.margin == pytest.approx(ranking.confidence - ranking.intents[1][1])
    assert ranking.probability(ranking.best) == ranking.confidence


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "x" * 10_000, "?" * 50])
def test_odd_messages_are_ranked_without_an_error(classifier: IntentClassifier, text: str) -> None:
    assert ranked(classifier, text).intents


def test_weights_are_trained_once_and_read_back(
    classifier: IntentClassifier, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "train", None)  # training again would fail
    again = load_classifier(load_reader(), weights)
    assert again.classify("hello").intents == classifier.classify("hello").intents


@pytest.mark.parametrize("writable", [True, False])
def test_what_was_learnt_is_kept_where_it_can_be_written(
    tmp_path: Path, writable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in (("beds", "how many beds"), ("rooms", "which rooms")):
        rows = "".join(f"  - {said} {n}\n" for n in range(5))
        (tmp_path / f"{name}.yaml").write_text(f"intent: {name}\nabout: About {name}.\nexamples:\n{rows}")
    beside, home = tmp_path / "beside", tmp_path / "home"
    if not writable:
        beside.write_text("no folder")
    monkeypatch.setattr(intents, "LEARNT", beside)
    load_classifier(Reader(HashedWords()), home, tmp_path)
    kept = [path.parent for path in tmp_path.rglob("intents-*.npz")]
    assert kept == [beside if writable else home]


def test_many_messages_at_once_are_ranked_as_one_by_one() -> None:
    said = {"beds": "how many beds are free on ward", "rooms": "which room can take case"}
    learnt = intents.learn(
        {name: [f"{text} {n}" for n in range(6)] for name, text in said.items()}, Reader(HashedWords())
    )
    texts = [f"{said['rooms' if n % 3 else 'beds']} {n}" for n in range(1100)]
    together = learnt.classify_all(texts)
    assert [ranking.best for ranking in together] == ["rooms" if n % 3 else "beds" for n in range(1100)]
    for at in (0, 511, 512, 1023, 1024, 1099):
        alone = learnt.classify(texts[at])
        assert dict(together[at].intents) == pytest.approx(dict(alone.intents), abs=1e-4)
        assert together[at].belonging == pytest.approx(alone.belonging, abs=1e-3)


@pytest.mark.slow
def test_without_the_sentence_model_it_still_understands_most(tmp_path: Path) -> None:
    classifier = load_classifier(Reader(HashedWords()), tmp_path)
    asked = [(intent, text) for intent in sorted(set(HELD_ASIDE) - OUTSIDE) for text in HELD_ASIDE[intent]]
    right = sum(ranked(classifier, text).best == intent for intent, text in asked)
    assert right / len(asked) >= 0.5
