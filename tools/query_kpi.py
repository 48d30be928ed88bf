"""One key figure of the past with everything it is made of, and how it went over the last months."""

from collections.abc import Mapping

from pydantic import Field

from hospital.cards import ChartCard, ChartSeries, TableCard
from hospital.kpis.formula import Cohort, Formula, Kpi, Measured
from hospital.model.places import Site
from tools.kpi_catalogue import KPIS, find_kpi, titles
from tools.kpi_scope import AboutFigure, cohort_of, window_of_cohort
from tools.periods import is_month, months_before, say_period
from tools.tool import Answer, Problem, Toolbox, tool
from tools.windows import plural

MONTHS = 6
"""Months in the chart beside a month's figure."""


class QueryKpi(AboutFigure):
    kpi: str | None = Field(default=None, description=f"Which figure: {', '.join(KPIS)}; also by how people call it")


@tool(QueryKpi, "read", sources=("ehr",), reads=("capacity",))
async def query_kpi(args: QueryKpi, box: Toolbox) -> Answer:
    """A KPI of a past period: value, formula version, numerator, denominator, cohort, exclusions and trend."""
    if args.kpi is None:
        raise Problem("missing", "Which KPI do you mean?", choices=titles(), argument="kpi")
    kpi = find_kpi(args.kpi)
    cohort, site, scope = cohort_of(args, box)
    measured = kpi.measure(box.world, cohort)
    formula = kpi.formula
    when = "now" if formula.standing else say_period(window_of_cohort(cohort), site)
    facts = facts_of(formula, measured, scope, when)
    cards: list[TableCard | ChartCard] = [_table(formula, measured, scope, when)]
    if not formula.standing and is_month(window_of_cohort(cohort), site):
        cards.append(_chart(kpi, box, cohort, site, scope, measured))
    return Answer(headline=say(formula, measured, scope, when), facts=facts, cards=tuple(cards))


def say(formula: Formula, measured: Measured, scope: str, when: str) -> str:
    """The figure in words, with its version and what it is made of."""
    version = f"formula {formula.name} v{formula.version}"
    if measured.value is None:
        return f"{formula.title}, {scope}, {when}: nothing to take it over ({formula.denominator}: 0; {version})."
    left_out = ", ".join(f"{_number(count)} {what}" for what, count in measured.excluded.items() if count)
    parts = "; ".join(f"{_number(value)} {name}" for name, value in measured.parts.items())
    made_of = (
        f", the median of {_number(measured.denominator)} {formula.denominator} "
        f"({_number(measured.numerator)} {formula.numerator} together)"
        if formula.median
        else f" = {_number(measured.numerator)} ({formula.numerator}) over {_number(measured.denominator)} "
        f"({formula.denominator}), n = {measured.n}"
    )
    return (
        f"{formula.title}, {scope}, {when}: {_number(measured.value)}{_unit(formula)}{made_of}; {version}. "
        f"Cohort: {formula.cohort}. Excluded: {left_out or 'nothing'}." + (f" Also: {parts}." if parts else "")
    )


def facts_of(formula: Formula, measured: Measured, scope: str, when: str) -> dict[str, object]:
    """The same as plain values."""
    return {
        "kpi": formula.name,
        "title": formula.title,
        "version": formula.version,
        "unit": formula.unit,
        "scope": scope,
        "period": when,
        "value": None if measured.value is None else round(measured.value, 1),
        "numerator": round(measured.numerator, 1),
        "numerator_is": formula.numerator,
        "denominator": round(measured.denominator, 1),
        "denominator_is": formula.denominator,
        "n": measured.n,
        "cohort": formula.cohort,
        "excluded": dict(measured.excluded),
        "exclusions": list(formula.exclusions),
        "parts": _rounded(measured.parts),
    }


def _table(formula: Formula, measured: Measured, scope: str, when: str) -> TableCard:
    rows = [
        (f"{formula.title}, {formula.unit}", None if measured.value is None else round(measured.value, 1)),
        (f"Numerator: {formula.numerator}", round(measured.numerator, 1)),
        (f"Denominator: {formula.denominator}", round(measured.denominator, 1)),
        ("n", measured.n),
        *((f"Excluded: {what}", count) for what, count in measured.excluded.items()),
        *_rounded(measured.parts).items(),
    ]
    return TableCard(
        title=f"{formula.title}, {scope}, {when}",
        columns=("What", "Value"),
        rows=tuple(rows),
        note=f"Formula {formula.name} v{formula.version}. Cohort: {formula.cohort}. "
        f"Exclusions: {', '.join(formula.exclusions) or 'none'}.",
    )


def _chart(kpi: Kpi, box: Toolbox, cohort: Cohort, site: Site, scope: str, last: Measured) -> ChartCard:
    """The figure month by month up to the one asked about, and the table that says the same."""
    months = months_before(window_of_cohort(cohort), site, MONTHS)
    taken = [*(kpi.measure(box.world, cohort.during(one.start, one.end)) for one in months[:-1]), last]
    labels = tuple(say_period(one, site) for one in months)
    values = tuple(None if one.value is None else round(one.value, 1) for one in taken)
    title = f"{kpi.formula.title}, {scope}, {plural(len(months), 'month')}"
    twin = TableCard(
        title=title,
        columns=("Month", f"{kpi.formula.title}, {kpi.formula.unit}", "Numerator", "Denominator"),
        rows=tuple(
            (label, value, round(one.numerator, 1), round(one.denominator, 1))
            for label, value, one in zip(labels, values, taken, strict=True)
        ),
    )
    series = (ChartSeries(name=kpi.formula.title, values=values),)
    return ChartCard(title=title, kind="line", labels=labels, series=series, unit=kpi.formula.unit, twin=twin)


def _rounded(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in parts.items()}


def _number(value: float) -> str:
    """`1234`, `56.7`: one place at most, none when it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def _unit(formula: Formula) -> str:
    return "%" if formula.unit == "%" else f" {formula.unit}"
