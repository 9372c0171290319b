"""ToUnicode maps: what the codes of a PDF's font stand for, as its producer says it.

ISO 32000-2, 9.10.3; their syntax is that of CMap files (Adobe Technical Note 5014).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_CODES = 65536  # of a map
IN_BLOCK = 100  # lines of a block: Technical Note 5014, 1.4.2

_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_HEX = rb"<([0-9a-fA-F\s]*)>"
_CHARACTER = re.compile(_HEX + rb"\s*" + _HEX)
_RANGE = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*(?:" + _HEX + rb"|\[([^\]]*)\])")
_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<{}> <{}>
endcodespacerange
"""
_FOOT = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def parsed(data: bytes) -> dict[int, bytes]:
    """What each code is mapped to, in UTF-16 with the high byte first; nothing if to no text."""
    found: dict[int, bytes] = {}
    for block in _BLOCK.finditer(data):
        pairs = _characters(block[2]) if block[1] == b"bfchar" else _ranges(block[2])
        for code, name in pairs:
            if len(found) >= MOST_CODES:
                return found
            found[code] = name
    return found


def _characters(block: bytes) -> Iterator[tuple[int, bytes]]:
    for pair in _CHARACTER.finditer(block):
        yield _number(pair[1]), _bytes(pair[2])


def _ranges(block: bytes) -> Iterator[tuple[int, bytes]]:
    for found in _RANGE.finditer(block):
        codes = range(_number(found[1]), min(_number(found[2]) + 1, MOST_CODES))
        if found[3] is None:
            names = [_bytes(name) for name in re.findall(_HEX, found[4])]
            yield from zip(codes, names, strict=False)
            continue
        first = _bytes(found[3])
        last = int.from_bytes(first[-2:], "big")
        for step, code in enumerate(codes):
            yield code, first[:-2] + ((last + step) & 0xFFFF).to_bytes(2, "big")


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _bytes(digits: bytes) -> bytes:
    plain = b"".join(digits.split()).decode("ascii")
    return bytes.fromhex(plain + "0" * (len(plain) % 2))


def written(names: dict[int, str], wide: bool) -> bytes:
    """The map that gives codes, ``wide`` ones of two bytes, these names."""
    digits = 4 if wide else 2
    lines = [
        f"<{code:0{digits}X}> <{name.encode('utf-16-be').hex().upper()}>\n"
        for code, name in sorted(names.items())
    ]
    parts = [_HEAD.format("0" * digits, "F" * digits)]
    for start in range(0, len(lines), IN_BLOCK):
        block = lines[start : start + IN_BLOCK]
        parts += [f"{len(block)} beginbfchar\n", *block, "endbfchar\n"]
    return "".join([*parts, _FOOT]).encode("ascii")
