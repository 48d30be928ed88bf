"""One skill on its way through a turn: whether to ask back first, its calls, what it says and what is remembered."""

from typing import Any

from agent.planners.embedded.deeds import says_deed
from agent.planners.embedded.follow import PATIENCE, matter_of
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.matters import CHANGING
from agent.planners.embedded.script import Do, Say, Script, as_reply, say_only
from agent.planners.embedded.skills.reads import READS
from agent.planners.embedded.skills.table import SKILLS, ask_which
from agent.planners.embedded.skills.unclear import ask_first
from agent.planners.port import Call, Reply, ToolCalls
from tools.results import Done, Waiting

MOST_READS = 3
"""So many reads of an answer are kept, to be told when somebody asks what it rests on."""
SURE_TO_CHANGE = 0.85
SURE_TO_ASK_BACK = 0.75
ASKS_BACK = frozenset({"cancel_visit", "reschedule_visit"})
"""Matters of which only a draft is shown before the speaker's own yes: these need less."""
SURE_OF_DEED, FAR_AHEAD = 0.6, 0.35
"""A change that no verb of doing asks for needs the first probability; one that is asked for needs the second, or a
lead of the third."""
FAIRLY_SURE = 0.7
"""Below this probability it is asked which matter is meant: in words nobody here wrote, half are another one."""
FAIRLY_SURE_TO_LOOK = 0.6
"""What only looks something up needs less: nothing comes of it, and of those that sure four in five are meant."""
LOOKS = frozenset(READS) | {"clinic_earliest_slot", "kpi_question", "no_show_risk", "policy_why"}
"""Matters of which only something looked up is told."""
ALIKE = (
    frozenset({"demand_forecast", "demand_vs_capacity"}),
    frozenset({"bed_state", "bed_need_forecast", "place_waiting", "surge_beds"}),
    frozenset({"staffing_need", "who_can_cover", "what_if"}),
    frozenset({"stock_level", "inventory_shortage", "erp_status"}),
)
"""Matters that change nothing and whose answers tell much the same: it is not asked which of them is meant ..."""
_LEAST_OF_KIN = 0.4
"""... unless the likeliest is less probable than this."""
MATTER = ("intent", "slots", "time", "everywhere", "count", "text", "offered", "unclear", "other_case", "figure")


class Walk:
    """One skill on its way through a turn."""

    def __init__(self, heard: Heard) -> None:
        """What it does follows from what was heard."""
        self._heard = heard
        self._script = _skill(heard)
        self._waiting_for: list[str] = []
        self._said: Say | None = None

    def step(self, made: int) -> ToolCalls | Reply:
        """Hand the results in and take what comes next; `made` calls were made in the turn so far."""
        asked = self._heard.asked
        if self._said is None:
            try:
                if self._waiting_for:
                    wanted = self._script.send(tuple(asked.result_of(id) for id in self._waiting_for))
                else:
                    wanted = next(self._script)
            except StopIteration as end:
                self._said = end.value
            else:
                return self._calls(wanted, made)
        assert self._said is not None
        return as_reply(self._said, _memory(self._heard, self._said))

    def _calls(self, wanted: tuple[Do, ...], made: int) -> ToolCalls:
        calls = tuple(Call(f"c{made + n}", one.name, one.args) for n, one in enumerate(wanted, start=1))
        self._waiting_for = [call.id for call in calls]
        return ToolCalls(calls)


def _skill(heard: Heard) -> Script:
    if heard.asked.confirmed_plan is not None:
        return SKILLS["confirm_yes"](heard)
    if not heard.follows and _is_doubtful(heard):
        return ask_which(heard)
    if (asked := ask_first(heard)) is not None:
        return say_only(asked)
    return SKILLS[heard.intent](heard)


def _is_doubtful(heard: Heard) -> bool:
    """Whether to ask which matter is meant: two are about as likely, or something would change on a mere likeness."""
    if heard.settled or heard.intent != heard.ranking.best:
        return False
    sure, lead = heard.ranking.confidence, heard.ranking.margin
    if heard.intent in CHANGING and sure < (SURE_TO_ASK_BACK if heard.intent in ASKS_BACK else SURE_TO_CHANGE):
        return not says_deed(heard.text) or (sure < SURE_OF_DEED and lead < FAR_AHEAD)
    kin = next((family for family in ALIKE if heard.intent in family), frozenset())
    together = sure + sum(chance for name, chance in heard.ranking.intents[1:] if name in kin)
    return together < (FAIRLY_SURE_TO_LOOK if heard.intent in LOOKS else FAIRLY_SURE) or sure < _LEAST_OF_KIN


SMALL_TALK = (
    "thanks", "greeting", "help", "policy_why", "list_approvals", "confirm_no", "handbook_question", "out_of_scope",
    "evidence_question",
)  # fmt: skip
"""Matters after which a follow-up goes on with the matter before them."""


def _memory(heard: Heard, said: Say) -> dict[str, Any]:
    """What the next turn may go on with: the matter, its options and last plan, and a question left open."""
    earlier = dict(heard.memory)
    options = [plan.id for _, r in heard.asked.results if isinstance(r, Done) for plan in r.options]
    looked = any(call.name == "propose_allocation" for call, _ in heard.asked.results)
    plans = [r.plan.id for _, r in heard.asked.results if isinstance(r, Done | Waiting) and r.plan]
    based = [
        [call.name, call.args]
        for call, result in heard.asked.results
        if isinstance(result, Done)
        and call.name in heard.asked.tools
        and heard.asked.tools[call.name].effect == "read"
    ]
    aside = heard.intent in SMALL_TALK and bool(earlier.get("intent")) and not _asks(said)
    kept = {key: earlier.get(key) for key in MATTER} if aside else matter_of(heard)
    held = (earlier.get("slots") or {}).get("slot")
    if held and heard.intent in SMALL_TALK:
        kept["slots"] = {"slot": held, **(kept.get("slots") or {})}  # what was held is still what "book it" means
    return {
        **kept,
        "options": options if looked else options or earlier.get("options", []),
        "plan": plans[-1] if plans else None if options else earlier.get("plan"),
        "based": based[:MOST_READS] or earlier.get("based", []),
        "asks_for": said.asks_for,
        "choices": [],
        "matters": [],
        "open": _left_open(heard, said, earlier),
        **said.remember,
    }


def _asks(said: Say) -> bool:
    """Whether it asks for a slot, or which of several matters is meant."""
    return said.asks_for is not None or bool(said.remember.get("matters"))


def _left_open(heard: Heard, said: Say, earlier: dict[str, Any]) -> dict[str, Any] | None:
    """The question that this turn did not answer: it may still be answered after a digression."""
    if said.asks_for is not None or heard.follows:
        return None
    if earlier.get("asks_for"):
        return {**{key: earlier.get(key) for key in (*MATTER, "asks_for", "choices")}, "turns": 1}
    still: dict[str, Any] | None = earlier.get("open")
    return {**still, "turns": still["turns"] + 1} if still and still["turns"] < PATIENCE else None
