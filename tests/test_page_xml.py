"""PAGE XML: written as its schema has it, and read from what others write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import isfinite, nan
from pathlib import Path

import pytest
import scans
import xsd
from command_line import error, run
from lxml import etree
from places import assert_same_places

from restore import Document
from restore.change import Edit, Finding, applied
from restore.formats import page_xml, txt
from restore.model import Place, Source
from restore.placed import PlacedLine, PlacedPage, PlacedWord, page_of_words, placed

BOXES = [(700.0, 100.0, 850.0, 140.0), (500.0, 100.0, 680.0, 150.0), (600.0, 200.0, 850.0, 240.0)]
WORDS = [PlacedWord("שלום,", BOXES[0], 0.91), PlacedWord('"עולם"', BOXES[1], 0.5)]
LATIN = PlacedWord("<b>&amp;", BOXES[2], nan)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEXT = "".join(f"{line}\n" for line in scans.LINES)


@pytest.fixture
def document() -> Document:
    """A page of two blocks."""
    page = PlacedPage([[WORDS], [[LATIN]]], 1000, 1400, 200)
    return Document((page_of_words(page, True),), "he", Source("a page.png", ocr=True))


def equiv(text: str, rest: str = "") -> str:
    return f"<TextEquiv {rest}><Unicode>{text}</Unicode></TextEquiv>"


def region(name: str, inside: str) -> str:
    return f'<TextRegion id="{name}"><Coords points="0,0 90,0 90,30 0,30"/>{inside}</TextRegion>'


def file(page: str, year: str = "2019-07-15", rest: str = "") -> bytes:
    """A file of a page of 90 by 30, as others write it."""
    space = f"http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}"
    return (
        f'<PcGts xmlns="{space}"><Metadata/><Page imageFilename="a.png" imageWidth="90" '
        f'imageHeight="30" {rest}>{page}</Page></PcGts>'
    ).encode()


def words(data: bytes) -> PlacedLine:
    """The words of the only line."""
    ((line,),) = placed(page_xml.read(data).pages[0]).blocks
    return line


def lines(data: bytes) -> list[str]:
    return [line.text for line in page_xml.read(data).pages[0].lines if line.text]


def test_what_is_written_is_read_again(document: Document) -> None:
    (written,) = page_xml.write(document, NOW)
    assert page_xml.is_page_xml(written.encode())
    read = page_xml.read(written.encode(), "he", "a page.png")
    assert read == document
    ours, theirs = document.pages[0], read.pages[0]
    assert_same_places(ours, theirs, 0.0005)
    assert ours.scan and theirs.scan
    assert replace(ours.scan, sure=None) == replace(theirs.scan, sure=None)
    assert page_xml.write(read, NOW) == [written]


def test_it_is_as_the_schema_has_it(document: Document) -> None:
    empty = page_of_words(PlacedPage([], 800, 1400, 300), True)
    nowhere = PlacedPage([[[PlacedWord("א", (nan,) * 4, nan)]]], 800, 1400, 300)
    pages = (document.pages[0], empty, page_of_words(nowhere, True))
    for written in page_xml.write(replace(document, pages=pages)):
        xsd.page_xml().assertValid(etree.fromstring(written.encode()))
        wrong = written.replace('-to-left"', '-to-the-left"').replace("to-right", "to-the-right")
        assert not xsd.page_xml().validate(etree.fromstring(wrong.encode()))


def test_order_direction_and_text_are_told(document: Document) -> None:
    root = etree.fromstring(page_xml.write(document, NOW)[0].encode())
    refs = [(e.get("index"), e.get("regionRef")) for e in root.iter("{*}RegionRefIndexed")]
    assert refs == [("0", "region_1"), ("1", "region_2")]
    told = [
        (e.get("readingDirection"), e.get("primaryLanguage")) for e in root.iter("{*}TextRegion")
    ]
    assert told == [("right-to-left", "Hebrew"), ("left-to-right", None)]
    assert [e.findtext("{*}TextEquiv/{*}Unicode") for e in root.iter("{*}TextLine")] == [
        'שלום, "עולם"',
        "<b>&amp;",
    ]
    word = next(root.iter("{*}Word"))
    coords, text = word.find("{*}Coords"), word.find("{*}TextEquiv")
    assert coords is not None and coords.get("points") == "700,100 850,100 850,140 700,140"
    assert text is not None and text.get("conf") == "0.91"
    assert root.findtext("{*}Metadata/{*}Created") == "2026-11-23T08:00:00+00:00"


def test_a_new_word_stands_in_its_line(document: Document) -> None:
    new = Finding("split", Place(0, 0), Edit(5, 5, " אז"), "", 1.0)
    mended, _ = applied(document, [new])
    (written,) = page_xml.write(mended)
    first, added, _ = placed(page_xml.read(written.encode()).pages[0]).blocks[0][0]
    assert first.box == pytest.approx(BOXES[0], abs=0.1)
    assert added.text == "אז"
    assert added.box == pytest.approx((500, 100, 850, 150), abs=0.1)


@pytest.mark.parametrize("year", ["2010-03-19", "2013-07-15", "2017-07-15", "2019-07-15"])
def test_all_versions_are_read(year: str) -> None:
    points = (
        '<Point x="10" y="5"/><Point x="70" y="5"/><Point x="70" y="25"/><Point x="10" y="25"/>'
    )
    coords = f"<Coords>{points}</Coords>" if year < "2013" else '<Coords points="10,5 70,5 70,25"/>'
    text = region("a", f'<TextLine id="b">{coords}{equiv("אב גד")}</TextLine>')
    first, second = words(file(text, year))
    assert (first.text, second.text) == ("אב", "גד")
    assert first.box == pytest.approx((46, 5, 70, 25), abs=0.1)
    assert second.box == pytest.approx((10, 5, 34, 25), abs=0.1)


def test_a_line_that_has_only_a_baseline_stands_on_it() -> None:
    line = f'<TextLine id="b"><Baseline points="10,20 70,22"/>{equiv("אב")}</TextLine>'
    (word,) = words(file(region("a", line)))
    assert word.box == pytest.approx((10, 20, 70, 22), abs=0.1)


def test_the_text_of_a_line_counts_more_than_that_of_its_words() -> None:
    def line(text: str) -> bytes:
        made = "".join(
            f'<Word id="w{x}"><Coords points="{x},0 {x + 20},9"/>{equiv(each)}</Word>'
            for x, each in ((60, "אבא"), (30, "בא"))
        )
        coords = '<Coords points="30,0 80,0 80,9"/>'
        return file(
            region("a", f'<TextLine id="b">{coords}{made}{text and equiv(text)}</TextLine>')
        )

    def told(text: str) -> list[tuple[str, float]]:
        return [(word.text, round(word.box[0])) for word in words(line(text))]

    assert told("") == told("אבא בא") == [("אבא", 60), ("בא", 30)]
    assert told("בא אבא") == [("בא", 30), ("אבא", 60)]  # words as they are seen
    assert told("אמא בא") == [("אמא", 55), ("בא", 30)]  # words that were not corrected


def test_of_several_texts_the_first_by_number_is_read() -> None:
    texts = equiv("ב", 'index="1" conf="0.9"') + equiv("א", 'index="0" conf="0.25"')
    (word,) = words(file(region("a", f'<TextLine id="b">{texts}</TextLine>')))
    assert (word.text, word.sure) == ("א", 0.25)
    assert not isfinite(word.box[0])


def test_a_region_without_lines_is_read_by_its_text() -> None:
    data = file(region("a", equiv("אב\nגד")))
    assert lines(data) == ["אב", "גד"]
    first, second = placed(page_xml.read(data).pages[0]).blocks[0]
    assert first[0].box == pytest.approx((0, 0, 90, 15), abs=0.1)
    assert second[0].box == pytest.approx((0, 15, 90, 30), abs=0.1)
    inner = region("b", f'<TextLine id="c">{equiv("אב")}</TextLine>')
    assert lines(file(region("a", inner + equiv("אב")))) == ["אב"]


def test_regions_come_in_the_order_that_the_file_tells() -> None:
    regions = "".join(region(name, equiv(name)) for name in "abcd")

    def order(*groups: str) -> str:
        return f"<ReadingOrder>{''.join(groups)}</ReadingOrder>"

    assert lines(file(regions)) == ["a", "b", "c", "d"]
    refs = [f'<RegionRefIndexed index="{i}" regionRef="{name}"/>' for i, name in enumerate("dac")]
    told = order('<OrderedGroup id="o">', *reversed(refs), "</OrderedGroup>")
    assert lines(file(told + regions)) == ["d", "a", "b", "c"]
    group = '<RegionRef regionRef="c"/><RegionRef regionRef="a"/></UnorderedGroupIndexed>'
    group = f'<UnorderedGroupIndexed id="u" index="0">{group}'
    told = order(f'<OrderedGroup id="o">{refs[1]}{group}</OrderedGroup>')
    assert lines(file(told.replace('"1"', '"5"') + regions)) == ["c", "d", "a", "b"]


def test_the_resolution_is_that_of_the_image() -> None:
    def resolution(rest: str) -> int:
        return placed(page_xml.read(file("", rest=rest)).pages[0]).resolution

    assert resolution('imageXResolution="200" imageResolutionUnit="PPI"') == 200
    assert resolution('imageXResolution="118.11" imageResolutionUnit="PPCM"') == 300
    assert resolution('imageXResolution="0"') == resolution("") == 300


def test_a_scan_becomes_page_xml_and_text_again(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(scans.encoded(scans.page()))
    done = run("fix", "-q", "--quality", "fast", "--to", "page", path, "-o", f"{tmp_path}/out/")
    assert done.returncode == 0, done.stderr
    written = tmp_path / "out" / "page.page.xml"
    xsd.page_xml().assertValid(etree.parse(str(written)))
    assert run("fix", "--keep-lines", "-q", written).stdout.decode() == TEXT


def test_pages_are_files_of_their_own(tmp_path: Path) -> None:
    from test_alto import alto_of, block

    pages = "".join(f"<Page>{block(name, name)}</Page>" for name in "אב")
    path = tmp_path / "a.b.xml"
    path.write_bytes(alto_of("").split(b"<Page")[0] + f"{pages}</Layout></alto>".encode())
    assert "has 2 pages, of which PAGE XML holds one a file" in error("fix", "--to", "page", path)
    for target in (f"{tmp_path}/out/", f"{tmp_path}/out/c.xml"):
        done = run("fix", "-q", path, "--to", "page", "-o", target)
        assert done.returncode == 0, done.stderr
    names = ["a.b-1.page.xml", "a.b-2.page.xml", "c-1.xml", "c-2.xml"]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == names
    assert lines((tmp_path / "out" / "c-2.xml").read_bytes()) == ["ב"]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<PcGts>\n<Page></PcGts>")
    assert f"{path} is PAGE XML that is damaged in line 2" in error("fix", path)
    path.write_bytes(b"<PcGts/>")
    assert (
        error("fix", path) == f"{path} is PAGE XML without a page; give what an OCR program wrote"
    )
    with pytest.raises(ValueError, match="has no places of words"):
        page_xml.write(txt.read("שלום"))
