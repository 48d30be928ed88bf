"""The wiring: which part is handed to which. The only place that knows all of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.planners.port import Planner
from bots.identity import Doors, NotAllowed, refuse_unless_sandbox
from bots.loop import LoopThread
from bots.settings import HOUSE_ZONE, Settings
from hospital.clocks import FrozenClock, SystemClock
from hospital.model.people import User
from hospital.model.places import Site
from hospital.ports import Clock, Downstream
from middleware.store.database import NoStore, SqlStore
from policies.decide import Policy
from policies.seal import Sealer
from tools.tool import Context, Surface

if TYPE_CHECKING:
    from agent.conversation import Conversation
    from agent.planners.embedded.planner import EmbeddedPlanner
    from agent.planners.openai.planner import OpenAIPlanner
    from agent.turn import Turn
    from knowledge.search import Handbook
    from tools.desk import Desk


class Closing(Exception):
    """Long work that stops because the line closes."""


class Wardline:
    """Everything, wired once. What is slow to load is built when it is first used."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, planner: Planner | None = None) -> None:
        """Wire to this store; `planner` is used instead of the one the settings name."""
        self.settings = settings
        self.store = store
        self.clock = clock
        """The business clock: frozen when a moment was set, on a sandbox only."""
        self.system_clock: Clock = SystemClock()
        self.doors = Doors(store, settings)
        self._given_planner = planner
        self.closing = Event()
        """Set when the line is about to close: long work stops at its next pause."""
        self.before_talk: Callable[[], object] = lambda: None
        """Called when somebody is about to ask here: a server whose workers talk loads nothing before."""

    @cached_property
    def shipped_policy(self) -> Policy:
        """The rules and data that came with the software."""
        from policies.decide import load_policy

        return load_policy()

    @property
    def policy(self) -> Policy:
        """The rules and data that are active now."""
        with self.store.reading() as world:
            return self.shipped_policy.active_in(world)

    @cached_property
    def sealer(self) -> Sealer:
        """What signs the heads of the audit chain; its key is outside the database."""
        return Sealer(self.settings.home / "audit", self.settings.audit_key)

    def seal(self) -> None:
        """Sign the newest link of the audit chain, if there is a new one."""
        with self.store.reading() as world:
            self.sealer.seal(world, self.system_clock.now())

    @cached_property
    def handbook(self) -> "Handbook":
        """What is written down; its index loads with the first search."""
        from knowledge.search import Handbook

        return Handbook(self.settings.home / "handbook")

    @cached_property
    def desk(self) -> "Desk":
        """The one door."""
        from tools.desk import Desk

        return Desk(self.store, self.shipped_policy, self.handbook, self.clock)

    @cached_property
    def turns(self) -> LoopThread:
        """The loop that turns and desk calls run on, beside the server's own."""
        return LoopThread()

    @cached_property
    def conversation(self) -> "Conversation":
        """Where messages become turns."""
        from agent.conversation import Conversation

        return Conversation(self.store, self.desk, self.clock, self.planner, self.settings.home)

    @cached_property
    def downstream(self) -> Mapping[str, Downstream]:
        """The systems that are told what was committed, by name."""
        from middleware.connectors.sandbox import sandbox_downstream

        refuse_unless_sandbox(self.store, "The sandbox connector")
        return sandbox_downstream(self.settings.home, self.clock)

    @cached_property
    def embedded(self) -> "EmbeddedPlanner":
        """The planner that needs no network; what it learns from its examples is kept in the home."""
        from agent.planners.embedded.planner import EmbeddedPlanner

        return EmbeddedPlanner(self.settings.home / "planner")

    @cached_property
    def model(self) -> "OpenAIPlanner":
        """The language model of the settings."""
        from bots.model import model_of

        return model_of(self.settings)

    @cached_property
    def planner(self) -> Planner:
        """Who understands messages: the given one, the model of the settings, or the embedded one."""
        if self._given_planner is not None:
            return self._given_planner
        if not self.settings.model:
            return self.embedded
        from agent.planners.fallback import FallbackPlanner

        model: Planner = self.model
        if self.store.is_sandbox:
            from bots.model_switch import SwitchedPlanner

            model = SwitchedPlanner(model, self.settings.home)
        return FallbackPlanner(model, self.embedded)

    def zone_of(self, user: User) -> ZoneInfo:
        """The zone of the person's home site; the house's when they have none."""
        with self.store.reading() as world:
            site = world.get(Site, user.home.site_id) if user.home.site_id else None
        return ZoneInfo(site.timezone) if site else HOUSE_ZONE

    def context(self, user: User, surface: Surface, key: str | None = None) -> Context:
        """Who calls the desk, from where."""
        return Context(actor=user, surface=surface, key=key)

    def ask(self, user: User, text: str, thread: str | None, surface: Surface) -> "Turn":
        """One message and its turn, waited for."""
        from hospital.ids import ThreadId

        return self.turns.run(self.conversation.ask(user, text, ThreadId(thread) if thread else None, surface))

    def deliver(self) -> int:
        """Tell other systems what is due; the number of messages that were handled."""
        from middleware.outbox import deliver_due

        told = deliver_due(self.store, self.downstream, datetime.now(UTC))
        return told.done + told.refused + told.ambiguous

    def expire(self) -> None:
        """End every plan whose time is over, remind, tell the next in line, and decide again by newer rules."""
        from policies.ledger import expire_due, redecide_awaiting
        from policies.reminders import remind_due

        policy, now = self.policy, self.clock.now()
        expire_due(self.store, policy, now)
        remind_due(self.store, now)
        redecide_awaiting(self.store, policy, now)

    @property
    def is_alive(self) -> bool:
        """Whether this is a sandbox whose day goes on by itself."""
        return self.store.is_sandbox and self.settings.now is None

    def simulate(self) -> None:
        """Let the sandbox's day go on until now."""
        from middleware.sandbox.simulator import advance

        advance(self.store, self.clock.now())

    def forecast(self) -> None:
        """Fit and keep what questions will ask for, and the engines' cards; stops between batches on closing."""
        from middleware.forecasts import refit
        from middleware.models import refit_demand, refit_duration
        from middleware.no_shows import refit_no_show

        with suppress(Closing):
            refit(self.store, self.clock.now(), self._go_on)
            refit_no_show(self.store, self.clock.now())
            refit_demand(self.store, self.clock.now())
            refit_duration(self.store, self.clock.now())

    def _go_on(self, done: int, total: int) -> None:
        if self.closing.is_set():
            raise Closing(f"{done} of {total} forecasts were made")

    def warm(self) -> None:
        """Load what is slow to load: the planner, the index, the optimiser."""
        if self._given_planner is None:
            with self.store.reading() as world:
                self.embedded.warm(world)
        _ = self.conversation
        self.handbook.search("warm up")
        import ortools.sat.python.cp_model  # noqa: F401 (loading it is the point)

    def close(self) -> None:
        """Close everything that was opened here; a planner that was given is closed by whoever gave it."""
        opened = self.__dict__
        if "turns" in opened:
            if "conversation" in opened:
                self.turns.run(self.conversation.close())
            if "model" in opened:
                self.turns.run(self.model.close())
            self.turns.close()
        self.seal()
        self.store.close()


def build(settings: Settings, progress: Callable[[str], None] | None = None) -> Wardline:
    """Open the store and wire everything to it; where there is none yet, a sandbox is made.

    Raises:
        NotAllowed: when a moment was set for the clock of a production store.
    """
    store = _production_store(settings)
    if store is not None:
        if settings.now is not None:
            store.close()
            raise NotAllowed("Freezing the clock works only on a sandbox; this is a production store.", 403)
        return Wardline(settings, store, SystemClock())
    from middleware.sandbox.ensure import ensure_sandbox

    clock: Clock = FrozenClock(settings.now) if settings.now else SystemClock()
    return Wardline(
        settings, ensure_sandbox(settings.store_url, settings.home, clock, progress, settings.seed), clock
    )


def _production_store(settings: Settings) -> SqlStore | None:
    """The store that is there, if it is not a sandbox."""
    try:
        store = SqlStore(settings.store_url)
    except NoStore:
        return None
    if store.is_sandbox:
        store.close()
        return None
    return store
