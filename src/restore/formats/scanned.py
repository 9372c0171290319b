"""PDFs of scans: pages whose text layer is missing or unsound, read by OCR."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from restore import rereading
from restore.formats import image
from restore.image_order import in_image_order
from restore.model import Document, Layer, Page
from restore.scans.tesseract import MissingError, Reading

AUTO, ALWAYS, NEVER = "auto", "always", "never"
WITHOUT_LETTERS = frozenset({Layer.ABSENT, Layer.UNMAPPED})
LEGIBLE = 0.3  # of words, on average; pictures that are read as text have 0.1 to 0.25
BETTER = 0.5  # of words that replace those of a text layer with wrong letters
FIRST = 4  # pages of a layer that may be bad, which tell whether more are read; a guess
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

    ``auto`` reads those that have no letters or wrong ones, those whose letters are painted over
    each other, for their order, and those whose unseen layer OCR reads clearly better; ``always``
    reads all, ``never`` none. ``keep`` makes what reads them know those that it has read before.
    Raises MissingError if the machine lacks what reads them, but not for a few pages of a
    document with text, if nobody asked for it; these have a remark.
    """
    if when == NEVER:
        return document
    numbers = [
        number
        for number, page in enumerate(document.pages)
        if when == ALWAYS or page.layer in WITHOUT_LETTERS or _mixed(page)
    ]
    read = partial(_read, document, data, jobs=jobs, progress=progress, keep=keep)
    pages, language = list(document.pages), document.language
    try:
        if numbers:
            found = read(asked or Reading(), numbers)
            language = found.language
            for number, page in zip(numbers, found.pages, strict=True):
                pages[number] = _chosen(pages[number], page, number == len(pages) - 1)
    except MissingError as error:
        if when == ALWAYS or all(page.layer in WITHOUT_LETTERS for page in pages):
            raise
        for number in numbers:
            remark = f"{pages[number].remark}; {error}"
            pages[number] = replace(pages[number], remark=remark)
        return replace(document, pages=tuple(pages))
    if when == AUTO:
        with suppress(MissingError):  # such pages have a text all the same
            for number, page in _read_better(document, asked or Reading(), read):
                pages[number] = page
    scanned = all(page.scan is not None for page in pages if page.text.strip())
    source = replace(document.source, ocr=scanned and pages != list(document.pages))
    return replace(
        document,
        pages=tuple(pages),
        language=language if scanned else document.language,
        source=source,
    )


def _read_better(
    document: Document, asked: Reading, read: Callable[[Reading, list[int]], Document]
) -> Iterator[tuple[int, Page]]:
    """The pages that OCR reads clearly better than their unseen layer has them.

    Where it does not for the first that are looked at, the others are not.
    """
    code = rereading.list_of(document)
    if code is None:
        return
    asked = replace(asked, language=asked.language or code)
    waiting = [n for n, page in enumerate(document.pages) if rereading.doubtful(page, code)]
    # Those looked at first stand in all of the book: its layer may be bad only in a part of it.
    first = waiting[:: -(-len(waiting) // FIRST) or 1]
    gained = False
    for numbers in (first, [n for n in waiting if n not in first]):
        if not numbers or (numbers is not first and not gained):
            return
        for number, page in zip(numbers, read(asked, numbers).pages, strict=True):
            layer, last = document.pages[number], number == len(document.pages) - 1
            more = rereading.gain(layer, page, code)
            if not more:
                continue
            gained = True
            page = rereading.with_known_words(page, layer, code, last)
            remark = rereading.SAID.format(more)
            yield number, replace(page, layer=layer.layer, remark=remark, unseen=True)


def _read(
    document: Document,
    data: bytes,
    asked: Reading,
    numbers: list[int],
    jobs: int | None,
    progress: Callable[[float], object],
    keep: image.Keep | None,
) -> Document:
    ocr = image.reader()
    from restore.formats.render import Renderer

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
