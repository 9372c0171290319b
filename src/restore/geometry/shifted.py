"""Hebrew letters that a file names as if they were Latin, all of them shifted by the same number.

Fonts have the letters of Hebrew in the order of the alphabet, as Unicode and the code pages have
(Windows-1255, ISO 8859-8). So where a producer writes the numbers of glyphs, or codes of such a
page, for characters, one number tells all letters. It is known if what it gives are Hebrew words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from restore.frequencies import frequencies
from restore.geometry.glyphs import Glyphs
from restore.geometry.layout import STRANGE, Habits, Laid, are_strange, lay_out, read_page
from restore.model import Layer

FIRST, COUNT = 0x5D0, 27  # the alphabet with its final letters, from alef to tav
LATIN = range(0xC0, 0x100)  # the letters of Latin-1, and two signs among them
LEAST_WORDS = 10  # of a page, that can tell; a guess
KNOWN = 0.8  # share of the words that are in the list; of true texts .9 to .98
WRONG = 0.01  # share of the words that have a final letter inside
WORD = regex.compile(r"[א-ת]{2,}")
FINAL_INSIDE = regex.compile(r"[ךםןףץ]\B")

SHIFTED = "its letters were given wrong names, all shifted by the same number; that was taken back"


def with_letters(laid: Laid, parts: tuple[Glyphs, ...], habits: Habits) -> Laid:
    """The rows of a page with the letters that are meant, if its glyphs are named so."""
    texts = [text for row in laid.rows for text in row.texts]
    # Where the shift is known, a page number and a word are enough.
    if laid.remark != STRANGE and not (habits.shift and are_strange(texts, 1)):
        return laid
    before = replace(habits)
    for shift in _shifts(parts, habits):
        found = lay_out(_shifted(parts, shift), habits)
        if shift == habits.shift or _is_hebrew(found):
            habits.shift = shift
            # A few may have other names still, which the fonts tell.
            return replace(found, layer=Layer.SCRAMBLED, remark=SHIFTED, proved=True, misnamed=True)
        habits.brackets, habits.words = before.brackets, before.words
    return laid


def _shifts(parts: Sequence[Glyphs], habits: Habits) -> Iterator[int]:
    """By how much the letters can be shifted; what is known of the document comes first."""
    used = {ord(text[0]) for part in parts for text in part.texts} & set(LATIN)
    low, high = max(used) - COUNT + 1, min(used)
    shifts = [FIRST - first for first in range(low, high + 1)]
    yield from sorted(shifts, key=lambda shift: shift != habits.shift)


def _shifted(parts: tuple[Glyphs, ...], shift: int) -> tuple[Glyphs, ...]:
    names = {chr(code): chr(code + shift) for code in LATIN}
    return tuple(
        replace(part, texts=["".join(names.get(c, c) for c in text) for text in part.texts])
        for part in parts
    )


def _is_hebrew(laid: Laid) -> bool:
    words = WORD.findall(read_page(laid, drawn=True, last=True).text)
    if len(words) < LEAST_WORDS:
        return False
    known = int((frequencies("he").of(words) > 0).sum())
    wrong = sum(bool(FINAL_INSIDE.search(word)) for word in words)
    return known >= KNOWN * len(words) and wrong <= WRONG * len(words)
