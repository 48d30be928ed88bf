"""Which block time could be given up, and which waiting cases it would serve: each part a drafted release."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hospital.cards import TableCard
from hospital.changes.blocks import ReleaseBlock
from hospital.ids import BlockId, RoomId
from hospital.model.bookings import Procedure, SurgicalCase
from hospital.model.places import Room, Site
from hospital.planning.block_release import Part, ReleaseProblem, ReleaseResult, WaitingCase, plan_release
from policies.plans import ConstraintReport, Effect
from tools.allocation_arguments import ProposeAllocation
from tools.block_times import LEAST_MINUTES, TURNOVER_MINUTES, block_time, find_blocks
from tools.case_requests import CLEANUP, SETUP
from tools.directory import find_site
from tools.tool import Draft, Options, Toolbox
from tools.windows import listed, plural, say_moment, say_span, window_of


async def propose_release(args: ProposeAllocation, box: Toolbox) -> Options:
    """Parts of blocks that nobody has booked, those first that would serve most of the cases that wait."""
    site = find_site(box, args.site)
    window = window_of(box, site, args.day, args.start, args.end, default=timedelta(days=14))
    blocks = find_blocks(box, site, window, args.room, args.surgeon or args.clinician, args.service)
    waiting = _waiting(box, site)
    problem = ReleaseProblem(
        tuple(block_time(box, block) for block in blocks), waiting, box.now, TURNOVER_MINUTES, LEAST_MINUTES
    )
    result = plan_release(problem)
    when = say_span(site, window.start, window.end)
    facts = {
        "site": site.name, "window": when, "blocks": len(blocks), "status": result.status,
        "unserved": list(result.unserved), "why_not": list(result.why_not), "waiting": len(waiting),
        "relax": [relax.words for relax in result.relax],
    }  # fmt: skip
    if not result.parts:
        least = "; ".join(relax.words for relax in result.relax) or "no block is left to release by hand"
        return Options(
            headline=f"No block time can be released at {site.name}, {when}: {least}.", drafts=(), facts=facts
        )
    parts = result.parts[: args.limit]
    drafts = tuple(_draft(box, site, part, result) for part in parts)
    first = parts[0]
    headline = (
        f"{plural(len(parts), 'part')} of block time at {site.name} could be released, {when}. Best: "
        f"{_say(box, site, first)}, for {listed(list(first.serves)) if first.serves else 'nobody who waits now'}. "
        "Its owner or the periop director decides."
    )
    return Options(headline=headline, drafts=drafts, facts=facts, cards=(_table(box, site, parts),))


def _waiting(box: Toolbox, site: Site) -> tuple[WaitingCase, ...]:
    """The requested cases of the site: any service may use what is released."""
    found = []
    for case in box.world.find(SurgicalCase, site_id=site.id, state="requested", order="wanted_on"):
        procedure = box.world.get(Procedure, case.procedure_id)
        if procedure is None:
            continue
        wanted = case.wanted_on or site.local(box.now).date()
        since = datetime.combine(wanted, time(), ZoneInfo(site.timezone))
        found.append(WaitingCase(case.id, procedure.booked_minutes + SETUP + CLEANUP, not case.elective, since))
    return tuple(found)


def _draft(box: Toolbox, site: Site, part: Part, result: ReleaseResult) -> Draft:
    block = part.block
    serves = f"would serve {listed(list(part.serves))}" if part.serves else "serves nobody who waits now"
    line = ReleaseBlock(
        block_id=BlockId(block.id),
        site_id=site.id,
        room_id=RoomId(block.room),
        start=part.span.start,
        end=part.span.end,
    )
    return Draft(
        title=f"Release {part.span.minutes} min of {block.owner}'s block",
        lines=(line,),
        effect=Effect(or_minutes=part.span.minutes, notes=(serves, f"{part.left_minutes} min stay open")),
        report=ConstraintReport(
            binding=tuple(f"a case is booked {say_span(site, b.start, b.end)}" for b in block.booked),
            slack=(f"open time: {part.left_minutes} min of slack",),
            why_not=result.why_not,
        ),
        headline=_say(box, site, part),
    )


def _say(box: Toolbox, site: Site, part: Part) -> str:
    room = box.world.get(Room, part.block.room)
    where = room.name if room else part.block.room
    return f"{where}, {say_span(site, part.span.start, part.span.end)} of {part.block.owner}"


def _table(box: Toolbox, site: Site, parts: tuple[Part, ...]) -> TableCard:
    rows = tuple(
        (
            number,
            part.block.owner,
            _say(box, site, part).partition(" of ")[0],
            part.span.minutes,
            ", ".join(part.serves) or "–",
            part.left_minutes,
            say_moment(site, part.block.auto_release_at),
        )
        for number, part in enumerate(parts, 1)
    )
    columns = ("#", "Owner", "Part", "Minutes", "Would serve", "Stays open", "Releases itself")
    return TableCard(title="Block time that could be released", columns=columns, rows=rows)
