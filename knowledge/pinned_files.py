"""Files that installed packages carry and that are read without importing the package: found, and checked by hash."""

import hashlib
import importlib.util
from pathlib import Path


class FileUnavailable(Exception):
    """A packaged file cannot be used; the message says which and why."""


def verified(path: Path | None, sha256: str, what: str) -> bytes:
    """The file's content. Raises FileUnavailable if it is absent or its SHA-256 is not pinned."""
    if path is None:
        raise FileUnavailable(f"the package with {what} is not installed")
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise FileUnavailable(f"{what} cannot be read ({problem})") from problem
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise FileUnavailable(f"{what} is not the pinned file (sha256 {found[:12]}, expected {sha256[:12]})")
    return content


def packaged_file(package: str, inside: str) -> Path | None:
    """Where an installed package keeps a file, found without importing the package; None if not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / inside
