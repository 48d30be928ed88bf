"""What names nothing of other fields is about what its speaker runs: "how are we looking tonight?"."""

import re
from collections.abc import Iterable
from datetime import date

from agent.planners.embedded.date_values import Moment, When, Window
from agent.planners.embedded.lexicon import Mention
from hospital.model.people import User

_MATTERS = {
    "charge_nurse": "staffing_need", "nurse_manager": "staffing_need", "nursing_supervisor": "staffing_need",
    "cno_delegate": "staffing_need", "capacity_manager": "bed_state", "service_line_manager": "demand_vs_capacity",
    "clinic_medical_director": "demand_vs_capacity",
    "or_scheduler": "or_open_time", "or_charge": "or_open_time", "periop_director": "or_open_time",
    "supply_chain": "inventory_shortage",
}  # fmt: skip
"""Role: the matter of how things stand where that role works."""
_AHEAD = {"bed_state": "bed_need_forecast"}
"""How the same things will stand."""
_EMPTY = frozenset(
    (
        "how what where do does are is am was i we us our it its things everything all this that the a an of "
        "at for on in here to by be being going gonna get getting look looks looking like doing stand stands "
        "standing sit sitting placed set fixed off over under short tight covered ok okay alright good fine "
        "bad busy full stretched slammed swamped overwhelmed underwater drowning trouble enough room capacity "
        "still then now so and or but just really any with will would can should there me my hi hello hey "
        "morning please pls thanks today one two three four five sick call calls callout callouts outs out 1 "
        "2 3 4 5 s m re ll got have has having know tell let idea think quick check status situation picture "
        "state update rest way day night shift shifts week low missing lacking thin running anything which who"
    ).split()
)
"""Words that say nothing about what is meant."""
_STANDS = re.compile(
    r"\bhow(?:'?s|'?re| is| are| will)? (?:we|i|us|things|everything)\b|\bwhere (?:are|do) we\b|"
    r"\bhow do(?:es)? (?:we|it|things) (?:stand|look)\b|\bhow(?:'?s| is) it (?:look\w*|stand\w*)\b|"
    r"\b(?:am|are|will|do|have) (?:i|we)\b|"
    r"\bwhat(?:'?s| is| does| will) (?:it|the \w+)?\W*(?:be )?(?:look\w*|situation|picture|status)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:what|anything|where|who|which)\b.*\b(?:short|low|missing|lacking|thin|running out)\b", re.IGNORECASE
)
"""What is lacking, of which only the speaker's work says what it can be."""
_LACKS = {
    "supply_chain": "inventory_shortage", "charge_nurse": "staffing_need", "nurse_manager": "staffing_need",
    "nursing_supervisor": "staffing_need", "cno_delegate": "staffing_need",
}  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+", re.IGNORECASE)


def matter_of_speaker(
    text: str, user: User, mentions: Iterable[Mention], times: tuple[When, ...], today: date
) -> str | None:
    """How things stand where the speaker works, when that is all that is asked; `today` is where they are."""
    named = [one for one in mentions if one.kind not in ("home", "site", "unit")]
    lacks = _SHORT.search(text) is not None
    if named or not (lacks or _STANDS.search(text)):
        return None
    rest = text
    for start, end in sorted([(w.said.start, w.said.end) for w in times] + [(m.start, m.end) for m in mentions])[
        ::-1
    ]:
        rest = f"{rest[:start]} {rest[end:]}"
    if any(word.lower() not in _EMPTY for word in _WORD.findall(rest)):
        return None
    matters = _LACKS if lacks else _MATTERS
    matter = next((matter for role, matter in matters.items() if role in user.roles), None)
    later = any(when.start.date() > today if isinstance(when, Window) else isinstance(when, Moment) for when in times)
    return _AHEAD.get(matter or "", matter) if later else matter


_OF_WARDS = frozenset({"charge_nurse", "nurse_manager", "nursing_supervisor", "cno_delegate", "capacity_manager"})
_NOT_OF_WARDS = frozenset({
    "add_on_case", "book_visit", "cancel_visit", "case_show", "change_case", "clinic_earliest_slot",
    "demand_vs_capacity", "demand_forecast", "hold_slot", "imaging_slot", "inventory_shortage", "no_show_risk",
    "offer_waitlist", "or_open_time", "overbook", "predict_duration", "propose_case", "release_block",
    "reschedule_visit", "route_imaging", "schedule_case_for_patient", "template_change", "substitute_item",
})  # fmt: skip
"""Matters of operating rooms, clinics and imaging."""
_OTHER_FIELDS = frozenset({"room", "clinic", "scanner", "clinician", "case", "item", "procedure", "requisition",
                           "appointment", "equipment", "code"})  # fmt: skip
_SAYS_OTHER_FIELD = re.compile(
    r"\b(?:ORs?|theat(?:re|er)s?|clinics?|visits?|appointments?|appts?|scans?|mri|ct|x-?rays?|imaging|surger\w+|surgeons?|"
    r"surgical|operat\w+|cases?|blocks?|referrals?|lists?|slots?|sessions?|templates?|implants?|trays?|sets?|dr|doctors?|"
    r"electives?|add-?ons?|procedures?|no-?shows?|waitlist\w*|outpatients?|demand|volumes?)\b",
    re.IGNORECASE,
)


def foreign_matters(text: str, user: User, mentions: Iterable[Mention]) -> frozenset[str]:
    """The matters that somebody of the wards does not mean where nothing of them is named."""
    wards = bool(user.roles) and user.roles <= _OF_WARDS
    named = any(
        one.kind in _OTHER_FIELDS or (one.kind == "service" and not one.of("level_of_care")) for one in mentions
    )
    other = named or _SAYS_OTHER_FIELD.search(text)
    return _NOT_OF_WARDS if wards and not other else frozenset()
