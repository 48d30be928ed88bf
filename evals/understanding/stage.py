"""Where the held-aside set is played: the product on one sandbox, copied for each pass.

What is judged is what is heard, asked and attempted, never a forecast's figures; so every series has a plain
forecast from the start, and no question waits for a fit.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from agent.planners.embedded.names import entries_of
from agent.planners.embedded.planner import EmbeddedPlanner
from bots.app import Wardline
from bots.settings import Settings
from evals.replay import open_line
from evals.understanding.items import Talk
from evals.understanding.play import Judged, Listener, Player
from hospital.model.history import ForecastPoint, StoredForecast
from hospital.model.people import User
from hospital.planning.issued import HORIZON, service_and_site
from middleware.forecasts import Job, refit

WEEKS = 8
"""So much of the past a plain forecast repeats."""


@dataclass(frozen=True)
class Stage:
    """A sandbox that is only copied; `models` is where what was learnt is kept."""

    settings: Settings
    home: Path
    models: Path

    def build(self) -> None:
        """Make the sandbox, its forecasts and the index of the handbook."""
        line = open_line(self.settings, self.home)
        try:
            refit(line.store, line.clock.now(), executor=_Plain())
            line.handbook.search("warm up")
        finally:
            line.close()

    def play(self, name: str, talks: Sequence[Talk], spoil: Callable[[str], str] = str) -> list[Judged]:
        """The talks on a copy of the sandbox, each turn judged."""
        home = Path(shutil.copytree(self.home, self.home.with_name(name)))
        listener = Listener()
        line = open_line(self.settings, home, EmbeddedPlanner(self.models, listener))
        try:
            player = _player(line, listener)
            return [judged for talk in talks for judged in player.play(talk, spoil)]
        finally:
            line.close()
            shutil.rmtree(home, ignore_errors=True)


def _player(line: Wardline, listener: Listener) -> Player:
    with line.store.reading() as world:
        users = {str(user.id): user for user in world.find(User)}
        names = {(entry.kind, entry.id): entry.names[0] for entry in entries_of(world)}
    return Player(
        lambda user, text, thread: line.ask(user, text, thread, "cli"),
        listener,
        lambda id: users[id],
        lambda kind, id: names.get((kind, id), id),
    )


class _Plain(Executor):
    """Answers every job with the weekday's mean of the last weeks, whatever it is asked to run."""

    def map(
        self, fn: Callable[..., Any], *jobs: Iterable[Any], timeout: float | None = None, chunksize: int = 1
    ) -> Iterator[Any]:
        """See `Executor.map`."""
        return map(_repeated, *jobs)


def _repeated(job: Job) -> StoredForecast:
    series, counts, through, now = job
    service, site = service_and_site(series)
    days = [through + timedelta(days=ahead) for ahead in range(1, HORIZON + 1)]
    points = []
    for day in days:
        middle = mean(counts.get(day - timedelta(weeks=back), 0) for back in range(1, WEEKS + 1))
        near, far = 1.3 * middle**0.5, 2 * middle**0.5
        low80, low95 = max(0.0, middle - near), max(0.0, middle - far)
        points.append(
            ForecastPoint(day=day, p50=middle, low80=low80, high80=middle + near, low95=low95, high95=middle + far)
        )
    return StoredForecast(
        id=f"{series}@{through.isoformat()}", series=series, service_id=service, site_id=site, issued_at=now,
        trained_through=through, model="the weekday's mean", backtest={}, points=tuple(points),
    )  # fmt: skip
