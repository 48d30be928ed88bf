"""Counts, places in a list, nights, questions and fragments are read as people mean them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.planners.embedded.answers import is_fragment
from agent.planners.embedded.counts import count_in, place_in
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.deeds import asks_to_know, says_deed
from agent.planners.embedded.heard import time_of
from agent.planners.embedded.lexicon import Entry, Lexicon
from agent.planners.embedded.resolve import counterpart
from agent.planners.embedded.tidy import tidy

MONDAY = datetime(2026, 9, 14, 8, tzinfo=ZoneInfo("America/Chicago"))
OPERATIONS = Lexicon(
    [
        Entry("procedure", "rev-elbow", ("Revision elbow replacement", "revision elbow")),
        Entry("procedure", "rev-wrist", ("Revision wrist replacement", "revision wrist")),
        Entry("procedure", "total-wrist", ("Total wrist replacement", "total wrist")),
        Entry("procedure", "total-elbow", ("Total elbow replacement", "total elbow")),
        Entry("room", "north-or-3", ("OR 3",), {"site": "north"}),
        Entry("room", "south-or-3", ("OR 3",), {"site": "south"}),
        Entry("room", "north-or-8", ("OR 8",), {"site": "north"}),
    ]
)


@pytest.mark.parametrize(
    ("text", "count"),
    [("order 4.", 4), ("4x trays", 4), ("minus 3", -3), ("-3 of it", -3), ("0", 0), ("a dozen", 12), ("1,200", 1200),
     ("order trays", None), ("3.5 of it", None)],
)  # fmt: skip
def test_counts(text: str, count: int | None) -> None:
    assert count_in(text, ()) == count


@pytest.mark.parametrize(
    ("text", "place"), [("the 2nd", 2), ("option 3", 3), ("the last one", -1), ("Thursday", None)]
)
def test_places_in_a_list(text: str, place: int | None) -> None:
    assert place_in(text) == place


@pytest.mark.parametrize(
    ("text", "start"),
    [("the night shift", "2026-09-14T19"), ("overnight", "2026-09-14T19"), ("nights on Thursday", "2026-09-17T19")],
)  # fmt: skip
def test_nights_without_a_date(text: str, start: str) -> None:
    times = read_dates(text, MONDAY, ZoneInfo("America/Chicago"))
    assert time_of(tuple(times), MONDAY)["start"].startswith(start)


def test_during_a_night_the_night_shift_is_the_running_one() -> None:
    late = MONDAY.replace(hour=3)
    times = read_dates("the night shift", late, ZoneInfo("America/Chicago"))
    assert time_of(tuple(times), late)["start"].startswith("2026-09-13T19:00")


def test_words_side_by_side_name_one_thing() -> None:
    text = "revision total wrist"
    mentions = tidy(OPERATIONS.link(text), text, OPERATIONS)
    assert [mention.ids for mention in mentions] == [("rev-wrist",)]


def test_the_room_of_the_same_name_elsewhere() -> None:
    assert counterpart(OPERATIONS, "room", "north-or-3", "south") == "south-or-3"
    assert counterpart(OPERATIONS, "room", "north-or-8", "south") is None


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Overbook it on Friday by 3", {"day": "2026-09-18"}),
        ("Overbook it by two", {}),
        ("I need it by 3", {"until": "2026-09-14T15:00:00-05:00", "day": "2026-09-14"}),
        ("one more for the day", {"day": "2026-09-14"}),
        ("fridays list", {"day": "2026-09-18"}),
        ("on fridays", {}),
        ("done before noon last month", {"start": "2026-08-01T00:00:00-05:00", "end": "2026-09-01T00:00:00-05:00"}),
    ],
)
def test_times_said_in_passing(text: str, heard: dict[str, str]) -> None:
    assert time_of(tuple(read_dates(text, MONDAY, ZoneInfo("America/Chicago"))), MONDAY) == heard


@pytest.mark.parametrize("text", ["a nurse for the evening", "this evening"])
def test_the_evening_is_todays_when_it_is_asked_for(text: str) -> None:
    times = read_dates(text, MONDAY, ZoneInfo("America/Chicago"))
    assert time_of(tuple(times), MONDAY)["start"].startswith("2026-09-14T17")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("swap cases 411 and 412", ["cases 411", "412"]), ("cases 411, 412 and 413", ["cases 411", "412", "413"]),
     ("case 411 and 3 trays", ["case 411"])],
)  # fmt: skip
def test_every_case_of_a_list_is_named(text: str, numbers: list[str]) -> None:
    assert [mention.words for mention in OPERATIONS.link(text) if mention.kind == "case"] == numbers


@pytest.mark.parametrize("text", ["anywhere but OR 8", "not in OR 8 please"])
def test_what_is_ruled_out_is_not_meant(text: str) -> None:
    assert not [one for one in tidy(OPERATIONS.link(text), text, OPERATIONS) if one.kind == "room"]


@pytest.mark.parametrize(
    ("text", "deed"), [("two more trays please", True), ("shifting it", True), ("overtime share in August", False)]
)
def test_verbs_of_doing(text: str, deed: bool) -> None:
    assert says_deed(text) is deed


@pytest.mark.parametrize("text", ["Who'd agree to it?", "How do I order?", "Is it booked?", "overtime in August?"])
def test_questions(text: str) -> None:
    assert asks_to_know(text)


@pytest.mark.parametrize(
    "text", ["Could you order two?", "Will you please book it?", "Order two.", "do it as one order"]
)
def test_requests(text: str) -> None:
    assert not asks_to_know(text)


def test_fragments_hold_nothing_but_names_and_small_words() -> None:
    assert is_fragment("and on <date>?")
    assert is_fragment("<item>")
    assert not is_fragment("which <item> is missing")
