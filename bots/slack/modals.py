"""The modals: why not, what instead, all of it, and what became of it; pure."""

from collections.abc import Mapping
from typing import Any

from bots.plan_sheet import PlanSheet, RowSheet
from bots.slack.approval import Standing, approval_blocks, value_of
from bots.slack.blocks import lists, section
from bots.slack.mrkdwn import cut, escape, when
from policies.plans import Plan
from tools.tool import Tool

Json = dict[str, Any]
REJECT_VIEW, EDIT_VIEW = "reject_plan", "edit_plan"
MOST_FIELDS = 12
LABELS = {"int": "a whole number", "float": "a number"}


def modal(title: str, blocks: list[Json], *, submit: str = "", callback: str = "", private: str = "") -> Json:
    """A modal within Slack's limits."""
    view: Json = {
        "type": "modal",
        "title": {"type": "plain_text", "text": cut(title, 24)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks[:100],
    }
    if submit:
        view["submit"] = {"type": "plain_text", "text": cut(submit, 24)}
        view |= {"callback_id": callback, "private_metadata": private}
    return view


def reject_view(standing: Standing) -> Json:
    """Why not? The asker reads it."""
    blocks = [
        section(f"*{escape(standing.card.title)}*\nIt ends for everybody, and whoever asked is told why."),
        _input("reason", "Why do you reject it?", {"type": "plain_text_input", "multiline": True, "max_length": 400}),
    ]
    return modal("Reject this plan", blocks, submit="Reject", callback=REJECT_VIEW, private=value_of(standing.card))


def edit_view(standing: Standing, plan: Plan, tool: Tool) -> Json:
    """What was asked for, to be changed: another plan that the others decide on."""
    assert plan.made_by is not None
    fields = [
        _input(f"arg:{name}", _label(name), _element(name, tool, value), optional=True)
        for name, value in list(plan.made_by.args.items())[:MOST_FIELDS]
        if isinstance(value, str | int | float | bool)
    ]
    head = section(
        f"*{escape(standing.card.title)}*\nThis makes a new plan. All votes on this one are void, the difference is "
        "shown, and you do not vote on it: who changes it does not approve it."
    )
    return modal("Change this plan", [head, *fields], submit="Ask for this", callback=EDIT_VIEW,
                 private=value_of(standing.card))  # fmt: skip


def details_view(standing: Standing, sheet: PlanSheet, why: tuple[str, ...]) -> Json:
    """All of a plan: every line, each row before and after, what decided, which rule asks whom, what happened."""
    blocks = [block for block in approval_blocks(standing, whole=True) if block["type"] != "actions"]
    if sheet.changed_since:
        blocks += lists("⚠️ The hospital has changed since", sheet.changed_since)
    if sheet.rows:
        blocks += lists("Before and after", (said for row in sheet.rows for said in _row(row)))
    if limits := (*(f"binds: {said}" for said in sheet.binding), *sheet.slack, *sheet.why_not):
        blocks += lists("What decided", limits)
    if why:
        blocks += lists("Which rule asks whom", why)
    happened = [f"• {when(one.at)} · {escape(one.who)}: {escape(cut(one.why, 250))}" for one in sheet.history[-8:]]
    blocks = blocks[:99] if happened else blocks
    return modal("Details", [*blocks, *([section("\n".join(["*What happened*", *happened]))] if happened else [])])


def _row(row: RowSheet) -> list[str]:
    """`**surgical case CASE-402** room: OR 4 → OR 12`; a new one with what it says."""
    if row.new:
        return [f"**{row.what}** (new) " + ", ".join(f"{one.field}: {one.after}" for one in row.fields)]
    return [f"**{row.what}** {one.field}: {one.before or '–'} → {one.after}" for one in row.fields]


def outcome_view(title: str, sentence: str) -> Json:
    """What became of a submitted form."""
    return modal(title, [section(escape(sentence))])


WORKING = outcome_view("One moment", "It is being looked at…")
"""What is shown until the outcome is known."""


def changes_in(state: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """What a person changed in the form, as arguments of the call."""
    assert plan.made_by is not None
    changed: dict[str, Any] = {}
    for block, actions in (state.get("values") or {}).items():
        if not block.startswith("arg:"):
            continue
        name = block.removeprefix("arg:")
        filled: Json = next(iter(actions.values()), {})
        said = filled.get("value")
        before = plan.made_by.args.get(name)
        if said is None or str(said).strip() == "":
            changed[name] = None
        elif str(said) != str(before):
            changed[name] = _typed(str(said).strip(), before)
    return changed


def _typed(said: str, before: Any) -> Any:
    """In the type it had; the tool itself refuses what does not fit."""
    if isinstance(before, bool):
        return said.lower() in ("yes", "true", "1")
    if isinstance(before, int) and said.lstrip("-").isdigit():
        return int(said)
    return said


def _element(name: str, tool: Tool, value: Any) -> Json:
    number = isinstance(value, int) and not isinstance(value, bool)
    element: Json = {"type": "number_input" if number else "plain_text_input", "initial_value": str(value)}
    if number:
        element["is_decimal_allowed"] = False
    return element


def _input(block_id: str, label: str, element: Json, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": {"type": "plain_text", "text": cut(label, 200)},
        "element": {"action_id": "value", **element},
    }


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
