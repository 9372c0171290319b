"""What a batch has to do and has done: a SQLite file, from which it goes on when it was stopped."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain, islice
from operator import itemgetter
from os import fsdecode, fsencode
from pathlib import Path
from typing import NamedTuple

from restore.batches.file import FAILURES, LIMITED, SAME, Job, Result
from restore.batches.inputs import Found
from restore.batches.storage import TEXTS, NoRoomError
from restore.files import InputError

VERSION = 2  # of the tables
AT_ONCE = 1000  # rows that are in memory at a time
SORTED = 10_000  # rows that are queued in the order of names, whatever order a folder has
TOGETHER = 200  # rows of a statement; 4 values each, of 999 that any SQLite takes
PATIENCE = 0.5  # seconds after which results are stored for good; so much is done twice at most

# How the names of files are encoded: os.fsencode asks anew for each name.
NAMES = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()

# What the name of a text ends in, before its ending, where another input is called as it would be.
RESTORED = b".restored"
OTHER = re.compile(r"\.restored-*$")

TABLES = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    run INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    seen TEXT NOT NULL,
    stamp TEXT NOT NULL DEFAULT '',
    key TEXT NOT NULL DEFAULT '',
    readers TEXT NOT NULL DEFAULT '',
    decided TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    damage REAL NOT NULL DEFAULT 0,
    told TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS worst ON files (damage) WHERE damage > 0;
CREATE INDEX IF NOT EXISTS decided ON files (id) WHERE decided != '';
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, packed BLOB NOT NULL);
"""
FAILED = ", ".join(f"'{outcome}'" for outcome in sorted(FAILURES))
# Of a million rows each statement and each value that is bound takes its time.
QUEUE = """
INSERT INTO files (name, path, size, seen, run) VALUES {rows}
ON CONFLICT (name) DO UPDATE SET path = excluded.path, size = excluded.size, seen = excluded.seen,
    run = {run}, done = done AND stamp = excluded.seen AND key IN ('{key}', '{limited}')
        AND readers IN ('', '{readers}') AND NOT {anew} AND NOT ({again} AND outcome IN ({failed}))
"""
DONE = """
UPDATE files SET done = 1, stamp = coalesce(nullif(?, ''), seen),
    key = coalesce(?, key), readers = coalesce(?, readers), outcome = coalesce(?, outcome),
    damage = coalesce(?, damage), told = coalesce(?, told)
WHERE name = ?
"""
STORED = "INSERT OR REPLACE INTO texts (id, packed) SELECT id, ? FROM files WHERE name = ?"


class Totals(NamedTuple):
    """How many files there are, and what came of those that are done."""

    files: int
    bytes: int
    outcomes: dict[str, int]
    bytes_done: int


