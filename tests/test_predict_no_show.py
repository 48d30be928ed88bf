"""How many visits a clinic will miss: by slot, with what it rests on, and never by person."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from asking import ask, assert_supported
from small_hospital import NOW, fill, people

from hospital.model.bookings import Appointment
from hospital.model.history import ModelCard, SlotRisk
from middleware.no_shows import refit_no_show
from middleware.store.database import SqlStore
from tools.predict_no_show import predict_no_show
from tools.tool import Problem


def visit(number: int, start: datetime, status: str, slot: str | None = None, notice: int = 5) -> Appointment:
    return Appointment(
        id=f"APT-{number}", patient_id=str(88213 if number % 2 else 1000 + number % 60), site_id="hill",
        clinic_id="hill-derm", service_id="derm", room_id="hill-d1", clinician_id="kim", slot_id=slot,
        visit_type="new-patient", status=status, start=start, end=start + timedelta(minutes=20),
        booked_at=start - timedelta(days=notice),
    )  # fmt: skip


@pytest.fixture
def booked(sqlite_store: SqlStore) -> SqlStore:
    """Three booked slots tomorrow, and 600 past visits of which those with long notice are often missed."""
    rng = np.random.default_rng(4)
    tomorrow = NOW + timedelta(days=1)
    with fill(sqlite_store).working() as work:
        for n in range(600):
            notice = int(rng.integers(1, 40))
            missed = rng.random() < (0.4 if notice > 20 else 0.05)
            start = NOW - timedelta(days=int(rng.integers(1, 170)), minutes=20 * int(rng.integers(0, 9)))
            work.put(visit(n, start, "noshow" if missed else "fulfilled", notice=notice))
        for n in range(3):
            start = tomorrow + timedelta(minutes=20 * n)
            work.put(visit(9000 + n, start, "booked", f"slot-{n}", notice=30 if n else 2))
    return sqlite_store


def test_rates_answer_until_a_model_is_fitted_and_then_the_model_does(booked: SqlStore) -> None:
    lina = people()["lina"]
    before = ask(booked, predict_no_show, lina, NOW, clinic="Hill Dermatology")
    assert before.facts["booked"] == 3
    assert 0.3 < before.facts["expected_missed"] < 1.5
    assert "no model is fitted yet" in before.headline
    assert_supported(before)
    card = refit_no_show(booked, NOW)
    assert card is not None
    assert card.backtest["auc"] > 0.6
    after = ask(booked, predict_no_show, lina, NOW, clinic="Hill Dermatology")
    assert "by the model fitted Mon 14 Sep 08:00" in after.headline
    assert_supported(after)
    with booked.reading() as world:
        risks = {str(risk.id): risk.probability for risk in world.find(SlotRisk)}
        assert world.get(ModelCard, "no_show") == card
    assert risks["slot-1"] > risks["slot-0"], "long notice is missed more often"
    assert refit_no_show(booked, NOW + timedelta(hours=3)) is None, "once a day is enough"


def test_a_slot_booked_anew_is_judged_by_rates_again(booked: SqlStore) -> None:
    refit_no_show(booked, NOW)
    with booked.working() as work:
        again = work.get(Appointment, "APT-9001")
        assert again is not None
        work.put(again.changed(booked_at=NOW + timedelta(minutes=10)))
    answer = ask(booked, predict_no_show, people()["lina"], NOW + timedelta(hours=1), clinic="Hill Dermatology")
    assert "(1 newer bookings by rates)" in answer.headline


def test_nobody_is_named(booked: SqlStore) -> None:
    answer = ask(booked, predict_no_show, people()["lina"], NOW, clinic="Hill Dermatology")
    said = answer.model_dump_json()
    assert "88213" not in said
    assert "APT-" not in said


def test_an_unknown_clinic_is_told_with_the_nearest(booked: SqlStore) -> None:
    with pytest.raises(Problem, match="There is no clinic"):
        ask(booked, predict_no_show, people()["lina"], NOW, clinic="Rheumatology of the North")
