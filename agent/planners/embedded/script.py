"""How a skill is written: a generator that names calls, gets their results, and returns what to say."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.planners.port import Reply
from hospital.cards import Card, ChoicesCard
from tools.results import Done, Refused, Result, Waiting


@dataclass(frozen=True)
class Do:
    """One call of a tool; arguments that are None are left out."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Say:
    """The end of a skill: the text, and what the next turn should remember."""

    text: str
    kind: str = "answer"
    cards: tuple[Card, ...] = ()
    remember: dict[str, Any] = field(default_factory=dict)
    hides: tuple[str, ...] = ()
    """Tools whose cards only led here and are not shown."""
    asks_for: str | None = None
    """The slot a question asks for, so that a bare answer resumes the matter."""


Script = Generator[tuple[Do, ...], tuple[Result, ...], Say]
Asking = Generator[tuple[Do, ...], tuple[Result, ...], Result]
AskingAll = Generator[tuple[Do, ...], tuple[Result, ...], tuple[Result, ...]]


def do(tool: str, /, **args: Any) -> Asking:
    """Make one call and get its result: `result = yield from do("query_erp", item=...)`."""
    results = yield (Do(tool, {key: value for key, value in args.items() if value is not None}),)
    return results[0]


def do_all(tool: str, /, many: Sequence[dict[str, Any]]) -> AskingAll:
    """Make the same call with each of the arguments, side by side, and get the results in that order."""
    results = yield tuple(Do(tool, {key: value for key, value in args.items() if value is not None}) for args in many)
    return results


def say_only(said: Say) -> Script:
    """A skill that calls nothing."""
    yield from ()
    return said


def question(
    text: str, choices: tuple[str, ...] = (), asks_for: str | None = None, ids: tuple[str, ...] | None = None
) -> Say:
    """One question with the choices that answer it; `ids` are what the choices stand for, if not themselves."""
    cards = (ChoicesCard(question=text, choices=choices),) if choices else ()
    means = [list(pair) for pair in zip(ids if ids is not None else choices, choices, strict=True)]
    return Say(text, kind="clarify", cards=cards, asks_for=asks_for, remember={"choices": means})


def tell(result: Result) -> Say:
    """What a result says itself."""
    match result:
        case Done() | Waiting():
            return Say(result.headline)
        case Refused(kind="missing" | "unknown" | "invalid"):
            return question(result.sentence, result.choices, result.argument)
        case Refused():
            instead = f" {result.instead[:1].upper()}{result.instead[1:]}." if result.instead else ""
            return Say(f"{result.sentence}{instead}")


OWNER_OF = {
    "create_requisition": "supply_chain",
    "request_staffing": "nursing_supervisor",
    "propose_allocation": "or_charge",
    "submit_plan": "or_charge",
    "book_appointment": "call_center_lead",
    "reschedule_appointment": "call_center_lead",
    "cancel_appointment": "call_center_lead",
    "hold_slot": "call_center_lead",
    "hold_room": "or_charge",
    "record_event": "or_charge",
    "change_case": "or_charge",
    "release_block": "periop_director",
    "request_maintenance": "or_charge",
    "substitute_item": "or_charge",
    "assign_bed": "nursing_supervisor",
}
"""Who owns a matter when whoever asked may not, or when its feed is late."""


def settle(name: str, result: Result, about: str) -> Script:
    """The end of a write: as it says, or handed to somebody when it cannot be done here."""
    if not isinstance(result, Refused) or result.kind not in ("stale", "role"):
        return tell(result)
    stale = result.kind == "stale"
    owned = yield from do(
        "hand_over",
        to_role=OWNER_OF.get(name, "nursing_supervisor"),
        about="stale feed" if stale else "needs another role",
        severity="high" if stale else "medium",
        summary=f"{about}: {result.sentence}"[:500],
    )
    said = [result.sentence]
    if stale:
        said.append(
            "I changed nothing. Follow the downtime procedure: confirm the state by hand (a call or a look) and "
            "enter it once the feed is back."
        )
    said.append(owned.sentence if isinstance(owned, Refused) else owned.headline)
    return Say(" ".join(said))


def as_reply(said: Say, memory: dict[str, Any]) -> Reply:
    """What the planner hands back."""
    return Reply(
        said.text,
        kind="clarify" if said.kind == "clarify" else "refuse" if said.kind == "refuse" else "answer",
        cards=said.cards,
        memory=memory,
        hides=said.hides,
    )
