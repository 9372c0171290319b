"""A second reading of a page by another model, and which of the two is right, word for word.

The model of a language gives the order of a page, that of its script knows single letters better.
Words are matched by their boxes; of two that differ, how sure each model was, how often the words
are written, and whether their final letters are where such letters can be, settle it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log, log10

import numpy as np
import regex

from restore.frequencies import Frequencies, frequencies
from restore.languages import codes, language
from restore.scans.ink import Grey
from restore.scans.language import readable
from restore.scans.tesseract import Word
from restore.tokens import POINT
from restore.units import parts

SURE = 0.9  # of a word; a line in which all are surer is not read again
MARGIN = 0.35  # of the height of a line, that is left around it
SAME = 0.3  # share of the narrower of two boxes that lies in the other, in one word
LEAST, MOST = 0.02, 0.98  # between which what a model says of itself is taken at its word
RAREST = 1e-9  # share of all words; of what is in no list
PER_TENFOLD = 1.0  # nats for a word that is ten times as frequent
AGAINST = 1.2  # nats against a word of the second reading, which breaks bad pages in more pieces
AGAINST_ALONE = 0.5  # the same in a language of which no frequencies of words are known
FEWEST = 0.5  # share of the letters of the first reading that the second has at least, or at most
ANY_MORE = 1  # letter that it may have less or more in any case
LEAST_SURE = 0.62  # of a page on average; where the first reading is less sure, a second is no help
# (pages in Rashi letters have .55 to .57, in type that is known and Latin words in most lines .67)
ILLEGAL = 3.0  # nats against a final letter inside a word
POINTS = regex.compile(POINT)
FINAL_INSIDE = regex.compile(r"[ךםןףץ](?=\p{Hebrew})")

Box = tuple[int, int, int, int]


def may_gain(words: Sequence[Word]) -> bool:
    """Whether a page is read well enough for a second reading to be better in places.

    That is told by its words without points, which alone may be changed.
    """
    return readable([word for word in words if not POINTS.search(word.text)]) >= LEAST_SURE


def doubted(words: Sequence[Word], all_of_them: bool = False) -> list[Box]:
    """The boxes of the lines with words that are not sure, or of all lines."""
    lines: dict[tuple[int, int, int], list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    return [
        box_of(line)
        for line in lines.values()
        if all_of_them or min(word.sure for word in line) < SURE
    ]


def box_of(words: Sequence[Word]) -> Box:
    """The box around some words."""
    return (
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def in_doubt(image: Grey, lines: Iterable[Box]) -> Grey:
    """The image with nothing but some of its lines."""
    made = np.full_like(image, 255)
    for left, top, right, bottom in lines:
        margin = int(MARGIN * (bottom - top)) + 1
        x, y = (
            slice(max(left - margin, 0), right + margin),
            slice(max(top - margin, 0), bottom + margin),
        )
        made[y, x] = image[y, x]
    return made


def agreed(first: Sequence[Word], second: Sequence[Word], code: str) -> list[Word]:
    """The words of the ``first`` reading, with those of the ``second`` where they are likelier.

    ``code`` is that of the language.
    """
    known = frequencies(language(code).frequencies) if code in codes() else None
    against = AGAINST if known is not None else AGAINST_ALONE
    taken: dict[int, list[Word]] = {}  # what stands in the place of a word of the first reading
    for ours, theirs in matched(first, second):
        kept = not _rivals(ours, theirs) or POINTS.search(text_of(ours))
        if not kept and weight(ours, known) < weight(theirs, known) - against:
            taken |= {id(word): [] for word in ours}
            taken[id(ours[0])] = [replace(word, line=ours[0].line) for word in theirs]
    return [each for word in first for each in taken.get(id(word), [word])]


def _rivals(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether a second reading has other words at a place, but not more of them or half a word.

    Such ones are of other lines beside it. Readings that differ in nothing but marks are none: the
    first model knows these better.
    """
    a, b = (sum(c.isalnum() for word in side for c in word.text) for side in (ours, theirs))
    if not 0 < len(theirs) <= len(ours) or (
        abs(a - b) > ANY_MORE and min(a, b) < FEWEST * max(a, b)
    ):
        return False
    return [parts(word.text).core for word in ours] != [parts(word.text).core for word in theirs]


def matched(first: Sequence[Word], second: Sequence[Word]) -> list[tuple[list[Word], list[Word]]]:
    """The words of two readings that stand at the same places of a page, in the first's order.

    Several words go together where one reading has parted what the other has joined.
    """
    a, b = _boxes(first), _boxes(second)
    across = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    down = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    widths = np.minimum((a[:, 2] - a[:, 0])[:, None], (b[:, 2] - b[:, 0])[None, :])
    heights = np.minimum((a[:, 3] - a[:, 1])[:, None], (b[:, 3] - b[:, 1])[None, :])
    same = (across > SAME * widths) & (down > SAME * heights)
    groups: list[tuple[list[Word], list[Word]]] = []
    taken = [False] * len(first)
    for at, word in enumerate(first):
        if taken[at]:
            continue
        ours, theirs = {at}, set(np.flatnonzero(same[at]).tolist())
        while True:
            more = set(np.flatnonzero(same[:, sorted(theirs)].any(axis=1)).tolist())
            more = {other for other in more if first[other].line == word.line}
            if more <= ours:
                break
            ours |= more
            theirs |= set(np.flatnonzero(same[sorted(ours)].any(axis=0)).tolist())
        for other in ours:
            taken[other] = True
        groups.append(([first[i] for i in sorted(ours)], [second[i] for i in sorted(theirs)]))
    return groups


def _boxes(words: Sequence[Word]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rows = [(word.left, word.top, word.right, word.bottom) for word in words]
    return np.array(rows, np.int64).reshape(-1, 4)


def text_of(words: Iterable[Word]) -> str:
    """Words with a space between."""
    return " ".join(word.text for word in words)


def weight(words: Sequence[Word], known: Frequencies | None) -> float:
    """How likely words are right, in nats more than not, on average."""
    return sum(_weight(word, known) for word in words) / len(words)


def _weight(word: Word, known: Frequencies | None) -> float:
    sure = min(max(word.sure, LEAST), MOST)
    found = log(sure / (1 - sure)) - ILLEGAL * len(FINAL_INSIDE.findall(word.text))
    core = parts(word.text).core
    if known is None or not core or not core[0].isalpha():
        return found
    return found + PER_TENFOLD * log10(max(known.get(core), RAREST) / RAREST)
