"""The switches of the sandbox that live outside the store: one JSON file that every process reads when it matters."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Switches = dict[str, dict[str, Any]]


def sandbox_folder(home: Path) -> Path:
    """Where the sandbox keeps the files of its services, made when it is not there."""
    folder = home / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_switches(home: Path) -> Switches:
    """What is switched on now, by name; empty when nothing is."""
    try:
        text = (home / "sandbox" / "conditions.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: Switches = json.loads(text)
    return found


def set_switch(home: Path, name: str, value: Mapping[str, Any] | None) -> None:
    """Switch one on, or off with None; the file is replaced whole, so that nobody reads half of it."""
    switches = read_switches(home)
    switches.pop(name, None)
    if value is not None:
        switches[name] = dict(value)
    _write(home, switches)


def clear_switches(home: Path) -> None:
    """Switch everything off."""
    _write(home, {})


def _write(home: Path, switches: Switches) -> None:
    path = sandbox_folder(home) / "conditions.json"
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(switches, indent=1, sort_keys=True), encoding="utf-8")
    aside.replace(path)
