"""The ledger's doors: everything that may happen to a plan. Nothing else writes plans or votes."""

from policies.activation import propose, redecide_awaiting
from policies.commit import commit
from policies.glass import break_glass, review_glass
from policies.lifecycle import expire_due, withdraw
from policies.outcomes import Outcome, VoteOutcome
from policies.recheck import open_needs
from policies.submit import attest, keep_draft, submit
from policies.switch import turn_switch
from policies.voting import vote

__all__ = [
    "Outcome",
    "VoteOutcome",
    "attest",
    "break_glass",
    "commit",
    "expire_due",
    "keep_draft",
    "open_needs",
    "propose",
    "redecide_awaiting",
    "review_glass",
    "submit",
    "turn_switch",
    "vote",
    "withdraw",
]
