"""Writes the next migration step: `python -m middleware.store.draft "Beds know their label."`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from middleware.store.database import engine_for
from middleware.store.migrate import draft, upgrade


def main() -> None:
    """Compare what the steps so far make with `tables.py` and write the difference as a new step, to be read."""
    message = " ".join(sys.argv[1:]).rstrip(".")
    if not message:
        raise SystemExit("say in a sentence what the step does")
    with TemporaryDirectory() as folder:
        engine = engine_for(f"sqlite:///{Path(folder) / 'draft.db'}")
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            upgrade(connection)
            draft(connection, message)
        engine.dispose()


if __name__ == "__main__":
    main()
