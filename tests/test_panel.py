"""Many series at once: shared seasons are borrowed, nothing looks ahead, and intervals hold what they promise."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from evals.benchmarks.hospital767 import measure
from evals.cli import bench
from hospital.planning.panel import forecast_panel, panel_mase, smoothed

SEASON = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)


def panel(series: int = 60, months: int = 84, seed: int = 3) -> np.ndarray:
    """Poisson counts with one season for all, at levels from 5 to 200."""
    rng = np.random.default_rng(seed)
    levels = np.exp(rng.uniform(np.log(5), np.log(200), series))
    return rng.poisson(levels[:, None] * np.resize(SEASON, months)).astype(float)


def test_a_shared_season_is_forecast_better_than_each_series_alone_could() -> None:
    values = panel()
    together = smoothed(values[:, :36], 12, 12, 0.2)
    alone = np.vstack([smoothed(row[None, :36], 12, 12, 0.2) for row in values])
    assert panel_mase(values, 36, 12, together).mean() < panel_mase(values, 36, 12, alone).mean()


def test_what_comes_later_changes_neither_the_choice_nor_the_forecast() -> None:
    values = panel()
    figures = measure(values)
    changed = values.copy()
    changed[:, 72:] = np.random.default_rng(0).permutation(changed[:, 72:].ravel()).reshape(-1, 12) + 50
    other = measure(changed)
    assert (figures["chosen_fade"], figures["mase_choosing"]) == (other["chosen_fade"], other["mase_choosing"])
    assert figures["mase"] != other["mase"]


def test_intervals_cover_what_they_promise() -> None:
    values = panel(200)
    made = forecast_panel(values[:, :72], 12, 12, (48, 60))
    came = values[:, 72:]
    for level, (low, high) in made.intervals.items():
        assert abs(float(((low <= came) & (came <= high)).mean()) - level / 100) < 0.05


@given(
    st.lists(st.lists(st.integers(0, 40), min_size=30, max_size=30), min_size=1, max_size=4),
    st.sampled_from([1, 7, 12]),
    st.floats(0.01, 0.9),
)
def test_no_forecast_is_negative_or_unknown(rows: list[list[int]], season: int, fade: float) -> None:
    made = smoothed(np.array(rows, dtype=float), season, 9, fade)
    assert made.shape == (len(rows), 9)
    assert np.isfinite(made).all()
    assert (made >= 0).all()


def test_origins_without_a_whole_horizon_after_them_are_refused() -> None:
    with pytest.raises(ValueError, match="origin=65 must be between 24 and 60"):
        forecast_panel(panel(5)[:, :72], 12, 12, (48, 65))


def test_missing_data_skips_with_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(bench, ["hospital767", "--data", str(tmp_path)])
    assert done.exit_code == 0
    assert f"Skipped: there is no hospital_monthly_767.csv in {tmp_path}." in done.output
