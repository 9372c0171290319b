"""What is done to a document: four actions, each recorded, replayed and undone.

``Edit`` gives a stretch of a line other letters, ``Arrange`` cuts a line into pieces and puts them
in another order, ``Mark`` says how a line ends or what it is; ``Reorder`` puts the lines of a page
in another order. There is no fifth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import regex

from restore.model import (
    CONTROLS,
    Document,
    Ends,
    Inserted,
    Kind,
    Line,
    Piece,
    Place,
    Span,
)
from restore.pieces import backwards, joined, origin_length, piece_origins

# Or mark: all that an arrangement has to keep. For Python the separators of ASCII are white space.
LETTER = regex.compile(rf"[^\s\x1c-\x1f{CONTROLS}]")


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``stop`` of a line become ``text``."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Arrange:
    """A line becomes ``pieces`` in that order: stretches of it, and white space put between.

    Every character of the line stands in one piece at most; those in none are white space or
    controls of direction, which are not seen, that the extractor put there.
    """

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a line ends, or what it is; None leaves it as it was."""

    ends: Ends | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Reorder:
    """Lines of a page, from the one of the finding on, come in another order.

    ``order`` has the number of each line that comes next, counted from the first of them. Line
    breaks stay where they are.
    """

    order: tuple[int, ...]


Action = Edit | Arrange | Mark | Reorder
OF_TEXT = Edit | Arrange  # what is done to the text of one line

DIGITS = 6  # of a probability; those beyond depend on which lines were added up together


