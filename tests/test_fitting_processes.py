"""Forecasts are fitted in processes of their own; a server that is killed leaves none of them behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SERVER = """
import os
from middleware.forecasts import fitting_processes
with fitting_processes() as pool:
    print(*{pool.submit(os.getpid).result(), pool.submit(os.getpid).result()}, flush=True)
    input()
"""


def is_alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see other processes")
def test_processes_end_with_a_server_that_is_killed() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server.stdin, server.stdout:
        fitting = [int(one) for one in server.stdout.readline().split()]
        assert fitting
        assert all(is_alive(one) for one in fitting)
        server.send_signal(signal.SIGKILL)
        server.wait()
        until = time.monotonic() + 30
        while any(is_alive(one) for one in fitting) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(is_alive(one) for one in fitting)
