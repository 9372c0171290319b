"""PDFs of scans, drawn by PDFium and read by Tesseract itself."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
import pytest
import scans
from caps import hebrew
from command_line import run
from pages import Run, pdf

from restore.formats import pdf as reader
from restore.formats import scanned
from restore.formats.render import BROKEN, Renderer
from restore.formats.scanned import NOTHING, READ, with_scans
from restore.image_order import FROM_IMAGE
from restore.model import Document, Layer
from restore.scans.tesseract import MissingError, Reading

TEXT = "".join(f"{line}\n" for line in scans.LINES)
FAST = Reading(quality="fast")
SCAN = scans.encoded(scans.page(), kind="pdf", dpi=200)
WRITTEN = pdf([Run(hebrew("CBA"), 100, 500)])
EMPTY = pdf([])


def joined(*files: bytes) -> bytes:
    """A PDF of the pages of some others."""
    made = pypdfium2.PdfDocument.new()
    for file in files:
        made.import_pages(pypdfium2.PdfDocument(file))
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def layered(
    scan: bytes,
    words: list[tuple[str, float, float]],
    mode: int = raw.FPDF_TEXTRENDERMODE_INVISIBLE,
) -> bytes:
    """A scan with unseen words at places, in points, each painted at once from left to right."""
    document = pypdfium2.PdfDocument(scan)
    page, data = document[0], scans.FONT.read_bytes()
    file = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
    font = raw.FPDFText_LoadFont(document, file, len(data), raw.FPDF_FONT_TRUETYPE, True)
    for text, x, y in words:
        item = raw.FPDFPageObj_CreateTextObj(document, font, 10.0)
        codes = f"{text}\0".encode("utf-16-le")
        raw.FPDFText_SetText(item, (ctypes.c_ushort * (len(codes) // 2)).from_buffer_copy(codes))
        raw.FPDFTextObj_SetTextRenderMode(item, mode)
        raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, y)
        raw.FPDFPage_InsertObject(page, item)
    raw.FPDFPage_GenerateContent(page)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def over(lines: Sequence[str]) -> list[tuple[str, float, float]]:
    """The words of lines about where ``scans`` draws them, at 200 dots an inch, as seen."""
    words = []
    for number, line in enumerate(lines):
        right = 306.0
        for word in line.split():
            right -= 6.4 * len(word)
            words.append((word[::-1], right, (len(lines) - number) * 23.0 - 4))
            right -= 5
    return words


def read(data: bytes, when: str = "auto", asked: Reading = FAST) -> Document:
    return with_scans(reader.read(data), data, asked, when)


def test_a_scanned_pdf_is_read() -> None:
    document = read(SCAN)
    assert document.text() == TEXT
    assert (document.language, document.source.ocr) == ("he", True)
    page = document.pages[0]
    assert (page.layer, page.remark) == (Layer.ABSENT, READ)
    assert page.scan is not None and page.boxes is not None
    assert (page.scan.width, page.scan.height, page.scan.resolution) == (900, 356, 200)
    _, foot, right, _ = page.boxes[0]
    assert right == pytest.approx(850 * 72 / 200, abs=2)
    assert 356 * 72 / 200 - foot == pytest.approx(92 * 72 / 200, abs=4)


def test_pages_with_text_keep_it_and_empty_ones_stay_empty() -> None:
    document = read(joined(WRITTEN, SCAN, EMPTY))
    assert [page.layer for page in document.pages][1:] == [Layer.ABSENT] * 2
    assert [page.remark for page in document.pages][1:] == [READ, NOTHING]
    first, second, third = [page.text for page in document.pages]
    assert (first, third) == (f"{hebrew('ABC')}\f", "\n")
    assert second == TEXT[:-1] + "\f"
    assert not document.source.ocr
    assert [document.read_by_ocr(number) for number in range(3)] == [False, True, False]


def test_never_leaves_scans_alone_and_always_reads_all() -> None:
    assert read(SCAN, "never").text() == "\n"
    both = read(joined(SCAN, WRITTEN), "always")
    assert both.pages[0].text == TEXT[:-1] + "\f"
    # What is drawn there are no letters, and so what is written stays.
    assert both.pages[1].text == f"{hebrew('ABC')}\n"


@pytest.mark.parametrize("as_read", [True, False], ids=["as read", "as seen"])
def test_words_painted_over_each_other_take_the_order_of_the_image(as_read: bool) -> None:
    """One of the words is another on the image: the layer keeps its letters."""
    lines = [line.replace("שמונים", "שמואים") for line in scans.LINES]
    words = [
        (word if as_read else word[::-1], 20.0, 120.0 - 23 * number)
        for number, line in enumerate(lines)
        for word in line.split()
    ]
    data = layered(SCAN, words[::2] + words[1::2])
    layer = reader.read(data).pages[0]
    assert layer.layer is Layer.SCRAMBLED and not layer.proved
    assert {"שמואים", "העירונית"} <= set(layer.text.split())
    assert layer.text.split() != " ".join(lines).split()
    page = with_scans(reader.read(data), data, FAST).pages[0]
    assert [line.text for line in page.lines] == lines
    assert page.proved and page.remark == FROM_IMAGE and page.scan is None
    assert page.boxes is not None and page.boxes[0][2] == pytest.approx(850 * 72 / 200, abs=2)
    assert with_scans(reader.read(data), data, FAST, "never").pages[0] == layer


def test_a_layer_of_another_text_than_the_image_stays() -> None:
    words = [(word[::-1], 20.0, 60.0) for line in scans.MORE for word in line.split()]
    data = layered(SCAN, words)
    page = with_scans(reader.read(data), data, FAST).pages[0]
    assert not page.proved and page == reader.read(data).pages[0]


LONG = (*scans.LINES, *scans.MORE)
LONG_SCAN = scans.encoded(scans.page(LONG), kind="pdf", dpi=200)


def misread(lines: Sequence[str]) -> list[str]:
    """Lines as an OCR reads them that knows little Hebrew."""
    return [line.replace("ה", "ח").replace("ש", "ט").replace("ב", "כ") for line in lines]


def test_a_page_is_read_anew_if_its_unseen_layer_is_misread() -> None:
    data = layered(LONG_SCAN, over(misread(LONG)))
    layer = reader.read(data).pages[0]
    assert layer.unseen and layer.proved
    assert [line.text for line in layer.lines if line.text] == misread(LONG)
    page = read(data).pages[0]
    assert [line.text for line in page.lines if line.text] == list(LONG)
    assert (page.layer, page.unseen) == (layer.layer, True)
    assert page.scan and page.remark.startswith("its text layer is misread or lacks words: OCR re")
    assert read(data, "never").pages[0] == layer


def test_a_misread_layer_stays_where_nothing_can_read_its_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = layered(LONG_SCAN, over(misread(LONG)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read(data).pages == reader.read(data).pages


def test_a_layer_that_is_as_good_as_ocr_stays_to_the_byte() -> None:
    """People have put it right, where letters of the image are others."""
    drawn = [line.replace("שמונים", "שמואים").replace("אבן", "אכן") for line in LONG]
    data = layered(scans.encoded(scans.page(drawn), kind="pdf", dpi=200), over(LONG))
    layer = reader.read(data).pages[0]
    assert layer.unseen
    assert read(data).pages[0] == layer


def test_text_that_is_seen_is_never_read_anew() -> None:
    data = layered(LONG_SCAN, over(misread(LONG)), raw.FPDF_TEXTRENDERMODE_FILL)
    layer = reader.read(data).pages[0]
    assert not layer.unseen
    assert read(data).pages[0] == layer


def test_what_does_not_lie_over_an_image_of_the_page_is_not_read_anew() -> None:
    data = layered(EMPTY, over(misread(LONG)))
    layer = reader.read(data).pages[0]
    assert not layer.unseen
    assert read(data).pages[0] == layer


def test_the_rest_of_a_good_layer_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight pages with rare words four are read, and none of them is better."""
    rare = [*LONG[:-1], "כפכפן קרקסיה תפזרגי ובלבלוטים"]
    image = scans.encoded(scans.page(rare), kind="pdf", dpi=200)
    data = joined(*[layered(image, over(rare))] * 8)
    asked: list[list[int]] = []
    known = scanned._read

    def noted(*given: Any, **named: Any) -> Document:
        asked.append(given[3])
        return known(*given, **named)

    monkeypatch.setattr(scanned, "_read", noted)
    layers = reader.read(data)
    assert read(data).pages == layers.pages
    assert asked == [[0, 2, 4, 6]]


