"""What language models took over many turns, per model."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import quantiles

from agent.turn import ModelUse
from hospital.entity import Record
from hospital.model.talk import TurnRecord
from hospital.ports import Range, Reader


class ModelTotals(Record):
    """One model's answers in so many turns. Times in ms; `cost` in millionths of a dollar, None without prices.

    `counted`: how many answers told their tokens; those of the others are estimated. `failed`: how many never came.
    """

    model: str
    turns: int
    answers: int
    failed: int
    counted: int
    tokens_in: int
    tokens_out: int
    cost: int | None
    first_token_p50_ms: int | None
    first_token_p95_ms: int | None
    p50_ms: int | None
    p95_ms: int | None


def model_totals(world: Reader, since: datetime, until: datetime) -> tuple[ModelTotals, ...]:
    """The totals of every model that was asked in these turns (the end is not in it), by name."""
    turns = [_uses(record) for record in world.find(TurnRecord, asked_at=Range(since, until))]
    names = sorted({use.model for uses in turns for use in uses})
    return tuple(_totals(name, [[use for use in uses if use.model == name] for uses in turns]) for name in names)


def _uses(record: TurnRecord) -> list[ModelUse]:
    return [ModelUse.model_validate(use) for use in (record.answer or {}).get("model_use", ())]


def _totals(name: str, turns: Iterable[Sequence[ModelUse]]) -> ModelTotals:
    asked = [uses for uses in turns if uses]
    all_of = [use for uses in asked for use in uses]
    whole = [use for use in all_of if not use.failed]
    costs = [use.cost for use in all_of if use.cost is not None]
    first = [use.first_token_ms for use in whole if use.first_token_ms is not None]
    return ModelTotals(
        model=name,
        turns=len(asked),
        answers=len(whole),
        failed=len(all_of) - len(whole),
        counted=sum(use.counted for use in whole),
        tokens_in=sum(use.tokens_in for use in all_of),
        tokens_out=sum(use.tokens_out for use in all_of),
        cost=sum(costs) if costs else None,
        first_token_p50_ms=_share(first, 50),
        first_token_p95_ms=_share(first, 95),
        p50_ms=_share([use.ms for use in whole], 50),
        p95_ms=_share([use.ms for use in whole], 95),
    )


def _share(values: Sequence[int], percent: int) -> int | None:
    if len(values) < 2:
        return values[0] if values else None
    return round(quantiles(values, n=100, method="inclusive")[percent - 1])
