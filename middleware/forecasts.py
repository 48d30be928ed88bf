"""Forecasts made ahead of the questions: every demand series that has none of today is fitted and kept."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, datetime, timedelta
from multiprocessing import get_context, parent_process
from threading import Thread
from zoneinfo import ZoneInfo

from hospital.model.history import DemandCount, StoredForecast
from hospital.model.places import Site
from hospital.planning.issued import issue, service_and_site
from hospital.ports import Range, Reader, Store

KINDS = ("referrals", "visits", "arrivals")
"""The series that questions are asked about, by the first part of their name, in the order they are fitted."""
WORKERS = 2
BATCH = 8
"""Forecasts written in one transaction, so that other writers never wait long."""
HISTORY = timedelta(days=730)

Progress = Callable[[int, int], None]
"""Called with how many series are done, of how many."""
Job = tuple[str, dict[date, int], date, datetime]


def refit(store: Store, now: datetime, progress: Progress | None = None, executor: Executor | None = None) -> int:
    """Fit and keep every series of KINDS whose newest forecast does not know all complete days; how many.

    Takes tens of seconds on a full sandbox: call it in a thread of its own. `executor` replaces the processes it
    starts.
    """
    with store.reading() as world:
        jobs = _stale(world, now)
    if not jobs:
        return 0
    done = 0
    for batch in _fitted(jobs, executor):
        with store.working() as work:
            work.put(*batch)
        done += len(batch)
        if progress is not None:
            progress(done, len(jobs))
    return done


def _stale(world: Reader, now: datetime) -> list[Job]:
    zones = {str(site.id): site.timezone for site in world.find(Site)}
    newest: dict[str, date] = {}
    for series, through in world.values(StoredForecast, ("series", "trained_through")):
        newest[series] = max(through, newest.get(series, through))
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    since = (now - HISTORY).date()
    for series, day, count in world.values(DemandCount, ("series", "day", "count"), day=Range(at_least=since)):
        if kind_of(series) in KINDS:
            counts[series][day] = count
    jobs = []
    for series, known in sorted(counts.items(), key=lambda item: (KINDS.index(kind_of(item[0])), item[0])):
        through = last_complete_day(series, zones, now)
        if newest.get(series, date.min) < through:
            jobs.append((series, known, through, now))
    return jobs


def kind_of(series: str) -> str:
    """`referrals` of `referrals:SERVICE:SITE`."""
    return series.partition(":")[0]


def last_complete_day(series: str, zones: dict[str, str], now: datetime) -> date:
    """Yesterday at the series' site."""
    zone = zones.get(service_and_site(series)[1] or "", "UTC")
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def _fitted(jobs: list[Job], executor: Executor | None) -> Iterator[list[StoredForecast]]:
    if executor is not None:
        yield from _batches(executor, jobs)
        return
    with fitting_processes() as own:
        yield from _batches(own, jobs)


def fitting_processes() -> ProcessPoolExecutor:
    """Processes of their own that give way to everything else, and that end when whoever started them is killed."""
    return ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"), initializer=_begin)


def _batches(executor: Executor, jobs: list[Job]) -> Iterator[list[StoredForecast]]:
    batch = []
    for one in executor.map(_fit, jobs):
        if one is not None:
            batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _begin() -> None:
    """Questions of people come first; and nobody waits for work that nobody gives out any more."""
    os.nice(10)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _fit(job: Job) -> StoredForecast | None:
    return issue(*job)