def test_what_reads_scans_is_missed_only_where_there_is_no_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="apt install tesseract-ocr"):
        read(SCAN)
    document = read(joined(WRITTEN, SCAN))
    assert document.pages[0].text == f"{hebrew('ABC')}\f"
    assert "scans are read by Tesseract, which is missing" in document.pages[1].remark
    with pytest.raises(MissingError):
        read(joined(WRITTEN, SCAN), "always")


def test_a_page_that_breaks_what_draws_it_is_an_outcome() -> None:
    with Renderer(SCAN) as renderer:
        assert renderer._process.pid
        os.kill(renderer._process.pid, signal.SIGKILL)
        with pytest.raises(ValueError, match=BROKEN):
            renderer.page(0)
        image, resolution = renderer.page(0)
    # PIL keeps images of a PDF as JPEG.
    assert resolution == 200 and np.abs(image.astype(int) - scans.page()).mean() < 3


def test_pages_are_drawn_at_300_dots_an_inch_and_large_ones_at_fewer() -> None:
    with Renderer(pdf([Run(hebrew("CBA"), 100, 500)], box="0 0 400 600")) as renderer:
        image, resolution = renderer.page(0)
        assert (resolution, image.shape) == (300, (2500, 1667))
    with Renderer(pdf([], box="0 0 12000 12000")) as renderer:
        image, resolution = renderer.page(0)
        assert resolution == 60 and image.size <= 1e8


def test_fix_and_check_say_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(SCAN)
    done = run("fix", "--keep-lines", "--quality", "fast", path)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, TEXT, b"")
    done = run("check", "--quality", "fast", path)
    assert done.stdout.decode().splitlines()[0] == f"{path}: page 1: absent: {READ}"
