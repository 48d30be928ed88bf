"""How long operations take: every kind that the words fit, of every surgeon named."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.said_cases import operations_said
from agent.planners.embedded.script import Say, Script, do_all, question, tell
from agent.planners.embedded.skills.reads import surgeon_asked
from agent.planners.embedded.skills.unclear import which
from tools.results import Refused

_MOST = 4
"""So many operations and surgeons are told side by side."""


def predict_duration(heard: Heard) -> Script:
    """The minutes of the operations meant; "a hip" is each kind of hip there is."""
    operations = sorted(operations_said(heard))
    surgeons: list[str | None] = [*heard.slots.get("clinician", ())] or [surgeon_asked(heard)]
    unclear = heard.blurred.get("procedure", ())
    if not operations or len(operations) * len(surgeons) > _MOST:
        return (
            which("procedure", unclear[0]) if unclear else question("Which operation do you mean?", (), "procedure")
        )
    many = [{"procedure": one, "clinician": surgeon} for one in operations for surgeon in surgeons]
    results = yield from do_all("predict_duration", many)
    known = [one for one in results if not isinstance(one, Refused)]
    if not known:
        return tell(results[0])
    return Say(" ".join(tell(one).text for one in known))
