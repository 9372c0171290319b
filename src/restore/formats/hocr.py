"""hOCR: the words of scanned pages with their boxes, in HTML.

The format is described at https://kba.github.io/hocr-spec/1.2/.
"""

from __future__ import annotations

from math import isfinite, nan
from typing import Any

import regex

from restore.formats.xml import START, legible
from restore.model import Document, Source
from restore.placed import (
    NOWHERE,
    RESOLUTION,
    Box,
    PlacedLine,
    PlacedPage,
    PlacedWord,
    around,
    is_right_to_left,
    page_of_words,
    placed,
    size_of,
)

CLASSES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"
LINES = ("ocr_line", "ocrx_line", "ocr_header", "ocr_caption", "ocr_textfloat")
NUMBERS = r"((?:\s+-?\d+(?:\.\d+)?)+)"


def is_hocr(data: bytes) -> bool:
    """Whether what was read is hOCR, by how it begins."""
    start = data[:START]
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"ocr_page" in start


def write(document: Document) -> str:
    """The pages of a document in hOCR. Raises ValueError if they have no places, as of a text."""
    from lxml import etree
    from lxml.builder import E

    pages = [
        _page(placed(page), number, document.source.name)
        for number, page in enumerate(document.pages, start=1)
    ]
    head = E.head(
        E.title(document.source.name),
        E.meta(charset="utf-8"),
        E.meta(name="ocr-system", content="restore"),
        E.meta(name="ocr-capabilities", content=CLASSES),
    )
    html = E.html(head, E.body(*pages), xmlns="http://www.w3.org/1999/xhtml")
    text = etree.tostring(html, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n{text}'


def _page(found: PlacedPage, number: int, name: str) -> Any:
    image = name.replace('"', "'")
    title = (
        f'image "{image}"; bbox 0 0 {found.width} {found.height}; ppageno {number - 1}; '
        f"scan_res {found.resolution} {found.resolution}"
    )
    blocks = [
        _element(
            "div",
            "ocr_carea",
            f"block_{number}_{i}",
            block,
            [
                _element(
                    "p",
                    "ocr_par",
                    f"par_{number}_{i}",
                    block,
                    [_line(line, f"{number}_{i}_{k}") for k, line in enumerate(block, start=1)],
                )
            ],
        )
        for i, block in enumerate(found.blocks, start=1)
    ]
    page = _element("div", "ocr_page", f"page_{number}", [], blocks)
    page.set("title", title)
    return page


def _line(line: PlacedLine, number: str) -> Any:
    words = []
    for i, word in enumerate(line, start=1):
        made = _element("span", "ocrx_word", f"word_{number}_{i}", [[word]], [])
        if isfinite(word.sure):
            sure = f"x_wconf {100 * word.sure:.0f}"
            made.set("title", "; ".join(filter(None, (made.get("title"), sure))))
        made.text, made.tail = legible(word.text), " "
        words.append(made)
    return _element("span", "ocr_line", f"line_{number}", [line], words)


def _element(tag: str, kind: str, name: str, lines: list[PlacedLine], inside: list[Any]) -> Any:
    """An element with the box and the direction of some lines."""
    from lxml.builder import E

    made = getattr(E, tag)(*inside, id=name)
    made.set("class", kind)
    box = around(word for line in lines for word in line)
    if isfinite(box[0]):
        made.set("title", "bbox " + " ".join(str(round(edge)) for edge in box))
    if kind == "ocr_par":
        text = "".join(word.text for line in lines for word in line)
        made.set("dir", "rtl" if is_right_to_left(text) else "ltr")
    return made


def read(data: bytes, language: str = "he", name: str = "-") -> Document:
    """The document in an hOCR file. Raises ValueError if it has no page."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    root = etree.fromstring(data, parser)
    found = [] if root is None else list(_of(root, ("ocr_page",)))
    if not found:
        raise ValueError(f"{name} is HTML without pages of hOCR; give what an OCR program wrote")
    pages = [_read_page(page) for page in found]
    last = len(pages) - 1
    made = tuple(page_of_words(page, number == last) for number, page in enumerate(pages))
    return Document(made, language, Source(name, ocr=True))


def _of(element: Any, kinds: tuple[str, ...]) -> Any:
    """The elements inside one that are of some classes."""
    for each in element.iter():
        if isinstance(each.tag, str) and set(each.get("class", "").split()) & set(kinds):
            yield each


def _read_page(page: Any) -> PlacedPage:
    title = page.get("title", "")
    box = _numbers(title, "bbox", 4)
    resolution = round((_numbers(title, "scan_res", 2) or [0])[0]) or RESOLUTION
    areas = list(_of(page, ("ocr_carea",))) or [page]
    blocks = [[_read_line(line) for line in _of(area, LINES)] for area in areas]
    blocks = [[line for line in block if line] for block in blocks]
    width, height = map(round, box[2:4]) if box else size_of(blocks)
    return PlacedPage([block for block in blocks if block], width, height, resolution)


def _read_line(line: Any) -> PlacedLine:
    words = []
    for word in _of(line, ("ocrx_word",)):
        title, text = word.get("title", ""), " ".join("".join(word.itertext()).split())
        if not text:
            continue
        box = _numbers(title, "bbox", 4)
        place: Box = (box[0], box[1], box[2], box[3]) if box else NOWHERE
        sure = _numbers(title, "x_wconf", 1)
        words.append(PlacedWord(text, place, sure[0] / 100 if sure else nan))
    return words


def _numbers(title: str, key: str, count: int) -> list[float]:
    """So many numbers that a property has in a title; none if it has not."""
    found = regex.search(rf"(?:^|;)\s*{key}{NUMBERS}", title)
    numbers = [float(number) for number in found.group(1).split()] if found else []
    return numbers if len(numbers) >= count else []
