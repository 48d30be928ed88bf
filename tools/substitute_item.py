"""Another implant or set in place of the planned one: one plan per surgeon, each decided by that surgeon alone."""

from datetime import timedelta

from pydantic import Field

from hospital.cards import TableCard
from hospital.changes.substitution import SubstituteItem, reserved
from hospital.ids import CaseId, ClinicianId, SiteId
from hospital.model.bookings import SurgicalCase
from hospital.model.people import Clinician
from hospital.model.places import Site
from hospital.model.supply import Item, Stock
from hospital.planning.substitution import (
    Fit,
    PlannedCase,
    SubstitutionProblem,
    SubstitutionResult,
    plan_substitution,
)
from hospital.ports import Range
from policies.plans import ConstraintReport, Effect
from tools.directory import find_case, find_clinician, find_item, find_site
from tools.tool import Arguments, Draft, Options, Problem, Toolbox, tool
from tools.windows import listed, plural, say_moment

DAYS_AHEAD = 14


class SubstituteItemOnCases(Arguments):
    item: str = Field(description="The planned item, e.g. CUP-A")
    substitute: str | None = Field(default=None, description="What to use instead; unstated: its known alternatives")
    cases: tuple[str, ...] = Field(
        default=(), description="Only these cases; unstated: all coming ones with the item"
    )
    surgeon: str | None = Field(default=None, description="Only this surgeon's cases")
    site: str | None = None


@tool(SubstituteItemOnCases, "write", sources=("ehr", "inventory"), reads=("stock", "schedules"))
async def substitute_item(args: SubstituteItemOnCases, box: Toolbox) -> Draft | Options:
    """Plan cases with another item. One plan per surgeon; each surgeon says yes for their own cases only."""
    item = find_item(box, args.item)
    instead = _instead(args, box, item)
    site, cases = _cases(args, box, item)
    if not cases:
        raise Problem(
            "unknown",
            f"No case at {site.name} in the next {DAYS_AHEAD} days is planned with {item.id}"
            f"{' by that surgeon' if args.surgeon else ''}.",
            argument="item",
        )
    result = _plan(box, site, item, instead, cases)
    drafts = tuple(
        draft for who, fits in result.by_surgeon if (draft := _draft(box, site, item, instead, who, fits)) is not None
    )
    facts = {
        "item": item.id, "substitute": instead.id, "site": site.name, "status": result.status,
        "surgeons": [_name(box, who) for who, _ in result.by_surgeon], "spare": result.spare,
        "cases": [_fact(box, site, fit) for _, fits in result.by_surgeon for fit in fits],
        "relax": [relax.words for relax in result.relax],
    }  # fmt: skip
    if not drafts:
        whys = [f"{fit.case.case}: {fit.why}" for _, fits in result.by_surgeon for fit in fits]
        raise Problem("conflict", f"{instead.id} serves none of the cases planned with {item.id}. {'; '.join(whys)}.")
    cards = (_table(box, site, result),)
    if len(result.by_surgeon) == 1:
        draft = drafts[0]
        return Draft(draft.title, draft.lines, draft.effect, draft.report, facts, cards, headline=draft.headline)
    return Options(headline=_say(box, site, item, instead, result), drafts=drafts, facts=facts, cards=cards)


def _instead(args: SubstituteItemOnCases, box: Toolbox, item: Item) -> Item:
    if args.substitute is None:
        if len(item.alternatives) == 1 and (only := box.world.get(Item, item.alternatives[0])) is not None:
            return only
        choices = tuple(str(id) for id in item.alternatives)
        raise Problem("missing", f"What should be used instead of {item.id}?", choices=choices, argument="substitute")
    found = find_item(box, args.substitute)
    if found.id == item.id:
        raise Problem("invalid", f"{item.id} is what is planned; name another item.", argument="substitute")
    if found.id not in item.alternatives and item.id not in found.alternatives:
        known = listed([str(id) for id in item.alternatives]) if item.alternatives else "none"
        raise Problem(
            "conflict", f"{found.id} is not listed as an alternative to {item.id} (listed: {known}).",
            choices=tuple(str(id) for id in item.alternatives), argument="substitute",
        )  # fmt: skip
    return found


