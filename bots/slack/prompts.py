"""What a person may want to ask, by what they are; pure."""

from collections.abc import Mapping

from hospital.model.people import User

Prompt = tuple[str, str]
BY_ROLE: Mapping[str, tuple[Prompt, ...]] = {
    "or_scheduler": (
        ("Room for an operation", "Find room for a total hip on Thursday, 3 hours"),
        ("Open OR time this week", "What OR time is open this week?"),
    ),
    "or_charge": (("Today in the ORs", "How do the ORs look today?"),),
    "capacity_manager": (("Free beds", "Which beds are free?"), ("Discharges", "How many beds open up by tonight?")),
    "charge_nurse": (
        ("Nurses for tonight", "How many nurses do we need tonight?"),
        ("Ask for a nurse", "Request a float nurse for tonight"),
    ),
    "nurse_manager": (("Staffing tonight", "How many nurses do we need tonight?"),),
    "supply_chain": (
        ("Missing implants", "Which cases in the next 7 days lack an implant?"),
        ("What is low", "What is below its reorder point?"),
    ),
    "service_line_manager": (("Demand next week", "What is our demand next week against capacity?"),),
    "call_center_agent": (("Earliest visit", "Earliest dermatology follow-up at Lakeside"),),
    "surgeon": (("My operations", "Which of my cases are scheduled this week?"),),
}
EVERYBODY: tuple[Prompt, ...] = (
    ("What waits for me", "What waits for my approval?"),
    ("My exceptions", "Which exceptions are open for me?"),
    ("The handbook", "What does the handbook say about block release?"),
)
MOST = 4


def prompts_for(user: User) -> list[Prompt]:
    """At most four, those of the person's roles first."""
    own = [prompt for role in sorted(user.roles) for prompt in BY_ROLE.get(role, ())]
    return list(dict.fromkeys([*own, *EVERYBODY]))[:MOST]
