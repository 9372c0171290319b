"""Images of the pages of a PDF, drawn in a process of its own, since a file may break PDFium."""

from __future__ import annotations

import multiprocessing as mp
import signal
from multiprocessing.connection import Connection
from threading import Lock

WIDTH = 1400  # pixels; small print is still read, and a page takes some 200 KB
HIGHEST = 4000  # pixels
PATIENCE = 20.0  # seconds for a page; the slowest of books take under one

Drawn = bytes | str | int


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
        with self._lock:
            if self._process is None:
                self._start()
            self._pipe.send(number)
            found = self._answer()
            if not isinstance(found, bytes):
                raise ValueError(found)
            return found

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
    import cv2
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
            number = pipe.recv()
        except EOFError:
            return
        try:
            page = document[number]
            width, height = page.get_size()
            scale = min(WIDTH / width, HIGHEST / height)
            _, image = cv2.imencode(".png", page.render(scale=scale).to_numpy())
            pipe.send(image.tobytes())
        except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
            pipe.send(str(error) or "there is no such page")
