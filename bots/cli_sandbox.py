"""`wardline sandbox`: make the five hospitals, set conditions, see who there is."""

from typing import Annotated

import typer
from rich.text import Text

from bots.cli_common import AsJson, Now, Sentences, build_for, console, opened, settings_for

app = typer.Typer(cls=Sentences, no_args_is_help=True, help="The synthetic health system to try things on.")


@app.command()
def init(now: Now = None) -> None:
    """Make the sandbox in this home, and learn what questions mean, so that the first one is answered at once."""
    import time

    started = time.perf_counter()
    wardline = build_for(settings_for(now))
    try:
        built = time.perf_counter()
        wardline.warm()
        console().print(
            f"The sandbox is in {wardline.settings.home} (built in {built - started:.1f} s, its language learnt in "
            f"{time.perf_counter() - built:.1f} s). See who you can be with: wardline sandbox users"
        )
    finally:
        wardline.close()


@app.command()
def given(
    conditions: Annotated[
        list[str] | None, typer.Argument(help="KEY=VALUE, such as adt-lag=47m or erp=down.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Back to normal.")] = False,
    now: Now = None,
) -> None:
    """Set conditions: late feeds, systems that are down or slow, flooded rooms."""
    from middleware.sandbox import conditions as sandbox

    with opened(now) as wardline:
        home, store, moment = wardline.settings.home, wardline.store, wardline.clock.now()
        if clear:
            said = [sandbox.clear(home, store, moment)]
        else:
            said = [sandbox.given(home, store, condition, moment) for condition in conditions or ()]
        standing = sandbox.standing(home, store)
    for line in said:
        console().print(Text(line))
    if not clear:
        console().print(
            Text(f"Now holds: {', '.join(standing)}" if standing else "Everything is normal.", style="dim")
        )


@app.command()
def users(now: Now = None, as_json: AsJson = False) -> None:
    """Everybody you can be with --as."""
    from bots.identity import refuse_unless_sandbox
    from bots.text_table import TextTable
    from hospital.model.people import User

    with opened(now) as wardline, wardline.store.reading() as world:
        refuse_unless_sandbox(wardline.store, "Listing everybody")
        found = world.find(User, active=True, order="id")
    if as_json:
        typer.echo(f"[{','.join(user.model_dump_json() for user in found)}]")
        return
    rows = [
        (
            user.id,
            user.name,
            ", ".join(sorted(role.replace("_", " ") for role in user.roles)),
            " ".join(str(part) for _, part in user.home if part) or "all sites",
        )
        for user in found
    ]
    console().print(TextTable(("User", "Name", "Roles", "Home"), rows))
