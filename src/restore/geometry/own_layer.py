"""The unseen text that restore itself writes over scans, which PDFium gives as it is read."""

from __future__ import annotations

import ctypes
from math import nan
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium

from restore.geometry.pdfium import HIDDEN, TextPage

FONT = "restore-unseen"  # its name
MARKS = ("\u200e", "\u200f")  # that keep its order, and are no part of the text
HYPHEN = "\x02"  # PDFium's sign for a hyphen and the break of the line after it
FINE = 100  # parts of a point to which places are told
Box = tuple[float, float, float, float]
NOWHERE: Box = (nan,) * 4


class Own(NamedTuple):
    """The lines of a page, and a box for each character and for each line break."""

    texts: list[str]
    boxes: list[Box]


def own_text(text: TextPage, page: Any) -> Own | None:
    """What restore wrote over the scan on a page; None if it did not."""
    objects = np.unique(text.objects[text.objects != 0]).tolist()
    hidden = {one for one, mode in zip(objects, text.modes(objects), strict=True) if mode == HIDDEN}
    if not hidden or _font(min(hidden)) != FONT:
        return None
    characters = [chr(code) for code in text.codes.tolist()]
    places = _places(text, page)
    lines: list[list[tuple[str, Box]]] = [[]]
    for character, owner, place in zip(characters, text.objects.tolist(), places, strict=True):
        if character in ("\r", *MARKS) or (owner and owner not in hidden):
            continue
        if character == HYPHEN:
            lines[-1].append(("-", place))
        if character in ("\n", HYPHEN):
            lines.append([])
        elif character != " ":
            lines[-1].append((character, place))
        elif lines[-1]:
            lines[-1].append((" ", NOWHERE))
    for line in lines:
        while line and line[-1][0] == " ":
            line.pop()
    boxes = [box for line in lines for box in (*(box for _, box in line), NOWHERE)]
    texts = ["".join(character for character, _ in line) for line in lines]
    return Own(texts, boxes)


def _font(item: int) -> str:
    """The name of the font of a text object."""
    font = pdfium.FPDFTextObj_GetFont(ctypes.cast(item, pdfium.FPDF_PAGEOBJECT))
    name = ctypes.create_string_buffer(len(FONT) + 2)
    size = pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return name.value.decode("latin-1") if 0 < size <= len(name) else ""


def _places(text: TextPage, page: Any) -> list[Box]:
    """Where characters stand, in points from the left and the foot of the page as it is read."""
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    size = round(width * FINE), round(height * FINE)
    x, y = ctypes.c_int(), ctypes.c_int()

    def seen(across: float, up: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, across, up, x, y)
        return x.value / FINE, height - y.value / FINE

    found = []
    for left, top, right, bottom in text.boxes.tolist():
        (a, b), (c, d) = seen(left, bottom), seen(right, top)
        found.append((min(a, c), min(b, d), max(a, c), abs(d - b)))
    return found
