"""What identifies a patient leaves as a stand-in and comes back as it was."""

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.planners.openai.names import read_names
from agent.planners.openai.tokens import Kind, Span, Tokens
from agent.planners.openai.veil import Veil
from hospital.model.people import Clinician, Patient, Staff
from hospital.model.places import Unit
from middleware.store.database import SqlStore

NOW = datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
TRICKY = st.text(alphabet="PATIENTNAMEX_0123456789 jones-é'\n", max_size=40) | st.text(max_size=40)
KINDS = st.sampled_from(get_args(Kind))


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TRICKY)
    edges = st.integers(0, len(text))
    pairs = [sorted(pair) for pair in draw(st.lists(st.tuples(edges, edges), max_size=6))]
    return text, [Span(start, end, draw(KINDS)) for start, end in pairs if start < end]


@given(st.lists(texts_with_spans(), min_size=1, max_size=5))
def test_what_was_hidden_comes_back_as_it_was(said: list[tuple[str, list[Span]]]) -> None:
    tokens = Tokens()
    hidden = [(text, tokens.hide(text, spans)) for text, spans in said]
    assert [tokens.restore(out) for _, out in hidden] == [text for text, _ in hidden]
    assert not any(tokens.unknown(out) for _, out in hidden)


@given(texts_with_spans())
def test_nothing_that_a_span_covers_is_left(said: tuple[str, list[Span]]) -> None:
    text, spans = said
    covered = {at for span in spans for at in range(span.start, span.end)}
    marked = "".join("\ue000" if at in covered else character for at, character in enumerate(text))
    assert "\ue000" not in Tokens().hide(marked, spans)


@given(st.integers(10_000, 99_999_999), st.sampled_from([" {} ", "MRN{}", "#{},", "({})", "{}'s", "x {}b"]))
def test_a_value_hidden_once_is_hidden_everywhere(number: int, frame: str) -> None:
    tokens = Tokens()
    assert tokens.hide(str(number), [Span(0, len(str(number)), "PATIENT")]) == "PATIENT_1"
    assert tokens.hide(frame.format(number)) == frame.format("PATIENT_1")


def test_an_invented_stand_in_is_noticed() -> None:
    assert Tokens().unknown("Move PATIENT_7 and PATIENT_7, not NAME_2.") == ("PATIENT_7", "NAME_2")


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    people = [
        ("40417", "Ann Okafor", date(1961, 3, 9)),
        ("P-77120", "Tom van Dalen", date(2025, 12, 24)),
        ("51993", "Rosa West", date(1990, 7, 1)),
        ("62204", "Eva Brandt", date(1948, 11, 30)),
    ]
    with sqlite_store.working() as work:
        work.put(*(Patient.model_validate({"id": i, "name": n, "birth_date": b}) for i, n, b in people))
        work.put(Clinician.model_validate({"id": "brandt", "name": "Dr. Brandt", "role": "surgeon",
                 "service_id": "ortho", "site_ids": ["east"]}))  # fmt: skip
        work.put(Staff.model_validate({"id": "s1", "name": "Lia Okafor", "role": "rn", "site_id": "east",
                 "home_unit_id": None, "employment": "float", "hourly_rate": 5000}))  # fmt: skip
        work.put(Unit.model_validate({"id": "5-west", "site_id": "east", "name": "5 West", "level": "med_surg",
                 "staffed_beds": 28, "physical_beds": 30}))  # fmt: skip
    return sqlite_store


