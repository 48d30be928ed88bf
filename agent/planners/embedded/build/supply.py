"""Supply: what is ordered, lacks, or stands in for something else."""

import re

from agent.planners.embedded.build.said import Said

_ABOUT_ITEMS = frozenset({"stock_level", "inventory_shortage", "erp_status", "propose_case"})
_ORDER = re.compile(
    r"\b(?:order(?:ed)?|reorder(?:ed)?|buy|purchase|requisition)\b(?! (?:status|number|came|arrived))", re.IGNORECASE
)
_INSTEAD = re.compile(
    r"\b(?:equivalents?|alternatives?|substitut\w+|interchangeable|comparable|in (?:its|their) place|"
    r"instead of|in place of|stand[- ]in|replac\w+ (?:it|them|that|those) (?:with|by))\b",
    re.IGNORECASE,
)


def supply(said: Said) -> str | None:
    """What the words of ordering, and a case or request named beside an item, decide."""
    if "requisition" in said.kinds and said.best == "list_approvals":
        return "erp_status"  # its state tells for whom it waits
    if {"case", "item"} <= said.kinds and said.best == "stock_level":
        return "inventory_shortage"  # whether the case has what it needs, not how many there are
    if "item" not in said.kinds or said.best not in _ABOUT_ITEMS:
        return None
    if "create_requisition" in said.likely and _ORDER.search(said.text) and not said.asks:
        return "create_requisition"
    near = {name for name, _ in said.ranking.intents[:6]}
    return "substitute_item" if "substitute_item" in near and _INSTEAD.search(said.text) else None
