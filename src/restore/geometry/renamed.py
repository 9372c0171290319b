"""A PDF whose fonts name the glyphs that they can be seen to have: its ToUnicode maps, put right.

The file stays as it is; maps are added to its end, as an incremental update (ISO 32000-2, 7.5.6).
"""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import current_thread, main_thread
from typing import Any

from restore.geometry.glyph_names import named, numbered, plain_names
from restore.geometry.shapes import Shapes, shapes
from restore.geometry.to_unicode import parsed, written

DEEPEST = 4  # forms in forms whose fonts are looked at; a guess
LARGEST = 8 << 20  # bytes of a font program that is read; those of books have up to 1 MB
_START = re.compile(rb"startxref\s+(\d+)")
_TAIL = 2048  # bytes in which the start of the last cross-reference table is told
_ENTRY = "{:010d} 00000 n\r\n"  # ISO 32000-2, 7.5.4


class LateError(BaseException):
    """That the time is over: no error that a library would catch."""


def with_names(data: bytes, patience: float) -> bytes | None:
    """The PDF with better maps, or None if nothing is gained.

    Fonts that are not reached in ``patience`` seconds stay as they are, and so does a file that
    cannot be read or added to.
    """
    if not data.startswith(b"%PDF"):
        return None
    for name in ("pypdf", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Whatever a broken or hostile file makes its readers raise, PDFium may still read it.
    try:
        with _at_most(patience):
            return _updated(data)
    except (Exception, LateError):
        return None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise LateError after a time, where the system can see to that."""
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield  # as on Windows; there the time for a page is the limit
        return

    def stop(*_: object) -> None:
        raise LateError

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def _updated(data: bytes) -> bytes | None:
    from pypdf import PdfReader

    reader: Any = PdfReader(BytesIO(data), strict=False)
    start = _START.findall(data[-_TAIL:])
    if reader.is_encrypted or not start:
        return None
    trailer = reader.trailer
    size = int(trailer["/Size"])
    objects: dict[int, bytes] = {}
    try:
        for number, font in _fonts(reader):
            better = _better(font)
            if better is None:
                continue
            place: Any = font.raw_get("/ToUnicode") if "/ToUnicode" in font else None
            if hasattr(place, "idnum"):
                objects[place.idnum] = better
            else:
                objects |= {size: better, number: _pointing(font, size)}
                size += 1
    except LateError:
        pass  # the fonts so far
    if not objects:
        return None
    return data + _added(data, objects, trailer, size, int(start[-1]))


def _fonts(reader: Any) -> Iterator[tuple[int, Any]]:
    """The fonts of the pages and of the forms on them, with the numbers of their objects."""
    seen: set[int] = set()
    for page in reader.pages:
        waiting = [(_at(page, "/Resources"), 0)]
        while waiting:
            resources, depth = waiting.pop()
            for place in _places(resources, "/Font", seen):
                yield place.idnum, place.get_object()
            if depth < DEEPEST:
                forms = _places(resources, "/XObject", seen)
                waiting += [(_at(form.get_object(), "/Resources"), depth + 1) for form in forms]


def _places(resources: Any, kind: str, seen: set[int]) -> list[Any]:
    """Where the objects of a kind are that some resources name, those aside that were seen."""
    listed: Any = _at(resources or {}, kind) or {}
    places = [listed.raw_get(name) for name in listed]
    found = [one for one in places if hasattr(one, "idnum") and one.idnum not in seen]
    seen.update(one.idnum for one in found)
    return found


def _better(font: Any) -> bytes | None:
    """The body of an object with a map better than that of a font, if there is one."""
    wide = font["/Subtype"] == "/Type0"
    below = font["/DescendantFonts"][0].get_object() if wide else font
    given = _at(font, "/ToUnicode")
    mapped = parsed(given.get_data()) if hasattr(given, "get_data") else {}
    names = numbered(plain_names(mapped))
    program = _program(below)
    glyphs = _glyphs(font, below, program) if program else {}
    if program and glyphs:
        names |= named(names, glyphs, program)
    before = {code: name.decode("utf-16-be", "ignore") for code, name in mapped.items()}
    if all(before.get(code) == name for code, name in names.items()):
        return None
    body = written(names, wide)
    return b"<</Length %d>>\nstream\n" % len(body) + body + b"\nendstream"


def _program(font: Any) -> Shapes | None:
    described = _at(font, "/FontDescriptor")
    program = None if described is None else _at(described, "/FontFile2")
    data = b"" if program is None else program.get_data()
    return shapes(data) if 0 < len(data) <= LARGEST else None


def _at(dictionary: Any, key: str) -> Any:
    """What a dictionary has at a key, wherever in the file it is; None if it has not."""
    return dictionary[key] if key in dictionary else None  # noqa: SIM401  # ``get`` gives the place


def _glyphs(font: Any, below: Any, program: Shapes) -> dict[int, int]:
    """The glyph of each code, as far as it is told: ISO 32000-2, 9.6.5.4 and 9.7.4.2."""
    if font["/Subtype"] == "/TrueType":
        return {} if "/Encoding" in font else dict(program.codes)
    if _at(font, "/Encoding") != "/Identity-H" or below["/Subtype"] != "/CIDFontType2":
        return {}
    places = _at(below, "/CIDToGIDMap")
    if not hasattr(places, "get_data"):
        return {glyph: glyph for glyph in program.outlines if glyph}
    table = places.get_data()
    found = {
        code: int.from_bytes(table[2 * code : 2 * code + 2], "big")
        for code in range(len(table) // 2)
    }
    return {code: glyph for code, glyph in found.items() if glyph in program.outlines and glyph}


def _pointing(font: Any, number: int) -> bytes:
    """The body of a font that has the map of that number."""
    from pypdf.generic import DictionaryObject, IndirectObject, NameObject

    body = DictionaryObject(font)
    body[NameObject("/ToUnicode")] = IndirectObject(number, 0, None)
    stream = BytesIO()
    body.write_to_stream(stream)
    return stream.getvalue()


def _added(data: bytes, objects: dict[int, bytes], trailer: Any, size: int, start: int) -> bytes:
    """Objects with their cross-reference table, of the kind that the file has."""
    added, places = bytearray(b"\n"), {}
    for number, body in sorted(objects.items()):
        places[number] = len(data) + len(added)
        added += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    place = len(data) + len(added)
    root = trailer.raw_get("/Root")
    rest = f"/Root {root.idnum} {root.generation} R /Prev {start}"
    if data[start : start + 4] == b"xref":
        rows = [f"{number} 1\n" + _ENTRY.format(at) for number, at in places.items()]
        added += f"xref\n{''.join(rows)}trailer\n<</Size {size} {rest}>>\n".encode()
    else:
        places[size] = place
        index = " ".join(f"{number} 1" for number in places)
        table = b"".join(b"\1" + at.to_bytes(8, "big") + b"\0\0" for at in places.values())
        head = f"/Type /XRef /W [1 8 2] /Index [{index}] /Size {size + 1} {rest}"
        added += f"{size} 0 obj\n<<{head} /Length {len(table)}>>\nstream\n".encode()
        added += table + b"\nendstream\nendobj\n"
    return bytes(added + b"startxref\n%d\n%%%%EOF\n" % place)
