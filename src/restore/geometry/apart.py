"""The characters of a page, those too that PDFium leaves out where words lie over each other.

PDFium takes a character that is near a like one, of the seven painted before it, for the same one
painted twice, to look bold (``CPDF_TextPage::ProcessTextObject`` in its sources). In text layers
whose words are wider than those that are seen, these may be letters of two words. So such pages
are read once more, with what is painted moved apart; words of which nothing was left were painted
twice, and stay away.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from restore.geometry.pdfium import PaintedObjects, TextPage

PLACES = 8  # that words are moved to in turn: more than the characters that PDFium looks back
STEP = 100.0  # points between them; PDFium compares places within a letter
OVER = 0.1  # of its height, by which a word lies over another that may lose letters; a guess
SAME_LINE = 0.5  # of the height of words, that is on one line; a guess
DECIMALS = 3  # of points, to which places are told
SPACE = ord(" ")


@contextmanager
def characters_of(page: Any, most: int) -> Iterator[TextPage | None]:
    """The characters of an ``FPDF_PAGE``, None if PDFium fails on it.

    Raises TooLargeError if there are more than ``most``.
    """
    with ExitStack() as stack:
        raw = stack.enter_context(_loaded(page))
        text = TextPage(raw, most) if raw else None
        if text is not None and _lie_over(page):
            moved = _moved_apart(page)
            raw = stack.enter_context(_loaded(page))
            _move(moved, -1)
            text = _whole(text, TextPage(raw, most), moved) if raw else text
        yield text


@contextmanager
def _loaded(page: Any) -> Iterator[Any]:
    raw = pdfium.FPDFText_LoadPage(page)
    try:
        yield raw
    finally:
        if raw:
            pdfium.FPDFText_ClosePage(raw)


def _lie_over(page: Any) -> bool:
    """Whether some words of a page lie over those painted before them."""
    painted = PaintedObjects(page)
    edges = painted.edges(list(range(len(painted.objects))))
    width, height = edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]
    over = np.minimum(edges[1:, 2:], edges[:-1, 2:]) - np.maximum(edges[1:, :2], edges[:-1, :2])
    words = (width > height)[1:] & (width > height)[:-1]
    beside = over[:, 1] > SAME_LINE * np.minimum(height[1:], height[:-1])
    return bool((words & beside & (over[:, 0] > OVER * height[1:])).any())


def _moved_apart(page: Any) -> dict[int, tuple[Any, float]]:
    """The objects of text on a page, by their addresses, with how far they were moved up."""
    items = [pdfium.FPDFPage_GetObject(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))]
    texts = [one for one in items if pdfium.FPDFPageObj_GetType(one) == pdfium.FPDF_PAGEOBJ_TEXT]
    moved = {
        ctypes.cast(item, ctypes.c_void_p).value or 0: (item, STEP * (number % PLACES))
        for number, item in enumerate(texts)
    }
    _move(moved, 1)
    return moved


def _move(moved: dict[int, tuple[Any, float]], way: int) -> None:
    for item, up in moved.values():
        pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, 0, way * up)


def _whole(text: TextPage, apart: TextPage, moved: dict[int, tuple[Any, float]]) -> TextPage:
    """The characters read ``apart``, at their places, if some words have more of them there."""
    before, after = _letters(text), _letters(apart)
    if not any(0 < before[one] < count for one, count in after.items()):
        return text
    ups = np.array([moved[one][1] if one in moved else 0.0 for one in apart.objects.tolist()])
    # Places are floats of 4 bytes; what stood on one baseline has to do so again.
    apart.origins[:, 1] = np.round(apart.origins[:, 1] - ups, DECIMALS)
    apart.boxes[:, [1, 3]] = np.round(apart.boxes[:, [1, 3]] - ups[:, None], DECIMALS)
    twice = np.array([one for one in after if not before[one]], np.uint64)
    apart.objects[np.isin(apart.objects, twice)] = 0
    return apart


def _letters(text: TextPage) -> Counter[int]:
    """How many characters each object of text has, spaces aside."""
    return Counter(text.objects[(text.objects != 0) & (text.codes != SPACE)].tolist())
