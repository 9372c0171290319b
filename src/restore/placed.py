"""The words of a page with their places, in pixels, whatever was done to the text since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil, isfinite, nan
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from restore.geometry.glyphs import direction
from restore.geometry.layout import page_of
from restore.model import Inserted, Line, Page, Scan

POINTS = 72  # an inch
RESOLUTION = 300  # dots per inch, of pages that were not read from an image
WORD = regex.compile(r"\S+")
NOWHERE = (nan,) * 4

Box = tuple[float, float, float, float]


class PlacedWord(NamedTuple):
    """A word, its left, top, right and bottom edge in pixels, and how sure it is (0 to 1).

    These are not-a-numbers where it stands nowhere on the page, and where nobody said.
    """

    text: str
    box: Box
    sure: float


PlacedLine = list[PlacedWord]


class PlacedPage(NamedTuple):
    """The blocks of a page, each of some lines of words; its size is in pixels."""

    blocks: list[list[PlacedLine]]
    width: int
    height: int
    resolution: int


def placed(page: Page) -> PlacedPage:
    """The words of a page with their places. Raises ValueError if it has none, as a text."""
    if page.boxes is None:
        raise ValueError("has no places of words, as scans and PDFs have; write it as txt")
    scan = page.scan or _size(page.boxes)
    blocks: list[list[PlacedLine]] = [[]]
    for line in page.lines:
        words = list(_words(line, page.boxes, scan))
        if words:
            blocks[-1].append(words)
        elif blocks[-1]:
            blocks.append([])
    return PlacedPage([b for b in blocks if b], scan.width, scan.height, scan.resolution)


def _size(boxes: NDArray[np.float32]) -> Scan:
    """A page as large as its text, for a PDF that says no more of it."""
    seen = boxes[np.isfinite(boxes).all(axis=1)]
    right, top = (seen[:, 2].max(), (seen[:, 1] + seen[:, 3]).max()) if len(seen) else (1, 1)
    share = RESOLUTION / POINTS
    return Scan(ceil(right * share), ceil(top * share), RESOLUTION)


def _words(line: Line, boxes: NDArray[np.float32], scan: Scan) -> Iterator[PlacedWord]:
    rows: list[int] = []
    for origin in line.origins:
        if isinstance(origin, Inserted):
            rows += [-1] * len(origin.text)
        else:
            rows += range(origin.start, origin.stop)[:: origin.step]
    share = scan.resolution / POINTS
    for match in WORD.finditer(line.text):
        own = [row for row in rows[match.start() : match.end()] if row >= 0]
        seen = boxes[own][np.isfinite(boxes[own]).all(axis=1)].astype(float)
        box: Box = NOWHERE
        if len(seen):
            left, right = seen[:, 0].min() * share, seen[:, 2].max() * share
            foot, head = seen[:, 1].min() * share, (seen[:, 1] + seen[:, 3]).max() * share
            box = (left, scan.height - head, right, scan.height - foot)
        told = scan.sure[own] if scan.sure is not None else np.empty(0)
        told = told[np.isfinite(told)]
        yield PlacedWord(match.group(), box, float(told.mean()) if len(told) else nan)


def around(words: Iterable[PlacedWord]) -> Box:
    """The box around some words; not-a-numbers if none of them stands on the page."""
    boxes = [word.box for word in words if isfinite(word.box[0])]
    if not boxes:
        return NOWHERE
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def size_of(blocks: Sequence[Sequence[PlacedLine]]) -> tuple[int, int]:
    """The width and the height in pixels of a page that ends where its words do."""
    _, _, right, bottom = around(word for block in blocks for line in block for word in line)
    return (ceil(right), ceil(bottom)) if isfinite(right) else (1, 1)


def spread(text: str, box: Box, sure: float) -> PlacedLine:
    """The words of a line, or of a part of it, that stand in a box, each as wide as it is long."""
    text = text.strip()
    left, top, right, bottom = box
    share = (right - left) / max(len(text), 1)
    turned = is_right_to_left(text)
    words = []
    for match in WORD.finditer(text):
        a, b = (share * place for place in match.span())
        edges = (right - b, right - a) if turned else (left + a, left + b)
        words.append(PlacedWord(match.group(), (edges[0], top, edges[1], bottom), sure))
    return words


def page_of_words(found: PlacedPage, last: bool, proved: bool = False) -> Page:
    """The page of some words; their boxes are cut evenly into those of their letters."""
    scan = Scan(found.width, found.height, found.resolution)
    texts: list[str] = []
    boxes: list[Box] = []
    sure: list[float] = []
    for number, block in enumerate(found.blocks):
        if number:
            texts.append("")
            boxes.append(NOWHERE)
            sure.append(nan)
        for line in block:
            texts.append(" ".join(word.text for word in line))
            for word in line:
                boxes += [*_letters(word, scan), NOWHERE]
                sure += [*[word.sure] * len(word.text), nan]
    # A page without words has a line all the same.
    page = page_of(texts, last, boxes or [NOWHERE], proved=proved)
    return replace(page, scan=replace(scan, sure=np.array(sure or [nan], np.float32)))


def _letters(word: PlacedWord, scan: Scan) -> Sequence[Box]:
    """A box for each letter of a word, in points from the foot of the page."""
    left, top, right, bottom = word.box
    share = POINTS / scan.resolution
    foot, height = (scan.height - bottom) * share, (bottom - top) * share
    edges = np.linspace(left, right, len(word.text) + 1) * share
    found = [(float(a), foot, float(b), height) for a, b in pairwise(edges)]
    return found[::-1] if is_right_to_left(word.text) else found


def is_right_to_left(text: str) -> bool:
    """Whether a text has a letter of a right-to-left script."""
    return any(direction(c) in ("R", "AL") for c in text)
