"""Lam with alef, which Arabic fonts join in a way of their own, where a file names no such glyph.

Fonts draw the two with one glyph or with one for each. Of the latter, alef is the one that stands
only after lam; and lam, if it has no name either, the one that stands only before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import MutableMapping, Sequence

from restore.geometry.glyph_names import LOST, UNNAMED
from restore.geometry.glyphs import is_mark
from restore.geometry.rows import Row

LAM, ALEF = "\u0644", "\u0627"
ALEFS = frozenset("\u0622\u0623\u0625\u0627")
# Letters not joined to the next: Unicode Character Database, ArabicShaping.txt (the common ones).
UNJOINED = frozenset("ءآأؤإاةدذرزوىٱڈڑژۀےە")
LEAST = 3  # times on a page that tell what a glyph is; a guess


def name_lam_alefs(rows: Sequence[Row], known: MutableMapping[str, str]) -> None:
    """Give the glyphs without a name (``UNNAMED``) theirs, in ``rows``, or that of what is lost.

    What was told of them on other pages is ``known``, to which that of this one is added.
    """
    places = [(row, i) for row in rows for i, text in enumerate(row.texts) if _is_unnamed(text)]
    if not places:
        return
    known.update(_told(rows, places))
    for row, i in places:
        text = row.texts[i]
        row.texts[i] = known.get(text[0], LOST) + text[1:]


def _is_unnamed(text: str) -> bool:
    return UNNAMED[0] <= text[0] <= UNNAMED[1]


def _told(rows: Sequence[Row], places: Sequence[tuple[Row, int]]) -> dict[str, str]:
    """What a page tells of glyphs that it has often enough."""
    named = {
        _joins(row, i + 2)
        for row in rows
        for i, text in enumerate(row.texts)
        if text[0] in ALEFS and _last(_text(row, i + 1, i + 1)) == LAM
    }
    before, after = defaultdict(set), defaultdict(set)
    joined: dict[str, set[bool]] = defaultdict(set)
    for row, i in places:
        glyph = row.texts[i][0]
        before[glyph].add(_last(_text(row, i + 1, i + 1)))
        after[glyph].add(_text(row, i - 1, i)[:1])
        joined[glyph].add(_joins(row, i + 2))
    found: dict[str, str] = {}
    for glyph, letters in before.items():
        lam = min(letters)
        if letters == {LAM} and not joined[glyph] & named:
            found[glyph] = ALEF
        elif len(letters) == 1 and after.get(lam) == {glyph}:
            found |= {lam: LAM, glyph: ALEF}
    count = sum(found.get(row.texts[i][0]) == ALEF for row, i in places)
    return found if count >= LEAST else {}


def _text(row: Row, place: int, gap: int) -> str:
    """What stands at a place of a row; nothing if there is white space at the ``gap``."""
    inside = 0 <= place < len(row.texts) and not row.spaced[gap]
    return row.texts[place] if inside else ""


def _last(text: str) -> str:
    """The last letter of a text."""
    return next((character for character in reversed(text) if not is_mark(character)), "")


def _joins(row: Row, place: int) -> bool:
    """Whether the letter at a place of a row is joined to the one after it."""
    letter = _last(_text(row, place, place))
    return letter.isalpha() and letter not in UNJOINED
