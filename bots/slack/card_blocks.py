"""Cards as Block Kit: the one `Card` model, drawn within Slack's limits; pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bots.slack import limits
from bots.slack.blocks import (
    CHOOSE,
    ICONS,
    MOST_SECTIONS,
    STATE_WORDS,
    actions,
    button,
    context,
    lists,
    needs,
    section,
)
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
LINE = 76
"""Letters that fit beside each other in a message where every letter is as wide as the next."""
SHORT = 30
"""Letters of a cell that stay on one line."""
SHOWN_ROWS = 40
"""Rows of a table that a chat message shows; the rest is for the page."""


def draw(cards: Iterable[Card], images: Mapping[str, str] | None = None) -> list[Json]:
    """The cards as blocks of one message; `images` are the files of uploaded charts by title."""
    cards = list(cards)
    drawing = _Drawing(dict(images or {}), _widest(cards))
    blocks: list[Json] = []
    for card in cards:
        blocks += _DRAW[card.type](card, drawing)
    if len(blocks) > limits.MESSAGE_BLOCKS - 4:
        left = len(blocks) - (limits.MESSAGE_BLOCKS - 5)
        blocks = [*blocks[: limits.MESSAGE_BLOCKS - 5], context(f"{left} more parts are on the page.")]
    return blocks


class _Drawing:
    """What one message has room for: one table block, for the table that needs it most."""

    def __init__(self, images: dict[str, str], as_block: TableCard | None) -> None:
        self.images = images
        self.as_block = as_block


def _widest(cards: list[Card]) -> TableCard | None:
    tables = [card.twin if isinstance(card, ChartCard) else card for card in cards]
    found = [one for one in tables if isinstance(one, TableCard) and one.rows]
    return max(found, key=lambda one: (_width(one), len(one.rows)), default=None)


def _width(card: TableCard) -> int:
    """Letters of its widest line as plain text."""
    return max(map(len, _plain(card.columns, list(card.rows[:SHOWN_ROWS])).splitlines()))


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


def _table(card: TableCard, drawing: _Drawing, title: str = "") -> list[Json]:
    if not card.rows:
        return []
    rows = [row[: limits.TABLE_COLUMNS] for row in card.rows[:SHOWN_ROWS]]
    left = len(card.rows) - len(rows)
    note = " · ".join(part for part in (card.note, f"{left} more rows are on the page" if left else "") if part)
    head = section(f"*{escape(title or card.title)}*")
    body = _block(card, rows) if card is drawing.as_block else _small(card, rows)
    return [head, *body, *([context(escape(note))] if note else [])]


def _block(card: TableCard, rows: list[tuple[Any, ...]]) -> list[Json]:
    numeric = [all(isinstance(row[at], int | float) for row in rows) for at in range(len(rows[0]))]
    long = [any(len(_cell(row[at])) > SHORT for row in rows) for at in range(len(rows[0]))]
    settings = [
        {"align": "right" if number else "left", "is_wrapped": wraps}
        for number, wraps in zip(numeric, long, strict=True)
    ]
    return [
        {
            "type": "table",
            "column_settings": settings,
            "rows": _fitting([card.columns[: limits.TABLE_COLUMNS], *rows]),
        }
    ]


def _small(card: TableCard, rows: list[tuple[Any, ...]]) -> list[Json]:
    """A table beside the one that is a table block: as it is where it fits into a line, else by name and value."""
    said = [[(name, _cell(value)) for name, value in zip(card.columns, row, strict=False)] for row in rows]
    if len(said) == 1:
        pairs = [f"*{escape(name)}*\n{escape(value)}" for name, value in said[0]]
        groups = [pairs[at : at + limits.FIELDS] for at in range(0, len(pairs), limits.FIELDS)]
        return [{"type": "section", "fields": [{"type": "mrkdwn", "text": one} for one in part]} for part in groups]
    plain = _plain(card.columns, rows)
    if _width(card) <= LINE and len(plain) < limits.SECTION - 10:
        return [section(f"```{escape(plain)}```")]
    lines = [f"**{row[0][1]}** · " + " · ".join(f"{name} {value}" for name, value in row[1:]) for row in said]
    return lists("", lines, MOST_SECTIONS)


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
    """Lines in which columns stand below each other, numbers to the right."""
    cells = [[*columns], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells if at < len(row)) for at in range(len(cells[0]))]
    number = [all(isinstance(row[at], int | float) for row in rows if at < len(row)) for at in range(len(widths))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, number, strict=False)
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _chart(card: ChartCard, drawing: _Drawing) -> list[Json]:
    file = drawing.images.get(card.title)
    says = cut(f"{card.title} in {card.unit}; the table below says the same", limits.ALT_TEXT)
    image = [{"type": "image", "slack_file": {"id": file}, "alt_text": says}] if file else []
    return [*image, *_table(card.twin, drawing, "The same in figures" if file else "")]


def _plan(card: PlanCard, _: _Drawing) -> list[Json]:
    state = f"{ICONS.get(card.state, '•')} *{escape(card.title)}*\n{STATE_WORDS.get(card.state, card.state)}"
    small = [f"`{card.plan_id}`"]
    small += [f"Cost {card.cost}"] if card.cost else []
    small += [f"Open until {when(card.expires_at)}"] if card.expires_at and card.state == "awaiting" else []
    return [section(state), *lists("", card.lines, MOST_SECTIONS), *needs(card), context(*small)]


def _citation(card: CitationCard, _: _Drawing) -> list[Json]:
    return [context(f"📖 *{escape(card.source)}*, {escape(card.section)}: {escape(cut(card.text, 600))}")]


def _choices(card: ChoicesCard, _: _Drawing) -> list[Json]:
    shown = [choice for choice in card.choices if len(choice) <= limits.BUTTON_VALUE][:10]
    return [actions(*(button(one, f"{CHOOSE}:{at}", one) for at, one in enumerate(shown)))] if shown else []


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
