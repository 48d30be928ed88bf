"""A key figure is known by what it counts, also where nobody says its name."""

import pytest
from talking import Line, calls_of

from agent.planners.embedded.figures_meant import NOT_KEPT, WORDINGS
from agent.planners.embedded.intents import load_intents
from agent.planners.embedded.key_figures import figure_in
from tools.kpi_catalogue import KPIS


def test_every_figure_has_its_wordings() -> None:
    assert {one.name for one in load_intents(WORDINGS)} == {*KPIS, NOT_KEPT}


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("how slowly do the theatres get from one patient to another, August", "turnover"),
        ("how punctual was the first operation of each morning last month", "first-case-on-time"),
        ("how far off were the planned lengths of operations in August", "duration-accuracy"),
        ("how many visitors did not appear for their visit last month", "no-show"),
        ("how many hours did patients spend in the emergency room after they were admitted", "boarding"),
        ("how long do people take to say yes to our plans", "approval-latency"),
    ],
)
def test_a_figure_is_told_by_what_it_counts(line: Line, text: str, figure: str) -> None:
    assert figure_in(text) is None
    assert calls_of(line.last("capacity.manager", text))["query_kpi"]["kpi"] == figure


@pytest.mark.parametrize("text", ["what was our average length of stay in August", "infection rate last month"])
def test_a_figure_that_is_not_kept_is_not_mistaken_for_another(line: Line, text: str) -> None:
    turn = line.last("capacity.manager", text)
    assert turn.outcome == "clarify"
    assert "No such figure is kept." in turn.text
    assert not turn.tools


def test_what_goes_on_goes_on_with_the_figure_that_was_meant(line: Line) -> None:
    _, there, why = line.talk(
        "or.charge", "how long from one patient to the next in August", "and at Lakeside?", "why?"
    )
    assert calls_of(there)["query_kpi"] == {"kpi": "turnover", "site": "lakeside"} | {
        key: calls_of(there)["query_kpi"][key] for key in ("start", "end")
    }
    assert calls_of(why)["explain_change"]["kpi"] == "turnover"
