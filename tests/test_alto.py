"""ALTO: written as its schema has it, and read from what others write."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest
import scans
import xsd
from command_line import error, run
from lxml import etree
from places import assert_same_places

from restore import Document
from restore.change import Edit, Finding, applied
from restore.formats import alto, txt
from restore.model import Place, Source
from restore.placed import (
    NOWHERE,
    Box,
    PlacedPage,
    PlacedWord,
    page_of_words,
    placed,
    spread,
)

BOXES = [(700.0, 100.0, 850.0, 140.0), (500.0, 100.0, 680.0, 150.0), (600.0, 200.0, 850.0, 240.0)]
WORDS = [PlacedWord("שלום,", BOXES[0], 0.91), PlacedWord('"עולם"', BOXES[1], 0.5)]
LATIN = PlacedWord("<b>&amp;", BOXES[2], nan)
TEXT = "".join(f"{line}\n" for line in scans.LINES)


@pytest.fixture
def document() -> Document:
    """Two pages, of two blocks and of none, at two resolutions."""
    page = PlacedPage([[WORDS], [[LATIN]]], 1000, 1400, 200)
    pages = page_of_words(page, False), page_of_words(PlacedPage([], 800, 1400, 300), True)
    return Document(pages, "he", Source("a page.png", ocr=True))


def alto_of(layout: str, head: str = "", kind: str = "4") -> bytes:
    """A file of one page of 900 by 300, as others write it."""
    space = f' xmlns="http://www.loc.gov/standards/alto/ns-v{kind}#"' if kind else ""
    return (
        f'<?xml version="1.0"?><alto{space}>{head}<Layout><Page ID="p" PHYSICAL_IMG_NR="0" '
        f'WIDTH="900" HEIGHT="300">{layout}</Page></Layout></alto>'
    ).encode()


def block(name: str, text: str, rest: str = "") -> str:
    return (
        f'<TextBlock ID="{name}" {rest}><TextLine ID="{name}1"><String CONTENT="{text}"/>'
        "</TextLine></TextBlock>"
    )


def lines(data: bytes) -> list[str]:
    return [line.text for line in alto.read(data).pages[0].lines if line.text]


def test_what_is_written_is_read_again(document: Document) -> None:
    written = alto.write(document)
    assert alto.is_alto(written.encode())
    read = alto.read(written.encode(), "he", "a page.png")
    assert read == document
    for ours, theirs in zip(document.pages, read.pages, strict=True):
        assert_same_places(ours, theirs, 0.0005)
        assert ours.scan and theirs.scan
        assert replace(ours.scan, sure=None) == replace(theirs.scan, sure=None)
    assert alto.write(read) == written


def test_it_is_as_the_schema_has_it(document: Document) -> None:
    for each in (document, replace(document, pages=document.pages[1:])):
        xsd.alto().assertValid(etree.fromstring(alto.write(each).encode()))
    wrong = alto.write(document).replace('"rtl"', '"right"')
    assert not xsd.alto().validate(etree.fromstring(wrong.encode()))


def test_order_and_direction_are_told(document: Document) -> None:
    root = etree.fromstring(alto.write(document).encode())
    assert [each.get("REF") for each in root.iter("{*}ElementRef")] == ["block_1_1", "block_1_2"]
    told = [(each.get("BASEDIRECTION"), each.get("LANG")) for each in root.iter("{*}TextBlock")]
    assert told == [("rtl", "he"), ("ltr", None)]
    other = etree.fromstring(alto.write(replace(document, language="und")).encode())
    assert {each.get("LANG") for each in other.iter("{*}TextBlock")} == {None}


def test_a_mended_word_keeps_its_place_and_one_without_has_none(document: Document) -> None:
    line = document.at(Place(0, 0))
    assert line.text == 'שלום, "עולם"'
    edit = Finding("misread-words", Place(0, 0), Edit(1, 2, "ח"), "", 1.0)
    new = Finding("split", Place(0, 0), Edit(5, 5, " אז"), "", 1.0)
    mended, _ = applied(document, [edit, new])
    root = etree.fromstring(alto.write(mended).encode())
    first, added, _ = list(root.iter("{*}String"))[:3]
    assert (first.get("CONTENT"), first.get("HPOS"), first.get("WIDTH")) == ("שחום,", "700", "150")
    assert (added.get("CONTENT"), added.get("HPOS"), added.get("WC")) == ("אז", None, None)
    xsd.alto().assertValid(root)


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    page = PlacedPage([[[PlacedWord("א\x02ב", BOXES[0], 1.0)]]], 900, 300, 300)
    document = Document((page_of_words(page, True),), "he", Source("a\x07b.png"))
    assert 'CONTENT="א\ufffdב"' in alto.write(document)


def test_what_tesseract_writes_is_read(tmp_path: Path) -> None:
    image = tmp_path / "page.png"
    image.write_bytes(scans.encoded(scans.page()))
    command = ["tesseract", str(image), str(tmp_path / "page"), "-l", "heb", "alto"]
    subprocess.run(command, check=True, capture_output=True)
    done = run("fix", "--keep-lines", "-q", tmp_path / "page.xml")
    assert done.stdout.decode() == TEXT
    page = placed(alto.read((tmp_path / "page.xml").read_bytes()).pages[0])
    assert (page.width, page.height, page.resolution) == (900, 356, 300)
    assert page.blocks[0][0][0].box[2] == pytest.approx(850, abs=6)
    assert page.blocks[0][0][0].sure > 0.8


@pytest.mark.parametrize("kind", ["2", "3", "4", ""])
def test_all_versions_are_read(kind: str) -> None:
    data = alto_of(f"<PrintSpace>{block('a', 'שלום')}</PrintSpace>", kind=kind)
    assert lines(data) == ["שלום"]


def test_a_file_is_told_by_its_outermost_element() -> None:
    assert alto.is_alto(b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <html> --><a:alto xmlns:a="x"/>')
    for other in (b"<html><alto/></html>", b"alto <alto>", b"<altogether>", "שלום".encode()):
        assert not alto.is_alto(other)


def test_the_order_that_a_file_tells_is_kept() -> None:
    space = f"<PrintSpace>{block('a', 'א')}{block('b', 'ב')}{block('c', 'ג')}</PrintSpace>"
    assert lines(alto_of(space)) == ["א", "ב", "ג"]
    refs = "".join(f'<ElementRef ID="r{name}" REF="{name}"/>' for name in "cab")
    order = f'<ReadingOrder><OrderedGroup ID="o">{refs}</OrderedGroup></ReadingOrder>'
    assert lines(alto_of(space, order)) == ["ג", "א", "ב"]
    # A reference may name a line, and what is not named stays behind what it stood behind.
    order = '<ReadingOrder><OrderedGroup ID="o"><ElementRef ID="r" REF="b1 a"/></OrderedGroup>'
    assert lines(alto_of(space, f"{order}</ReadingOrder>")) == ["ב", "ג", "א"]


def test_the_next_block_that_a_block_names_follows_it() -> None:
    first, second, third = (
        block("a", "א"),
        block("b", "ב", 'IDNEXT="c"'),
        block("c", "ג", 'IDNEXT="a"'),
    )
    assert lines(alto_of(f"<PrintSpace>{first}{second}{third}</PrintSpace>")) == ["ב", "ג", "א"]
    # Blocks that name each other in a circle say nothing.
    circle = block("a", "א", 'IDNEXT="b"') + block("b", "ב", 'IDNEXT="a"')
    assert lines(alto_of(f"<PrintSpace>{circle}</PrintSpace>")) == ["א", "ב"]


def test_the_foot_of_a_page_is_read_last() -> None:
    foot = f"<BottomMargin>{block('a', '7')}</BottomMargin>"
    data = alto_of(f"{foot}<PrintSpace>{block('b', 'שלום')}</PrintSpace>")
    assert lines(data) == ["שלום", "7"]


def test_a_line_in_one_string_is_cut_into_words() -> None:
    string = '<String CONTENT=" אבג דה" HPOS="100" VPOS="10" WIDTH="60" HEIGHT="20" WC="0.5"/>'
    text = f'<TextBlock ID="a"><TextLine>{string}<HYP CONTENT="-"/></TextLine></TextBlock>'
    page = placed(alto.read(alto_of(f"<PrintSpace>{text}</PrintSpace>")).pages[0])
    ((first, second),) = page.blocks[0]
    assert (first.text, second.text, second.sure) == ("אבג", "דה-", 0.5)
    assert first.box == pytest.approx((130, 10, 160, 30), abs=0.1)
    assert second.box == pytest.approx((100, 10, 120, 30), abs=0.1)


def test_words_of_a_latin_line_go_from_the_left() -> None:
    box: Box = (10, 0, 60, 9)
    first, second = spread("ab cd", box, nan)
    assert (first.box, second.box) == ((10, 0, 30, 9), (40, 0, 60, 9))
    assert spread("א", NOWHERE, nan)[0].box[0] != spread("א", box, nan)[0].box[0]


@pytest.mark.parametrize(("unit", "dots"), [("pixel", 300), ("mm10", 254), ("inch1200", 1200)])
def test_units_are_those_that_the_file_names(unit: str, dots: int) -> None:
    head = f"<Description><MeasurementUnit>{unit}</MeasurementUnit></Description>"
    page = placed(alto.read(alto_of("<PrintSpace/>", head)).pages[0])
    assert (page.width, page.resolution) == (900, dots)


def test_a_page_without_a_size_ends_where_its_words_do() -> None:
    string = '<String CONTENT="א" HPOS="100" VPOS="10" WIDTH="60" HEIGHT="20" WC="7"/>'
    text = f'<TextBlock ID="a"><TextLine>{string}</TextLine></TextBlock>'
    data = alto_of(f"<PrintSpace>{text}</PrintSpace>").replace(b'WIDTH="900"', b'WIDTH="nan"')
    page = placed(alto.read(data).pages[0])
    assert (page.width, page.height, page.blocks[0][0][0].sure) == (160, 30, 1)


def test_what_cannot_be_read_is_told(tmp_path: Path, document: Document) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<alto>")
    assert (
        error("fix", path) == f"{path} is ALTO that is damaged in line 1; give another copy of it"
    )
    path.write_bytes(b"<alto/>")
    assert error("fix", path) == f"{path} is ALTO without pages; give what an OCR program wrote"
    bomb = '<!DOCTYPE a [<!ENTITY a "אאאא"><!ENTITY b "&a;&a;">]>'
    path.write_bytes(f"{bomb}<alto>&b;<Layout><Page/></Layout></alto>".encode())
    assert alto.read(path.read_bytes()).text() == "\n"
    with pytest.raises(ValueError, match="has no places of words"):
        alto.write(txt.read("שלום"))


def test_files_are_named_for_the_format(tmp_path: Path, document: Document) -> None:
    paths = [tmp_path / "a.hocr", tmp_path / "b.xml"]
    for path in paths:
        path.write_text(alto.write(document), "utf-8")
    assert "2 inputs do not fit one alto" in error("fix", *paths, "--to", "alto")
    done = run("fix", "-q", *paths, "--to", "alto", "-o", f"{tmp_path}/out/")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.alto.xml",
        "b.alto.xml",
    ]
