"""Demand to come with its interval, against the capacity there is for it."""

from collections.abc import Callable

from tools.forecast_arguments import ForecastDemand
from tools.forecast_beds import answer_bed_demand
from tools.forecast_visits import answer_visit_demand
from tools.tool import Answer, Toolbox, tool

SUBJECTS: dict[str, Callable[[ForecastDemand, Toolbox], Answer]] = {
    "visits": answer_visit_demand,
    "beds": answer_bed_demand,
}


@tool(ForecastDemand, "read", sources=("ehr", "adt"), reads=("capacity",))
async def forecast_demand(args: ForecastDemand, box: Toolbox) -> Answer:
    """Forecast clinic referrals or beds needed, with interval, model and its age, against capacity and the gap."""
    return SUBJECTS[args.subject](args, box)
