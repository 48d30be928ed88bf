"""Placing a patient in a bed: what the feeds say comes first, and nothing happens on a late one."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from tools.results import Refused


def assign_bed(heard: Heard) -> Script:
    """Look at the bed; on a late feed hand it over, else ask the desk."""
    bed = heard.one("bed") or heard.one("code")
    if bed is None and heard.one("unit") is None:
        return question("Which bed, or which unit?", asks_for="bed")
    state = yield from do("query_capacity", subject="beds", bed=bed, unit=heard.one("unit"), site=heard.site())
    if state.late:
        late = Refused(kind="stale", sentence=f"Nothing can be assigned now: {'; '.join(state.late)}.")
        return (yield from settle("assign_bed", late, f"assign bed {bed or heard.one('unit')}"))
    if isinstance(state, Refused):
        return tell(state)
    result = yield from do("assign_bed", bed=bed, unit=heard.one("unit"), patient=heard.one("patient"))
    said = tell(result)
    return Say(f"{state.headline} {said.text}", kind=said.kind, cards=said.cards, asks_for=said.asks_for)
