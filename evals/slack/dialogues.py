"""The shipped dialogues and the demo's story through the fake Slack: the same decisions as at the command line."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.turn import Turn
from bots.app import Wardline
from bots.demo import STORY
from bots.plan_views import to_decide
from bots.settings import Settings
from evals.dialogue import Script
from evals.replay import Stage
from evals.slack.leaks import leaks
from evals.slack.town import Town, town
from hospital.model.people import User
from hospital.model.talk import TurnRecord
from hospital.ports import Not
from middleware.sandbox.conditions import given
from policies.plans import Plan

MOST_VOTES = 6
_ID = re.compile(r"\b[A-Z]{1,6}-[A-Z0-9]{5,}(?:-[A-Z0-9]+)*\b|\b[0-9a-f]{64}\b")
"""What is made anew in every run: numbers of plans and holds, digests."""


@dataclass(frozen=True)
class Compared:
    """A script at the command line and in Slack; `differences` is empty when both decided the same."""

    name: str
    differences: tuple[str, ...]
    leaks: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    """Of each turn, as in Slack."""
    seconds: float = 0.0
    """Until all was said and done in Slack."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that is not as it must be, in words."""
        return (*self.differences, *(f"identifies a patient: {leak}" for leak in self.leaks))


def trace_of(turns: Sequence[Turn]) -> list[Any]:
    """What was decided: outcome, calls with their arguments and results, and the plan with who must agree."""
    found = []
    for turn in turns:
        plan = turn.plan
        asked = plan.needs if plan else ()
        needs = [(need.rule, need.role, need.scope, need.need, sorted(need.who)) for need in asked]
        calls = [(use.name, use.args, use.result) for use in turn.tools]
        found.append([turn.outcome, calls, plan.title if plan else None, plan.lines if plan else (), needs])
    masked: list[Any] = json.loads(_ID.sub("ID", json.dumps(found, default=str)))
    return masked


def compare_scripts(scripts: Sequence[Script], settings: Settings) -> Iterator[Compared]:
    """Each script twice, each time on a fresh copy of the sandbox: at the command line, and in Slack."""
    stage = Stage(settings, Path(tempfile.mkdtemp(prefix="wardline-slack-")))
    try:
        for script in scripts:
            with stage.playing(script) as played:
                expected = trace_of(played.turns)
            with on_stage(stage, script.given) as made:
                started = time.perf_counter()
                turns = talk(made, script.user, script.turns)
                seconds = time.perf_counter() - started
                with made.line.store.reading() as world:
                    shown = leaks(world, made.slack.journal)
            outcomes = tuple(turn.outcome for turn in turns)
            yield Compared(script.name, _differences(expected, trace_of(turns)), shown, outcomes, seconds)
    finally:
        stage.close()


def compare_story(settings: Settings) -> Compared:
    """The demo's story: asked, approved on cards, and committed, in Slack as in the terminal."""
    stage = Stage(settings, Path(tempfile.mkdtemp(prefix="wardline-slack-")))
    try:
        home = stage.copy("story")
        line = stage.open(home)
        expected = {}
        for scene in STORY:
            user = line.doors.sandbox_user(scene.user)
            turns = [line.ask(user, scene.text, None, "cli")]
            if scene.then:
                turns.append(line.ask(user, scene.then, turns[0].thread, "cli"))
            expected[scene.title] = trace_of(turns)
            if scene.decided and turns[-1].plan is not None:
                _approve(line, turns[-1].plan.id)
        line.close()
        wrong: list[str] = []
        outcomes: list[str] = []
        with on_stage(stage, ()) as made:
            started = time.perf_counter()
            for scene in STORY:
                said = talk(made, scene.user, (scene.text, *([scene.then] if scene.then else [])))
                outcomes += [turn.outcome for turn in said]
                wrong += [f"{scene.title}: {one}" for one in _differences(expected[scene.title], trace_of(said))]
                plan = said[-1].plan
                if scene.decided and plan is not None:
                    state = approve_by_cards(made, plan.id)
                    wrong += [] if state in ("committed", "delivered") else [f"{scene.title}: the plan is {state}"]
                elif scene.decided:
                    wrong.append(f"{scene.title}: nothing waits for approval")
            seconds = time.perf_counter() - started
            with made.line.store.reading() as world:
                shown = leaks(world, made.slack.journal)
        return Compared("the demo's story", tuple(wrong), shown, tuple(outcomes), seconds)
    finally:
        stage.close()


@contextmanager
def on_stage(stage: Stage, conditions: Sequence[str]) -> Iterator[Town]:
    """A copy of the stage with Slack, removed afterwards."""
    home = stage.copy("slack")

    def open_line(with_slack: Callable[[Settings], Settings]) -> Wardline:
        line = stage.open(home)
        for condition in conditions:
            given(home, line.store, condition)
        return Wardline(with_slack(line.settings), line.store, line.clock, line.planner)

    try:
        with town(open_line) as made:
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def talk(made: Town, user: str, texts: Sequence[str]) -> list[Turn]:
    """Say these one after the other in one thread of the person's direct message; the turns that came of it."""
    channel, root = made.dm(user), None
    for number, text in enumerate(texts, 1):
        ts = made.say(user, text, channel, thread_ts=root)
        root = root or ts
        made.until(lambda count=number, at=root: len(_records(made, channel, at)) >= count, "the turn")  # type: ignore[misc]
        made.idle()
    return [Turn.model_validate(one.answer) for one in _records(made, channel, root or "")]


def _records(made: Town, channel: str, root: str) -> list[TurnRecord]:
    with made.line.store.reading() as world:
        found = world.find(TurnRecord, order="number", answered_at=Not(None))
    return [one for one in found if one.thread_id.split(":")[2:4] == [channel, root]]


def approve_by_cards(made: Town, plan_id: str) -> str:
    """Let everybody who must press "Approve" on their card, in order; the state it comes to."""
    for _ in range(MOST_VOTES):
        _, able = _deciders(made.line, plan_id)
        if not able:
            break
        made.click(able[0].id, made.card(able[0].id, plan_id), "approve")
        made.idle()
    return _deciders(made.line, plan_id)[0].state


def _approve(line: Wardline, plan_id: str) -> None:
    """The same at the command line."""
    for _ in range(MOST_VOTES):
        plan, able = _deciders(line, plan_id)
        if not able:
            break
        context = line.context(able[0], "cli")
        line.turns.run(line.desk.decide(plan.id, "approve", plan.digest, "", context))


def _deciders(line: Wardline, plan_id: str) -> tuple[Plan, list[User]]:
    """A plan, and who of those asked may decide on it now."""
    with line.store.reading() as world:
        plan = world.get(Plan, plan_id)
        assert plan is not None
        people = [user for need in plan.needs for who in need.who if (user := world.get(User, who))]
        able = [user for user in people if plan in to_decide(world, user, line.policy.data, line.clock.now())]
    return plan, able if plan.state == "awaiting" else []


def _differences(expected: list[Any], found: list[Any]) -> tuple[str, ...]:
    pairs = enumerate(zip(expected, found, strict=False), 1)
    said = [f"turn {at}: {one} at the command line, {two} in Slack" for at, (one, two) in pairs if one != two]
    return (*said, *([f"{len(expected)} turns, {len(found)} in Slack"] if len(expected) != len(found) else []))
