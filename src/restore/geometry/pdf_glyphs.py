"""The glyphs of a page of a PDF as the file has them, from PDFium's text page.

That is made for searching: PDFium sorts what was painted along a line, turns what is right-to-left
around, mirrors the brackets in it, takes presentation forms apart (``CPDF_TextPage`` in its
sources, ``CloseTempLine``) and guesses spaces. All that is undone here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from unicodedata import normalize

import numpy as np

from restore.geometry.glyph_names import LOST
from restore.geometry.glyphs import (
    Flags,
    Floats,
    Glyphs,
    Integers,
    direction,
    is_mark,
    is_right_to_left,
)
from restore.geometry.pdf_order import MIRRORED, stored_order
from restore.geometry.pdf_words import SAME, with_lost_spaces, with_spans, with_words
from restore.geometry.pdfium import HIDDEN, PaintedObjects, TextPage

HYPHEN = "\x02"  # PDFium's sign for a hyphen at the end of a line
SPACE = (
    " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
SPACES = [ord(space) for space in SPACE]
NO_TEXT = [0, 10, 13, 0x034F, 0xFFFE]  # no character, line breaks, the combining grapheme joiner
NO_LETTER = frozenset({"EN", "ES", "CS", "ET", "ON"})  # UAX #9 classes
RIGHT_TO_LEFT = "\u0590"  # from here on, a code that is a letter is no accident
SEEN = 0.5  # visible letters for each hidden one, from which on these only repeat them; a guess


@dataclass(slots=True)
class _Painted:
    """Characters in the order of painting; ``turned`` are those that PDFium turned around."""

    text: TextPage
    order: Integers  # their places in the text page
    names: list[str]
    turned: Flags
    runs: Integers  # places of their objects in the order of painting
    origins: Floats  # x and y, turned so that lines go from left to right
    left: Floats
    right: Floats
    size: Floats
    upright: Integers  # quarter turns from upright, to the left
    mirrored: frozenset[int]  # runs whose glyphs go to the left, as in text layers by Tesseract

    def __len__(self) -> int:
        return len(self.names)


def read_glyphs(text: TextPage, page: Any) -> tuple[Glyphs, ...]:
    """The glyphs of a page, a part for each direction of lines, the usual one first.

    ``page`` is its ``FPDF_PAGE``.
    """
    if not _kept(text).any():
        return ()
    objects = PaintedObjects(page)
    painted = _painted(text, objects)
    stretchers = _stretchers(painted)
    glyphs = _glyphs(painted, objects, stretchers)
    glyphs = with_words(glyphs, painted.mirrored)
    glyphs = with_spans(with_lost_spaces(glyphs, objects), objects)
    upright = dict(zip(painted.runs.tolist(), painted.upright.tolist(), strict=True))
    turns = np.array([upright.get(run, -1) for run in glyphs.runs.tolist()])
    usual = np.argsort(-np.bincount(turns[turns >= 0], minlength=4), kind="stable").tolist()
    turns[turns < 0] = usual[0]
    parts = (glyphs.some(np.flatnonzero(turns == turn)) for turn in usual)
    return tuple(_without_twins(part) for part in parts if len(part))


def _without_twins(glyphs: Glyphs) -> Glyphs:
    """The glyphs without a hidden text layer that repeats what is seen."""
    hidden = int(glyphs.hidden.sum())
    if not hidden or len(glyphs) - hidden < SEEN * hidden:
        return glyphs
    return glyphs.some(np.flatnonzero(~glyphs.hidden))


def _painted(text: TextPage, objects: PaintedObjects) -> _Painted:
    characters = [
        chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else LOST
        for code in text.codes.tolist()
    ]
    order, turned = stored_order(characters)
    order = order[_kept(text)[order]]
    known, index = np.unique(text.objects[order], return_inverse=True)
    places = np.array([objects.places.get(one, -1) for one in known.tolist()], np.int64)
    # PDFium sorts what stands in a line: back to the order of painting.
    again = np.argsort(places[index], kind="stable")
    order, runs = order[again], places[index][again]
    names = [
        MIRRORED.get(characters[i], characters[i]) if turned[i] else characters[i]
        for i in order.tolist()
    ]
    painted = _placed(text, order, names, turned[order], runs)
    for k in _unmapped(painted):
        painted.names[k] = LOST
    return painted


def _placed(
    text: TextPage, order: Integers, names: list[str], turned: Flags, runs: Integers
) -> _Painted:
    """Characters with their places, on a page turned so that its lines go from left to right."""
    _, firsts, index = np.unique(runs, return_index=True, return_inverse=True)
    first = order[firsts].tolist()
    matrices, sizes = text.matrices(first), text.sizes(first)
    up = matrices[:, 2:4]
    height = np.hypot(up[:, 0], up[:, 1])
    size = (np.abs(sizes) * height)[index]
    # 0 is upright; 1 to 3 are quarter turns to the left.
    angles = np.arctan2(-up[:, 0], up[:, 1])
    quarters = np.round(angles / (np.pi / 2)).astype(np.int64) % 4
    upright = quarters[index]
    tilt = np.angle(np.exp(1j * (angles - quarters * np.pi / 2)))[index]
    origins, boxes = text.origins[order].copy(), text.boxes[order]
    left, right = boxes[:, 0].copy(), boxes[:, 2].copy()
    for turn in np.unique(upright).tolist():
        rows = np.flatnonzero(upright == turn)
        angle = turn * np.pi / 2 + float(np.median(tilt[rows]))
        origins[rows], left[rows], right[rows] = _straight(origins[rows], boxes[rows], turn, angle)
    forward = (matrices[:, 0] * matrices[:, 3] - matrices[:, 1] * matrices[:, 2] > 0)[index]
    left[forward] = np.maximum(left[forward], origins[forward, 0])
    right[~forward] = np.minimum(right[~forward], origins[~forward, 0])
    mirrored = frozenset(np.unique(runs[~forward]).tolist())
    return _Painted(text, order, names, turned, runs, origins, left, right, size, upright, mirrored)


def _straight(
    origins: Floats, boxes: Floats, turn: int, angle: float
) -> tuple[Floats, Floats, Floats]:
    """Origins and edges as they are after a turn by ``angle`` to the right.

    Boxes keep to the axes, and are turned by quarters (``turn``) only.
    """
    quarter = turn * np.pi / 2
    corners = [
        boxes[:, a] * np.cos(quarter) + boxes[:, b] * np.sin(quarter)
        for a in (0, 2)
        for b in (1, 3)
    ]
    start = origins[:, 0] * np.cos(quarter) + origins[:, 1] * np.sin(quarter)
    cos, sin = np.cos(angle), np.sin(angle)
    straight = np.column_stack(
        [origins[:, 0] * cos + origins[:, 1] * sin, origins[:, 1] * cos - origins[:, 0] * sin]
    )
    low, high = np.minimum.reduce(corners) - start, np.maximum.reduce(corners) - start
    return straight, straight[:, 0] + low, straight[:, 0] + high


def _kept(text: TextPage) -> Flags:
    """Which characters are glyphs, and no guess of PDFium's."""
    wide = np.ptp(text.boxes[:, [0, 2]], axis=1) + np.ptp(text.boxes[:, [1, 3]], axis=1) > SAME
    spaces = np.isin(text.codes, SPACES)
    text_at = (text.objects != 0) & ~np.isin(text.codes, NO_TEXT)
    return np.asarray(text_at & (wide | ~spaces))


