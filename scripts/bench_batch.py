"""Measure batches: throughput on one core and on two, the job store, memory, and a long queue.

Small texts are stretches of the samples, sound ones and some as Tika gives them; PDFs are typeset
from them with Typst. Batches of one worker and of two take turns. Rates are those between the
first result and the last, so that starting is not counted. Empty files, of which nothing comes,
show what a batch takes beside the mending.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench_pdf import book
from scoring import table

PAGES = 5  # of a PDF
LENGTH = 500  # characters of a small text, at least
DAMAGED = 0.3  # share of the texts that are as Tika gives them
ROUNDS = 3  # in which batches of one worker and of two take turns
MANY = (10_000, 100_000)  # empty files whose queue is measured
QUEUED = 1_000_000  # empty files that are put in the queue
IN_A_FOLDER = 1000
STORED = 10_000  # results that are stored
MEGABYTE = 1 << 20
KINDS = ("sound.txt", "damaged.txt", "book.pdf")
SAMPLED = 200  # files of a kind whose cost is measured


class Measured(NamedTuple):
    """A batch: files a second, and its peak of memory in MB."""

    rate: float
    peak: float


def corpus(folder: Path, samples: Path, texts: int, pdfs: int) -> None:
    """Write small texts and PDFs, the same ones every time."""
    choose = random.Random(0)
    known = {
        "sound": [path.read_text("utf-8") for path in sorted(samples.glob("*.true.txt"))],
        "damaged": [path.read_text("utf-8") for path in sorted(samples.glob("*.tika.raw.txt"))],
    }
    for number in range(texts):
        kind = "damaged" if choose.random() < DAMAGED else "sound"
        text = choose.choice(known[kind])
        start = text.find("\n", choose.randrange(max(len(text) - 2 * LENGTH, 1))) + 1
        stop = text.find("\n", start + LENGTH) + 1 or len(text)
        _write(folder, number, f"{kind}.txt", text[start:stop].encode())
    data = book(samples, PAGES) if pdfs else b""
    for number in range(pdfs):
        _write(folder, number, "book.pdf", data + b"%% %d\n" % number)


def empty(folder: Path, files: int) -> None:
    """Write files with nothing in them."""
    for number in range(files):
        _write(folder, number, "empty", b"")


def _write(folder: Path, number: int, name: str, data: bytes) -> None:
    path = folder / f"{number // IN_A_FOLDER:04}" / f"{number:07}.{name}"
    if number % IN_A_FOLDER == 0:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def run(folder: Path, output: Path, jobs: int) -> Measured:
    """Run a batch into a new output."""
    asked = [sys.executable, "-m", "restore", "batch", "--json", "--jobs", str(jobs)]
    times: list[float] = []
    with subprocess.Popen([*asked, folder, output], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "file":
                times.append(time.perf_counter())
        peak = _peak(process.pid)
    return Measured((len(times) - 1) / (times[-1] - times[0]), peak)


def _peak(pid: int) -> float:
    """The peak of memory of a process that has said all, in MB: it waits to be waited for."""
    _, _, used = os.wait4(pid, 0)
    return used.ru_maxrss * 1024 / MEGABYTE


def throughput(samples: Path, texts: int, pdfs: int, home: Path) -> dict[str, object]:
    """One worker beside two."""
    corpus(home / "in", samples, texts, pdfs)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(ROUNDS):
        for jobs in (1, 2):
            found = run(home / "in", home / f"out{turn}.{jobs}", jobs)
            rates[jobs].append(found.rate)
    gains = [two / one for one, two in zip(rates[1], rates[2], strict=True)]
    print(f"\n{texts} small texts and {pdfs} PDFs of {PAGES} pages, {ROUNDS} rounds\n")
    rows = [[f"{jobs}", *(f"{rate:.2f}" for rate in rates[jobs])] for jobs in rates]
    rounds = [f"round {turn + 1}" for turn in range(ROUNDS)]
    table(("workers", *rounds), [*rows, ["gain", *(f"{gain:.2f}" for gain in gains)]])
    return {"rates": rates, "gain": median(gains)}


def costs(folder: Path, output: Path) -> dict[str, float]:
    """Seconds of processor time that a file of each kind takes."""
    from restore.batches.file import DEFAULTS, Job, Work, result

    work = Work(dict(DEFAULTS), str(output))
    (output / ".batch" / "unfinished").mkdir(parents=True)
    by_kind: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*.*")):
        by_kind[next(kind for kind in KINDS if path.name.endswith(kind))].append(path)
    found, rows = {}, []
    for kind, paths in by_kind.items():
        told = result(Job("first", str(paths[0]), "first.txt"), work)  # loads what is needed
        paths = paths[:SAMPLED]
        start = _processor()
        for path in paths:
            told = result(Job(path.name, str(path), f"{path.name}.txt"), work)
            assert not told.error, told.error
        each = found[kind] = (_processor() - start) / len(paths)
        size = sum(path.stat().st_size for path in paths) / len(paths)
        rows.append([kind, f"{size:.0f}", f"{1000 * each:.0f}", f"{3600 / each:,.0f}"])
    print()
    table(("kind", "bytes", "ms a file", "files an hour a core"), rows)
    return found


def _processor() -> float:
    """Seconds of processor time of this process and those it has started."""
    return sum(os.times()[:4])


def store(home: Path, seconds: float) -> dict[str, float]:
    """What it takes to queue a file, give it out and store its result.

    ``seconds`` is what it takes to mend the cheapest.
    """
    from restore.batches.file import Result
    from restore.batches.inputs import Found
    from restore.batches.job_store import JobStore

    files = [Found(f"{number:07}.txt", f"/{number:07}.txt", 1, "1 1") for number in range(STORED)]
    start = time.perf_counter()
    jobs = JobStore(home / "jobs.sqlite", "key", "limits")
    jobs.queue(files)
    for job in jobs.jobs():
        told = {"reversed-words": 3, "mirrored-brackets": 1}
        jobs.finish(
            Result(job.name, job.path, "mended", sha256="0" * 64, damages=told, text=job.text)
        )
    jobs.close()
    each = (time.perf_counter() - start) / STORED
    print(f"\njob store: {1e6 * each:.0f} µs a file, {each / seconds:.2%} of a small sound text")
    return {"seconds a file": each, "share": each / seconds}


def memory(home: Path) -> dict[int, float]:
    """The peak of a batch's memory, its workers' aside, by the number of its files."""
    found = {}
    for files in MANY:
        empty(home / f"in{files}", files)
        measured = run(home / f"in{files}", home / f"out{files}", 2)
        found[files] = measured.peak
        print(f"{files:,} empty files: {measured.peak:.0f} MB, {measured.rate:.0f} files/s")
    return found


def queue(home: Path, files: int) -> dict[str, float]:
    """How long it takes to put files in the queue, until the first of them is given out."""
    empty(home / "queued", files)
    code = (
        "import resource, sys, time; start = time.perf_counter()\n"
        "from pathlib import Path; from restore.batches.inputs import found\n"
        "from restore.batches.job_store import JobStore\n"
        "for turn in range(2):\n"
        "    store = JobStore(Path(sys.argv[2]), 'key', 'limits')\n"
        "    store.queue(found([sys.argv[1]], '')); store.totals(); next(store.jobs())\n"
        "    print(time.perf_counter() - start, time.process_time()); store.close()\n"
        "    start = time.perf_counter()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, home / "queued", home / "queue.sqlite"],
        capture_output=True,
        text=True,
        check=True,
    )
    first, used, again, _, peak = map(float, told.stdout.split())
    print(
        f"{files:,} paths: {first:.1f} s to queue ({used:.1f} s of processor time), "
        f"{again:.1f} s again, {peak:.0f} MB"
    )
    return {"seconds": first, "processor": used, "again": again, "peak": peak}


def measure(samples: Path, texts: int, pdfs: int, queued: int) -> dict[str, object]:
    """Print all measures, and give them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        found = throughput(samples, texts, pdfs, home)
        each = costs(home / "in", home / "costs")
        return {
            "batch": found,
            "costs": each,
            "store": store(home, min(each.values())),
            "memory": memory(home),
            "queue": queue(home, queued),
        }
