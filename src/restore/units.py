"""Units: what stands between two white spaces, and the features of one that a model can weigh.

A unit is a word with the marks around it (``"שלום,``). Its *core* is the word alone, without
niqqud and with quotation marks, gershayim and dashes in their ASCII forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

MARKS = regex.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0300-\u036f]")
CORE = regex.compile(r"[^\W_](?:.*[^\W_])?'?", regex.DOTALL)
ASCII_FORMS = str.maketrans(
    "\u05f3\u2019\u2018`\u00b4\u05f4\u201d\u201c\u201e\u00ab\u00bb\u05be\u2010\u2011\u2012\u2013\u2014",
    '\'\'\'\'\'""""""------',
)

WORD, FIRST, FIRST2, FIRST3, LAST, LAST2, LAST3, SHAPE, BEFORE, AFTER, STEM = range(11)
COLUMNS = 11  # of a row of ``attributes``

# Kinds of marks before and after a core. Numbers, not names: they are hashed into the weights.
_NO_CORE = (6, 16)


class Parts(NamedTuple):
    """A unit in three: the marks before its core, the core, the marks after it."""

    before: str
    core: str
    after: str


@lru_cache(maxsize=1 << 16)
def parts(unit: str) -> Parts:
    """Cut a unit into the marks before its core, the core, and the marks after it.

    >>> parts('("שלום,')
    Parts(before='("', core='שלום', after=',')
    """
    if unit.isalpha():
        return Parts("", unit, "")
    plain = MARKS.sub("", unit).translate(ASCII_FORMS)
    found = CORE.search(plain)
    if not found:
        return Parts("", "", plain)
    return Parts(plain[: found.start()], found.group(), plain[found.end() :])


def _kind_before(marks: str) -> int:
    if not marks:
        return 0
    for kind, characters in enumerate(("([{", ")]}", "\"'", "-"), start=1):
        if any(c in characters for c in marks):
            return kind
    return 5


def _kind_after(marks: str) -> int:
    if not marks:
        return 0
    stop = max((1 + (c in ":;") + 2 * (c in ".!?") for c in marks if c in ",:;.!?"), default=0)
    if any(c in ")]}" for c in marks):
        return 4 + stop
    if '"' in marks or "'" in marks:
        return 8 + stop
    if stop:
        return 12 if stop == 2 and ":" not in marks else stop
    if any(c in "([{" for c in marks):
        return 13
    return 14 if "-" in marks else 15


def _hash(text: str) -> int:
    return crc32(text.encode())


@lru_cache(maxsize=1 << 16)
def _affix_hash(text: str) -> int:
    """The same, for what many units have."""
    return _hash(text)


def attributes(unit: str, clitics: str) -> tuple[int, ...]:
    """Hashes (32 bits each) of what a model may know of a unit, ``COLUMNS`` of them.

    They are its word, first and last one to three letters, shape, marks before and after, and
    its stem: the word without ``clitics``, the one-letter words written with the next one.
    """
    before, core, after = parts(unit)
    if not core:
        kinds: tuple[int, int] = _NO_CORE
        core = "~" + after[:3]
        affixes = [f"{n}{core}" for n in range(1, 8)]
        stem = core
    else:
        kinds = (_kind_before(before), _kind_after(after))
        if core[0].isdigit():
            core = "0" * min(len(core), 4) + ("-" if "-" in core else "")
        elif "a" <= core[0].lower() <= "z":
            core = "L"
        shape = core[:1] + core[-1:] + str(min(len(core), 7))
        affixes = ["a" + core[:1], "b" + core[:2], "c" + core[:3]]
        affixes += ["d" + core[-1:], "e" + core[-2:], "f" + core[-3:], "g" + shape]
        stem = core[1:] if len(core) >= 4 and core[0] in clitics else core
        if core[0] == "ו" and len(stem) >= 4 and stem[0] in clitics:
            stem = stem[1:]
    hashes = [_affix_hash(affix) for affix in affixes]
    return (_hash(core), *hashes, *kinds, _hash("s" + stem))


# Words of letters that are two bytes in UTF-8, of which the first is LEAD, with marks after them.
PLAIN = regex.compile("([א-ת]+)([.,:;!?]*)")
LEAD = 0xD7
# The table of the check (ISO 3309) that crc32 looks up; what comes in and out of that is inverted.
_TABLE = np.array([crc32(bytes([n])) ^ crc32(b"\0") for n in range(256)], np.uint32)
_EIGHT, _ONES = np.uint32(8), np.uint32(0xFFFFFFFF)
Hashes = NDArray[np.uint32]
Sizes = NDArray[np.intp]


def attributes_of(units: Sequence[str], clitics: str) -> NDArray[np.uint64]:
    """The ``attributes`` of many units, a row each; those of plain words are worked out at once."""
    found = np.zeros((len(units), COLUMNS), np.uint64)
    matches = [PLAIN.fullmatch(unit) for unit in units]
    plain = [at for at, match in enumerate(matches) if match]
    for at, match in enumerate(matches):
        if not match:
            found[at] = attributes(units[at], clitics)
    if plain:
        cores = [match[1] for match in matches if match]
        found[plain, :BEFORE] = _word_hashes(cores)
        found[plain, AFTER] = [_kind_after(match[2]) for match in matches if match]
        found[plain, STEM] = _stem_hashes(cores, clitics)
    return found


def letter_bytes(words: Sequence[str]) -> tuple[NDArray[np.uint8], Sizes]:
    """The second byte of each letter of each word (words x longest), and how many there are.

    The words have no other letters than those of ``PLAIN``.
    """
    sizes = np.array([len(word) for word in words], np.intp)
    flat = np.frombuffer("".join(words).encode(), np.uint8)[1::2]
    letters = np.zeros((len(words), int(sizes.max())), np.uint8)
    letters[np.arange(letters.shape[1]) < sizes[:, np.newaxis]] = flat
    return letters, sizes


def letters_of(row: NDArray[np.uint8]) -> str:
    """The word whose letters have such second bytes."""
    return bytes(byte for second in row.tolist() for byte in (LEAD, second)).decode()


def checks(letters: NDArray[np.uint8], sizes: Sizes) -> Hashes:
    """The ``crc32`` of words, given as ``letter_bytes`` gives them."""
    return _whole(letters, sizes) ^ _ONES


def _word_hashes(words: Sequence[str]) -> Hashes:
    """The hashes of words, of their first and last letters, and of their shape (words x 8)."""
    letters, sizes = letter_bytes(words)
    count = len(letters)
    rows = np.arange(count)
    found = np.zeros((count, SHAPE + 1), np.uint32)
    found[:, WORD] = _whole(letters, sizes)
    for column, tag, size in ((FIRST, b"a", 1), (FIRST2, b"b", 2), (FIRST3, b"c", 3)):
        found[:, column] = _some(letters, tag, np.zeros_like(sizes), np.minimum(sizes, size))
    for column, tag, size in ((LAST, b"d", 1), (LAST2, b"e", 2), (LAST3, b"f", 3)):
        found[:, column] = _some(letters, tag, np.maximum(sizes - size, 0), sizes)
    shape = _with_letter(_begun(b"g", count), letters[:, 0])
    shape = _with_letter(shape, letters[rows, sizes - 1])
    found[:, SHAPE] = _with(shape, np.minimum(sizes, 7).astype(np.uint8) + ord("0"))
    return found ^ _ONES


def _stem_hashes(words: Sequence[str], clitics: str) -> Hashes:
    letters, sizes = letter_bytes(words)
    last_bytes = [clitic.encode()[-1] for clitic in clitics]
    clitic = np.isin(letters, last_bytes)
    starts = ((sizes >= 4) & clitic[:, 0]).astype(np.intp)
    both = (letters[:, 0] == "ו".encode()[-1]) & (sizes - starts >= 4)
    second = clitic[np.arange(len(words)), starts]
    starts += both & second
    return _some(letters, b"s", starts, sizes) ^ _ONES


def _whole(letters: NDArray[np.uint8], sizes: Sizes) -> Hashes:
    """The state of the check after all letters of each word."""
    found = _begun(b"", len(letters))
    for place in range(letters.shape[1]):
        found = np.where(place < sizes, _with_letter(found, letters[:, place]), found)
    return found


def _some(letters: NDArray[np.uint8], tag: bytes, starts: Sizes, stops: Sizes) -> Hashes:
    """The state of the check after ``tag`` and the letters of each word between two places."""
    found = _begun(tag, len(letters))
    rows = np.arange(len(letters))
    for step in range(int((stops - starts).max(initial=0))):
        more = rows[starts + step < stops]
        found[more] = _with_letter(found[more], letters[more, starts[more] + step])
    return found


def _begun(tag: bytes, count: int) -> Hashes:
    return np.full(count, crc32(tag) ^ 0xFFFFFFFF, np.uint32)


def _with_letter(states: Hashes, letters: NDArray[np.uint8]) -> Hashes:
    return _with(_with(states, np.uint8(LEAD)), letters)


def _with(states: Hashes, values: NDArray[np.uint8] | np.uint8) -> Hashes:
    return np.asarray(_TABLE[(states ^ values) & np.uint32(255)] ^ (states >> _EIGHT))
