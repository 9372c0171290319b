"""Images of the pages of a PDF, and of parts of them.

They are drawn in a process of its own, since a file may break PDFium.
"""

from __future__ import annotations

import multiprocessing as mp
import signal
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

WIDTH = 1400  # pixels; small print is still read, and a page takes some 200 KB
HIGHEST = 4000  # pixels
PATIENCE = 20.0  # seconds for a page; the slowest of books take under one

DOTS = 2.0  # pixels a point of a part of a page
QUALITY = 40  # of WebP: letters stay sharp, a line takes some 5 KB; a guess

Drawn = bytes | list[bytes] | str | int
Box = tuple[float, float, float, float]  # left, lower, right and upper edge, in points


class PageImages:
    """Draws the pages of a PDF; ``count`` is how many there are.

    Raises ValueError, which says what is wrong with the file, if it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = Lock()
        self._process: mp.process.BaseProcess | None = None
        self.count = self._start()

    def image(self, number: int) -> bytes:
        """A page, counted from 0, as PNG. Raises ValueError if it cannot be drawn."""
        found = self._asked(number, None)
        if not isinstance(found, bytes):
            raise ValueError(found)
        return found

    def parts(self, number: int, boxes: list[Box]) -> list[bytes]:
        """Parts of a page, counted from 0, as WebP, and nothing for those that are not on it.

        ``boxes`` are as ``model.Page`` has them. Raises ValueError if the page cannot be drawn.
        """
        found = self._asked(number, boxes)
        if not isinstance(found, list):
            raise ValueError(found)
        return found

    def _asked(self, number: int, boxes: list[Box] | None) -> Drawn:
        with self._lock:
            if self._process is None:
                self._start()
            self._pipe.send((number, boxes))
            return self._answer()

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
        self._process = context.Process(target=_draw, args=(self._path, theirs), daemon=True)
        self._process.start()
        theirs.close()
        count = self._answer()
        if not isinstance(count, int):
            self.close()
            raise ValueError(count)
        return count

    def _answer(self) -> Drawn:
        try:
            if self._pipe.poll(PATIENCE):
                found: Drawn = self._pipe.recv()
                return found
            reason = f"it takes more than {PATIENCE:.0f} seconds to draw"
        except EOFError:
            reason = "PDFium fails on it"
        self.close()
        return reason


def _draw(path: str, pipe: Connection) -> None:
    """Send how many pages there are, then each that is asked for, or why there is none."""
    import pypdfium2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        document = pypdfium2.PdfDocument(path)
        pipe.send(len(document))
    except (pypdfium2.PdfiumError, OSError) as error:
        pipe.send(str(error))
        return
    while True:
        try:
            number, boxes = pipe.recv()
        except EOFError:
            return
        try:
            page = document[number]
            pipe.send(_whole(page) if boxes is None else _parts(page, boxes))
        except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
            pipe.send(str(error) or "there is no such page")


def _whole(page: Any) -> bytes:
    import cv2

    width, height = page.get_size()
    scale = min(WIDTH / width, HIGHEST / height)
    _, image = cv2.imencode(".png", page.render(scale=scale).to_numpy())
    return image.tobytes()


def _parts(page: Any, boxes: list[Box]) -> list[bytes]:
    import cv2

    dots = min(DOTS, HIGHEST / max(page.get_size()))
    image = page.render(scale=dots, grayscale=True).to_numpy()
    left, top = _corner(page)
    found = []
    for low, foot, high, head in boxes:
        rows = slice(max(round((top - head) * dots), 0), round((top - foot) * dots))
        columns = slice(max(round((low - left) * dots), 0), round((high - left) * dots))
        # A line that is read in another direction than the page has its edges outside of it.
        inside = rows.stop <= len(image) + 1 and columns.stop <= image.shape[1] + 1
        part = image[rows, columns] if inside and min(rows.stop, columns.stop) > 0 else image[:0]
        options = [cv2.IMWRITE_WEBP_QUALITY, QUALITY]
        found.append(cv2.imencode(".webp", part, options)[1].tobytes() if part.size else b"")
    return found


def _corner(page: Any) -> tuple[float, float]:
    """The left and the upper edge of a page, in points of the page as it is read."""
    left, lower, right, upper = page.get_bbox()
    turned = {0: (left, upper), 90: (lower, -left), 180: (-right, -lower), 270: (-upper, right)}
    return turned[page.get_rotation()]
