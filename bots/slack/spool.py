"""What came in while the store was busy: a file that is on the disk before Slack is told, until the store has it."""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from hospital.model.slack import SlackJob

log = logging.getLogger(__name__)
SUFFIX = ".jsonl"


class Spool:
    """One process's file in a folder that all share; it is locked as long as the process lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._waiting: set[str] = set()

    def write(self, job: SlackJob) -> None:
        """Keep a job; it is on the disk when this returns."""
        with self._lock:
            file = self._file or self._open()
            file.write(job.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self._waiting.add(job.id)

    def forget(self, ids: Iterable[str]) -> None:
        """The store has these; when it has all, the file is emptied."""
        with self._lock:
            if self._file is None or not self._waiting:
                return
            self._waiting.difference_update(ids)
            if not self._waiting:
                self._file.truncate(0)

    def take_over(self, keep: Callable[..., object]) -> int:
        """Give what processes left that died to `keep`, in the order in which it came; how many jobs."""
        found = 0
        for path in sorted(self._folder.glob(f"*{SUFFIX}")) if self._folder.exists() else ():
            if path == self._path:
                continue
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # its process lives
                jobs = [job for line in file if (job := _read(line))]
                keep(*jobs)
                path.unlink(missing_ok=True)
                found += len(jobs)
        if found:
            log.warning("%d requests of Slack were taken over from a process that died", found)
        return found

    def close(self) -> None:
        """Leave the folder as it was, unless the store still lacks something."""
        with self._lock:
            if self._file is not None and self._path is not None:
                if not self._waiting:
                    self._path.unlink(missing_ok=True)
                self._file.close()
                self._file = None

    def _open(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = self._folder / f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        file = self._file = self._path.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file


def _read(line: bytes) -> SlackJob | None:
    """A job; None for half a line, which was never acknowledged."""
    try:
        return SlackJob.model_validate_json(line)
    except ValidationError:
        return None