def veil_over(store: SqlStore, *values: Any, typed: bool = True) -> list[Any]:
    with store.reading() as world:
        veil = Veil(world, read_names(world), NOW, [(value, typed) for value in values])
        hidden = [veil.hide(value, typed) for value in values]
        assert [veil.restore(value) for value in hidden] == list(values)
        return hidden


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Book 40417 on Friday", "Book PATIENT_1 on Friday"),
        ("mrn40417 and p-77120", "mrnPATIENT_1 and PATIENT_2"),
        ("record 404-17, please", "record PATIENT_1, please"),
        ("patient 99999999 called", "patient PATIENT_1 called"),
        ("move Ann Okafor's visit", "move NAME_1's visit"),
        ("move ANN OKAFOR", "move NAME_1"),
        ("Okafor, Ann wants Friday", "NAME_1 wants Friday"),
        ("tom van dalen called", "NAME_1 called"),
        ("what about mr. dalen", "what about mr. NAME_1"),
        ("Mrs. Unheardof is here", "Mrs. NAME_1 is here"),
        ("A. M. Dalen is here", "NAME_1 is here"),
        ("Mrs. West on 5 West", "Mrs. NAME_1 on 5 NAME_1"),
        ("born 9 March 1961", "born BIRTHDATE_1"),
        ("Ann Okafor, 03/09/1961", "NAME_1, BIRTHDATE_1"),
        ("p-77120 born Dec 24, 2025", "PATIENT_1 born BIRTHDATE_1"),
        ("call 312-555-0142 or a.o@mail.test", "call CONTACT_1 or CONTACT_2"),
        ("is Brandt free", "is PERSON_1 free"),
    ],
)
def test_a_message_leaves_without_the_patient(store: SqlStore, said: str, left: str) -> None:
    assert veil_over(store, said) == [left]


@pytest.mark.parametrize(
    "said",
    [
        "How many beds are free on 5 West on 2026-09-17?",
        "What is on the list of Dr. Brandt from 07:30 to 15:30?",
        "Is Lia Okafor free tonight, she costs 9800 an hour?",
        "CASE-401 needs 2 x HIP-REV-7, $40,417.00, 40417.50",
        "west wing, may be on Monday the 21st",
    ],
)
def test_what_names_no_patient_leaves_as_it_is(store: SqlStore, said: str) -> None:
    assert veil_over(store, said) == [said]


def test_facts_are_hidden_by_what_they_are(store: SqlStore) -> None:
    facts = {
        "patient": {"id": "NEW-1", "name": "Zoe Newborn", "birth_date": "2026-09-01"},
        "rows": [{"patient_id": "40417", "beds": 40417, "at": "2026-09-14T08:00:00+00:00"}],
        "by_patient": {"62204": 2},
        "appointment": "APT-9f3c",
    }
    assert veil_over(store, facts, typed=False) == [
        {
            "patient": {"id": "PATIENT_1", "name": "NAME_1", "birth_date": "BIRTHDATE_1"},
            "rows": [{"patient_id": "PATIENT_2", "beds": 40417, "at": "2026-09-14T08:00:00+00:00"}],
            "by_patient": {"PATIENT_3": 2},
            "appointment": "VISIT_1",
        }
    ]


@settings(max_examples=60)
@given(
    number=st.integers(1000, 99_999_999),
    born=st.dates(date(1920, 1, 1), date(2026, 9, 1)),
    frame=st.sampled_from(["{n} {b} {s}", "find {s} ({b}), no. {n}", "{s}\n{n}\n{b}", '"{n}","{s}","{b}"']),
    write=st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d %B %Y", "%b %d, %Y", "%d.%m.%Y"]),
    case=st.sampled_from([str, str.upper, str.lower]),
)
def test_whoever_the_patient_is_nothing_raw_leaves(
    number: int, born: date, frame: str, write: str, case: Any
) -> None:
    world = OnePatient(Patient.model_validate({"id": str(number), "name": "Ilse Zarvan", "birth_date": born}))
    said = frame.format(n=number, b=born.strftime(write), s=case("Ilse Zarvan"))
    veil = Veil(world, read_names(world), NOW, [(said, True)])
    hidden = veil.hide(said, True)
    assert veil.restore(hidden) == said
    for raw in (str(number), born.strftime(write), "Zarvan"):
        assert raw.casefold() not in hidden.casefold()


class OnePatient:
    """A world with one patient, at the port: a fresh store per example would be slow."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient

    def get(self, kind: Any, id: str, /) -> Any:
        return self._patient if kind is Patient and id == self._patient.id else None

    def find(self, kind: Any, /, *, order: str | None = None, limit: int | None = None, **where: object) -> list[Any]:
        return []

    def values(self, kind: Any, /, fields: tuple[str, ...], **where: Any) -> list[tuple[Any, ...]]:
        if kind is not Patient or ("id" in where and self._patient.id not in where["id"].values):
            return []
        return [tuple(getattr(self._patient, name) for name in fields)]

    def count(self, kind: Any, /, **where: object) -> int:
        return int(kind is Patient)
