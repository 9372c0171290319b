"""Images of pages, read by Tesseract itself."""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import scans
from command_line import error, out, run, run_process
from numpy.typing import NDArray
from PIL import ImageFile

from restore.formats import image
from restore.model import Layer
from restore.scans import ocr
from restore.scans.tesseract import Reading

TEXT = "".join(f"{line}\n" for line in scans.LINES)
FAST = Reading("he", "fast")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    path.write_bytes(scans.encoded(scans.page()))
    return path


def test_a_scan_is_mended_as_text_is(scan: Path) -> None:
    assert out("fix", "-q", scan) == " ".join(scans.LINES) + "\n"


def test_the_record_of_a_scan_gives_back_what_was_read(scan: Path, tmp_path: Path) -> None:
    record = tmp_path / "c.jsonl"
    out("fix", "-q", "--quality", "fast", scan, "--changes", record)
    assert out("undo", record) == TEXT
    changes = [json.loads(line) for line in record.read_text("utf-8").splitlines()[1:]]
    assert {change["damage"] for change in changes} == {"split-paragraph"}


def test_a_sound_scan_has_no_damage(scan: Path) -> None:
    assert out("check", "--quality", "fast", scan) == f"{scan}: 0 damages, 0 doubts\n"


@pytest.mark.parametrize("kind", ["jpeg", "webp", "bmp", "tiff"])
def test_all_kinds_of_images_are_read(kind: str) -> None:
    data = scans.encoded(scans.page(scans.LINES[:2]), kind=kind)
    assert image.is_image(data)
    assert image.read(data, asked=FAST).text().splitlines() == list(scans.LINES[:2])


def test_letters_have_places_and_how_sure_they_are() -> None:
    document = image.read(scans.encoded(scans.page(), dpi=150), asked=FAST)
    page = document.pages[0]
    assert document.source.ocr and page.proved
    assert page.scan is not None and page.boxes is not None and page.scan.sure is not None
    assert (page.scan.width, page.scan.height, page.scan.resolution) == (900, 356, 150)
    assert len(page.boxes) == len(page.scan.sure) == len(page.text)
    seen = np.array([not c.isspace() for c in page.text])
    assert (np.isfinite(page.boxes).all(axis=1) == seen).all()
    assert (np.isfinite(page.scan.sure) == seen).all()
    left, foot, right, height = page.boxes[0] * 150 / 72
    # The first letter stands at the right end of the first line.
    assert right == pytest.approx(850, abs=5) and right - left == pytest.approx(20, abs=8)
    assert 356 - foot == pytest.approx(50 + scans.SIZE, abs=12)
    assert height == pytest.approx(24, abs=5)


def test_a_tiff_of_many_pages_is_a_book_and_a_bad_page_is_an_outcome() -> None:
    blank = np.full((200, 200), 255, np.uint8)
    strip = np.full((3, 900), 255, np.uint8)  # as no page is
    pages = [scans.page(), strip, scans.page(scans.MORE), blank]
    shares: list[float] = []
    data = scans.encoded(*pages, kind="tiff")
    document = image.read(data, asked=FAST, jobs=2, progress=shares.append)
    texts = ["".join(line.text + "\n" for line in page.lines) for page in document.pages]
    assert texts == [TEXT, "\n", "".join(f"{line}\n" for line in scans.MORE), "\n"]
    assert shares == [0.25, 0.5, 0.75, 1.0]
    bad = document.pages[1]
    assert bad.layer is Layer.UNREADABLE and "900 by 3 pixels, which no page has" in bad.remark
    assert [page.text[-1] for page in document.pages] == ["\f", "\f", "\f", "\n"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_page_that_breaks_what_prepares_it_is_an_outcome() -> None:
    def exhausted() -> tuple[NDArray[np.uint8], int]:
        raise MemoryError

    images = [lambda: (np.empty((50, 0), np.uint8), 300), exhausted, lambda: (scans.page(), 300)]
    _, pages = ocr.read_pages(images, FAST)
    assert [page.layer for page in pages] == [Layer.UNREADABLE, Layer.UNREADABLE, None]
    assert "OpenCV" in pages[0].remark and pages[1].remark.endswith("there is not enough memory")
    assert pages[2].text == TEXT


def test_the_language_is_told_from_the_page() -> None:
    document = image.read(scans.encoded(scans.page(scans.YIDDISH)), asked=Reading(quality="fast"))
    assert document.language == "und"
    assert image.read(scans.encoded(scans.page())).language == "he"


def test_images_that_are_no_page_are_refused(scan: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(scan.read_bytes()[:2000])
    assert "is damaged" in error("fix", cut)
    cut.write_bytes(scan.read_bytes()[:20])
    assert error("fix", cut) == f"{cut} is an image that cannot be opened; give another copy of it"


def test_an_image_that_is_cut_off_is_refused_beside_libraries_that_take_it(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    cut = tmp_path / "cut.png"
    cut.write_bytes(scan.read_bytes()[:2000])
    assert "is damaged" in error("fix", cut)
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_decompression_bomb_is_refused() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b""))
    with pytest.raises(ValueError, match="is too large for a page; give it with less than"):
        image.read(data, "bomb.png")


def test_what_is_missing_is_one_line_and_exit_code_3(scan: Path, tmp_path: Path) -> None:
    bare = {"PATH": str(tmp_path)}
    done = run("fix", scan, environment=bare)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().count("\n") == 1 and b"apt install tesseract-ocr" in done.stderr
    done = run("fix", scan, "--tessdata-dir", tmp_path)
    assert done.returncode == 3 and b"there is no heb.traineddata" in done.stderr


def test_an_opencv_that_does_not_start_is_told(scan: Path, tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file')", "utf-8"
    )
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = run_process("fix", scan, environment={"PYTHONPATH": paths})
    assert done.returncode == 3 and b"apt install libgl1" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_text_is_refused_in_a_language_that_only_scans_have() -> None:
    assert "unknown language 'yi'" in error("fix", "--language", "yi", given="שלום".encode())


def test_no_temporary_file_is_left(scan: Path, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    done = run("fix", scan, environment={"TMPDIR": str(place)})
    assert done.returncode == 0 and not list(place.iterdir())


def test_a_folder_is_one_book(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "10.png").write_bytes(scans.encoded(scans.page(scans.MORE)))
    (folder / "2.tif").write_bytes(scans.encoded(scans.page(), kind="tiff"))
    (folder / "3.png").write_bytes(b"\x89PNG\r\n")
    (folder / "notes.txt").write_text("no page", "utf-8")
    done = run("fix", "--keep-lines", "-v", "--quality", "fast", "--jobs", "2", folder)
    more = "".join(f"{line}\n" for line in scans.MORE)
    assert done.stdout.decode() == f"{TEXT[:-1]}\f\f{more}"
    told = (
        f"{folder}: page 2: unreadable: it cannot be read: {folder}/3.png is an image that cannot"
    )
    assert told in done.stderr.decode()
    out("fix", "-q", folder, "-o", f"{tmp_path}/clean/")
    assert (tmp_path / "clean" / "book.txt").read_text("utf-8").startswith(scans.LINES[0])


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    assert "is a folder without images of pages" in error("fix", tmp_path)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_lies_is_turned(turns: int) -> None:
    upright = scans.page((*scans.LINES, *scans.MORE) * 2)
    document = image.read(scans.encoded(np.rot90(upright, turns)), asked=FAST)
    assert document.text().splitlines()[:4] == list(scans.LINES)
    page = document.pages[0]
    assert page.scan and (page.scan.height, page.scan.width) == upright.shape
