"""What governs everything else: which rules are active, and where the glass was broken."""

from hospital.entity import Entity, Time
from hospital.ids import PlanId, UserId

ACTIVE_RULES = "active_rules"
"""The setting that names the active rule set; without it the shipped one is active."""
KILL_SWITCH = "kill_switch"
"""The setting that stops all writing (`on`); `kill_switch:SITE` stops one site."""


class RuleSet(Entity):
    """Rules and their data as text, by file; `id` is the SHA-256 of it, so it can never be another."""

    files: dict[str, str]
    """`rules/NAME.cedar`, `rules/schema.cedarschema`, `data/NAME.toml`, `data/packs/NAME.toml`."""
    made_from: str
    """The rule set it was made from."""
    proposed_by: UserId
    at: Time


class BrokenGlass(Entity):
    """Somebody of a named role acted at once on a plan that waited: on this digest, with a reason, to be reviewed."""

    plan_id: PlanId
    digest: str
    user_id: UserId
    reason: str
    surface: str
    at: Time
    review: str
    """The exception by which compliance reviews it."""
