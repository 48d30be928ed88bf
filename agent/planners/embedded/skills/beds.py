"""Placing a patient in a bed: what the feeds say comes first, and nothing happens on a late one."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from agent.planners.embedded.take_along import points_at_patient
from tools.results import Done, Refused


def assign_bed(heard: Heard) -> Script:
    """Look at the bed; on a late feed hand it over, else ask the desk."""
    bed = heard.one("bed") or heard.one("code")
    if bed is None and heard.one("unit") is None:
        return question("Which bed, or which unit?", asks_for="bed")
    if points_at_patient(heard):
        return question("Which patient? Please give the name or the record number.", asks_for="patient")
    state = yield from do("query_capacity", subject="beds", bed=bed, unit=heard.one("unit"), site=heard.site())
    if state.late:
        late = Refused(kind="stale", sentence=f"Nothing can be assigned now: {'; '.join(state.late)}.")
        return (yield from settle("assign_bed", late, f"assign bed {bed or heard.one('unit')}"))
    if isinstance(state, Refused):
        return tell(state)
    result = yield from do(
        "assign_bed",
        bed=bed,
        unit=None if bed else heard.one("unit"),
        patient=heard.one("patient"),
        level=heard.one("level_of_care") if not heard.one("unit") else None,
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
        return Say(f"{result.headline} Say which one to submit.")
    return (yield from settle("propose_allocation", result, "find beds for those who wait"))


def surge_beds(heard: Heard) -> Script:
    """What will be needed, then the ways to open closed beds."""
    window = heard.window()
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
        beds=heard.count if heard.count and 0 < heard.count <= 60 else None,
        **window,
    )
    if isinstance(result, Refused):
        return (yield from settle("propose_allocation", result, "open closed beds"))
    submit = " Say which one to submit." if isinstance(result, Done) and result.options else ""
    return Say(f"{result.headline}{submit}", hides=("forecast_demand",))
