"""Which planned cases lack an implant, which loaners are late, and how many of an item are there."""

from collections.abc import Callable

from tools.inventory_arguments import QueryInventory
from tools.inventory_loaners import answer_loaners
from tools.inventory_shortages import answer_shortages
from tools.inventory_stock import answer_stock
from tools.tool import Answer, Toolbox, tool

ABOUT: dict[str, Callable[[QueryInventory, Toolbox], Answer]] = {
    "shortages": answer_shortages,
    "loaners": answer_loaners,
    "stock": answer_stock,
}


@tool(QueryInventory, "read", sources=("inventory", "erp", "ehr"), reads=("stock", "schedules"))
async def query_inventory(args: QueryInventory, box: Toolbox) -> Answer:
    """Cases lacking an implant with need-by and supplier lead time, late loaner sets, stock of an item by site."""
    return ABOUT[args.about](args, box)
