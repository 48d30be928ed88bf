"""A turn on a terminal: the words first, then the cards, then where it comes from."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.text import Text
from rich.theme import Theme

from agent.turn import OptionView, Outcome, Turn
from bots.render import freshness_line, render_card
from bots.settings import HOUSE_ZONE
from bots.text_table import TextTable
from bots.turn_words import words_of

THEME = Theme({"markdown.item.bullet": "cyan", "markdown.code": "bold cyan"})
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    "answer": ("", "green"),
    "propose": ("proposed, nothing has changed yet", "cyan"),
    "await_approval": ("waiting for approval", "yellow"),
    "clarify": ("needs one more thing from you", "cyan"),
    "refuse": ("not done", "red"),
    "escalate": ("handed to a person", "magenta"),
}
"""What each outcome means in a few words, and its colour."""


def make_console(*, stderr: bool = False) -> Console:
    """The console that everything is shown on."""
    return Console(theme=THEME, stderr=stderr, highlight=False, soft_wrap=False)


def render_turn(turn: Turn, zone: tzinfo = HOUSE_ZONE) -> Iterator[RenderableType]:
    """Everything a person wants to see of a turn, in reading order."""
    note, style = OUTCOMES[turn.outcome]
    if note:
        yield Text(f"● {note}", style=f"bold {style}")
    if words := words_of(turn):
        yield Markdown(words)
    shown = [card for card in turn.cards if card.type != "freshness"]
    if turn.options and not any(card.type == "plan" for card in shown):
        yield _options(turn.options)
    for card in shown:
        yield render_card(card, zone)
    if turn.citations and not any(card.type == "citation" for card in shown):
        named = dict.fromkeys(f"{citation.source} {citation.section}" for citation in turn.citations)
        yield Text(f"Handbook: {'; '.join(named)}", style="italic cyan")
    fresh = [card for card in turn.cards if card.type == "freshness"]
    for aged in fresh:
        yield render_card(aged, zone)
    if turn.as_of and not fresh:
        yield freshness_line(turn.as_of, (), zone)
    if turn.planner != "embedded":
        yield Text(f"understood by {turn.planner}", style="dim")


def show_turn(console: Console, turn: Turn, zone: tzinfo = HOUSE_ZONE) -> None:
    """Print a turn with room to breathe."""
    for part in render_turn(turn, zone):
        console.print(part)


def _options(options: tuple[OptionView, ...]) -> RenderableType:
    rows = tuple((option.rank, option.summary.partition("; ")[0], option.plan_id) for option in options)
    return TextTable(("#", "Option", "Plan"), rows, "Say which to submit")
