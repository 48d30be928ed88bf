"""Playing a script against the real thing: the same wiring as production, on a copy of the sandbox."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.planners.port import Planner
from agent.turn import Turn
from bots.app import Wardline, build
from bots.settings import Settings
from evals.decisions import decide_and_deliver
from evals.dialogue import Script
from evals.proof import watch
from hospital.model.people import User
from hospital.ports import Reader
from middleware.sandbox.conditions import given


@dataclass(frozen=True)
class Played:
    """What came of a script: its turns, and the hospital before and after."""

    script: Script
    turns: tuple[Turn, ...]
    before: Reader
    after: Reader
    line: Wardline
    seconds: float
    states: tuple[str, ...] = ()
    """The plan's state after the decision, after the first delivery and after the last."""

    def about(self, what: str) -> str:
        """What the script says is meant.

        Raises:
            LookupError: when it does not say.
        """
        if what not in self.script.about:
            raise LookupError(f"{self.script.name}: its `about` does not say which {what}")
        return self.script.about[what]

    @property
    def last(self) -> Turn:
        """The turn whose outcome counts."""
        return self.turns[-1]

    @property
    def reply(self) -> str:
        """What the last turn said."""
        return self.last.text

    @property
    def user(self) -> User:
        """Who spoke.

        Raises:
            LookupError: when the sandbox has no such person.
        """
        user = self.after.get(User, self.script.user)
        if user is None:
            raise LookupError(f"{self.script.name}: there is no user {self.script.user}")
        return user


def open_line(settings: Settings, home: Path, planner: Planner | None = None) -> Wardline:
    """The product as it is wired for use, on this home."""
    line = build(settings.model_copy(update={"home": home, "database_url": ""}))
    return Wardline(line.settings, line.store, line.clock, planner) if planner else line


def database_of(home: Path) -> Path:
    """The SQLite file of a home."""
    return home / "wardline.db"


class Stage:
    """A built sandbox on which every write is noted, and the copies that scripts are played on.

    The planner is loaded once and shared: it keeps nothing of a conversation.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._sandbox = folder / "sandbox"
        line = open_line(settings, self._sandbox)
        line.warm()
        self._planner = line.planner
        line.close()
        watch(database_of(self._sandbox))

    def close(self) -> None:
        """Remove the sandbox and what is left of its copies."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def copy(self, name: str) -> Path:
        """A copy of the sandbox as it was built."""
        return Path(shutil.copytree(self._sandbox, self._folder / name))

    def open(self, home: Path) -> Wardline:
        """The product on this home."""
        return open_line(self._settings, home, self._planner)

    @contextmanager
    def playing(self, script: Script) -> Iterator[Played]:
        """Play a script on a copy of the sandbox; the copy is removed afterwards."""
        home = self.copy("home")
        line, untouched = self.open(home), self.open(self._sandbox)
        try:
            for condition in script.given:
                given(home, line.store, condition)
            started = time.perf_counter()
            turns = _talk(line, script)
            seconds = time.perf_counter() - started
            states = decide_and_deliver(home, line, script, turns[-1]) if script.dialogue.decide else ()
            with untouched.store.reading() as before, line.store.reading() as after:
                yield Played(script, turns, before, after, line, seconds, states)
        finally:
            line.close()
            untouched.close()
            shutil.rmtree(home, ignore_errors=True)


def _talk(line: Wardline, script: Script) -> tuple[Turn, ...]:
    with line.store.reading() as world:
        user = world.get(User, script.user)
    if user is None:
        raise LookupError(f"{script.name}: there is no user {script.user}")
    turns: list[Turn] = []
    for text in script.turns:
        turns.append(line.ask(user, text, turns[-1].thread if turns else None, "cli"))
    return tuple(turns)
