"""Libraries of reference works: the fingerprints of their words, and a table of places."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.works.fingerprints import CODES, STOP, Codes, Places, encoded

MAGIC = b"restore quotes 1\n"
SUFFIX = ".quotes"
BUILT_IN = Path(__file__).parents[1] / "languages" / "he.quotes"
MOST_WORDS = 1 << 24  # of a library: what ``Library.index`` has bits for
MOST_SECTIONS = (1 << 16) - 1  # of one level: what ``Library.numbers`` has bits for
LEVEL = 1 / 16  # nats, of the numbers of ``Prose``
TAG = 8  # bits
PADDING = 64  # words, more than any comparison goes beyond a work
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_BACK = np.uint64(0xD6E8FEB86659FD93)
SALTS = np.arange(3, dtype=np.uint64) * MIX_BACK
LEAST = 0.5  # nats; a guess
AGAIN = 5  # words within which a word that is written again says nothing new; a guess

NUMERALS = tuple(
    zip(
        (400, 300, 200, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1),
        "תשרקצפעסנמלכיטחזוהדגבא",
        strict=True,
    )
)


@cache
def numeral(number: int) -> str:
    """A number in Hebrew letters.

    >>> numeral(119), numeral(15), numeral(216)
    ('קיט', 'טו', 'רטז')
    """
    letters = ""
    for value, letter in NUMERALS:
        letters += letter * (number // value)
        number %= value
    # The letters of 15 and 16 would be those of a divine name.
    return letters.replace("יה", "טו").replace("יו", "טז")


# Share of the words of a quote that an earlier library must have to name it: works that people add
# quote the verses that the built-in library has. A guess.
NAMED = 0.75

CHAPTER, FOLIO, WHOLE = "chapter", "folio", "whole"
STYLES = (CHAPTER, FOLIO, WHOLE)


class Work(NamedTuple):
    """A work of a library: its Hebrew name, how its places are cited, and its first section.

    ``style``: chapter and verse (בראשית יח, יט), folio and page (ברכות ה ע"א, the first number
    counting pages from the first of folio 1), or the whole work alone. ``likely``: how much
    likelier than a verse a passage of it is quoted, in nats.
    """

    name: str
    style: str
    first: int
    likely: float = 0.0


def cited(name: str, style: str, numbers: Iterable[int]) -> str:
    r"""A place as the field cites it; ``numbers`` go from outer to inner, 0 for none.

    >>> cited("בראשית", CHAPTER, (18, 19)), cited("ברכות", FOLIO, (9, 4)), cited("הלל", WHOLE, ())
    ('בראשית יח, יט', 'ברכות ה ע"א', 'הלל')
    """
    numbers = [number for number in numbers if number]
    if style == WHOLE or not numbers:
        return name
    if style == FOLIO:
        folio, back = divmod(numbers[0] + 1, 2)
        return f'{name} {numeral(folio)} ע"{"אב"[back]}'
    return f"{name} {', '.join(map(numeral, numbers))}"


class Prose:
    """How words follow each other where nothing is quoted.

    ``surprise`` has how rarely each fingerprint is written; ``ties`` (a power of two of them) how
    much more often one follows another than anywhere, with the last ``TAG`` bits of the name of
    the two in the low half: both in steps of ``LEVEL`` nats.
    """

    def __init__(self, surprise: NDArray[np.uint8], ties: NDArray[np.uint16]) -> None:
        """The numbers may lie in a file."""
        self.levels = surprise
        self.ties = np.asarray(ties)  # no memmap: its slices are slow
        self.surprise = (surprise * LEVEL).astype(np.float32)
        self.surprise[STOP] = 0

    @staticmethod
    def slots(one: Codes, two: Codes, back: int, size: int) -> tuple[Places, NDArray[np.uint16]]:
        """Where in ``ties`` pairs of fingerprints, so many words apart, stand, and their tags."""
        name = (one.astype(np.uint64) << np.uint64(16) | two) * MIX + SALTS[back]
        name ^= name >> np.uint64(29)
        name *= MIX_BACK
        place = (name >> np.uint64(40)) & np.uint64(size - 1)
        return place.astype(np.int64), (name >> np.uint64(32)).astype(np.uint16) & ((1 << TAG) - 1)

    def said(self, codes: Codes) -> NDArray[np.float32]:
        """What each word of a text says, in nats: how rarely it is written after those before it.

        ``LEAST`` where it was written a moment ago, and no less, since what stands in a passage
        of a work speaks for it.
        """
        told = self.surprise[codes]
        taken = np.zeros_like(told)
        for back in (1, 2):
            place, tags = self.slots(codes[:-back], codes[back:], back, len(self.ties))
            ties = self.ties[place]
            levels = np.where(ties & ((1 << TAG) - 1) == tags, ties >> TAG, 0)
            taken[back:] = np.maximum(taken[back:], levels * np.float32(LEVEL))
        told -= taken
        told[1:] = np.maximum(told[1:], LEAST)
        for back in range(1, 1 + AGAIN):
            again = np.flatnonzero(codes[back:] == codes[:-back]) + back
            told[again] = np.minimum(told[again], LEAST)
        told[codes == STOP] = 0
        return told


NO_PROSE = Prose(np.full(CODES, 128, np.uint8), np.zeros(1, np.uint16))
"""For libraries alone: all words are equally rare."""


class Library:
    """The fingerprints of some works, read where they lie and not copied into memory.

    ``codes`` has all words, works one after the other, with ``STOP`` where one text does not go on
    with the next; ``starts`` where each section (a verse, a mishnah, a paragraph) begins in it;
    ``numbers`` (sections x 3, from outer to inner, 0 for none) the place of each. ``prose`` is
    what its quotes are told from, if it is known.
    """

    def __init__(
        self,
        name: str,
        works: tuple[Work, ...],
        codes: Codes,
        starts: NDArray[np.uint32],
        numbers: NDArray[np.uint16],
        prose: Prose | None = None,
    ) -> None:
        """``works`` are in the order of their sections."""
        self.name = name
        self.works = works
        # No memmaps: their slices are slow.
        self.codes = np.asarray(codes)
        self.starts = np.asarray(starts)
        self.numbers = np.asarray(numbers)
        self.prose = prose
        self._firsts = np.array([work.first for work in works])

    @classmethod
    def read(cls, path: Path) -> Library:
        """The library in a file. Raises ValueError if the file is not one or is not whole."""
        with path.open("rb") as file:
            if file.readline() != MAGIC:
                raise ValueError(f"{path} is not a library of quotes")
            facts = json.loads(file.readline())
            start = file.tell()
        words, sections, ties = facts["words"], facts["sections"], facts["ties"]
        sizes = (2 * words, 4 * sections, 6 * sections, 2 * ties, CODES if ties else 0)
        if path.stat().st_size != start + sum(sizes):
            raise ValueError(f"{path} is not whole; remove it and add its works again")
        data = np.memmap(path, np.uint8, "r", start, (sum(sizes),))
        parts = np.split(data, np.cumsum(sizes)[:-1])
        return cls(
            facts["name"],
            tuple(Work(*work) for work in facts["works"]),
            parts[0].view("<u2"),
            parts[1].view("<u4"),
            parts[2].view("<u2").reshape(-1, 3),
            Prose(parts[4], parts[3].view("<u2")) if ties else None,
        )

    def data(self) -> bytes:
        """What ``read`` reads."""
        arrays = [self.codes, self.starts.astype("<u4"), self.numbers]
        if self.prose:
            arrays += [self.prose.ties, self.prose.levels]
        facts = {
            "name": self.name,
            "words": len(self.codes),
            "sections": len(self.starts),
            "ties": len(self.prose.ties) if self.prose else 0,
            "works": self.works,
        }
        head = MAGIC + json.dumps(facts, ensure_ascii=False).encode()
        # Numbers of four bytes have to begin at a multiple of four, and words are of two.
        head += b" " * (-(len(head) + 1 + 2 * len(self.codes)) % 4) + b"\n"
        return head + b"".join(
            array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays
        )

    def place(self, position: int) -> str:
        """Where a word stands, as the field cites it."""
        # Of the type of ``starts``, which would be copied otherwise.
        section = int(self.starts.searchsorted(np.uint32(position), "right")) - 1
        work = self.works[int(np.searchsorted(self._firsts, section, "right")) - 1]
        return cited(work.name, work.style, self.numbers[section].tolist())

    @cached_property
    def index(self) -> NDArray[np.uint64]:
        """Every position with the three words from it on, in the order of the words.

        The numbers have, from high bits to low, the first and the second word (16 bits each), the
        high half of the third (8) and the position (24).
        """
        count = len(self.codes)
        # Written in quarters, the lowest first, which is quicker than whole numbers of 64 bits.
        quarters = np.zeros((count, 4), "<u2")
        position = np.arange(count, dtype=np.uint32)
        quarters[:, 0] = position & 0xFFFF
        quarters[:, 1] = position >> 16
        quarters[:-2, 1] |= self.codes[2:] & 0xFF00
        quarters[:-1, 2] = self.codes[1:]
        quarters[:, 3] = self.codes
        keys = quarters.view("<u8")[:, 0]
        keys.sort()
        return keys

    @cached_property
    def padded(self) -> Codes:
        """The fingerprints with ``PADDING`` times ``STOP`` at each end."""
        return np.pad(self.codes, PADDING)

    @cached_property
    def likely(self) -> NDArray[np.float32]:
        """How likely each work is quoted, in nats."""
        return np.array([work.likely for work in self.works], np.float32)

    def works_at(self, positions: Places) -> Places:
        """The indices of the works in which words stand."""
        begin = self.starts[self._firsts]
        return np.searchsorted(begin, positions, "right") - 1

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Where the positions of each fingerprint begin in ``index``, and the end of the last."""
        counts = np.bincount(self.codes, minlength=CODES)
        return np.concatenate([[0], np.cumsum(counts)])


