"""hOCR and tables of words: written and read with the places of words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scans
from command_line import error, run
from lxml import etree
from pages import pdf, width
from places import assert_same_places

from restore import Document, restore
from restore.change import Edit, Finding, applied
from restore.formats import hocr, image, tsv, txt
from restore.formats import pdf as pdf_reader
from restore.model import Place, Source
from restore.placed import PlacedPage, PlacedWord, page_of_words, placed
from restore.scans.tesseract import Reading

BOXES = [(700.0, 100.0, 850.0, 140.0), (500.0, 100.0, 680.0, 150.0), (600.0, 200.0, 850.0, 240.0)]
WORDS = [PlacedWord("שלום,", BOXES[0], 0.91), PlacedWord('"עולם"', BOXES[1], 0.5)]
LAST = PlacedWord("<b>&amp;", BOXES[2], 0.25)


@pytest.fixture
def document() -> Document:
    """Two pages, of two blocks and of none."""
    page = PlacedPage([[WORDS], [[LAST]]], 1000, 1400, 200)
    empty = PlacedPage([], 1000, 1400, 200)
    pages = page_of_words(page, False), page_of_words(empty, True)
    return Document(pages, "he", Source("a page.png", ocr=True))


def test_what_is_written_is_read_again(document: Document) -> None:
    written = hocr.write(document)
    assert hocr.is_hocr(written.encode())
    read = hocr.read(written.encode(), "he", "a page.png")
    assert read == document
    for ours, theirs in zip(document.pages, read.pages, strict=True):
        assert_same_places(ours, theirs, 0.005)
    assert hocr.write(read) == written


def test_the_classes_and_boxes_are_those_of_hocr(document: Document) -> None:
    root = etree.fromstring(hocr.write(document).encode())

    def titles(kind: str) -> list[str]:
        return [each.get("title", "") for each in root.iter() if each.get("class") == kind]

    first = titles("ocr_page")[0]
    assert first == 'image "a page.png"; bbox 0 0 1000 1400; ppageno 0; scan_res 200 200'
    assert titles("ocr_line") == ["bbox 500 100 850 150", "bbox 600 200 850 240"]
    assert titles("ocr_carea") == titles("ocr_line")
    assert titles("ocrx_word")[0] == "bbox 700 100 850 140; x_wconf 91"
    assert [each.get("dir") for each in root.iter() if each.get("class") == "ocr_par"] == [
        "rtl",
        "ltr",
    ]


def test_a_mended_word_keeps_its_place(document: Document) -> None:
    finding = Finding("misread-words", Place(0, 0), Edit(0, 4, "שלוס"), "", 1.0)
    mended, _ = applied(document, [finding])
    (line, *_), *_ = placed(mended.pages[0]).blocks
    assert line[0].text == "שלוס,"
    assert line[0].box == pytest.approx(BOXES[0], abs=0.1)
    assert line[0].sure == pytest.approx(0.91)


def test_what_tesseract_writes_is_read() -> None:
    text = (
        "<html><body><div class='ocr_page' title='image \"x.png\"; bbox 0 0 900 300'>"
        "<span class='ocr_header' title='bbox 10 10 100 40'>"
        "<span class='ocrx_word' title='bbox 60 10 100 40; x_wconf 95'><strong>פרק</strong></span>"
        " <span class='ocrx_word' title='x_wconf 7'>א</span></span></div></body></html>"
    )
    page = placed(hocr.read(text.encode()).pages[0])
    assert (page.width, page.height, page.resolution) == (900, 300, 300)
    ((first, second),) = page.blocks[0]
    assert first.text == "פרק" and first.sure == pytest.approx(0.95)
    assert first.box == pytest.approx((60, 10, 100, 40), abs=0.1)
    assert second.text == "א" and np.isnan(second.box).all()


def test_a_scan_is_written_with_places(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(scans.encoded(scans.page()))
    done = run("fix", "-q", "--quality", "fast", "--to", "hocr", path, "-o", f"{tmp_path}/out/")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out" / "page.hocr").read_bytes()
    assert hocr.read(written).text() == "".join(f"{line}\n" for line in scans.LINES)
    again = run("fix", "--keep-lines", "-q", tmp_path / "out" / "page.hocr")
    assert again.stdout.decode() == "".join(f"{line}\n" for line in scans.LINES)


def test_a_pdf_has_places_too() -> None:
    from caps import hebrew
    from pages import Run

    data = pdf([Run(hebrew("CBA"), 100, 500, 10)])
    page = placed(restore(pdf_reader.read(data)).document.pages[0])
    ((word,),) = page.blocks[0]
    assert word.text == hebrew("ABC")
    share = 300 / 72
    edges = (100 * share, (100 + width("CBA")) * share)
    assert (word.box[0], word.box[2]) == pytest.approx(edges, abs=1)


def test_a_text_has_no_places() -> None:
    with pytest.raises(ValueError, match="has no places of words"):
        hocr.write(txt.read("שלום"))
    assert "standard input has no places" in error("fix", "--to", "hocr", given="שלום".encode())


def test_html_that_is_no_hocr_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><!-- ocr_page --><p>שלום</p></html>", "utf-8")
    assert error("fix", path) == (
        f"{path} is HTML without pages of hOCR; give what an OCR program wrote"
    )


def test_a_table_has_a_row_for_each_word(document: Document) -> None:
    rows = [row.split("\t") for row in tsv.write(document).splitlines()]
    assert rows[0] == tsv.HEADS
    assert rows[1] == ["5", "1", "1", "1", "1", "1", "700", "100", "150", "40", "91.00", "שלום,"]
    assert [row[1:6] for row in rows[2:]] == [list("11112"), list("12111")]


def test_read_pages_are_those_of_tesseract() -> None:
    """Places of a page that was prepared are those of the page as it was."""
    page = placed(image.read(scans.encoded(scans.page()), asked=Reading("he", "fast")).pages[0])
    right = [line[0].box[2] for line in page.blocks[0]]
    assert right == pytest.approx([850] * len(right), abs=6)
