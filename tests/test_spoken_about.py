"""A deed is about what was spoken about, and a question that names nothing about what its speaker runs."""

import pytest
from talking import Line, calls_of

SCHEDULER, NURSE, BEDS = "or.scheduler", "charge.5west", "capacity.manager"


@pytest.mark.parametrize(
    ("before", "deed", "start"),
    [
        ("who could come in tonight?", "ask agency for one", "2026-09-14T19:00"),
        ("are we short tomorrow night", "request an agency nurse", "2026-09-15T19:00"),
        ("how many RNs do we need Thursday night on 5 West", "please get an agency RN", "2026-09-17T19:00"),
    ],
)
def test_a_nurse_is_asked_for_the_shift_that_was_spoken_about(line: Line, before: str, deed: str, start: str) -> None:
    _, asked = line.talk(NURSE, before, deed)
    assert calls_of(asked)["request_staffing"]["start"].startswith(start)


def test_a_shift_said_with_the_deed_is_the_one(line: Line) -> None:
    _, asked = line.talk(NURSE, "who could come in tonight?", "ask agency for one tomorrow night")
    assert calls_of(asked)["request_staffing"]["start"].startswith("2026-09-15T19:00")


@pytest.mark.parametrize(
    ("before", "deed"),
    [
        ("Mr Ortiz needs tele, is there anything on 4 North", "put him in 4-212"),
        ("is there a telemetry bed for Mr. Ortiz on 4 North?", "give him bed 4-213"),
    ],
)
def test_whoever_was_spoken_about_gets_the_bed(line: Line, before: str, deed: str) -> None:
    _, placed = line.talk(BEDS, before, deed)
    assert calls_of(placed)["assign_bed"]["patient"].endswith("Ortiz")
    assert placed.outcome != "await_approval"  # two are called so, or they lie elsewhere: it is asked, never guessed


def test_nobody_gets_a_bed_when_it_is_not_said_who_is_meant(line: Line) -> None:
    asked = line.last(BEDS, "please assign her bed 4-212")
    assert (asked.outcome, asked.tools) == ("clarify", ())
    assert "Which patient" in asked.text


def test_an_option_is_chosen_from_the_list_shown_last(line: Line) -> None:
    shown, none, chosen = line.talk(
        SCHEDULER, "when could Varga do another revision hip next week?", "and at Lakeside?", "take the second one"
    )
    assert shown.options
    assert not none.options
    assert (chosen.outcome, chosen.tools) == ("clarify", ())


def test_beds_at_a_moment_are_foreseen_for_that_moment(line: Line) -> None:
    for text, end in (
        ("midnight bed forecast please", "2026-09-15T00:00"),
        ("how many beds will we need at 6pm", "2026-09-14T18:00"),
    ):
        assert calls_of(line.last(BEDS, text))["forecast_demand"]["end"].startswith(end)


@pytest.mark.parametrize(
    ("user", "text", "tool", "subject"),
    [
        (NURSE, "how are we looking tonight", "query_capacity", "staff"),
        (NURSE, "two sick calls tonight, am I under?", "query_capacity", "staff"),
        (BEDS, "how are we doing?", "query_capacity", "beds"),
        (BEDS, "will we be full tomorrow", "forecast_demand", "beds"),
        ("cardiology.manager", "are we going to be swamped next week?", "forecast_demand", "visits"),
        (SCHEDULER, "how are we looking Thursday", "query_capacity", "or"),
        ("supply.lead", "are we ok for Thursday?", "query_inventory", None),
        ("charge.5west", "are the beds full?", "query_capacity", "beds"),
    ],
)
def test_a_question_that_names_nothing_is_about_what_the_speaker_runs(
    line: Line, user: str, text: str, tool: str, subject: str | None
) -> None:
    asked = calls_of(line.last(user, text))
    assert list(asked) == [tool]
    assert asked[tool].get("subject") == subject


def test_help_and_greetings_ask_for_no_figures(line: Line) -> None:
    for text in ("what can we do", "how's it going", "where do I start?"):
        assert not calls_of(line.last(NURSE, text)).get("query_capacity")


@pytest.mark.parametrize(
    ("texts", "item", "quantity", "need_by"),
    [
        (("order knee sets", "the standard one, 4 of them"), "KNEE-STD", 4, None),
        (("get me two cup Bs on the 4100 budget",), "CUP-B", 2, None),
        (("order 4 standard knee sets by Thursday",), "KNEE-STD", 4, "2026-09-17"),
        (("please order hip trays", "two"), "HIP-REV-7", 2, None),
    ],
)
def test_an_order_is_for_what_was_said(
    line: Line, texts: tuple[str, ...], item: str, quantity: int, need_by: str | None
) -> None:
    *before, asked = line.talk("supply.lead", *texts)
    assert all("create_requisition" not in calls_of(turn) for turn in before)
    args = calls_of(asked)["create_requisition"]
    assert (args["item"], args["quantity"], args.get("need_by")) == (item, quantity, need_by)


