"""PDF of scans with their text, unseen, over them: so it can be searched, selected and copied.

Images of JPEG and the pages of a PDF stay as they are. PDFium makes it, in a process of its own,
which a file may break.
"""

from __future__ import annotations

import ctypes
import multiprocessing as mp
import signal
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from restore.formats import glyphless
from restore.formats.pdf import limit_memory
from restore.formats.text_layer import MARKS, Paint, Piece, layers
from restore.model import Document, Page
from restore.placed import POINTS, placed

A4 = (595.0, 842.0)  # points; of a page whose image cannot be opened
FINE = 1000  # parts of a point in which PDFium tells how a page is turned
INVISIBLE = 3  # text rendering mode: ISO 32000-1, table 106
ORIENTATION = 0x0112  # tag of Exif
PATIENCE = 30.0  # seconds for a page; one takes 0.1 to 1
BROKEN = "breaks PDFium, which would write it, or takes too much memory; give another copy of it"
TOO_LONG = "takes more than {:.0f} seconds to write; give another copy of it"
NO_SCANS = "has no page that was read by OCR, to which a PDF would add text; write it as txt"

Matrix = NDArray[np.float64]  # of 3 by 3, for rows of x, y and 1
Image = tuple[Callable[[], bytes], int]  # what gives a file, and the number of its page in there


def _affine(a: float, b: float, c: float, d: float, e: float, f: float) -> Matrix:
    return np.array([[a, b, 0.0], [c, d, 0.0], [e, f, 1.0]])


# How a square, of which x goes right and y up, is turned clockwise by degrees.
TURNS = {
    0: _affine(1, 0, 0, 1, 0, 0),
    90: _affine(0, -1, 1, 0, 0, 1),
    180: _affine(-1, 0, 0, -1, 1, 1),
    270: _affine(0, 1, -1, 0, 1, 0),
}
MIRRORED = _affine(-1, 0, 0, 1, 1, 0)
# How an image has to be turned to be upright, by what Exif says of it.
UPRIGHT = {
    1: TURNS[0],
    2: MIRRORED,
    3: TURNS[180],
    4: MIRRORED @ TURNS[180],
    5: MIRRORED @ TURNS[270],
    6: TURNS[90],
    7: MIRRORED @ TURNS[90],
    8: TURNS[270],
}


def over_images(document: Document, images: Sequence[Image | None]) -> bytes:
    """A PDF of the images of a document, one a page, with their text; None cannot be opened.

    Raises ValueError, which says why, if it cannot be made.
    """
    return _elsewhere(partial(_over_images, document, images), len(images))


def over_pages(document: Document, data: bytes) -> bytes:
    """The PDF ``data`` with text over its pages that were read by OCR.

    Raises ValueError, which says why, if it cannot be made.
    """
    if not any(page.scan for page in document.pages):
        raise ValueError(NO_SCANS)
    return _elsewhere(partial(_over_pages, document, data), len(document.pages))


def _elsewhere(make: Callable[[], bytes], count: int) -> bytes:
    """What is made of so many pages in a process of its own."""
    context: Any = mp.get_context("fork" if "fork" in mp.get_all_start_methods() else None)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(theirs, make), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(count * PATIENCE):
            raise ValueError(TOO_LONG.format(count * PATIENCE))
        made: bytes = ours.recv_bytes()
    except EOFError:
        raise ValueError(BROKEN) from None
    finally:
        process.kill()
        process.join()
        ours.close()
    return made


