"""Looks for what must be told without being asked, and turns it into jobs.

A job tells one person or channel one thing. Whoever is asked for much in a short time gets one digest instead of many
pings, and every card that is shown anywhere is brought to what its plan is now.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from bots.slack.digest import DIGEST, digest_mark
from bots.slack.exceptions import untold
from bots.slack.inbox import place_of
from bots.slack.jobs import append
from bots.slack.line import SlackLine
from bots.slack.notices import ASKS, SHOWN, about_of
from bots.slack.posts import card_job, job_for, standing_for
from bots.slack.who import links_of
from hospital.model.slack import SlackJob, SlackLink, SlackPost
from hospital.model.work import Notice
from hospital.ports import In, Range, Reader, UnitOfWork
from policies.plans import Plan, Vote

DIGEST_FROM = 4
"""So many pings for one person within `PING_WINDOW`: what comes beyond is one message."""
PING_WINDOW = timedelta(minutes=10)
WINDOW = 200
_LOCK = "slack:look"


def look(line: SlackLine) -> int:
    """Turn what is new into jobs, in one transaction; how many. Looking alone takes no lock."""
    now = line.wardline.system_clock.now()
    with line.store.reading() as world:
        cards = list(_changed_cards(line, world, now))
        if not (cards or _unseen(world) or any(True for _ in untold(world, now))):
            return 0
    with line.store.working() as work:
        work.lock((_LOCK,))
        jobs = [*_notices(work, now), *untold(work, now), *cards]
        return sum(append(work, job) for job in jobs)


def _unseen(world: Reader) -> list[Notice]:
    """What nobody was told yet of those who can be reached."""
    reachable = {user for (user,) in world.values(SlackLink, ("user_id",), ended_at=None)}
    return world.find(Notice, seen=False, user_id=In(tuple(reachable)), order="at", limit=WINDOW)


def _notices(work: UnitOfWork, now: datetime) -> Iterable[SlackJob]:
    found = _unseen(work)
    by_person: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in found:
        by_person[notice.user_id].append(notice)
    work.put(*(notice.model_copy(update={"seen": True}) for notice in found))
    for user, notices in by_person.items():
        asking = [one.id for one in notices if about_of(one) in ASKS]
        for link in links_of(work, user):
            pings = _pings(work, link, now) + len(asking) if asking else 0
            digest = asking if pings >= DIGEST_FROM else []
            if digest and not _is_coming(work, link):
                yield job_for(link.team_id, DIGEST, f"{digest[0]}:{link.slack_user}", link.slack_user, now)
            for one in notices:
                if one.id not in digest:
                    yield job_for(link.team_id, "notice", one.id, link.slack_user, now, notice=one.id)


def _is_coming(world: Reader, link: SlackLink) -> bool:
    """Whether a digest waits to be told: it lists what waits by then."""
    return world.count(SlackJob, lane=f"{DIGEST}:{link.team_id}:{link.slack_user}", state="waiting") > 0


def _pings(world: Reader, link: SlackLink, now: datetime) -> int:
    """How often this person was asked for a decision lately, or is about to be."""
    lane, lately = f"notice:{link.team_id}:{link.slack_user}", Range(at_least=now - PING_WINDOW)
    told = world.count(SlackJob, lane=lane, received_at=lately, note=In(SHOWN))
    return told + world.count(SlackJob, lane=lane, received_at=lately, state=In(("waiting", "working")))


def _changed_cards(line: SlackLine, world: Reader, now: datetime) -> Iterable[SlackJob]:
    posts = world.find(SlackPost, final=False, limit=1000)
    plans = In(tuple({post.plan_id for post in posts if post.plan_id}))
    votes: defaultdict[str, int] = defaultdict(int)
    for (plan_id,) in world.values(Vote, ("plan_id",), plan_id=plans):
        votes[plan_id] += 1
    marks = {plan: f"{state}:{votes[plan]}" for plan, state in world.values(Plan, ("id", "state"), id=plans)}
    for post in posts:
        if post.shown.startswith(DIGEST):
            if (now_says := digest_mark(line, world, post)) != post.shown:
                key = f"{post.id}:{now_says}:{place_of(now)}"
                yield job_for(post.team_id, DIGEST, key, post.slack_user, now, post=post.id)
            continue
        mark = marks.get(str(post.plan_id), "")
        if line.is_as_drawn(post.id, f"{mark}:{post.shown}"):
            continue
        standing = standing_for(world, line, post)
        if standing is not None and standing.fingerprint != post.shown:
            yield card_job(post, standing, now)
        else:
            line.drawn(post.id, f"{mark}:{post.shown}")
