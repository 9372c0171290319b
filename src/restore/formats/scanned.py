"""PDFs of scans: pages whose text layer is missing or unsound, read by OCR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from restore.formats import image
from restore.image_order import in_image_order
from restore.model import Document, Layer, Page
from restore.scans.tesseract import MissingError, Reading

AUTO, ALWAYS, NEVER = "auto", "always", "never"
WITHOUT_LETTERS = frozenset({Layer.ABSENT, Layer.UNMAPPED})
LEGIBLE = 0.3  # of words, on average; pictures that are read as text have 0.1 to 0.25
BETTER = 0.5  # of words that replace those of a text layer with wrong letters
READ = "its text was read by OCR"
NOTHING = "it has no text that OCR can read: a picture or an empty page"


def with_scans(
    document: Document,
    data: bytes,
    asked: Reading | None = None,
    when: str = AUTO,
    jobs: int | None = None,
    progress: Callable[[float], object] = lambda share: None,
    keep: image.Keep | None = None,
) -> Document:
    """The document of a PDF with pages read by OCR, ``data`` being the file.

    ``auto`` reads those that have no letters or wrong ones, and those whose letters are painted
    over each other, for their order; ``always`` reads all, ``never`` none. ``keep`` makes what
    reads them know those that it has read before.
    Raises MissingError if the machine lacks what reads them, but not for a few pages of a
    document with text, if nobody asked for it; these have a remark.
    """
    numbers = [
        number
        for number, page in enumerate(document.pages)
        if when == ALWAYS or (when == AUTO and (page.layer in WITHOUT_LETTERS or _mixed(page)))
    ]
    if not numbers:
        return document
    pages = list(document.pages)
    try:
        found = _read(document, data, asked, numbers, jobs, progress, keep)
    except MissingError as error:
        if when == ALWAYS or all(page.layer in WITHOUT_LETTERS for page in pages):
            raise
        for number in numbers:
            remark = f"{pages[number].remark}; {error}"
            pages[number] = replace(pages[number], remark=remark)
        return replace(document, pages=tuple(pages))
    for number, page in zip(numbers, found.pages, strict=True):
        pages[number] = _chosen(pages[number], page, number == len(pages) - 1)
    scanned = all(page.scan is not None for page in pages if page.text.strip())
    language = found.language if scanned else document.language
    source = replace(document.source, ocr=scanned)
    return replace(document, pages=tuple(pages), language=language, source=source)


def _read(
    document: Document,
    data: bytes,
    asked: Reading | None,
    numbers: list[int],
    jobs: int | None,
    progress: Callable[[float], object],
    keep: image.Keep | None,
) -> Document:
    ocr = image.reader()
    from restore.formats.render import Renderer

    asked = asked or Reading()
    has_text = any(page.text.strip() for page in document.pages)
    if asked.language is None and has_text and document.language == ocr.HEBREW:
        asked = replace(asked, language=ocr.HEBREW)
    last = len(document.pages) - 1
    with Renderer(data) as renderer:
        images = [partial(renderer.page, number) for number in numbers]
        whole, read = numbers[-1] == last, image.reading_of(ocr, keep, len(images))
        asked, pages = ocr.read_pages(images, asked, jobs, progress, whole, read)
    return Document(pages, ocr.text_language(asked.language))


def _mixed(page: Page) -> bool:
    """Whether the letters of a page are known, but not their order."""
    return page.layer is Layer.SCRAMBLED and not page.proved


def _chosen(layer: Page, read: Page, last: bool) -> Page:
    """The page with its text layer, or as OCR has read it, whichever has text.

    Where the places of letters tell nothing, they are put in the order of what was read.
    """
    if read.layer is Layer.UNREADABLE:
        return replace(
            layer, remark=f"{layer.remark}; {read.remark}" if layer.remark else read.remark
        )
    sure = 0.0 if read.scan is None else read.scan.average
    if _mixed(layer):
        return (in_image_order(layer, read, last) if sure >= LEGIBLE else None) or layer
    wrong = layer.layer is Layer.UNMAPPED
    if sure < (BETTER if wrong else LEGIBLE):
        return layer if layer.text.strip() else replace(layer, remark=NOTHING)
    return replace(read, layer=layer.layer, remark=READ)
