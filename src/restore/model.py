"""A document as it was read: pages, lines, and where every character of a line came from.

All classes are frozen: a change makes a new document. Characters are kept as strings and runs of
origins, never as one Python object each, so that a book of megabytes stays small and fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Boxes = NDArray[np.float32]
    Shares = NDArray[np.float32]

# Characters that say in which direction text goes, and are not seen: UAX #9, section 2.
CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"


class Span(NamedTuple):
    """A stretch of characters in reading order: ``start`` to ``stop`` (not included).

    ``step`` is 1, or -1 where the stretch is read backwards. In ``Line.origins`` the characters
    are those of ``Page.text``; in an ``Arrange`` they are those of the line before it.
    """

    start: int
    stop: int
    step: int = 1


class Inserted(NamedTuple):
    """Characters that stand nowhere on the page, such as a space between two fused words."""

    text: str


Piece = Span | Inserted


class Ends(Enum):
    """How a line ends: what stands between its last word and the next line's first.

    ``HYPHEN``: nothing, and its own hyphen goes, for it cuts a word. ``BROKEN``: nothing, and not
    even the line ends there; only the extractor broke it.
    """

    UNKNOWN = "unknown"
    SPACE = "space"
    NOTHING = "nothing"
    HYPHEN = "hyphen"
    BROKEN = "broken"
    PARAGRAPH = "paragraph"


class Kind(Enum):
    """What a line is on its page."""

    TEXT = "text"
    BLANK = "blank"
    HEAD = "head"
    PAGE_NUMBER = "page-number"


FURNITURE = frozenset({Kind.HEAD, Kind.PAGE_NUMBER})


class Layer(Enum):
    """What the text layer of a page of a PDF is like."""

    SOUND = "sound"  # stored in the order in which it is read
    SCRAMBLED = "scrambled"  # stored in another order
    UNMAPPED = "unmapped"  # glyphs that stand for no letter that the file names
    ABSENT = "absent"  # no text, as in a scan
    UNREADABLE = "unreadable"  # the page cannot be opened, or is too large


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    ``terminator`` is the line break as it was read (``""`` for a last line without one);
    ``origins`` covers ``text`` from its first character to its last.
    """

    text: str
    origins: tuple[Piece, ...]
    terminator: str = "\n"
    ends: Ends = Ends.UNKNOWN
    kind: Kind = Kind.TEXT

    @property
    def backwards(self) -> bool:
        """Whether most of the line is read backwards from the page."""
        read = [origin for origin in self.origins if isinstance(origin, Span)]
        turned = sum(span.stop - span.start for span in read if span.step < 0)
        return 2 * turned > len(self.text)


