"""What OCR read of the pages of books, kept so that a run that was stopped goes on.

A page is found again by its pixels and by all that its reading depends on. Each is a file of its
own, there whole or not at all; the oldest go when there are too many.
"""

from __future__ import annotations

import re
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from restore import __version__, files

if TYPE_CHECKING:
    from restore.model import Page
    from restore.scans.ocr import Read
    from restore.scans.tesseract import Reading

MOST = 200_000_000  # bytes of all; a page takes 10,000 to 20,000
OFTEN = 50  # pages after which it is seen to that there are no more
FORMAT = 1
PATIENCE = 20  # seconds for Tesseract to say what it has
MODELS_IN = re.compile(r'in "(.+)"')


class Size(NamedTuple):
    """How many pages are kept, and how many bytes they take."""

    pages: int
    bytes: int


def folder() -> Path:
    """Where they are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("rtl-restore", appauthor=False) / "pages"


def size() -> Size:
    """How much is kept."""
    sizes = [status for _, _, status in _kept(folder())]
    return Size(len(sizes), sum(sizes))


def keeping(read: Read) -> Read:
    """What reads a page, made to know pages that it has read before."""
    place = folder()
    # It is all the same if they cannot be kept.
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        _drop(place)
    count = 0

    def known(grey: Any, asked: Reading, resolution: int, last: bool) -> tuple[str | None, Page]:
        nonlocal count
        import cv2

        told = (FORMAT, __version__, cv2.__version__, _code(), _conditions(asked.folder))
        name = sha256(repr((*told, asked, resolution, last, grey.shape)).encode())
        name.update(grey.tobytes())
        path = place / f"{name.hexdigest()}.page"
        found = _opened(path, last)
        if found is None:
            found = read(grey, asked, resolution, last)
            with suppress(OSError):
                files.replace(path, _packed(*found))
            count += 1
            if count % OFTEN == 0:
                _drop(place)
        return found

    return known


@lru_cache(maxsize=1)
def _code() -> str:
    """The hash of the modules that read scans: another reads otherwise."""
    parts = sorted(Path(__file__).parent.glob("scans/*.py"))
    return sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


@lru_cache(maxsize=8)
def _conditions(models: str | None) -> str:
    """The version of Tesseract, and its models with their sizes and times."""
    chosen = ["--tessdata-dir", models] if models else []
    listed = _said("--list-langs", *chosen)
    place = MODELS_IN.search(listed)
    found = []
    for name in listed.splitlines()[1:]:
        with suppress(OSError):
            status = Path(place[1] if place else ".", f"{name}.traineddata").stat()
            found.append((name, status.st_size, status.st_mtime_ns))
    return repr((_said("--version"), listed, found))


def _said(*options: str) -> str:
    try:
        command = ["tesseract", *options]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout + done.stderr).decode(errors="replace")


def _packed(language: str | None, page: Page) -> bytes:
    """A page as it was read, with the language that it told."""
    import msgpack

    scan = page.scan
    assert page.boxes is not None and scan is not None and scan.sure is not None
    texts = [line.text for line in page.lines]
    sizes = scan.width, scan.height, scan.resolution, scan.turn
    told = (language, texts, page.boxes.tobytes(), scan.sure.tobytes(), *sizes)
    packed: bytes = msgpack.packb(told)
    return zlib.compress(packed)


def _opened(path: Path, last: bool) -> tuple[str | None, Page] | None:
    """What is kept in a file; None if there is none, or if it is damaged."""
    import msgpack
    import numpy as np

    from restore.geometry.layout import page_of
    from restore.model import Scan

    try:
        told = msgpack.unpackb(zlib.decompress(path.read_bytes()))
        language, texts, boxes, sure, width, height, resolution, turn = told
        rows = np.frombuffer(boxes, np.float32).reshape(-1, 4).tolist()
        table = [(left, foot, right, height) for left, foot, right, height in rows]
        shares = np.frombuffer(sure, np.float32).copy()
        with suppress(OSError):
            path.touch()  # what is of use is dropped last
    except (OSError, ValueError, TypeError, zlib.error, msgpack.UnpackException):
        return None
    page = page_of(texts, last, table, proved=True)
    return language, replace(page, scan=Scan(width, height, resolution, shares, turn))


def _kept(place: Path) -> Iterator[tuple[float, Path, int]]:
    """All files that are kept: when they were last of use, and how large they are."""
    with suppress(OSError):
        for path in place.iterdir():
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime, path, status.st_size


def _drop(place: Path) -> None:
    """Remove the files that have not been of use for the longest time, if there is too much."""
    kept = sorted(_kept(place), reverse=True)
    total = 0
    for _, path, count in kept:
        total += count
        if total > MOST:
            with suppress(OSError):
                path.unlink()
