"""What a person may want to ask, by what they are, in the hospital's own names."""

from collections.abc import Mapping
from string import Formatter

from hospital.model.bookings import Procedure
from hospital.model.people import User
from hospital.model.places import Clinic, Service
from hospital.ports import Reader

Prompt = tuple[str, str]
BY_ROLE: Mapping[str, tuple[Prompt, ...]] = {
    "or_scheduler": (
        ("Room for an operation", "Find room for {procedure} on Thursday, 3 hours"),
        ("Open OR time this week", "What OR time is open this week?"),
    ),
    "or_charge": (("Today in the ORs", "How do the ORs look today?"),),
    "anaesthesia_lead": (("Today in the ORs", "How do the ORs look today?"),),
    "periop_director": (("Today in the ORs", "How do the ORs look today?"),),
    "capacity_manager": (("Free beds", "Which beds are free?"), ("Discharges", "How many beds open up by tonight?")),
    "charge_nurse": (
        ("Nurses for tonight", "How many nurses do we need tonight?"),
        ("Ask for a nurse", "Request a float nurse for tonight"),
    ),
    "nurse_manager": (("Staffing tonight", "How many nurses do we need tonight?"),),
    "nursing_supervisor": (
        ("Nurses for tonight", "How many nurses do we need tonight?"),
        ("Beds by tonight", "How many beds open up by tonight?"),
    ),
    "supply_chain": (
        ("Missing implants", "Which cases in the next 7 days lack an implant?"),
        ("What is low", "What is below its reorder point?"),
    ),
    "service_line_manager": (("Demand next week", "What is our demand next week against capacity?"),),
    "clinic_medical_director": (("Demand next week", "What is our demand next week against capacity?"),),
    "call_center_agent": (("Earliest visit", "Earliest {clinic} follow-up"),),
    "surgeon": (("My operations", "Which of my cases are scheduled this week?"),),
}
EVERYBODY: tuple[Prompt, ...] = (
    ("What waits for me", "What waits for my approval?"),
    ("My exceptions", "Which exceptions are open for me?"),
    ("The handbook", "What does the handbook say about block release?"),
)
MOST = 4


def prompts_for(world: Reader, user: User) -> list[Prompt]:
    """At most four, those of the person's roles first; one that needs a name which the hospital lacks is left out."""
    own = [prompt for role in sorted(user.roles) for prompt in BY_ROLE.get(role, ())]
    names = _names(world)
    said = [(title, asked.format_map(names)) for title, asked in (*own, *EVERYBODY) if _has(names, asked)]
    return list(dict.fromkeys(said))[:MOST]


def _names(world: Reader) -> dict[str, str]:
    """A procedure and a clinic's service of this hospital, the same every time."""
    procedures = world.values(Procedure, ("name",))
    services = {service for (service,) in world.values(Clinic, ("service_id",))}
    clinics = sorted(one.name for one in world.find(Service) if one.id in services)
    found = {"procedure": min((name for (name,) in procedures), default=""), "clinic": clinics[0] if clinics else ""}
    return {key: name.lower() for key, name in found.items() if name}


def _has(names: Mapping[str, str], asked: str) -> bool:
    return all(name in names for _, name, _, _ in Formatter().parse(asked) if name)
