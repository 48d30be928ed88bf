"""Names in messages are linked to the hospital's own things: spelt badly, shortened, in code, or ambiguous."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planners.embedded.lexicon import Entry, Lexicon, Mention
from agent.planners.embedded.masking import mask

SITES = ("northgate", "lakeside", "harbor")


def _entries() -> list[Entry]:
    entries = [Entry("site", site, (site.title(), f"{site.title()} Hospital")) for site in SITES]
    for site in SITES:
        home = {"site": site}
        entries += [Entry("room", f"{site}-or-{n}", (f"OR {n}",), home) for n in range(1, 9)]
        entries += [
            Entry("unit", f"{site}-5-west", ("5 West",), home),
            Entry("unit", f"{site}-4-north", ("4 North", "telemetry"), home),
            Entry("unit", f"{site}-icu", ("ICU",), home),
        ]
    entries += [
        Entry("bed", f"4-2{n:02d}", (f"bed 4-2{n:02d}",), {"unit": "northgate-4-north"}) for n in range(1, 25)
    ]
    for unit in ("northgate-5-west", "harbor-5-west"):
        entries += [Entry("bed", f"{unit}-{n}", (f"bed {n}",), {"unit": unit}) for n in range(1, 31)]
    entries += [
        Entry("level_of_care", "icu", ("ICU", "intensive care")),
        Entry("level_of_care", "med_surg", ("med-surg",)),
        Entry("service", "dermatology", ("Dermatology",)),
        Entry("service", "orthopaedics", ("Orthopaedics",)),
        Entry("service", "cardiology", ("Cardiology",)),
        Entry("clinic", "lakeside-dermatology", ("Lakeside Dermatology",), {"site": "lakeside"}),
        Entry("clinic", "northgate-ent", ("Northgate ENT", "Tuesday clinic"), {"site": "northgate"}),
        Entry("clinic", "harbor-ent", ("Harbor ENT", "Tuesday clinic"), {"site": "harbor"}),
        Entry("clinician", "varga", ("Dr. Elena Varga",)),
        Entry("clinician", "adeyemi", ("Dr. Tunde Adeyemi",)),
        Entry("clinician", "m-jones", ("Dr. Mark Jones",)),
        Entry("staff", "santos", ("Maria Santos",)),
        Entry("staff", "keller", ("Maria Keller",)),
        Entry("patient", "70001", ("Robert Jones",)),
        Entry("patient", "70002", ("Anna Jones",)),
        Entry("item", "HIP-REV-7", ("revision hip tray",)),
        Entry("item", "CUP-A", ("acetabular cup A",)),
        Entry("item", "KNEE-STD", ("standard knee tray",)),
        Entry("procedure", "total-hip", ("total hip", "total hip arthroplasty")),
        Entry("equipment", "c-arm", ("C-arm",)),
        Entry("requisition", "REQ-1042", ()),
        *(Entry("case", f"CASE-{n}", ()) for n in range(401, 440)),
    ]  # fmt: skip
    return entries


LEXICON = Lexicon(_entries())


def only(text: str, context_site: str | None = None) -> Mention:
    found = LEXICON.link(text, context_site)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("anything at Lakeside", "site", ("lakeside",)),
        ("anything at lakside", "site", ("lakeside",)),
        ("northgte hospital", "site", ("northgate",)),
        ("derm slots", "service", ("dermatology",)),
        ("the ortho list", "service", ("orthopaedics",)),
        ("ortopedics list", "service", ("orthopaedics",)),
        ("cards demand", "service", ("cardiology",)),
        ("lakeside derm", "clinic", ("lakeside-dermatology",)),
        ("with Dr. Varga", "clinician", ("varga",)),
        ("with dr vraga", "clinician", ("varga",)),
        ("adeyemi's block", "clinician", ("adeyemi",)),
        ("Tunde Adeyeme", "clinician", ("adeyemi",)),
        ("Keller", "staff", ("keller",)),
        ("hip rev 7", "item", ("HIP-REV-7",)),
        ("HIP-REV-7", "item", ("HIP-REV-7",)),
        ("hiprev7 trays", "item", ("HIP-REV-7",)),
        ("cup-a", "item", ("CUP-A",)),
        ("the revision hip tray", "item", ("HIP-REV-7",)),
        ("case 412", "case", ("CASE-412",)),
        ("CASE-412", "case", ("CASE-412",)),
        ("req1042", "requisition", ("REQ-1042",)),
        ("bed 4-212", "bed", ("4-212",)),
        ("4-212 now", "bed", ("4-212",)),
        ("med surg nurses", "level_of_care", ("med_surg",)),
        ("a total hip", "procedure", ("total-hip",)),
        ("C-arm", "equipment", ("c-arm",)),
    ],
)
def test_names_codes_and_misspellings_are_linked(text: str, kind: str, ids: tuple[str, ...]) -> None:
    found = only(text)
    assert (found.kind, found.ids) == (kind, ids)
    assert not found.ambiguous


@pytest.mark.parametrize("text", ["OR 4", "or4", "theatre 4", "operating room 4"])
def test_a_room_without_a_site_is_the_askers_site_and_a_named_site_wins(text: str) -> None:
    assert only(text, "harbor").ids == ("harbor-or-4",)
    assert only(text).ambiguous
    room, site = LEXICON.link(f"{text} at Lakeside", "harbor")
    assert (room.ids, site.ids) == (("lakeside-or-4",), ("lakeside",))


@pytest.mark.parametrize("text", ["5W", "5 west", "5West", "5-West"])
def test_units_are_known_by_their_short_forms(text: str) -> None:
    assert only(f"RNs on {text}", "northgate").ids == ("northgate-5-west",)


def test_a_bed_number_belongs_to_the_unit_named_beside_it() -> None:
    unit, bed = LEXICON.link("5 West bed 12", "northgate")
    assert unit.ids == ("northgate-5-west",)
    assert bed.ids == ("northgate-5-west-12",)


def test_people_of_one_name_stay_ambiguous_until_a_title_tells_them_apart() -> None:
    assert set(only("put Mr. Jones on").ids) == {"70001", "70002"}
    assert only("put Mr. Jones on").ambiguous
    assert only("Dr. Jones").ids == ("m-jones",)
    assert only("Jones").ambiguous
    assert set(only("Maria").ids) == {"santos", "keller"}
    assert only("Maria Santos").ids == ("santos",)


def test_one_nickname_of_two_clinics_keeps_both() -> None:
    assert set(only("overbook the Tuesday clinic").ids) == {"northgate-ent", "harbor-ent"}


def test_words_with_two_meanings_keep_both_kinds() -> None:
    found = only("an ICU bed", "northgate")
    assert found.of("level_of_care") == ("icu",)
    assert "northgate-icu" in found.of("unit")


def test_the_longest_name_wins() -> None:
    assert [found.kind for found in LEXICON.link("Northgate ENT or Northgate Hospital")] == ["clinic", "site"]


def test_possessives_mark_the_askers_own_scope() -> None:
    assert [found.kind for found in LEXICON.link("our count, and my list")] == ["home", "home"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Dr. Quillfeather", "clinician"), ("Mrs. Ortiz", "patient"), ("CASE-999", "case"), ("case 999", "case"),
     ("REQ-7", "requisition"), ("OR 40", "room"), ("bed 9-999", "bed"), ("patient 88213", "patient"),
     ("88213", "patient")],
)  # fmt: skip
def test_unknown_names_of_a_known_shape_are_told_with_their_kind(text: str, kind: str) -> None:
    found = only(text)
    assert (found.kind, found.ids) == (kind, ())


def test_an_unknown_code_offers_what_looks_most_like_it() -> None:
    nearest = [candidate.id for candidate in only("CASE-499").nearest]
    assert nearest
    assert all(id.startswith("CASE-4") for id in nearest)


@pytest.mark.parametrize(
    "text",
    ["", "what can you do for me", "is the general state of things fine", "who has to say yes to this",
     "please move it to a later time", "we are short of people", "thanks, that was quick"],
)  # fmt: skip
def test_ordinary_words_are_not_names(text: str) -> None:
    assert LEXICON.link(text) == []


def test_masking_leaves_the_question_and_replaces_the_names() -> None:
    text = "Does Dr. Varga need 3 of HIP-REV-7 in OR 2 at Lakeside?"
    assert mask(text, LEXICON.link(text), ()) == "Does <person> need <number> of <item> in <room> at <site>?"


@given(st.text(max_size=300))
def test_any_text_is_linked_without_an_error_and_in_place(text: str) -> None:
    last = 0
    for found in LEXICON.link(text, "northgate"):
        assert last <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.words
        last = found.end


PATIENTS = (
    ("Mrs. Varga wants to move her visit", "Mrs. Varga"),
    ("cancel Keller's echo", "Keller"),
    ("cancel the appointment for tom keller", "keller"),
    ("Rosa Delgado needs to move her appointment", "Rosa Delgado"),
    ("Maria Delgado needs to move her appointment", "Maria Delgado"),
    ("Ortiz needs a bed", "Ortiz"),
    ("cancel Weber on Friday", "Weber"),
    ("move Ms Adams to the afternoon", "Ms Adams"),
    ("can we move Whitcombe to the afternoon", "Whitcombe"),
    ("Varga needs to push her echo to next week", "Varga"),
    ("Keller needs an MRI", "Keller"),
    ("got Hartono on the phone", "Hartono"),
)


@pytest.mark.parametrize(("text", "words"), PATIENTS)
def test_whose_visit_or_bed_it_is_is_a_patient(text: str, words: str) -> None:
    found = [(mention.kind, mention.words) for mention in LEXICON.link(text)]
    assert found == [("patient", words)]


@pytest.mark.parametrize(
    "text",
    [
        "Housekeeping is cleaning the bed",
        "Transport wants the bed",
        "the bed is waiting for EVS now",
        "Somebody needs a bed",
        "Prime Time list, please",
        "book a visit with Dr. Varga",
        "Varga's slots on Friday",
    ],
)
def test_nobody_else_is(text: str) -> None:
    assert "patient" not in {mention.kind for mention in LEXICON.link(text)}


@pytest.mark.parametrize(
    ("text", "patient"),
    [
        ("Sandoval to 4 North", "Sandoval"),
        ("Ferrante for a total hip", "Ferrante"),
        ("get Kowalczyk out of 5 West", "Kowalczyk"),
        ("can Mbeki have bed 4-203", "Mbeki"),
        ("Sandra called out on 4 North", ""),
        ("can Sandra cover 4 North", ""),
        ("Recruitment can have 4 North", ""),
        ("EPIC is down on 4 North", ""),
    ],
)
def test_a_strange_name_is_a_patient_where_patients_come_and_nobody_works(text: str, patient: str) -> None:
    lexicon = Lexicon(_entries(), said={"recruitment"})
    found = [mention.words for mention in lexicon.link(text) if mention.kind == "patient"]
    assert found == ([patient] if patient else [])


def test_no_part_of_a_phrase_is_a_name() -> None:
    lexicon = Lexicon([Entry("service", "medicine", ("General Medicine",), phrases=("family doctor",))])
    assert [mention.ids for mention in lexicon.link("a family doctor visit")] == [("medicine",)]
    assert lexicon.link("the family is waiting") == []
