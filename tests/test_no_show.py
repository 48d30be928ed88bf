"""No-shows: nothing later teaches what is earlier, and what must not be an input cannot be one."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from evals.benchmarks.noshow import foretell, is_later, read_visits
from evals.cli import bench
from hospital.planning.boosting import TooLittle
from hospital.planning.missed_count import count_at, missed_counts
from hospital.planning.no_show import fit_no_show
from hospital.planning.no_show_inputs import FORBIDDEN, ForbiddenInput, Visits, check_inputs, history_before
from hospital.planning.no_show_rates import PRIOR_VISITS, MissedRates, band_of
from hospital.planning.no_show_scores import score
from hospital.planning.series import Array

COLUMNS = (
    "PatientId,AppointmentID,Gender,ScheduledDay,AppointmentDay,Age,Neighbourhood,Scholarship,Hipertension,Diabetes,"
    "Alcoholism,Handcap,SMS_received,No-show"
).split(",")
FIRST = datetime(2016, 4, 29, tzinfo=UTC)


def write_file(path: Path, count: int = 2000, seed: int = 1) -> Path:
    """A file with the public one's columns: risk grows with the lead time and with the patient's habit."""
    rng = np.random.default_rng(seed)
    patients, habits = rng.integers(0, 900, count), rng.normal(0, 1.2, 900)
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(COLUMNS)
        for number in range(count):
            lead = int(rng.exponential(8)) * int(rng.random() > 0.35)
            day = FIRST + timedelta(days=int(rng.integers(0, 41)))
            booked = day - timedelta(days=lead) + timedelta(hours=int(rng.integers(7, 18)))
            odds = -2.4 + 0.05 * lead + habits[patients[number]]
            missed = rng.random() < 1 / (1 + np.exp(-odds))
            age = -1 if number == 7 else int(rng.integers(0, 95))
            if number == 8:
                booked = day + timedelta(days=3)
            out.writerow(
                [patients[number], number, "FM"[int(rng.random() < 0.4)], f"{booked:%Y-%m-%dT%H:%M:%SZ}",
                 f"{day:%Y-%m-%dT00:00:00Z}", age, f"PLACE {int(rng.integers(20))}", int(rng.random() < 0.1), 0, 0, 0,
                 0, int(lead > 3), "Yes" if missed else "No"]
            )  # fmt: skip
    return path


def test_the_benchmark_runs_on_the_public_files_columns(tmp_path: Path) -> None:
    done = CliRunner().invoke(bench, ["noshow", str(write_file(tmp_path / "visits.csv")), "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.output)
    assert figures["dropped"] == 2
    assert 0.55 < figures["auc"] < 0.9
    assert figures["lead_one_day"]["auc"] != figures["auc"]
    assert sum(one["n"] for one in figures["calibration"]) == figures["n"]
    assert {"ap", "brier", "auc_without_scholarship_and_neighbourhood"} <= figures.keys()


def test_shuffled_outcomes_of_later_days_change_no_earlier_prediction(tmp_path: Path) -> None:
    visits, further, _ = read_visits(write_file(tmp_path / "visits.csv"))
    later = is_later(visits)
    rng = np.random.default_rng(5)
    missed = visits.missed.copy()
    missed[later] = rng.permutation(missed[later])
    shuffled = Visits(visits.patient, visits.booked, visits.start, visits.kind, missed)
    assert (missed != visits.missed).any()
    # History that ends at the split: nothing after it matters at all.
    np.testing.assert_array_equal(foretell(visits, further, False), foretell(shuffled, further, False))
    # History of strictly earlier days: the first day after the split knows none of the later outcomes.
    day = np.floor(visits.start[later] / 1440)
    first = day == day.min()
    np.testing.assert_array_equal(foretell(visits, further)[first], foretell(shuffled, further)[first])


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_history_is_what_counting_strictly_earlier_days_says(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, 4, count)
    day = rng.integers(0, 9, count)
    missed = rng.choice([0.0, 1.0, np.nan], count)
    start = day * 1440.0 + 600
    visits = Visits(patient.astype(str), np.asarray(start - 60), np.asarray(start), np.full(count, "x"), missed)
    found = history_before(visits)
    for row in range(count):
        before = (patient == patient[row]) & (day < day[row]) & ~np.isnan(missed)
        assert found[row, 0] == before.sum()
        assert found[row, 1] == missed[before].sum()
        assert np.isnan(found[row, 3]) == (not before.any())


@pytest.mark.parametrize("name", [*sorted(FORBIDDEN), "Payer", "shoe size"])
def test_what_must_not_be_an_input_is_refused(name: str) -> None:
    with pytest.raises(ForbiddenInput, match=name):
        check_inputs([name])
    one = np.zeros(1)
    with pytest.raises(ForbiddenInput, match=name):
        Visits(np.array(["p"]), one, one + 1, np.array(["x"]), one, {name: one})  # type: ignore[dict-item]


def learnable(count: int = 3000, seed: int = 2) -> Visits:
    rng = np.random.default_rng(seed)
    start: Array = np.sort(rng.integers(0, 200 * 1440, count)).astype(np.float64)
    lead: Array = np.asarray(rng.exponential(10, count) * 1440, dtype=np.float64)
    missed = (rng.random(count) < 1 / (1 + np.exp(2.5 - lead / 14400))).astype(float)
    booked: Array = start - lead
    return Visits(rng.integers(0, 500, count).astype(str), booked, start, np.full(count, "visit"), missed)


def test_the_model_learns_from_lead_time_is_calibrated_and_the_same_twice() -> None:
    visits = learnable()
    model, again = fit_no_show(visits), fit_no_show(visits)
    assert model.backtest is not None
    assert model.backtest.auc > 0.58
    assert model.backtest.calibration_error < 0.08
    everyone = np.ones(len(visits), dtype=bool)
    np.testing.assert_array_equal(model.probabilities(visits, everyone), again.probabilities(visits, everyone))
    with pytest.raises(TooLittle, match="50 rows"):
        fit_no_show(visits.only(np.arange(len(visits)) < 50))


def test_rates_stand_in_where_no_model_knows_the_booking() -> None:
    assert [band_of(days) for days in (0, 1, 6, 7, 30)] == [
        "same day", "1 to 6 days ahead", "1 to 6 days ahead", "7 to 27 days ahead", "28 days ahead or more",
    ]  # fmt: skip
    rates = MissedRates.of([("new", 10, True)] * 10 + [("new", 10, False)] * 10 + [("old", 0, False)] * 20)
    such = rates.risk("s", "new", 12)
    assert (such.basis, such.n) == ("rate of such visits", 20)
    assert such.probability == pytest.approx((10 + PRIOR_VISITS * 0.25) / (20 + PRIOR_VISITS))
    assert (rates.risk("s", "other", 0).basis, rates.risk("s", "other", 0).n) == ("rate of the clinic", 40)
    assert MissedRates.of([]).risk("s", "new", 1).basis == "no history"


@given(st.lists(st.floats(0, 1), max_size=12))
def test_the_number_missed_is_a_distribution_around_the_sum_of_chances(chances: list[float]) -> None:
    counts = missed_counts(chances)
    assert counts.sum() == pytest.approx(1)
    assert (counts * np.arange(len(counts))).sum() == pytest.approx(sum(chances))
    assert 0 <= count_at(counts, 0.1) <= count_at(counts, 0.9) <= len(chances)


def test_scoring_needs_both_outcomes() -> None:
    with pytest.raises(ValueError, match="0 of 3 happened"):
        score(np.zeros(3), np.zeros(3, dtype=bool))
