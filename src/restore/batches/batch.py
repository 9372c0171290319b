"""Many files: all of a queue, or some whose results come in a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

from restore.batches.file import Job, Result, Work
from restore.batches.inputs import found
from restore.batches.job_store import JobStore
from restore.batches.pool import Limits, Pool, first_tries
from restore.batches.report import table
from restore.files import InputError

if TYPE_CHECKING:
    import pyarrow as pa

# What does the work: it takes jobs and gives what comes of them, or None while nothing does.
Engine = Callable[[Iterable[Job]], Generator[Result | None, None, None]]

_kept = local()  # the worker of each thread


def process_batch(
    paths: Sequence[str | os.PathLike[str]] | Sequence[Job],
    work: Work | None = None,
    limits: Limits | None = None,
) -> pa.Table:
    """Mend some files, and give a table with a row for each: what ``Result`` tells.

    They are mended in a process beside this one, which is kept for the next batch; one that breaks
    it, or takes too long or too much memory, is tried a second time. Without ``work`` nothing is
    written. Raises InputError if a path names no file, NoRoomError if nothing more can be written.
    """
    jobs = [path if isinstance(path, Job) else _job(os.fspath(path)) for path in paths]
    return table(results_of(jobs, work or Work(), limits or Limits()))


def results_of(jobs: Sequence[Job], work: Work, limits: Limits) -> list[Result]:
    """What comes of jobs, in their order, as ``process_batch`` has it."""
    if getattr(_kept, "asked", None) != (work, limits):
        _let_go()
        _kept.pool = Pool(work, limits, 1)
        _kept.asked = work, limits
    again: list[Job] = []
    try:
        told = [*first_tries(_kept.pool, jobs, again)]
        told += [pair and pair[1] for pair in _kept.pool.results(again)]
    except BaseException:
        _let_go()
        raise
    by_name = {result.name: result for result in told if result}
    return [by_name[job.name] for job in jobs]


def _let_go() -> None:
    """End the worker that was kept."""
    if getattr(_kept, "asked", None):
        _kept.asked = None
        _kept.pool.close()


def _job(path: str) -> Job:
    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; name the files in it")
    name = next(found([path], "")).name
    return Job(name, path, f"{name}.txt")


def run(store: JobStore, engine: Engine, tell: Callable[[Result | None], object]) -> None:
    """Do all that is to be done. ``tell`` is told what came of each file, or that time passes."""
    with closing(engine(store.jobs())) as results:
        for result in results:
            if result is None:
                store.store()
            else:
                store.finish(result)
            tell(result)
    store.store()
