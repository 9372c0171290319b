"""PAGE XML: the regions, lines and words of a scanned page with their outlines, a page a file.

Version 2019-07-15 is written; others, as Transkribus, eScriptorium and OCR-D write them, are read
as well. The format is described at https://github.com/PRImA-Research-Lab/PAGE-XML.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf, isfinite, nan
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
    around,
    is_right_to_left,
    page_of_words,
    placed,
    size_of,
    spread,
)

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
CENTIMETRES = 2.54  # an inch
POINT = regex.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def is_page_xml(data: bytes) -> bool:
    """Whether what was read is PAGE XML, by how it begins."""
    return xml.is_rooted(data, b"PcGts")


def write(document: Document, now: datetime | None = None) -> list[str]:
    """A file for each page of a document, which says that it was made ``now``.

    Raises ValueError if the pages have no places, as of a text.
    """
    from lxml.builder import ElementMaker

    make = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    time = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    files = []
    for page in document.pages:
        about = make.Metadata(
            make.Creator(f"restore {__version__}"), make.Created(time), make.LastChange(time)
        )
        made = _page(make, placed(page), document)
        files.append(xml.written(make.PcGts(about, made)))
    return files


def _page(make: Any, found: PlacedPage, document: Document) -> Any:
    whole = (0.0, 0.0, float(found.width), float(found.height))
    regions = [
        _region(make, block, f"region_{number}", whole, document.language)
        for number, block in enumerate(found.blocks, start=1)
    ]
    refs = [
        make.RegionRefIndexed(index=str(index), regionRef=region.get("id"))
        for index, region in enumerate(regions)
    ]
    order = [make.ReadingOrder(make.OrderedGroup(*refs, id="order"))] if refs else []
    text = "".join(word.text for block in found.blocks for line in block for word in line)
    return make.Page(
        *order,
        *regions,
        imageFilename=xml.legible(document.source.name),
        imageWidth=str(found.width),
        imageHeight=str(found.height),
        imageXResolution=str(found.resolution),
        imageYResolution=str(found.resolution),
        imageResolutionUnit="PPI",
        **_direction(text, document.language),
    )


def _direction(text: str, language: str) -> dict[str, str]:
    """The attributes that say how a text goes, and in which language it is."""
    facts = xml.written_in(text, language)
    known = {} if facts is None else {"primaryLanguage": facts.name}
    return known | {
        "readingDirection": "right-to-left" if is_right_to_left(text) else "left-to-right",
        "textLineOrder": "top-to-bottom",
    }


def _region(make: Any, block: list[PlacedLine], name: str, whole: Box, language: str) -> Any:
    box = around(word for line in block for word in line)
    box = box if isfinite(box[0]) else whole
    lines = [_line(make, line, f"{name}_line_{i}", box) for i, line in enumerate(block, start=1)]
    text = "\n".join(" ".join(word.text for word in line) for line in block)
    rest = _direction(text, language)
    return make.TextRegion(_coords(make, box), *lines, _equiv(make, text), id=name, **rest)


def _line(make: Any, line: PlacedLine, name: str, region: Box) -> Any:
    """A line; the place of a word that stands nowhere is that of its line, for it must have one."""
    box = around(line)
    box = box if isfinite(box[0]) else region
    words = [
        make.Word(
            _coords(make, word.box if isfinite(word.box[0]) else box),
            _equiv(make, word.text, word.sure),
            id=f"{name}_word_{i}",
        )
        for i, word in enumerate(line, start=1)
    ]
    text = " ".join(word.text for word in line)
    return make.TextLine(_coords(make, box), *words, _equiv(make, text), id=name)


def _coords(make: Any, box: Box) -> Any:
    left, top, right, bottom = (max(round(edge), 0) for edge in box)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return make.Coords(points=" ".join(f"{x},{y}" for x, y in corners))


def _equiv(make: Any, text: str, sure: float = nan) -> Any:
    told = {"conf": f"{sure:.4g}"} if isfinite(sure) else {}
    return make.TextEquiv(make.Unicode(xml.legible(text)), **told)


def read(data: bytes, language: str = "he", name: str = "-") -> Document:
    """The document in a PAGE XML file. Raises ValueError if it is damaged or has no page."""
    root = xml.parsed(data, name, "PAGE XML")
    page = root.find("{*}Page")
    if page is None:
        raise ValueError(f"{name} is PAGE XML without a page; give what an OCR program wrote")
    return Document((page_of_words(_read_page(page), True),), language, Source(name, ocr=True))


def _read_page(page: Any) -> PlacedPage:
    order = page.find("{*}ReadingOrder")
    names = [] if order is None else list(_refs(order))
    ranks = {name: names.index(name) for name in names}
    regions = xml.ordered(list(page.iter("{*}TextRegion")), ranks, "id")
    blocks = [[line for line in _read_region(region) if line] for region in regions]
    blocks = [block for block in blocks if block]
    width, height = xml.number(page, "imageWidth"), xml.number(page, "imageHeight")
    if not (isfinite(width) and isfinite(height) and min(width, height) >= 1):
        width, height = size_of(blocks)
    return PlacedPage(blocks, round(width), round(height), _resolution(page))


def _resolution(page: Any) -> int:
    """The dots per inch of the image."""
    dots = xml.number(page, "imageXResolution")
    if page.get("imageResolutionUnit") == "PPCM":
        dots *= CENTIMETRES
    return round(dots) if isfinite(dots) and dots >= 1 else RESOLUTION


def _refs(group: Any) -> Iterator[str]:
    """The regions that a group names, as they are read."""
    if group.get("regionRef"):
        yield group.get("regionRef")
    members = [each for each in group if isinstance(each.tag, str)]
    for member in sorted(members, key=_index):
        yield from _refs(member)


def _index(element: Any) -> float:
    """Its place among others; those without one are the first, as they stand."""
    index = xml.number(element, "index")
    return index if isfinite(index) else -inf


def _read_region(region: Any) -> Iterator[PlacedLine]:
    lines = [_read_line(line) for line in region.iterfind("{*}TextLine")]
    if any(lines) or region.find(".//{*}TextRegion") is not None:
        yield from lines
        return
    text, sure = _text(region)
    left, top, right, bottom = _outline(region)
    parts = text.strip().splitlines()
    height = (bottom - top) / max(len(parts), 1)
    for number, part in enumerate(parts):
        yield spread(part, (left, top + number * height, right, top + (number + 1) * height), sure)


def _read_line(line: Any) -> PlacedLine:
    words: PlacedLine = []
    for word in line.iterfind("{*}Word"):
        own, sure = _text(word)
        words += spread(own, _outline(word), sure)
    text, sure = _text(line)
    # Where a line has been corrected, its words often have not; some stand as they are seen.
    for order in (words, words[::-1]):
        if text.split() in ([], [word.text for word in order]):
            return order
    return spread(text, _outline(line), sure)


def _text(element: Any) -> tuple[str, float]:
    """The text of an element, and how sure it is; of several that with the lowest index."""
    found = sorted(element.findall("{*}TextEquiv"), key=_index)
    if not found:
        return "", nan
    first = found[0]
    text = first.findtext("{*}Unicode") or first.findtext("{*}PlainText") or ""
    return text, xml.share(first, "conf")


def _outline(element: Any) -> Box:
    """The box around the outline of an element, or around what its letters stand on."""
    for kind in ("Coords", "Baseline"):
        found = element.find(f"{{*}}{kind}")
        if found is None:
            continue
        points = [(float(x), float(y)) for x, y in POINT.findall(found.get("points", ""))]
        # Before 2013 each point was an element.
        points += [(xml.number(p, "x"), xml.number(p, "y")) for p in found.iterfind("{*}Point")]
        across, down = zip(*points, strict=True) if points else ((nan,), (nan,))
        if all(map(isfinite, (*across, *down))):
            return min(across), min(down), max(across), max(down)
    return NOWHERE
