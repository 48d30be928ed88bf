"""One plan at a glance in the terminal: the same sheet that the page draws."""

from collections.abc import Iterator
from datetime import tzinfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bots.plan_sheet import NeedSheet, PlanSheet, RowSheet
from bots.render import STATE_STYLES, clock_time
from hospital.money import Cents, format_money


def render_sheet(sheet: PlanSheet, zone: tzinfo) -> RenderableType:
    """Everything about one plan; times are shown on the clock of `zone`."""
    return Group(*_parts(sheet, zone))


def _parts(sheet: PlanSheet, zone: tzinfo) -> Iterator[RenderableType]:
    plan = sheet.plan
    state = Text(plan.state, style=STATE_STYLES.get(plan.state, "dim"))
    yield Text.assemble((plan.title, "bold"), "  ", state)
    until = f", open until {clock_time(plan.expires_at, zone)}" if plan.expires_at and sheet.plan.approval_id else ""
    yield Text(f"{plan.id}, asked by {sheet.asked_by} {clock_time(sheet.asked_at, zone)}{until}", style="dim")
    if sheet.reason:
        yield Text(sheet.reason)
    if sheet.replaces:
        yield Text(f"Instead of {sheet.replaces}: {'; '.join(sheet.compared) or 'it says the same'}")
    if sheet.replaced_by:
        yield Text(f"{sheet.replaced_by} took its place", style="red")
    if sheet.changed_since:
        yield _title("What changed since")
        yield from (Text(f"! {said}", style="red") for said in sheet.changed_since)
    yield _title("What happens")
    yield from (Text(f"• {line}") for line in plan.lines)
    if plan.cost:
        yield Text(f"Cost {format_money(Cents(plan.cost))}", style="bold")
    if sheet.rows:
        yield _title("Before and after")
        yield from (_row(row) for row in sheet.rows)
    if sheet.needs:
        yield _title("Who must say yes, and why")
        yield from (part for need in sheet.needs for part in _need(need, zone))
    limits = [f"binds: {said}" for said in sheet.binding] + list(sheet.slack)
    if limits or sheet.why_not:
        yield _title("What limits it")
        yield from (Text(f"• {said}") for said in (*limits, *(f"not otherwise: {said}" for said in sheet.why_not)))
    if plan.reference:
        yield Text(f"Reference {plan.reference}", style="green")
    yield Text(f"digest {plan.digest}", style="dim")


def _title(said: str) -> Text:
    return Text(f"\n{said}", style="bold cyan")


def _row(row: RowSheet) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=f"{row.what} (new)" if row.new else row.what, title_justify="left")
    for name in ("", "before", "after"):
        table.add_column(name)
    for field in row.fields:
        table.add_row(field.field, field.before or "–", field.after)
    return table


def _need(need: NeedSheet, zone: tzinfo) -> Iterator[Text]:
    met = need.have >= need.need
    now = "has agreed" if met else "decides now" if need.is_next else f"{need.have} of {need.need}"
    who = ", ".join(need.who) or "nobody can at the moment"
    yield Text(f"{'✓' if met else '…'} {need.role} ({need.scope}) {now}: {who}", style="green" if met else "yellow")
    yield Text(f"  {need.why}", style="dim")
    if need.then and not met:
        yield Text(f"  at half the time: {need.then}", style="dim")
    for vote in need.said:
        name = f" for {vote.in_name_of}" if vote.in_name_of else ""
        yield Text(f"  {vote.who}{name}: {vote.decision} {clock_time(vote.at, zone)} {vote.reason}".rstrip())
