"""PDF: its pages, each line in the order in which the page shows that it is read."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from restore.layout import Habits, Laid, empty_page, lay_out, read_page
from restore.model import Document, Layer, Page, Source
from restore.pdf_glyphs import read_glyphs
from restore.pdfium import TooLargeError

MAGIC = b"%PDF-"
SCRIPTS = {"he": ("\u0590", "\u05ff"), "und": ("\u0600", "\u06ff")}
MOST_CHARACTERS = 200_000  # of a page; more take seconds; a guess
LARGEST = 200_000.0  # points; PDFium takes memory for each of them. Readers allow 14,400
SETTLED = 4  # brackets more for one way of mapping than for the other that settle it; a guess
HELD = 50  # pages that wait for brackets to be settled

ERRORS = {
    pdfium.FPDF_ERR_FORMAT: "is no PDF, or is damaged beyond its start; give the whole file",
    pdfium.FPDF_ERR_PASSWORD: "is encrypted; save it without its password first",
    pdfium.FPDF_ERR_SECURITY: "is encrypted in a way that is not known; save it without that first",
}
UNKNOWN = "cannot be opened as a PDF; give another copy of it"
BROKEN = "it cannot be opened"
TOO_LARGE = "it is {:,.0f} by {:,.0f} points large, which is more than any page has"


def read(
    data: bytes,
    name: str = "-",
    language: str | None = None,
    progress: Callable[[float], object] = lambda share: None,
) -> Document:
    """The document in a PDF.

    Its ``language`` is Hebrew (``he``) or any other (``und``), by its script, if none is given.
    ``progress`` is told the share of the pages that are read. Raises ValueError, with what would
    do, if the file cannot be opened; a page that cannot be read has a remark and no text.
    """
    pages: list[Page] = []
    with _opened(data, name) as document:
        count = pdfium.FPDF_GetPageCount(document)
        if count < 1:
            raise ValueError(f"{name} has no pages; give another copy of it")
        for page in _pages(document, count):
            pages.append(page)
            progress(len(pages) / count)
    return Document(tuple(pages), language or _language(pages), Source(name))


def _pages(document: Any, count: int) -> Iterator[Page]:
    habits = Habits()
    waiting: list[Laid | str] = []
    done = 0
    for number in range(count):
        waiting.append(_laid(document, number, habits))
        # Brackets are mapped one way in the whole document, so pages with some wait for it.
        if number + 1 < count and abs(habits.brackets) < SETTLED and len(waiting) < HELD:
            continue
        for laid in waiting:
            done += 1
            if isinstance(laid, str):
                yield empty_page(done == count, Layer.UNREADABLE, laid)
            else:
                yield read_page(laid, habits.brackets >= 0, done == count)
        waiting.clear()


def _laid(document: Any, number: int, habits: Habits) -> Laid | str:
    """The rows of a page, or why it cannot be read."""
    size = pdfium.FS_SIZEF()
    pdfium.FPDF_GetPageSizeByIndexF(document, number, size)
    if max(size.width, size.height) > LARGEST:
        return TOO_LARGE.format(size.width, size.height)
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return BROKEN
    try:
        text = pdfium.FPDFText_LoadPage(page)
        if not text:
            return BROKEN
        try:
            return lay_out(read_glyphs(text, page, MOST_CHARACTERS), habits)
        except TooLargeError as error:
            return str(error)
        finally:
            pdfium.FPDFText_ClosePage(text)
    finally:
        pdfium.FPDF_ClosePage(page)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Any]:
    _initialised()
    buffer = ctypes.create_string_buffer(data, len(data))
    document = pdfium.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not document:
        raise ValueError(f"{name} {ERRORS.get(pdfium.FPDF_GetLastError(), UNKNOWN)}")
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _initialised() -> None:
    import pypdfium2  # noqa: F401  # starts the library, once


def _language(pages: list[Page]) -> str:
    """The language of a document by its script: Hebrew, or one that nothing is known of."""
    counts = dict.fromkeys(SCRIPTS, 0)
    for page in pages:
        for code, (first, last) in SCRIPTS.items():
            counts[code] += sum(first <= character <= last for character in page.text)
    return max(counts, key=lambda code: counts[code])