def _unmapped(painted: _Painted) -> list[int]:
    """Glyphs that stand for no character that the file names; PDFium takes their codes for one.

    PDFium says so too of marks whose codes are characters: so Tesseract writes its unseen layers.
    """
    names, text = painted.names, painted.text
    doubtful = [
        k
        for k, name in enumerate(names)
        if not (is_right_to_left(name) and name.isalpha()) and name not in SPACE
    ]
    if not doubtful:
        return []
    gone = text.unmapped(painted.order[doubtful].tolist()).tolist()
    lost = [k for k, one in zip(doubtful, gone, strict=True) if one]
    marks = [k for k in lost if is_mark(names[k]) and names[k] > RIGHT_TO_LEFT]
    modes = text.modes(text.objects[painted.order[marks]].tolist())
    known = {k for k, mode in zip(marks, modes, strict=True) if mode == HIDDEN}
    return [k for k in lost if k not in known]


def _glyphs(painted: _Painted, objects: PaintedObjects, stretchers: set[int]) -> Glyphs:
    """The glyphs of characters, those of one glyph together."""
    groups = [rows for rows in _groups(painted) if rows[0] not in stretchers]
    marks = [k for k, name in enumerate(painted.names) if is_mark(name)]
    upright = [k for k in marks if painted.upright[k] == 0]
    if upright:
        # The boxes of marks reach from their origins, which may be far off.
        tight = painted.text.tight(painted.order[upright].tolist())
        painted.left[upright], painted.right[upright] = tight[:, 0], tight[:, 1]
    rows = np.array([group[0] for group in groups], np.int64)
    texts = ["".join(painted.names[row] for row in group) for group in groups]
    places, index = np.unique(painted.runs[rows], return_inverse=True)
    known = [max(place, 0) for place in places.tolist()]
    return Glyphs(
        [" " if one in SPACE else "-" if one == HYPHEN else one for one in texts],
        painted.left[rows],
        painted.right[rows],
        painted.origins[rows, 1],
        painted.size[rows],
        painted.runs[rows],
        objects.hidden(known)[index],
    )


