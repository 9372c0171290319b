"""Reference works as people have them: plain text, Sefaria exports, TEI and OSIS.

A reader takes the text of one file and gives its sections with their places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

from restore.works.library import CHAPTER, FOLIO, WHOLE, Section

HEBREW = re.compile("[א-ת]")
TAGS = re.compile(r"<[^>]*>")
# Footnotes of Sefaria's texts stand inside the text.
NOTES = re.compile(r'<sup[^>]*>.*?</sup>\s*<i class="footnote">.*?</i>', re.DOTALL)
# Headings of a Sefaria export as plain text: Chapter 1, Daf 2a.
HEADING = re.compile(r"([A-Z][A-Za-z' ]*?) (\d+)([ab]?)")
BLOCKS = frozenset(("p", "ab", "l", "seg"))  # of TEI: what has text of its own
ASIDE = frozenset(("note", "head", "title", "fw", "rdg", "teiHeader"))  # what is not the text
OSIS_BOOKS = dict(
    zip(
        [
            "Gen",
            "Exod",
            "Lev",
            "Num",
            "Deut",
            "Josh",
            "Judg",
            "1Sam",
            "2Sam",
            "1Kgs",
            "2Kgs",
            "Isa",
            "Jer",
            "Ezek",
            "Hos",
            "Joel",
            "Amos",
            "Obad",
            "Jonah",
            "Mic",
            "Nah",
            "Hab",
            "Zeph",
            "Hag",
            "Zech",
            "Mal",
            "Ps",
            "Prov",
            "Job",
            "Song",
            "Ruth",
            "Lam",
            "Eccl",
            "Esth",
            "Dan",
            "Ezra",
            "Neh",
            "1Chr",
            "2Chr",
        ],
        [
            "בראשית",
            "שמות",
            "ויקרא",
            "במדבר",
            "דברים",
            "יהושע",
            "שופטים",
            "שמואל א",
            "שמואל ב",
            "מלכים א",
            "מלכים ב",
            "ישעיהו",
            "ירמיהו",
            "יחזקאל",
            "הושע",
            "יואל",
            "עמוס",
            "עובדיה",
            "יונה",
            "מיכה",
            "נחום",
            "חבקוק",
            "צפניה",
            "חגי",
            "זכריה",
            "מלאכי",
            "תהלים",
            "משלי",
            "איוב",
            "שיר השירים",
            "רות",
            "איכה",
            "קהלת",
            "אסתר",
            "דניאל",
            "עזרא",
            "נחמיה",
            "דברי הימים א",
            "דברי הימים ב",
        ],
        strict=True,
    )
)

Reader = Callable[[str, str], Iterator[Section]]


def sections(name: str, text: str) -> list[Section]:
    """The sections of a work; ``name`` is that of its file, by whose end it is read.

    Raises ValueError if the end is of no known kind, or if the text is not of the kind it says.
    """
    stem, _, end = name.rpartition(".")
    reader = READERS.get(end.lower())
    if reader is None:
        raise ValueError(f"{name} is no reference work; give .{', .'.join(READERS)}")
    try:
        return list(reader(stem, text))
    except (json.JSONDecodeError, ElementTree.ParseError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None


def plain(name: str, text: str) -> Iterator[Section]:
    """A paragraph a section; the headings of a Sefaria export are followed."""
    lines = [line.strip() for line in text.splitlines()]
    first = next((at for at, line in enumerate(lines) if HEADING.fullmatch(line)), None)
    levels: list[str] = []
    numbers: list[int] = []
    style, count = CHAPTER, 0
    if first is not None and first > 1 and HEBREW.search(lines[1]):
        name = lines[1]
    for line in lines[first or 0 :]:
        heading = HEADING.fullmatch(line)
        if heading:
            level, number, side = heading.groups()
            depth = levels.index(level) if level in levels else len(levels)
            levels[depth:] = [level]
            style = FOLIO if side or style == FOLIO else CHAPTER
            page = 2 * int(number) - 1 + (side == "b") if side else int(number)
            numbers[depth:] = [page]
            count = 0
        elif HEBREW.search(line):
            count += 1
            yield Section(name, style, (*numbers, count), TAGS.sub(" ", line))


def sefaria(name: str, text: str) -> Iterator[Section]:
    """A text of Sefaria's export in JSON: nested lists, by chapter and verse or as it may be."""
    work = json.loads(text)
    if not isinstance(work, dict) or "text" not in work:
        raise ValueError(f"{name}.json is no text of Sefaria's export: it has no 'text'")
    levels = work.get("sectionNames") or []
    style = FOLIO if levels[:1] in (["Daf"], ["Talmud"]) else CHAPTER
    if isinstance(work["text"], dict):
        style = WHOLE
    title = work.get("heTitle") or work.get("title") or name
    for numbers, part in _leaves(work["text"], ()):
        yield Section(title, style, numbers, TAGS.sub(" ", NOTES.sub(" ", part)))


