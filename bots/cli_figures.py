"""The command for a key figure of the past."""

from typing import Annotated

import typer
from rich.text import Text

from bots.cli_common import AsJson, AsUser, Now, Sorry, console, opened, person

Name = Annotated[str, typer.Argument(help="Which figure, such as prime-time-utilisation, no-show, tnaa or turnover.")]
Scope = Annotated[str | None, typer.Option(help="A place or service, such as northgate or service:orthopaedics.")]
Period = Annotated[str | None, typer.Option(help="last month (unstated), 2026-08, 2026-Q2, last 30 days ...")]


def kpi(
    name: Name,
    scope: Scope = None,
    period: Period = None,
    as_user: AsUser = "capacity.manager",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """One key figure with numerator, denominator, cohort, exclusions and formula version."""
    import json

    from bots.figures import figure_arguments
    from bots.render import freshness_line, render_card
    from tools.results import Refused

    with opened(now) as wardline:
        user = person(wardline, as_user)
        with wardline.store.reading() as world:
            arguments = figure_arguments(world, name, scope, period)
        result = wardline.turns.run(wardline.desk.call("query_kpi", arguments, wardline.context(user, "cli")))
        zone = wardline.zone_of(user)
    if isinstance(result, Refused):
        raise Sorry(" ".join((result.sentence, *(f"\n  {choice}" for choice in result.choices))))
    if as_json:
        as_of = {source: moment.isoformat() for source, moment in result.as_of.items()}
        typer.echo(json.dumps({**result.facts, "as_of": as_of}))
        return
    console().print(Text(result.headline))
    for card in result.cards:
        console().print(render_card(card, zone))
    console().print(freshness_line(result.as_of, result.late, zone))