@dataclass(frozen=True, slots=True)
class Finding:
    """A damage found: its name, place, what would mend it, why, and how sure (0 to 1)."""

    damage: str
    place: Place
    action: Action
    reason: str
    confidence: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "confidence", round(self.confidence, DIGITS))

    @property
    def id(self) -> str:
        """The name by which the finding can be refused, the same in every run on one text."""
        return f"{self.damage}@{self.place}"

    @property
    def places(self) -> list[Place]:
        """The lines that it is about."""
        count = len(self.action.order) if isinstance(self.action, Reorder) else 1
        return [Place(self.place.page, self.place.line + at) for at in range(count)]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that was acted upon, with the line before and after.

    If lines were put in another order, it is the first of them.
    """

    finding: Finding
    before: Line
    after: Line

    @property
    def id(self) -> str:
        """The id of its finding."""
        return self.finding.id


def acted(line: Line, action: Action) -> Line:
    """The line after ``action``.

    Raises ValueError if the action does not fit the line, or is about more than one.
    """
    match action:
        case Edit():
            return _edited(line, action)
        case Arrange():
            return _arranged(line, action)
        case Mark():
            ends, kind = action.ends or line.ends, action.kind or line.kind
            return Line(line.text, line.origins, line.terminator, ends, kind)
        case Reorder():
            raise ValueError(f"the order of {len(action.order)} lines is not that of one")


def _edited(line: Line, action: Edit) -> Line:
    length = len(line.text)
    if not 0 <= action.start <= action.stop <= length:
        raise ValueError(f"no characters {action.start}-{action.stop} in a line of {length}")
    middle: list[Piece]
    if len(action.text) == action.stop - action.start:
        # A letter for a letter keeps its place on the page.
        middle = piece_origins(line.origins, action.start, action.stop)
    else:
        middle = [Inserted(action.text)] if action.text else []
    origins = (
        piece_origins(line.origins, 0, action.start)
        + middle
        + piece_origins(line.origins, action.stop, length)
    )
    text = line.text[: action.start] + action.text + line.text[action.stop :]
    return replace(line, text=text, origins=joined(origins))


def _arranged(line: Line, action: Arrange) -> Line:
    parts: list[str] = []
    origins: list[Piece] = []
    used = bytearray(len(line.text))
    for piece in action.pieces:
        if isinstance(piece, Inserted):
            if piece.text.strip():
                raise ValueError(f"an arrangement puts in white space only, not {piece.text!r}")
            parts.append(piece.text)
            origins.append(piece)
            continue
        if not 0 <= piece.start < piece.stop <= len(line.text) or any(
            used[piece.start : piece.stop]
        ):
            raise ValueError(f"piece {tuple(piece)} does not fit the line {line.text!r}")
        used[piece.start : piece.stop] = b"\1" * (piece.stop - piece.start)
        parts.append(line.text[piece.start : piece.stop][:: piece.step])
        run = piece_origins(line.origins, piece.start, piece.stop)
        origins.extend(run if piece.step == 1 else backwards(run))
    lost = "".join(c for c, taken in zip(line.text, used, strict=True) if not taken)
    if LETTER.search(lost):
        raise ValueError(f"an arrangement leaves out letters: {lost.strip()!r}")
    return replace(line, text="".join(parts), origins=joined(origins))


def applied(document: Document, findings: Iterable[Finding]) -> tuple[Document, list[Change]]:
    """The document after the findings, in their order, and the changes that were made.

    A finding that would leave its line as it is makes no change.
    """
    lines: dict[Place, Line] = {}
    changes: list[Change] = []
    for finding in findings:
        before, became = _made(document, lines, finding)
        after = became[finding.place]
        if after != before:
            lines |= became
            changes.append(Change(finding, before, after))
    return document.with_lines(lines), changes


def _made(
    document: Document, lines: dict[Place, Line], finding: Finding
) -> tuple[Line, dict[Place, Line]]:
    """The line at the place of a finding, and what its action makes of it, or of more lines.

    ``lines`` are those that stand otherwise by now than in the document.
    """
    action = finding.action
    if not isinstance(action, Reorder):
        line = _line(document, lines, finding.place)
        return line, {finding.place: acted(line, action)}
    old = [_line(document, lines, place) for place in finding.places]
    if not old or sorted(action.order) != list(range(len(old))):
        raise ValueError(f"{list(action.order)} is not an order of lines")
    new = [old[at] for at in action.order]
    return old[0], {
        place: replace(line, terminator=there.terminator)
        for place, line, there in zip(finding.places, new, old, strict=True)
    }


def replay(original: Document, changes: Iterable[Change]) -> Document:
    """The document that ``changes`` made of ``original``.

    Raises ValueError if a change does not find the line that it was made for.
    """
    lines: dict[Place, Line] = {}
    for change in changes:
        place = change.finding.place
        _expect(_line(original, lines, place), change.before, change)
        lines |= _made(original, lines, change.finding)[1]
    return original.with_lines(lines)


def undo(restored: Document, changes: Iterable[Change]) -> Document:
    """The document as it was before ``changes``; all of them, or the last ones made.

    Raises ValueError if a change does not find the line that it made.
    """
    lines: dict[Place, Line] = {}
    for change in reversed(list(changes)):
        place, action = change.finding.place, change.finding.action
        _expect(_line(restored, lines, place), change.after, change)
        if isinstance(action, Reorder):
            back = Reorder(tuple(sorted(range(len(action.order)), key=action.order.__getitem__)))
            lines |= _made(restored, lines, replace(change.finding, action=back))[1]
        else:
            lines[place] = change.before
    return restored.with_lines(lines)


def _line(document: Document, lines: dict[Place, Line], place: Place) -> Line:
    if place in lines:
        return lines[place]
    try:
        return document.at(place)
    except IndexError:
        raise ValueError(f"the document has no line {place}") from None


def _expect(found: Line, wanted: Line, change: Change) -> None:
    if found != wanted:
        raise ValueError(f"{change.id} was made for {wanted.text!r}, not for {found.text!r}")


def moved_from(changes: Iterable[Change]) -> dict[Place, Place]:
    """Where the lines stood that were put in another order, by where they stand after that."""
    found: dict[Place, Place] = {}
    for finding in (change.finding for change in changes):
        if isinstance(finding.action, Reorder):
            old = [found.get(place, place) for place in finding.places]
            new = [old[at] for at in finding.action.order]
            found |= dict(zip(finding.places, new, strict=True))
    return found


def origins_cover(line: Line) -> bool:
    """Whether every character of the line has its origin."""
    return sum(origin_length(origin) for origin in line.origins) == len(line.text)


__all__ = [
    "Action",
    "Arrange",
    "Change",
    "Edit",
    "Finding",
    "Mark",
    "Reorder",
    "Span",
    "acted",
    "applied",
    "moved_from",
    "origins_cover",
    "replay",
    "undo",
]
