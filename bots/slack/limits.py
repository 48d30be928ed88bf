"""What Slack accepts of blocks, messages and views, and what is wrong with some that it would refuse.

Lengths and counts are those of Slack's reference for Block Kit, the Web API and views.
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
SECTION, FIELD, HEADER, MARKDOWN, CONTEXT = 3_000, 2_000, 150, 12_000, 3_000
BUTTON, BUTTON_VALUE, ACTION_ID, BLOCK_ID = 75, 2_000, 255, 255
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
FIELDS, ACTIONS, CONTEXT_ELEMENTS, FEEDBACK_ELEMENTS = 10, 25, 10, 5
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS, TABLES = 100, 20, 10_000, 1
TEXT, ALT_TEXT, LABEL = 40_000, 2_000, 2_000
VIEW_TITLE, PRIVATE_METADATA, CALLBACK_ID = 24, 3_000, 255
PROMPTS, OPTION, OPTION_VALUE, OPTIONS = 4, 75, 150, 100

MESSAGE_TYPES = frozenset(
    "section header divider context actions image table markdown context_actions rich_text task_card plan".split()
)
VIEW_TYPES = (MESSAGE_TYPES | {"input"}) - {"table", "context_actions", "task_card", "plan", "markdown"}
_FIELDS: dict[str, frozenset[str]] = {
    "section": frozenset(("text", "fields", "accessory", "expand")),
    "header": frozenset(("text", "level")),
    "divider": frozenset(),
    "context": frozenset(("elements",)),
    "actions": frozenset(("elements",)),
    "context_actions": frozenset(("elements",)),
    "image": frozenset(("image_url", "alt_text", "title", "slack_file")),
    "table": frozenset(("rows", "column_settings")),
    "markdown": frozenset(("text",)),
    "rich_text": frozenset(("elements",)),
    "task_card": frozenset(("task_id", "title", "details", "output", "sources", "status")),
    "plan": frozenset(("title", "tasks")),
    "input": frozenset(("label", "element", "hint", "optional", "dispatch_action")),
}
_TEXT_TYPES = ("plain_text", "mrkdwn")


def wrong_with_message(blocks: list[Json]) -> list[str]:
    """Why Slack would refuse these blocks of a message, each as a sentence; nothing when it would not."""
    found = list(_wrong(blocks, MESSAGE_BLOCKS, MESSAGE_TYPES))
    tables = sum(1 for block in blocks if isinstance(block, dict) and block.get("type") == "table")
    if tables > TABLES:
        found.append(f"{tables} tables; one message holds {TABLES}")
    return found


def wrong_with_view(view: Json) -> list[str]:
    """Why Slack would refuse this view."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [f"a view is a modal or a home, not {kind!r}"]
    found = list(_wrong(view.get("blocks") or [], VIEW_BLOCKS, VIEW_TYPES))
    for name in ("title", "submit", "close"):
        if kind == "modal" and name in view:
            found += _text(view[name], VIEW_TITLE, f"the {name}", ("plain_text",))
    if kind == "modal" and "title" not in view:
        found.append("a modal needs a title")
    if len(view.get("private_metadata") or "") > PRIVATE_METADATA:
        found.append(f"private_metadata is longer than {PRIVATE_METADATA} characters")
    if len(view.get("callback_id") or "") > CALLBACK_ID:
        found.append(f"callback_id is longer than {CALLBACK_ID} characters")
    known = {"type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "clear_on_close"}
    known |= {"notify_on_close", "external_id", "submit_disabled"}
    return [*found, *(f"a view has no field {name!r}" for name in sorted(set(view) - known))]


def _wrong(blocks: list[Json], most: int, types: frozenset[str]) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks; at most {most}"
    ids = [block.get("block_id") for block in blocks if isinstance(block, dict) and block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield "two blocks have the same block_id"
    for number, block in enumerate(blocks, 1):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in types:
            yield f"block {number} is of type {kind!r}, which does not belong here"
            continue
        where = f"block {number} ({kind})"
        for name in sorted(set(block) - _FIELDS[kind] - {"type", "block_id"}):
            yield f"{where} has no field {name!r}"
        if len(block.get("block_id") or "") > BLOCK_ID:
            yield f"{where}: block_id is longer than {BLOCK_ID} characters"
        for problem in _CHECKS[kind](block):
            yield f"{where}: {problem}"


def _text(value: Any, most: int, what: str, types: tuple[str, ...] = _TEXT_TYPES) -> list[str]:
    if not isinstance(value, dict) or value.get("type") not in types:
        return [f"{what} is no text object of {' or '.join(types)}"]
    said = value.get("text")
    if not isinstance(said, str) or not said:
        return [f"{what} is empty"]
    return [f"{what} has {len(said)} characters; at most {most}"] if len(said) > most else []


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield "it has neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], SECTION, "its text")
    fields = block.get("fields") or []
    if len(fields) > FIELDS:
        yield f"{len(fields)} fields; at most {FIELDS}"
    for one in fields:
        yield from _text(one, FIELD, "a field")
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Json) -> Iterator[str]:
    yield from _text(block.get("text"), HEADER, "its text", ("plain_text",))


def _nothing(_: Json) -> Iterator[str]:
    yield from ()


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= CONTEXT_ELEMENTS:
        yield f"{len(elements)} elements; 1 to {CONTEXT_ELEMENTS}"
    for one in elements:
        if one.get("type") != "image":
            yield from _text(one, CONTEXT, "an element")


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= ACTIONS:
        yield f"{len(elements)} elements; 1 to {ACTIONS}"
    ids = [one.get("action_id") for one in elements]
    if len(ids) != len(set(ids)):
        yield "two elements have the same action_id"
    for one in elements:
        yield from _element(one)


def _feedback(block: Json) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= FEEDBACK_ELEMENTS:
        yield f"{len(elements)} elements; 1 to {FEEDBACK_ELEMENTS}"
    for one in elements:
        if one.get("type") not in ("feedback_buttons", "icon_button"):
            yield f"an element of type {one.get('type')!r}"
        for name in ("positive_button", "negative_button"):
            if one.get("type") == "feedback_buttons":
                yield from _text(one.get(name, {}).get("text"), BUTTON, f"its {name}", ("plain_text",))


def _image(block: Json) -> Iterator[str]:
    if not block.get("image_url") and not block.get("slack_file"):
        yield "it has no image"
    if not 1 <= len(block.get("alt_text") or "") <= ALT_TEXT:
        yield f"alt_text has 1 to {ALT_TEXT} characters"


def _table(block: Json) -> Iterator[str]:
    rows = block.get("rows") or []
    if not 1 <= len(rows) <= TABLE_ROWS:
        yield f"{len(rows)} rows; 1 to {TABLE_ROWS}"
    if any(len(row) > TABLE_COLUMNS for row in rows) or len({len(row) for row in rows}) > 1:
        yield f"every row has the same number of cells, at most {TABLE_COLUMNS}"
    cells = [cell for row in rows for cell in row]
    if any(cell.get("type") not in ("raw_text", "rich_text", "raw_number") for cell in cells):
        yield "a cell is raw_text, raw_number or rich_text"
    if any(cell.get("type") == "raw_text" and not cell.get("text") for cell in cells):
        yield "a cell is empty"
    if sum(len(str(cell.get("text", ""))) for cell in cells) > TABLE_CHARACTERS:
        yield f"more than {TABLE_CHARACTERS} characters in all cells"


def _markdown(block: Json) -> Iterator[str]:
    if not 1 <= len(block.get("text") or "") <= MARKDOWN:
        yield f"its text has 1 to {MARKDOWN} characters"


def _input(block: Json) -> Iterator[str]:
    yield from _text(block.get("label"), LABEL, "its label", ("plain_text",))
    if "hint" in block:
        yield from _text(block["hint"], LABEL, "its hint", ("plain_text",))
    yield from _element(block.get("element") or {})


def _element(one: Json) -> Iterator[str]:
    kind = one.get("type")
    if len(one.get("action_id") or "") > ACTION_ID:
        yield f"action_id is longer than {ACTION_ID} characters"
    if kind == "button":
        yield from _text(one.get("text"), BUTTON, "a button's text", ("plain_text",))
        if len(one.get("value") or "") > BUTTON_VALUE:
            yield f"a button's value is longer than {BUTTON_VALUE} characters"
        if one.get("style") not in (None, "primary", "danger"):
            yield f"a button's style is {one.get('style')!r}"
        if "confirm" in one:
            yield from _confirm(one["confirm"])
    elif kind in ("static_select", "radio_buttons", "overflow", "checkboxes"):
        options = one.get("options") or []
        if not 1 <= len(options) <= OPTIONS:
            yield f"{len(options)} options; 1 to {OPTIONS}"
        for option in options:
            yield from _text(option.get("text"), OPTION, "an option")
            if len(option.get("value") or "") > OPTION_VALUE:
                yield f"an option's value is longer than {OPTION_VALUE} characters"
    elif kind not in ("plain_text_input", "number_input", "datepicker", "image"):
        yield f"an element of type {kind!r}"


def _confirm(one: Json) -> Iterator[str]:
    for name, most in CONFIRM.items():
        yield from _text(one.get(name), most, f"what is asked before a press ({name})", ("plain_text",))


_CHECKS: dict[str, Callable[[Json], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "divider": _nothing,
    "context": _context,
    "actions": _actions,
    "context_actions": _feedback,
    "image": _image,
    "table": _table,
    "markdown": _markdown,
    "rich_text": _nothing,
    "task_card": _nothing,
    "plan": _nothing,
    "input": _input,
}
