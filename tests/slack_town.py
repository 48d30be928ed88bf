"""The small hospital with Slack: a fake one, and the bot beside it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from small_hospital import NOW, fill
from small_line import WordPlanner

from bots.app import Wardline
from bots.settings import Settings
from evals.slack.town import Town, town
from hospital.clocks import FrozenClock
from hospital.ports import Clock
from middleware.store.database import create


@contextmanager
def small_town(
    home: Path,
    *,
    socket_mode: bool = False,
    install: bool = True,
    clock: Clock | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Town]:
    """The small hospital, whose planner does what a few words say, with Slack; `more` are settings."""

    def open_line(with_slack: Callable[[Settings], Settings]) -> Wardline:
        settings = with_slack(Settings.model_validate({"home": home, "now": NOW, **more}))
        store = fill(create(settings.store_url, sandbox=True))
        return Wardline(settings, store, clock or FrozenClock(NOW), planner=WordPlanner())

    with town(open_line, socket_mode=socket_mode, install=install, name="Hill Health") as made:
        yield made
