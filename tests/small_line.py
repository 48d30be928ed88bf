"""The whole line on the small hospital, with a planner at the port that does what a few words say."""

from pathlib import Path

from small_hospital import NOW, fill

from agent.planners.port import Asked, Call, Reply, ToolCalls
from bots.app import Wardline
from bots.settings import Settings
from hospital.cards import ChartCard, ChartSeries, ChoicesCard, TableCard
from hospital.clocks import FrozenClock
from middleware.store.database import create
from tools.results import Refused

DEMAND = ("31", "40", "28", "35", "44")


class WordPlanner:
    """`order 4 TRAY` orders, `exceptions` lists, `chart` draws, `which` asks back, anything else is repeated."""

    name = "embedded"

    async def next(self, asked: Asked) -> ToolCalls | Reply:
        """The next call, or what came of it."""
        word, *rest = asked.text.split()
        if asked.results:
            result = asked.results[-1][1]
            return Reply(result.sentence if isinstance(result, Refused) else result.headline)
        match word.lower():
            case "order":
                return ToolCalls((Call("1", "create_requisition", {"quantity": int(rest[0]), "item": rest[1]}),))
            case "exceptions":
                return ToolCalls((Call("1", "list_exceptions", {"role": "all"}),))
            case "hand":
                args = {"to_role": "or_charge", "about": "a test", "summary": asked.text, "severity": "high"}
                return ToolCalls((Call("1", "hand_over", args),))
            case "chart":
                return Reply("Here is **demand** by day.", cards=(chart(),))
            case "which":
                question = ChoicesCard(question="Which one?", choices=("order 1 TRAY", "exceptions"))
                return Reply(question.question, kind="clarify", cards=(question,))
        return Reply(f"You said: {asked.text}")


def chart() -> ChartCard:
    """A demand curve with its interval and a capacity to compare."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    values = tuple(float(one) for one in DEMAND)
    return ChartCard(
        title="Demand against capacity",
        kind="line",
        labels=days,
        unit="visits",
        series=(
            ChartSeries(
                name="demand",
                values=values,
                low=tuple(one - 6 for one in values),
                high=tuple(one + 6 for one in values),
            ),
            ChartSeries(name="capacity", values=(36.0,) * 5),
        ),
        twin=TableCard(
            title="Demand against capacity",
            columns=("Day", "Demand", "Capacity"),
            rows=tuple((day, value, 36) for day, value in zip(days, values, strict=True)),
        ),
    )


def small_line(home: Path) -> Wardline:
    """Everything wired on a new small hospital in this folder."""
    settings = Settings(home=home, now=NOW)
    store = fill(create(settings.store_url, sandbox=True))
    return Wardline(settings, store, FrozenClock(NOW), planner=WordPlanner())
