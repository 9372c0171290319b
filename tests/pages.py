"""PDFs written by hand: words put at places of a page, in any order of painting.

Every character is a glyph of one width, and of none if it is a combining mark; what it stands for
is in the font's ``ToUnicode``, as producers write it.
"""

from __future__ import annotations

from typing import NamedTuple
from unicodedata import category

WIDTH = 500  # of a glyph, in thousandths of the font size
MARK = 200  # of a combining mark, as it is drawn
FIRST = 33  # code of the first character


class Run(NamedTuple):
    """Characters painted at once from left to right, from a place in points.

    ``mode`` is the text rendering mode, ``turn`` the first four numbers of the text matrix.
    """

    text: str
    x: float
    y: float
    size: float = 10
    mode: int = 0
    turn: tuple[float, float, float, float] = (1, 0, 0, 1)
    actual: str = ""


def width(text: str, size: float = 10) -> float:
    """How wide a text is painted, in points."""
    return sum(_advance(character) for character in text) * size / 1000


def pdf(
    *pages: list[Run],
    unmapped: str = "",
    named: dict[str, str] | None = None,
    box: str = "0 0 400 600",
    rotate: int = 0,
) -> bytes:
    """A PDF of some pages.

    The ``unmapped`` characters have no entry in ``ToUnicode``, those ``named`` another text there.
    """
    characters = sorted({c for page in pages for run in page for c in run.text})
    codes = {character: FIRST + i for i, character in enumerate(characters)}
    count = len(pages)
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(count))
    widths = " ".join(str(_advance(character)) for character in characters)
    names = [f"/a{code}" for code in codes.values()]
    drawn = [(name, 5 + 2 * count + i) for i, name in enumerate(names)]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 -200 500 700] /FontMatrix [.001 0 0 .001 0 0]"
        f" /ToUnicode 4 0 R /FirstChar {FIRST} /LastChar {FIRST + len(characters) - 1}"
        f" /Widths [{widths}] /Encoding << /Type /Encoding /Differences [{FIRST} {' '.join(names)}]"
        f" >> /CharProcs << {' '.join(f'{name} {number} 0 R' for name, number in drawn)} >> >>",
        _stream(_names({c: code for c, code in codes.items() if c not in unmapped}, named or {})),
    ]
    for i, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {rotate}"
            f" /Contents {6 + 2 * i} 0 R /Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects.append(_stream("\n".join(_painted(run, codes) for run in page)))
    for character in characters:
        advance = _advance(character)
        ink = f"0 0 {advance or MARK} 700"
        objects.append(
            _stream(f"{advance} 0 {ink} d1 {ink} re f" if character != " " else f"{advance} 0 d0")
        )
    return _file(objects)


def unseen(text: str) -> bytes:
    """A PDF with a line that is not seen, as Tesseract writes it: codes are characters."""
    shown = text.encode("utf-16-be").hex()
    names = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>",
        _stream(f"BT /F 10 Tf 3 Tr -1 0 0 1 350 520 Tm <{shown}> Tj ET"),
        "<< /Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H"
        " /ToUnicode 6 0 R /DescendantFonts [7 0 R] >>",
        _stream(names),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont /DW 500"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        " /FontDescriptor << /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 >> >>",
    ]
    return _file(objects)


def endless(page: list[Run], count: int) -> bytes:
    """A PDF of some pages, the first with a form that paints itself twice."""
    data = pdf(*[page] * count).decode("latin-1")
    data = data.replace("/Font << /F 3 0 R >>", "/Font << /F 3 0 R >> /XObject << /X 99 0 R >>", 1)
    data = data.replace("BT /F", "/X Do BT /F", 1)
    form = (
        "99 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 400 600] /Resources << /XObject"
        " << /X 99 0 R /Y 99 0 R >> >> /Length 12 >>\nstream\n/X Do /Y Do \nendstream\nendobj\n"
    )
    return data.replace("xref", f"{form}xref", 1).encode("latin-1")


def _advance(character: str) -> int:
    return 0 if category(character) == "Mn" else WIDTH


def _painted(run: Run, codes: dict[str, int]) -> str:
    shown = "".join(f"{codes[c]:02x}" for c in run.text)
    matrix = " ".join(map(str, (*run.turn, run.x, run.y)))
    text = f"BT /F {run.size} Tf {run.mode} Tr {matrix} Tm <{shown}> Tj ET"
    if run.actual:
        named = run.actual.encode("utf-16-be").hex()
        return f"/Span << /ActualText <feff{named}> >> BDC {text} EMC"
    return text


def _names(codes: dict[str, int], named: dict[str, str]) -> str:
    pairs = "\n".join(
        f"<{code:02x}> <{named.get(character, character).encode('utf-16-be').hex()}>"
        for character, code in codes.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(codes)} beginbfchar\n{pairs}\n"
        "endbfchar endcmap CMapName currentdict /CMap defineresource pop end end"
    )


def _stream(text: str) -> str:
    return f"<< /Length {len(text)} >>\nstream\n{text}\nendstream"


def _file(objects: list[str]) -> bytes:
    data = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return data + (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")
