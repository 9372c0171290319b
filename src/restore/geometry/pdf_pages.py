"""The pages of a PDF, one after the other, each held in memory only while it is read."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium

from restore.geometry.apart import characters_of
from restore.geometry.layout import Habits, Laid, empty_page, lay_out, page_of, read_page
from restore.geometry.own_layer import Own, own_text
from restore.geometry.pdf_glyphs import read_glyphs
from restore.geometry.pdfium import TextPage, TooLargeError, image_resolution
from restore.geometry.renamed import with_names
from restore.geometry.shifted import with_letters
from restore.model import Layer, Page

MOST_CHARACTERS = 200_000  # of a page; more take seconds; a guess
LARGEST = 200_000.0  # points; PDFium takes memory for each of them. Readers allow 14,400
SETTLED = 4  # brackets more for one way of mapping than for the other that settle it; a guess
PATIENCE = 5.0  # seconds for the fonts of a document; those of a book take under one
HELD = 50  # pages that wait for brackets to be settled

ERRORS = {
    pdfium.FPDF_ERR_FORMAT: "is no PDF, or is damaged beyond its start; give the whole file",
    pdfium.FPDF_ERR_PASSWORD: "is encrypted; save it without its password first",
    pdfium.FPDF_ERR_SECURITY: "is encrypted in a way that is not known; save it without that first",
}
UNKNOWN = "cannot be opened as a PDF; give another copy of it"
EMPTY = "has no pages; give another copy of it"
BROKEN = "it cannot be opened"
FEWEST_MISSING = 3  # glyphs without a character that are worth a remark; a guess
MISSING = "{} of its glyphs stand for no character: the font lacks it, and the text has none there"
TOO_LARGE = "it is {:,.0f} by {:,.0f} points large, which is more than any page has"


@dataclass(frozen=True, slots=True)
class Begun:
    """That a page, counted from 0, is about to be read, of so many."""

    number: int
    count: int


def pages(data: bytes, start: int, unreadable: dict[int, str]) -> Iterator[Begun | Page]:
    """The pages of a PDF from page ``start`` on, and for each before it is read that it is.

    ``unreadable`` pages are not tried; it says why. Raises ValueError, which says what is wrong
    with the file, if it cannot be opened.
    """
    with Named(data) as document:
        count = pdfium.FPDF_GetPageCount(document.raw)
        if count < 1:
            raise ValueError(EMPTY)
        habits = Habits()
        waiting: list[Laid | Own | str] = []
        done = start
        for number in range(start, count):
            yield Begun(number, count)
            reason = unreadable.get(number)
            waiting.append(reason or document.laid(number, habits))
            # Brackets are mapped one way in the whole document, so pages with some wait for it.
            if number + 1 < count and not _settled(habits, waiting):
                continue
            for laid in waiting:
                done += 1
                yield _page(laid, habits, done == count)
            waiting.clear()


class Named(ExitStack):
    """A PDF that is opened once more, its glyphs better named, when a page asks for it."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError, which says what is wrong with the file, if it cannot be opened."""
        super().__init__()
        self._data: bytes | None = data
        self.raw = self.enter_context(opened(data))

    def laid(self, number: int, habits: Habits) -> Laid | Own | str:
        """The rows of a page, or what restore itself wrote on it, or why it cannot be read."""
        before = replace(habits)
        laid = _laid(self.raw, number, habits)
        if self._data is None or not isinstance(laid, Laid) or not laid.misnamed:
            return laid
        better, self._data = with_names(self._data, PATIENCE), None
        if better is None:
            return laid
        self.raw = self.enter_context(opened(better))
        habits.brackets, habits.words = before.brackets, before.words
        return _laid(self.raw, number, habits)


def page_alone(document: Any, number: int) -> Page:
    """A page, counted from 0, of an opened ``FPDF_DOCUMENT``, whatever stands on the others."""
    return _page(_laid(document, number, Habits()), Habits(), last=False)


def _settled(habits: Habits, waiting: Collection[Laid | Own | str]) -> bool:
    return abs(habits.brackets) >= SETTLED or len(waiting) >= HELD


def _page(laid: Laid | Own | str, habits: Habits, last: bool) -> Page:
    if isinstance(laid, Own):
        return page_of(laid.texts, last, laid.boxes, Layer.SOUND, proved=True)
    if isinstance(laid, str):
        return empty_page(last, Layer.UNREADABLE, laid)
    page = read_page(laid, habits.brackets >= 0, last)
    if laid.missing >= FEWEST_MISSING:
        missing = MISSING.format(laid.missing)
        page = replace(page, remark=f"{page.remark}; {missing}" if page.remark else missing)
    return replace(page, unseen=laid.unseen)


def _laid(document: Any, number: int, habits: Habits) -> Laid | Own | str:
    """The rows of a page, or what restore itself wrote on it, or why it cannot be read."""
    size = pdfium.FS_SIZEF()
    pdfium.FPDF_GetPageSizeByIndexF(document, number, size)
    if max(size.width, size.height) > LARGEST:
        return TOO_LARGE.format(size.width, size.height)
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return BROKEN
    try:
        with characters_of(page, MOST_CHARACTERS) as characters:
            if characters is None:
                return BROKEN
            return own_text(characters, page) or _laid_out(characters, page, habits)
    except TooLargeError as error:
        return str(error)
    finally:
        pdfium.FPDF_ClosePage(page)


def _laid_out(characters: TextPage, page: Any, habits: Habits) -> Laid:
    parts = read_glyphs(characters, page)
    laid = with_letters(lay_out(parts, habits), parts, habits)
    hidden = bool(parts) and all(part.hidden.all() for part in parts)
    # Glyph 0 is that of all characters that a font lacks: ISO 32000-2, 9.7.6.3.
    missing = int(((characters.codes == 0) & (characters.objects != 0)).sum())
    return replace(laid, unseen=hidden and image_resolution(page) > 0, missing=missing)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """A PDF as PDFium knows it. Raises ValueError, which says what is wrong with it."""
    import pypdfium2  # noqa: F401  # starts the library

    buffer = ctypes.create_string_buffer(data, len(data))
    document = pdfium.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not document:
        raise ValueError(ERRORS.get(pdfium.FPDF_GetLastError(), UNKNOWN))
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)
