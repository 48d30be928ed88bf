"""A nurse is not floated away from a unit that would then be below its ratio; from one above its need she may be."""

from datetime import timedelta
from typing import Any

import pytest
from desk_line import DeskLine, done, refused
from small_hospital import NOW, fill, people, staff_request

from hospital.changes.beds import AssignBed
from hospital.model.people import Encounter, Shift
from hospital.model.places import Site, Unit
from middleware.store.database import SqlStore
from policies.decide import Decision, load_policy
from policies.plans import Plan
from policies.ratios import ratio_fact

POLICY = load_policy()
START = NOW + timedelta(hours=11)
END = START + timedelta(hours=12)


def floated(store: SqlStore, patients: int, others: int, *, pack: bool = True) -> tuple[dict[str, bool], Decision]:
    """Nurse 1 works on East with so many others and patients tonight; the ward asks for her."""
    fill(store)
    with store.working() as uow:
        hill, ward = uow.get(Site, "hill"), uow.get(Unit, "hill-ward")
        assert hill is not None
        assert ward is not None
        uow.put(ward.changed(cost_centre_id="4200"))
        uow.put(hill.changed(packs=("california_ratios",) if pack else ()))
        uow.put(Unit(id="hill-east", site_id="hill", name="East", level="med_surg", staffed_beds=9, physical_beds=9))
        for number in range(1, others + 2):
            uow.put(
                Shift(
                    id=f"S-{number}",
                    staff_id=f"N-{number}",
                    site_id="hill",
                    unit_id="hill-east",
                    role="rn",
                    start=START,
                    end=END,
                )
            )
        for number in range(patients):
            uow.put(
                Encounter(
                    id=f"E-{number}",
                    patient_id="P-1",
                    site_id="hill",
                    unit_id="hill-east",
                    bed_id=None,
                    service_id="derm",
                    level="med_surg",
                    admitted_at=NOW,
                )
            )
    line = staff_request("float", "N-1").model_copy(update={"leaves": "S-1"})
    with store.reading() as world:
        return ratio_fact(world, POLICY.data, line), POLICY.decide(world, people()["cleo"], [line], NOW)


@pytest.mark.parametrize(
    ("patients", "others", "below"),
    [(5, 1, False), (6, 1, True), (10, 2, False), (11, 2, True), (0, 0, False), (1, 0, True)],
)
def test_the_unit_left_keeps_its_ratio_at_every_minute(
    sqlite_store: SqlStore, patients: int, others: int, below: bool
) -> None:
    facts, decision = floated(sqlite_store, patients, others)
    assert facts == {"leaves_below_ratio": below}
    assert ("never.below-ratio" in {hit.id for hit in decision.rules}) == below
    assert decision.effect == ("deny" if below else "allow")


@pytest.mark.parametrize(("patients", "others", "below"), [(5, 1, False), (6, 1, True)])
def test_a_nurse_on_duty_is_floated_or_stays(small_desk: DeskLine, patients: int, others: int, below: bool) -> None:
    """The one is the twin of the other: a patient less, and she goes; her own shift keeps what is left of it."""
    floated(small_desk.store, patients, others)
    asked: dict[str, Any] = {
        "unit": "hill-ward",
        "source": "float",
        "staff": "N-1",
        "start": START,
        "end": END - timedelta(hours=4),
    }
    result = small_desk.call("cleo", "request_staffing", **asked)
    left = small_desk.get(Shift, "S-1")
    if below:
        assert refused(result).rule == "never.below-ratio"
        assert (left.start, left.end, left.state) == (START, END, "rostered")
        return
    assert "from East" in done(result).headline + "".join(small_desk.find(Plan)[0].snapshot)
    (there,) = small_desk.find(Shift, unit_id="hill-ward", staff_id="N-1")
    assert (there.start, there.end, there.source) == (START, END - timedelta(hours=4), "float")
    assert (left.start, left.end, left.unit_id) == (END - timedelta(hours=4), END, "hill-east")


def test_of_a_duty_that_is_left_whole_nothing_counts_any_more(small_desk: DeskLine) -> None:
    floated(small_desk.store, 5, 1)
    asked: dict[str, Any] = {"unit": "hill-ward", "source": "float", "staff": "N-1", "start": START, "end": END}
    done(small_desk.call("cleo", "request_staffing", **asked))
    assert small_desk.get(Shift, "S-1").state == "floated"
    again = small_desk.call("cleo", "request_staffing", **{**asked, "staff": "N-2"})
    assert refused(again).rule == "never.below-ratio"


@pytest.mark.parametrize(("patients", "below"), [(4, False), (5, True)])
def test_a_bed_is_given_or_not_by_the_nurses_there(small_desk: DeskLine, patients: int, below: bool) -> None:
    floated(small_desk.store, patients, 0)
    line = AssignBed(
        encounter_id="E-NEW", bed_id="B-1", unit_id="hill-east", site_id="hill", at=START, requested_by="bea"
    )
    with small_desk.store.reading() as world:
        assert ratio_fact(world, POLICY.data, line) == {"leaves_below_ratio": below}


def test_where_no_pack_is_on_nothing_is_said(sqlite_store: SqlStore) -> None:
    facts, decision = floated(sqlite_store, 11, 1, pack=False)
    assert facts == {}
    assert decision.effect == "allow"
