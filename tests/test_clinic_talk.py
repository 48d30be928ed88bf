"""Talk about visits and scanners: what is pointed at is what was shown, and a question gives nothing away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asking import ask
from conftest import SANDBOX_NOW, copy_home, sandbox_url
from talking import Line, calls_of, line_on

from agent.turn import Turn
from hospital.cards import ChoicesCard
from hospital.clocks import FrozenClock
from hospital.ids import UserId
from hospital.model.bookings import Appointment, Slot
from hospital.model.people import User
from hospital.model.places import Site
from hospital.ports import Range
from middleware.store.database import SqlStore
from tools.query_bookings import query_bookings

CALLER, ENT, IMAGING = "callcenter.1", "ent.manager", "imaging.manager"


@pytest.fixture(scope="module")
def store(sandbox_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """A sandbox of this file's own."""
    home = tmp_path_factory.mktemp("clinics") / "home"
    copy_home(sandbox_home, home)
    store = SqlStore(sandbox_url(home))
    yield store
    store.close()


@pytest.fixture(scope="module")
def line(store: SqlStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with line_on(store, tmp_path_factory.mktemp("line"), FrozenClock(SANDBOX_NOW)) as line:
        yield line


@pytest.fixture(scope="module")
def booked(store: SqlStore) -> Appointment:
    """A visit to come, of a patient who has this one alone."""
    with store.reading() as world:
        coming = world.find(
            Appointment,
            clinic_id="harbor-urology",
            status="booked",
            start=Range(at_least=SANDBOX_NOW + timedelta(days=2), before=SANDBOX_NOW + timedelta(days=20)),
            order="start",
        )
        for visit in coming:
            if world.count(Appointment, patient_id=visit.patient_id, start=Range(at_least=SANDBOX_NOW)) == 1:
                return visit
    raise AssertionError("nobody has one visit to come")


def choices_of(turn: Turn) -> tuple[str, ...]:
    return tuple(choice for card in turn.cards if isinstance(card, ChoicesCard) for choice in card.choices)


def test_a_patient_needs_no_reference_to_have_a_visit_cancelled_or_moved(line: Line, booked: Appointment) -> None:
    dropped = line.last(CALLER, f"patient {booked.patient_id} rang, drop the urology visit")
    assert calls_of(dropped)["cancel_appointment"]["appointment"] == booked.id
    assert dropped.outcome == "propose"
    asked = line.last(CALLER, f"{booked.patient_id} wants a later date")
    assert booked.id in asked.text
    assert asked.outcome == "clarify"
    told = line.last(CALLER, f"don't cancel anything, just tell me when {booked.patient_id} is due")
    assert booked.id in told.text
    assert set(calls_of(told)) == {"query_bookings"}


def test_a_visit_of_another_service_is_never_taken_for_the_one_meant(line: Line, booked: Appointment) -> None:
    asked = line.last(CALLER, f"cancel the skin appointment of {booked.patient_id}")
    assert "cancel_appointment" not in calls_of(asked)
    assert any(booked.id in choice for choice in choices_of(asked))


def test_whose_visit_is_asked_when_a_name_alone_is_said(line: Line) -> None:
    for text in ("cancel Weber's ultrasound", "shift Weber's neurology review to Monday"):
        asked = line.last(CALLER, text)
        assert asked.outcome == "clarify"
        assert "Weber" in asked.text
        assert not asked.tools


def test_visits_outside_ones_scope_are_counted_and_not_shown(store: SqlStore, booked: Appointment) -> None:
    with store.reading() as world:
        everywhere, elsewhere = (world.get(User, UserId(who)) for who in (CALLER, "charge.5west"))
    assert everywhere is not None
    assert elsewhere is not None
    seen = ask(store, query_bookings, everywhere, SANDBOX_NOW, patient=booked.patient_id)
    hidden = ask(store, query_bookings, elsewhere, SANDBOX_NOW, patient=booked.patient_id)
    assert [row["id"] for row in seen.facts["rows"]] == [booked.id]
    assert (hidden.facts["count"], hidden.facts["not_shown"]) == (0, 1)
    assert booked.id not in str(hidden)


def test_a_question_about_the_waitlist_offers_nothing_until_somebody_says_so(line: Line) -> None:
    asked, offered = line.talk(CALLER, "who is first on the waitlist of Eastfield Gynaecology?", "yes, go on")
    assert (asked.outcome, asked.tools) == ("clarify", ())
    assert calls_of(offered)["offer_waitlist"]["clinic"] == "eastfield-gynaecology"
    at_once = line.last(CALLER, "Harbor Urology has a hole on Wednesday, who is next? give it to them")
    assert calls_of(at_once)["offer_waitlist"]["clinic"] == "harbor-urology"


@pytest.mark.parametrize(
    ("pick", "place"),
    [
        ("ok put 52390 in the second one", 1),
        ("book the first for 52390", 0),
        ("52390 takes the last one, book it", -1),
    ],
)
def test_the_slot_that_is_pointed_at_is_the_one_shown(line: Line, pick: str, place: int) -> None:
    shown, booked = line.talk(CALLER, "next complex visits at Riverside Neurology please", pick)
    slots = [row[-1] for card in shown.cards for row in getattr(card, "rows", ())]
    assert calls_of(booked)["book_appointment"]["slot"] == slots[place]
    assert booked.outcome == "propose"


def test_what_was_held_is_what_is_booked(line: Line) -> None:
    _, held, booked = line.talk(
        CALLER,
        "next new patient times at Lakeside Gynaecology",
        "keep the third one while I ask",
        "now book it for 41877",
    )
    assert calls_of(booked)["book_appointment"]["slot"] == calls_of(held)["hold_slot"]["slot"]


def test_a_new_matter_about_visits_keeps_the_clinic_and_day_spoken_about(line: Line) -> None:
    _, gaps, offered = line.talk(
        CALLER, "what is on at Riverside ENT tomorrow", "any follow-up gaps left?", "offer one to the waitlist"
    )
    assert (
        calls_of(gaps)["query_capacity"] | {"clinic": "riverside-ent", "day": "2026-09-15"}
        == calls_of(gaps)["query_capacity"]
    )
    assert calls_of(offered)["offer_waitlist"]["clinic"] == "riverside-ent"
    assert calls_of(offered)["offer_waitlist"]["day"] == "2026-09-15"


def test_anything_later_goes_on_with_the_free_time_spoken_about(line: Line) -> None:
    _, later = line.talk(CALLER, "soonest follow-up in endocrinology at Lakeside", "anything after the 24th?")
    assert calls_of(later)["query_capacity"]["subject"] == "clinic"


def test_a_clinic_named_by_its_weekday_is_asked_about_where_two_sit_then(line: Line) -> None:
    for who, text in (
        (ENT, "open one more session in the Tuesday clinic"),
        (CALLER, "what is free in the Tuesday clinic"),
    ):
        asked, settled = line.talk(who, text, "the Riverside one")
        assert set(choices_of(asked)) == {"Northgate ENT", "Riverside ENT"}
        assert "riverside" in str(calls_of(settled))


def test_a_doctor_who_is_not_wanted_is_left_out(line: Line) -> None:
    _, others = line.talk(CALLER, "earliest new patient visit at Northgate Neurology", "but not with Dr. Abara")
    assert "Without Dr. Walter Abara" in others.text


def test_a_physicians_day_is_made_of_visits(line: Line) -> None:
    assert calls_of(line.last(CALLER, "who is Dr. Cortez seeing tomorrow"))["query_schedule"]["subject"] == "visits"
    assert (
        calls_of(line.last("or.scheduler", "what has Dr. Lund got on Friday"))["query_schedule"]["subject"] == "cases"
    )


def test_how_many_there_were_is_a_figure_of_the_past_that_is_not_kept(line: Line) -> None:
    for text in ("how many MRIs did we run last month", "number of cardiology visits in August"):
        assert "No such figure is kept." in line.last(IMAGING, text).text


def test_where_bookings_go_is_not_what_is_lost(line: Line) -> None:
    moved = line.last(IMAGING, "move everything to Lakeside MRI 1, MRI 2 at Lakeside is out of order")
    assert calls_of(moved)["propose_allocation"]["room"] == "lakeside-mri-2"


def test_more_sessions_are_tried_without_changing_anything(line: Line) -> None:
    tried = line.last("cardiology.manager", "what if we held two more sessions at Lakeside next week")
    assert calls_of(tried)["propose_allocation"]["goal"] == "template"
    assert "submit_plan" not in calls_of(tried)


def test_somebody_of_the_staff_who_stays_away_cancels_no_visit(line: Line) -> None:
    assert "cancel_appointment" not in calls_of(line.last("charge.5west", "Keller phoned, she won't be in tonight"))


def test_no_contrast_is_not_contrast(line: Line) -> None:
    for text, wanted in (
        ("free MRI without contrast at Eastfield", None),
        ("contrast MRI at Eastfield, what's free", True),
    ):
        assert calls_of(line.last(CALLER, text))["query_capacity"].get("contrast") == wanted


def test_general_medicine_is_a_clinic(line: Line) -> None:
    asked = line.last(
        "clinic.director.medicine", "how many general medicine patients at Eastfield will miss tomorrow?"
    )
    assert "predict_no_show" in calls_of(asked)


def test_a_slot_at_the_time_said_is_held_or_nothing(line: Line, store: SqlStore) -> None:
    with store.reading() as world:
        free = world.find(
            Slot,
            clinic_id="harbor-dermatology",
            status="free",
            urgent_reserved=False,
            start=Range(at_least=SANDBOX_NOW + timedelta(days=3), before=SANDBOX_NOW + timedelta(days=12)),
            order="start",
        )
        slot = next(slot for slot in free if [one.start for one in free].count(slot.start) == 1)
        site = world.get(Site, slot.site_id)
    assert site is not None
    when = site.local(slot.start)
    held = line.last(CALLER, f"hold {when:%H:%M} on {when:%B} {when.day} at Harbor dermatology")
    assert calls_of(held)["hold_slot"]["slot"] == slot.id
    for text in ("hold 6:10 tomorrow on MRI 3", "fill the 6:10 tomorrow at Harbor Urology from the waitlist"):
        asked = line.last(IMAGING if "MRI" in text else CALLER, text)
        assert asked.outcome == "clarify"
        assert not {"hold_slot", "offer_waitlist"} & set(calls_of(asked))


def test_days_by_their_number_and_weeks_of_a_month_are_times(line: Line) -> None:
    offered = calls_of(line.last(CALLER, "Riverside Cardiology, 18th, somebody dropped out, refill it from the list"))
    assert offered["offer_waitlist"]["day"] == "2026-09-18"
    seen = calls_of(
        line.last(CALLER, "earliest new patient slot at Eastfield Gynaecology in the first week of October")
    )
    assert seen["query_capacity"]["start"].startswith("2026-10-01")
    assert seen["query_capacity"]["end"].startswith("2026-10-08")
    by = calls_of(line.last(CALLER, "follow-up at Eastfield Gynaecology by Friday, is there any?"))["query_capacity"]
    assert "start" not in by
    assert by["end"].startswith("2026-09-19")


def test_so_many_times_is_how_many(line: Line) -> None:
    asked = calls_of(line.last("cardiology.manager", "Riverside cardiology Thursday, overbook x2"))
    assert asked["propose_allocation"]["extra"] == 2


def test_why_a_figure_of_the_past_changed_is_explained(line: Line) -> None:
    assert "explain_change" in calls_of(
        line.last("cardiology.manager", "how come no-shows at Riverside rose in July")
    )


def test_two_scanners_are_both_at_the_site_of_the_first(line: Line) -> None:
    moved = line.last(IMAGING, "Riverside MRI 2 is out of order, move its exams to MRI 1")
    assert calls_of(moved)["propose_allocation"]["room"] == "riverside-mri-2"


def test_that_a_visit_fell_free_offers_it_to_nobody_by_itself(line: Line) -> None:
    told, offered = line.talk(CALLER, "cancellation at Lakeside Orthopaedics on Friday", "yes please")
    assert (told.outcome, told.tools) == ("clarify", ())
    assert calls_of(offered)["offer_waitlist"]["clinic"] == "lakeside-orthopaedics"


def test_a_physician_names_the_clinic(line: Line) -> None:
    offered = line.last(CALLER, "give Dr. Horvath's free slot on Thursday to whoever waits longest")
    assert calls_of(offered)["offer_waitlist"]["clinic"] == "riverside-medicine"


def test_what_was_held_for_somebody_is_booked_when_they_agree(line: Line) -> None:
    _, held, booked = line.talk(
        CALLER,
        "earliest follow-up at Eastfield Gynaecology",
        "hold the second for 63104",
        "she is fine with it, book it",
    )
    made = calls_of(booked)["book_appointment"]
    assert (made["slot"], made["patient"]) == (calls_of(held)["hold_slot"]["slot"], "63104")


def test_more_patients_after_no_shows_are_only_tried(line: Line) -> None:
    _, tried = line.talk(ENT, "no-shows to expect at Riverside ENT on Tuesday", "what if we put four extra in")
    assert calls_of(tried)["propose_allocation"]["goal"] == "overbook"
    assert "submit_plan" not in calls_of(tried)
