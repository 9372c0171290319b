"""Fingerprints of words: one small number for all spellings of a word.

It is a hash of 16 bits, which some words share, so that a passage can be found by its words but
no sentence can be read back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, compress
from typing import overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from restore.units import checks, letter_bytes, letters_of

STOP = 0  # the fingerprint of what ends a quote; of no word
CODES = 1 << 16
KNOWN_WORDS = 120_000  # spellings remembered at most; about 15 MB
KNOWN_RESPELLINGS = 4000  # units whose respellings are remembered at most; about 2 MB

Codes = NDArray[np.uint16]
Places = NDArray[np.int64]

MARKS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u034f\u200c-\u200f]")
POINTED = re.compile("[\u0590-\u05bd\u05bf-\u05c7\u034f\u200c-\u200f\ufb1d-\ufb4f]")
UNIT = re.compile(r"\S+")
WORD = re.compile("[א-ת]+(?:[\"'״׳’‘”“`´]+[א-ת]+)*['׳’`´]?")
PLAIN = re.compile("[א-ת]+").fullmatch
AROUND = ".,:;!?()[]"
QUOTATION = re.compile("[\"'״׳’‘”“`´]")
FEW_WORDS = 40  # fewer are quicker one by one
LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"
FEWEST_LETTERS, MOST_LETTERS = 3, 40
FINALS = str.maketrans("ךםןףץ", "כמנפצ")
# Abbreviations that break a quotation off, and two that are written out.
BROKEN_OFF = frozenset(("וגו", "וג", "גו", "וכו", "כו", "וכד", "וגומר", "וכולי"))
_PREFIX = "([ושהכלבמ]{0,3}?)"
_NAMES = ("יהוה", "יקוק", "ידוד", "יי", "ייי", "אדני", "אדנ", "השם", "הש")
NAME = re.compile(f"{_PREFIX}(?:{'|'.join(_NAMES)}|[הד]['׳’`´])")
NAME_ENDS = frozenset("'׳’`´").union(name[-1] for name in _NAMES)
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


# By the second of the two bytes of a letter in UTF-8: its regular form, and whether it is dropped
# inside a word. By the last five bits of each: the last three letters of words for which
# ``skeleton`` has rules of its own (two, after any other), and two letters anywhere in such words.
_REGULAR = np.arange(256, dtype=np.uint8)
_DROPPED = np.zeros(256, np.bool_)
_ODD_ENDS, _ODD_PAIRS = np.zeros((32, 32, 32), np.bool_), np.zeros((32, 32), np.bool_)


def _bytes(letters: str) -> NDArray[np.uint8]:
    return np.frombuffer(letters.encode(), np.uint8)[1::2]


for _final, _regular in FINALS.items():
    _REGULAR[_bytes(chr(_final))] = _bytes(chr(_regular))
_DROPPED[_bytes("וי")] = True
for _end in (*_NAMES, *BROKEN_OFF, "ין"):
    _ODD_ENDS[(..., *(_bytes(_end[-3:]) & 31))] = True
for _pair in ("לק", "וק"):
    _ODD_PAIRS[tuple(_bytes(_pair) & 31)] = True


def fingerprints_of(words: Sequence[str]) -> Codes:
    """The ``fingerprint`` of each of many words of letters alone, most worked out at once."""
    if len(words) < FEW_WORDS:
        return np.array([fingerprint(word) for word in words], np.uint16)
    return _fingerprints(*letter_bytes(words))


def _fingerprints(letters: NDArray[np.uint8], sizes: Places) -> Codes:
    rows, places = np.arange(len(letters)), np.arange(letters.shape[1])
    low = letters & 31
    ends = (low[rows, np.maximum(sizes - back, 0)] for back in (3, 2, 1))
    odd = _ODD_ENDS[tuple(ends)] | _ODD_PAIRS[low[:, :-1], low[:, 1:]].any(axis=1) | (sizes < 3)
    kept = places < sizes[:, np.newaxis]
    kept[:, 1:] &= ~_DROPPED[letters[:, 1:]] | (places[1:] == sizes[:, np.newaxis] - 1)
    left = kept.sum(axis=1)
    bare = np.zeros_like(letters)
    bare[places < left[:, np.newaxis]] = _REGULAR[letters[kept]]
    codes = (checks(bare, left) % np.uint32(CODES - 1) + np.uint32(1)).astype(np.uint16)
    for row in np.flatnonzero(odd).tolist():
        codes[row] = fingerprint(letters_of(letters[row, : sizes[row]]))
    return codes


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


_respellings: dict[str, Codes] = {}


def respellings(units: Sequence[str]) -> list[Codes]:
    """For each unit the fingerprints of the words that differ from its one word in one letter.

    They are in rising order. A letter more, less or another, or two that change places (Damerau
    1964, https://doi.org/10.1145/363958.363994). None for units of no or several words and for
    words of few letters, which differ in a letter from too many others.

    >>> [fingerprint("הדרגה") in codes for codes in respellings(["ההדרגה,", "גר"])]
    [True, False]
    """
    global _respellings
    if len(_respellings) > KNOWN_RESPELLINGS:
        _respellings = {}
    known = _respellings
    fresh = [unit for unit in dict.fromkeys(units) if unit not in known]
    near = [_in_one_letter(_one_word(unit)) for unit in fresh]
    ends = np.cumsum([0, *map(len, near)]).tolist()
    letters = np.zeros((ends[-1], max((one.shape[1] for one in near), default=1)), np.uint8)
    for start, stop, one in zip(ends, ends[1:], near, strict=False):
        letters[start:stop, : one.shape[1]] = one
    codes = _fingerprints(letters, np.count_nonzero(letters, axis=1))
    for unit, start, stop in zip(fresh, ends, ends[1:], strict=False):
        known[unit] = np.unique(codes[start:stop])
    return [known[unit] for unit in units]


def _one_word(unit: str) -> str:
    """The skeleton of the one word of a unit, if so many letters can be told from others."""
    found = words_of(unit)
    word = skeleton(found[0]) if len(found) == 1 and found[0].isalpha() else ""
    return word if FEWEST_LETTERS <= len(word) <= MOST_LETTERS else ""


def _in_one_letter(word: str) -> NDArray[np.uint8]:
    """The letters of all words that differ from a word in one letter (words x letters, 0 if none).

    Some come more than once.
    """
    own = np.append(_bytes(word), np.uint8(0))
    found = np.concatenate([own[:-1], _bytes(LETTERS), own[-1:]])[_one_other(len(word))]
    return np.asarray(found[(found != own).any(axis=1)])


@cache
def _one_other(count: int) -> Places:
    """Where the letters of words come from that differ in one of so many letters.

    Those of the word itself come first, then ``LETTERS``, and last what is none.
    """
    own, none = np.arange(count), count + len(LETTERS)
    others: list[list[int]] = []
    for at in range(count + 1):
        before, after = own[:at].tolist(), own[at:].tolist()
        others += [[*before, letter, *after] for letter in range(count, none)]
        if after:
            others.append([*before, *after[1:], none, none])
            others += [[*before, letter, *after[1:], none] for letter in range(count, none)]
        if after[1:]:
            others.append([*before, after[1], after[0], *after[2:], none])
    return np.array(others if count else np.zeros((0, 1)), np.intp)


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
        return chain.from_iterable(map(str.split, self.text.split("\n")))

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

    def learn(self, units: Sequence[str]) -> None:
        """Work out the fingerprints of units that are met for the first time."""
        fresh = [unit for unit in dict.fromkeys(units) if unit not in self]
        words = [unit.strip(AROUND) for unit in fresh]
        plain = [len(word) <= MOST_LETTERS and PLAIN(word) is not None for word in words]
        codes = fingerprints_of(list(compress(words, plain))).tolist()
        self.update(zip(compress(fresh, plain), codes, strict=True))
        for unit in fresh:
            if unit not in self:
                found = fingerprints(unit)
                if len(found) != 1:
                    self.others.append(found)
                self[unit] = found[0] if len(found) == 1 else -len(self.others)


_spellings = Spellings()


def encoded(units: Sequence[str]) -> tuple[Codes, Places]:
    """The fingerprints of a text, one after the other, and for each the index of its unit."""
    global _spellings
    if len(_spellings) > KNOWN_WORDS:
        _spellings = Spellings()
    known = _spellings
    known.learn(units)
    codes = np.fromiter(map(known.__getitem__, units), np.int64, len(units))
    owners = np.arange(len(units))
    odd = np.flatnonzero(codes < 0)
    if len(odd):
        others = [known.others[-1 - code] for code in codes[odd].tolist()]
        lengths = np.ones(len(units), np.int64)
        lengths[odd] = [len(other) for other in others]
        owners = np.repeat(owners, lengths)
        codes = codes[owners]
        codes[codes < 0] = [code for other in others for code in other]
    return codes.astype(np.uint16), owners
