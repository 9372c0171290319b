"""What is seen of pages: images of them and of their parts, and where their lines stand.

A file may be made to break PDFium, so that PDFs are drawn in a process of its own.
"""

from __future__ import annotations

import multiprocessing as mp
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from multiprocessing.connection import Connection
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from restore.model import Line, Page, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from restore.model import Boxes

    Grey = NDArray[np.uint8]

WIDTH = 1400  # pixels; small print is still read, and a page takes some 200 KB
HIGHEST = 4000  # pixels
PATIENCE = 20.0  # seconds for a page; the slowest of books take under one

RISE, DEEP = 0.8, 0.25  # shares of the size of a font that letters reach above and below the line
DOTS = 2.0  # pixels a point of a part of a page
QUALITY = 40  # of WebP: letters stay sharp, a line takes some 5 KB; a guess
POINTS = 72  # of an inch
REMEMBERED = 32  # pages whose lines are not asked for again


NO_PAGE = "there is no such page"

Box = tuple[float, float, float, float]  # left, lower, right and upper edge, in points


class Printed(NamedTuple):
    """A line of a page: its text, and its left, upper, right and lower edge.

    Edges are shares of the image from its left and its top; None where they are not known.
    """

    text: str
    edges: tuple[float, float, float, float] | None


Answer = bytes | int | list[bytes] | list[Printed]
Question = tuple[str, int, Sequence[Box], bool]


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
        image: bytes = self._asked("image", number)
        return image

    def parts(self, number: int, boxes: list[Box], scanned: bool) -> list[bytes]:
        """Parts of a page, counted from 0, as WebP, and nothing for those that are not on it.

        ``boxes`` are as ``model.Page`` has them, ``scanned`` says that they are of what was read
        from an image of the page. Raises ValueError if the page cannot be drawn.
        """
        parts: list[bytes] = self._asked("parts", number, boxes, scanned)
        return parts

    def lines(self, number: int) -> list[Printed]:
        """The lines of a page. Raises ValueError if it cannot be read."""
        lines: list[Printed] = self._lines(number)
        return lines

    def _asked(
        self, what: str, number: int, boxes: Sequence[Box] = (), scanned: bool = False
    ) -> Any:
        with self._lock:
            if self._process is None:
                self._start()
            return self._answer((what, number, boxes, scanned))

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

    def _answer(self, question: Question | None = None) -> Answer:
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


class ScanImages:
    """Shows images of pages; ``pages`` load each, in grey, and its dots per inch."""

    def __init__(self, pages: Sequence[Callable[[], tuple[Grey, int]]]) -> None:
        self._pages = pages
        self.count = len(pages)

    def image(self, number: int) -> bytes:
        """A page; see ``PageImages.image``."""
        import cv2

        if number >= self.count:
            raise ValueError(NO_PAGE)
        image, _ = self._pages[number]()
        height, width = image.shape
        scale = min(WIDTH / width, HIGHEST / height, 1.0)
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        drawn = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return cv2.imencode(".png", drawn)[1].tobytes()

    def parts(self, number: int, boxes: list[Box], scanned: bool) -> list[bytes]:
        """Parts of a page; see ``PageImages.parts``."""
        import cv2

        image, resolution = self._pages[number]()
        height = len(image) * POINTS / resolution
        dots = min(DOTS, resolution / POINTS)
        factor = dots * POINTS / resolution
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return _cut(small, boxes, dots, 0.0, height)

    def lines(self, number: int) -> list[Printed]:
        """Nothing: where the lines of a scan stand is known only when it is read."""
        return []

    def close(self) -> None:
        """Nothing has to be ended."""


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
            what, number, boxes, scanned = pipe.recv()
        except EOFError:
            return
        try:
            page = document[number]
            if what == "image":
                pipe.send(_image(page))
            elif what == "parts":
                pipe.send(_parts(page, boxes, scanned))
            else:
                pipe.send(list(_printed(document, page, number)))
        except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
            pipe.send(ValueError(str(error) or NO_PAGE))


def _image(page: Any) -> bytes:
    import cv2

    width, height = page.get_size()
    scale = min(WIDTH / width, HIGHEST / height)
    _, image = cv2.imencode(".png", page.render(scale=scale).to_numpy())
    return image.tobytes()


def _parts(page: Any, boxes: list[Box], scanned: bool) -> list[bytes]:
    dots = min(DOTS, HIGHEST / max(page.get_size()))
    corner = (0.0, page.get_height()) if scanned else _corner(page)
    return _cut(page.render(scale=dots, grayscale=True).to_numpy(), boxes, dots, *corner)


def _cut(image: Any, boxes: list[Box], dots: float, left: float, top: float) -> list[bytes]:
    """Parts of an image with ``dots`` a point, whose left and upper edge are at some points."""
    import cv2

    found = []
    for low, foot, high, head in boxes:
        rows = _pixels(top - head, top - foot, dots)
        # A line that runs another way than the page is read has its edges outside of it.
        part = image[rows, _pixels(low - left, high - left, dots)]
        options = [cv2.IMWRITE_WEBP_QUALITY, QUALITY]
        found.append(cv2.imencode(".webp", part, options)[1].tobytes() if part.size else b"")
    return found


def _pixels(start: float, stop: float, dots: float) -> slice:
    return slice(max(round(start * dots), 0), max(round(stop * dots), 0))


def _corner(page: Any) -> tuple[float, float]:
    """The left and the upper edge of a page, in points of the page as it is read."""
    left, lower, right, upper = page.get_bbox()
    turned = {0: (left, upper), 90: (lower, -left), 180: (-right, -lower), 270: (-upper, right)}
    return turned[page.get_rotation()]


def _printed(document: Any, page: Any, number: int) -> Iterator[Printed]:
    from restore.geometry.pdf_pages import page_alone

    width, height = page.get_size()
    left, top = _corner(page)
    read = page_alone(document.raw, number)
    for line in read.lines:
        box = _box(read, line)
        if box is not None:
            low, foot, high, head = box
            box = (
                (low - left) / width,
                (top - head) / height,
                (high - left) / width,
                (top - foot) / height,
            )
            # A line that is read in another direction than the page has its edges outside of it.
            box = box if all(0 <= edge <= 1 for edge in box) else None
        yield Printed(line.text, box)


def _box(page: Page, line: Line) -> Box | None:
    rows = painted(page, line)
    if not len(rows):
        return None
    baseline, size = float(rows[:, 1].min()), float(rows[:, 3].max())
    left, right = float(rows[:, 0].min()), float(rows[:, 2].max())
    return left, baseline - DEEP * size, right, baseline + RISE * size


def painted(page: Page, line: Line) -> Boxes:
    """The boxes, as ``model.Page`` has them, of what is painted of a line: a row a character."""
    import numpy as np

    spans = [origin for origin in line.origins if isinstance(origin, Span)]
    if page.boxes is None or not spans:
        return np.empty((0, 4), np.float32)
    rows = np.concatenate([page.boxes[span.start : span.stop] for span in spans])
    found: Boxes = rows[~np.isnan(rows).any(axis=1)]
    return found
