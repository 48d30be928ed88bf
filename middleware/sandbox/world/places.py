"""Sites, units, beds, rooms, equipment and maintenance."""

from dataclasses import dataclass
from datetime import timedelta

from hospital.model.places import Bed, Equipment, Maintenance, Room, Site, Unit
from middleware.sandbox.world.frame import HOUSE_ZONE, Frame, Row, World


@dataclass(frozen=True)
class UnitPlan:
    """A nursing unit: staffed and physical beds, the patients expected (None: by chance), its bed labels."""

    name: str
    level: str
    staffed: int
    physical: int
    labels: str
    specialties: tuple[str, ...] = ()
    census: int | None = None

    @property
    def slug(self) -> str:
        """`5 West` -> `5-west`."""
        return self.name.casefold().replace(" ", "-")


@dataclass(frozen=True)
class SitePlan:
    """A hospital with the service that uses each of its operating rooms, in order of their numbers."""

    id: str
    name: str
    state: str
    zone: str
    packs: tuple[str, ...]
    rooms: tuple[str, ...]
    units: tuple[UnitPlan, ...]
    scanners: tuple[tuple[str, int, bool], ...]
    """Modality, number, contrast."""
    equipment: dict[str, int]
    float_pool: int


PACKS = ("california_ratios", "hours_16_10_60")
_SURGICAL = ("orthopaedics", "general", "urology", "gynaecology", "ent", "spine")
_CRITICAL = ("cardiothoracic", "neurosurgery", "vascular", "neurology", "medicine")


def _units(
    *wards: tuple[str, str, int, int, str], icu: int, pacu: int, ed: int, five: int | None = None
) -> tuple[UnitPlan, ...]:
    of_level = {
        "med_surg": _SURGICAL,
        "medical": ("medicine", "gastroenterology", "endocrinology", "neurology"),
        "telemetry": ("cardiology", "medicine"),
        "step_down": _CRITICAL,
    }
    plans = [
        UnitPlan(name, level, staffed, physical, labels, of_level[level], five if level == "med_surg" else None)
        for name, level, staffed, physical, labels in wards
    ]
    return (
        *plans,
        UnitPlan("ICU", "icu", icu, icu, "ICU-{}", _CRITICAL),
        UnitPlan("PACU", "pacu", pacu, pacu, "PACU-{}"),
        UnitPlan("ED", "ed", ed, ed, "ED-{}", ("emergency",)),
    )


SITES: tuple[SitePlan, ...] = (
    SitePlan(
        "northgate", "Northgate", "IL", HOUSE_ZONE, PACKS,
        ("cardiothoracic", "general", "spine", "general", "orthopaedics", "orthopaedics", "urology", "neurosurgery",
         "gynaecology", "ent", "ambulatory", "vascular"),
        _units(("5 West", "med_surg", 30, 30, "5-1{:02d}"), ("2 West", "medical", 28, 28, "2-1{:02d}"),
               ("4 North", "telemetry", 24, 24, "4-2{:02d}"), ("3 East", "step_down", 20, 26, "3-3{:02d}"),
               icu=20, pacu=16, ed=24, five=27),
        (("mri", 1, True), ("mri", 2, True), ("mri", 3, False), ("ct", 1, True), ("ct", 2, True)),
        {"c-arm": 4, "cell-saver": 3, "microscope": 3, "navigation": 2, "robot": 1, "perfusion-pump": 2,
         "laparoscopy-tower": 4, "arthroscopy-tower": 2, "ultrasound": 3, "ecg": 5}, 14,
    ),
    SitePlan(
        "lakeside", "Lakeside", "IL", HOUSE_ZONE, PACKS,
        ("orthopaedics", "orthopaedics", "general", "general", "gynaecology", "ent", "ambulatory", "urology"),
        _units(("3 West", "med_surg", 25, 25, "3-1{:02d}"), ("2 East", "medical", 22, 22, "2-3{:02d}"),
               ("4 East", "telemetry", 18, 18, "4-3{:02d}"), ("3 South", "step_down", 12, 16, "3-4{:02d}"),
               icu=12, pacu=10, ed=18),
        (("mri", 1, True), ("mri", 2, False), ("ct", 1, True), ("ct", 2, True)),
        {"c-arm": 3, "cell-saver": 1, "microscope": 2, "navigation": 1, "laparoscopy-tower": 3,
         "arthroscopy-tower": 2, "ultrasound": 2, "ecg": 4}, 10,
    ),
    SitePlan(
        "riverside", "Riverside", "IA", HOUSE_ZONE, (),
        ("orthopaedics", "spine", "neurosurgery", "general", "ent", "vascular", "ambulatory", "cardiothoracic"),
        _units(("6 West", "med_surg", 25, 25, "6-1{:02d}"), ("2 North", "medical", 24, 24, "2-2{:02d}"),
               ("5 East", "telemetry", 16, 16, "5-3{:02d}"), ("4 South", "step_down", 12, 16, "4-4{:02d}"),
               icu=14, pacu=10, ed=18),
        (("mri", 1, True), ("mri", 2, True), ("ct", 1, True), ("ct", 2, False)),
        {"c-arm": 3, "cell-saver": 2, "microscope": 3, "navigation": 2, "perfusion-pump": 1,
         "laparoscopy-tower": 2, "arthroscopy-tower": 1, "ultrasound": 2, "ecg": 3}, 10,
    ),
    SitePlan(
        "harbor", "Harbor", "CO", "America/Denver", (),
        ("orthopaedics", "general", "gynaecology", "urology", "ambulatory", "general"),
        _units(("3 North", "med_surg", 20, 20, "3-2{:02d}"), ("2 West", "medical", 18, 18, "2-1{:02d}"),
               ("4 West", "telemetry", 12, 12, "4-1{:02d}"), ("3 South", "step_down", 8, 10, "3-4{:02d}"),
               icu=10, pacu=8, ed=14),
        (("mri", 1, True), ("ct", 1, True), ("ct", 2, True)),
        {"c-arm": 2, "cell-saver": 1, "microscope": 1, "laparoscopy-tower": 3, "arthroscopy-tower": 1,
         "robot": 1, "ultrasound": 2, "ecg": 2}, 8,
    ),
    SitePlan(
        "eastfield", "Eastfield", "WI", HOUSE_ZONE, (),
        ("orthopaedics", "general", "gynaecology", "ambulatory", "ent", "general"),
        _units(("2 South", "med_surg", 20, 20, "2-4{:02d}"), ("1 East", "medical", 16, 16, "1-3{:02d}"),
               ("3 West", "telemetry", 12, 12, "3-1{:02d}"), ("3 South", "step_down", 8, 10, "3-4{:02d}"),
               icu=8, pacu=8, ed=12),
        (("mri", 1, True), ("ct", 1, True)),
        {"c-arm": 2, "microscope": 1, "laparoscopy-tower": 3, "arthroscopy-tower": 1, "ultrasound": 1}, 6,
    ),
)  # fmt: skip
ZONES = {site.id: site.zone for site in SITES}
NURSING, PERIOP = "4200", "4100"


