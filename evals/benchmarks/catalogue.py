"""The table of contents of `wardline bench`: each benchmark is a command with arguments of its own."""

from collections.abc import Callable

from evals.benchmarks.allocations import bench_allocations
from evals.benchmarks.days import bench_days
from evals.benchmarks.decisions import bench_decisions
from evals.benchmarks.hospital767 import bench_hospital767
from evals.benchmarks.hostile import bench_hostile
from evals.benchmarks.ihtc.command import bench_ihtc
from evals.benchmarks.intents import bench_intents
from evals.benchmarks.noshow import bench_noshow
from evals.benchmarks.races import bench_races
from evals.benchmarks.slack import bench_slack
from evals.benchmarks.turns import bench_turns
from evals.benchmarks.understanding import bench_understanding

BENCHMARKS: dict[str, Callable[..., None]] = {
    "decisions": bench_decisions,
    "days": bench_days,
    "hospital767": bench_hospital767,
    "allocations": bench_allocations,
    "hostile": bench_hostile,
    "noshow": bench_noshow,
    "intents": bench_intents,
    "ihtc": bench_ihtc,
    "races": bench_races,
    "slack": bench_slack,
    "turns": bench_turns,
    "understanding": bench_understanding,
}
"""By name."""