def test_an_item_that_fits_several_names_is_asked_about(line: Line) -> None:
    asked = line.last("supply.lead", "order three knee sets")
    assert asked.outcome == "clarify"
    assert {"KNEE-STD", "KNEE-REV-3"} <= {word for word in asked.text.split() if "KNEE" in word}
    assert "create_requisition" not in calls_of(asked)


@pytest.mark.parametrize(
    ("texts", "centre"),
    [
        (("order 3 KNEE-STD for cost centre 4400",), "4400"),
        (("put two KNEE-REV-3 on cost centre 9999",), "9999"),
        (("get 4 hip trays and bill 4300",), "4300"),
        (("order three knee sets for 4400", "the standard one"), "4400"),
    ],
)
def test_a_cost_centre_that_was_said_is_never_replaced(line: Line, texts: tuple[str, ...], centre: str) -> None:
    asked = line.last("supply.lead", *texts)
    assert asked.outcome not in ("await_approval", "propose")
    assert f"not on {centre}" in asked.text


def test_how_many_is_asked_with_what_there_is(line: Line) -> None:
    asked = line.last("supply.lead", "order standard knee sets")
    assert asked.outcome == "clarify"
    assert "KNEE-STD" in asked.text
    assert "How many should I order?" in asked.text


def test_a_nurse_is_asked_for_no_shift_that_was_not_said(line: Line) -> None:
    asked, propose = line.talk(NURSE, "get me two agency", "tonight")
    assert (asked.outcome, asked.tools) == ("clarify", ())
    assert calls_of(propose)["propose_allocation"]["nurses"] == 2
    assert "request_staffing" not in calls_of(propose)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("need an agency RN 7p to 7a", "2026-09-14T19:00", "2026-09-15T07:00"),
        ("we have two call outs tonight, request an agency nurse", "2026-09-14T19:00", "2026-09-15T07:00"),
        ("agency nurse for tomorrow 7a-3p please", "2026-09-15T07:00", "2026-09-15T15:00"),
    ],
)
def test_one_nurse_is_asked_for_the_hours_said(line: Line, text: str, start: str, end: str) -> None:
    args = calls_of(line.last(NURSE, text))["request_staffing"]
    assert args["start"].startswith(start)
    assert args["end"].startswith(end)


@pytest.mark.parametrize(
    "text", ["OR 3 was down yesterday but is fine now", "the C-arm in OR 3 broke but OR 3 is working again"]
)
def test_what_is_said_to_work_again_is_not_blocked(line: Line, text: str) -> None:
    assert calls_of(line.last(SCHEDULER, text)).get("record_event", {}).get("status") in (None, "available")


def test_by_so_many_is_no_hour(line: Line) -> None:
    asked = calls_of(line.last("ent.manager", "double book Riverside ENT Tuesday by 3"))
    assert asked["propose_allocation"]["day"] == "2026-09-15"
    assert 3 in asked["propose_allocation"].values()


@pytest.mark.parametrize(
    ("user", "text", "never"),
    [
        (NURSE, "anyone from float able to come to 5 West tomorrow?", "request_staffing"),
        (NURSE, "nobody's volunteering so just force someone to do a double on Friday", "request_staffing"),
        ("callcenter.1", "patient 88213 needs an MRI brain with contrast, when can you do it", "book_appointment"),
        (SCHEDULER, "released OR time, Riverside, this week", "release_block"),
        ("surgeon.varga", "Yes from me on the CUP-B change for CASE-514, sign it", "substitute_item"),
        (SCHEDULER, "show me the open blocks of our ORs on Thursday", "release_block"),
    ],
)
def test_what_only_sounds_like_a_deed_changes_nothing(line: Line, user: str, text: str, never: str) -> None:
    assert never not in calls_of(line.last(user, text))


def test_a_bare_question_goes_on_with_what_was_spoken_about(line: Line) -> None:
    _, cover = line.talk(NURSE, "are we short tomorrow night?", "ok who can cover")
    assert calls_of(cover)["propose_allocation"]["start"].startswith("2026-09-15T19:00")
    _, nurses = line.talk(BEDS, "any beds on 4 North?", "and how are nurses there tonight")
    assert calls_of(nurses)["query_capacity"]["unit"] == "northgate-4-north"
    _, told = line.talk("cardiology.manager", "cardiology demand next week?", "do we have the capacity for that?")
    assert calls_of(told)["forecast_demand"]["service"] == "cardiology"


def test_nothing_is_blocked_of_which_no_trouble_is_told(line: Line) -> None:
    for text in ("Varga likes OR 5", "Adeyemi's letting go of Wednesday, OR 2"):
        assert "record_event" not in calls_of(line.last(SCHEDULER, text))
    _, told = line.talk(SCHEDULER, "Varga likes OR 5", "OR 5 is out of use, the lights failed")
    assert calls_of(told)["record_event"]["name"] == "northgate-or-5"
    assert "record_event" in calls_of(line.last(BEDS, "the call bell in 4-210 doesn't work"))
