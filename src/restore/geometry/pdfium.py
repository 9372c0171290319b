"""PDFium's C functions, called for all characters or objects of a page at once.

What they give is documented in PDFium's ``fpdf_text.h`` and ``fpdf_edit.h``.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from restore.geometry.glyphs import Flags, Floats, direction

DEEPEST = 12  # forms in forms; a guess
HIDDEN = 3  # text rendering mode of what is neither filled nor stroked: ISO 32000-1, table 106

POINTS = 72  # an inch
WHOLE = 0.8  # share of a page that an image covers, if the page is a scan

_Pointer = ctypes.c_void_p
_Int = ctypes.c_int


def _fast(function: Any, *arguments: Any, result: Any = _Int) -> Any:
    """A C function that takes addresses as numbers, so that ``map`` can call it for a page."""
    address = ctypes.cast(function, _Pointer).value
    assert address
    return ctypes.CFUNCTYPE(result, *arguments)(address)


@cache
def _functions() -> dict[str, Any]:
    place = (_Pointer, _Int)
    return {
        "unicode": _fast(pdfium.FPDFText_GetUnicode, *place, result=ctypes.c_uint),
        "box": _fast(pdfium.FPDFText_GetLooseCharBox, *place, _Pointer),
        "origin": _fast(pdfium.FPDFText_GetCharOrigin, *place, _Pointer, _Pointer),
        "object": _fast(pdfium.FPDFText_GetTextObject, *place, result=ctypes.c_size_t),
        "matrix": _fast(pdfium.FPDFText_GetMatrix, *place, _Pointer),
        "size": _fast(pdfium.FPDFText_GetFontSize, *place, result=ctypes.c_double),
        "tight": _fast(pdfium.FPDFText_GetCharBox, *place, *[_Pointer] * 4),
        "count": _fast(pdfium.FPDFPage_CountObjects, _Pointer),
        "at": _fast(pdfium.FPDFPage_GetObject, *place, result=ctypes.c_size_t),
        "form count": _fast(pdfium.FPDFFormObj_CountObjects, _Pointer),
        "form at": _fast(
            pdfium.FPDFFormObj_GetObject, _Pointer, ctypes.c_ulong, result=ctypes.c_size_t
        ),
        "type": _fast(pdfium.FPDFPageObj_GetType, _Pointer),
        "bounds": _fast(pdfium.FPDFPageObj_GetBounds, *[_Pointer] * 5),
        "marks": _fast(pdfium.FPDFPageObj_CountMarks, _Pointer),
        "mark": _fast(pdfium.FPDFPageObj_GetMark, _Pointer, ctypes.c_ulong, result=ctypes.c_size_t),
        "bytes": _fast(
            pdfium.FPDFPageObjMark_GetParamBlobValue,
            _Pointer,
            ctypes.c_char_p,
            _Pointer,
            ctypes.c_ulong,
            _Pointer,
        ),
        "mode": _fast(pdfium.FPDFTextObj_GetTextRenderMode, _Pointer),
        "unmapped": _fast(pdfium.FPDFText_HasUnicodeMapError, *place),
    }


def _addresses(array: NDArray[Any], offset: int = 0) -> range:
    row = max(array.strides[0], 1)  # of an empty array it is 0
    start = array.ctypes.data + offset
    return range(start, start + row * len(array), row)


def _run(calls: Iterable[object]) -> None:
    deque(calls, maxlen=0)


class TooLargeError(Exception):
    """A page has more characters than are asked for."""


class TextPage:
    """The characters of one page in arrays, as PDFium gives them."""

    def __init__(self, raw: Any, most: int) -> None:
        """``raw`` is an ``FPDF_TEXTPAGE``, ``most`` how many characters there may be.

        Raises TooLargeError if there are more.
        """
        self.count = max(pdfium.FPDFText_CountChars(raw), 0)
        if self.count > most:
            raise TooLargeError(
                f"it has {self.count:,} characters, more than a page can be read with"
            )
        self._address = ctypes.cast(raw, _Pointer).value
        self.codes = self._numbers("unicode", np.int64)
        self.objects = self._numbers("object", np.uint64)
        boxes = np.zeros((self.count, 4), np.float32)  # FS_RECTF: left, top, right, bottom
        self._fill("box", _addresses(boxes))
        self.boxes = boxes.astype(np.float64)
        self.origins = np.zeros((self.count, 2))
        self._fill("origin", _addresses(self.origins), _addresses(self.origins, 8))

    def _numbers(self, name: str, kind: Any, rows: Sequence[int] | None = None) -> NDArray[Any]:
        rows = range(self.count) if rows is None else rows
        return np.fromiter(map(_functions()[name], repeat(self._address), rows), kind, len(rows))

    def _fill(self, name: str, *addresses: range, rows: Sequence[int] | None = None) -> None:
        rows = range(self.count) if rows is None else rows
        _run(map(_functions()[name], repeat(self._address), rows, *addresses))

    def modes(self, objects: list[int]) -> list[int]:
        """The text rendering modes of some of its objects, by their addresses."""
        return list(map(_functions()["mode"], objects))

    def matrices(self, rows: list[int]) -> Floats:
        """The text matrices of characters, a row of six numbers each."""
        found = np.zeros((len(rows), 6), np.float32)
        self._fill("matrix", _addresses(found), rows=rows)
        return found.astype(np.float64)

    def sizes(self, rows: list[int]) -> Floats:
        """The font sizes of characters, before the text matrix."""
        return self._numbers("size", np.float64, rows)

    def unmapped(self, rows: list[int]) -> Flags:
        """Which characters stand for no letter that the file names."""
        return np.asarray(self._numbers("unmapped", np.int64, rows) == 1)

    def tight(self, rows: list[int]) -> Floats:
        """The left and the right edge of what is drawn of characters."""
        found = np.zeros((len(rows), 4))
        self._fill("tight", *[_addresses(found, 8 * column) for column in range(4)], rows=rows)
        return found[:, :2]


class PaintedObjects:
    """The text objects of a page in the order in which they are painted.

    ``places`` are their places in that order, by address.
    """

    def __init__(self, page: Any) -> None:
        """``page`` is an ``FPDF_PAGE``."""
        self.objects: list[int] = []
        self._collect(ctypes.cast(page, _Pointer).value or 0, "", 0)
        self.places = {address: place for place, address in enumerate(self.objects)}

    def _collect(self, holder: int, prefix: str, depth: int) -> None:
        call = _functions()
        at, kind = call[f"{prefix}at"], call["type"]
        for i in range(call[f"{prefix}count"](holder)):
            address = at(holder, i)
            what = kind(address)
            if what == pdfium.FPDF_PAGEOBJ_TEXT:
                self.objects.append(address)
            elif what == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
                self._collect(address, "form ", depth + 1)

    def spans(self) -> list[Span]:
        """The stretches that have their text written beside them (``ActualText``)."""
        call = _functions()
        found: dict[int, Span] = {}
        texts: dict[int, str] = {}
        for place, address in enumerate(self.objects):
            for i in range(call["marks"](address) - 1, -1, -1):
                mark = call["mark"](address, i)
                if mark not in texts:
                    texts[mark] = _actual_text(mark)
                if texts[mark]:
                    found.setdefault(mark, Span(texts[mark], [])).places.append(place)
                    break
        return list(found.values())

    def hidden(self, places: list[int]) -> Flags:
        """Which objects are painted without being seen, as the text layer of a scan."""
        modes = map(_functions()["mode"], [self.objects[place] for place in places])
        return np.asarray(np.fromiter(modes, np.int64, len(places)) == HIDDEN)

    def edges(self, places: list[int]) -> Floats:
        """The left, lower, right and upper edge of each of some objects."""
        edges = np.zeros((len(places), 4), np.float32)
        columns = [_addresses(edges, 4 * column) for column in range(4)]
        _run(map(_functions()["bounds"], [self.objects[place] for place in places], *columns))
        return edges.astype(np.float64)

    def bounds(self, places: list[int], narrow: float) -> tuple[float, float]:
        """The left and the right edge of some objects, those aside that are ``narrow`` points."""
        edges = self.edges(places)
        wide = edges[edges[:, 2] - edges[:, 0] > narrow]
        edges = wide if len(wide) else edges
        return float(edges[:, 0].min()), float(edges[:, 2].max())


class Span(NamedTuple):
    """Objects, by their places, whose text is written beside them."""

    text: str
    places: list[int]


def _actual_text(mark: int) -> str:
    call, size = _functions()["bytes"], ctypes.c_ulong()
    if not call(mark, b"ActualText", None, 0, ctypes.addressof(size)) or not size.value:
        return ""
    buffer = ctypes.create_string_buffer(size.value)
    call(mark, b"ActualText", ctypes.addressof(buffer), size.value, ctypes.addressof(size))
    # Text strings: ISO 32000-2, 7.9.2.2. Of PDFDocEncoding, Latin-1 is nearly all.
    data = buffer.raw[: size.value]
    for sign, encoding in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"", "latin-1"),
    ):
        if data.startswith(sign):
            text = data[len(sign) :].decode(encoding, "replace")
            return "".join(c for c in text if c.isprintable() or direction(c) == "BN").strip()
    return ""


def image_resolution(page: Any) -> int:
    """The dots per inch of the image that covers all of a page (``FPDF_PAGE``), 0 without one."""
    area = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    best = 0
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        across, down = ctypes.c_uint(), ctypes.c_uint()
        edges = [ctypes.c_float() for _ in range(4)]
        if not pdfium.FPDFPageObj_GetBounds(item, *edges):
            continue
        left, bottom, right, top = [edge.value for edge in edges]
        room = (right - left) * (top - bottom)
        if room >= WHOLE * area > 0 and pdfium.FPDFImageObj_GetImagePixelSize(item, across, down):
            best = max(best, round((across.value * down.value / room) ** 0.5 * POINTS))
    return best