def _cases(args: SubstituteItemOnCases, box: Toolbox, item: Item) -> tuple[Site, list[SurgicalCase]]:
    """The coming cases planned with the item: those named, or all of the site (of one surgeon)."""
    if args.cases:
        named = [find_case(box, said) for said in args.cases]
        for case in named:
            if case.state != "scheduled" or item.id not in {one.item_id for one in case.items}:
                raise Problem("conflict", f"{case.id} is not a coming case planned with {item.id}.", argument="cases")
        return box.local(named[0].site_id), named
    site = find_site(box, args.site)
    surgeon = find_clinician(box, args.surgeon) if args.surgeon else None
    coming = Range(at_least=box.now, before=box.now + timedelta(days=DAYS_AHEAD))
    found = box.world.find(SurgicalCase, site_id=site.id, state="scheduled", start=coming, order="start")
    return site, [
        case
        for case in found
        if item.id in {one.item_id for one in case.items} and (surgeon is None or case.surgeon_id == surgeon.id)
    ]


def _plan(box: Toolbox, site: Site, item: Item, instead: Item, cases: list[SurgicalCase]) -> SubstitutionResult:
    planned = tuple(
        PlannedCase(
            case.id,
            str(case.surgeon_id or ""),
            case.start,
            sum(i.quantity for i in case.items if i.item_id == item.id),
        )
        for case in cases
        if case.start is not None
    )
    free = _on_hand(box, site, instead) - reserved(box.world, site.id, instead.id, box.now)
    return plan_substitution(
        SubstitutionProblem(planned, _on_hand(box, site, item), max(0, free), instead.processing_hours, box.now)
    )


def _on_hand(box: Toolbox, site: Site, item: Item) -> int:
    return sum(row.on_hand for row in box.world.find(Stock, site_id=site.id, item_id=item.id))


def _draft(box: Toolbox, site: Site, item: Item, instead: Item, who: str, fits: tuple[Fit, ...]) -> Draft | None:
    """One surgeon's own plan; None when the substitute serves none of their cases."""
    served = [fit.case for fit in fits if fit.served]
    if not served:
        return None
    lines = tuple(
        SubstituteItem(
            case_id=CaseId(case.case), site_id=SiteId(site.id), surgeon_id=ClinicianId(who) if who else None,
            starts_at=case.start, item_id=item.id, substitute_id=instead.id,
        )
        for case in served
    )  # fmt: skip
    name, ids = _name(box, who), listed([case.case for case in served])
    price = sum(case.quantity for case in served) * (instead.unit_cost - item.unit_cost)
    return Draft(
        title=f"{instead.id} instead of {item.id} for {name}: {ids}",
        lines=lines,
        effect=Effect(notes=(f"{'costs' if price >= 0 else 'saves'} {abs(price) // 100} dollars in implants",)),
        report=ConstraintReport(
            binding=tuple(f"{fit.case.case}: {item.id} is short for it" for fit in fits if not fit.keeps),
            why_not=tuple(f"{fit.case.case}: {fit.why}" for fit in fits if fit.why),
        ),
        headline=f"{name}: {instead.id} instead of {item.id} on {ids}.",
    )


def _name(box: Toolbox, who: str) -> str:
    person = box.world.get(Clinician, who) if who else None
    return person.name if person else "no surgeon yet"


def _fact(box: Toolbox, site: Site, fit: Fit) -> dict[str, object]:
    return {
        "case": fit.case.case,
        "surgeon": _name(box, fit.case.surgeon),
        "start": say_moment(site, fit.case.start),
        "has_planned_item": fit.keeps,
        "substitute_serves": fit.served,
        "why": fit.why,
    }


def _say(box: Toolbox, site: Site, item: Item, instead: Item, result: SubstitutionResult) -> str:
    parts = [
        f"{_name(box, who)} for {listed([fit.case.case for fit in fits if fit.served])}"
        for who, fits in result.by_surgeon
        if any(fit.served for fit in fits)
    ]
    left = [f"{fit.case.case}: {fit.why}" for _, fits in result.by_surgeon for fit in fits if fit.why]
    unserved = f" Not served: {listed(left)}." if left else ""
    return (
        f"{instead.id} instead of {item.id} at {site.name}: {plural(len(parts), 'separate plan')}, {listed(parts)}. "
        f"Each surgeon decides alone; one may agree and another not.{unserved}"
    )


def _table(box: Toolbox, site: Site, result: SubstitutionResult) -> TableCard:
    facts = [_fact(box, site, fit) for _, fits in result.by_surgeon for fit in fits]
    rows = tuple(
        (
            str(fact["surgeon"]), str(fact["case"]), str(fact["start"]),
            "yes" if fact["has_planned_item"] else "short",
            "yes" if fact["substitute_serves"] else str(fact["why"]),
        )
        for fact in facts
    )  # fmt: skip
    columns = ("Surgeon", "Case", "Start", "Planned item", "Substitute")
    return TableCard(
        title="Substitution by surgeon", columns=columns, rows=rows, note="The earliest case has first claim."
    )
