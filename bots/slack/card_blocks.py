"""Cards as Block Kit: the one `Card` model, drawn within Slack's limits; pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bots.slack import limits
from bots.slack.blocks import CHOOSE, ICONS, STATE_WORDS, actions, bullets, button, context, needs, section
from bots.slack.mrkdwn import cut, escape, to_mrkdwn, when
from hospital.cards import (
    Card,
    ChartCard,
    ChoicesCard,
    CitationCard,
    FreshnessCard,
    PlanCard,
    TableCard,
    TextCard,
)

Json = dict[str, Any]
SHOWN_ROWS = 40
"""Rows of a table that a chat message shows; the rest is for the page."""


def draw(cards: Iterable[Card], images: Mapping[str, str] | None = None) -> list[Json]:
    """The cards as blocks of one message; `images` are the files of uploaded charts by title."""
    drawing = _Drawing(dict(images or {}))
    blocks: list[Json] = []
    for card in cards:
        blocks += _DRAW[card.type](card, drawing)
    if len(blocks) > limits.MESSAGE_BLOCKS - 4:
        left = len(blocks) - (limits.MESSAGE_BLOCKS - 5)
        blocks = [*blocks[: limits.MESSAGE_BLOCKS - 5], context(f"{left} more parts are on the page.")]
    return blocks


class _Drawing:
    """What one message has room for: one table block."""

    def __init__(self, images: dict[str, str]) -> None:
        self.images = images
        self.tables = 0


def _text(card: TextCard, _: _Drawing) -> list[Json]:
    return [section(to_mrkdwn(part)) for part in _parts(card.text)]


def _parts(text: str) -> list[str]:
    """Paragraphs that fit into a section each."""
    parts: list[str] = []
    for paragraph in text.split("\n\n"):
        if parts and len(parts[-1]) + len(paragraph) < limits.SECTION // 2:
            parts[-1] += f"\n\n{paragraph}"
        elif paragraph.strip():
            parts.append(paragraph)
    return parts


def _table(card: TableCard, drawing: _Drawing) -> list[Json]:
    if not card.rows:
        return []
    rows = [row[: limits.TABLE_COLUMNS] for row in card.rows[:SHOWN_ROWS]]
    left = len(card.rows) - len(rows)
    note = " · ".join(part for part in (card.note, f"{left} more rows are on the page" if left else "") if part)
    head = section(f"*{escape(card.title)}*")
    drawing.tables += 1
    if drawing.tables > limits.TABLES:
        body = section(f"```{cut(_plain(card.columns, rows), limits.SECTION - 10)}```")
    else:
        numeric = [all(isinstance(row[at], int | float) for row in rows) for at in range(len(rows[0]))]
        body = {
            "type": "table",
            "column_settings": [{"align": "right" if one else "left", "is_wrapped": not one} for one in numeric],
            "rows": _fitting([card.columns[: limits.TABLE_COLUMNS], *rows]),
        }
    return [head, body, *([context(escape(note))] if note else [])]


def _fitting(rows: list[tuple[Any, ...]]) -> list[list[Json]]:
    """As many rows as Slack takes characters."""
    kept, used = [], 0
    for row in rows:
        cells = [_cell(value) for value in row]
        used += sum(len(cell) for cell in cells)
        if used > limits.TABLE_CHARACTERS:
            break
        kept.append([{"type": "raw_text", "text": cell} for cell in cells])
    return kept


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _plain(columns: Iterable[str], rows: list[tuple[Any, ...]]) -> str:
    cells = [[*columns], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells if at < len(row)) for at in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in cells)


def _chart(card: ChartCard, drawing: _Drawing) -> list[Json]:
    file = drawing.images.get(card.title)
    says = cut(f"{card.title} in {card.unit}; the table below says the same", limits.ALT_TEXT)
    image = [{"type": "image", "slack_file": {"id": file}, "alt_text": says}] if file else []
    return [*image, *_table(card.twin, drawing)]


def _plan(card: PlanCard, _: _Drawing) -> list[Json]:
    state = f"{ICONS.get(card.state, '•')} *{escape(card.title)}*\n{STATE_WORDS.get(card.state, card.state)}"
    small = [f"`{card.plan_id}`"]
    small += [f"Cost {card.cost}"] if card.cost else []
    small += [f"Open until {when(card.expires_at)}"] if card.expires_at and card.state == "awaiting" else []
    return [section(f"{state}\n{bullets(card.lines)}"), *needs(card), context(*small)]


def _citation(card: CitationCard, _: _Drawing) -> list[Json]:
    return [context(f"📖 *{escape(card.source)}*, {escape(card.section)}: {escape(cut(card.text, 600))}")]


def _choices(card: ChoicesCard, _: _Drawing) -> list[Json]:
    shown = [choice for choice in card.choices if len(choice) <= limits.BUTTON_VALUE][:10]
    row = actions(*({**button(one, f"{CHOOSE}:{at}", one)} for at, one in enumerate(shown))) if shown else None
    return [section(f"*{escape(card.question)}*"), *([row] if row else [])]


def _freshness(card: FreshnessCard, _: _Drawing) -> list[Json]:
    said = " · ".join(f"{source.upper()} {when(at)}" for source, at in sorted(card.as_of.items()))
    return [context(f"As of {said}", *(f"⚠️ {escape(late)}" for late in card.late))]


_DRAW: dict[str, Callable[[Any, _Drawing], list[Json]]] = {
    "text": _text,
    "table": _table,
    "chart": _chart,
    "plan": _plan,
    "citation": _citation,
    "choices": _choices,
    "freshness": _freshness,
}
