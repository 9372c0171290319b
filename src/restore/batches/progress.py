"""How far a batch is: a bar on a terminal, lines elsewhere, or events in JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

import click

from restore.batches.file import DAMAGED, FAILURES, MENDED, Result
from restore.batches.job_store import Totals
from restore.batches.storage import shown

EVERY = 10.0  # seconds between two lines
MEGABYTE = 1_000_000


class Progress:
    """What is done and what came of it, told as it goes on."""

    def __init__(self, totals: Totals, quiet: bool, as_json: bool) -> None:
        """``totals`` are those at the start."""
        self.files, self.bytes = totals.files, totals.bytes
        self.outcomes = Counter(totals.outcomes)
        self._already = self.outcomes.total()
        self._left = totals.bytes - totals.bytes_done
        self._pages = self._bytes = 0
        self._start = self._told = time.monotonic()
        self._quiet, self._as_json = quiet, as_json
        self._bar: Any = None
        if as_json:
            self._event("start", files=self.files, bytes=self.bytes, done=self._already)
        elif not quiet and sys.stderr.isatty():
            self._bar = _bar(self.files, self._already)

    @property
    def done(self) -> int:
        """How many files are done."""
        return self.outcomes.total()

    @property
    def damaged(self) -> int:
        """How many files are damaged, mended or not."""
        return self.outcomes[DAMAGED] + self.outcomes[MENDED]

    @property
    def failed(self) -> int:
        """How many files nothing came of."""
        return sum(self.outcomes[outcome] for outcome in FAILURES)

    def tell(self, result: Result | None) -> None:
        """Tell what came of a file; or, if nothing did, that time passes."""
        if result is not None:
            self.outcomes[result.outcome] += 1
            self._pages += result.pages
            self._bytes += result.bytes
            if self._as_json:
                self._event("file", **_facts(result))
        if self._bar is not None:
            self._bar.update(0, completed=self.done, told=self._rates())
        elif not (self._quiet or self._as_json) and time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            click.echo(f"{self.done} of {self.files} files, {self._rates()}", err=True)

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()

    def summary(self) -> str:
        """What came of all, in one line."""
        told = ", ".join(
            f"{count} {name}" for name, count in sorted(self.outcomes.items()) if count
        )
        share = self.damaged / max(self.done - self.failed, 1)
        return f"{self.done} of {self.files} files: {told}; {share:.1%} damaged"

    def finished(self, totals: Totals) -> None:
        """Tell, in the end, what came of all."""
        self.outcomes = Counter(totals.outcomes)
        if self._as_json:
            seconds = round(time.monotonic() - self._start, 3)
            outcomes = dict(sorted(self.outcomes.items()))
            self._event("end", files=self.files, outcomes=outcomes, seconds=seconds)
        elif not self._quiet:
            click.echo(self.summary(), err=True)

    def _rates(self) -> str:
        seconds = max(time.monotonic() - self._start, 0.001)
        known = max(self.done - self.failed, 1)
        told = [
            f"{self._pages / seconds:.1f} pages/s",
            f"{self._bytes / seconds / MEGABYTE:.2f} MB/s",
            f"{self.damaged / known:.0%} damaged",
            f"{self.failed} failed",
        ]
        if self._bytes:
            left = seconds * max(self._left - self._bytes, 0) / self._bytes
            told.append(f"{_duration(left)} left")
        return ", ".join(told)

    def _event(self, event: str, **facts: object) -> None:
        click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False))


def _facts(result: Result) -> dict[str, Any]:
    return {
        "path": shown(result.path),
        "outcome": result.outcome,
        "error": result.error,
        "pages": result.pages,
        "damage": result.damage,
        "damages": result.damages,
        "changes": result.changes,
        "doubts": result.doubts,
        "seconds": result.seconds,
        "text": shown(result.text),
    }


def _duration(seconds: float) -> str:
    """A time in hours, minutes or seconds.

    >>> _duration(59), _duration(600), _duration(9000)
    ('59 s', '10 min', '2.5 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def _bar(files: int, done: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        console=Console(stderr=True),
    )
    bar.add_task("", total=files, completed=done, told="")
    bar.start()
    return bar
