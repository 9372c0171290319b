"""JSON Lines: a restored document line by line, and the record of what was changed.

A record of changes begins with a line about the document (``"record": "document"``), with the
restored lines and the hash of what was read; then follows a line for each change and each doubt.
With it alone the input can be had back, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from restore.change import Action, Arrange, Change, Edit, Finding, Mark, Reorder, undo
from restore.formats import txt
from restore.model import (
    Document,
    Ends,
    Inserted,
    Kind,
    Line,
    Page,
    Piece,
    Place,
    Source,
    Span,
)

VERSION = 1
Record = dict[str, Any]


def write_document(document: Document) -> str:
    """A JSON object for each line: its page and number, text, kind, end and origins."""
    return "".join(
        _dump({"page": place.page, "line": place.line, **_line(line)})
        for place, line in document.placed()
    )


def write_changes(
    document: Document,
    original: Document,
    changes: Iterable[Change],
    doubts: Iterable[Finding],
    output: str | None = None,
) -> str:
    """The record of a restoration, from which ``read_changes`` can undo it.

    ``output`` is where the text went, as a path from the folder of the record.
    """
    raw = txt.write_lines(original)
    head = {
        "record": "document",
        "format": VERSION,
        "source": document.source.name,
        **({} if output is None else {"output": output}),
        "language": document.language,
        "byte_order_mark": document.source.byte_order_mark,
        "sha256": sha256(raw.encode()).hexdigest(),
        "pages": [[_line(line) for line in page.lines] for page in document.pages],
    }
    records = [head]
    records += [change_record(change) for change in changes]
    records += [{"record": "doubt", **_finding(doubt)} for doubt in doubts]
    return "".join(_dump(record) for record in records)


def change_record(change: Change) -> Record:
    """A change as a JSON object, from which ``read_change`` has it back."""
    return {
        "record": "change",
        **_finding(change.finding),
        "before": _line(change.before),
        "after": _line(change.after),
    }


@dataclass(frozen=True, slots=True)
class Recorded:
    """A restoration as its record has it; its pages have lines, but no text and no boxes.

    ``output`` is where its text went, as a path from the folder of the record, if that is known.
    """

    original: Document
    document: Document
    changes: tuple[Change, ...]
    doubts: tuple[Finding, ...]
    output: str | None = None


def originals(record: str) -> Iterator[tuple[str, str]]:
    """Undo each document of a record of changes: its name and its text as it was read.

    Raises ValueError, with the number of the line, if the record is damaged.
    """
    for told in read_changes(record):
        yield told.original.source.name, txt.write_lines(told.original)


def read_changes(record: str) -> Iterator[Recorded]:
    """The restorations of a record of changes, as ``write_changes`` wrote them.

    Raises ValueError, with the number of the line, if the record is damaged.
    """
    head: Record | None = None
    changes: list[Change] = []
    doubts: list[Finding] = []
    # Not splitlines: JSON leaves some line breaks of Unicode, such as U+2028, inside its strings.
    for number, text in enumerate(record.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            entry = json.loads(text)
            if entry["record"] == "document":
                if head is not None:
                    yield _recorded(head, changes, doubts)
                head, changes, doubts = entry, [], []
            elif entry["record"] == "change":
                changes.append(read_change(entry))
            elif entry["record"] == "doubt":
                doubts.append(_read_finding(entry))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"line {number} is not part of a record of changes, as --changes writes it"
            ) from error
    if head is None:
        raise ValueError("this is not a record of changes, as --changes writes it")
    yield _recorded(head, changes, doubts)


def _recorded(head: Record, changes: list[Change], doubts: list[Finding]) -> Recorded:
    try:
        if head["format"] != VERSION:
            raise ValueError(f"the record is of format {head['format']}, not {VERSION}")
        pages = tuple(Page("", tuple(_read_line(line) for line in page)) for page in head["pages"])
        source = Source(head["source"], head["byte_order_mark"])
        restored = Document(pages, head["language"], source)
        original = undo(restored, changes)
        whole = sha256(txt.write_lines(original).encode()).hexdigest() == head["sha256"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the record of changes is damaged in its first line") from error
    if not whole:
        raise ValueError(f"the record of {source.name} is damaged: the text has another hash")
    return Recorded(original, restored, tuple(changes), tuple(doubts), head.get("output"))


def _dump(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> Record:
    return {**finding_record(finding), "action": _action(finding.action)}


def finding_record(finding: Finding) -> Record:
    """What a finding says, but not what it does."""
    return {
        "id": finding.id,
        "damage": finding.damage,
        "page": finding.place.page,
        "line": finding.place.line,
        "confidence": round(finding.confidence, 4),
        "reason": finding.reason,
    }


def _action(action: Action) -> Record:
    match action:
        case Edit():
            return {"edit": [action.start, action.stop, action.text]}
        case Arrange():
            return {"arrange": _pieces(action.pieces)}
        case Mark():
            return {
                "mark": {
                    "ends": action.ends and action.ends.value,
                    "kind": action.kind and action.kind.value,
                }
            }
        case Reorder():
            return {"reorder": list(action.order)}


def _pieces(pieces: Iterable[Piece]) -> list[object]:
    return [piece.text if isinstance(piece, Inserted) else list(piece) for piece in pieces]


def _line(line: Line) -> Record:
    return {
        "text": line.text,
        "kind": line.kind.value,
        "ends": line.ends.value,
        "terminator": line.terminator,
        "origins": _pieces(line.origins),
    }


def read_change(entry: Record) -> Change:
    """The change in a JSON object. Raises KeyError, TypeError or ValueError if it is none."""
    return Change(_read_finding(entry), _read_line(entry["before"]), _read_line(entry["after"]))


def _read_finding(entry: Record) -> Finding:
    place = Place(entry["page"], entry["line"])
    action = _read_action(entry["action"])
    return Finding(entry["damage"], place, action, entry["reason"], entry["confidence"])


def _read_action(entry: Record) -> Action:
    if "edit" in entry:
        return Edit(*entry["edit"])
    if "arrange" in entry:
        return Arrange(_read_pieces(entry["arrange"]))
    if "reorder" in entry:
        return Reorder(tuple(entry["reorder"]))
    mark = entry["mark"]
    return Mark(mark["ends"] and Ends(mark["ends"]), mark["kind"] and Kind(mark["kind"]))


def _read_pieces(entries: list[Any]) -> tuple[Piece, ...]:
    return tuple(Inserted(e) if isinstance(e, str) else Span(*e) for e in entries)


def _read_line(entry: Record) -> Line:
    return Line(
        entry["text"],
        _read_pieces(entry["origins"]),
        entry["terminator"],
        Ends(entry["ends"]),
        Kind(entry["kind"]),
    )
