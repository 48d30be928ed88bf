"""What an answer looks like before any surface renders it."""

from typing import Annotated, Literal

from pydantic import Field

from hospital.entity import Record, Time

Cell = str | int | float | bool | None


class TextCard(Record):
    """A paragraph of markdown."""

    type: Literal["text"] = "text"
    text: str


class TableCard(Record):
    """Rows under named columns; every row is as long as the columns."""

    type: Literal["table"] = "table"
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


class ChartSeries(Record):
    """One line or set of bars; an interval is a pair of bounds per point."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class ChartCard(Record):
    """A chart and the table that says the same."""

    type: Literal["chart"] = "chart"
    title: str
    kind: Literal["line", "bar"]
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    unit: str
    twin: TableCard


class NeedView(Record):
    """Who has to say yes to a plan, and whether they did."""

    role: str
    scope: str
    need: int
    have: int
    rule: str
    why: str
    who: tuple[str, ...] = ()
    order: int = 1


class PlanCard(Record):
    """A plan as people see it: what changes, what it costs, who must agree and why."""

    type: Literal["plan"] = "plan"
    plan_id: str
    digest: str
    state: str
    title: str
    lines: tuple[str, ...]
    cost: str
    effect: tuple[str, ...] = ()
    needs: tuple[NeedView, ...] = ()
    asked_by: str = ""
    expires_at: Time | None = None
    constraints: tuple[str, ...] = ()


class Citation(Record):
    """A page of the handbook and its section that a statement rests on."""

    source: str
    section: str
    text: str = ""


class CitationCard(Record):
    """Where a statement is written down."""

    type: Literal["citation"] = "citation"
    source: str
    section: str
    text: str


class ChoicesCard(Record):
    """The choices that answer a question; each is a text that can be sent back.

    The words of the answer ask the question, so surfaces draw the choices alone.
    """

    type: Literal["choices"] = "choices"
    question: str
    choices: tuple[str, ...]


class FreshnessCard(Record):
    """How old the sources of an answer are, and which are late."""

    type: Literal["freshness"] = "freshness"
    as_of: dict[str, Time]
    late: tuple[str, ...] = ()


Card = Annotated[
    TextCard | TableCard | ChartCard | PlanCard | CitationCard | ChoicesCard | FreshnessCard,
    Field(discriminator="type"),
]
