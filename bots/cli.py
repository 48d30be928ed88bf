"""The commands of bots, in one table."""

from collections.abc import Callable

import typer

from bots import cli_approvals, cli_events, cli_governing, cli_policy, cli_records, cli_sandbox
from bots.cli_ask import ask
from bots.cli_common import AsUser, Now, Sentences, console, settings_for
from bots.cli_figures import kpi
from bots.cli_models import models
from bots.cli_serve import serve, worker
from bots.cli_slack import fake_slack

app = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="The line hospital staff call to move capacity: ask, propose, approve, commit.",
)


def chat(as_user: AsUser = "or.scheduler", now: Now = None) -> None:
    """Talk to Wardline in the terminal; /help shows what else it can do."""
    from bots.chat import talk

    talk(as_user, now)


def demo() -> None:
    """Play one story from a question to a committed plan, on a sandbox of its own."""
    from bots.demo import play

    play(settings_for(), console())


COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "chat": chat,
    "demo": demo,
    "ask": ask,
    "kpi": kpi,
    "worker": worker,
    "fake-slack": fake_slack,
    "settings": cli_records.settings,
}
GROUPS = {
    "approvals": cli_approvals.app,
    "plan": cli_approvals.plan_app,
    "sandbox": cli_sandbox.app,
    "events": cli_events.app,
    "exceptions": cli_records.exceptions,
    "audit": cli_records.audit,
    "policy": cli_policy.app,
    "glass": cli_governing.glass,
    "switch": cli_governing.switch,
    "knowledge": cli_records.knowledge,
    "models": models,
}
NAMES = frozenset({*COMMANDS, *GROUPS})

for name, command in COMMANDS.items():
    app.command(name)(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)
