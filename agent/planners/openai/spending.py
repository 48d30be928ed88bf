"""What an answer of a model took: tokens, money, waiting."""

from dataclasses import dataclass
from decimal import Decimal

from agent.planners.openai.answers import Answer
from agent.planners.openai.messages import LETTERS_PER_TOKEN
from agent.turn import ModelUse


@dataclass(frozen=True)
class Prices:
    """Dollars for a million tokens, which is millionths of a dollar for one."""

    read: Decimal
    written: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """The cost in millionths of a dollar, rounded."""
        return round(self.read * tokens_in + self.written * tokens_out)


def use_of(model: str, answer: Answer | None, letters: int, seconds: float, prices: Prices | None) -> ModelUse:
    """What an answer took; None is an answer that did not come, whose request is counted all the same.

    `letters`: of the request. `seconds`: until the answer was whole, or given up.
    """
    tokens_in, tokens_out = letters // LETTERS_PER_TOKEN, 0
    if answer is not None and answer.tokens is not None:
        tokens_in, tokens_out = answer.tokens
    elif answer is not None:
        said = answer.text + answer.refusal + "".join(call.name + call.arguments for call in answer.calls)
        tokens_out = -(-len(said) // LETTERS_PER_TOKEN)
    first = None if answer is None or answer.first_token is None else round(answer.first_token * 1000)
    return ModelUse(
        model=model,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        counted=answer is not None and answer.tokens is not None,
        cost=None if prices is None else prices.of(tokens_in, tokens_out),
        first_token_ms=first,
        ms=round(seconds * 1000),
        failed=answer is None,
    )
