"""Runs of ``restore batch`` for tests: folders of small texts, and what they come to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import command_line
import pyarrow.parquet as pq

SOUND = "הספרייה העירונית נפתחה לפני שמונים שנה בבניין אבן קטן ליד השוק הישן.\n"
DAMAGED = (
    "בגינה שמאחורי הבית שתל סבא שלי עץ לימון אחד ושתי גפנים, ובכל קיץ\n"
    "מן שעשה  הארוכה  הדרך  על  מספר  אותו  ושומעים  שלהן  בצל  יושבים  היינו \n"
    "הכפר שבו נולד. הוא סיפר תמיד את אותו הסיפור, אבל בכל פעם הוסיף\n"
)
PATIENCE = 60.0  # seconds that a test waits for something to happen


def corpus(folder: Path, files: int, damaged: int = 0) -> Path:
    """A folder of sound texts, the first of which are damaged, in folders of ten."""
    for number in range(files):
        path = folder / f"{number // 10:03}" / f"{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = DAMAGED if number < damaged else SOUND
        path.write_bytes(f"{number}. {text}".encode())
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "restore", "batch", *map(str, arguments)]


def run(*arguments: str | Path, code: int | None = 0) -> list[str]:
    """Run a batch of one worker, and give the lines that it says."""
    done = command_line.run("batch", "--jobs", "1", *arguments)
    assert code is None or done.returncode == code, done.stderr.decode()
    return (done.stdout + done.stderr).decode().splitlines()


def events(*arguments: str | Path, code: int | None = 0) -> list[dict[str, Any]]:
    """What a batch tells in JSON."""
    return [json.loads(line) for line in run("--json", *arguments, code=code)]


def done(told: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the files that were done, with what came of them."""
    files = [event for event in told if event["event"] == "file"]
    return {Path(event["path"].split("::")[0]).name: event["outcome"] for event in files}


def report(output: Path) -> dict[str, dict[str, Any]]:
    """The rows of a report by name, without what is another each time."""
    rows = pq.read_table(output / "report.parquet").to_pylist()
    return {row["name"]: {k: v for k, v in row.items() if k != "seconds"} for row in rows}


def written(output: Path) -> dict[str, bytes]:
    """All that was written for the user, by name, but for the report."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for top in ("text", "changes")
        for path in (output / top).rglob("*")
        if path.is_file()
    }


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A batch of two workers at work; it is killed in the end."""
    process = subprocess.Popen(
        command("--jobs", "2", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def killed(
    process: subprocess.Popen[bytes], seconds: float, enough: Callable[[], bool] = lambda: False
) -> bool:
    """Kill a batch after so long, or once that is ``enough``; whether it was still at work.

    Its workers are waited for.
    """
    until = time.monotonic() + seconds
    workers: list[int] = []
    while time.monotonic() < until and not enough() and process.poll() is None:
        workers = children(process.pid) or workers
        time.sleep(0.01)
    process.kill()
    ended = process.wait() == -signal.SIGKILL
    for pid in workers:
        wait_for(partial(gone, pid))
    return ended


def wait_for(happened: Callable[[], object]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, told.read_text(encoding="utf-8").split())
    return found


def gone(pid: int) -> bool:
    """Whether a process is no more, or waits only for its parent to hear of it."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1][1] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
