"""The language model that the settings name."""

from decimal import Decimal

from agent.planners.openai.cassette import Cassette
from agent.planners.openai.planner import OpenAIPlanner
from agent.planners.openai.spending import Prices
from bots.settings import Settings


def model_of(settings: Settings) -> OpenAIPlanner:
    """The planner that asks it, with its prices, and with its cassette when one is set.

    Raises:
        BadCassette: when the cassette to be replayed cannot be read.
    """
    cassette = None if settings.cassette is None else Cassette(settings.cassette, settings.cassette_mode)
    return OpenAIPlanner(
        settings.base_url or None,
        settings.api_key.get_secret_value(),
        settings.model,
        prices=_prices(settings.price_in, settings.price_out),
        cassette=cassette,
    )


def _prices(read: Decimal | None, written: Decimal | None) -> Prices | None:
    return None if read is None and written is None else Prices(read or Decimal(0), written or Decimal(0))
