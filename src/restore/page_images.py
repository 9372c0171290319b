"""What is seen of the pages of a PDF: their images, and where each line stands.

A file may be made to break PDFium, so all is done in a process of its own.
"""

from __future__ import annotations

import multiprocessing as mp
import signal
from collections.abc import Iterator
from functools import lru_cache
from math import isnan
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, NamedTuple

from restore.model import Line, Page, Span

WIDTH = 1400  # pixels; small print is still read, and a page takes some 200 KB
HIGHEST = 4000  # pixels
PATIENCE = 20.0  # seconds for a page; the slowest of books take under one

RISE, DEEP = 0.8, 0.25  # shares of the size of a font that letters reach above and below the line
REMEMBERED = 32  # pages whose lines are not asked for again


class Printed(NamedTuple):
    """A line of a page: its letters, sorted, and its left, upper, right and lower edge.

    Edges are shares of the image from its left and its top; None where they are not known.
    """

    letters: str
    edges: tuple[float, float, float, float] | None


Answer = bytes | int | list[Printed]


class PageImages:
    """Draws the pages of a PDF; ``count`` is how many there are.

    Raises ValueError, which says what is wrong with the file, if it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = Lock()
        self._process: mp.process.BaseProcess | None = None
        self._lines = lru_cache(REMEMBERED)(lambda number: self._asked("lines", number))
        self.count = self._start()

    def image(self, number: int) -> bytes:
        """A page, counted from 0, as PNG. Raises ValueError if it cannot be drawn."""
        image = self._asked("image", number)
        assert isinstance(image, bytes)
        return image

    def lines(self, number: int) -> list[Printed]:
        """The lines of a page. Raises ValueError if it cannot be read."""
        lines = self._lines(number)
        assert isinstance(lines, list)
        return lines

    def _asked(self, what: str, number: int) -> Answer:
        with self._lock:
            if self._process is None:
                self._start()
            return self._answer((what, number))

    def close(self) -> None:
        """End the process that draws."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def _start(self) -> int:
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._path, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            count = self._answer()
        except ValueError:
            self.close()
            raise
        assert isinstance(count, int)
        return count

    def _answer(self, question: tuple[str, int] | None = None) -> Answer:
        try:
            if question is not None:
                self._pipe.send(question)
            if self._pipe.poll(PATIENCE):
                found: Answer | ValueError = self._pipe.recv()
                if isinstance(found, ValueError):
                    raise found
                return found
            reason = f"it takes more than {PATIENCE:.0f} seconds"
        except (EOFError, OSError):
            reason = "PDFium fails on it"
        self.close()
        raise ValueError(reason)


def letters_of(text: str) -> str:
    """The letters and digits of a text in the order of the alphabet."""
    return "".join(sorted(filter(str.isalnum, text)))


def _serve(path: str, pipe: Connection) -> None:
    """Send how many pages there are, then what is asked for of each, or why there is none."""
    import pypdfium2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        document = pypdfium2.PdfDocument(path)
        pipe.send(len(document))
    except (pypdfium2.PdfiumError, OSError) as error:
        pipe.send(ValueError(str(error)))
        return
    while True:
        try:
            what, number = pipe.recv()
        except EOFError:
            return
        try:
            page = document[number]
            pipe.send(_image(page) if what == "image" else list(_printed(document, page, number)))
        except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
            pipe.send(ValueError(str(error) or "there is no such page"))


def _image(page: Any) -> bytes:
    import cv2

    width, height = page.get_size()
    scale = min(WIDTH / width, HIGHEST / height)
    _, image = cv2.imencode(".png", page.render(scale=scale).to_numpy())
    return image.tobytes()


def _printed(document: Any, page: Any, number: int) -> Iterator[Printed]:
    from restore.pdf_pages import page_alone

    left, low, right, high = page.get_cropbox()
    read = page_alone(document.raw, number)
    for line in read.lines:
        edges = None if page.get_rotation() else _edges(read, line)
        if edges is not None:
            x, y, other, top = edges
            edges = (
                (x - left) / (right - left),
                (high - top) / (high - low),
                (other - left) / (right - left),
                (high - y) / (high - low),
            )
        yield Printed(letters_of(line.text), edges)


def _edges(page: Page, line: Line) -> tuple[float, float, float, float] | None:
    """The left, lower, right and upper edge of the letters of a line in points."""
    spans = [origin for origin in line.origins if isinstance(origin, Span)]
    if page.boxes is None or not spans:
        return None
    rows = page.boxes[spans[0].start : spans[-1].stop]
    rows = rows[[not isnan(row[1]) for row in rows]]
    if not len(rows):
        return None
    baseline, size = float(rows[:, 1].min()), float(rows[:, 3].max())
    left, right = float(rows[:, 0].min()), float(rows[:, 2].max())
    return left, baseline - DEEP * size, right, baseline + RISE * size
