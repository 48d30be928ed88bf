"""Duration quantiles are ordered, bounded, honest about what they rest on, and never invented."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.planning.duration import PRIOR_CASES, DurationHistory, predict_duration

minutes = st.floats(10, 600, allow_nan=False)


def history(own: list[float], others: list[float], service: list[float] | None = None) -> DurationHistory:
    return DurationHistory.of(
        [("S1", "HIP", "ortho", value) for value in own]
        + [("S2", "HIP", "ortho", value) for value in others]
        + [("S3", "KNEE", "ortho", value) for value in service or []]
    )


@given(st.lists(minutes, max_size=30), st.lists(minutes, max_size=30), st.lists(minutes, max_size=30))
def test_quantiles_are_ordered_at_every_level(own: list[float], others: list[float], rest: list[float]) -> None:
    estimate = predict_duration(history(own, others, rest), "HIP", "S1", "ortho")
    if estimate.status == "no_history":
        assert len(own) + len(others) + len(rest) < 5
        assert (estimate.median, estimate.p80, estimate.p90) == (None, None, None)
    else:
        assert estimate.median is not None
        assert estimate.p80 is not None
        assert estimate.p90 is not None
        assert 0 < estimate.median <= estimate.p80 <= estimate.p90


@given(st.lists(minutes, min_size=3, max_size=30), st.lists(minutes, min_size=1, max_size=30))
def test_shrinkage_stays_between_the_surgeons_and_the_procedures_quantiles(
    own: list[float], others: list[float]
) -> None:
    estimate = predict_duration(history(own, others), "HIP", "S1", "ortho")
    assert estimate.basis == "surgeon and procedure"
    for value, q in ((estimate.median, 0.5), (estimate.p80, 0.8), (estimate.p90, 0.9)):
        bounds = sorted([np.quantile(own, q), np.quantile(own + others, q)])
        assert value is not None
        assert bounds[0] - 1e-9 <= value <= bounds[1] + 1e-9


def test_more_own_cases_move_the_estimate_toward_the_surgeon() -> None:
    others = [120.0] * 200
    medians = [predict_duration(history([200.0] * n, others), "HIP", "S1", "ortho").median for n in (3, 10, 40)]
    assert medians == sorted(medians, key=lambda value: value or 0)
    assert medians[1] == pytest.approx(160.0)
    assert predict_duration(history([200.0] * 10, others), "HIP", "S1", "ortho").own_weight == 10 / (10 + PRIOR_CASES)


def test_the_fallback_chain_is_named_in_words() -> None:
    full = history([100.0] * 4, [120.0] * 20, [90.0] * 50)
    assert predict_duration(full, "HIP", "S1", "ortho").basis == "surgeon and procedure"
    other = predict_duration(full, "HIP", "S9", "ortho")
    assert (other.basis, other.n) == ("procedure, all surgeons", 24)
    assert "no past cases of HIP by S9" in other.note
    nobody = predict_duration(full, "HIP", None, "ortho")
    assert "no surgeon named" in nobody.note
    rare = predict_duration(full, "SPINE", "S1", "ortho")
    assert (rare.basis, rare.n) == ("service", 74)
    assert "no past cases of SPINE by any surgeon" in rare.note


def test_one_own_case_is_not_a_basis() -> None:
    estimate = predict_duration(history([400.0], [120.0] * 20), "HIP", "S1", "ortho")
    assert estimate.basis == "procedure, all surgeons"
    assert "only 1 past case of HIP by S1" in estimate.note
    assert estimate.median == pytest.approx(120.0)


def test_no_history_at_all_says_what_would_help() -> None:
    estimate = predict_duration(DurationHistory({}, {}, {}), "HIP", "S1", None)
    assert (estimate.status, estimate.basis, estimate.median, estimate.n) == ("no_history", "none", None, 0)
    assert "state a duration in minutes" in estimate.note


def test_a_surgeon_alone_in_a_procedure_is_not_shrunk_toward_nothing() -> None:
    alone = DurationHistory({("S1", "HIP"): [100.0, 110.0, 150.0]}, {}, {})
    estimate = predict_duration(alone, "HIP", "S1", None)
    assert estimate.median == pytest.approx(110.0)


@pytest.mark.parametrize("wrong", [-5.0, 0.0, float("nan"), float("inf")])
def test_impossible_minutes_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"minutes={wrong}"):
        predict_duration(history([wrong], []), "HIP", "S1", "ortho")
