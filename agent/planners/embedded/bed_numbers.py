"""A bed said by its number alone: the twelfth of the unit named, or of the speaker's own, or it is asked about."""

import re
from collections.abc import Collection

from agent.planners.embedded.lexicon import Lexicon, Mention
from hospital.model.people import User

_NUMBER = re.compile(r"\bbed\s*(?:no\.?|nr\.?|number|#)?\s*(\d{1,2})$", re.IGNORECASE)


def beds_called(mention: Mention, units: Collection[str], user: User, lexicon: Lexicon) -> tuple[str, ...]:
    """The beds that a bare number may mean, by label: one of the units named, else of the speaker's unit, else
    those of the speaker's site with that number; none for words that are no bed with a short number."""
    found = _NUMBER.search(mention.words)
    if found is None:
        return ()
    number, home = int(found[1]), user.home
    for scope, places in (
        ("unit", units),
        ("unit", {home.unit_id} if home.unit_id else ()),
        ("site", {home.site_id}),
    ):
        beds = [
            entry.id
            for entry in lexicon.entries("bed")
            if entry.home.get(scope) in places and _is_number(entry.id, number)
        ]
        if beds or (places and scope == "unit"):
            return tuple(dict.fromkeys(beds))
    return ()


def _is_number(label: str, number: int) -> bool:
    """ "5-112" and "ICU-12" are both the twelfth; the first digit of three is the wing."""
    digits = label.rpartition("-")[2]
    return digits.isdigit() and (int(digits[1:]) if len(digits) == 3 else int(digits)) == number
