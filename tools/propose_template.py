"""What to change in a service's clinics when demand is above capacity: sessions, rooms, people, devices, cost."""

import asyncio
from functools import partial
from typing import Any

from hospital.planning.clinic_sessions import Need, SessionProblem, add_sessions
from tools.allocation_arguments import ProposeAllocation
from tools.forecast_arguments import ForecastDemand
from tools.forecast_visits import VisitsAsked, visits_asked
from tools.template_candidates import CouldAdd, CouldTurn, could_add, could_turn, devices_free, week_of
from tools.template_plan import Ways, template_draft
from tools.tool import Options, Problem, Toolbox
from tools.visit_demand import FITTED_NOW, read_demand
from tools.windows import listed

LEVELS = (("p80", "four weeks out of five"), ("p50", "the median week"))
"""What is planned for; the first is proposed first."""


async def propose_template(args: ProposeAllocation, box: Toolbox) -> Options:
    """Plans that cover the gap between referrals and new-patient slots, with each change's approver."""
    asked = visits_asked(
        ForecastDemand(service=args.service, site=args.site, day=args.day, start=args.start, end=args.end), box
    )
    if not asked.clinics:
        raise Problem("unknown", f"{asked.service.name} has no clinics, so no templates.", argument="service")
    needs = _needs(box, asked)
    ways = _ways(box, asked, {need.site for need in needs["p80"] if need.missing > 0})
    facts: dict[str, Any] = {
        "service": asked.service.name,
        "sites": [site.name for site in asked.sites],
        "first": f"{asked.days[0]:%a %d %b}",
        "last": f"{asked.days[-1]:%a %d %b}",
        "gap_p80": sum(max(0, need.missing) for need in needs["p80"]),
        "gap_p50": sum(max(0, need.missing) for need in needs["p50"]),
        "sessions_possible": len(ways.adds),
        "slots_possible_to_turn": len(ways.turns),
    }
    when = f"{asked.days[0]:%a %d %b} to {asked.days[-1]:%a %d %b}"
    drafts, results, said = [], [], set[tuple[object, ...]]()
    for level, words in LEVELS:
        problem = SessionProblem(
            needs=needs[level],
            candidates=tuple(one.candidate for one in ways.adds.values()),
            turnings=tuple(one.turning for one in ways.turns.values()),
            devices=ways.devices,  # type: ignore[arg-type]
        )
        result = await asyncio.to_thread(partial(add_sessions, problem))
        if level == LEVELS[0][0]:
            facts |= {"status": result.status, "relax": [one.words for one in result.relax]}
        same = (*(one.id for one in result.sessions), *(one.id for one in result.turned))
        if (result.sessions or result.turned) and same not in said:
            said.add(same)
            results.append(result)
            drafts.append(template_draft(box, asked, result, ways, words))
    facts["plans"] = [draft.facts for draft in drafts]
    if not drafts:
        return Options(
            headline=f"{asked.service.name}, {when}: "
            + (
                f"{facts['gap_p80']} new-patient slots are missing, and neither a free physician with a free room "
                f"nor free slots to turn were found. It would take {listed(facts['relax'])}."
                if facts["gap_p80"]
                else "the templates hold what is expected even in four weeks out of five, so nothing has to change."
            ),
            drafts=(),
            facts=facts,
        )
    first = drafts[0]
    gap = f"site by site {facts['gap_p80']} new-patient slots are missing when planning for four weeks out of five"
    return Options(
        headline=f"{asked.service.name}, {when}: {gap} ({facts['gap_p50']} at the median). {first.headline}"
        + (f" Or: {drafts[1].headline}" if len(drafts) > 1 else ""),
        drafts=tuple(drafts),
        facts=facts,
        cards=tuple(card for draft in drafts for card in draft.cards),
    )


def _needs(box: Toolbox, asked: VisitsAsked) -> dict[str, tuple[Need, ...]]:
    """New-patient slots missing per site and week, at each level of the forecast."""
    weeks = [
        (str(site.id), week)
        for site in asked.sites
        for demand in read_demand(
            box, asked.service, [one for one in asked.clinics if one.site_id == site.id], [site], asked.days
        )
        if demand.measure == FITTED_NOW
        for week in demand.weeks
    ]
    if not weeks:
        raise Problem("unavailable", f"No referrals to {asked.service.name} were ever counted there.")
    return {
        "p80": tuple(Need(site, week_of(week.days[0]), week.gap80) for site, week in weeks),
        "p50": tuple(Need(site, week_of(week.days[0]), week.gap) for site, week in weeks),
    }


def _ways(box: Toolbox, asked: VisitsAsked, short: set[str]) -> Ways:
    adds: dict[str, CouldAdd] = {}
    turns: dict[str, CouldTurn] = {}
    devices: list[tuple[str, str, object, int]] = []
    days = list(asked.days)
    for clinic in asked.clinics:
        site = next((site for site in asked.sites if site.id == clinic.site_id), None)
        if site is None or str(site.id) not in short:
            continue
        adds |= {one.candidate.id: one for one in could_add(box, site, clinic, days)}
        turns |= {one.turning.id: one for one in could_turn(box, site, clinic, days)}
        devices += devices_free(box, site, clinic, days)
    return Ways(adds, turns, tuple(devices))
