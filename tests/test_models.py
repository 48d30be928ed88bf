"""The engines' cards: what they learnt, how it did on what it had not seen, and whether the world drifted."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from small_hospital import NOW, fill

from hospital.model.bookings import SurgicalCase
from hospital.model.history import ModelCard
from hospital.planning.drift import drift_of_counts, drift_of_means, drift_of_rates
from hospital.planning.duration_backtest import backtest_durations
from middleware.models import DRIFTS, REFITS, refit_duration
from middleware.store.database import SqlStore

SINCE = datetime(2026, 8, 17, tzinfo=UTC)


def cases(late: float = 120.0) -> list[tuple[str, str, str, float, float, datetime]]:
    """Sixty cases before and ten after; the earlier ones take about 100 minutes and are booked at 90."""
    rng = np.random.default_rng(1)
    early = [
        ("varga", "hip", "ortho", float(rng.normal(100, 5)), 90.0, SINCE - timedelta(days=n + 1)) for n in range(60)
    ]
    return early + [("varga", "hip", "ortho", late, 90.0, SINCE + timedelta(days=n)) for n in range(10)]


def test_durations_are_scored_from_earlier_cases_only() -> None:
    scores = backtest_durations(cases(), SINCE)
    assert (scores["n"], scores["booked_mae"], scores["booked_bias"], scores["p80_coverage"]) == (10, 30, -30, 0)
    assert scores["mae"] == pytest.approx(20, abs=2), "the later cases taught nothing"
    assert backtest_durations(cases(), SINCE + timedelta(days=99)) == {}


def test_what_changed_is_drift_and_what_did_not_is_not() -> None:
    rng = np.random.default_rng(2)
    calm, moved = rng.normal(0, 10, 400).tolist(), rng.normal(8, 10, 100).tolist()
    assert drift_of_means("x", "minutes", calm, moved).drifted
    assert not drift_of_means("x", "minutes", calm, calm[:100]).drifted
    assert "too few" in drift_of_means("x", "minutes", calm, [1.0]).words
    assert drift_of_rates("x", "missed", (80, 1000), (160, 1000)).drifted
    assert not drift_of_rates("x", "missed", (80, 1000), (85, 1000)).drifted
    same = {f"s{n}": (100, 104) for n in range(8)}
    assert not drift_of_counts("x", same).drifted
    assert drift_of_counts("x", same | {"t": (100, 200), "u": (100, 20)}).drifted


def test_a_card_is_kept_and_replaced(sqlite_store: SqlStore) -> None:
    with fill(sqlite_store).working() as work:
        for n in range(80):
            start = NOW - timedelta(days=n + 1)
            work.put(
                SurgicalCase(
                    id=f"D{n}", site_id="hill", patient_id="88213", procedure_id="hip", service_id="ortho",
                    surgeon_id="varga", start=start, end=start + timedelta(minutes=90), state="completed",
                    wheels_in=start, wheels_out=start + timedelta(minutes=100), actual_minutes=100,
                )
            )  # fmt: skip
    for _ in range(2):
        card = refit_duration(sqlite_store, NOW)
        assert card is not None
        assert (card.n, card.backtest["mae"], card.backtest["booked_mae"]) == (80, 0, 10)
    with sqlite_store.reading() as world:
        assert world.find(ModelCard) == [card]
        for name, check in DRIFTS.items():
            assert not check(world, NOW).drifted, name
    assert DRIFTS.keys() == REFITS.keys()


def test_nothing_to_learn_from_makes_no_card(sqlite_store: SqlStore) -> None:
    fill(sqlite_store)
    assert REFITS["duration"](sqlite_store, NOW) is None
    assert REFITS["no_show"](sqlite_store, NOW) is None
