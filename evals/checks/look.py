"""What every check needs: the words of a reply, the cells of its tables, its plan, and what was written since."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from agent.turn import Turn
from evals.replay import Played
from hospital.cards import Cell, TableCard
from hospital.entity import Entity
from hospital.model.places import Site
from policies.plans import AuditEntry, Plan

Wrong = str | None
Check = Callable[[Played], Wrong]
E = TypeVar("E", bound=Entity)
MINUTE = timedelta(minutes=1)


def say(text: str, *patterns: str) -> Wrong:
    """Which of these patterns the text does not have."""
    missing = [pattern for pattern in patterns if not re.search(pattern, text, re.IGNORECASE)]
    return f"the reply does not say {', '.join(missing)}" if missing else None


def first_wrong(*found: Wrong) -> Wrong:
    """The first thing that is wrong, if any is."""
    return next((wrong for wrong in found if wrong), None)


def same(what: str, said: object, real: object) -> Wrong:
    """Wrong when the two differ."""
    return None if said == real else f"{what}: the answer says {said}, the rows say {real}"


def rows_with(turn: Turn, *columns: str) -> list[dict[str, Cell]]:
    """The rows of all tables that have these columns, each by column, with the table's title as ``."""
    return [
        {"": card.title, **dict(zip(card.columns, row, strict=True))}
        for card in turn.cards
        if isinstance(card, TableCard) and set(columns) <= set(card.columns)
        for row in card.rows
    ]


def words_of(turn: Turn) -> str:
    """What the turn says outside its tables: the sentences."""
    return "\n".join(line for line in turn.text.splitlines() if not line.startswith("|"))


def site_of(played: Played) -> Site:
    """The one site that the script is about.

    Raises:
        LookupError: when the script names none that exists.
    """
    site = played.after.get(Site, played.about("site"))
    if site is None:
        raise LookupError(f"{played.script.name}: there is no site {played.about('site')}")
    return site


def on_clock(site: Site, day: str, clock: time) -> datetime:
    """A wall-clock moment at a site."""
    return datetime.combine(date.fromisoformat(day), clock, ZoneInfo(site.timezone))


def say_when(site: Site, moment: datetime) -> str:
    """A moment as replies write it: `Wed 16 Sep 09:30`."""
    return site.local(moment).strftime("%a %d %b %H:%M")


def plan_of(played: Played, turn: Turn | None = None) -> Plan | None:
    """The plan that the turn shows, as it is kept."""
    shown = (turn or played.last).plan
    return played.after.get(Plan, shown.id) if shown else None


def new_rows(played: Played, kind: type[E], **where: Any) -> list[E]:
    """The rows of a kind that were not there before the script."""
    known = {id for (id,) in played.before.values(kind, ("id",))}
    new = [id for (id,) in played.after.values(kind, ("id",), **where) if id not in known]
    return [row for id in new if (row := played.after.get(kind, id)) is not None]


def audited(played: Played) -> list[AuditEntry]:
    """What the audit chain gained, in its order."""
    known = {id for (id,) in played.before.values(AuditEntry, ("id",))}
    return [entry for entry in played.after.find(AuditEntry, order="sequence") if entry.id not in known]


def cites(played: Played, source: str) -> Wrong:
    """The handbook's own page must be among what is quoted."""
    found = {citation.source for citation in played.last.citations}
    return None if source in found else f'the page "{source}" is not quoted, but {sorted(found)}'
