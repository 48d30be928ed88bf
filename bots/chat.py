"""`wardline chat`: a conversation in the terminal, with approvals beside it."""

import atexit
from collections.abc import Callable
from typing import Literal

from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from agent.turn import Progress
from bots.app import Wardline
from bots.cli_approvals import any_plan
from bots.cli_common import Sorry, console, opened, person
from bots.identity import NotAllowed
from bots.plan_views import card_of, to_decide
from bots.render import render_card
from bots.terminal import show_turn
from hospital.ids import ThreadId
from policies.plans import Plan
from tools.results import Refused


class Chat:
    """One person at one terminal."""

    def __init__(self, wardline: Wardline, user: str, screen: Console) -> None:
        self._wardline = wardline
        self._screen = screen
        self._thread: ThreadId | None = None
        self._user = person(wardline, user)
        self._zone = wardline.zone_of(self._user)

    @property
    def prompt(self) -> str:
        """Who is talking."""
        return f"{self._user.id} › "

    def welcome(self) -> None:
        """Say who one is and what one can do."""
        self._screen.print(f"[bold]Wardline[/bold]. You are {self._user.name} ({self._user.id}). /help for commands.")
        self._say_waiting()

    def hear(self, line: str) -> bool:
        """Answer one line; False to end."""
        word, _, rest = line.strip().partition(" ")
        if not word:
            return True
        if word in ("/quit", "/exit", "/q"):
            return False
        if not word.startswith("/"):
            self._ask(line)
            return True
        command = COMMANDS.get(word)
        if command is None:
            self._screen.print(f"There is no command {word}; /help shows them.")
            return True
        try:
            command[1](self, rest.strip())
        except (Sorry, NotAllowed) as problem:
            self._screen.print(Text(str(problem), style="red"))
        return True

    def help(self, _: str) -> None:
        """Show the commands."""
        for name, (meaning, _run) in COMMANDS.items():
            self._screen.print(f"  [cyan]{name:<18}[/cyan] {meaning}")
        self._screen.print(f"  [cyan]{'/quit':<18}[/cyan] end")

    def become(self, user: str) -> None:
        """Be somebody else, in a new conversation."""
        self._user = person(self._wardline, user)
        self._zone = self._wardline.zone_of(self._user)
        self._thread = None
        self.welcome()

    def fresh(self, _: str) -> None:
        """Begin a new conversation."""
        self._thread = None
        self._screen.print("A new conversation.")

    def waiting(self, _: str) -> None:
        """Show what waits for one's decision."""
        with self._wardline.store.reading() as world:
            mine = to_decide(world, self._user, self._wardline.policy.data, self._wardline.clock.now())
            for plan in mine:
                self._screen.print(render_card(card_of(world, plan), self._zone))
        if not mine:
            self._screen.print("Nothing waits for your decision.")

    def approve(self, rest: str) -> None:
        """Say yes to a plan after seeing all of it."""
        self._decide("approve", rest, "")

    def reject(self, rest: str) -> None:
        """Say no to a plan, with a reason."""
        plan_id, _, reason = rest.partition(" ")
        if not reason:
            raise Sorry("Say why: /reject PLAN your reason")
        self._decide("reject", plan_id, reason)

    def _decide(self, decision: Literal["approve", "reject"], plan_id: str, reason: str) -> None:
        if not plan_id:
            raise Sorry(f"Name the plan: /{decision} PLAN")
        plan = any_plan(self._wardline, plan_id)
        self._show(plan)
        if not Confirm.ask(f"{decision.capitalize()} exactly this?", console=self._screen, default=False):
            return
        context = self._wardline.context(self._user, "terminal")
        wanted = self._wardline.desk.decide(plan.id, decision, plan.digest, reason, context)
        result = self._wardline.turns.run(wanted)
        said = result.sentence if isinstance(result, Refused) else result.headline
        self._screen.print(Text(said, style="red" if isinstance(result, Refused) else "green"))
        self._wardline.deliver()
        self._show(any_plan(self._wardline, plan.id))

    def _show(self, plan: Plan) -> None:
        with self._wardline.store.reading() as world:
            self._screen.print(render_card(card_of(world, plan), self._zone))

    def _ask(self, text: str) -> None:
        wardline = self._wardline
        with self._screen.status("listening…", spinner="dots") as status:

            def tell(progress: Progress) -> None:
                status.update(f"{progress.note}…")

            turn = wardline.turns.run(
                wardline.conversation.ask(self._user, text, self._thread, "terminal", on_progress=tell)
            )
            self._thread = ThreadId(turn.thread)
        show_turn(self._screen, turn, self._zone)
        wardline.deliver()
        self._say_waiting()

    def _say_waiting(self) -> None:
        with self._wardline.store.reading() as world:
            count = len(to_decide(world, self._user, self._wardline.policy.data, self._wardline.clock.now()))
        if count:
            self._screen.print(f"[yellow]{count} waiting for your decision: /approvals[/yellow]")


COMMANDS: dict[str, tuple[str, Callable[[Chat, str], None]]] = {
    "/approvals": ("what waits for your decision", Chat.waiting),
    "/approve": ("say yes to a plan: /approve PLAN", Chat.approve),
    "/reject": ("say no to a plan: /reject PLAN reason", Chat.reject),
    "/as": ("be somebody else: /as or.charge", Chat.become),
    "/new": ("begin a new conversation", Chat.fresh),
    "/help": ("show this", Chat.help),
}


def talk(as_user: str, now: str | None) -> None:
    """Talk until the person ends it."""
    with opened(now) as wardline:
        chat = Chat(wardline, as_user, console())
        _remember_lines(wardline)
        chat.welcome()
        while True:
            try:
                line = input(chat.prompt)
            except (EOFError, KeyboardInterrupt):
                break
            if not chat.hear(line):
                break


def _remember_lines(wardline: Wardline) -> None:
    """Arrow keys bring back earlier lines, also from the last time."""
    try:
        import readline
    except ImportError:
        return
    file = wardline.settings.home / "chat_history"
    if file.exists():
        readline.read_history_file(file)
    readline.set_history_length(500)
    atexit.register(readline.write_history_file, file)