class Section(NamedTuple):
    """A stretch of a work that has a place of its own; ``numbers`` go from outer to inner.

    ``joined`` says that the text goes on from the section before.
    """

    work: str
    style: str
    numbers: tuple[int, ...]
    text: str
    joined: bool = True
    likely: float = 0.0


def library(name: str, sections: Iterable[Section]) -> Library:
    """Make a library of works; the sections of a work stand together.

    Raises ValueError if there is no Hebrew word in them, or if there are more than 2**24.
    """
    works: list[Work] = []
    parts: list[Codes] = []
    starts: list[int] = []
    numbers: list[tuple[int, ...]] = []
    count = 0
    for section in sections:
        codes, _ = encoded(section.text.split())
        if not len(codes):
            continue
        fresh = not works or works[-1].name != section.work
        if fresh:
            works.append(Work(section.work, section.style, len(starts), section.likely))
        if (fresh or not section.joined) and parts:
            parts.append(np.zeros(1, np.uint16))
            count += 1
        starts.append(count)
        # No number that is too great to be kept is ever cited.
        places = (number if number <= MOST_SECTIONS else 0 for number in section.numbers[:3])
        numbers.append((*places, 0, 0, 0)[:3])
        parts.append(codes)
        count += len(codes)
    if not parts or count >= MOST_WORDS:
        raise ValueError(f"{name} has {count} Hebrew words; give between 1 and {MOST_WORDS - 1}")
    return Library(
        name,
        tuple(works),
        np.concatenate(parts),
        np.array(starts, np.uint32),
        np.array(numbers, np.uint16),
    )
