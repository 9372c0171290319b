"""Pages of a PDF as images, as they are seen."""

from __future__ import annotations

import ctypes
import multiprocessing as mp
import threading
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from restore.formats.pdf import limit_memory
from restore.geometry.pdf_pages import opened
from restore.geometry.pdfium import POINTS, image_resolution
from restore.scans.ocr import Loaded
from restore.scans.tesseract import RESOLUTION

COARSEST, FINEST = 70, 1200  # dots per inch, of images that are taken as they are
MOST_PIXELS = (
    100_000_000  # of a page; of a larger one fewer dots are taken: A3 at 600 an inch has 70
)
PATIENCE = 60.0  # seconds for a page
BROKEN = "PDFium fails to draw it, or it takes too much memory"
TOO_LONG = f"PDFium takes more than {PATIENCE:.0f} seconds to draw it"


class Renderer:
    """Draws pages of a PDF in a process of its own, which the file may break or keep busy."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._start()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._stop()

    def page(self, number: int) -> Loaded:
        """A page in grey and its dots per inch: those of the scan, if it is one, or 300.

        Raises ValueError, which says why, if it cannot be drawn.
        """
        with self._lock:
            try:
                self._ends.send(number)
                if not self._ends.poll(PATIENCE):
                    raise ValueError(TOO_LONG)
                found: Loaded | str = self._ends.recv()
            except (EOFError, OSError, ValueError) as error:
                self._stop()
                self._start()
                reason = str(error) if isinstance(error, ValueError) else BROKEN
                raise ValueError(reason) from None
        if isinstance(found, str):
            raise ValueError(found)
        return found

    def _start(self) -> None:
        context: Any = mp.get_context("fork" if "fork" in mp.get_all_start_methods() else None)
        self._ends, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._data), daemon=True)
        self._process.start()
        theirs.close()

    def _stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._ends.close()


def _serve(ends: Connection, data: bytes) -> None:
    limit_memory()
    try:
        with opened(data) as document:
            while True:
                ends.send(_drawn(document, ends.recv()))
    except (EOFError, KeyboardInterrupt, MemoryError, OSError, ValueError):
        ends.close()


def _drawn(document: Any, number: int) -> Loaded | str:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return BROKEN
    try:
        width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        resolution = _resolution(page)
        most = (MOST_PIXELS / max(width * height, 1.0)) ** 0.5 * POINTS
        resolution = min(resolution, int(most))
        size = [max(1, round(side * resolution / POINTS)) for side in (width, height)]
        return _bitmap(page, *size), resolution
    finally:
        pdfium.FPDF_ClosePage(page)


def _bitmap(page: Any, width: int, height: int) -> Any:
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        address = pdfium.FPDFBitmap_GetBuffer(bitmap)
        rows = np.ctypeslib.as_array((ctypes.c_ubyte * (stride * height)).from_address(address))
        return rows.reshape(height, stride)[:, :width].copy()
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _resolution(page: Any) -> int:
    """The dots per inch of the image that the page is, if it is one."""
    best = image_resolution(page)
    return best if COARSEST <= best <= FINEST else RESOLUTION
