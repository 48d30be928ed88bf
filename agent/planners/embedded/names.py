"""The hospital's own names as lexicon entries, read from the world."""

from collections.abc import Iterator

from agent.planners.embedded.lexicon import Entry
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.people import Clinician, Patient, Staff
from hospital.model.places import Bed, Clinic, Equipment, Room, Service, Site, Unit
from hospital.model.supply import CostCentre, Item
from hospital.ports import In, Reader

LEVELS: dict[str, tuple[str, ...]] = {
    "icu": ("ICU", "intensive care"),
    "step_down": ("step-down", "stepdown", "step down", "PCU", "intermediate care"),
    "telemetry": ("telemetry", "tele", "monitored"),
    "med_surg": ("med-surg", "medsurg", "med surg", "surgical ward"),
    "medical": ("medical", "medicine"),
    "pacu": ("PACU", "recovery"),
    "ed": ("ED", "emergency department", "ER"),
}
SPECIALTIES: dict[str, tuple[str, ...]] = {
    "cardiology": ("cardiac clinic", "cardiac visit", "cardiac appointment", "cardiac consult", "cardiac referrals"),
    "gastroenterology": ("stomach doctor", "digestive health"),
    "general medicine": (
        "gen med", "general med", "int med", "gim", "gp", "primary care", "family medicine", "family doctor", "pcp",
        "general practice", "general practitioner",
    ),
    "gynaecology": ("women's health", "womens health"),
    "endocrinology": ("diabetes clinic", "diabetes doctor"),
}  # fmt: skip
"""What people call a specialty besides the name it has in the services' list, by that name."""


OPERATIONS_OF: dict[str, tuple[str, ...]] = {
    "general": (
        "laparotomy", "perforated ulcer", "perforated bowel", "ruptured spleen", "splenectomy", "abscess",
        "bowel obstruction", "incision and drainage", "strangulated hernia", "open abdomen",
    ),
    "orthopaedics": (
        "wrist fracture", "ankle fracture", "elbow fracture", "shoulder fracture", "tib fib", "femur fracture",
        "ORIF", "open fracture", "dislocated hip",
    ),
    "gynaecology": ("ectopic", "ectopic pregnancy", "ovarian torsion", "ERPC"),
    "urology": ("testicular torsion", "scrotal exploration", "TURP", "TURBT", "nephrostomy", "ureteric stent"),
    "vascular": ("AAA", "ruptured aneurysm", "leaking aneurysm", "embolectomy", "ischaemic leg"),
    "neurosurgery": ("subdural", "extradural", "burr hole", "burr holes", "EVD"),
    "ent": ("quinsy", "tracheostomy", "trachy", "bleeding tonsil", "epistaxis"),
    "cardiothoracic": ("tamponade", "chest reopening", "resternotomy"),
}  # fmt: skip
"""Operations that staff name and the list of procedures need not hold, by the service that does them."""


def entries_of(world: Reader) -> Iterator[Entry]:
    """Every name that staff use for a thing of the hospital."""
    for names in (_places, _people, _things):
        yield from names(world)


def _places(world: Reader) -> Iterator[Entry]:
    for site in world.find(Site):
        yield Entry("site", site.id, (site.name,))
    for unit in world.find(Unit):
        yield Entry("unit", unit.id, (unit.name, *_short_unit(unit.name)), home={"site": unit.site_id})
    for room in world.find(Room, kind=In(("or", "imaging"))):
        kind = "scanner" if room.kind == "imaging" else "room"
        names = (room.name,) if kind == "scanner" else (room.name, *_other_room_names(room.name))
        yield Entry(kind, room.id, names, home={"site": room.site_id})
    for clinic in world.find(Clinic):
        yield Entry("clinic", clinic.id, (clinic.name,), home={"site": clinic.site_id, "service": clinic.service_id})
    for bed in world.find(Bed):
        yield Entry("bed", bed.label, (bed.label,), home={"site": bed.site_id, "unit": bed.unit_id})


def _people(world: Reader) -> Iterator[Entry]:
    for person in world.find(Clinician):
        yield Entry("clinician", person.id, (person.name.removeprefix("Dr. "),))
    for nurse in world.find(Staff):
        home = {"site": str(nurse.site_id), **({"unit": str(nurse.home_unit_id)} if nurse.home_unit_id else {})}
        yield Entry("staff", nurse.id, (nurse.name,), home=home)
    for case in world.find(SurgicalCase, state="requested"):
        if case.patient_id is not None and (patient := world.get(Patient, case.patient_id)) is not None:
            yield Entry("patient", patient.id, (patient.name,), home={"site": str(case.site_id)})


def _things(world: Reader) -> Iterator[Entry]:
    for service in world.find(Service):
        also = (*SPECIALTIES.get(service.name.casefold(), ()), *OPERATIONS_OF.get(service.id, ()))
        yield Entry("service", service.id, (service.name, *service.aliases), phrases=also)
    for item in world.find(Item):
        yield Entry("item", item.id, (item.id, item.name))
    for procedure in world.find(Procedure):
        yield Entry("procedure", procedure.id, (procedure.name, *procedure.aliases))
    for kind in sorted({device.kind for device in world.find(Equipment)}):
        yield Entry("equipment", kind, (kind, kind.replace("-", " ")))
    for centre in world.find(CostCentre):
        yield Entry("cost_centre", centre.id, _centre_names(centre))
    for level, words in LEVELS.items():
        yield Entry("level_of_care", level, words)


def _other_room_names(name: str) -> tuple[str, ...]:
    """`OR 4` is also room 4 and suite 4."""
    number = name.rpartition(" ")[2]
    return (f"room {number}", f"suite {number}") if number.isdigit() else ()


def _centre_names(centre: CostCentre) -> tuple[str, ...]:
    """A cost centre is named as one, or by its number: its bare name ("Cardiology") is the service's."""
    numbered = (f"cost centre {centre.id}", f"cost center {centre.id}")
    return (*numbered, *(f"{centre.name} {word}" for word in ("cost centre", "budget")), f"budget of {centre.name}")


def _short_unit(name: str) -> tuple[str, ...]:
    """`5 West` is also `5W` and `5-West`."""
    number, _, side = name.partition(" ")
    return (f"{number}{side[:1]}", f"{number}-{side}") if number.isdigit() and side else ()
