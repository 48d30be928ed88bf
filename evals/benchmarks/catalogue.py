"""The table of contents of `wardline bench`."""

from collections.abc import Callable

from evals.benchmarks.turns import bench_turns

BENCHMARKS: dict[str, Callable[[bool], None]] = {"turns": bench_turns}