def _leaves(part: Any, numbers: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    if isinstance(part, str):
        yield numbers, part
    elif isinstance(part, list):
        for number, inner in enumerate(part, start=1):
            yield from _leaves(inner, (*numbers, number))
    elif isinstance(part, dict):
        for inner in part.values():
            yield from _leaves(inner, numbers)


def xml(name: str, text: str) -> Iterator[Section]:
    """A work in OSIS (by its verses) or in TEI (by its divisions and paragraphs)."""
    # A text that was decoded says nothing true about its encoding.
    root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    if _tag(root) == "osis":
        yield from _osis(root)
    elif _tag(root) in ("TEI", "TEI.2", "teiCorpus"):
        yield from _tei(name, root)
    else:
        raise ValueError(f"{name} is neither TEI nor OSIS but <{_tag(root)}>")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _osis(root: ElementTree.Element) -> Iterator[Section]:
    verse, parts = "", [""]
    for kind, word in _osis_flow(root):
        if kind == "verse" and word != verse:
            if verse:
                yield _osis_verse(verse, "".join(parts))
            verse, parts = word, []
        elif kind == "text":
            parts.append(word)
    if verse:
        yield _osis_verse(verse, "".join(parts))


def _osis_flow(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The text of a work in order, and the verses where they begin and (without a name) end."""
    tag = _tag(element)
    if tag in ASIDE or tag == "header":
        yield "text", element.tail or ""
        return
    if tag == "verse":
        yield "verse", element.get("osisID") or element.get("sID") or ""
    yield "text", element.text or ""
    for inner in element:
        yield from _osis_flow(inner)
    if tag == "verse" and not (element.get("sID") or element.get("eID")):
        yield "verse", ""
    yield "text", " " if tag == "w" else ""
    yield "text", element.tail or ""


def _osis_verse(verse: str, text: str) -> Section:
    book, *numbers = verse.split()[0].split("!")[0].split(".")
    # The seams of the morphemes of a word: https://hb.openscriptures.org
    text = text.replace("/", "")
    places = tuple(int(number) for number in numbers if number.isdigit())
    return Section(OSIS_BOOKS.get(book, book), CHAPTER, places, text)


def _tei(name: str, root: ElementTree.Element) -> Iterator[Section]:
    titles = [e.text.strip() for e in root.iter() if _tag(e) == "title" and e.text]
    title = next((title for title in titles if HEBREW.search(title)), (titles or [name])[0])
    for element in root.iter():
        if _tag(element) == "body":
            for numbers, text in _tei_blocks(element, ()):
                yield Section(title, CHAPTER, numbers, text)


def _tei_blocks(
    element: ElementTree.Element, numbers: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], str]]:
    count = 0
    for inner in element:
        tag = _tag(inner)
        if tag in ASIDE or not tag:
            continue
        told = inner.get("n", "").rpartition(".")[2]
        blocks = any(_tag(below) in BLOCKS for below in inner.iter() if below is not inner)
        numbered = tag in BLOCKS or tag.startswith("div")
        count += numbered
        place = (*numbers, int(told) if told.isdigit() else count) if numbered else numbers
        if tag in BLOCKS and not blocks:
            yield place, _tei_text(inner)
        else:
            yield from _tei_blocks(inner, place)


def _tei_text(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for inner in element:
        if _tag(inner) not in ASIDE:
            parts.append(_tei_text(inner) + (" " if _tag(inner) == "w" else ""))
        parts.append(inner.tail or "")
    return "".join(parts)


READERS: dict[str, Reader] = {"txt": plain, "json": sefaria, "xml": xml, "tei": xml, "osis": xml}
