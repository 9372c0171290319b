"""Fingerprints of words: one small number for all spellings of a word.

It is a hash of 16 bits, which some words share, so that a passage can be found by its words but
no sentence can be read back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

STOP = 0  # the fingerprint of what ends a quote; of no word
CODES = 1 << 16
KNOWN_WORDS = 120_000  # spellings remembered at most; about 15 MB

Codes = NDArray[np.uint16]
Places = NDArray[np.int64]

MARKS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u034f\u200c-\u200f]")
POINTED = re.compile("[\u0590-\u05bd\u05bf-\u05c7\u034f\u200c-\u200f\ufb1d-\ufb4f]")
UNIT = re.compile(r"\S+")
WORD = re.compile("[א-ת]+(?:[\"'״׳’‘”“`´]+[א-ת]+)*['׳’`´]?")
PLAIN = re.compile("[א-ת]+").fullmatch
AROUND = ".,:;!?()[]"
QUOTATION = re.compile("[\"'״׳’‘”“`´]")
LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"
FEWEST_LETTERS = 3
FINALS = str.maketrans("ךםןףץ", "כמנפצ")
# Abbreviations that break a quotation off, and two that are written out.
BROKEN_OFF = frozenset(("וגו", "וג", "גו", "וכו", "כו", "וכד", "וגומר", "וכולי"))
_PREFIX = "([ושהכלבמ]{0,3}?)"
NAME = re.compile(_PREFIX + "(?:יהוה|יקוק|ידוד|י{2,3}|אדני|אדנ|השם|הש|[הד]['׳’`´])")
NAME_ENDS = frozenset("הקדינםש'׳’`´")
GOD = re.compile(_PREFIX + "אלו?ק(?=(?:ים|י|יך|יכ|ינו|יכם|יו|יהם|יה|ות|א|נא|ין|ימ|ינ)?$)")


def skeleton(word: str) -> str:
    """What the spellings of one Hebrew word (letters and gershayim) have in common.

    Matres lectionis inside the word are dropped, final letters and the two endings of the plural
    made one, and so are the divine names and what is written in their place. Empty for an
    abbreviation that breaks a quotation off, as וגו'.

    >>> skeleton("ירושלים") == skeleton("ירושלם"), skeleton("לה'") == skeleton("ליהוה")
    (True, True)
    """
    bare = word if word.isalpha() else QUOTATION.sub("", word)
    if bare in BROKEN_OFF:
        return ""
    if word[-1] in NAME_ENDS:
        name = NAME.fullmatch(word)
        if name:
            return name[1] + "יהוה"
    if "ק" in bare:
        bare = GOD.sub(r"\1אלה", bare)
    if bare.endswith("ין") and len(bare) > 3:
        bare = bare[:-1] + "ם"
    inside = bare[1:-1].replace("ו", "").replace("י", "")
    return (bare[:1] + inside + bare[1:][-1:]).translate(FINALS)


def fingerprint(word: str) -> int:
    """The fingerprint of one Hebrew word, ``STOP`` for what breaks a quotation off."""
    bare = skeleton(word)
    return crc32(bare.encode()) % (CODES - 1) + 1 if bare else STOP


def words_of(unit: str) -> list[str]:
    """The Hebrew words in a unit, without niqqud; a maqaf or a dash parts words.

    >>> words_of("(כׇּל־הָאָרֶץ")
    ['כל', 'הארץ']
    """
    if POINTED.search(unit):
        unit = MARKS.sub("", unicodedata.normalize("NFKC", unit))
    return WORD.findall(unit)


def fingerprints(unit: str) -> tuple[int, ...]:
    """The fingerprints of the Hebrew words in a unit.

    >>> fingerprints("כׇּל־הָאָרֶץ") == fingerprints("כל") + fingerprints("(הארץ")
    True
    """
    return tuple(map(fingerprint, words_of(unit)))


@lru_cache(maxsize=1 << 10)
def respellings(unit: str) -> frozenset[int]:
    """The fingerprints of the words that differ from the one word of a unit in one letter.

    A letter more, less or another, or two that change places (Damerau 1964,
    https://doi.org/10.1145/363958.363994). None for other units and for words of few letters,
    which differ in a letter from too many others.

    >>> fingerprint("הדרגה") in respellings("ההדרגה,"), fingerprint("שם") in respellings("שום")
    (True, False)
    """
    found = words_of(unit)
    word = skeleton(found[0]) if len(found) == 1 and found[0].isalpha() else ""
    if len(word) < FEWEST_LETTERS:
        return frozenset()
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    others = {before + after[1:] for before, after in cuts if after}
    others |= {before + after[1] + after[0] + after[2:] for before, after in cuts if after[1:]}
    others |= {before + letter + after for before, after in cuts for letter in LETTERS}
    others |= {before + letter + after[1:] for before, after in cuts if after for letter in LETTERS}
    return frozenset(map(fingerprint, others - {word}))


class Units(Sequence[str]):
    """The units of a text: what stands between white space, cut out when it is asked for.

    A list of them would take twenty times the memory of the text. ``spans`` has a row for each:
    where it begins and where it ends.
    """

    def __init__(self, text: str) -> None:
        """``text`` is kept as it is."""
        self.text = text
        edges = (edge for found in UNIT.finditer(text) for edge in found.span())
        self.spans = np.fromiter(edges, np.int32).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self.spans)

    def __iter__(self) -> Iterator[str]:
        """Cut out one after the other, which is quicker than each by its number."""
        return (found.group() for found in UNIT.finditer(self.text))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self.text[start:stop] for start, stop in self.spans[index].tolist()]
        start, stop = self.spans[index].tolist()
        return self.text[start:stop]


class Spellings(dict[str, int]):
    """The fingerprint of each unit met so far, or a negative number: ``-1 - index`` of ``others``.

    ``others`` are the fingerprints of units that have none or several.
    """

    def __init__(self) -> None:
        """Nothing is met yet."""
        self.others: list[tuple[int, ...]] = []

    def __missing__(self, unit: str) -> int:
        """Work out the fingerprints of a unit that is met for the first time."""
        word = unit.strip(AROUND)
        codes = (fingerprint(word),) if PLAIN(word) else fingerprints(unit)
        if len(codes) != 1:
            self.others.append(codes)
        self[unit] = code = codes[0] if len(codes) == 1 else -len(self.others)
        return code


_spellings = Spellings()


def encoded(units: Sequence[str]) -> tuple[Codes, Places]:
    """The fingerprints of a text, one after the other, and for each the index of its unit."""
    global _spellings
    if len(_spellings) > KNOWN_WORDS:
        _spellings = Spellings()
    codes = np.fromiter(map(_spellings.__getitem__, units), np.int64, len(units))
    owners = np.arange(len(units))
    odd = np.flatnonzero(codes < 0)
    if len(odd):
        others = [_spellings.others[-1 - code] for code in codes[odd].tolist()]
        lengths = np.ones(len(units), np.int64)
        lengths[odd] = [len(other) for other in others]
        owners = np.repeat(owners, lengths)
        codes = codes[owners]
        codes[codes < 0] = [code for other in others for code in other]
    return codes.astype(np.uint16), owners
