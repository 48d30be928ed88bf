"""Why something is asked for, as it was said."""

import re

from agent.planners.embedded.heard import Heard

_BECAUSE = re.compile(r"(?:\b(?:because(?: of)?|since|due to)\b|[,:;]|\s-)\s+(.{3,200})$", re.IGNORECASE)

_ONLY_BECAUSE = re.compile(r"\b(?:because(?: of)?|since|due to)\s+(.{3,200})$", re.IGNORECASE)


def reason_of(heard: Heard, *, pauses: bool = True) -> str | None:
    """What follows "because" or a pause (a comma, a dash), or the answer to our question."""
    if heard.memory.get("asks_for") == "reason" and heard.follows:
        return heard.text.strip(" .")
    found = (_BECAUSE if pauses else _ONLY_BECAUSE).search(heard.text.strip(" .?!"))
    return found.group(1).strip() if found else None
