"""The ledger's doors: everything that may happen to a plan. Nothing else writes plans or votes."""

from policies.commit import commit
from policies.lifecycle import expire_due, withdraw
from policies.outcomes import Outcome, VoteOutcome
from policies.recheck import open_needs
from policies.submit import attest, keep_draft, submit
from policies.voting import vote

__all__ = [
    "Outcome",
    "VoteOutcome",
    "attest",
    "commit",
    "expire_due",
    "keep_draft",
    "open_needs",
    "submit",
    "vote",
    "withdraw",
]
