"""Which figure a message means, whatever people call it."""

import pytest

from agent.planners.embedded.key_figures import figure_in


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("Prime-time utilisation for ortho last month?", "prime-time-utilisation"),
        ("how good was block utilization in room 5", "block-utilisation"),
        ("no shows at the ENT clinic in July", "no-show"),
        ("what share of first case starts were late", "first-case-on-time"),
        ("turn-over time in OR 3", "turnover"),
        ("why did overtime go up in imaging", "overtime"),
        ("discharges before noon on 5 West", "discharge-before-noon"),
        ("is TNAA getting worse", "tnaa"),
        ("how did cardiology perform", None),
        ("", None),
    ],
)
def test_a_figure_is_heard_in_a_message(text: str, figure: str | None) -> None:
    assert figure_in(text) == figure
