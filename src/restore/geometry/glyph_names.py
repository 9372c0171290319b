"""What the glyphs of a font stand for, where the file says it wrongly or not at all.

The font itself can tell: a glyph that draws the same as another is the same, one that is made of
others stands for all of them, and the map from characters to glyphs that came with the font is
often still in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from unicodedata import normalize

from restore.geometry.glyphs import direction, is_mark, is_right_to_left
from restore.geometry.shapes import Shapes

NOTHING = "\u034f"  # the combining grapheme joiner, which is no text
LOST = "\ufffd"
UNNAMED = ("\uf300", "\uf7ff")  # characters for private use that few fonts of symbols have
PRIVATE = ("\ue000", "\uf8ff")
LATIN = ("\u00c0", "\u00ff")
LEAST_NUMBERED = 5  # glyphs named by their numbers that are no accident; a guess
# Forms of letters that Unicode takes apart wrongly for Persian: of U+06C0 it says that it is a
# ligature, and that the hamza is to stand over the letter of the language.
HAMZA = {form: "\u0647\u0654" for form in ("\u06c0", "\ufba4", "\ufba5")}


def plain_names(mapped: Mapping[int, bytes]) -> dict[int, str]:
    """The names of codes that their ToUnicode map has, without those that are none."""
    found: dict[int, str] = {}
    for code, data in mapped.items():
        name = _undoubled(data).decode("utf-16-be", "ignore").strip("\0\uffff\ufffd")
        if name:
            found[code] = "".join(HAMZA.get(character, character) for character in name)
    return found


def numbered(names: Mapping[int, str]) -> dict[int, str]:
    """The names of codes, all of them their numbers and one step more, where most are.

    So Ghostscript 10 names the glyphs of Chromium, letters of Latin-1, but a few a second time as
    others; then two codes have one name.
    """
    steps = {
        code: ord(name) - code
        for code, name in names.items()
        if len(name) == 1 and LATIN[0] <= name <= LATIN[1]
    }
    if len({names[code] for code in steps}) == len(steps):
        return dict(names)
    step, count = Counter(steps.values()).most_common(1)[0]
    if not step or count < LEAST_NUMBERED or count <= len(steps) / 2:
        return dict(names)
    # Beyond the letters stand forms of them, as small capitals, which have their names by right.
    letters = {code: chr(code + step) for code in steps}
    return dict(names) | {c: name for c, name in letters.items() if LATIN[0] <= name <= LATIN[1]}


def _undoubled(data: bytes) -> bytes:
    """A name of two letters as it was before Ghostscript wrote it.

    Ghostscript 10 writes the low byte of the first in place of the high byte of the second.
    """
    right_to_left = b"\x05\x90" <= data[:2] < b"\x09"
    if len(data) == 4 and right_to_left and data[2] == data[1]:
        return data[:2] + data[:1] + data[3:]
    return data


def named(names: Mapping[int, str], glyphs: Mapping[int, int], shapes: Shapes) -> dict[int, str]:
    """The names of codes, put right by the shapes of their glyphs.

    ``names`` are those that the file gives; ``glyphs`` those of all codes of the font.
    """
    if not any(shapes.outlines.values()):
        return dict(names)  # the font of a text layer that is not seen
    names = {
        code: _of_its_own(name, shapes.characters.get(glyphs.get(code, -1), ""))
        for code, name in names.items()
    }
    known: dict[int, str] = {}
    for code, name in names.items():
        if code in glyphs:
            known.setdefault(glyphs[code], name)
    drawn, made = _of_shapes(known, shapes), _of_parts(known, shapes)
    found: dict[int, str] = {}
    for code, glyph in glyphs.items():
        name, outline = names.get(code, ""), shapes.outlines.get(glyph, b"")
        if not outline and all(map(is_mark, name)):
            name = NOTHING  # what draws nothing is no mark, though text beside it may be
        elif all(map(is_mark, name)):
            own = _character(shapes.characters.get(glyph, ""))
            name = made.get(glyph) or name or own or drawn.get(outline, "")
            if not name and is_right_to_left(known.get(glyph, "")[:1] or " "):
                name = NOTHING  # what stands for several letters with a glyph beside it: fpdf2
        if name or outline:
            found[code] = name or (_private(glyph) if glyph in shapes.single else LOST)
    return found


def _of_its_own(name: str, characters: str) -> str:
    """The name of a glyph, or the mark that it is by the font if it is named after its letter too.

    Producers name one glyph by the text of all that stand for a letter with its marks.
    """
    own = _character(characters)
    return own if len(name) > 1 and own in name and is_mark(own or " ") else name


def _private(glyph: int) -> str:
    """A character for a glyph that has no name, so that it is known again."""
    return chr(ord(UNNAMED[0]) + glyph % (ord(UNNAMED[1]) - ord(UNNAMED[0]) + 1))


def _character(characters: str) -> str:
    """What a glyph stands for of the characters that the program gives it; nothing if unclear."""
    plain = [one for one in characters if not PRIVATE[0] <= one <= PRIVATE[1]]
    letters = [one for one in plain if is_right_to_left(one) or is_mark(one)]
    return letters[0] if len(letters) == 1 else plain[0] if len(plain) == 1 else ""


def _of_shapes(known: Mapping[int, str], shapes: Shapes) -> dict[bytes, str]:
    """What outlines stand for that glyphs of one name have.

    Arabic letters aside: fonts draw one of them with several glyphs, also with those of others.
    """
    found: dict[bytes, set[str]] = {}
    for glyph, name in known.items():
        if outline := shapes.outlines.get(glyph):
            found.setdefault(outline, set()).add(name)
    return {
        outline: min(names)
        for outline, names in found.items()
        if len(names) == 1 and not any(direction(letter) == "AL" for letter in min(names))
    }


def _of_parts(known: Mapping[int, str], shapes: Shapes) -> dict[int, str]:
    """What composite glyphs stand for whose parts are Hebrew letters and their marks."""
    parts = _parts(known, shapes)
    found: dict[int, str] = {}
    for glyph, made in shapes.parts.items():
        name = "".join(sorted((parts.get(one, "") for one in made), key=_is_marks))
        if all(parts.get(one) for one in made) and any(map(_is_hebrew, name)):
            found[glyph] = name
    return found


def _parts(known: Mapping[int, str], shapes: Shapes) -> dict[int, str]:
    """What the parts of composite glyphs stand for: what the names of all have that they are in.

    The dot in all of bet, gimel and dalet with a dagesh is the dagesh.
    """
    named_ = {
        glyph: set(normalize("NFD", known[glyph]))
        for glyph in shapes.parts
        if any(map(_is_hebrew, known.get(glyph, "")))
    }
    may: dict[int, set[str]] = {}
    for glyph, characters in named_.items():
        for one in shapes.parts[glyph]:
            may[one] = may.get(one, characters) & characters
    for one, characters in may.items():
        # Files name glyphs too that they do not paint, as it happens.
        may[one] = characters & {known.get(one, "")} or characters
    for glyph in named_:
        made = shapes.parts[glyph]
        for one in made:
            told = {min(may[other]) for other in made if other != one and len(may[other]) == 1}
            may[one] = may[one] - told
    sure = {glyph: name for glyph, name in known.items() if glyph not in shapes.parts}
    return sure | {glyph: min(names) for glyph, names in may.items() if len(names) == 1}


def _is_hebrew(character: str) -> bool:
    return "\u05d0" <= character <= "\u05ea"


def _is_marks(name: str) -> bool:
    return all(map(is_mark, name))
