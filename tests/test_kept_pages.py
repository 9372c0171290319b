"""Pages of books that were read before: a run that was killed goes on, and is read as before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scans
from command_line import command, run

from restore import kept_pages
from restore.model import Page
from restore.placed import PlacedPage, PlacedWord, page_of_words
from restore.scans.tesseract import Reading

PAGES = 5
PATIENCE = 60  # seconds
# Says which pages it is given and with how many threads, takes its time, and reads them.
COUNTING = """#!/bin/sh
case $1 in
    *.pgm) echo "page $OMP_THREAD_LIMIT" >> "$TESSERACT_LOG"; sleep 0.3 ;;
esac
exec {tesseract} "$@"
"""


class Book:
    """A folder of scans, and a Tesseract that counts what it reads."""

    def __init__(self, place: Path) -> None:
        tesseract = shutil.which("tesseract")
        assert tesseract, "tesseract is missing; install it: apt install tesseract-ocr-heb"
        self.folder, self.log = place / "book", place / "log"
        self.cache, self.temporary = place / "cache" / "rtl-restore" / "pages", place / "tmp"
        programs = place / "bin"
        for folder in (self.folder, programs, self.temporary):
            folder.mkdir()
        lines = scans.LINES + scans.MORE
        for number in range(PAGES):
            page = scans.page(lines[number : number + 2])
            (self.folder / f"{number}.png").write_bytes(scans.encoded(page))
        (programs / "tesseract").write_text(COUNTING.format(tesseract=tesseract))
        (programs / "tesseract").chmod(0o755)
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(place / "cache"),
            "TMPDIR": str(self.temporary),
            "TESSERACT_LOG": str(self.log),
        }
        self.asked = ("fix", self.folder, "-q", "--quality", "fast", "--language", "he", "-j", "1")

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def kept(self) -> int:
        return len(list(self.cache.glob("*.page")))

    def text(self, *options: str) -> bytes:
        done = run(*self.asked, *options, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ended(self, by: signal.Signals, when: Callable[[], bool]) -> int:
        """How a run ends that is ended by a signal as soon as something is so."""
        process = subprocess.Popen(
            command(*self.asked),
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE
        while not when():
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(by)
        return process.wait(PATIENCE)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_a_run_that_is_killed_goes_on(book: Book) -> None:
    assert book.ended(signal.SIGKILL, lambda: book.kept() >= 2) == -signal.SIGKILL
    time.sleep(0.5)  # for the Tesseract that it has left
    finished = book.kept()
    assert 2 <= finished < PAGES
    book.log.unlink()
    text = book.text()
    assert len(book.calls()) == PAGES - finished
    assert set(book.calls()) == {"page 1"}  # one thread a page
    book.log.unlink()
    assert book.text() == text and not book.calls()
    assert book.text("--no-cache") == text and len(book.calls()) == PAGES
    assert text.decode().split() == " ".join(_texts()).split()


def _texts() -> list[str]:
    lines = scans.LINES + scans.MORE
    return [line for number in range(PAGES) for line in lines[number : number + 2]]


@pytest.mark.parametrize(("by", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_nothing_temporary_is_left(book: Book, by: signal.Signals, code: int) -> None:
    assert book.ended(by, lambda: any(book.temporary.iterdir())) == code
    assert not list(book.temporary.iterdir())


def test_a_single_page_is_not_kept(book: Book) -> None:
    run("fix", book.folder / "0.png", "-q", "--quality", "fast", environment=book.environment)
    assert book.calls() and not book.kept()


def test_doctor_says_where_pages_are_kept(book: Book) -> None:
    book.cache.mkdir(parents=True)
    (book.cache / "a.page").write_bytes(bytes(2_000_000))
    said = run("doctor", environment=book.environment).stdout.decode()
    assert f"pages of scanned books kept in {book.cache}: 1 (2.0 MB of at most 200)" in said


GREY = np.full((40, 60), 255, np.uint8)
WORDS = [[PlacedWord("שלום", (10.0, 5.0, 50.0, 30.0), 0.75), PlacedWord("א", (2, 5, 8, 30), 0.5)]]


class Reader:
    """What reads pages, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, grey: Any, asked: Reading, resolution: int, last: bool
    ) -> tuple[str | None, Page]:
        self.count += 1
        words = WORDS if grey.min() == 255 else []
        page = page_of_words(PlacedPage([WORDS] if words else [], 60, 40, resolution), last, True)
        assert page.scan
        return "he", replace(page, scan=replace(page.scan, turn=90))


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(kept_pages, "folder", lambda: tmp_path)
    return Reader()


