"""A turn for surfaces that draw cards: the words that are not on any card, apart."""

from typing import Any

from agent.render import to_markdown
from agent.turn import Turn


def words_of(turn: Turn) -> str:
    """What is said besides the cards. `Turn.text` also holds the cards as markdown, for plain text."""
    return turn.text.removesuffix(to_markdown(turn.cards)).strip()


def with_words(turn: Turn) -> dict[str, Any]:
    """The turn as JSON with `words` added."""
    return {**turn.model_dump(mode="json"), "words": words_of(turn)}