@dataclass(frozen=True, slots=True)
class Scan:
    """The image that a page was read from: its size in pixels, and dots per inch.

    ``sure`` has, for each character of the text of the page, how sure the word is that it stands
    in (0 to 1); not-a-number where there is none. The image was turned clockwise by ``turn``
    degrees (0, 90, 180 or 270) to be read; its size is that after it.
    """

    width: int
    height: int
    resolution: int
    sure: Shares | None = None
    turn: int = 0

    @property
    def average(self) -> float:
        """How sure the words are, the longer ones more; 0 without any."""
        known = [] if self.sure is None else self.sure[self.sure == self.sure]
        return float(sum(known) / len(known)) if len(known) else 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page: ``text`` as it was read, line breaks and all, and the lines made of it.

    A page of a PDF has a text ``layer``, and ``remark`` says what is the matter with it. If the
    page itself showed the order of its text, that order is ``proved``. ``boxes`` has a row a
    character of ``text``: the left edge, the baseline, the right edge and the height of its
    letter, in points from the left and the foot of the page as it is read; not-a-number where
    nothing is painted. A page that was read from an image has a ``scan``; there the baseline is
    the foot of the word and the height that of the word. The text layer of an ``unseen`` page lies
    over an image of all of it, where nobody sees that it is wrong.
    """

    text: str
    lines: tuple[Line, ...]
    layer: Layer | None = None
    remark: str = ""
    proved: bool = False
    boxes: Boxes | None = field(default=None, compare=False, repr=False)
    scan: Scan | None = field(default=None, compare=False, repr=False)
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from: its name, and whether it began with a byte order mark.

    ``ocr`` marks what was read from images, where letters may have been taken for others.
    """

    name: str = "-"
    byte_order_mark: bool = False
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Pages in one main language (``he``, ...)."""

    pages: tuple[Page, ...]
    language: str = "he"
    source: Source = Source()

    def text(self) -> str:
        """All lines with their line breaks, as they stand now."""
        return "".join(
            line.text + line.terminator * (line.ends is not Ends.BROKEN)
            for page in self.pages
            for line in page.lines
        )

    def placed(self) -> Iterator[tuple[Place, Line]]:
        """Every line with its place, from the first to the last."""
        for number, page in enumerate(self.pages):
            for index, line in enumerate(page.lines):
                yield Place(number, index), line

    def lines_read(self) -> Iterator[str]:
        """Every line as it was read, whatever was done to it."""
        for page in self.pages:
            yield from page.text.splitlines()

    def has(self, place: Place) -> bool:
        """Whether there is a line at a place."""
        page, line = place
        return 0 <= page < len(self.pages) and 0 <= line < len(self.pages[page].lines)

    def read_by_ocr(self, number: int) -> bool:
        """Whether the letters of a page may have been taken for others."""
        return self.source.ocr or self.pages[number].scan is not None

    def at(self, place: Place) -> Line:
        """The line at a place."""
        return self.pages[place.page].lines[place.line]

    def with_lines(self, lines: dict[Place, Line]) -> Document:
        """The same document with other lines at the places that ``lines`` names."""
        if not lines:
            return self
        pages = list(self.pages)
        for number in {place.page for place in lines}:
            old = pages[number].lines
            new = tuple(lines.get(Place(number, index), line) for index, line in enumerate(old))
            pages[number] = replace(pages[number], lines=new)
        return replace(self, pages=tuple(pages))


class Place(NamedTuple):
    """A line of a document: 0-based page, and 0-based line of that page."""

    page: int
    line: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def piece_origins(origins: tuple[Piece, ...], start: int, stop: int) -> list[Piece]:
    """The origins of the characters ``start`` to ``stop`` of a line that has ``origins``."""
    found: list[Piece] = []
    at = 0
    for origin in origins:
        length = origin_length(origin)
        low, high = max(start - at, 0), min(stop - at, length)
        if low < high:
            found.append(_part(origin, low, high))
        at += length
        if at >= stop:
            break
    return found


def origin_length(origin: Piece) -> int:
    """How many characters of a line an origin stands for."""
    return len(origin.text) if isinstance(origin, Inserted) else origin.stop - origin.start


def _part(origin: Piece, low: int, high: int) -> Piece:
    if isinstance(origin, Inserted):
        return Inserted(origin.text[low:high])
    if origin.step == 1:
        return Span(origin.start + low, origin.start + high, 1)
    return Span(origin.stop - high, origin.stop - low, -1)


def backwards(origins: list[Piece]) -> list[Piece]:
    """The origins of a stretch that is read backwards."""
    return [
        Inserted(origin.text[::-1])
        if isinstance(origin, Inserted)
        else Span(origin.start, origin.stop, -origin.step)
        for origin in reversed(origins)
    ]


def joined(origins: list[Piece]) -> tuple[Piece, ...]:
    """The same origins in as few runs as there can be."""
    runs: list[Piece] = []
    for origin in origins:
        last = runs[-1] if runs else None
        if isinstance(origin, Span) and isinstance(last, Span) and origin.step == last.step:
            if origin.step == 1 and last.stop == origin.start:
                runs[-1] = Span(last.start, origin.stop, 1)
                continue
            if origin.step == -1 and origin.stop == last.start:
                runs[-1] = Span(origin.start, last.stop, -1)
                continue
        elif isinstance(origin, Inserted) and isinstance(last, Inserted):
            runs[-1] = Inserted(last.text + origin.text)
            continue
        runs.append(origin)
    return tuple(runs)