def build_places(frame: Frame, world: World) -> None:
    """Sites with their units, beds, rooms and devices."""
    for site in SITES:
        world.add(
            Site,
            {"id": site.id, "name": site.name, "timezone": site.zone, "state": site.state, "packs": site.packs},
        )
        for unit in site.units:
            _add_unit(world, site, unit)
        for number, _ in enumerate(site.rooms, 1):
            world.add(
                Room,
                {"id": f"{site.id}-or-{number}", "site_id": site.id, "name": f"OR {number}", "kind": "or",
                 "features": ("laminar-flow",) if site.rooms[number - 1] == "orthopaedics" else ()},
            )  # fmt: skip
        for modality, number, contrast in site.scanners:
            world.add(Room, _scanner(site.id, modality, number, contrast))
        for kind, count in site.equipment.items():
            world.extend(Equipment, (_device(frame, site.id, kind, n) for n in range(1, count + 1)))
    _add_maintenance(frame, world)


def _add_unit(world: World, site: SitePlan, unit: UnitPlan) -> None:
    unit_id = f"{site.id}-{unit.slug}"
    world.add(
        Unit,
        {
            "id": unit_id,
            "site_id": site.id,
            "name": unit.name,
            "level": unit.level,
            "staffed_beds": unit.staffed,
            "physical_beds": unit.physical,
            "specialties": unit.specialties,
            "cost_centre_id": PERIOP if unit.level == "pacu" else NURSING,
        },
    )
    for number in range(1, unit.physical + 1):
        label = unit.labels.format(number)
        staffed = number <= unit.staffed
        world.add(
            Bed,
            {
                "id": f"{site.id}-{label.casefold()}",
                "site_id": site.id,
                "unit_id": unit_id,
                "label": label,
                "level": unit.level,
                "staffed": staffed,
                "isolation_capable": number % 6 == 0,
                "features": _bed_features(unit.level, number),
                "status": "available" if staffed else "closed",
            },
        )


def _bed_features(level: str, number: int) -> tuple[str, ...]:
    """What is fixed at a bed: monitors where they are needed, and every eighth bed carries more weight."""
    monitored = ("telemetry",) if level in ("telemetry", "step_down", "icu") else ()
    return (*monitored, "bariatric") if number % 8 == 0 else monitored


def _scanner(site: str, modality: str, number: int, contrast: bool) -> Row:
    return {
        "id": f"{site}-{modality}-{number}",
        "site_id": site,
        "name": f"{modality.upper()} {number}",
        "kind": "imaging",
        "modality": modality,
        "contrast": contrast,
    }


def _device(frame: Frame, site: str, kind: str, number: int) -> Row:
    name = f"{kind.replace('-', ' ').capitalize().replace('C arm', 'C-arm').replace('Ecg', 'ECG')} {number}"
    due = frame.at(frame.today + timedelta(days=20 + 11 * number), "06:00", ZONES[site])
    return {"id": f"{site}-{kind}-{number}", "site_id": site, "kind": kind, "name": name, "next_pm_due": due}


def _add_maintenance(frame: Frame, world: World) -> None:
    tuesday, zone = frame.coming(1), ZONES["harbor"]
    planned = (
        ("MT-2201", "harbor", "harbor-ct-1", None, tuesday, "07:00", "13:00", "planned service"),
        ("MT-2202", "riverside", "riverside-or-6", None, frame.coming(3), "12:00", "15:30", "air handling"),
        ("MT-2203", "lakeside", "lakeside-mri-2", None, frame.coming(2), "16:00", "19:00", "coil replacement"),
        ("MT-2204", "northgate", "northgate-or-11", None, frame.coming(5), "08:00", "16:00", "light replacement"),
        ("MT-2205", "lakeside", None, "lakeside-cell-saver-1", frame.coming(4), "07:00", "15:00", "inspection"),
    )
    for work_order, site, room, device, day, start, end, note in planned:
        zone = ZONES[site]
        world.add(
            Maintenance,
            {
                "id": work_order,
                "site_id": site,
                "room_id": room,
                "equipment_id": device,
                "start": frame.at(day, start, zone),
                "end": frame.at(day, end, zone),
                "work_order": work_order.replace("MT", "WO"),
                "state": "scheduled",
                "note": note,
            },
        )
