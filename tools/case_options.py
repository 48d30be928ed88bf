"""How placements of a case are shown: one line each, the table of options, and why not elsewhere."""

from hospital.cards import TableCard
from hospital.money import format_money
from hospital.planning.case_result import CaseResult, Option
from hospital.planning.report import Rejected
from policies.plans import ConstraintReport
from tools.tool import Toolbox
from tools.windows import say_span

SHOWN_WHY_NOT = 8


def report_of(option: Option, result: CaseResult) -> ConstraintReport:
    """What keeps the option from being earlier, what is left over, and why not elsewhere."""
    return ConstraintReport(
        binding=option.report.binding,
        slack=tuple(f"{name}: {minutes} min of slack" for name, minutes in option.report.slack.items()),
        why_not=tuple(why_not_of(result)),
    )


def say_option(option: Option, box: Toolbox) -> str:
    """`Northgate OR 9, Thu 17 Sep 07:45-10:45 with Dr. Lund`."""
    site = box.local(option.site)
    surgeon = option.taken("surgeon")
    who = f" with {surgeon[0].name}" if surgeon else ""
    return f"{option.site_name} {option.taken('room')[0].name}, {say_span(site, option.start, option.end)}{who}"


def options_table(result: CaseResult, box: Toolbox) -> TableCard:
    """Every option with everything it takes."""

    def names(option: Option, kind: str) -> str:
        return ", ".join(p.name for p in option.placements if p.kind == kind) or "–"

    rows = tuple(
        (
            option.rank,
            option.site_name,
            names(option, "room"),
            say_span(box.local(option.site), option.start, option.end),
            names(option, "surgeon"),
            names(option, "anaesthesia"),
            names(option, "equipment"),
            names(option, "bed").replace("_", "-"),
            format_money(option.cost),
            "; ".join(option.report.binding) or "nothing",
        )
        for option in result.options
    )
    columns = ("#", "Site", "Room", "When", "Surgeon", "Anaesthesia", "Equipment", "Bed after", "OR cost", "Binds")
    return TableCard(title="Options", columns=columns, rows=rows, note="Times are on each site's own clock.")


def why_not_of(result: CaseResult) -> list[str]:
    """Whole sites first, then single rooms, each once."""

    def rank(rejected: Rejected) -> tuple[bool, str]:
        return (rejected.resource is not None, rejected.site)

    words = [rejected.words for rejected in sorted(result.rejected, key=rank)]
    return list(dict.fromkeys(words))[:SHOWN_WHY_NOT]


def why_card(why_not: list[str]) -> tuple[TableCard, ...]:
    """The same as a table; none without reasons."""
    if not why_not:
        return ()
    rows = tuple(tuple(words.split(": ", 1)) if ": " in words else (words, "") for words in why_not)
    return (TableCard(title="Why not elsewhere", columns=("Where", "Why not"), rows=rows),)
