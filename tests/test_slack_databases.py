"""The way of Slack on each kind of database: what comes in counts once, cards, links and installations are kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from slack_town import small_town
from small_hospital import fill, people

from bots.slack.installs import States
from bots.slack.jobs import Jobs
from bots.slack.who import LinkedAlready, People
from evals.slack.town import Town
from hospital.clocks import SystemClock
from hospital.model.slack import SlackInstallation, SlackJob, SlackLink
from middleware.store.database import SqlStore, create
from policies.plans import AuditEntry, Plan, Vote

T = TypeVar("T")
CREW = 4
"""Threads that do the same at once, each with a connection of its own as processes have."""


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    made = fill(create(store_url, sandbox=True))
    yield made
    made.close()


@pytest.fixture
def slack(tmp_path: Path, store_url: str) -> Iterator[Town]:
    with small_town(tmp_path, more={"database_url": store_url}) as made:
        yield made


def _at_once(act: Callable[[int], T]) -> list[T]:
    """What each of the crew gets when all do it at the same moment."""
    barrier = Barrier(CREW)

    def doing(number: int) -> T:
        barrier.wait(20)
        return act(number)

    with ThreadPoolExecutor(CREW) as crew:
        return list(crew.map(doing, range(CREW)))


def test_an_order_is_asked_for_approved_and_told_once_however_often_it_is_sent(slack: Town) -> None:
    channel = slack.dm("sup")
    ts = slack.say("sup", "order 4 TRAY", channel, event_id="Ev-the-same")
    event = {"type": "message", "channel_type": "im", "user": slack.user("sup"), "ts": ts, "channel": channel}
    for _ in range(3):
        slack.run(slack.people.delivery.event, slack.team.id, {**event, "text": "order 4 TRAY"}, "Ev-the-same")
    card = slack.card("periop.director")
    for _ in range(2):
        slack.click("periop.director", card, "approve")
    slack.until(lambda: "decide:" not in str(card.blocks), "the card to freeze")
    told = slack.until(
        lambda: [one for one in slack.said(channel, ts) if "Approved" in str(one.blocks)], "the outcome"
    )
    slack.idle()
    with slack.line.store.reading() as world:
        (plan,) = world.find(Plan)
        assert plan.state in ("committed", "delivered")
        assert world.count(Vote) == 1
        assert world.count(SlackJob, kind="message") == 1
    assert len(told) == 1


def test_of_a_crew_one_keeps_a_key_and_one_gets_the_job(store: SqlStore) -> None:
    now = SystemClock().now()
    job = SlackJob(
        id="T1:Ev1", team_id="T1", kind="message", payload={}, lane="lane", place="1.1", next_at=now, received_at=now
    )  # fmt: skip
    jobs = Jobs(store, SystemClock())
    assert sorted(len(kept) for kept in _at_once(lambda _: jobs.add(job))) == [0, 0, 0, 1]
    taken = [one for one in _at_once(lambda number: jobs.claim(f"worker {number}")) if one is not None]
    assert [one.attempts for one in taken] == [1]
    assert jobs.done(taken[0])
    assert [jobs.add(job), jobs.left(), jobs.claim("later")] == [(), 0, None]


def test_of_a_crew_one_uses_a_secret_and_one_gets_the_account(store: SqlStore) -> None:
    states = States(store, SystemClock())
    secret = states.issue("ticket", team="T1", user="U1")
    used = [one for one in _at_once(lambda _: states.consume("ticket", secret)) if one is not None]
    assert used == [{"team": "T1", "user": "U1"}]
    links, who = People(store, SystemClock(), "https://slack.com/api/"), ["sam", "cora", "sup", "adam"]

    def link(number: int) -> str:
        try:
            return links.link("T1", "U1", people()[who[number]]).user_id
        except LinkedAlready:
            return "refused"

    found = _at_once(link)
    assert found.count("refused") == CREW - 1
    with store.reading() as world:
        assert [one.user_id for one in world.find(SlackLink)] == [one for one in found if one != "refused"]


def test_a_workspace_that_removes_the_app_is_forgotten(slack: Town) -> None:
    slack.run(lambda: slack.people.uninstall(slack.team.id))

    def sealed() -> list[str]:
        with slack.line.store.reading() as world:
            return [one.sealed_token for one in world.find(SlackInstallation)]

    def told() -> int:
        with slack.line.store.reading() as world:
            return sum("slack.uninstalled" in one.why for one in world.find(AuditEntry))

    slack.until(lambda: sealed() == [""], "the token to go")
    # Slack says it twice: the token is revoked, the app is gone; nothing is left to do when the test ends.
    slack.until(lambda: told() == 2, "both events to be handled")
    slack.idle()
