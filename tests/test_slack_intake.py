"""What comes in survives a crash before it is acknowledged, and an acknowledgement never waits for a busy store."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_hospital import NOW, fill

from bots.slack.intake import Intake, Kept
from bots.slack.jobs import Jobs
from bots.slack.spool import Spool
from hospital.clocks import SystemClock
from hospital.model.slack import SlackJob
from middleware.store.database import SqlStore, create


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """The small hospital, once per kind of database."""
    made = fill(create(store_url, sandbox=True))
    yield made
    made.close()


def _job(number: int) -> SlackJob:
    now = SystemClock().now()
    return SlackJob(
        id=f"T1:Ev{number}",
        team_id="T1",
        kind="message",
        payload={"event": {"text": f"message {number}"}},
        lane="thread:1",
        place=f"1.{number:06d}",
        next_at=now,
        received_at=NOW,
    )


def _ids(store: SqlStore) -> list[str]:
    with store.reading() as world:
        return [one.id for one in world.find(SlackJob, order="place")]


@contextmanager
def _busy(store: SqlStore) -> Iterator[None]:
    """Somebody else writes as long as the block lasts."""
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        with store.connection() as connection:
            if connection.dialect.name == "postgresql":  # where one writer does not stop the next by itself
                connection.exec_driver_sql("LOCK TABLE slack_jobs IN ACCESS EXCLUSIVE MODE")
            begun.set()
            over.wait(30)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    try:
        yield
    finally:
        over.set()
        writer.join()


def _keep(intake: Intake, *jobs: SlackJob) -> list[Kept]:
    async def all_of_them() -> list[Kept]:
        return list(await asyncio.gather(*(intake.keep(job) for job in jobs)))

    return asyncio.run(all_of_them())


def test_a_request_is_in_the_store_before_it_is_acknowledged(store: SqlStore, tmp_path: Path) -> None:
    intake = Intake(Jobs(store, SystemClock()), Spool(tmp_path / "inbox"), patience=10)
    assert [one.new for one in _keep(intake, _job(1), _job(2))] == [True, True]
    assert _ids(store) == ["T1:Ev1", "T1:Ev2"]
    assert [one.new for one in _keep(intake, _job(1), _job(3))] == [False, True]
    intake.close()
    assert not (tmp_path / "inbox").exists()


def test_while_the_store_is_busy_it_is_on_the_disk_instead(store: SqlStore, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    intake = Intake(Jobs(store, SystemClock()), Spool(folder), patience=0.05)
    with _busy(store):
        (kept,) = _keep(intake, _job(1))
        assert kept.new is None
        assert "message 1" in next(folder.glob("*.jsonl")).read_text(encoding="utf-8")
    intake.close()
    assert _ids(store) == ["T1:Ev1"]
    assert list(folder.glob("*.jsonl")) == []


LEFT = """
import os, sys
from pathlib import Path
from bots.slack.spool import Spool
from hospital.model.slack import SlackJob
spool = Spool(Path(sys.argv[1]))
for line in sys.stdin:
    spool.write(SlackJob.model_validate_json(line))
os._exit(9)
"""


def test_what_a_door_left_that_died_is_taken_over_once_and_in_order(store: SqlStore, tmp_path: Path) -> None:
    folder, jobs = tmp_path / "inbox", [_job(number) for number in range(3)]
    subprocess.run(
        [sys.executable, "-c", LEFT, str(folder)],
        input="\n".join(job.model_dump_json() for job in jobs),
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    (left,) = folder.glob("*.jsonl")
    with left.open("a", encoding="utf-8") as file:
        file.write('{"id": "T1:half a line')
    kept = Jobs(store, SystemClock())
    kept.add(jobs[1])  # this one had reached the store
    intake = Intake(kept, Spool(folder))
    intake.start()
    ended = time.monotonic() + 20
    while list(folder.glob("*.jsonl")) and time.monotonic() < ended:
        time.sleep(0.05)
    intake.close()
    assert _ids(store) == [job.id for job in jobs]


def test_the_file_of_a_door_that_lives_is_left_alone(store: SqlStore, tmp_path: Path) -> None:
    living = Spool(tmp_path)
    living.write(_job(1))
    assert Spool(tmp_path).take_over(lambda *_: None) == 0
    living.forget(["T1:Ev1"])
    living.close()
    assert list(tmp_path.glob("*.jsonl")) == []
