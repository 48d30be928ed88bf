"""Placing a patient in a bed: what the feeds say comes first, and nothing happens on a late one."""

import re

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.skills.bedded import is_stay, means_somebody, patient_meant
from agent.planners.embedded.skills.wards import ward
from hospital.model.places import Unit
from tools.results import Done, Refused


def assign_bed(heard: Heard) -> Script:
    """Look at the bed; on a late feed hand it over, else ask the desk."""
    codes = heard.slots.get("code", [])
    bed = heard.one("bed") or next((code for code in codes if not is_stay(code)), None)
    patient = patient_meant(heard)
    unit = ward(heard) if bed is None else None
    if bed is None and unit is None and not (patient and heard.one("from_bed")):
        return question("Which bed, or which unit?", asks_for="bed")
    if patient is None and means_somebody(heard):
        return question(
            "Which patient? Please give the name, the record number or the stay (ENC-...).", asks_for="patient"
        )
    state = yield from do("query_capacity", subject="beds", bed=bed, unit=unit, site=heard.site())
    if state.late:
        late = Refused(kind="stale", sentence=f"Nothing can be assigned now: {'; '.join(state.late)}.")
        return (yield from settle("assign_bed", late, f"assign bed {bed or heard.one('unit')}"))
    if isinstance(state, Refused):
        return tell(state)
    result = yield from do(
        "assign_bed",
        bed=bed,
        unit=None if bed else unit,
        patient=patient,
        level=heard.one("level_of_care") if not heard.one("unit") and not patient else None,
        site=heard.site(),
    )
    if isinstance(result, Refused):
        said = yield from settle("assign_bed", result, f"assign bed {bed or heard.one('unit')}")
        return Say(f"{state.headline} {said.text}", kind=said.kind, cards=said.cards, asks_for=said.asks_for)
    return Say(result.headline, hides=("query_capacity",))


def place_waiting(heard: Heard) -> Script:
    """A bed for everybody who waits at the site, as far as there is one."""
    result = yield from do("propose_allocation", goal="beds", site=heard.site())
    if isinstance(result, Done) and result.options:
        stays = [stay for _, stay, *_ in result.facts["rows"]]
        return Say(f"{result.headline} Say which one to submit.", remember={"stays": stays})
    return (yield from settle("propose_allocation", result, "find beds for those who wait"))


def surge_beds(heard: Heard) -> Script:
    """What will be needed, then the ways to open closed beds."""
    window = heard.window()
    if "at" in heard.time and "start" not in window:
        window = {"start": heard.time["at"]}
    forecast = yield from do(
        "forecast_demand", subject="beds", site=heard.site(), level=heard.one("level_of_care"), **window
    )
    if isinstance(forecast, Refused):
        return tell(forecast)
    result = yield from do(
        "propose_allocation",
        goal="surge",
        site=heard.site(),
        post_op_level=heard.one("level_of_care"),
        beds=_beds_said(heard),
        **window,
    )
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "open closed beds"))
    submit = " Say which one to submit." if isinstance(result, Done) and result.options else ""
    return Say(f"{result.headline}{submit}", hides=("forecast_demand",))


_UP_TO = re.compile(r"\b(?:up )?to (?:all )?(?P<all>\d{1,2})\b", re.IGNORECASE)
_MOST_BEDS = 60


def _beds_said(heard: Heard) -> int | None:
    """How many beds more are wanted; "up to 26" on a unit counts those that are open already."""
    count = heard.count
    found, unit = _UP_TO.search(heard.text), heard.asked.world.get(Unit, heard.one("unit") or "")
    if found is not None and unit is not None and count == int(found["all"]):
        count -= unit.staffed_beds
    return count if count and 0 < count <= _MOST_BEDS else None
