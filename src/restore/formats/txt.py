"""Plain text: a line of the page a line, pages parted by form feeds."""

from __future__ import annotations

import re

from restore.model import FURNITURE, Document, Ends, Kind, Line, Page, Source, Span

BREAK = re.compile(r"\r\n|\n|\r|\f")
BYTE_ORDER_MARK = "\ufeff"


def read(text: str, language: str = "he", name: str = "-", ocr: bool = False) -> Document:
    """The document in a text. Every line has its line break, every form feed ends a page.

    ``ocr`` marks a text that was read by OCR.
    """
    mark = text.startswith(BYTE_ORDER_MARK)
    pages = [
        _page(page)
        for page in re.findall(r"[^\f]*\f|[^\f]+", text[mark:], re.DOTALL)
    ]  # fmt: skip
    return Document(tuple(pages), language, Source(name, mark, ocr))


def _page(text: str) -> Page:
    lines: list[Line] = []
    start = 0
    for found in BREAK.finditer(text):
        lines.append(_line(text, start, found.start(), found.group()))
        start = found.end()
    if start < len(text):
        lines.append(_line(text, start, len(text), ""))
    return Page(text, tuple(lines))


def _line(page: str, start: int, stop: int, terminator: str) -> Line:
    text = page[start:stop]
    origins = (Span(start, stop),) if text else ()
    kind = Kind.TEXT if text.strip() else Kind.BLANK
    return Line(text, origins, terminator, kind=kind)


def write_lines(document: Document) -> str:
    """A line of the page a line, furniture kept; of a sound text, the very same characters."""
    return BYTE_ORDER_MARK * document.source.byte_order_mark + document.text()


def write_paragraphs(document: Document) -> str:
    """Running text: a paragraph a line, a blank line between, page furniture out."""
    paragraphs: list[str] = []
    last = Ends.PARAGRAPH
    for page in document.pages:
        for line in page.lines:
            text = " ".join(line.text.split())
            if line.kind in FURNITURE or not text:
                continue
            if last is Ends.SPACE and not paragraphs[-1].endswith(("־", "\u00ad")):
                paragraphs[-1] += f" {text}"
            elif last is Ends.HYPHEN:
                paragraphs[-1] = paragraphs[-1][:-1] + text
            elif last in (Ends.SPACE, Ends.NOTHING, Ends.BROKEN):
                paragraphs[-1] += text
            else:
                paragraphs.append(text)
            last = line.ends
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""
