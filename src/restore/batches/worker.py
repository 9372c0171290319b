"""A process that mends files one after the other, as it is told on its standard input.

It is a process of its own so that a file that breaks it, or takes too long, or too much memory,
takes no other with it. It ends with the one that started it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

from restore.batches.file import Job, Work, restored, result
from restore.batches.storage import NoRoomError

MEGABYTE = 1 << 20
USED_UP = 1 << 10  # megabytes more than at the start, after which a worker is replaced; a guess
READY, RESULT, NO_ROOM, MISSING = "ready", "result", "no room", "missing"


def main() -> None:
    """Say that all is loaded, then answer each job with what came of it."""
    # The first of two channels is for answers; what libraries print must not get between them.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = _given()
    first = next(told)
    work = Work(**first["work"])
    _limit(first["megabytes"] * MEGABYTE)

    def answer(kind: str, said: Any) -> None:
        answers.write(json.dumps([kind, said]) + "\n")
        answers.flush()

    try:
        _load(work)
        answer(READY, None)
        most = _peak() + USED_UP
        for job in told:
            answer(RESULT, asdict(result(Job(*job), work)))
            if _peak() > most:
                break
    except NoRoomError as error:
        answer(NO_ROOM, str(error))
    except ImportError as error:
        answer(MISSING, error.name or str(error))
    os._exit(0)  # Python would wait for the thread that reads


def _given() -> Iterator[Any]:
    """What stands on the lines of standard input.

    They are read on a thread of their own, which ends the process, and those it has started,
    when the one that writes them is gone, however busy the process is.
    """
    lines: SimpleQueue[Any] = SimpleQueue()
    # Not sys.stdin, which is locked while it is read: a process that is forked could not close it.
    given = os.fdopen(os.dup(0), "rb")

    def read() -> None:
        for line in given:
            lines.put(json.loads(line))
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()


def _limit(memory: int) -> None:
    import resource

    _, allowed = resource.getrlimit(resource.RLIMIT_DATA)
    if allowed != resource.RLIM_INFINITY:
        memory = min(memory, allowed)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _load(work: Work) -> None:
    """Load the models, so that no file is charged with it."""
    from restore.damage import DAMAGES

    for damage in DAMAGES:
        if damage.name == "reversed-words":
            restored(damage.example.encode(), damage.name, work)


def _peak() -> int:
    """The most memory that the process has taken, in megabytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (MEGABYTE if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
