"""What understanding costs a process: memory, seconds to load, milliseconds per message.

Run as a program of its own (`measured`), so that nothing else has loaded anything before.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from agent.planners.embedded.understand import Understanding
from agent.planners.port import Asked
from bots.settings import read_settings
from evals.dialogue import FROZEN
from evals.replay import open_line
from evals.understanding.items import singles
from hospital.model.people import User

Figures = dict[str, float]
_STATUS = Path("/proc/self/status")


def measured(home: Path, models: Path) -> Figures:
    """The figures from a fresh process; what there is to learn must have been learnt before.

    Raises:
        subprocess.CalledProcessError: when that process failed; its words are on the error stream.
    """
    command = [sys.executable, "-m", "evals.understanding.cost", str(home), str(models)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure(home: Path, models: Path) -> Figures:
    line = open_line(read_settings().model_copy(update={"now": FROZEN}), home)
    try:
        with line.store.reading() as world:
            user = world.get(User, "or.scheduler")
            assert user is not None
            before = _memory_mb("VmRSS")
            started = time.perf_counter()
            understanding = Understanding(models)
            understanding.warm(world)
            loaded = time.perf_counter() - started
            spent = []
            for talk in singles():
                asked = Asked(user, talk.turns[0].say, line.clock.now(), world, {}, {}, ())
                started = time.perf_counter()
                understanding.hear(asked)
                spent.append(time.perf_counter() - started)
            peak = _memory_mb("VmHWM")
    finally:
        line.close()
    p95 = statistics.quantiles(spent, n=100, method="inclusive")[94]
    return {
        "added_mb": round(peak - before, 1),
        "load_s": round(loaded, 2),
        "p50_ms": round(statistics.median(spent) * 1000, 1),
        "p95_ms": round(p95 * 1000, 1),
    }


def _memory_mb(field: str) -> float:
    """The memory of this process by the kernel's name for it: `VmRSS` now, `VmHWM` the most so far."""
    found = next(row for row in _STATUS.read_text().splitlines() if row.startswith(f"{field}:"))
    return int(found.split()[1]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
