"""One way of covering shifts as a drafted plan, and what is told of the people who could come."""

from collections import Counter
from datetime import timedelta

from hospital.cards import TableCard
from hospital.changes.staffing import RequestStaff
from hospital.model.people import Staff
from hospital.model.places import Site, Unit
from hospital.money import Cents, format_money
from hospital.planning.hours import WEEK, worked
from hospital.planning.money_context import OptionMoney
from hospital.planning.nurse_cover import (
    Assignment,
    CoverOption,
    CoverProblem,
    CoverResult,
    Gap,
    Nurse,
    Source,
    why_not,
)
from policies.plans import ConstraintReport, Effect
from tools.request_staffing import nurse_line
from tools.tool import Draft, Toolbox
from tools.windows import listed

SHOWN = 12
SAID: dict[Source, str] = {
    "home": "home staff",
    "float": "float pool",
    "overtime": "voluntary overtime",
    "agency": "agency",
}


def cover_draft(box: Toolbox, site: Site, unit: Unit, problem: CoverProblem, option: CoverOption) -> Draft:
    """One option with a line for each nurse and shift, and what it costs."""
    gaps = {gap.id: gap for gap in problem.gaps}
    nurses = {nurse.id: nurse for nurse in problem.nurses}
    lines = tuple(_line(box, unit, problem, one, gaps[one.gap], nurses) for one in option.assignments)
    minutes = sum(gaps[one.gap].span.minutes for one in option.assignments)
    money = OptionMoney(
        labour=Cents(option.cost),
        overtime_premium=Cents(
            sum(
                one.cost - one.cost * 100 // problem.overtime_percent
                for one in option.assignments
                if one.source == "overtime"
            )
        ),
    )
    committed = sum(line.cost() for line in lines)
    how = listed([f"{option.by(source)} from {SAID[source]}" for source in SAID if option.by(source)])
    people = listed([f"{_name(one, nurses)} ({SAID[one.source]})" for one in option.assignments[:SHOWN]], SHOWN)
    left = f"; still short {sum(option.missing.values())}" if option.missing else ""
    return Draft(
        title=f"Cover for {unit.name}, {site.name}",
        lines=lines,
        effect=Effect(
            staff_hours=minutes // 60,
            cost=Cents(committed),
            notes=(f"{how}{left}", money.words),
        ),
        report=ConstraintReport(
            binding=option.report.binding,
            slack=tuple(f"{gap}: {count} more could come" for gap, count in option.report.slack.items()),
        ),
        headline=f"{people}{left}, labour {format_money(option.cost)}, {format_money(committed)} to be approved.",
        facts=money.facts(),
    )


def _line(
    box: Toolbox, unit: Unit, problem: CoverProblem, one: Assignment, gap: Gap, nurses: dict[str, Nurse]
) -> RequestStaff:
    money = box.policy.data.money
    plain = nurses[one.nurse].rate if one.nurse else problem.agency_rate or 0
    rate = money.overtime_rate(plain) if one.source == "overtime" else Cents(plain)
    return nurse_line(box, unit, one.source, one.nurse or None, gap.span.start, gap.span.end, rate)


def _name(one: Assignment, nurses: dict[str, Nurse]) -> str:
    return nurses[one.nurse].name if one.nurse else "one nurse"


def person_facts(problem: CoverProblem, nurse: Nurse, gap: Gap) -> dict[str, object]:
    """One person for one shift with the checks behind it, in hours."""
    before = [gap.span.start - duty.end for duty in nurse.duties if duty.end <= gap.span.start]
    after = [duty.start - gap.span.end for duty in nurse.duties if duty.start >= gap.span.end]
    duties = [(duty.start, duty.end) for duty in nurse.duties]
    every = sorted([*duties, (gap.span.start, gap.span.end)])
    week = max(
        worked(every, since) for since, _ in every if since + WEEK > gap.span.start and since <= gap.span.start
    )
    return {
        "who": nurse.name,
        "id": nurse.id,
        "shift": gap.id,
        "pool": nurse.pool,
        "competency": nurse.competency,
        "volunteers": nurse.volunteers,
        "rest_before": _hours(min(before, default=None)),
        "rest_after": _hours(min(after, default=None)),
        "hours_in_7_days": _hours(week),
        "overtime_lately": nurse.overtime_hours,
        "rate": nurse.rate,
    }


def _hours(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds() // 3600)


def could_come(problem: CoverProblem, person: Staff, unit: Unit) -> str:
    """Whether one person could come to the shifts asked about, and why not, as sentences."""
    nurse = next((one for one in problem.nurses if one.id == person.id), None)
    if nurse is None:
        return f"{person.name} is neither of {unit.name} nor of the float pool, so cannot be asked for it. "
    reasons = Counter(why_not(problem, nurse, gap) for gap in problem.gaps)
    able = reasons.pop(None, 0)
    cannot = listed([f"{why}" if len(problem.gaps) == 1 else f"{why} ({count})" for why, count in reasons.items()])
    if not able:
        return f"{nurse.name} cannot come: {cannot}. "
    where = "" if len(problem.gaps) == 1 else f" to {able} of {len(problem.gaps)} shifts"
    return f"{nurse.name} could come{where}{f', not to the others: {cannot}' if reasons else ''}. "


def options_card(problem: CoverProblem, result: CoverResult) -> TableCard:
    """Who would come to which shift under each option."""
    nurses = {nurse.id: nurse for nurse in problem.nurses}
    rows = tuple(
        (number, one.gap, _name(one, nurses), SAID[one.source], format_money(one.cost))
        for number, option in enumerate(result.options, 1)
        for one in option.assignments[:SHOWN]
    )
    return TableCard(title="Options", columns=("#", "Shift", "Who", "Source", "Labour"), rows=rows)


def candidates_card(site: Site, problem: CoverProblem, result: CoverResult) -> tuple[TableCard, ...]:
    """Who could come, with rest and hours."""
    people = [person_facts(problem, nurse, gap) for nurse, gap in result.eligible[:SHOWN]]
    shown = ("who", "shift", "pool", "competency", "rest_before", "rest_after", "hours_in_7_days", "overtime_lately")
    rows = tuple(
        tuple("nothing near" if person[name] is None else str(person[name]) for name in shown) for person in people
    )
    rest = ("Rest before, h", "Rest after, h", "Hours in 7 days", "Overtime in 4 weeks, h")
    columns = ("Who", "Shift", "From", "Competency", *rest)
    more = len(result.eligible) - len(rows)
    note = f"Times in {site.timezone}." + (f" {more} more could come." if more > 0 else "")
    return (TableCard(title="Who could come", columns=columns, rows=rows, note=note),) if rows else ()


def why_not_counts(result: CoverResult) -> dict[str, int]:
    """How many people and shifts each reason rules out."""
    return dict(Counter(why for _, _, why in result.why_not).most_common())


def why_not_card(result: CoverResult) -> tuple[TableCard, ...]:
    """The same as a table, if anybody was ruled out."""
    rows = tuple(why_not_counts(result).items())
    return (TableCard(title="Why not others", columns=("Why", "People and shifts"), rows=rows),) if rows else ()
