"""Options for one surgical case: room, team, anaesthesia, equipment, implants and post-op bed together."""

import asyncio
from datetime import timedelta

from hospital.model.places import Site
from hospital.planning.allocate_case import allocate_case
from hospital.planning.case_result import CaseResult, Option
from hospital.planning.intervals import Interval, Spans
from tools.allocation_arguments import ProposeAllocation
from tools.case_options import options_table, report_of, say_option, why_card, why_not_of
from tools.case_wish import Wish, effect_of, problem_of, schedule, wish_of
from tools.directory import find_case
from tools.propose_move import propose_move
from tools.sites_asked import find_sites
from tools.tool import Draft, Options, Toolbox
from tools.windows import say_span, window_of

MOST_DAYS = 14


async def propose_case(args: ProposeAllocation, box: Toolbox) -> Options:
    """Ranked options for the case, each submittable, with why-not for what was rejected."""
    booked = find_case(box, args.case) if args.case else None
    if booked is not None and booked.state == "scheduled":
        return await propose_move(args, box, booked)
    wish = wish_of(args, box)
    sites = find_sites(box, args.site)
    windows = _windows(args, box, sites)
    problem = problem_of(args, box, wish, sites, windows)
    result = await asyncio.to_thread(allocate_case, problem, args.limit)
    when = say_span(sites[0], windows[0].start, windows[0].end)
    where = sites[0].name if len(sites) == 1 else f"{len(sites)} sites"
    why_not = why_not_of(result)
    facts = {
        "case": wish.request.id if wish.request else None,
        "what": wish.name,
        "minutes": wish.minutes,
        "minutes_from": wish.minutes_from,
        "sites": [site.name for site in sites],
        "window": when,
        "status": result.status,
        "checked": ["room", "team", "anaesthesia", *wish.equipment, *(i.item_id for i in wish.items), "post-op bed"],
        "why_not": why_not,
        "relax": [relax.words for relax in result.relax],
    }
    asked = f"{wish.name}, {wish.minutes} min ({wish.minutes_from}), {when}, {where}"
    if not result.options:
        relax = "; ".join(r.words for r in result.relax)
        return Options(
            headline=f"No slot meets everything for {asked}. {relax or result.note}.".replace("..", "."),
            drafts=(),
            facts=facts,
            cards=why_card(why_not),
        )
    drafts = tuple(_draft(option, result, wish, box) for option in result.options)
    first = result.options[0]
    headline = (
        f"{len(drafts)} options for {asked}. Best: {say_option(first, box)}. Room, scrub team, anaesthesia, "
        f"{'equipment, ' if wish.equipment else ''}{'implants, ' if wish.items else ''}"
        f"recovery and {(wish.level or 'post-op').replace('_', '-')} bed are checked for each; nothing is held yet."
    )
    return Options(
        headline=headline, drafts=drafts, facts=facts, cards=(options_table(result, box), *why_card(why_not))
    )


def _windows(args: ProposeAllocation, box: Toolbox, sites: list[Site]) -> Spans:
    """The staffed hours inside the time asked for; without one, the coming seven days."""
    asked = window_of(box, sites[0], args.day, args.start, args.end, default=timedelta(days=7), most=MOST_DAYS)
    return (Interval(max(asked.start, box.now), asked.end),)


def _draft(option: Option, result: CaseResult, wish: Wish, box: Toolbox) -> Draft:
    return Draft(
        title=f"{wish.name} at {option.site_name}",
        lines=(schedule(option, wish),),
        effect=effect_of(option, wish, box),
        report=report_of(option, result),
        headline=say_option(option, box),
    )
