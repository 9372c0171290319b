"""Units: what stands between two white spaces, and the features of one that a model can weigh.

A unit is a word with the marks around it (``"שלום,``). Its *core* is the word alone, without
niqqud and with quotation marks, gershayim and dashes in their ASCII forms.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import regex

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
