"""`wardline demo`: one story with the real parts, from a question to what stands in the ERP. Ends by itself."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from agent.turn import Turn
from bots.app import Wardline, build
from bots.plan_views import to_decide, view_of
from bots.render import render_card
from bots.settings import Settings
from bots.terminal import show_turn
from hospital.model.people import User
from hospital.model.work import OutboxMessage
from policies.audit import verify
from policies.explain import explain
from policies.plans import Plan
from tools.results import Refused
from tools.sentences import plan_card

MOMENT = "2026-09-14T08:00"
"""A Monday morning; the sandbox is built around it, so the story is the same every time."""


@dataclass(frozen=True)
class Scene:
    """Somebody asks something; `decided` scenes go on until everybody who must has agreed."""

    title: str
    user: str
    text: str
    decided: bool = False
    then: str = ""
    """What they say to the answer, on the same thread."""


STORY = (
    Scene(
        "A case for Thursday",
        "or.scheduler",
        "Find room for a total hip on Thursday, 3 hours, with a C-arm, at any site",
    ),
    Scene("What the implants say", "supply.lead", "Which cases in the next 7 days lack an implant?"),
    Scene("Order the trays", "supply.lead", "Order 4 more of tray HIP-REV-7", decided=True),
    Scene(
        "A surge in cardiology",
        "cardiology.manager",
        "Cardiology demand next week vs capacity, and what should we change?",
        then="Submit the first option",
        decided=True,
    ),
    Scene("A nurse for tonight", "charge.5west", "Request an agency med-surg nurse for tonight", decided=True),
)


class DemoFailed(Exception):
    """The story did not go as it should; the message says where."""


def play(settings: Settings, screen: Console) -> None:
    """Tell the story on a sandbox of its own.

    Raises:
        DemoFailed: naming the step that went wrong.
    """
    home = settings.home / "demo"
    shutil.rmtree(home, ignore_errors=True)
    own = settings.model_copy(update={"home": home, "database_url": "", "model": ""}).with_now(MOMENT)
    with screen.status("Building five hospitals…") as status:
        line = build(own, lambda step: status.update(f"Building five hospitals: {step}…"))
        status.update("Learning what questions mean…")
        line.warm()
    try:
        for scene in STORY:
            _play(line, screen, scene)
        _audit(line, screen)
    finally:
        line.close()


def _play(line: Wardline, screen: Console, scene: Scene) -> None:
    user = line.doors.sandbox_user(scene.user)
    screen.print(Rule(Text(scene.title, style="bold cyan"), align="left"))
    screen.print(Text.assemble((f"{user.name}, {scene.user}: ", "bold"), scene.text))
    screen.print()
    with screen.status("thinking…"):
        turn = line.ask(user, scene.text, None, "terminal")
    show_turn(screen, turn, line.zone_of(user))
    if scene.then:
        screen.print(Text.assemble((f"\n{user.name}: ", "bold"), scene.then))
        screen.print()
        turn = line.ask(user, scene.then, turn.thread, "terminal")
        show_turn(screen, turn, line.zone_of(user))
    if scene.decided:
        _decide(line, screen, turn)
    screen.print()


def _decide(line: Wardline, screen: Console, turn: Turn) -> None:
    if turn.plan is None or turn.plan.approval_id is None:
        raise DemoFailed(f"nothing waits for approval after {turn.text[:80]!r}")
    for user, plan in _deciders(line, turn.plan.id):
        screen.print(Text.assemble("\n", (user.name, "bold"), f" ({user.id}) sees, and nothing else is decided:"))
        with line.store.reading() as world:
            votes = view_of(world, plan).needs
            screen.print(render_card(plan_card(world, plan).model_copy(update={"needs": votes}), line.zone_of(user)))
        for reason in explain(line.policy, plan):
            screen.print(Text(f"  {reason.rule} ({reason.where}) asks {reason.asks}", style="dim"))
        decision = line.desk.decide(plan.id, "approve", plan.digest, "", line.context(user, "terminal"))
        result = line.turns.run(decision)
        if isinstance(result, Refused):
            raise DemoFailed(f"{user.id} could not approve {plan.id}: {result.sentence}")
        screen.print(Text(f"✓ {user.name} approves digest {plan.digest[:12]}. {result.headline}", style="green"))
    line.deliver()
    _told(line, screen, turn.plan.id)


def _deciders(line: Wardline, plan_id: str) -> Iterator[tuple[User, Plan]]:
    """Whoever is next to decide, until the plan is decided."""
    while True:
        with line.store.reading() as world:
            plan = world.get(Plan, plan_id)
            if plan is None or plan.state != "awaiting":
                return
            asked = [user for need in plan.needs for who in need.who if (user := world.get(User, who))]
            now = line.clock.now()
            able = [user for user in asked if plan in to_decide(world, user, line.policy.data, now)]
        if not able:
            raise DemoFailed(f"{plan_id} waits, but nobody can decide it now")
        yield able[0], plan


def _told(line: Wardline, screen: Console, plan_id: str) -> None:
    """Ask the other systems themselves what they know."""
    with line.store.reading() as world:
        plan = world.get(Plan, plan_id)
        messages = world.find(OutboxMessage, plan_id=plan_id, order="sequence")
    for message in messages:
        known = line.downstream[message.system].state_of(message.id)
        said = f"{message.system.upper()} itself says: {message.operation.replace('_', ' ')} is {known.outcome}"
        screen.print(Text(f"→ {said}, reference {known.reference}", style="green"))
        if known.outcome != "done":
            raise DemoFailed(f"the {message.system} does not have {message.id}")
    screen.print(Text(f"  {plan_id} is {plan.state if plan else 'gone'}.", style="dim"))


def _audit(line: Wardline, screen: Console) -> None:
    with line.store.reading() as world:
        checked = verify(world)
    screen.print(Rule(Text("The audit", style="bold cyan"), align="left"))
    if not checked.ok:
        raise DemoFailed(f"the audit chain is broken at entry {checked.first_broken}")
    screen.print(Text(f"✓ {checked.entries} entries, every link holds. Head {checked.head[:16]}.", style="green"))