class JobStore:
    """The files of a batch and what came of them, in one SQLite file."""

    def __init__(self, path: Path, key: str, limits: str, readers: str = "") -> None:
        """Open the file, or make it.

        ``key`` is what results depend on besides their file, ``limits`` what those depend on
        besides that were not reached within them, and ``readers`` those of files with pages that
        were given to OCR. Raises InputError if it is of another version.
        """
        self._path = path
        self._key, self._limited, self._readers = key, f"{key} {limits}", readers
        self._pending: list[tuple[object, ...]] = []
        self._packed: list[tuple[bytes, bytes]] = []
        self._stored = time.monotonic()
        with self._told():
            self._base = sqlite3.connect(path, isolation_level=None)
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise InputError(f"{path} is of another version of restore; name another output")
            # What is stored is there after a power cut, up to the last moments.
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(TABLES)
            self._base.execute(f"PRAGMA user_version = {VERSION}")
            (run,) = self._base.execute("SELECT max(run) FROM files").fetchone()
            self._run = (run or 0) + 1

    def queue(self, found: Iterable[Found], again: bool = False, anew: bool = False) -> None:
        """Put the files of this run in the queue, but for those that are done and unchanged.

        ``again``: those that failed too. ``anew``: all are read, to see whether they are unchanged.
        """
        rows = (
            (name.encode(*NAMES), path.encode(*NAMES), size, seen)
            for name, path, size, seen in found
        )
        with self._told(), self._base:
            self._base.execute("BEGIN")
            while some := sorted(islice(rows, SORTED), key=itemgetter(0)):
                for at in range(0, len(some), TOGETHER):
                    together = some[at : at + TOGETHER]
                    asked = self._asked(len(together), again, anew)
                    self._base.execute(asked, tuple(chain.from_iterable(together)))

    def _asked(self, rows: int, again: bool, anew: bool) -> str:
        """The statement that puts so many rows in the queue."""
        return QUEUE.format(
            rows=", ".join([f"(?, ?, ?, ?, {self._run})"] * rows),
            run=self._run,
            key=self._key,
            limited=self._limited,
            readers=self._readers,
            anew=int(anew),
            again=int(again),
            failed=FAILED,
        )

    def heed(self, decided: Mapping[str, str]) -> None:
        """Let what was decided about texts, which are named below the output, be heeded.

        Files of which something else was decided before are put in the queue again.
        """
        before = dict(self._base.execute("SELECT name, decided FROM files WHERE decided != ''"))
        now = dict.fromkeys(before, "")
        for text, said in decided.items():
            now |= {name: said for name in self._named(text)}
        changed = [(said, name) for name, said in now.items() if said != before.get(name, "")]
        with self._told(), self._base:
            self._base.execute("BEGIN")
            asked = "UPDATE files SET decided = ?, done = 0, key = '' WHERE name = ?"
            self._base.executemany(asked, changed)

    def _named(self, text: str) -> list[bytes]:
        """The file of this run whose text is called so below the output, if there is one."""
        whole = text.removeprefix(f"{TEXTS}/")
        plain = whole.removesuffix(".txt")
        names = map(fsencode, (whole, plain, OTHER.sub("", plain)))
        return [name for name in names if self._has(name) and self._text(name) == whole][:1]

    def jobs(self) -> Iterator[Job]:
        """The files of this run that are not done, in the order in which they were queued."""
        last, taken = 0, list[bytes]()
        while True:
            rows = self._base.execute(
                "SELECT id, name, path, key, readers, told, decided FROM files"
                " WHERE id > ? AND run = ? AND NOT done ORDER BY id LIMIT ?",
                (last, self._run, AT_ONCE),
            ).fetchall()
            for last, name, path, key, read, told, decided in rows:  # noqa: B007
                holds = key == self._key and read in ("", self._readers)
                known = json.loads(told)["sha256"] if holds else ""
                yield Job(fsdecode(name), fsdecode(path), self._text(name), known, decided)
                taken += self._taken(name)
            if len(rows) < AT_ONCE:
                break
        for name in taken:
            asked = "SELECT path, decided FROM files WHERE name = ?"
            path, decided = self._base.execute(asked, (name,)).fetchone()
            yield Job(fsdecode(name), fsdecode(path), self._text(name), "", decided)

    def _text(self, name: bytes) -> str:
        """What the text of a file is called, which no other text is called."""
        if name.endswith(b".txt"):
            return fsdecode(name)
        if not self._has(name + b".txt"):
            return fsdecode(name) + ".txt"
        other = name + RESTORED
        while self._has(other) or self._has(other + b".txt"):
            other += b"-"
        return fsdecode(other) + ".txt"

    def _taken(self, name: bytes) -> list[bytes]:
        """The file done before, if there is one, whose text has the name of that of another now."""
        if not name.endswith(b".txt"):
            return []
        other = name[:-4]
        asked = "SELECT told FROM files WHERE name = ? AND run = ? AND done"
        row = self._base.execute(asked, (other, self._run)).fetchone()
        if not row or json.loads(row[0])["text"] != f"{TEXTS}/{fsdecode(name)}":
            return []
        self._base.execute("UPDATE files SET done = 0 WHERE name = ?", (other,))
        return [other]

    def _has(self, name: bytes) -> bool:
        asked = "SELECT 1 FROM files WHERE name = ? AND run = ?"
        return self._base.execute(asked, (name, self._run)).fetchone() is not None

    def finish(self, result: Result) -> None:
        """Store what came of a file; for good within some time, or when ``store`` is called."""
        name = fsencode(result.name)
        if result.outcome == SAME:
            self._pending.append((result.stamp, None, None, None, None, None, name))
        else:
            key = self._limited if result.outcome in LIMITED else self._key
            facts = asdict(result)
            packed = facts.pop("packed")
            told = json.dumps(facts)
            readers = self._readers if result.ocr else ""
            self._pending.append(
                (result.stamp, key, readers, result.outcome, result.damage, told, name)
            )
            if packed:
                self._packed.append((b64decode(packed), name))
        if time.monotonic() - self._stored > PATIENCE:
            self.store()

    def store(self) -> None:
        """Store all results for good."""
        if self._pending:
            with self._told(), self._base:
                self._base.execute("BEGIN")
                self._base.executemany(DONE, self._pending)
                self._base.executemany(STORED, self._packed)
            self._pending.clear()
            self._packed.clear()
        self._stored = time.monotonic()

    def results(self) -> Iterator[Result]:
        """What came of the files of this run, in the order of their names."""
        return self._results("1 ORDER BY name")

    def texts(self) -> Iterator[tuple[Result, bytes | None]]:
        """The same, each with what was packed of it, which is read one after the other."""
        rows = self._base.execute(
            "SELECT told, packed FROM files LEFT JOIN texts USING (id)"
            " WHERE run = ? AND done ORDER BY name",
            (self._run,),
        )
        for told, packed in rows:
            result = Result(**json.loads(told))
            # What failed may have had a text before.
            yield result, None if result.outcome in FAILURES else packed

    def worst(self, most: int) -> Iterator[Result]:
        """The damaged files of this run, those with the largest share of damage first."""
        return self._results(f"damage > 0 ORDER BY damage DESC, name LIMIT {most}")

    def failed(self, most: int) -> Iterator[Result]:
        """The files of this run that nothing came of, in the order of their names."""
        return self._results(f"outcome IN ({FAILED}) ORDER BY name LIMIT {most}")

    def _results(self, which: str) -> Iterator[Result]:
        asked = f"SELECT told FROM files WHERE run = ? AND done AND {which}"
        rows = self._base.execute(asked, (self._run,))
        while told := rows.fetchmany(AT_ONCE):
            for (text,) in told:
                yield Result(**json.loads(text))

    def totals(self) -> Totals:
        """What there is and what is done, of this run."""
        rows = self._base.execute(
            "SELECT done, outcome, count(*), sum(size) FROM files WHERE run = ? GROUP BY 1, 2",
            (self._run,),
        ).fetchall()
        return Totals(
            sum(count for _, _, count, _ in rows),
            sum(size for *_, size in rows),
            {outcome: count for done, outcome, count, _ in rows if done},
            sum(size for done, _, _, size in rows if done),
        )

    def close(self) -> None:
        """Store all and close the file."""
        try:
            self.store()
        finally:
            self._base.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what is wrong with the file in one line."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "full" in str(error) or "disk I/O" in str(error) or "readonly" in str(error):
                raise NoRoomError(f"{self._path} cannot be written: {error}") from None
            raise InputError(f"{self._path} cannot be opened: {error}") from None
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self._path} is no job store: {error}; remove it") from None


@contextmanager
def locked(path: Path, output: str) -> Iterator[None]:
    """Keep others out of an output. Raises InputError if another batch is at work there."""
    import fcntl

    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another batch is writing to {output}; wait for it, or name another output"
            ) from None
        yield
