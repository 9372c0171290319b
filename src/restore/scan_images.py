"""Images of the pages of a scan, as they are seen beside their lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from restore.page_images import DOTS, HIGHEST, WIDTH, Box, Printed, cut

if TYPE_CHECKING:
    from restore.ocr import Loaded

POINTS = 72  # an inch


class ScanImages:
    """Gives the pages of a scan, of which ``loads`` has what loads each."""

    def __init__(self, loads: Sequence[Callable[[], Loaded]]) -> None:
        self._loads = loads
        self.count = len(loads)

    def image(self, number: int) -> bytes:
        """A page, counted from 0, as PNG. Raises ValueError if it cannot be had."""
        import cv2

        if number >= self.count:
            raise ValueError("there is no such page")
        grey, _ = self._loads[number]()
        height, width = grey.shape
        scale = min(WIDTH / width, HIGHEST / height, 1.0)
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        drawn = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        return cv2.imencode(".png", drawn)[1].tobytes()

    def parts(self, number: int, boxes: list[Box], scanned: bool) -> list[bytes]:
        """Parts of a page; see ``PageImages.parts``."""
        import cv2

        grey, resolution = self._loads[number]()
        dots = min(DOTS, resolution / POINTS)
        factor = dots * POINTS / resolution
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return cut(small, boxes, dots, 0.0, len(grey) * POINTS / resolution)

    def lines(self, number: int) -> list[Printed]:
        """Nothing: where the lines of a scan stand is known only when it is read."""
        return []

    def close(self) -> None:
        """Nothing has to be ended."""
