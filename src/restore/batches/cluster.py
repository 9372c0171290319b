"""Many machines: batches of files as tasks of a Dask cluster, each file with one result.

What is done stands in the job store of the one who asks; a task that is done twice, since its
worker was lost, writes the same bytes twice, and its result is taken once.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from restore import __version__
from restore.batches.batch import results_of
from restore.batches.file import CRASHED, Job, Result, Work
from restore.batches.pool import TICK, Limits
from restore.batches.readers import readers
from restore.files import InputError

if TYPE_CHECKING:
    from distributed import Client, Future

FILES = 16  # of a task: some seconds of work, beside which a scheduler's millisecond is nothing
AHEAD = 2  # tasks that each thread of the cluster has, so that it need not wait for the next
WAIT = 30.0  # seconds for a scheduler to answer
SECOND = 1.0  # after which it is asked anew how many threads there are
LOCAL = "local:"
RUNNING = "running"  # a client that has its scheduler
# Of tasks that had ended, but whose worker was lost before it had told what came of them.
UNDONE = frozenset({"lost", "pending"})


@contextmanager
def connected(scheduler: str | None, cluster: str | None) -> Iterator[Client]:
    """A client of the cluster at an address, or of one made for the time (``local:N``).

    Raises InputError if there is none, ImportError if Dask is not installed.
    """
    from distributed import Client, LocalCluster

    for name in ("distributed", "distributed.client"):  # which has a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler:
        try:
            client = Client(scheduler, timeout=WAIT)
        except (OSError, ValueError, TypeError) as error:
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"no Dask scheduler answers at {scheduler}: {told}") from None
        with client:
            yield client
        return
    number = (cluster or "").removeprefix(LOCAL)
    if not number.isdigit() or not int(number) or not (cluster or "").startswith(LOCAL):
        raise InputError(f"--cluster is {LOCAL}N, with the number of workers, not {cluster}")
    with (
        LocalCluster(
            n_workers=int(number),
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as made,
        Client(made) as client,
    ):
        yield client


def readers_of(client: Client, asked: dict[str, Any]) -> str:
    """What reads the scans: that of a worker, for the others are to have the same."""
    with _scheduler_kept():
        return str(client.submit(readers, asked, pure=False).result())


class Room:
    """How many tasks a cluster should have; workers may come and go."""

    def __init__(self, client: Client) -> None:
        """``client`` is one of the cluster."""
        self._client = client
        self._tasks, self._asked = 0, 0.0

    def tasks(self) -> int:
        """So many; the scheduler is asked once a second at most."""
        now = time.monotonic()
        if not self._tasks or now - self._asked > SECOND:
            # A scheduler that ended is missed by the first who asks, before its connection is.
            with _scheduler_kept(OSError):
                self._tasks = AHEAD * max(sum(self._client.nthreads().values()), 1)
            self._asked = now
        return self._tasks


def mended_by(
    client: Client, jobs: Iterable[Job], work: Work, limits: Limits
) -> Generator[Result | None, None, None]:
    """What comes of jobs that a cluster does, as it comes; None while nothing does.

    A task that is lost with its worker is done by another. Raises what a task raises, and
    InputError if the scheduler is lost.
    """
    source = iter(jobs)
    alone: deque[Job] = deque()  # of tasks that took some workers with them
    asked: dict[Future, list[Job]] = {}
    finished: SimpleQueue[Future] = SimpleQueue()
    room = Room(client)

    def ask(batch: list[Job]) -> None:
        future = client.submit(_task, batch, work, limits, __version__, pure=False)
        asked[future] = batch
        future.add_done_callback(finished.put)

    with _scheduler_kept():
        try:
            while True:
                while len(asked) < room.tasks():
                    batch = [alone.popleft()] if alone else list(islice(source, FILES))
                    if not batch:
                        break
                    ask(batch)
                if not asked:
                    return
                try:
                    future = finished.get(timeout=TICK)
                except Empty:
                    yield None
                    continue
                batch = asked.pop(future)
                if future.status in UNDONE:
                    future.cancel()
                    ask(batch)
                else:
                    yield from _taken(future, batch, alone)
        finally:
            if client.status == RUNNING:  # or it is waited for once more
                with suppress(OSError):
                    client.cancel(list(asked))


def _taken(future: Future, batch: list[Job], alone: deque[Job]) -> Iterator[Result]:
    from distributed import KilledWorker

    try:
        yield from future.result()
    except KilledWorker as error:
        if len(batch) > 1:
            alone.extend(batch)
        else:
            yield Result(batch[0].name, batch[0].path, CRASHED, f"it broke workers: {error}")


@contextmanager
def _scheduler_kept(*unanswered: type[Exception]) -> Iterator[None]:
    """Tell it in one line if the scheduler is lost, of which ``unanswered`` errors tell too."""
    from distributed import CancelledError
    from distributed.comm import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError, *unanswered):
        raise InputError("the Dask scheduler was lost; start it again: it goes on") from None


def _task(jobs: list[Job], work: Work, limits: Limits, version: str) -> list[Any]:
    """What a worker of the cluster does."""
    if version != __version__:
        raise InputError(f"a Dask worker has restore {__version__}; install {version} there too")
    return results_of(jobs, work, limits)
