"""The 26 clinics and their templates: who sits when, and which visit types a session holds in order."""

from dataclasses import dataclass

from hospital.model.places import Clinic, Room
from middleware.sandbox.world.frame import World
from middleware.sandbox.world.places import SITES
from middleware.sandbox.world.services import SERVICES


@dataclass(frozen=True)
class SlotPlan:
    """One slot of a template: minutes after midnight, length, visit type."""

    start: int
    minutes: int
    visit_type: str
    urgent: bool = False


@dataclass(frozen=True)
class ClinicPlan:
    """A clinic: how many physicians, and the weekdays on which each in turn holds a session."""

    site: str
    service: str
    clinicians: int
    weekdays: tuple[tuple[int, ...], ...]
    template: tuple[SlotPlan, ...]
    notice_hours: int = 0

    @property
    def id(self) -> str:
        """`lakeside-dermatology`."""
        return f"{self.site}-{self.service}"


_TYPES = {"n": ("new-patient", 40), "f": ("follow-up", 20), "p": ("procedure", 30), "u": ("follow-up", 20),
          "c": ("complex", 60), "s": ("same-day-complex", 60)}  # fmt: skip


def _template(morning: str, afternoon: str) -> tuple[SlotPlan, ...]:
    """From one letter per slot, the morning from 08:00 and the afternoon from 13:00; `u` is kept for urgent."""
    slots = []
    for begins, letters in ((480, morning), (780, afternoon)):
        at = begins
        for letter in letters:
            kind, minutes = _TYPES[letter]
            slots.append(SlotPlan(at, minutes, kind, letter == "u"))
            at += minutes
    return tuple(slots)


STANDARD = _template("nffnffnu", "nffpfn")
SURGICAL = _template("nfffnfffu", "nffffpf")
COMPLEX = _template("cnffns", "cnfu")
DEVICES = {"cardiology": ("ecg",)}
"""What each session of a service needs one of."""
_SPREAD = ((0, 2, 3), (1, 3), (0, 1, 4), (2, 4), (0, 3, 4), (1, 2))
_TUESDAY = ((1,),)

CLINICS: tuple[ClinicPlan, ...] = (
    ClinicPlan("northgate", "cardiology", 5, _SPREAD, STANDARD, 24),
    ClinicPlan("northgate", "orthopaedics", 5, _SPREAD, SURGICAL),
    ClinicPlan("northgate", "ent", 4, _TUESDAY, SURGICAL),
    ClinicPlan("northgate", "neurology", 3, _SPREAD, COMPLEX, 72),
    ClinicPlan("northgate", "dermatology", 4, _SPREAD, STANDARD),
    ClinicPlan("northgate", "medicine", 6, _SPREAD, STANDARD),
    ClinicPlan("northgate", "urology", 3, _SPREAD, SURGICAL),
    ClinicPlan("northgate", "gastroenterology", 4, _SPREAD, STANDARD, 48),
    ClinicPlan("lakeside", "dermatology", 4, _SPREAD, STANDARD),
    ClinicPlan("lakeside", "cardiology", 4, _SPREAD, STANDARD, 24),
    ClinicPlan("lakeside", "orthopaedics", 4, _SPREAD, SURGICAL),
    ClinicPlan("lakeside", "gynaecology", 4, _SPREAD, STANDARD),
    ClinicPlan("lakeside", "medicine", 5, _SPREAD, STANDARD),
    ClinicPlan("lakeside", "endocrinology", 3, _SPREAD, STANDARD),
    ClinicPlan("riverside", "neurology", 4, _SPREAD, COMPLEX, 72),
    ClinicPlan("riverside", "ent", 4, _TUESDAY, SURGICAL),
    ClinicPlan("riverside", "orthopaedics", 4, _SPREAD, SURGICAL),
    ClinicPlan("riverside", "cardiology", 3, _SPREAD, STANDARD, 24),
    ClinicPlan("riverside", "medicine", 5, _SPREAD, STANDARD),
    ClinicPlan("harbor", "dermatology", 3, _SPREAD, STANDARD),
    ClinicPlan("harbor", "medicine", 4, _SPREAD, STANDARD),
    ClinicPlan("harbor", "urology", 2, _SPREAD, SURGICAL),
    ClinicPlan("harbor", "cardiology", 2, _SPREAD, STANDARD, 24),
    ClinicPlan("eastfield", "medicine", 4, _SPREAD, STANDARD),
    ClinicPlan("eastfield", "orthopaedics", 3, _SPREAD, SURGICAL),
    ClinicPlan("eastfield", "gynaecology", 3, _SPREAD, STANDARD),
)


def sessions_a_week(plan: ClinicPlan) -> int:
    """Sessions in a week without holidays."""
    return sum(len(plan.weekdays[number % len(plan.weekdays)]) for number in range(plan.clinicians))


def build_clinics(world: World) -> None:
    """Clinics and their rooms, one room per physician."""
    sites = {site.id: site.name for site in SITES}
    services = {id: name for id, name, _, _ in SERVICES}
    for plan in CLINICS:
        kinds = tuple(dict.fromkeys(slot.visit_type for slot in plan.template))
        name = f"{sites[plan.site]} {services[plan.service]}"
        world.add(
            Clinic,
            {
                "id": plan.id,
                "site_id": plan.site,
                "service_id": plan.service,
                "name": name,
                "visit_types": kinds,
                "backfill_notice_hours": plan.notice_hours,
                "complex_visit_types": tuple(kind for kind in kinds if kind == "complex"),
                "session_equipment": DEVICES.get(plan.service, ()),
                "same_day_visit_types": tuple(kind for kind in kinds if kind == "same-day-complex"),
            },
        )
        world.extend(
            Room,
            (
                {
                    "id": f"{plan.id}-room-{number}",
                    "site_id": plan.site,
                    "name": f"{name} room {number}",
                    "kind": "clinic",
                    "clinic_id": plan.id,
                }
                for number in range(1, plan.clinicians + 1)
            ),
        )
