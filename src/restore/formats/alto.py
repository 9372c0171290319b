"""ALTO: the words of scanned pages with their boxes, in XML, as libraries keep them.

Version 4.4 is written; 2 and 3, as Tesseract and others write them, are read as well. The format is
described at https://www.loc.gov/standards/alto/.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import regex

from restore import __version__
from restore.formats import xml
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
    spread,
)

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
VERSION = "4.4"
# How many units there are in an inch, where they are no pixels.
UNITS = {"mm10": 254, "inch1200": 1200}
AT = "{} dots per inch"  # ALTO has no attribute that says so
TOLD_AT = regex.compile(r"\b([1-9]\d{0,4}) dots per inch")
# Parts of a page in the order in which they are read; the schema has the foot before the text.
SPACES = ("TopMargin", "PrintSpace", "LeftMargin", "RightMargin", "BottomMargin")


def is_alto(data: bytes) -> bool:
    """Whether what was read is ALTO, by how it begins."""
    return xml.is_rooted(data, b"alto")


def write(document: Document) -> str:
    """The pages of a document in ALTO. Raises ValueError if they have no places, as of a text."""
    from lxml.builder import ElementMaker

    make = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    found = [placed(page) for page in document.pages]
    pages = [
        _page(make, page, number, document.language) for number, page in enumerate(found, start=1)
    ]
    description = make.Description(
        make.MeasurementUnit("pixel"),
        make.sourceImageInformation(make.fileName(xml.legible(document.source.name))),
        *[_processing(make, dots) for dots in sorted({page.resolution for page in found})],
    )
    refs = [
        make.ElementRef(ID=f"order_{block.get('ID')}", REF=block.get("ID"))
        for page in pages
        for block in page.iter("{*}TextBlock")
    ]
    order = [make.ReadingOrder(make.OrderedGroup(*refs, ID="order"))] if refs else []
    root = make.alto(description, *order, make.Layout(*pages), SCHEMAVERSION=VERSION)
    return xml.written(root)


def _processing(make: Any, resolution: int) -> Any:
    software = make.processingSoftware(
        make.softwareName("restore"), make.softwareVersion(__version__)
    )
    settings = make.processingStepSettings(AT.format(resolution))
    return make.Processing(settings, software, ID=f"restore_{resolution}")


def _page(make: Any, found: PlacedPage, number: int, language: str) -> Any:
    blocks = []
    for i, block in enumerate(found.blocks, start=1):
        lines = [_line(make, line, f"{number}_{i}_{k}") for k, line in enumerate(block, start=1)]
        text = "".join(word.text for line in block for word in line)
        made = make.TextBlock(
            *lines, ID=f"block_{number}_{i}", **_edges(around(w for line in block for w in line))
        )
        made.set("BASEDIRECTION", "rtl" if is_right_to_left(text) else "ltr")
        if xml.written_in(text, language):
            made.set("LANG", language)
        blocks.append(made)
    size = {"WIDTH": str(found.width), "HEIGHT": str(found.height)}
    space = make.PrintSpace(*blocks, HPOS="0", VPOS="0", **size)
    return make.Page(
        space,
        ID=f"page_{number}",
        PHYSICAL_IMG_NR=str(number),
        PROCESSINGREFS=f"restore_{found.resolution}",
        **size,
    )


def _line(make: Any, line: PlacedLine, number: str) -> Any:
    inside = []
    for i, word in enumerate(line, start=1):
        sure = {"WC": f"{word.sure:.4g}"} if isfinite(word.sure) else {}
        text = xml.legible(word.text)
        inside.append(
            make.String(ID=f"word_{number}_{i}", CONTENT=text, **sure, **_edges(word.box))
        )
        inside.append(make.SP())
    return make.TextLine(*inside[:-1], ID=f"line_{number}", **_edges(around(line)))


def _edges(box: Box) -> dict[str, str]:
    """The attributes that say where something stands, if it stands anywhere."""
    if not isfinite(box[0]):
        return {}
    left, top, right, bottom = map(round, box)
    sides = {"HPOS": left, "VPOS": top, "WIDTH": right - left, "HEIGHT": bottom - top}
    return {key: str(value) for key, value in sides.items()}


def read(data: bytes, language: str = "he", name: str = "-") -> Document:
    """The document in an ALTO file. Raises ValueError if it is damaged or has no page."""
    root = xml.parsed(data, name, "ALTO")
    found = list(root.iter("{*}Page"))
    if not found:
        raise ValueError(f"{name} is ALTO without pages; give what an OCR program wrote")
    last = len(found) - 1
    pages = tuple(page_of_words(_read_page(p, root), i == last) for i, p in enumerate(found))
    return Document(pages, language, Source(name, ocr=True))


def _read_page(page: Any, root: Any) -> PlacedPage:
    spaces = [space for kind in SPACES for space in page.iterfind(f"{{*}}{kind}")]
    blocks = [block for space in spaces or [page] for block in space.iter("{*}TextBlock")]
    ranks = _ranks(page, root)
    read_blocks = [
        [_read_line(line) for line in xml.ordered(block.findall("{*}TextLine"), ranks)]
        for block in xml.ordered(blocks, ranks)
    ]
    read_blocks = [[line for line in block if line] for block in read_blocks]
    width, height = xml.number(page, "WIDTH"), xml.number(page, "HEIGHT")
    if not (isfinite(width) and isfinite(height) and min(width, height) >= 1):
        width, height = size_of(read_blocks)
    return PlacedPage(
        [block for block in read_blocks if block],
        round(width),
        round(height),
        _resolution(page, root),
    )


def _resolution(page: Any, root: Any) -> int:
    """How many units of a page there are in an inch."""
    unit = root.findtext("{*}Description/{*}MeasurementUnit", "").strip()
    if unit in UNITS:
        return UNITS[unit]
    own = page.get("PROCESSINGREFS", "").split()
    for step in root.iterfind("{*}Description/{*}Processing"):
        told = TOLD_AT.search(step.findtext("{*}processingStepSettings") or "")
        if told and step.get("ID") in own:
            return int(told.group(1))
    return RESOLUTION


def _ranks(page: Any, root: Any) -> dict[str, int]:
    """The place in the order of reading of each element, by its ID, that the file orders."""
    ranks: dict[str, int] = {}
    for ref in root.iterfind("{*}ReadingOrder//*[@REF]"):
        for name in ref.get("REF").split():
            ranks.setdefault(name, len(ranks))
    if ranks:
        return ranks
    following = {each.get("ID"): each.get("IDNEXT") for each in page.iterfind(".//*[@IDNEXT]")}
    for first in following.keys() - set(following.values()):
        at = first
        while at is not None and at not in ranks:
            ranks[at] = len(ranks)
            at = following.get(at)
    return ranks


def _read_line(line: Any) -> PlacedLine:
    words: PlacedLine = []
    for string in line.iterfind("{*}String"):
        left, top, width, height = (
            xml.number(string, key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
        )
        box = (left, top, left + width, top + height)
        text = string.get("CONTENT", "")
        # Some programs put a whole line into one string.
        words += spread(text, box if all(map(isfinite, box)) else NOWHERE, xml.share(string, "WC"))
    hyphen = line.find("{*}HYP")
    if hyphen is not None and words:
        last = words[-1]
        words[-1] = PlacedWord(last.text + hyphen.get("CONTENT", "-"), last.box, last.sure)
    return words
