"""Cards as markdown: the text that every surface can show, and scripts can read."""

from collections.abc import Callable, Iterable
from typing import Any

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


def to_markdown(cards: Iterable[Card]) -> str:
    """All cards under each other."""
    return "\n\n".join(text for card in cards if (text := _RENDER[card.type](card)))


def _text(card: TextCard) -> str:
    return card.text


def _table(card: TableCard) -> str:
    if not card.rows:
        return ""
    head = f"| {' | '.join(card.columns)} |\n|{'---|' * len(card.columns)}"
    rows = "\n".join(f"| {' | '.join(_cell(value) for value in row)} |" for row in card.rows)
    note = f"\n\n{card.note}" if card.note else ""
    return f"**{card.title}**\n\n{head}\n{rows}{note}"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("|", "\\|")


def _chart(card: ChartCard) -> str:
    return _table(card.twin)


def _plan(card: PlanCard) -> str:
    parts = [f"**{card.title}** ({card.plan_id}, {card.state})", *(f"- {line}" for line in card.lines)]
    parts += [f"- {note}" for note in card.effect]
    if card.cost:
        parts.append(f"- Cost: {card.cost}")
    for need in card.needs:
        who = f" ({', '.join(need.who)})" if need.who else ""
        parts.append(f"- Needs {need.role.replace('_', ' ')}{who}: {need.why} [{need.have}/{need.need}]")
    parts += [f"- {line}" for line in card.constraints]
    return "\n".join(parts)


def _citation(card: CitationCard) -> str:
    return f"> {card.text}\n> — {card.source}, {card.section}"


def _choices(card: ChoicesCard) -> str:
    return "\n".join(f"- {choice}" for choice in card.choices)


def _freshness(card: FreshnessCard) -> str:
    return "\n".join(f"⚠ {late}" for late in card.late)


_RENDER: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "table": _table,
    "chart": _chart,
    "plan": _plan,
    "citation": _citation,
    "choices": _choices,
    "freshness": _freshness,
}
