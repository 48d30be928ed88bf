"""The command: composes the subcommands of bots and evals, nothing else."""

import sys

from bots.cli import NAMES, app


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] and sys.argv[1] in NAMES:
        app()  # the evaluations are slow to load, and this command is none of theirs
        return
    from evals.cli import app as evaluations
    from evals.cli import bench

    app.add_typer(evaluations, name="eval")
    app.add_typer(bench, name="bench")
    app()


if __name__ == "__main__":
    main()
