"""Key figures of the past, with everything they are made of."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bots.figures import figure_arguments
from bots.web.problems import refusal
from bots.web.who import Actor, App
from tools.kpi_catalogue import KPIS
from tools.results import Refused

router = APIRouter(prefix="/v1", tags=["figures"])


@router.get("/kpis")
def list_kpis(actor: Actor) -> list[dict[str, Any]]:
    """Every figure there is: its formula in words and its version."""
    return [
        {
            "name": one.name,
            "title": one.title,
            "version": one.version,
            "unit": one.unit,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "cohort": one.cohort,
            "exclusions": list(one.exclusions),
            "better": one.better,
        }
        for one in (kpi.formula for kpi in KPIS.values())
    ]


@router.get("/kpis/{name}")
async def read_kpi(
    name: str,
    app: App,
    actor: Actor,
    scope: Annotated[str | None, Query(max_length=200)] = None,
    period: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """One figure: value, numerator, denominator, cohort, exclusions, version and cards."""
    with app.store.reading() as world:
        arguments = figure_arguments(world, name, scope, period)
    result = await app.turns.wait(app.desk.call("query_kpi", arguments, app.context(actor, "api")))
    if isinstance(result, Refused):
        raise refusal(result)
    return {
        "headline": result.headline,
        **result.facts,
        "as_of": {source: moment.isoformat() for source, moment in result.as_of.items()},
        "late": list(result.late),
        "cards": [card.model_dump(mode="json") for card in result.cards],
    }
