"""The decisions of a person about changes and doubts, kept in a file of SQLite.

The file lies beside the text that was restored, under its whole name: ``book.txt.decisions``. Every
decision is a row of its own, on the disk before it is answered, and the last one about a change
counts; to take a decision back is to remove its row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from restore.by_hand import carried_out
from restore.change import Change
from restore.files import STREAM, InputError
from restore.formats import jsonl
from restore.model import Document, Place
from restore.pipeline import Restored

ENDING = ".decisions"
APPLICATION = 0x72746C64  # "rtld": by which a file of SQLite is told to be one of decisions
FORMAT = 1
PATIENCE = 10.0  # seconds to wait for another process that writes

TABLE = """CREATE TABLE IF NOT EXISTS decision (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    id TEXT NOT NULL,
    page INTEGER NOT NULL,
    line INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    raw TEXT NOT NULL,
    change TEXT,
    decided_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)"""
COLUMNS = "document, id, page, line, verdict, raw, change"


class Verdict(Enum):
    """What was decided: that a change is right, that it is wrong, or what the line is to be."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a change or doubt: its ``id``, and that of its line before any change.

    ``document`` counts the inputs of one output from 0. Of what is to be made, ``change`` says what
    is done to which line.
    """

    document: int
    id: str
    place: Place
    verdict: Verdict
    raw: str
    change: Change | None = None


class Honoured(NamedTuple):
    """What a restoration has to heed of some decisions, and those made for another text."""

    refused: frozenset[str]
    decided: tuple[Change, ...]
    misfits: tuple[Decision, ...]


class Decisions:
    """The decisions in a file, which is made if it is not there."""

    def __init__(self, path: Path) -> None:
        """Raises InputError if ``path`` cannot be made, or is something else."""
        self.path = path
        try:
            # Each statement is a transaction of its own.
            self._base = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            self._begin()
        except sqlite3.Error as error:
            raise InputError(
                f"{path} cannot be used for decisions: {error}; "
                "move it away, or give --no-decisions"
            ) from None

    def _begin(self) -> None:
        tables = self._base.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        told = [self._pragma(name) for name in ("application_id", "user_version")]
        if tables and told != [APPLICATION, FORMAT]:
            self.close()
            raise InputError(f"{self.path} holds no decisions that this version of restore knows")
        self._pragma("journal_mode = WAL")
        self._pragma("synchronous = FULL")  # on the disk, even if the machine loses power
        if not tables:
            self._base.execute(TABLE)
            self._pragma(f"application_id = {APPLICATION}")
            self._pragma(f"user_version = {FORMAT}")

    def _pragma(self, text: str) -> Any:
        row = self._base.execute(f"PRAGMA {text}").fetchone()
        return row and row[0]

    def add(self, decision: Decision) -> None:
        """Keep a decision; when this comes back it is on the disk."""
        self._base.execute(
            f"INSERT INTO decision ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", _row(decision)
        )

    def take_back(self) -> Decision | None:
        """Remove the decision made last and give it; None if there is none."""
        row = self._base.execute(
            "DELETE FROM decision WHERE number = (SELECT max(number) FROM decision) "
            f"RETURNING {COLUMNS}"
        ).fetchone()
        return row and _decision(row, self.path)

    def current(self, document: int) -> dict[str, Decision]:
        """The last decision about each change of a document, in the order in which they were made.

        Raises InputError if the file is damaged.
        """
        try:
            rows = self._base.execute(
                f"SELECT {COLUMNS} FROM decision WHERE number IN (SELECT max(number) FROM decision "
                "WHERE document = ? GROUP BY id) ORDER BY number",
                (document,),
            ).fetchall()
        except sqlite3.Error as error:
            raise InputError(f"{self.path} cannot be read: {error}") from None
        return {row[1]: _decision(row, self.path) for row in rows}

    def close(self) -> None:
        """Put all into the one file, and leave it."""
        self._base.close()


def _row(decision: Decision) -> tuple[Any, ...]:
    change = decision.change and json.dumps(
        jsonl.change_record(decision.change), ensure_ascii=False
    )
    name, verdict = decision.id, decision.verdict.value
    return decision.document, name, *decision.place, verdict, decision.raw, change


def _decision(row: Sequence[Any], path: Path) -> Decision:
    document, name, page, line, verdict, raw, change = row
    try:
        made = None if change is None else jsonl.read_change(json.loads(change))
        return Decision(document, name, Place(page, line), Verdict(verdict), raw, made)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path} is damaged at the decision about {name}") from None


def dumped(decisions: Iterable[Decision]) -> str:
    """Decisions as text, from which ``loaded`` has them back."""
    return json.dumps([_row(decision) for decision in decisions], ensure_ascii=False)


def loaded(text: str, path: Path) -> list[Decision]:
    """Decisions that were ``dumped``; ``path`` is where they lie."""
    return [_decision(row, path) for row in json.loads(text)]


def beside(output: str, record: str | None) -> Path | None:
    """Where the decisions about an output lie: beside it, or else beside its record of changes."""
    place = output if output != STREAM else record
    return None if place in (None, STREAM) else Path(f"{place}{ENDING}")


def read(path: Path, document: int) -> dict[str, Decision]:
    """The decisions about a document, if there are any. Raises InputError if they are damaged."""
    if not path.is_file():
        return {}
    decisions = Decisions(path)
    try:
        return decisions.current(document)
    finally:
        decisions.close()


def honoured(decisions: Iterable[Decision], document: Document) -> Honoured:
    """What a restoration of a document has to heed of the decisions about it."""
    fits: list[Decision] = []
    misfits: list[Decision] = []
    for decision in decisions:
        place = decision.place
        same = document.has(place) and document.at(place).text == decision.raw
        (fits if same else misfits).append(decision)
    return Honoured(
        frozenset(one.id for one in fits if one.verdict is Verdict.REFUSED),
        tuple(one.change for one in fits if one.change is not None),
        tuple(misfits),
    )


def not_carried_out(decided: Iterable[Change], result: Restored) -> list[Change]:
    """The changes that a person wanted, of those that fit, that the restoration has not made."""
    made = {change.id: change.after.text for change in result.changes}
    return [
        change
        for change in decided
        if made.get(change.id) != change.after.text
        and not carried_out(change, result.document.at(change.finding.place))
    ]
