"""Service lines, operations and what they are planned with."""

from dataclasses import dataclass

from hospital.model.bookings import Procedure
from hospital.model.places import Service
from middleware.sandbox.world.frame import World

PAYS = {"cardiology": "4500", "imaging": "4300"} | dict.fromkeys(
    ("cardiothoracic", "ambulatory", "orthopaedics", "spine", "general", "ent", "neurosurgery", "urology",
     "gynaecology", "vascular"), "4100",
)  # fmt: skip
"""The cost centre of a service; those not named are paid by nursing, which employs the clinics' staff."""
SERVICES: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("cardiothoracic", "Cardiothoracic Surgery", ("cardiac surgery", "CT surgery", "heart surgery"), 24),
    ("ambulatory", "Ambulatory Surgery", ("day surgery", "outpatient surgery"), 48),
    ("orthopaedics", "Orthopaedics", ("ortho", "orthopedics", "orthopaedic surgery"), 72),
    ("spine", "Spine Surgery", ("spinal",), 48),
    ("general", "General Surgery", ("gen surg", "general"), 48),
    ("ent", "ENT", ("ear nose and throat", "otolaryngology"), 48),
    ("neurosurgery", "Neurosurgery", ("neuro surgery",), 48),
    ("urology", "Urology", ("uro",), 48),
    ("gynaecology", "Gynaecology", ("gyn", "gynecology"), 48),
    ("vascular", "Vascular Surgery", ("vascular",), 48),
    ("cardiology", "Cardiology", ("cards", "cardio"), 48),
    ("dermatology", "Dermatology", ("derm", "skin"), 48),
    ("neurology", "Neurology", ("neuro",), 48),
    ("gastroenterology", "Gastroenterology", ("GI", "gastro"), 48),
    ("endocrinology", "Endocrinology", ("endo",), 48),
    ("medicine", "General Medicine", ("medical", "internal medicine", "med"), 48),
    ("imaging", "Imaging", ("radiology",), 48),
    ("emergency", "Emergency Medicine", ("ED",), 48),
)


@dataclass(frozen=True)
class Operation:
    """One kind of operation. `spread` is the log-scale spread of its minutes, `weight` how common it is."""

    id: str
    service: str
    name: str
    aliases: tuple[str, ...]
    minutes: int
    equipment: tuple[str, ...] = ()
    level: str = "med_surg"
    items: tuple[str, ...] = ()
    spread: float = 0.22
    weight: float = 1.0

    @property
    def bed_after(self) -> str | None:
        """The level of care after recovery, or None for a patient who goes home the same day."""
        return None if self.id in DAY_CASES else self.level


DAY_CASES = frozenset(
    "knee-arthroscopy hernia-repair cholecystectomy tonsillectomy septoplasty sinus-surgery ureteroscopy "
    "hysteroscopy fistula discectomy cataract carpal-tunnel port-placement skin-lesion".split()
)
"""Operations after which patients usually go home the same day."""

