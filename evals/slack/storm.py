"""Many people write and press at once, much of it twice and out of order, while servers die and start again."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bots.fake_slack.faults import Faults
from bots.fake_slack.model import Message
from bots.fake_slack.slack import Refusal
from bots.slack.jobs import Jobs
from bots.slack.speaker import hashed
from bots.slack.turns import key_of
from evals.slack.after import After, Lag
from evals.slack.fleet import Fleet
from evals.slack.leaks import leaks
from evals.slack.town import Town
from hospital.model.slack import SlackJob
from hospital.model.talk import TurnRecord
from hospital.ports import In
from policies.plans import AuditEntry, Plan, Vote

DONE_SECONDS = 900.0


@dataclass
class Weather:
    """What is let loose: whom the messages come from and say, how many, and when servers die."""

    sayings: Sequence[tuple[str, str]]
    """Who says what; gone through again and again."""
    events: int = 500
    kill: Sequence[tuple[float, int]] = ()
    """At which share of the events which server is killed with its worker; it is started again at once."""
    kill_worker: Sequence[tuple[float, int]] = ()
    """At which share which server's worker is killed; the server starts it again."""
    faults: Faults = field(default_factory=lambda: Faults(duplicate=0.2, reorder=0.2, limits=False))
    per_second: float = 25.0
    decider: str = ""
    """Who presses "Approve", twice, on every card that comes."""


def storm(made: Town, fleet: Fleet, weather: Weather, log: Callable[[str], None] = lambda _: None) -> After:
    """Let it loose and wait until all is quiet."""
    started = time.perf_counter()
    made.slack.faults = weather.faults
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    whole = [(int(share * weather.events), server, True) for share, server in weather.kill]
    deaths = sorted([*whole, *((int(share * weather.events), one, False) for share, one in weather.kill_worker)])
    lag = Lag()
    made.run(lag.start)
    for number in range(weather.events):
        while deaths and deaths[0][0] <= number:
            _, server, all_of_it = deaths.pop(0)
            log(f"{'server' if all_of_it else 'the worker of server'} {server} is killed at event {number}")
            if all_of_it:
                fleet.kill(server)
                fleet.start(server)
            else:
                fleet.kill_worker(server)
        who, text = weather.sayings[number % len(weather.sayings)]
        channel = made.dm(who)
        asked[channel, made.say(who, text, channel)] = (who, text)
        time.sleep(1 / weather.per_second)
    pressed = _quiet(made, weather)
    made.run(made.people.delivery.drained)
    made.run(lag.stop)
    return _count(made, asked, pressed, lag, time.perf_counter() - started)


def _quiet(made: Town, weather: Weather) -> int:
    """Press what comes, until nothing is left to do; how many presses."""
    jobs, ended, pressed = Jobs(made.line.store, made.line.system_clock), time.monotonic() + DONE_SECONDS, 0
    seen: set[str] = set()
    shown: dict[str, int] = {}
    calm = 0
    while time.monotonic() < ended and calm < 8:
        new = [one for one in _messages(made, weather.decider, "approve") if one.ts not in seen]
        for card in new:
            seen.add(card.ts)
            with suppress(Refusal):  # the card froze between two presses
                for _ in range(2):
                    made.click(weather.decider, card, "approve")
                    pressed += 1
        for digest in _messages(made, weather.decider, "cards"):
            if shown.get(digest.ts, -1) < len(seen):  # there may be more cards than one press shows
                shown[digest.ts] = len(seen)
                with suppress(Refusal):
                    made.click(weather.decider, digest, "cards")
        calm = calm + 1 if not new and jobs.left() == 0 else 0
        time.sleep(0.25)
    return pressed


def _messages(made: Town, decider: str, action: str) -> list[Message]:
    """What the decider sees that has this button."""
    if not decider:
        return []
    return [one for one in made.said(made.dm(decider)) if f"'action_id': '{action}'" in str(one.blocks)]


def _count(
    made: Town, asked: dict[tuple[str, str], tuple[str, str]], pressed: int, lag: Lag, seconds: float
) -> After:
    answers = {(one.channel, one.ts): one for channel in made.team.channels for one in made.said(channel)}
    by_key = Counter(
        one.metadata["event_payload"]["key"] for one in answers.values() if one.metadata and not one.streaming
    )
    keys = {where: hashed(key_of(*where)) for where in asked}
    with made.line.store.reading() as world:
        turns = Counter(
            (parts[2], parts[3])
            for thread, answer in world.values(TurnRecord, ("thread_id", "answer"))
            if (parts := thread.split(":"))[0] == "slack" and answer is not None
        )
        plans = world.find(Plan)
        made_by_thread = Counter(tuple(str(one.thread_id).split(":")[2:4]) for one in plans if one.thread_id)
        votes = Counter(one.plan_id for one in world.find(Vote))
        commits = Counter(one.plan_id for one in world.find(AuditEntry, what="commit"))
        unfinished = world.find(SlackJob, state=In(("dead", "working", "waiting")))
        dead = tuple(f"{one.kind}: {one.note}" for one in unfinished)
        found = leaks(world, made.slack.journal)
    delivery = made.people.delivery
    decided = [one for one in plans if one.needs and one.state in ("committed", "delivered")]
    ordering = [where for where, (_, text) in asked.items() if text.lower().startswith("order")]
    return After(
        messages=len(asked),
        unanswered=sum(1 for key in keys.values() if by_key[key] == 0),
        turns_not_once=sum(1 for where in asked if turns[where] != 1),
        plans_not_once=sum(1 for where in ordering if made_by_thread[where] != 1),
        duplicates=tuple(f"{where[0]}:{where[1]}" for where, key in keys.items() if by_key[key] > 1),
        clicks=pressed,
        votes_not_once=sum(1 for one in decided if votes[one.id] != sum(need.count for need in one.needs)),
        commits_not_once=sum(1 for one in decided if commits[one.id] != 1),
        dead_jobs=dead,
        leaks=found,
        acks=tuple(delivery.acks),
        door=tuple(one["door"] for one in delivery.server_acks if "door" in one),
        kept=tuple(took for one in delivery.server_acks for name, took in one.items() if name in ("store", "file")),
        on_disk=sum(1 for one in delivery.server_acks if "file" in one),
        lag=tuple(lag.seconds),
        seconds=seconds,
    )
