"""Compile the inner loops to machine code, kept for the next run as long as no source of this folder changes."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

HERE = Path(__file__).parent


def _keep() -> bool:
    """Point numba at a folder named after all sources here, since it does not see changes in functions called."""
    sources = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    folder = HERE / "__pycache__" / f"compiled-{sha256(sources).hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    vars(numba.config)["CACHE_DIR"] = str(folder)
    return os.access(folder, os.W_OK)


KEEP = _keep()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code, put in wherever another compiled one calls it; Python cannot call it.

    A call would copy the description of every array, which costs more than most of what is done here.
    """
    return _machine_code(function, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code that Python calls and that lets other threads run."""
    return _machine_code(function, cache=KEEP, nogil=True)


def _machine_code(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """Arrays are not counted by reference inside (`_nrt`), which makes the loops some times faster: no function here
    may make or return one.
    """
    options |= {"error_model": "numpy", "_nrt": False}
    machine_code: Callable[P, R] = numba.njit(**options)(function)
    return machine_code
