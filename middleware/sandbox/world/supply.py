"""Items, stock, cost centres and purchases."""

from datetime import timedelta

from hospital.model.bookings import SurgicalCase
from hospital.model.supply import CostCentre, Item, Loaner, Requisition, Stock
from middleware.sandbox.world.frame import Frame, World
from middleware.sandbox.world.places import SITES

COST_CENTRES = (
    ("4100", "Periop", 3_100_000),
    ("4200", "Nursing", 340_000),
    ("4300", "Imaging", 900_000),
    ("4400", "Supply", 1_500_000),
    ("4500", "Cardiology", 1_200_000),
)
ITEMS: tuple[tuple[str, str, str, int, str, str, int, int, tuple[str, ...]], ...] = (
    # id, name, kind, unit cost (cents), cost centre, supplier, lead time (days), processing (hours), alternatives
    ("HIP-REV-7", "Revision hip tray", "set", 245_000, "4100", "Orthovia", 5, 24, ()),
    ("CUP-A", "Acetabular cup A", "implant", 118_000, "4100", "Orthovia", 6, 24, ("CUP-B",)),
    ("CUP-B", "Acetabular cup B", "implant", 124_000, "4100", "Jointwell", 4, 24, ("CUP-A",)),
    ("LS-204", "Spine loaner set", "loaner", 86_000, "4100", "Vertebra Loan Sets", 3, 48, ()),
    ("KNEE-STD", "Standard knee set", "set", 164_000, "4100", "Jointwell", 5, 24, ()),
    ("KNEE-REV-3", "Revision knee set", "set", 231_000, "4100", "Jointwell", 7, 24, ()),
    ("STEM-2", "Femoral stem 2", "implant", 96_000, "4100", "Orthovia", 4, 24, ()),
    ("STEM-9", "Revision femoral stem", "implant", 188_000, "4100", "Orthovia", 7, 24, ()),
    ("CUP-C", "Acetabular cup C", "implant", 109_000, "4100", "Jointwell", 4, 24, ()),
    ("NAIL-H", "Hip nail", "implant", 72_000, "4100", "Orthovia", 3, 24, ()),
    ("SHOULDER-1", "Shoulder prosthesis", "implant", 210_000, "4100", "Jointwell", 8, 24, ()),
    ("SCREW-P6", "Pedicle screw set", "set", 142_000, "4100", "Vertebra Loan Sets", 5, 24, ()),
    ("VALVE-23", "Aortic valve 23 mm", "implant", 480_000, "4100", "Cardea", 6, 24, ()),
    ("MESH-M", "Hernia mesh, medium", "implant", 21_000, "4100", "Surgitex", 2, 24, ()),
    ("STAPLER-60", "Linear stapler 60 mm", "supply", 38_000, "4100", "Surgitex", 2, 0, ()),
    ("SHUNT-V", "Ventricular shunt", "implant", 133_000, "4100", "Cardea", 6, 24, ()),
    ("GRAFT-A", "Aortic stent graft", "implant", 620_000, "4100", "Cardea", 9, 24, ()),
    ("LENS-21", "Intraocular lens 21 D", "implant", 14_000, "4100", "Clarus", 3, 24, ()),
    ("GLOVE-M", "Surgical gloves, medium, box", "supply", 1_900, "4400", "Surgitex", 2, 0, ()),
    ("DRAPE-L", "Large drape, case", "supply", 5_400, "4400", "Surgitex", 2, 0, ()),
    ("CONTRAST-G", "Gadolinium contrast, 10 vials", "supply", 46_000, "4300", "Clarus", 3, 0, ()),
    ("CATH-6F", "Diagnostic catheter 6F", "supply", 9_800, "4500", "Cardea", 3, 0, ()),
)
TOLD = {"HIP-REV-7": 1, "CUP-A": 1, "CUP-B": 12}
"""On hand at Northgate, and nowhere else."""
NOT_STOCKED = {"LS-204"}


def build_supply(frame: Frame, world: World) -> None:
    """Items, cost centres, stock enough for every planned case but the told ones, and earlier purchases."""
    names = ("id", "name", "kind", "unit_cost", "cost_centre_id", "supplier", "lead_time_days", "processing_hours",
             "alternatives")  # fmt: skip
    world.extend(Item, (dict(zip(names, item, strict=True)) for item in ITEMS))
    world.extend(CostCentre, ({"id": i, "name": n, "left_this_month": left} for i, n, left in COST_CENTRES))
    planned: dict[tuple[str, str], int] = {}
    for case in world.of(SurgicalCase):
        if case["state"] in ("scheduled", "in_progress", "requested"):
            for line in case["items"]:
                key = (case["site_id"], line["item_id"])
                planned[key] = planned.get(key, 0) + line["quantity"]
    rng = frame.rng("stock")
    for site in SITES:
        for item in ITEMS:
            id = item[0]
            if id in NOT_STOCKED:
                continue
            spare = int(rng.integers(4, 16))
            count = planned.get((site.id, id), 0) + spare
            if id in TOLD:
                count = TOLD[id] if site.id == "northgate" else 0
            world.add(Stock, {"id": f"{site.id}:{id}", "site_id": site.id, "item_id": id, "on_hand": count})
    _requisitions(frame, world)


def _requisitions(frame: Frame, world: World) -> None:
    rng = frame.rng("requisitions")
    bought = [item for item in ITEMS if item[0] not in ("HIP-REV-7", "CUP-A", "CUP-B", "LS-204")]
    states = ("received", "received", "received", "closed", "ordered", "partially_received", "rejected", "cancelled")
    for number in range(1, 42):
        item = bought[int(rng.integers(len(bought)))]
        quantity = int(rng.integers(1, 5))
        created = frame.now - timedelta(minutes=int(rng.integers(31 * 1440, 300 * 1440)))
        world.add(
            Requisition,
            {
                "id": f"REQ-{1000 + number}", "key": f"supply-{1000 + number}", "item_id": item[0],
                "description": f"{item[0]} {item[1]}", "quantity": quantity, "amount": quantity * item[3],
                "cost_centre_id": item[4], "purpose": f"stock of {item[0]}",
                "state": states[int(rng.integers(len(states)))], "requested_by": "supply.lead", "created_at": created,
                "need_by": None, "plan_id": None, "awaits": None,
            },
        )  # fmt: skip
    created = frame.now - timedelta(minutes=50)
    world.add(
        Requisition,
        {
            "id": "REQ-1042", "key": "supply-1042-hip-rev-7", "item_id": "HIP-REV-7",
            "description": "HIP-REV-7 Revision hip tray", "quantity": 2, "amount": 490_000, "cost_centre_id": "4100",
            "purpose": "revision hips", "state": "pending_approval", "requested_by": "supply.lead",
            "created_at": created, "need_by": frame.coming(3) - timedelta(days=1), "plan_id": None,
            "awaits": "periop.director",
        },
    )  # fmt: skip


def build_loaners(frame: Frame, world: World) -> None:
    """The spine set for CASE-503: expected the evening before, later than the rule allows."""
    day = frame.coming(1)
    world.add(
        Loaner,
        {
            "id": "LN-204-503", "item_id": "LS-204", "case_id": "CASE-503", "site_id": "northgate",
            "expected_at": frame.at(day - timedelta(days=1), "18:00"),
            "required_by": frame.at(day - timedelta(days=2), "07:30"), "ifu_present": False,
        },
    )  # fmt: skip
