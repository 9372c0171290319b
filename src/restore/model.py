"""A document as it was read: pages, lines, and where every character of a line came from.

A change makes a new document. Characters are kept as strings and runs of origins, never as one
Python object each, so that a book of megabytes stays small and fast; the lines of a long text are
kept as numbers.
"""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import count, islice, product, repeat
from operator import eq
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Boxes = NDArray[np.float32]
    Shares = NDArray[np.float32]

Item = TypeVar("Item")

# Characters that say in which direction text goes, and are not seen: UAX #9, section 2.
CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
TEXTS_AT_A_TIME = 1 << 12  # of lines that are put together; a guess
LONG_TEXT = 300_000  # characters; the lines of a longer text are packed, and mended in parts


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


# All that lines may have but for their text, numbered so that a byte says it.
_FACTS = tuple(product(("\n", "\r\n", "\r", "\f", ""), Ends, Kind))
_NUMBER_OF = {facts: number for number, facts in enumerate(_FACTS)}


class Packed(Sequence[Item]):
    """What a long text has much of, each made anew when it is asked for; equal to a tuple of it."""

    @abstractmethod
    def made(self, index: int) -> Item:
        """The one with a number, counted from the end if that is below 0."""

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            return tuple(map(self.made, range(*index.indices(len(self)))))
        return self.made(index)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Packed | tuple):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))


class PackedLines(Packed[Line]):
    """The lines of a page of a long text, each made anew when it is asked for.

    One that is a stretch of the text of the page takes 17 bytes, where a ``Line`` takes some 400.
    """

    def __init__(self, text: str, lines: Iterable[Line] = ()) -> None:
        """``text`` is that of the page; lines of it may be added later."""
        self.text = text
        self._starts, self._stops = array("q"), array("q")
        self._facts = array("B")
        self._others: dict[int, Line] = {}
        for line in lines:
            self.append(line)

    def append(self, line: Line) -> None:
        """Add a line after the last one."""
        facts = line.terminator, line.ends, line.kind
        stretch = _stretch(line, self.text)
        if stretch is None or facts not in _NUMBER_OF:
            self._others[len(self)] = line
            stretch, facts = range(0), _FACTS[0]
        elif not line.text and len(self):
            # Nothing stands where the last line ends.
            at = self.span(0, len(self))[1]
            stretch = range(at, at)
        self.append_stretch(stretch.start, stretch.stop, *facts)

    def append_stretch(
        self, start: int, stop: int, terminator: str, ends: Ends, kind: Kind
    ) -> None:
        """Add a line that is a stretch of the text."""
        self._starts.append(start)
        self._stops.append(stop)
        self._facts.append(_NUMBER_OF[terminator, ends, kind])

    @property
    def as_read(self) -> bool:
        """Whether all lines are stretches of the text."""
        return not self._others

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where in the text lines that are as read begin, and where the last line break ends."""
        last = self._facts[stop - 1]
        return self._starts[start], self._stops[stop - 1] + len(_FACTS[last][0])

    def __len__(self) -> int:
        return len(self._facts)

    def made(self, index: int) -> Line:
        """A line."""
        terminator, ends, kind = _FACTS[self._facts[index]]
        index %= len(self)
        other = self._others.get(index)
        if other is not None:
            return other
        start, stop = self._starts[index], self._stops[index]
        origins = (Span(start, stop),) if start < stop else ()
        return Line(self.text[start:stop], origins, terminator, ends, kind)


def _stretch(line: Line, page: str) -> range | None:
    """The characters of a page that a line is, if it is nothing else."""
    if not line.origins:
        return None if line.text else range(0)
    if len(line.origins) > 1 or isinstance(line.origins[0], Inserted):
        return None
    start, stop, step = line.origins[0]
    return range(start, stop) if step == 1 and page[start:stop] == line.text else None


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
    lines: Sequence[Line]
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
        return run_together(self.texts())

    def texts(self) -> Iterator[str]:
        """Each line with its line break, as it stands now."""
        for page in self.pages:
            for line in page.lines:
                yield line.text + line.terminator * (line.ends is not Ends.BROKEN)

    def placed(self) -> Iterator[tuple[Place, Line]]:
        """Every line with its place, from the first to the last."""
        for number, page in enumerate(self.pages):
            # Python code for each place would take longer than most that is done with a line.
            places = map(tuple.__new__, repeat(Place), zip(repeat(number), count()))
            yield from zip(cast("Iterator[Place]", places), page.lines, strict=False)

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
            page = pages[number]
            new = (lines.get(Place(number, at), line) for at, line in enumerate(page.lines))
            packed = isinstance(page.lines, PackedLines)
            pages[number] = replace(
                page, lines=PackedLines(page.text, new) if packed else tuple(new)
            )
        return replace(self, pages=tuple(pages))


class Place(NamedTuple):
    """A line of a document: 0-based page, and 0-based line of that page."""

    page: int
    line: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def run_together(texts: Iterable[str]) -> str:
    """Many short texts as one, of which few are there at a time."""
    return "".join(longer(texts))


def longer(texts: Iterable[str]) -> Iterator[str]:
    """Many short texts as fewer long ones."""
    left = iter(texts)
    while few := list(islice(left, TEXTS_AT_A_TIME)):
        yield "".join(few)
