"""From the glyphs of a page to the page: its lines as they are read, and where each letter is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import nan

import numpy as np

from restore.geometry.accents import with_qadmas
from restore.geometry.columns import ordered
from restore.geometry.glyph_names import LOST
from restore.geometry.glyphs import Glyphs, direction
from restore.geometry.lam_alef import name_lam_alefs
from restore.geometry.painting import Votes, turned, votes, whole
from restore.geometry.piles import PaintedLine, painted_lines
from restore.geometry.reading import Piece, base_level, bracket_vote, reading
from restore.geometry.rows import Row, rows
from restore.model import Kind, Layer, Line, Page, Span

RIGHT_TO_LEFT = 0.3  # share of the letters of a page in right-to-left scripts that makes it so
MANY_LOST = 0.05  # share of glyphs without a letter that makes a page unmapped; a guess
# Characters of which right-to-left texts are made.
USUAL = (
    (" ", "~"),
    ("\xa0", "\u017f"),
    ("\u0591", "\u05f4"),
    ("\u060c", "\u060c"),
    ("\u061b", "\u061c"),
    ("\u061e", "\u06f9"),
    ("\u2000", "\u22ff"),
    ("\ufb1d", "\ufefc"),
)
# Pashta and qadma, which are drawn alike; heh with hamza.
MIXED_UP = frozenset("\u0599\u05a8\u06c0")
MANY_STRANGE = 0.5  # share of letters of Latin-1 that no language has so many of; a guess
LEAST_LETTERS = 20  # that can tell of strange ones; a guess
IN_ORDER = 0.9  # share of the lines of a sound text layer that are stored as read; a guess
PILED = 0.3  # share of letters painted over each other where places tell nothing; a guess
COVERED = 0.5  # share of a letter under another
PARAGRAPH_GAP = 1.45  # between baselines, over the usual, that is more than a line; a guess

FROM_PAGE = "its text is stored in another order than it is read in; the order is from the page"
ABSENT = "it has no text: a scan or an empty page; OCR can read it"
UNMAPPED = "{:.0%} of its glyphs stand for no letter that the file names; OCR can read it"
STRANGE = "its letters are given wrong names, as if they were Latin; OCR can read it"
PILED_UP = "its letters are painted over each other; the order is a guess; OCR can read it"


@dataclass(slots=True)
class Habits:
    """What the producer of a document does on all of its pages, as far as they were read.

    ``brackets`` is how many more brackets are mapped as they are drawn than as they are stored,
    ``words`` how many words are painted as they are read and as they are seen; ``unnamed`` tells
    what glyphs without a name stand for; ``shift`` by how much names of letters are shifted.
    """

    brackets: int = 0
    words: Votes = field(default_factory=lambda: Votes(0, 0))
    unnamed: dict[str, str] = field(default_factory=dict)
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Laid:
    """The rows of a page in the order in which they are read, and what is the matter with it."""

    rows: list[Row]
    right_to_left: bool
    layer: Layer | None  # None where the rows have still to tell
    remark: str
    proved: bool
    brackets: int
    piled: tuple[PaintedLine, ...] = ()  # instead of the rows, where their letters are mixed
    misnamed: bool = False  # whether fonts are to be asked what its glyphs stand for
    unseen: bool = False  # whether all of it lies, without being seen, over an image of the page
    missing: int = 0  # glyphs for characters that the font lacks


def lay_out(parts: tuple[Glyphs, ...], habits: Habits) -> Laid:
    """The rows of a page from its glyphs, whose habits are added to those of the document."""
    found: list[Row] = []
    painted: list[tuple[Glyphs, bool]] = []
    piled: list[Row] = []
    right_to_left = _is_right_to_left(parts)
    for part in parts:
        said = votes(part)
        habits.words = Votes(*(a + b for a, b in zip(habits.words, said, strict=True)))
        told = said if said.read + said.seen else habits.words
        painted.append((part, told.as_read))
        laid = ordered(rows(turned(part) if told.as_read else part), right_to_left)
        found += laid
        piled += rows(whole(part)) if told.as_read else laid
    if not found:
        return Laid([], right_to_left, Layer.ABSENT, ABSENT, False, 0)
    name_lam_alefs(found, habits.unnamed)
    brackets = sum(map(bracket_vote, found))
    habits.brackets += brackets
    texts = [text for row in found for text in row.texts]
    lost = sum(text[0] == LOST for text in texts) / len(texts)
    layer, remark = None, ""
    if lost > MANY_LOST:
        layer, remark = Layer.UNMAPPED, UNMAPPED.format(lost)
    elif are_strange(texts, LEAST_LETTERS):
        layer, remark = Layer.UNMAPPED, STRANGE
    elif _piled(piled) > PILED:
        layer, remark = Layer.SCRAMBLED, PILED_UP
        lines = painted_lines(painted)
        return Laid(found, right_to_left, layer, remark, False, brackets, tuple(lines))
    misnamed = right_to_left and _are_misnamed(texts)
    return Laid(found, right_to_left, layer, remark, layer is None, brackets, misnamed=misnamed)


def _is_right_to_left(parts: tuple[Glyphs, ...]) -> bool:
    kinds = [direction(text[0]) for part in parts for text in part.texts]
    right = kinds.count("R") + kinds.count("AL")
    return right > RIGHT_TO_LEFT * (right + kinds.count("L"))


def are_strange(texts: list[str], least: int) -> bool:
    """Whether letters are most likely others, named by codes of their font alone.

    They are not if there are fewer than the ``least`` that can tell.
    """
    letters = [text[0] for text in texts if text[0].isalpha()]
    strange = sum("\u00c0" <= letter <= "\u00ff" for letter in letters)
    return len(letters) >= least and strange > MANY_STRANGE * len(letters)


def _are_misnamed(texts: list[str]) -> bool:
    """Whether some glyphs of a right-to-left page may be others.

    They have no name, or the number of a glyph that names a character few texts have, or a name
    that fonts mix up with another.
    """
    found = set("".join(texts))
    return any(character in MIXED_UP or not _is_usual(character) for character in found)


@cache
def _is_usual(character: str) -> bool:
    return any(first <= character <= last for first, last in USUAL)


def _piled(found: list[Row]) -> float:
    """The share of letters that lie under others."""
    under = count = 0
    for row in found:
        count += len(row.texts)
        over = np.maximum.accumulate(row.right)[:-1] - row.left[1:]
        under += int((over > COVERED * np.maximum(row.right[1:] - row.left[1:], 1e-3)).sum())
    return under / max(count, 1)


def read_page(laid: Laid, drawn: bool, last: bool) -> Page:
    """The page: a line for each row, a blank one where more than a line is left white.

    ``drawn`` says that the document maps brackets as they are drawn.
    """
    texts: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    if laid.piled:
        for line in laid.piled:
            texts.append(line.text)
            boxes += [*line.boxes, (nan,) * 4]
        return page_of(texts, last, boxes, laid.layer, laid.remark)
    in_order = counted = 0
    gaps = _white(laid.rows)
    usual = int(laid.right_to_left)
    for row, white in zip(laid.rows, gaps, strict=True):
        pieces = with_qadmas(reading(row, base_level(row.texts, usual), drawn))
        if white:
            texts.append("")
            boxes.append((nan,) * 4)
        texts.append("".join(piece.text for piece in pieces))
        boxes += _boxes(pieces, row)
        boxes.append((nan,) * 4)
        if len(pieces) > 1:
            counted += 1
            in_order += _stored_as_read(pieces)
    layer, remark = laid.layer, laid.remark
    if layer is None:
        sound = in_order >= IN_ORDER * counted
        layer, remark = (Layer.SOUND, "") if sound else (Layer.SCRAMBLED, FROM_PAGE)
    return page_of(texts, last, boxes, layer, remark, laid.proved)


def _boxes(pieces: list[Piece], row: Row) -> list[tuple[float, float, float, float]]:
    return [
        (piece.left, row.baseline if piece.painted >= 0 else nan, piece.right, row.size)
        for piece in pieces
        for _ in piece.text
    ]


def _stored_as_read(pieces: list[Piece]) -> bool:
    painted = [piece.painted for piece in pieces if piece.painted >= 0]
    return all(a < b for a, b in pairwise(painted))


def _white(found: list[Row]) -> list[bool]:
    """Before which rows more than a line is left white."""
    steps = [a.baseline - b.baseline for a, b in pairwise(found)]
    falls = [step for step in steps if step > 0]
    usual = float(np.median(falls)) if falls else 0.0
    return [False, *(step > PARAGRAPH_GAP * usual for step in steps)][: len(found)]


def empty_page(last: bool, layer: Layer, remark: str) -> Page:
    """A page without text."""
    return page_of([], last, [], layer, remark)


def page_of(
    texts: Sequence[str],
    last: bool,
    boxes: Sequence[tuple[float, float, float, float]],
    layer: Layer | None = None,
    remark: str = "",
    proved: bool = False,
) -> Page:
    """The page of some lines; ``boxes`` has a row a character, and one for each line break.

    The ``last`` page ends with a line break, all others with a form feed.
    """
    end = "\n" if last else "\f"
    lines: list[Line] = []
    start = 0
    texts = texts or [""]
    for number, text in enumerate(texts):
        stop = start + len(text)
        terminator = end if number == len(texts) - 1 else "\n"
        kind = Kind.TEXT if text.strip() else Kind.BLANK
        lines.append(Line(text, (Span(start, stop),) if text else (), terminator, kind=kind))
        start = stop + 1
    whole = "".join(line.text + line.terminator for line in lines)
    table = np.array(boxes, np.float32).reshape(-1, 4)
    return Page(whole, tuple(lines), layer, remark, proved, table)
