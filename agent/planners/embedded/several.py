"""Several asks in one message, each followed as if said alone, one after another, under one reply."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from agent.guard import guard
from agent.planners.embedded.asks import Piece, hinges, is_conditional, pieces_of
from agent.planners.embedded.date_follow import going_on
from agent.planners.embedded.date_values import Window
from agent.planners.embedded.follow import matter_of
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.matters import ASIDE, CHANGING, WRITES
from agent.planners.embedded.take_along import are_kin
from agent.planners.embedded.understand import zone_of
from agent.planners.embedded.walk import Walk
from agent.planners.port import Asked, Reply, ToolCalls
from tools.results import Waiting

MOST = 4
"""So many asks of one message are followed; the rest is named, to be asked again."""
_SURE, _SURE_WITH_NAMES = 0.6, 0.35
"""A part is an ask of its own from the first probability on, or from the second when it names something itself."""
_SURE_ALONE = 0.85
"""A part that names nothing of its own is one from here on."""
_FEWEST_WORDS = 3
_NO_ASK = ASIDE | {"confirm_yes", "confirm_no", "evidence_question", "other_language", "approve_in_chat"}
_TAKES_SEVERAL = frozenset({"change_case", "displace", "substitute_item", "what_if", "record_status"})
"""Matters whose own skill takes several things at once, and must see them together."""
_OF_A_VISIT = frozenset({"book_visit", "cancel_visit", "reschedule_visit", "hold_slot"})
_PLACES = ("site", "unit", "room", "clinic", "bed", "scanner")
_IN_UNITS = frozenset(
    {"bed_state", "bed_need_forecast", "staffing_need", "who_can_cover", "place_waiting", "surge_beds"}
)
_AT_SITES = _IN_UNITS | {
    "or_open_time", "schedule_show", "imaging_slot", "clinic_earliest_slot", "kpi_question", "explain_change",
    "no_show_risk", "demand_forecast", "demand_vs_capacity", "inventory_shortage", "stock_level", "propose_case",
}  # fmt: skip
_AT_TIMES = frozenset({
    "or_open_time", "schedule_show", "imaging_slot", "clinic_earliest_slot", "staffing_need", "who_can_cover",
    "bed_need_forecast", "no_show_risk", "propose_case", "demand_forecast", "demand_vs_capacity",
})  # fmt: skip
"""Questions about a day or hours to come."""
_OF_A_QUESTION = ("asks_for", "choices", "matters")

Hear = Callable[[Asked], Heard]


class Asks:
    """The asks of one turn on their way: each hears what the one before it left, so that "there" is known."""

    def __init__(self, asked: Asked, hear: Hear, on_heard: Callable[[Heard], None] | None = None) -> None:
        """`on_heard` is told what each ask was taken for, before anything is done about it."""
        self._asked = asked
        self._hear = hear
        self._on_heard = on_heard
        parts = asks_in(asked, hear)
        self._left = parts[:MOST]
        self._unread = parts[MOST:]
        self._heard: Heard | None = None
        self._walk: Walk | None = None
        self._begun = 0
        self._replies: list[_Answered] = []
        self._put_off: list[str] = []
        self._reply: Reply | None = None

    def step(self) -> ToolCalls | Reply:
        """The next calls, or the reply once every ask has its own."""
        while self._reply is None:
            if self._walk is None and not self._begin():
                self._reply = self._together()
                break
            assert self._walk is not None
            assert self._heard is not None
            self._heard.asked.results[:] = self._asked.results[self._begun :]
            wanted = self._walk.step(len(self._asked.results))
            if isinstance(wanted, ToolCalls):
                return wanted
            self._end(wanted)
        return self._reply

    def _begin(self) -> bool:
        """Take up the next ask; False when none is left."""
        while self._left:
            heard = self._next_heard(self._left.pop(0))
            if heard.intent in CHANGING | {"submit_option"} and self._waits_for_a_word():
                self._put_off.append(heard.text)
                continue
            if self._on_heard is not None:
                self._on_heard(heard)
            self._heard, self._walk, self._begun = heard, Walk(heard), len(self._asked.results)
            return True
        return False

    def _next_heard(self, text: str) -> Heard:
        before = self._heard
        if before is None:
            heard = self._hear(replace(self._asked, text=text, results=[]))
            if heard.follows or self._asked.confirmed_plan is not None:  # the question is answered: on with the rest
                self._left += self._asked.memory.get("later", [])
            return heard
        memory = _without_question(self._replies[-1].memory) if self._replies else {}
        heard = self._hear(replace(self._asked, text=text, memory=memory, results=[], confirmed_plan=None))
        inherit(heard, before)
        return heard

    def _waits_for_a_word(self) -> bool:
        """Whether a draft of this turn needs a plain yes, which must not be of two minds."""
        return any(isinstance(one, Waiting) and one.reason == "attestation" for _, one in self._asked.results)

    def _end(self, reply: Reply) -> None:
        assert self._heard is not None
        answered = _Answered(self._heard.text, reply, {call.name for call, _ in self._heard.asked.results})
        if answered.asks and any(one.asks for one in self._replies):
            self._put_off.append(answered.text)  # one question at a time
        else:
            self._replies.append(answered)
        self._walk = None

    def _together(self) -> Reply:
        replies = sorted(self._replies, key=lambda one: one.asks)  # the question comes last, so that it is answered
        if len(replies) == 1 and not (self._put_off or self._unread):
            return replies[0].reply
        told = [one.reply.text for one in replies]
        if self._put_off:
            told.append(f"After that I come to {_quoted(self._put_off)}.")
        if self._unread:
            told.append(f"I took the first {MOST} of these; please ask again for {_quoted(self._unread)}.")
        goes_on = next((one for one in replies if one.asks), replies[-1])
        based = [call for one in replies for call in one.memory.get("based", [])]
        kinds = {one.reply.kind for one in replies}
        return Reply(
            "\n\n".join(dict.fromkeys(told)),
            kind="clarify" if "clarify" in kinds else "refuse" if kinds == {"refuse"} else "answer",
            cards=tuple(card for one in replies for card in one.reply.cards),
            memory={**goes_on.memory, "based": based, "later": self._put_off},
            hides=tuple(_hidden_by_all(replies)),
        )


@dataclass(frozen=True)
class _Answered:
    """One ask with its own reply and the names of the tools it called."""

    text: str
    reply: Reply
    called: set[str]

    @property
    def memory(self) -> dict[str, Any]:
        return self.reply.memory or {}

    @property
    def asks(self) -> bool:
        return self.reply.kind == "clarify"


def asks_in(asked: Asked, hear: Hear) -> list[str]:
    """The asks of a message as they are said, in order; the whole message when it is one.

    It is cut only between two pieces each of which is a matter of its own, and never where a change could hang on
    another piece by a condition, a choice or a denial.
    """
    pieces = pieces_of(asked.text)
    if len(pieces) < 2 or is_conditional(asked.text) or asked.confirmed_plan is not None:
        return [asked.text]
    found: list[Heard] = []
    memory, said, heard = asked.memory, pieces[0], hear(replace(asked, text=pieces[0].said))
    parts: list[str] = []
    for piece in pieces[1:]:
        if _begins(said, heard):
            following = hear(replace(asked, text=piece.said, memory=matter_of(heard)))
            if _is_another(piece, following, said, heard):
                found.append(heard)
                parts.append(said.said)
                memory, said, heard = matter_of(heard), piece, following
                continue
        said = said.then(piece)
        heard = hear(replace(asked, text=said.said, memory=memory))
    found.append(heard)
    parts.append(said.said)
    changes = any(one.intent in WRITES | CHANGING for one in found)
    if (changes and hinges(asked.text)) or any(guard(part) is not None for part in parts):
        return [asked.text]
    return parts if len(parts) > 1 else [asked.text]


def _begins(said: Piece, heard: Heard) -> bool:
    """Whether what was said so far is an ask that needs nothing after it."""
    if heard.follows and not heard.is_question:
        return heard.memory.get("asks_for") is not None  # our question is answered
    if heard.intent == "confirm_no" and heard.settled:
        return True  # what is not to happen
    if not said.may_be_an_ask:
        return heard.intent == "record_status" and heard.sure(_SURE)
    if not said.asks_itself and (heard.intent in WRITES | CHANGING or not heard.sure(_SURE)):
        return False
    return _is_matter(heard)


def _is_another(piece: Piece, heard: Heard, said: Piece, before: Heard) -> bool:
    """Whether a piece is an ask of its own beside the one before it."""
    new = {one.words.casefold() for one in heard.mentions} - {one.words.casefold() for one in before.mentions}
    if before.intent == "confirm_no":
        return piece.opens and _is_matter(heard) and heard.intent not in WRITES | CHANGING
    if not said.may_be_an_ask:  # two facts told of two things, or a bed's before a question about something else
        beds_only = {one.kind for one in before.mentions} <= {"bed", "unit"} and not piece.points_back
        asks = beds_only and piece.asks_itself and heard.ranking.confidence >= _SURE
        return before.intent == "record_status" and ((heard.intent == "record_status" and bool(new)) or asks)
    if not piece.may_be_an_ask or piece.only_points or not _is_matter(heard) or before.intent == "what_if":
        return False
    own = bool(new) or bool(heard.times)
    if heard.intent == before.intent and not (piece.asks_itself and _is_like(heard, before)):
        return False  # more about the same: "180 minutes, needs a C-arm", "have we enough today"
    if heard.follows or heard.intent == before.intent:
        return own and before.intent not in _TAKES_SEVERAL and before.intent not in CHANGING - {"create_requisition"}
    if {heard.intent, before.intent} <= _OF_A_VISIT and not heard.named("patient"):
        return False  # to cancel one and book another for the same patient is to move it
    if heard.intent in CHANGING and not heard.mentions:
        return False
    if not said.asks_itself and not piece.is_linked:
        return False  # "referrals are up, do we have enough slots"
    if not own and len(piece.said.split()) < _FEWEST_WORDS:
        return False  # "and why"
    related = own or are_kin(heard.intent, before.intent)
    if not new and piece.points_back and not (said.asks_itself and related):
        return False  # "hips on Thursday, how long do they take"
    if not own:  # "who's got room?", "what is possible?": more of the same, unless it is clearly something else
        return heard.ranking.confidence >= _SURE_ALONE and not heard.settled
    return (piece.apart and piece.opens) or heard.settled or heard.ranking.confidence >= _SURE_WITH_NAMES


def _is_like(heard: Heard, before: Heard) -> bool:
    """Whether it names something of a kind, or a time, where the ask before it has its own."""
    kinds = {one.kind for one in before.mentions}
    return any(one.kind in kinds for one in heard.mentions) or bool(heard.times and before.times)


def _is_matter(heard: Heard) -> bool:
    return heard.intent not in _NO_ASK and (heard.follows or heard.settled or heard.ranking.in_scope)


def inherit(heard: Heard, before: Heard) -> None:
    """A question takes the place and the day that the ask before it in the same message named and it does not."""
    if heard.follows or heard.intent in WRITES | CHANGING:
        return
    if not heard.everywhere and not any(heard.slots.get(kind) or heard.blurred.get(kind) for kind in _PLACES):
        if heard.intent in _AT_SITES:
            heard.slots |= {"site": list(before.slots["site"])} if before.slots.get("site") else {}
            heard.everywhere = before.everywhere
        if heard.intent in _IN_UNITS and before.intent in _IN_UNITS and before.slots.get("unit"):
            heard.slots["unit"] = list(before.slots["unit"])
    over = any(isinstance(when, Window) and when.past for when in before.times)
    if heard.intent in _AT_TIMES and before.intent in _AT_TIMES | {"case_show"} and not over:
        if not heard.time:
            heard.time = {key: said for key, said in before.time.items() if key in ("day", "start", "end")}
        elif before.time:  # "and is there time after lunch": of that day
            now = heard.asked.now.astimezone(ZoneInfo(zone_of(heard.asked)))
            heard.time = going_on(heard.time, heard.text, heard.times, before.time, now)


def _without_question(memory: dict[str, Any]) -> dict[str, Any]:
    """What was spoken about, without the question that the next message, not the next ask, may answer."""
    return {key: value for key, value in memory.items() if key not in _OF_A_QUESTION}


def _hidden_by_all(replies: list[_Answered]) -> list[str]:
    """Tools whose cards no ask of the turn wants shown."""
    hidden = {name for one in replies for name in one.reply.hides}
    return [
        name for name in sorted(hidden) if all(name in one.reply.hides or name not in one.called for one in replies)
    ]


def _quoted(texts: list[str]) -> str:
    return " and ".join(f'"{text.strip(" .?!")}"' for text in texts)
