"""Worker processes of one machine: each mends a file at a time, and may break without harm."""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from itertools import chain, islice
from typing import Any, NamedTuple

from restore.batches.file import CRASHED, LIMITED, TOO_LONG, Job, Result, Work
from restore.batches.storage import NoRoomError
from restore.batches.worker import MISSING, NO_ROOM, RESULT
from restore.files import InputError

TICK = 0.2  # seconds after which it is seen whether a worker has ended or is late
START = 120.0  # seconds within which a worker has to be there; it takes one or two
# More threads a worker would only take the processors of the other workers.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_THREAD_LIMIT"), "1"
)


class Limits(NamedTuple):
    """How long a file may take, in seconds, and how much memory in megabytes."""

    seconds: float = 600.0
    megabytes: int = 4096


class Worker:
    """A worker process, with the job that it is at."""

    def __init__(self, work: Work, limits: Limits) -> None:
        """Start the process; it answers when all is loaded."""
        self.limits = limits
        self.job: Job | None = None
        self.ready = False
        self._since = time.monotonic()  # when the job was begun
        self._parts = [b""]  # of a line that has not ended
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "restore.batches.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **ONE_THREAD},
            bufsize=0,
        )
        self._tell({"work": asdict(work), "megabytes": limits.megabytes})

    def give(self, job: Job) -> None:
        """Give it a job to do."""
        self._since = time.monotonic()
        self.job = job
        self._tell(job)

    def answers(self) -> Iterator[tuple[str, Any]]:
        """What it has said since it was last asked; it waits for it to say something or to end."""
        assert self.process.stdout is not None
        self._parts.append(os.read(self.process.stdout.fileno(), 1 << 20))
        if b"\n" not in self._parts[-1]:
            return
        *lines, rest = b"".join(self._parts).split(b"\n")
        self._parts = [rest]
        for line in lines:
            self._since = time.monotonic()
            self.ready = True
            kind, told = json.loads(line)
            if kind == RESULT:
                told = self.job, Result(**told)
                self.job = None
            yield kind, told

    @property
    def late(self) -> bool:
        """Whether its file, or its start, takes too long."""
        taken = time.monotonic() - self._since
        if not self.ready:
            return taken > START
        return self.job is not None and taken > self.limits.seconds

    def kill(self) -> int:
        """End it and all that it has started, and tell how it ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def last_words(self) -> list[tuple[str, Any]]:
        """What it had said before it was killed."""
        assert self.process.stdout is not None and self.process.stdin is not None
        said: list[tuple[str, Any]] = []
        with self.process.stdout, self.process.stdin:
            while select.select([self.process.stdout], [], [], 0)[0]:
                said += self.answers()
                if len(self._parts) > 1 and not self._parts[-1]:
                    break  # there was nothing more to read
        return said

    def _tell(self, said: Any) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which is seen at the next tick
            self.process.stdin.write(json.dumps(said).encode() + b"\n")


class Pool:
    """As many workers as are asked for, kept over many files."""

    def __init__(self, work: Work, limits: Limits, jobs: int) -> None:
        """Start the workers."""
        self._work, self._limits = work, limits
        self._selector = selectors.DefaultSelector()
        self._workers: list[Worker] = []
        self._back: list[Job] = []  # given to workers that ended before they began them
        self._failures = 0  # of workers to start, one after the other
        for _ in range(jobs):
            self._start()

    def results(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Result] | None]:
        """Jobs with what came of them, as it comes; None while nothing does.

        Raises NoRoomError if nothing more can be written, ImportError if something that is needed
        is not installed, and InputError if no worker starts.
        """
        source = iter(jobs)
        while True:
            self._give(source)
            if not any(worker.job for worker in self._workers):
                return
            events = self._selector.select(TICK)
            if not events:
                yield None
            for key, _ in events:
                yield from self._heard(key.data.answers())
            for worker in list(self._workers):
                if worker.late or worker.process.poll() is not None:
                    yield from self._replaced(worker)

    def close(self) -> None:
        """End all workers, whatever they are at."""
        for worker in self._workers:
            worker.kill()
            worker.last_words()
        self._workers.clear()
        self._selector.close()

    def _start(self) -> None:
        worker = Worker(self._work, self._limits)
        self._workers.append(worker)
        assert worker.process.stdout is not None
        self._selector.register(worker.process.stdout, selectors.EVENT_READ, worker)

    def _give(self, source: Iterator[Job]) -> None:
        for worker in self._workers:
            if worker.job is None:
                job = self._back.pop() if self._back else next(source, None)
                if job is None:
                    return
                worker.give(job)

    def _heard(self, said: Iterable[tuple[str, Any]]) -> Iterator[tuple[Job, Result]]:
        for kind, told in said:
            self._failures = 0
            if kind == NO_ROOM:
                raise NoRoomError(told)
            if kind == MISSING:
                raise ImportError(name=told)
            if kind == RESULT:
                yield told

    def _replaced(self, ended: Worker) -> Iterator[tuple[Job, Result]]:
        """Put a worker in place of one that ended or is late; its file has failed by its fault."""
        late, ready = ended.late, ended.ready
        assert ended.process.stdout is not None
        self._selector.unregister(ended.process.stdout)
        status = ended.kill()
        yield from self._heard(ended.last_words())
        self._workers.remove(ended)
        if not ended.ready:
            self._failures += 1
            if self._failures > len(self._workers) + 1:
                raise InputError(f"no worker starts: its process {_ending(status)}")
        if ended.job and ready and (late or status):
            yield ended.job, _failed(ended.job, ended.limits.seconds if late else None, status)
        elif ended.job:
            self._back.append(ended.job)
        self._start()


def first_tries(pool: Pool, jobs: Iterable[Job], again: list[Job]) -> Iterator[Result | None]:
    """What comes of jobs; those that are to be tried again are put into a list."""
    for told in pool.results(jobs):
        if told and told[1].outcome in LIMITED:
            again.append(told[0])
        else:
            yield told and told[1]


def mended(
    jobs: Iterable[Job], work: Work, limits: Limits, count: int
) -> Generator[Result | None, None, None]:
    """What comes of jobs that ``count`` workers do, as it comes; None while nothing does.

    A file that breaks its worker, or takes too much, is tried once more when all others are done.
    Raises NoRoomError and ImportError.
    """
    jobs, again = iter(jobs), list[Job]()
    first = list(islice(jobs, count))
    if not first:
        return
    with closing(Pool(work, limits, len(first))) as pool:
        yield from first_tries(pool, chain(first, jobs), again)
    if again:
        with closing(Pool(work, limits, 1)) as pool:
            for told in pool.results(again):
                yield told and told[1]


def _failed(job: Job, seconds: float | None, status: int) -> Result:
    if seconds is None:
        return Result(job.name, job.path, CRASHED, f"its process {_ending(status)}")
    return Result(job.name, job.path, TOO_LONG, f"it took more than {seconds:g} seconds")


def _ending(status: int) -> str:
    """How a process ended, in words."""
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with code {status}"
