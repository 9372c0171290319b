from __future__ import annotations

from base64 import b64decode
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from caps import hebrew
from command_line import run
from pages import Run, pdf
from test_from_page import page
from test_report import data

from restore.compare.stacks import Row, Stack
from restore.formats.pdf import read
from restore.model import Place
from restore.reviews import line_images as module
from restore.reviews.line_images import line_images
from restore.reviews.page_images import DOTS, PageImages, ScanImages
from restore.view import View

GLYPH = 5 * DOTS  # pixels that a character of tests/pages.py is wide, in the size of 10 points
LINES = ["ABC", "DEFGH IJ", "KL"]
WEBP = "data:image/webp;base64"
QUARTER = (0, 1, -1, 0)  # a matrix that turns text to the left


def characters(image: bytes, glyph: float = GLYPH) -> int:
    """How many characters stand on the image of a line, whose glyphs are black boxes."""
    seen = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    assert seen[0].min() > 200 and seen[-1].min() > 200  # nothing of the lines around
    return round(int((seen < 128).any(axis=0).sum()) / glyph)


def views(*changed: int) -> list[View]:
    """Views of lines, of which some changed."""
    row = Row("א", ())
    told_of = {line: "changed" for line in changed}
    return [View(0, at, at, Stack((row,), (row,)), told_of.get(at, "")) for at in range(3)]


def images(path: Path, *changed: int) -> dict[int, bytes]:
    document = read(path.read_bytes())
    places = [place for place, line in document.placed() if line.text]
    assert len(places) == len(LINES)
    with closing(PageImages(str(path))) as drawn:
        return line_images(drawn, document, views(*changed), places)


@pytest.mark.parametrize(
    ("box", "rotate", "turn"),
    [
        ("0 0 400 600", 0, (1, 0, 0, 1)),
        ("-30 -50 400 600", 0, (1, 0, 0, 1)),
        ("0 0 400 600", 90, QUARTER),
        ("-30 -50 400 600", 270, (0, -1, 1, 0)),
        ("0 0 400 600", 180, (-1, 0, 0, -1)),
    ],
)
def test_a_line_has_the_image_of_itself(
    tmp_path: Path, box: str, rotate: int, turn: tuple[float, float, float, float]
) -> None:
    right, down = np.array(turn[:2]), -np.array(turn[2:])
    runs = []
    for number, line in enumerate(LINES):
        for at, word in enumerate(line.split()):
            x, y = np.array([200, 300]) + 20 * number * down + 40 * at * right
            runs.append(Run(hebrew(word), float(x), float(y), turn=turn))
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(runs, box=box, rotate=rotate))
    found = images(path, 0, 1, 2)
    assert [characters(found[at]) for at in range(3)] == [3, 7, 2]


def test_a_line_at_the_edge_of_the_page_has_an_image(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf([Run(line, 1, 592 - 295 * i) for i, line in enumerate(LINES)]))
    found = images(path, 0, 1, 2)
    assert [characters(found[at]) for at in range(3)] == [3, 7, 2]


@pytest.mark.parametrize("turn", [QUARTER, (-1, 0, 0, -1), (0, -1, 1, 0)])
def test_a_line_that_the_page_shows_turned_has_no_image(
    tmp_path: Path, turn: tuple[float, float, float, float]
) -> None:
    path = tmp_path / "page.pdf"
    across, along = turn[1] * 20, turn[0] * 20
    runs = [
        Run(line, 200 + across * i, 300 + along * i, 10, 0, turn) for i, line in enumerate(LINES)
    ]
    path.write_bytes(pdf(runs))
    assert images(path, 0, 1, 2) == {}


@pytest.mark.parametrize("resolution", [100, 300])
def test_a_line_of_a_scan_has_the_image_of_itself(resolution: int) -> None:
    dots = resolution / 72
    scan = np.full((round(600 * dots), round(400 * dots)), 255, np.uint8)
    for number, letters in enumerate((4, 6, 2)):
        top, left = 100 + 20 * number, 50  # points
        scan[round(top * dots) : round((top + 8) * dots)][
            :, round(left * dots) : round((left + 5 * letters) * dots)
        ] = 0
    drawn = ScanImages([lambda: (scan, resolution)])
    (image,) = drawn.parts(0, [(45, 600 - 120 - 10, 200, 600 - 120 + 2)], True)
    assert characters(image, 5 * min(DOTS, dots)) == 6


def test_what_was_read_off_a_page_of_a_pdf_is_placed_from_its_corner(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf([Run("ABC", 50, 300)], box="-30 -50 400 600"))
    with closing(PageImages(str(path))) as drawn:
        on_page, from_corner = (50, 297, 90, 310), (80, 347, 120, 360)
        images = [drawn.parts(0, [on_page], False), drawn.parts(0, [from_corner], True)]
    assert images[0] == images[1]
    assert characters(images[0][0]) == 3


def test_only_what_changed_has_images_and_only_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf([Run(line, 50, 300 - 20 * i) for i, line in enumerate(LINES)]))
    assert images(path, 1).keys() == {1}
    monkeypatch.setattr(module, "MOST", -1)
    assert images(path, 1) == {}


def test_a_page_that_cannot_be_drawn_has_no_images(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf([Run(line, 50, 300 - 20 * i) for i, line in enumerate(LINES)]))
    document = read(path.read_bytes())
    elsewhere = {Place(0, at): Place(0, at) for at in range(3)}
    with closing(PageImages(str(path))) as drawn:
        with pytest.raises(ValueError, match="page"):
            drawn.parts(7, [(0, 0, 1, 1)], False)
        found = line_images(drawn, document, views(2), list(elsewhere), elsewhere)
        assert found.keys() == {2}


def test_a_text_with_its_page_is_reported_with_lines_as_they_are_printed(tmp_path: Path) -> None:
    raw, book, out = (tmp_path / name for name in ("raw.txt", "book.pdf", "out.html"))
    raw.write_text(hebrew("DEF 152 ABC\n(KL) IJ GH\nSTU  PQR  MNO\nKLMN OPQ RSTU\n"))
    book.write_bytes(page())
    done = run("fix", raw, "--page", book, "--report", out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "default-src 'none'; img-src data:" in out.read_text()
    lines: list[dict[str, Any]] = data(out)[0]["sections"][0]
    assert [line.get("image", "").split(",")[0] for line in lines] == [*[WEBP] * 3, ""]
    drawn = [b64decode(line["image"].split(",")[1]) for line in lines[:3]]
    assert [characters(image) for image in drawn] == [9, 8, 9]
