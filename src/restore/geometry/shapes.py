"""The glyphs of a font program of a PDF: what each is drawn of, and what the program itself says.

TrueType (tables ``glyf`` and ``cmap`` of the OpenType specification), read by fontTools.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

# Of a program that are looked at; those of whole fonts for books have up to 6000.
MOST_GLYPHS = 16384
SYMBOL = 0xF000  # where codes of symbol fonts begin in the cmap: OpenType, "cmap", encoding 3, 0
UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))  # platforms and encodings, the fullest first


class Shapes(NamedTuple):
    """The glyphs of a program by their numbers.

    ``outlines`` are equal where the same is drawn at the same place, and empty where nothing is;
    ``single`` are those drawn in one stroke; ``parts`` are the glyphs that composite ones are made
    of; ``characters`` those that the program gives a glyph, ``codes`` the glyphs of the codes of a
    symbol font.
    """

    outlines: dict[int, bytes]
    single: frozenset[int]
    parts: dict[int, tuple[int, ...]]
    characters: dict[int, str]
    codes: dict[int, int]


def shapes(program: bytes) -> Shapes:
    """The glyphs of a TrueType program. Raises what fontTools raises if it is broken."""
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(program), lazy=True)
    table, order = font["glyf"], font.getGlyphOrder()
    numbers = {name: number for number, name in enumerate(order)}
    outlines: dict[int, bytes] = {}
    single: set[int] = set()
    parts: dict[int, tuple[int, ...]] = {}
    for number, name in enumerate(order[:MOST_GLYPHS]):
        glyph = table[name]
        if glyph.isComposite():
            parts[number] = tuple(numbers[one.glyphName] for one in glyph.components)
        outlines[number] = b""
        if glyph.numberOfContours:
            coordinates, ends, flags = glyph.getCoordinates(table)
            outlines[number] = repr(
                (list(coordinates), ends, [flag & 1 for flag in flags])
            ).encode()
            single.update([number] if len(ends) == 1 else [])
    characters: dict[int, str] = {}
    for code, name in _cmap(font, UNICODE).items():
        characters[numbers[name]] = characters.get(numbers[name], "") + chr(code)
    symbols = _cmap(font, ((3, 0), (1, 0)))
    codes = {
        code & 0xFF: numbers[name] for code, name in symbols.items() if code & ~0xFF in (0, SYMBOL)
    }
    return Shapes(outlines, frozenset(single), parts, characters, codes)


def _cmap(font: Any, wanted: tuple[tuple[int, int], ...]) -> dict[int, str]:
    """The first of the ``wanted`` maps from codes to glyphs that a font has."""
    if "cmap" not in font:
        return {}
    for kind in wanted:
        table = font["cmap"].getcmap(*kind)
        if table is not None:
            return dict(table.cmap)
    return {}