OPERATIONS: tuple[Operation, ...] = (
    Operation("total-hip", "orthopaedics", "Total hip arthroplasty", ("total hip", "hip replacement", "THA"), 120,
              ("c-arm",), "med_surg", ("STEM-2", "CUP-C"), 0.2, 2),
    Operation("revision-hip", "orthopaedics", "Revision hip arthroplasty", ("revision hip", "hip revision"), 180,
              ("c-arm", "cell-saver"), "step_down", ("STEM-9",), 0.34, 0.4),
    Operation("total-knee", "orthopaedics", "Total knee arthroplasty", ("total knee", "knee replacement", "TKA"), 110,
              (), "med_surg", ("KNEE-STD",), 0.2, 2),
    Operation("revision-knee", "orthopaedics", "Revision knee arthroplasty", ("revision knee", "knee revision"), 170,
              ("cell-saver",), "step_down", ("KNEE-REV-3",), 0.34, 0.4),
    Operation("knee-arthroscopy", "orthopaedics", "Knee arthroscopy", ("knee scope", "arthroscopy"), 60,
              ("arthroscopy-tower",), "med_surg", (), 0.25, 1.2),
    Operation("hip-fracture", "orthopaedics", "Hip fracture fixation", ("hip fracture", "hip nail"), 95,
              ("c-arm",), "med_surg", ("NAIL-H",), 0.28, 1),
    Operation("shoulder-replacement", "orthopaedics", "Shoulder arthroplasty", ("total shoulder",), 130,
              (), "med_surg", ("SHOULDER-1",), 0.25, 0.5),
    Operation("spinal-fusion", "spine", "Lumbar spinal fusion", ("spinal fusion", "lumbar fusion", "fusion"), 220,
              ("c-arm", "navigation"), "step_down", ("SCREW-P6",), 0.3),
    Operation("laminectomy", "spine", "Lumbar laminectomy", ("laminectomy", "decompression"), 120, ("microscope",)),
    Operation("discectomy", "spine", "Microdiscectomy", ("discectomy",), 90, ("microscope",)),
    Operation("cabg", "cardiothoracic", "Coronary artery bypass", ("CABG", "bypass"), 260,
              ("perfusion-pump", "cell-saver"), "icu", (), 0.2),
    Operation("valve-replacement", "cardiothoracic", "Aortic valve replacement", ("valve replacement", "AVR"), 240,
              ("perfusion-pump", "cell-saver"), "icu", ("VALVE-23",), 0.22),
    Operation("lobectomy", "cardiothoracic", "Lung lobectomy", ("lobectomy",), 180, (), "step_down", (), 0.25),
    Operation("hernia-repair", "general", "Hernia repair", ("hernia", "inguinal hernia"), 75, (), "med_surg",
              ("MESH-M",), 0.26, 2),
    Operation("appendectomy", "general", "Laparoscopic appendectomy", ("appendix", "appendicectomy", "appy"), 65,
              ("laparoscopy-tower",), "med_surg", (), 0.25),
    Operation("cholecystectomy", "general", "Laparoscopic cholecystectomy", ("gallbladder", "lap chole"), 85,
              ("laparoscopy-tower",), "med_surg", (), 0.27, 2),
    Operation("colectomy", "general", "Colectomy", ("bowel resection",), 190, ("laparoscopy-tower",), "step_down",
              ("STAPLER-60",), 0.3),
    Operation("thyroidectomy", "general", "Thyroidectomy", ("thyroid",), 120),
    Operation("tonsillectomy", "ent", "Tonsillectomy", ("tonsils",), 45, (), "med_surg", (), 0.25, 2),
    Operation("sinus-surgery", "ent", "Endoscopic sinus surgery", ("sinus surgery", "FESS"), 100, ("navigation",)),
    Operation("septoplasty", "ent", "Septoplasty", (), 75),
    Operation("craniotomy", "neurosurgery", "Craniotomy", (), 250, ("microscope", "navigation"), "icu", (), 0.3),
    Operation("shunt", "neurosurgery", "Ventricular shunt", ("VP shunt",), 95, (), "step_down", ("SHUNT-V",)),
    Operation("prostatectomy", "urology", "Robotic prostatectomy", ("prostate", "robotic prostate"), 190, ("robot",)),
    Operation("ureteroscopy", "urology", "Ureteroscopy", ("stone removal",), 60, ("c-arm",), "med_surg", (), 0.3, 2),
    Operation("nephrectomy", "urology", "Nephrectomy", ("kidney removal",), 180, ("laparoscopy-tower",)),
    Operation("hysterectomy", "gynaecology", "Hysterectomy", (), 125, ("laparoscopy-tower",)),
    Operation("myomectomy", "gynaecology", "Myomectomy", ("fibroids",), 110, ("laparoscopy-tower",)),
    Operation("hysteroscopy", "gynaecology", "Hysteroscopy", (), 40, (), "med_surg", (), 0.25, 2),
    Operation("carotid", "vascular", "Carotid endarterectomy", ("carotid",), 130, ("ultrasound",), "step_down"),
    Operation("evar", "vascular", "Endovascular aneurysm repair", ("EVAR", "aneurysm repair"), 170, ("c-arm",),
              "icu", ("GRAFT-A",), 0.3),
    Operation("fistula", "vascular", "Dialysis fistula creation", ("AV fistula", "fistula"), 80, ("ultrasound",)),
    Operation("cataract", "ambulatory", "Cataract surgery", ("cataracts",), 35, ("microscope",), "med_surg",
              ("LENS-21",), 0.2, 3),
    Operation("carpal-tunnel", "ambulatory", "Carpal tunnel release", ("carpal tunnel",), 40),
    Operation("port-placement", "ambulatory", "Port placement", ("port",), 50, ("c-arm",)),
    Operation("skin-lesion", "ambulatory", "Excision of skin lesion", ("lesion excision",), 45),
)  # fmt: skip


def build_services(world: World) -> None:
    """Services and operations."""
    world.extend(
        Service,
        (
            {"id": i, "name": n, "aliases": a, "auto_release_hours": h, "cost_centre_id": PAYS.get(i, "4200")}
            for i, n, a, h in SERVICES
        ),
    )
    world.extend(
        Procedure,
        (
            {
                "id": op.id,
                "service_id": op.service,
                "name": op.name,
                "aliases": op.aliases,
                "booked_minutes": op.minutes,
                "equipment": op.equipment,
                "post_op_level": op.bed_after,
            }
            for op in OPERATIONS
        ),
    )
