"""What is seen of a restoration or of two texts: the lines, and below each what became of it.

Nothing here knows how it is drawn. Of a restoration all is taken from where its letters are from,
of two texts from how their words were matched.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from restore.change import Finding, Reorder, acted, moved_from
from restore.compare.facts import told
from restore.compare.moves import Diff, recorded
from restore.compare.stacks import Seen, Stack, ranges, stacks
from restore.damage import LAYOUT
from restore.model import Document, Ends, Kind, Line, Page
from restore.pipeline import Restored


class Note(NamedTuple):
    """A change that was made to a line, or a doubt: a change that was not sure enough.

    ``confidence`` is a probability. The ``stack`` of a doubt has the line as it stands, and what
    would become of it; None if the doubt was about the line as it stood before another change.
    """

    id: str
    damage: str
    reason: str
    confidence: float
    layout: bool
    stack: Stack | None = None
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Lines ``first`` to ``last`` of what was read, what became of them, and why.

    Lines count from 0 through all pages, ``page`` from 0; ``told`` says what happened, empty if
    nothing did.
    """

    page: int
    first: int
    last: int
    stack: Stack
    told: str = ""
    kind: Kind = Kind.TEXT
    notes: tuple[Note, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to look at, the end of a line aside."""
        return bool(self.told) or any(not note.layout or note.doubt for note in self.notes)


def restored_views(restored: Restored, diff: Diff | None = None) -> list[View]:
    """All lines of a restoration that are not blank, with its changes and doubts.

    ``diff`` is what ``recorded`` gives of its documents, if it is known.
    """
    document = restored.document
    lines = list(document.placed())
    read = {place: at for at, (place, _) in enumerate(lines)}
    number = read | {now: read[old] for now, old in moved_from(restored.changes).items()}
    notes: dict[int, list[Note]] = defaultdict(list)
    for change in restored.changes:
        numbers = read if isinstance(change.finding.action, Reorder) else number
        notes[numbers[change.finding.place]].append(_note(change.finding))
    for doubt in restored.doubts:
        stack = _doubtful(document.at(doubt.place), doubt)
        notes[number[doubt.place]].append(_note(doubt)._replace(stack=stack, doubt=True))
    kinds = {number[place]: line.kind for place, line in lines}
    broken = [
        (number[place], number[after])
        for (place, line), (after, _) in pairwise(lines)
        if line.ends is Ends.BROKEN
    ]
    return [
        replace(
            view,
            page=lines[view.first][0].page,
            kind=kinds[view.first],
            notes=tuple(note for at in range(view.first, view.last + 1) for note in notes[at]),
        )
        for view in compared_views(diff or recorded(restored.original, document), broken)
    ]


def compared_views(diff: Diff, joined: Iterable[tuple[int, int]] = ()) -> list[View]:
    """All lines of the first text that are not blank, as of one page.

    Lines between which words moved are seen together, and so are those that ``joined`` names by
    the first and the last.
    """
    facts = list(told(diff).lines())
    stretches = list(ranges(diff, joined))
    sentences: dict[int, list[str]] = defaultdict(list)
    starts = [first for first, _ in stretches]
    for first, _, text, _ in facts:
        sentences[bisect_right(starts, first) - 1].append(text)
    return [
        View(0, *lines, stack, "; ".join(sentences[at]))
        for at, (lines, stack) in enumerate(zip(stretches, stacks(diff, stretches), strict=True))
        if any(row.words for row in (*stack.above, *stack.below))
    ]


def _note(finding: Finding) -> Note:
    layout = finding.damage in LAYOUT
    return Note(finding.id, finding.damage, finding.reason, finding.confidence, layout)


def _doubtful(line: Line, doubt: Finding) -> Stack | None:
    try:
        after = acted(line, doubt.action)
    except ValueError:
        return None
    if after.text == line.text:
        return None
    before, perhaps = (Document((Page("", (one,)),)) for one in (line, after))
    return next(stacks(recorded(before, perhaps), [(0, 0)]))


def view_data(view: View) -> dict[str, Any]:
    """A view as JSON has it, as the scripts of the pages read it.

    A row is its text and its words: start, stop, the word on the other side, what happened (its
    first letter), and the stretches of letters and of marks, if there are any. What is empty or
    as most are is left out.
    """
    found: dict[str, Any] = {
        "first": view.first,
        "last": view.last,
        "above": [row.text for row in view.stack.above],
    }
    if not view.stack.same:
        found |= _stack_data(view.stack)
    if view.kind is not Kind.TEXT:
        found["kind"] = view.kind.value
    if view.told:
        found["told"] = view.told
    if view.notes:
        found["notes"] = [_note_data(note) for note in view.notes]
    return found


def _note_data(note: Note) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": note.id,
        "damage": note.damage,
        "reason": note.reason,
        "confidence": round(note.confidence, 4),
    }
    if note.layout:
        found["layout"] = True
    if note.doubt:
        found["doubt"] = True
    if note.stack:
        found["stack"] = _stack_data(note.stack)
    return found


def _stack_data(stack: Stack) -> dict[str, Any]:
    return {
        side: [[row.text, [_word_data(word) for word in row.words]] for row in rows]
        for side, rows in (("above", stack.above), ("below", stack.below))
    }


def _word_data(word: Seen) -> list[Any]:
    found: list[Any] = [word.start, word.stop, word.other, word.fate[0]]
    if word.letters or word.marks:
        found += [word.letters, word.marks]
    return found
