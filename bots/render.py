"""Cards as rich renderables: the same cards that the page draws, for a terminal."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bots.settings import HOUSE_ZONE
from bots.text_table import TextTable
from hospital.cards import (
    Card,
    ChartCard,
    ChartSeries,
    ChoicesCard,
    CitationCard,
    FreshnessCard,
    NeedView,
    PlanCard,
    TableCard,
    TextCard,
)

BAR_WIDTH = 28
EIGHTHS = " ▏▎▍▌▋▊▉"
SERIES_STYLES = ("cyan", "magenta", "yellow", "green")
STATE_STYLES: Mapping[str, str] = {
    "drafted": "cyan",
    "awaiting": "yellow",
    "committed": "green",
    "delivered": "green",
    "rejected": "red",
    "expired": "red",
    "stale": "red",
    "ambiguous": "magenta",
    "compensating": "magenta",
    "compensated": "magenta",
}
OPEN_STATES = ("drafted", "awaiting")


def render_card(card: Card, zone: tzinfo = HOUSE_ZONE) -> RenderableType:
    """One card; times are shown on the clock of `zone`."""
    return _RENDERERS[type(card)](card, zone)


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """A moment for people: "Mon 14 Sep 08:00 CDT"."""
    return moment.astimezone(zone).strftime("%a %d %b %H:%M %Z")


def bar(value: float, top: float, width: int = BAR_WIDTH) -> str:
    """A bar of eighth blocks; `top` fills the width."""
    if top <= 0 or value <= 0:
        return ""
    eighths = round(min(value / top, 1.0) * width * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def needs_table(needs: Iterable[NeedView]) -> Table:
    """Who must agree, how far they are, and why the rule asks them."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for need in sorted(needs, key=lambda need: need.order):
        done = need.have >= need.need
        who = ", ".join(need.who) or "nobody is on duty for this"
        table.add_row(
            Text("✓" if done else "…", style="green" if done else "yellow"),
            Text(f"{need.order}. {need.role.replace('_', ' ')} ({need.scope})", style="bold"),
            Text(f"{need.have} of {need.need}"),
            Text(who),
            Text(need.why, style="dim"),
        )
    return table


def _text(card: TextCard, zone: tzinfo) -> RenderableType:
    return Markdown(card.text)


def _table(card: TableCard, zone: tzinfo) -> RenderableType:
    return TextTable(card.columns, card.rows, card.title, card.note)


def _chart(card: ChartCard, zone: tzinfo) -> RenderableType:
    table = Table(
        title=f"{escape(card.title)} [dim]({escape(card.unit)})[/dim]",
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    for name in ("", "", card.unit, "range", ""):
        table.add_column(escape(name), justify="right" if name in (card.unit, "range") else "left", no_wrap=True)
    steady = {series.name: value for series in card.series[1:] if (value := _steady(series)) is not None}
    if steady:
        table.caption = "; ".join(f"{name}: {value:,.0f} throughout" for name, value in steady.items())
        table.caption_justify = "left"
    shown = [series for series in card.series if series.name not in steady]
    top = max((value for series in card.series for value in (*series.values, *series.high) if value), default=0.0)
    for index, label in enumerate(card.labels):
        for number, series in enumerate(shown):
            value = series.values[index]
            within = f"{series.low[index]:,.0f}-{series.high[index]:,.0f}" if series.low and series.high else ""
            table.add_row(
                escape(label) if number == 0 else "",
                escape(series.name) if len(shown) > 1 else "",
                "" if value is None else f"{value:,.0f}",
                within,
                Text(bar(value or 0.0, top), style=SERIES_STYLES[number % len(SERIES_STYLES)]),
            )
    return table


def _steady(series: ChartSeries) -> float | None:
    """The one value that a series has throughout, so that it need not be drawn at every label."""
    return series.values[0] if len(series.values) > 1 and len(set(series.values)) == 1 else None


def _plan(card: PlanCard, zone: tzinfo) -> RenderableType:
    parts: list[RenderableType] = [Text(f"• {line}") for line in card.lines]
    facts = Table(box=None, show_header=False, pad_edge=False)
    rows = [("Cost", card.cost), ("Effect", "\n".join(card.effect)), ("Limits", "\n".join(card.constraints))]
    rows += [("Asked by", card.asked_by)]
    if card.expires_at and card.state in OPEN_STATES:
        rows.append(("Open until", clock_time(card.expires_at, zone)))
    for name, value in rows:
        if value:
            facts.add_row(Text(name, style="dim"), Text(value))
    parts += [Text(""), facts]
    if card.needs:
        parts += [Text("\nWho must agree", style="bold"), needs_table(card.needs)]
    style = STATE_STYLES.get(card.state, "white")
    return Panel(
        Group(*parts),
        title=Text(card.title, style="bold"),
        title_align="left",
        subtitle=Text(f"{card.state} · {card.plan_id} · digest {card.digest[:12]}", style=style),
        subtitle_align="right",
        border_style=style,
        box=box.ROUNDED,
        padding=(1, 2),
    )


def _citation(card: CitationCard, zone: tzinfo) -> RenderableType:
    line = Text(f"{card.source} {card.section}", style="italic cyan")
    return Padding(Group(line, Text(card.text, style="dim")), (0, 2)) if card.text else line


def _choices(card: ChoicesCard, zone: tzinfo) -> RenderableType:
    return Group(*(Text(f"  {number}. {choice}") for number, choice in enumerate(card.choices, 1)))


def _freshness(card: FreshnessCard, zone: tzinfo) -> RenderableType:
    return freshness_line(card.as_of, card.late, zone)


def freshness_line(as_of: Mapping[str, datetime], late: Iterable[str], zone: tzinfo = HOUSE_ZONE) -> Text:
    """How old each source is; then one line for each sentence about a late one."""
    line = Text("as of ", style="dim")
    line.append(
        " · ".join(
            f"{source.upper()} {moment.astimezone(zone).strftime('%a %H:%M %Z')}"
            for source, moment in sorted(as_of.items())
        )
    )
    for sentence in late:
        line.append(f"\n⚠ {sentence}", style="not dim bold yellow")
    return line


_RENDERERS: Mapping[type[Any], Callable[[Any, tzinfo], RenderableType]] = {
    TextCard: _text,
    TableCard: _table,
    ChartCard: _chart,
    PlanCard: _plan,
    CitationCard: _citation,
    ChoicesCard: _choices,
    FreshnessCard: _freshness,
}
