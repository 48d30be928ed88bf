"""New places for all that a lost room, device or person hits: operations in one plan, visits in one each."""

from tools.affected_cases import Loss, cases_hit
from tools.affected_visits import visits_hit
from tools.allocation_arguments import ProposeAllocation
from tools.displace_cases import displace_cases
from tools.displace_visits import displace_visits
from tools.lost import find_lost
from tools.tool import Options, Toolbox
from tools.windows import listed


async def propose_displacement(args: ProposeAllocation, box: Toolbox) -> Options:
    """What is lost moves operations or visits, or both: each is listed with its option or "no slot"."""
    lost = find_lost(args, box)
    loss, visits = cases_hit(box, lost), visits_hit(box, lost)
    parts = [await displace_cases(args, loss, box)] if loss.cases else []
    if visits.visits:
        parts.append(await displace_visits(visits, box))
    if not parts:
        return _nothing(loss)
    return parts[0] if len(parts) == 1 else _together(*parts)


def _together(cases: Options, visits: Options) -> Options:
    """Operations first: they are the harder to place."""
    return Options(
        headline=f"{cases.headline} {visits.headline}",
        drafts=(*cases.drafts, *visits.drafts),
        facts={**cases.facts, "visits": visits.facts},
        cards=(*cases.cards, *visits.cards),
    )


def _nothing(loss: Loss) -> Options:
    lost = loss.lost
    running = f" {listed([case.id for case in loss.running])} is in there now." if loss.running else ""
    elsewhere = f" At other sites: {listed([case.id for case in loss.elsewhere])}." if loss.elsewhere else ""
    return Options(
        headline=f"No booked case or visit is affected: {lost.name} at {lost.site.name} is lost {lost.said}."
        f"{running}{elsewhere}",
        drafts=(),
        facts={
            "lost": lost.name,
            "site": lost.site.name,
            "until": lost.said,
            "affected": 0,
            "status": "nothing to do",
            "elsewhere": [case.id for case in loss.elsewhere],
        },
    )
