"""A message as the rules of build see it: its words, what it names, and how likely each matter is."""

from dataclasses import dataclass
from functools import cached_property

from agent.planners.embedded.date_values import When
from agent.planners.embedded.deeds import asks_to_know
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention

LIKELY_ENOUGH = 0.1
"""A matter less probable than this is not settled on by a word alone."""


@dataclass(frozen=True)
class Said:
    """One message; `sure` is the probability below which it is asked what is meant."""

    text: str
    ranking: Ranking
    mentions: tuple[Mention, ...]
    times: tuple[When, ...]
    sure: float

    @property
    def best(self) -> str:
        return self.ranking.best

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of things named."""
        return {found.kind for found in self.mentions}

    @cached_property
    def likely(self) -> list[str]:
        """The matters that it may well be, likeliest first."""
        return [name for name, chance in self.ranking.intents[:3] if chance >= LIKELY_ENOUGH]

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question about the world."""
        return asks_to_know(self.text)

    @property
    def of_patient(self) -> bool:
        """Whether a patient is named, or somebody who may be one."""
        return any(one.of("patient") or one.kind == "patient" for one in self.mentions)

    def likeliest_of(self, *names: str) -> str:
        """The most probable of these matters."""
        return next(name for name, _ in self.ranking.intents if name in names)
