"""Which key figure is meant when no name of one is said: "how long between cases" is the turnover."""

from pathlib import Path

from agent.planners.embedded.intent_reader import Reader
from agent.planners.embedded.intents import IntentClassifier, load_classifier

WORDINGS = Path(__file__).with_name("figures")
"""How people ask for a figure by what it counts, a file each, and for figures that are not kept."""
NOT_KEPT = "none"
SURE = 0.7
"""Below this probability it is asked which figure is meant."""


class FiguresMeant:
    """Tells a figure by its meaning; learnt once from `figures/`, without teaching the encoder."""

    def __init__(self, reader: Reader, cache: Path) -> None:
        self._classifier: IntentClassifier = load_classifier(
            Reader(reader.whole, reader.words, fixed=True), cache, WORDINGS
        )

    def meant(self, masked: str) -> str | None:
        """The id of the figure, `NOT_KEPT` for one that there is not, None when it is not clear."""
        ranking = self._classifier.classify(masked)
        return ranking.best if ranking.confidence >= SURE else None