def _send(theirs: Connection, make: Callable[[], bytes]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    warnings.simplefilter("ignore")  # of large images, which have been read
    try:
        theirs.send_bytes(make())
    except (MemoryError, BrokenPipeError):
        theirs.close()


def _over_images(document: Document, images: Sequence[Image | None]) -> bytes:
    made = pypdfium2.PdfDocument.new()
    last: Image | None = None
    data = b""
    for page, image in zip(document.pages, images, strict=True):
        if image and (last is None or image[0] is not last[0]):
            data = image[0]()
        last = image or last
        # One by one, since PDFium compresses images only where a file is written.
        one = pypdfium2.PdfDocument(_of_one(document, page, data, image and image[1]))
        made.import_pages(one)
        one.close()
    return _saved(made)


def _of_one(document: Document, page: Page, data: bytes, number: int | None) -> bytes:
    """A PDF of one page, the image of which is the page of that number in ``data``, if any is."""
    made = pypdfium2.PdfDocument.new()
    size = A4
    if page.scan:
        share = POINTS / page.scan.resolution
        size = (page.scan.width * share, page.scan.height * share)
    onto = made.new_page(*size)
    if number is not None and page.scan:
        turn = TURNS[page.scan.turn]
        _draw(made, onto, data, number, turn @ _affine(size[0], 0, 0, size[1], 0, 0))
    _Pen(made.raw, replace(document, pages=(page,))).write(onto.raw, page, TURNS[0])
    onto.gen_content()
    onto.close()
    return _saved(made)


def _draw(made: Any, onto: Any, data: bytes, number: int, place: Matrix) -> None:
    """Draw a page of an image onto a page, a square of one point being put to its place."""
    from PIL import Image as Images

    item = pypdfium2.PdfImage.new(made)
    with Images.open(BytesIO(data)) as opened:
        opened.seek(number)
        upright = UPRIGHT.get(opened.getexif().get(ORIENTATION, 1), TURNS[0])
        if opened.format == "JPEG":
            item.load_jpeg(BytesIO(data), inline=True)
        else:
            item.set_bitmap(pypdfium2.PdfBitmap.from_pil(_plain(opened)))
    item.set_matrix(pypdfium2.PdfMatrix(*(upright @ place)[:, :2].ravel()))
    onto.insert_obj(item)


def _plain(image: Any) -> Any:
    """An image in grey or in colours, on white paper if it shows what is behind it."""
    from PIL import Image as Images

    if image.mode.startswith("I;16"):
        return Images.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        return Images.alpha_composite(Images.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L", "I", "F") else "RGB")


def _over_pages(document: Document, data: bytes) -> bytes:
    made = pypdfium2.PdfDocument(data)
    pen = _Pen(made.raw, document)
    for number, page in enumerate(document.pages):
        if page.scan is None:
            continue
        if page.scan.turn:
            # Upright, for readers take lines to go across the page as it is seen.
            turned = made[number]
            turned.set_rotation((turned.get_rotation() + page.scan.turn) % 360)
            turned.close()
        onto = made[number]
        _without_hidden_text(onto)
        pen.write(onto.raw, page, _as_seen(onto.raw, *onto.get_size()))
        onto.gen_content()
        onto.close()
    return _saved(made)


def _without_hidden_text(page: Any) -> None:
    """Take the text layer off a page, which OCR has read better."""
    for item in list(page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT], max_depth=1)):
        if pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == INVISIBLE:
            page.remove_obj(item)


def _as_seen(page: Any, width: float, height: float) -> Matrix:
    """Where points of a page as it is seen are on the page itself, which may be turned and cut."""
    size = round(width * FINE), round(height * FINE)
    x, y = ctypes.c_double(), ctypes.c_double()

    def corner(across: int, down: int) -> NDArray[np.float64]:
        pdfium.FPDF_DeviceToPage(page, 0, 0, *size, 0, across, down, x, y)
        return np.array([x.value, y.value])

    foot = corner(0, size[1])
    right, up = (corner(*size) - foot) / width, (corner(0, 0) - foot) / height
    return _affine(*right, *up, *foot)


def _saved(made: Any) -> bytes:
    file = BytesIO()
    made.save(file)
    made.close()
    return file.getvalue()


class _Pen:
    """Writes unseen text on the pages of a PDF, in a font whose codes are its characters."""

    def __init__(self, made: Any, document: Document) -> None:
        self._made = made
        lines = (line.text for page in document.pages for line in page.lines)
        plain = sorted({" ", *MARKS, *(character for line in lines for character in line)})
        characters = [*plain, *MARKS]
        self._codes = {
            Paint.PLAIN: {character: code for code, character in enumerate(plain, start=1)},
            Paint.FOR_POPPLER: {mark: len(plain) + i for i, mark in enumerate(MARKS, start=1)},
        }
        glyphs = [
            glyphless.NOTDEF,
            *[glyphless.BOX] * len(plain),
            *[glyphless.NOTHING] * len(MARKS),
        ]
        places = b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)
        data, names = glyphless.font(), glyphless.unicode_map(characters)
        self._font = pdfium.FPDFText_LoadCidType2Font(
            made, _bytes(data), len(data), names, _bytes(places), len(places)
        )
        if not self._font:
            raise MemoryError

    def write(self, onto: Any, page: Page, place: Matrix) -> None:
        """Write the words of a page, its points being put to their place."""
        if page.boxes is None or page.scan is None:
            return
        found = placed(page)
        share = POINTS / found.resolution
        for painted in layers(found.blocks):
            size = painted.size * share
            foot = (found.height - painted.foot) * share - size * glyphless.DESCENT / glyphless.EM
            for piece in painted.pieces:
                width = len(piece.text) * size * glyphless.WIDTH / glyphless.EM
                wide = (piece.right - piece.left) * share / width
                own = _affine(wide, 0, 0, 1, piece.left * share, foot)
                self._paint(onto, piece, size, own @ place)

    def _paint(self, onto: Any, piece: Piece, size: float, place: Matrix) -> None:
        item = pdfium.FPDFPageObj_CreateTextObj(self._made, self._font, size)
        codes = [self._codes[piece.paint][character] for character in piece.text]
        pdfium.FPDFText_SetCharcodes(item, (ctypes.c_uint32 * len(codes))(*codes), len(codes))
        pdfium.FPDFTextObj_SetTextRenderMode(item, INVISIBLE)
        pdfium.FPDFPageObj_SetMatrix(item, pdfium.FS_MATRIX(*place[:, :2].ravel()))
        pdfium.FPDFPage_InsertObject(onto, item)


def _bytes(data: bytes) -> Any:
    return (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
