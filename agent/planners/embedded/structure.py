"""What the build of a message says about its matter: the rules of each field, in the order in which they decide."""

import re

from agent.planners.embedded.build.beds import beds
from agent.planners.embedded.build.nurses import missing, nurses
from agent.planners.embedded.build.questions import ABOUT_RULES, questions
from agent.planners.embedded.build.said import Said
from agent.planners.embedded.build.supply import supply
from agent.planners.embedded.build.theatre import theatre
from agent.planners.embedded.build.visits import bookings, third_next, visits
from agent.planners.embedded.case_deeds import changes_a_case
from agent.planners.embedded.date_values import When
from agent.planners.embedded.intents import Ranking
from agent.planners.embedded.lexicon import Mention
from agent.planners.embedded.losses import is_displacement, is_missing_nurse
from agent.planners.embedded.no_deeds import about_deeds
from agent.planners.embedded.over import of_the_past
from agent.planners.embedded.suppositions import is_supposition

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good)\W+)?(?:morning|afternoon|evening|day)\b(?:\W+(?:all|team|everyone|everybody|there|again|"
    r"folks|wardline|it'?s me|me again))*\W*",
    re.IGNORECASE,
)


def intent_by_build(
    text: str, ranking: Ranking, mentions: tuple[Mention, ...], times: tuple[When, ...], sure: float
) -> str | None:
    """The matter that the build of the message settles, or None when the ranking stands."""
    said = Said(text, ranking, mentions, times, sure)
    return next((matter for rule in _RULES if (matter := rule(said)) is not None), None)


def _greeted(said: Said) -> str | None:
    return "greeting" if _GREETING.fullmatch(said.text.strip()) else None


def _budgets(said: Said) -> str | None:
    """A cost centre without anything to buy is asked about."""
    other = said.kinds & {"item", "code"} or said.best in ABOUT_RULES
    return "erp_status" if "cost_centre" in said.kinds and not other else None


def _done_or_over(said: Said) -> str | None:
    return about_deeds(said.text, said.ranking) or of_the_past(said.text, said.ranking, said.times)


def _cases(said: Said) -> str | None:
    changes = "case" in said.kinds and changes_a_case(said.text, said.ranking, said.mentions)
    return "change_case" if changes else None


def _lost(said: Said) -> str | None:
    if is_displacement(said.text, said.ranking, said.mentions):
        return "displace"
    return "who_can_cover" if is_missing_nurse(said.ranking, said.mentions) else None


def _supposed(said: Said) -> str | None:
    return "what_if" if is_supposition(said.text, said.ranking, said.mentions) else None


_RULES = (
    _greeted, _budgets, _done_or_over, _cases, _lost, visits, missing, supply, theatre, nurses, third_next, _supposed,
    beds, questions, bookings,
)  # fmt: skip
"""In this order; the first that settles the matter decides."""