def same(one: Page, two: Page) -> bool:
    assert one.boxes is not None and two.boxes is not None and one.scan and two.scan
    assert one.scan.sure is not None and two.scan.sure is not None
    return (
        one == two
        and np.array_equal(one.boxes, two.boxes, equal_nan=True)
        and np.array_equal(one.scan.sure, two.scan.sure, equal_nan=True)
        and replace(one.scan, sure=None) == replace(two.scan, sure=None)
    )


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("ink", [255, 0])
def test_a_page_is_the_same_again(reader: Reader, last: bool, ink: int) -> None:
    grey = np.full_like(GREY, ink)
    asked = Reading("he")
    told, page = kept_pages.keeping(reader)(grey, asked, 300, last)
    again, kept = kept_pages.keeping(reader)(grey, asked, 300, last)
    assert (told, again, reader.count) == ("he", "he", 1)
    assert same(page, kept) and kept.proved


def test_what_is_read_otherwise_is_read_again(reader: Reader, tmp_path: Path) -> None:
    known = kept_pages.keeping(reader)
    other = GREY.copy()
    other[0, 0] = 254
    asked = Reading("he")
    ways: list[tuple[Any, Reading, int, bool]] = [
        (GREY, asked, 300, True),
        (GREY, asked, 300, False),
        (GREY, asked, 200, True),
        (GREY, Reading("he", "best"), 300, True),
        (GREY, Reading("yi"), 300, True),
        (GREY, Reading("he", folder=str(tmp_path)), 300, True),
        (GREY.reshape(60, 40), asked, 300, True),
        (other, asked, 300, True),
    ]
    for way in ways:
        known(*way)
    assert reader.count == len(ways)
    for way in ways:
        known(*way)
    assert reader.count == len(ways)


def test_other_models_are_another_way_to_read(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    monkeypatch.setattr(kept_pages, "_said", lambda *options: f'List in "{models}" (1):\nheb\n')
    model = models / "heb.traineddata"
    for content in (b"one", b"other", b"other"):
        model.write_bytes(content)
        os.utime(model, (1, 1))
        kept_pages._conditions.cache_clear()
        kept_pages.keeping(reader)(GREY, Reading("he"), 300, True)
    kept_pages._conditions.cache_clear()
    assert reader.count == 2


def test_a_damaged_file_is_read_again(reader: Reader, tmp_path: Path) -> None:
    known = kept_pages.keeping(reader)
    known(GREY, Reading("he"), 300, True)
    (kept,) = tmp_path.glob("*.page")
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-9], b"x" * 50):
        kept.write_bytes(damaged)
        known(GREY, Reading("he"), 300, True)
        assert kept.read_bytes() == whole
    assert reader.count == 4


def test_the_oldest_go_when_there_are_too_many(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        path = tmp_path / f"{number}.page"
        path.write_bytes(bytes(100))
        os.utime(path, (number, number))
    monkeypatch.setattr(kept_pages, "MOST", 250)
    kept_pages.keeping(reader)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.page", "3.page"]
    assert kept_pages.size() == (2, 200)


def test_where_nothing_can_be_kept_pages_are_read(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(kept_pages, "folder", lambda: tmp_path / "file" / "pages")
    known = kept_pages.keeping(reader)
    for _ in range(2):
        known(GREY, Reading("he"), 300, True)
    assert (reader.count, kept_pages.size()) == (2, (0, 0))
