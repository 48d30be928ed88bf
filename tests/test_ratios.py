"""A nurse is not floated away from a unit that would then be below its ratio; from one above its need she may be."""

from datetime import timedelta

import pytest
from small_hospital import NOW, fill, people, staff_request

from hospital.model.people import Encounter, Shift
from hospital.model.places import Site, Unit
from middleware.store.database import SqlStore
from policies.decide import Decision, load_policy
from policies.ratios import ratio_fact

POLICY = load_policy()
START = NOW + timedelta(hours=11)
END = START + timedelta(hours=12)


def floated(store: SqlStore, patients: int, others: int, *, pack: bool = True) -> tuple[dict[str, bool], Decision]:
    """Nurse 1 works on East with so many others and patients tonight; the ward asks for her."""
    fill(store)
    with store.working() as uow:
        hill = uow.get(Site, "hill")
        assert hill is not None
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
    line = staff_request("float", "N-1")
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


def test_where_no_pack_is_on_nothing_is_said(sqlite_store: SqlStore) -> None:
    facts, decision = floated(sqlite_store, 11, 1, pack=False)
    assert facts == {}
    assert decision.effect == "allow"
