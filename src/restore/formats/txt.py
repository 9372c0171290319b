"""Plain text: a line of the page a line, pages parted by form feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from restore.model import (
    FURNITURE,
    LONG_TEXT,
    Document,
    Ends,
    Kind,
    PackedLines,
    Page,
    Source,
    longer,
    run_together,
)

BREAK = re.compile(r"\r\n|\n|\r|\f")
BYTE_ORDER_MARK = "\ufeff"


def read(text: str, language: str = "he", name: str = "-", ocr: bool = False) -> Document:
    """The document in a text. Every line has its line break, every form feed ends a page.

    ``ocr`` marks a text that was read by OCR.
    """
    mark = text.startswith(BYTE_ORDER_MARK)
    pages = tuple(map(_page, re.findall(r"[^\f]*\f|[^\f]+", text[mark:], re.DOTALL)))
    if len(text) <= LONG_TEXT:
        pages = tuple(replace(page, lines=tuple(page.lines)) for page in pages)
    return Document(pages, language, Source(name, mark, ocr))


def _page(text: str) -> Page:
    lines = PackedLines(text)
    start = 0
    for found in BREAK.finditer(text):
        _add(lines, start, found.start(), found.group())
        start = found.end()
    if start < len(text):
        _add(lines, start, len(text), "")
    return Page(text, lines)


def _add(lines: PackedLines, start: int, stop: int, terminator: str) -> None:
    text = lines.text[start:stop]
    kind = Kind.BLANK if not text or text.isspace() else Kind.TEXT
    lines.append_stretch(start, stop, terminator, Ends.UNKNOWN, kind)


def write_lines(document: Document) -> str:
    """A line of the page a line, furniture kept; of a sound text, the very same characters."""
    return BYTE_ORDER_MARK * document.source.byte_order_mark + document.text()


def write_paragraphs(document: Document) -> str:
    """Running text: a paragraph a line, a blank line between, page furniture out."""
    return run_together(_running(document))


def encoded(document: Document, keep_lines: bool) -> bytes:
    """What ``write_lines`` gives, or ``write_paragraphs``, in UTF-8.

    A long text takes less memory so.
    """
    texts = document.texts() if keep_lines else _running(document)
    file = BytesIO()
    if keep_lines and document.source.byte_order_mark:
        file.write(BYTE_ORDER_MARK.encode())
    for text in longer(texts):
        file.write(text.encode())
    return file.getvalue()


def _running(document: Document) -> Iterator[str]:
    held, last = "", Ends.PARAGRAPH  # a hyphen at the end of what is held may have to go
    for page in document.pages:
        for line in page.lines:
            text = " ".join(line.text.split())
            if line.kind in FURNITURE or not text:
                continue
            if last is Ends.SPACE and not held.endswith(("־", "\u00ad")):
                held += " "
            elif last is Ends.HYPHEN:
                held = held[:-1]
            elif held and last in (Ends.UNKNOWN, Ends.PARAGRAPH):
                held += "\n\n"
            yield held
            held, last = text, line.ends
    if held:
        yield f"{held}\n"
