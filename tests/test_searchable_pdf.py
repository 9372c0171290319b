"""PDFs of scans with their text: extracted by PDFium and by Poppler, as others extract it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from unicodedata import bidirectional, normalize

import numpy as np
import pypdfium2
import pytest
import scans
from command_line import error, run
from numpy.typing import NDArray
from PIL import Image, ImageOps
from test_scanned import joined

from restore import Document
from restore.formats import pdf as reader
from restore.formats import searchable_pdf
from restore.formats.searchable_pdf import over_images, over_pages
from restore.geometry.layout import empty_page
from restore.model import Layer, Source
from restore.placed import NOWHERE, PlacedLine, PlacedPage, PlacedWord, page_of_words, placed

ALIKE = 8  # grey values, on average, between an image and how it is drawn; another way up 20
CONTROLS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c"))
HEBREW = (
    "הספרייה העירונית נפתחה לפני שמונים שנה",
    "בבניין אבן קטן, ליד השוק הישן. ובמשך",
    "שָׁלוֹם עֲלֵיכֶם, אָמַר לְךָ, בָּרוּךְ הַבָּא",
    "בשנת 1948 ב-12 לחודש, עמ' 47-45, רש\"י",
    "אמר (אולי) כך [ראה 12] וגם (abc) כאן",
    "ראה Visual Studio 12 גם Word 2.0 שם",
    "- אמר לו: ((כך)) או {כך}!",
    'והוא כתב "hello world" היום; ה-abc-12 שם',
    "אתר example.com/a-b?c=1 הישן",
    "ספר Word For Windows",
    "Visual Studio (12), a line of its own (yes)",
    "ראה (שם [ועוד]) וגם [(כאן)] הלאה",
    "רחוב הרצל 7, תל־אביב 61000",
)
ARABIC = (
    "كتب الرجل إلى صاحبه يقول له: (نعم)",
    "في سنة 1948 م، ثم قال هنا",
    "ذهب إلى السوق (مع Ali) اليوم.",
    "١٢٣ كتابا، و45 قلما",
)
LATIN = ("The word שלום means peace,", "as in שלום עולם (hello world),", "in 2 languages.")


def is_right(word: str) -> bool:
    return any(bidirectional(c) in ("R", "AL") for c in word)


def is_left(word: str) -> bool:
    return any(bidirectional(c) == "L" for c in word) and not is_right(word)


def line(text: str, right: float, top: float, right_to_left: bool = True) -> PlacedLine:
    """The words of a line where a page shows them: those of a Latin phrase from the left."""
    words = text.split()
    if not (right_to_left and any(map(is_right, words))):
        words, seen = words, [words]
    else:
        parts = [list(part) for _, part in groupby(words, is_left)]
        seen = [part[::-1] if is_left(part[0]) else part for part in parts]
    letter, height = 20, 40
    start = right if right_to_left else right - 1500
    placed_words: dict[int, PlacedWord] = {}
    number = 0
    for part in seen:
        numbers = range(number, number + len(part))
        if is_left(part[0]) and len(seen) > 1:
            numbers = range(number + len(part) - 1, number - 1, -1)
        number += len(part)
        for n, word in zip(numbers, part, strict=True):
            width = letter * sum(bidirectional(c) != "NSM" for c in word)
            left = start - width if right_to_left else start
            placed_words[n] = PlacedWord(word, (left, top, left + width, top + height), 0.9)
            start += (-width - 14) if right_to_left else (width + 14)
    return [placed_words[n] for n in range(number)]


def document(*blocks: list[PlacedLine]) -> Document:
    page = PlacedPage(list(blocks), 2000, 2000, 300)
    return Document((page_of_words(page, True),), "he", Source("a.png", ocr=True))


def column(texts: tuple[str, ...], right: float, right_to_left: bool = True) -> list[PlacedLine]:
    return [line(text, right, 100 + 60 * i, right_to_left) for i, text in enumerate(texts)]


def by_pdfium(data: bytes) -> list[str]:
    """The lines of the first page as PDFium, and so Chrome, gives them."""
    text = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    return cleaned(text.split("\r\n"))


def by_poppler(data: bytes, *options: str) -> list[str]:
    """The lines of the first page as pdftotext gives them."""
    assert shutil.which("pdftotext"), "pdftotext is missing; install it: apt install poppler-utils"
    command = ["pdftotext", "-l", "1", *options, "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return cleaned(done.stdout.decode().replace("\f", "").split("\n"))


def cleaned(lines: list[str]) -> list[str]:
    """Lines without marks of direction and blank ones, their points in one order."""
    told = (normalize("NFD", text.translate(CONTROLS)).strip() for text in lines)
    return [text for text in told if text]


def by_restore(data: bytes) -> list[str]:
    return [found.text for found in reader.read(data).pages[0].lines if found.text]


@pytest.mark.parametrize("texts", [HEBREW, ARABIC, HEBREW[2:3], ARABIC[1:2]])
def test_both_extractors_give_the_text_as_it_is_read(texts: tuple[str, ...]) -> None:
    data = over_images(document(column(texts, 1900)), [None])
    assert by_pdfium(data) == cleaned(list(texts))
    assert by_poppler(data) == cleaned(list(texts))
    assert by_restore(data) == list(texts)


def test_hebrew_words_in_latin_text_are_read_in_order() -> None:
    data = over_images(document(column(LATIN, 1600, right_to_left=False)), [None])
    assert by_pdfium(data) == by_poppler(data) == by_restore(data) == list(LATIN)


def test_columns_are_read_one_after_the_other() -> None:
    right = tuple(" ".join((text, "ועוד")) for text in scans.LINES + scans.MORE)
    left = scans.MORE + scans.LINES
    data = over_images(document(column(right, 1900), column(left, 900)), [None])
    assert by_pdfium(data) == by_poppler(data) == by_restore(data) == [*right, *left]


def test_words_are_where_they_are_seen() -> None:
    texts = HEBREW[:2]
    original = document(column(texts, 1900))
    data = over_images(original, [None])
    found = reader.read(data).pages[0]
    assert (found.layer, found.proved) == (Layer.SOUND, True)
    share = 300 / 72
    ours, theirs = placed(original.pages[0]), placed(found)
    for mine, its in zip(ours.blocks[0], theirs.blocks[0], strict=True):
        for one, two in zip(mine, its, strict=True):
            assert one.text == two.text
            assert [two.box[0], two.box[2]] == pytest.approx([one.box[0], one.box[2]], abs=5)
            # The page that it is read from is as high as its text.
            more = 2000 - theirs.height
            assert [two.box[1] + more, two.box[3] + more] == pytest.approx(one.box[1::2], abs=12)
    told = by_poppler(data, "-bbox")
    first = next(each for each in told if "הספרייה"[::-1] in each or "הספרייה" in each)
    edges = dict(part.split("=") for part in first.split(">")[0].split()[1:])
    assert float(edges["xMin"].strip('"')) * share == pytest.approx(1760, abs=5)


def test_words_that_touch_are_still_words() -> None:
    words = [
        word._replace(box=(word.box[0] - 13, *word.box[1:]))
        for word in line("הנה ארבע מלים צפופות", 1900, 100)
    ]
    data = over_images(document([words]), [None])
    assert by_pdfium(data) == by_poppler(data) == ["הנה ארבע מלים צפופות"]


def test_a_word_without_a_place_stands_between_its_neighbours() -> None:
    words = line("אחד שלושה", 1900, 100)
    words.insert(1, PlacedWord("שניים", NOWHERE, 1.0))
    below = [PlacedWord("לבד", NOWHERE, 1.0)]
    data = over_images(document([words, below]), [None])
    assert by_pdfium(data) == by_poppler(data) == ["אחד שניים שלושה", "לבד"]


def scan_of(
    width: int = 900, height: int = 356, turn: int = 0, texts: tuple[str, ...] = scans.LINES
) -> Document:
    """A document as if it were read from an image of the four lines, turned to be read."""
    page = page_of_words(PlacedPage([column(texts, 880)], width, height, 300), True)
    assert page.scan
    page = replace(page, scan=replace(page.scan, turn=turn), layer=Layer.ABSENT)
    return Document((page,), "he", Source("a.png", ocr=True))


def drawn(data: bytes, shape: tuple[int, ...] = (356, 900)) -> NDArray[np.int64]:
    """The first page in grey, at 300 dots an inch, where it has this shape."""
    image = pypdfium2.PdfDocument(data)[0].render(scale=300 / 72, grayscale=True).to_pil()
    seen = np.asarray(image.convert("L")).astype(np.int64)
    assert np.abs(np.subtract(seen.shape, shape)).max() <= 1
    return seen[: shape[0], : shape[1]]


def test_jpeg_stays_as_it_is() -> None:
    jpeg = scans.encoded(scans.page(), kind="jpeg")
    made = over_images(scan_of(), [(partial(bytes, jpeg), 0)])
    assert jpeg[jpeg.index(b"\xff\xdb") : -2] in made


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_was_turned_to_be_read_stands_upright(turn: int) -> None:
    page = scans.page()
    file = scans.encoded(np.ascontiguousarray(np.rot90(page, turn // 90)))
    seen = drawn(over_images(scan_of(turn=turn), [(partial(bytes, file), 0)]))
    assert np.abs(seen - page).mean() < ALIKE


@pytest.mark.parametrize("tag", range(1, 9))
def test_images_are_turned_as_a_camera_says(tag: int) -> None:
    exif = Image.Exif()
    exif[searchable_pdf.ORIENTATION] = tag
    file = BytesIO()
    Image.fromarray(scans.page()).save(file, "jpeg", exif=exif, quality=95)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(file.getvalue()))))
    told = scan_of(upright.shape[1], upright.shape[0])
    made = over_images(told, [(partial(bytes, file.getvalue()), 0)])
    seen = drawn(made, upright.shape)
    assert np.abs(seen - upright).mean() < ALIKE


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "I;16", "RGB"])
def test_images_of_all_kinds_are_drawn(mode: str) -> None:
    page = scans.page()
    grey = Image.fromarray(page)
    image = Image.fromarray(page.astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    file = BytesIO()
    image.save(file, "png")
    seen = drawn(over_images(scan_of(), [(partial(bytes, file.getvalue()), 0)]))
    assert np.abs(seen - page).mean() < ALIKE


def test_a_page_whose_image_cannot_be_opened_is_white() -> None:
    broken = Document((empty_page(True, Layer.UNREADABLE, "damaged"),), "he")
    made = pypdfium2.PdfDocument(over_images(broken, [None]))
    assert [page.get_size() for page in made] == [searchable_pdf.A4]


SCAN = scans.encoded(scans.page(), kind="pdf", dpi=300)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_of_a_pdf_stay_and_have_text_where_it_is_seen(turn: int) -> None:
    """Pages may be turned, and cut: only a part of them is seen."""
    pdf = pypdfium2.PdfDocument(SCAN)
    page = pdf[0]
    page.set_rotation(turn)
    left, foot, right, top = page.get_mediabox()
    page.set_mediabox(left - 50, foot - 30, right + 20, top + 10)
    page.set_cropbox(left, foot, right, top)
    file = BytesIO()
    pdf.save(file)
    # The scan lies as the page is turned, and OCR turns it back.
    back = -turn % 360
    made = over_pages(scan_of(turn=back), file.getvalue())
    assert by_pdfium(made) == list(scans.LINES)
    box = pypdfium2.PdfDocument(made)[0].get_textpage()
    index = box.get_text_range().index("הספרייה")
    edges = box.get_charbox(index)
    # The first letter: the right end of the first line, on the page before it was turned.
    assert edges[2] == pytest.approx(880 * 72 / 300, abs=2)
    assert (edges[1] + edges[3]) / 2 == pytest.approx((356 - 120) * 72 / 300, abs=4)
    images = [bytes(item.get_data()) for item in pypdfium2.PdfDocument(made)[0].get_objects([3])]
    before = [bytes(item.get_data()) for item in pypdfium2.PdfDocument(SCAN)[0].get_objects([3])]
    assert images == before


def test_a_layer_of_text_that_is_not_seen_is_replaced() -> None:
    wrong = over_pages(scan_of(), SCAN)
    made = over_pages(scan_of(texts=scans.MORE), wrong)
    assert by_pdfium(made) == by_poppler(made) == by_restore(made) == list(scans.MORE)


def test_pages_with_text_stay_as_they_are() -> None:
    from caps import hebrew
    from pages import Run, pdf

    both = joined(pdf([Run(hebrew("CBA"), 100, 500)]), SCAN)
    read = reader.read(both)
    told = replace(read, pages=(read.pages[0], scan_of().pages[0]))
    made = pypdfium2.PdfDocument(over_pages(told, both))
    assert made[0].get_textpage().get_text_range() == hebrew("ABC")
    assert cleaned(made[1].get_textpage().get_text_range().split("\r\n")) == list(scans.LINES)
    with pytest.raises(ValueError, match="no page that was read by OCR"):
        over_pages(read, both)


def test_a_file_that_breaks_pdfium_is_an_outcome() -> None:
    with pytest.raises(ValueError, match="breaks PDFium"):
        searchable_pdf._elsewhere(partial(os._exit, 1), 1)


def _slowly(seconds: float) -> bytes:
    time.sleep(seconds)
    return b""


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searchable_pdf, "PATIENCE", 0.1)
    with pytest.raises(ValueError, match="takes more than 0 seconds"):
        searchable_pdf._elsewhere(partial(_slowly, 5), 1)


def test_scans_become_a_pdf(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "1.png").write_bytes(scans.encoded(scans.page()))
    (book / "2.tif").write_bytes(scans.encoded(scans.page(scans.MORE), kind="tiff"))
    (book / "3.png").write_bytes(b"\x89PNG\r\n")
    target = tmp_path / "book.pdf"
    done = run("fix", "-q", "--quality", "fast", "--to", "pdf", book, "-o", target)
    assert done.returncode == 0, done.stderr
    assert by_poppler(target.read_bytes()) == list(scans.LINES)
    again = run("fix", "-q", "--keep-lines", target).stdout.decode().replace("\f", "\n")
    assert again.split() == " ".join(scans.LINES + scans.MORE).split()


def test_what_cannot_be_a_pdf_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("שלום", "utf-8")
    assert "not of standard input" in error("fix", "--to", "pdf", "-o", tmp_path / "a.pdf")
    assert "name a file: -o book.pdf" in error("fix", "--to", "pdf", path)
    assert "would overwrite its input" in error("fix", "--to", "pdf", path, "-o", path)
    assert f"{path} is no scan" in error("fix", "--to", "pdf", path, "-o", tmp_path / "a.pdf")