def _groups(painted: _Painted) -> list[list[int]]:
    """Characters that are one glyph, in the order in which they are read.

    They have one origin and one box.
    """
    same = np.diff(painted.runs) == 0
    for values in (painted.origins[:, 0], painted.origins[:, 1], painted.left, painted.right):
        same &= np.abs(np.diff(values)) < SAME
    found: list[list[int]] = [[0]]
    for row, joined in enumerate(same.tolist(), start=1):
        if joined and painted.names[row] not in SPACE and painted.names[row - 1] not in SPACE:
            found[-1].append(row)
        else:
            found.append([row])
    for group in found:
        if len(group) > 1:
            _put_in_order(group, painted.names, bool(painted.turned[group[0]]))
    return found


def _put_in_order(group: list[int], names: list[str], turned: bool) -> None:
    """Put the characters of one glyph in the order in which they are read."""
    whole = "".join(names[row] for row in group if not is_mark(names[row]))
    # PDFium takes presentation forms apart only after it has turned the line around.
    if turned and whole not in _ligatures() and whole[::-1] in _ligatures():
        group.reverse()
    if is_mark(names[group[0]]) and whole:
        group.sort(key=lambda row: is_mark(names[row]))


@cache
def _ligatures() -> frozenset[str]:
    """The letters that the ligatures among the presentation forms of Unicode stand for."""
    forms = map(chr, (*range(0xFB1D, 0xFDFE), *range(0xFE70, 0xFEFD)))
    plain = (normalize("NFKC", form) for form in forms)
    bases = ("".join(c for c in text if not is_mark(c)) for text in plain)
    return frozenset(text for text in bases if len(text) > 1)


def _stretchers(painted: _Painted) -> set[int]:
    """Glyphs that stretch an Arabic word to fill its line, and that the file gives a wrong name.

    They are drawn over both edges of their advance width, into the letters on both sides, as no
    digit or hyphen is. Their room is given to the letter painted before them.
    """
    names, count = painted.names, len(painted)
    kinds = [direction(name) for name in names]
    lost: set[int] = set()
    stop = 0
    for name, run in groupby(names):
        start, stop = stop, stop + sum(1 for _ in run)
        if direction(name) not in NO_LETTER or not 0 < start < stop < count:
            continue
        base = next((k for k in range(start - 1, -1, -1) if kinds[k] != "NSM"), 0)
        between = kinds[base] == kinds[stop] == "AL" and not painted.upright[start]
        rows = list(range(start, stop))
        if between and _touch(painted, start - 1, stop) and _drawn_over(painted, rows):
            letter = start - 1
            painted.left[letter] = painted.left[[letter, *rows]].min()
            painted.right[letter] = painted.right[[letter, *rows]].max()
            lost.update(rows)
    return lost


def _drawn_over(painted: _Painted, rows: list[int]) -> bool:
    drawn = painted.text.tight(painted.order[rows].tolist())
    fills = (drawn[:, 0] <= painted.origins[rows, 0]) & (drawn[:, 1] >= painted.right[rows] - SAME)
    return bool(fills.all())


def _touch(painted: _Painted, first: int, last: int) -> bool:
    """Whether some glyphs stand on one line without any gap between them."""
    rows = np.arange(first, last + 1)
    rows = rows[np.argsort(painted.left[rows])]
    room = float((painted.right[rows] - painted.left[rows]).mean())
    gaps = painted.left[rows[1:]] - painted.right[rows[:-1]]
    return bool(np.ptp(painted.origins[rows, 1]) < SAME and (gaps < room / 4).all())
