"""A turn as an endpoint reads it: instructions, history, the message, the calls made and what came of them."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from agent.planners.port import Asked, Call
from hospital.model.places import Site
from hospital.ports import Reader
from tools.results import Refused, Result
from tools.tool import Tool

INSTRUCTIONS = (Path(__file__).parent / "prompt.txt").read_text(encoding="utf-8").strip()
ASK_USER = "ask_user"
"""A tool that exists only between planner and model: it becomes a question and never reaches the desk."""
LETTERS_PER_TOKEN = 4
"""A usual estimate for English; tokenizers differ per model, so the budget is kept with room to spare."""
_LONGEST_RESULT = 8000
_ROUND = re.compile(r"model-(\d+)-\d+")


@dataclass(frozen=True)
class Message:
    """One message before it is disguised and serialised. `typed`: a person wrote it."""

    role: str
    content: Any
    typed: bool = False
    calls: tuple[Call, ...] = ()
    call_id: str = ""

    @property
    def said(self) -> Any:
        """Everything in it that may name a patient."""
        return [self.content, [call.args for call in self.calls]]


def call_id(asked: Asked, number: int) -> str:
    """The id of the call at this place of the next round: calls of one round are told together."""
    rounds = {found[1] for call, _ in asked.results if (found := _ROUND.fullmatch(call.id))}
    return f"model-{len(rounds)}-{number}"


def instructions(asked: Asked) -> str:
    """Who the model is, and the time, roles and home of whoever asks. Never names a person."""
    home = asked.user.home
    lines = [
        INSTRUCTIONS,
        "",
        f"Now: {_now(asked)}",
        f"Roles of the person asking: {', '.join(sorted(asked.user.roles)) or 'none'}",
        "Home of the person asking: " + (", ".join(f"{k} {v}" for k, v in home if v is not None) or "none"),
    ]
    if asked.confirmed_plan is not None:
        lines.append(
            f"The person has just said yes to the plan {asked.confirmed_plan} shown in the turn before: carry it on "
            "with the tool that drafted it (argument confirms) or with submit_plan."
        )
    return "\n".join(lines)


def turn_messages(asked: Asked) -> list[Message]:
    """The message of this turn, what was called for it, and why the last reply was sent back, if it was."""
    limit = max(1000, _LONGEST_RESULT // max(1, len(asked.results) // 4))
    messages = [Message("user", asked.text, typed=True)]
    for _, group in groupby(asked.results, key=lambda pair: _round_of(pair[0])):
        pairs = list(group)
        messages.append(Message("assistant", None, typed=True, calls=tuple(call for call, _ in pairs)))
        messages += [Message("tool", bounded(told(result), limit), call_id=call.id) for call, result in pairs]
    if asked.retry_note:
        messages.append(Message("user", f"Your last reply was not shown. {asked.retry_note}", typed=True))
    return messages


def history_messages(asked: Asked, letters: int) -> list[Message]:
    """As many earlier turns as fit, the latest ones, oldest first."""
    kept: list[Message] = []
    for text, reply in reversed(asked.history):
        letters -= len(text) + len(reply)
        if letters < 0:
            break
        kept = [Message("user", text, typed=True), Message("assistant", reply), *kept]
    return kept


def told(result: Result) -> dict[str, Any]:
    """What a model is told of a result: the sentence, the facts, and what stands or waits."""
    if isinstance(result, Refused):
        fields = {"refused": result.kind, "reason": result.sentence, "instead": result.instead}
        return _filled({**fields, "choices": result.choices, "argument": result.argument, "late": result.late})
    plans = [result.plan] if result.plan else []
    options = getattr(result, "options", ())
    return _filled(
        {
            "status": result.status,
            "headline": result.headline,
            "facts": result.facts,
            "plan": [{"id": plan.id, "state": plan.state, "lines": plan.snapshot} for plan in plans],
            "options": [
                {"rank": rank, "plan": option.id, "lines": option.snapshot, "cost_cents": option.cost}
                for rank, option in enumerate(options, start=1)
            ],
            "sources": [{"page": c.source, "section": c.section, "text": c.text} for c in result.citations],
            "late": result.late,
        }
    )


def bounded(value: dict[str, Any], letters: int) -> dict[str, Any]:
    """The same value, long lists and texts cut until it fits; what was cut is said."""
    for most in (50, 20, 10, 5, 2, 1):
        cut = _cut(value, most, most * 100)
        if len(_dump(cut)) <= letters:
            return dict(cut)
    return {"headline": str(value.get("headline", value.get("reason", "")))[:letters], "facts": "too long to show"}


def serialised(messages: Iterable[Message], hide: Callable[[Any, bool], Any]) -> list[dict[str, Any]]:
    """The messages in the endpoint's own form, everything in them disguised by `hide`."""
    return [_serialised(message, hide) for message in messages]


def tool_schemas(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """The tools in the endpoint's own form; a tool's docstring is its description."""
    known = [_schema(tool.name, tool.description, tool.arguments.model_json_schema()) for tool in tools]
    question = {
        "type": "object",
        "properties": {
            "question": {"type": "string", "description": "One short question"},
            "choices": {"type": "array", "items": {"type": "string"}, "description": "Answers to choose from"},
        },
        "required": ["question"],
    }
    return [*known, _schema(ASK_USER, "Ask the person for a value that is missing or ambiguous.", question)]


def letters_of(value: Any) -> int:
    """How long a value is once written out."""
    return len(_dump(value))


def _serialised(message: Message, hide: Callable[[Any, bool], Any]) -> dict[str, Any]:
    content = hide(message.content, message.typed)
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": _dump(content)}
    if not message.calls:
        return {"role": message.role, "content": content}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": _dump(hide(call.args, message.typed))},
        }
        for call in message.calls
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _schema(name: str, description: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _now(asked: Asked) -> str:
    site = _home_site(asked.world, asked.user.home.site_id)
    local = site.local(asked.now) if site else asked.now
    zone = f" ({site.timezone}, {site.name})" if site else ""
    return f"{local.isoformat(timespec='minutes')}, {local:%A}{zone}"


def _home_site(world: Reader, site_id: str | None) -> Site | None:
    if site_id is not None:
        return world.get(Site, site_id)
    sites = world.find(Site, order="id", limit=1)
    return sites[0] if sites else None


def _round_of(call: Call) -> str:
    found = _ROUND.fullmatch(call.id)
    return found[1] if found else call.id


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", (), [], {})}


def _cut(value: Any, most: int, letters: int) -> Any:
    if isinstance(value, dict):
        return {name: _cut(item, most, letters) for name, item in value.items()}
    if isinstance(value, list | tuple):
        rest = len(value) - most
        return [*(_cut(item, most, letters) for item in value[:most]), *([f"and {rest} more"] if rest > 0 else [])]
    if isinstance(value, str) and len(value) > letters:
        return f"{value[:letters]} (cut)"
    return value


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
