"""A font of two glyphs, a box and nothing, for text that is not seen.

Its tables are described at https://learn.microsoft.com/typography/opentype/spec/otff.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from restore.geometry.own_layer import FONT

EM, WIDTH = 1000, 500  # units of a font, and how wide a glyph is
ASCENT, DESCENT = 800, -200
# Of the box; if lines touched, PDFium would take them for vertical text.
TOP = 500
NOTDEF, BOX, NOTHING = range(3)  # glyphs
MAGIC = 0x5F0F3CF5
MOST = 100  # pairs in a part of a map of characters: ISO 32000-1, 9.10.3


def font() -> bytes:
    """The font, in TrueType outlines."""
    corners = struct.pack(">4h4h", 0, WIDTH, 0, -WIDTH, DESCENT, 0, TOP - DESCENT, 0)
    box = struct.pack(">5h2H4B", 1, 0, DESCENT, WIDTH, TOP, 3, 0, 1, 1, 1, 1) + corners
    box += bytes(-len(box) % 4)
    head = (0x10000, 0x10000, 0, MAGIC, 0, EM, 0, 0, 0, DESCENT, WIDTH, TOP, 0, 3, 2, 0, 0)
    tables = {
        b"glyf": box,
        b"head": struct.pack(">4I2H2q4h2H3h", *head),
        b"hhea": struct.pack(
            ">I3hH11hH", 0x10000, ASCENT, DESCENT, 0, WIDTH, 0, 0, WIDTH, 1, *[0] * 7, 3
        ),
        b"hmtx": struct.pack(">6H", *[WIDTH, 0] * 3),
        b"loca": struct.pack(">4H", 0, 0, len(box) // 2, len(box) // 2),
        b"maxp": struct.pack(">I14H", 0x10000, 3, *[0] * 13),
        b"name": _names(),
        b"post": struct.pack(">Ii2h5I", 0x30000, 0, 0, 0, 1, *[0] * 4),
    }
    offset = 12 + 16 * len(tables)
    directory, body = struct.pack(">I4H", 0x10000, len(tables), 128, 3, 0), b""
    for tag, data in tables.items():
        padded = data + bytes(-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) % 2**32
        directory += tag + struct.pack(">3I", total, offset + len(body), len(data))
        body += padded
    return directory + body


def _names() -> bytes:
    """The name of the family and the name for PostScript, as Windows has them, in English."""
    name = FONT.encode("utf-16-be")
    records = [struct.pack(">6H", 3, 1, 0x409, number, len(name), 0) for number in (1, 6)]
    return struct.pack(">3H", 0, len(records), 6 + 12 * len(records)) + b"".join(records) + name


def unicode_map(characters: Sequence[str]) -> bytes:
    """What the codes from 1 on stand for, as PDF has it."""
    parts = []
    for start in range(0, len(characters), MOST):
        some = characters[start : start + MOST]
        pairs = "\n".join(
            f"<{code:04x}> <{character.encode('utf-16-be').hex()}>"
            for code, character in enumerate(some, start=start + 1)
        )
        parts.append(f"{len(some)} beginbfchar\n{pairs}\nendbfchar\n")
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /restore def"
        " /CMapType 2 def\n1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{''.join(parts)}endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
