"""Physicians: surgeons, anaesthesiologists and clinic physicians."""

from hospital.model.people import Clinician
from middleware.sandbox.world.clinic_plans import CLINICS
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.names import FIRST, LAST
from middleware.sandbox.world.places import SITES

NAMED_SURGEONS: tuple[tuple[str, str, str], ...] = (
    ("adeyemi", "Dr. Tunde Adeyemi", "cardiothoracic"),
    ("varga", "Dr. Elena Varga", "orthopaedics"),
    ("lund", "Dr. Henrik Lund", "orthopaedics"),
    ("petrov", "Dr. Nikolai Petrov", "orthopaedics"),
    ("osei", "Dr. Kwame Osei", "spine"),
    ("marchetti", "Dr. Giulia Marchetti", "general"),
)
SURGEONS: dict[str, int] = {
    "orthopaedics": 16, "general": 20, "gynaecology": 12, "urology": 9, "ent": 9, "ambulatory": 10, "spine": 5,
    "neurosurgery": 4, "vascular": 3, "cardiothoracic": 3,
}  # fmt: skip
"""Surgeons per service beside the named ones: about 90."""
ANAESTHESIOLOGISTS = {"northgate": 9, "lakeside": 6, "riverside": 6, "harbor": 5, "eastfield": 5}


def build_clinicians(frame: Frame, world: World) -> None:
    """All physicians; each last name belongs to one of them, so that "Dr. Name" is clear."""
    rng = frame.rng("clinicians")
    lasts = iter(rng.permutation(LAST).tolist())
    firsts = iter(rng.choice(FIRST, 400).tolist())

    def person(prefix: str, role: str, service: str, sites: tuple[str, ...]) -> Row:
        last = next(lasts)
        return {
            "id": f"{prefix}.{last.casefold()}",
            "name": f"Dr. {next(firsts)} {last}",
            "role": role,
            "service_id": service,
            "site_ids": sites,
        }

    for short, name, service in NAMED_SURGEONS:
        world.add(
            Clinician,
            {
                "id": f"surgeon.{short}",
                "name": name,
                "role": "surgeon",
                "service_id": service,
                "site_ids": ("northgate",),
                "user_id": f"surgeon.{short}",
            },
        )
    for service, count in SURGEONS.items():
        sites = [site.id for site in SITES for room in site.rooms if room == service]
        for number in range(count):
            here = sites[number % len(sites)]
            also = sites[(number + 1) % len(sites)]
            both = (here, also) if number % 5 == 4 and also != here else (here,)
            world.add(Clinician, person("surgeon", "surgeon", service, both))
    for site, count in ANAESTHESIOLOGISTS.items():
        world.extend(
            Clinician,
            (person("anaesthesiologist", "anaesthesiologist", "general", (site,)) for _ in range(count)),
        )
    for clinic in CLINICS:
        world.extend(
            Clinician,
            (person("physician", "physician", clinic.service, (clinic.site,)) for _ in range(clinic.clinicians)),
        )
