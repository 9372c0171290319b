"""How good a text is, the true one known: errors of letters and words, order, lines, paragraphs.

White space is folded to single spaces and invisible controls are dropped before texts are compared,
since extractors write both as they please.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import regex

from restore.compare.matching import NONE
from restore.compare.moves import Diff, compared
from restore.compare.words import clusters, lines_of

# Default word boundaries of UAX #29, and what is a word between two of them.
BOUNDARY = regex.compile(r"\b", regex.WORD | regex.VERSION1)
IN_WORD = regex.compile(r"[\p{L}\p{N}\p{Cn}\p{Co}]")
SURROGATES = range(0xD800, 0xE000)  # no characters of their own


@dataclass(frozen=True, slots=True)
class Score:
    """How a text compares with the true one; None where there is nothing to compare.

    ``cer``: share of grapheme clusters of the true text inserted, deleted or altered;
    ``wer``: the same of what stands between white space, ``wer_letters`` of words without marks
    (UAX #29). ``adjacent``: share of pairs of neighbouring true words that follow each other here;
    ``kendall_tau``: of the order of all words that are in both texts, 1 if it is the same, -1 if
    it is the reverse. ``lines``: share of true lines that stand here, in their order.
    ``moves`` and ``moves_per_thousand`` words: how many bring the words in the true order.
    ``letters_lost`` and ``letters_invented``: letters and digits there are too few or too many of.
    ``paragraphs_f1``: of the words that end a paragraph.
    """

    words: int
    letters: int
    cer: float | None
    wer: float | None
    wer_letters: float | None
    adjacent: float | None
    kendall_tau: float | None
    lines: float | None
    moves: int
    moves_per_thousand: float | None
    letters_lost: int
    letters_invented: int
    paragraphs_f1: float | None


def scored(true: str, out: str) -> Score:
    """How ``out`` compares with the ``true`` text."""
    diff = compared(out, true)
    mine, theirs = fold(true), fold(out)
    true_lines, lines = folded_lines(true), folded_lines(out)
    needed, had = letters(mine), letters(theirs)
    moves = sum(map(len, diff.moves))
    wer = error_rate(mine.split(), theirs.split())
    return Score(
        words=len(diff.second),
        letters=needed.total(),
        cer=error_rate(clusters(mine), clusters(theirs), 1.0 if wer is None else wer),
        wer=wer,
        wer_letters=error_rate(bare_words(mine), bare_words(theirs)),
        adjacent=_share(*_adjacent(diff)),
        kendall_tau=kendall_tau([place for place in diff.partner if place != NONE]),
        lines=_share(len(matched(true_lines, lines)), len(true_lines)),
        moves=moves,
        moves_per_thousand=_share(1000 * moves, len(diff.second)),
        letters_lost=(needed - had).total(),
        letters_invented=(had - needed).total(),
        paragraphs_f1=_paragraphs(diff),
    )


def fold(text: str) -> str:
    """A text as it is compared: NFC, no format characters, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def folded_lines(text: str) -> list[str]:
    """The lines of a text, folded, without blank ones."""
    return [line for line in map(fold, lines_of(text)) if line]


def letters(*lines: str) -> Counter[str]:
    """How often each letter and digit stands in the lines."""
    return Counter(c for line in lines for c in line if c.isalnum())


def bare_words(text: str) -> list[str]:
    """The words of a text without what is only marks, by the word boundaries of UAX #29.

    >>> bare_words('חז"ל, אמרו (שם)')
    ['חז"ל', 'אמרו', 'שם']
    """
    return [word for word in BOUNDARY.split(text) if IN_WORD.search(word)]


def matched(true: Sequence[str], got: Sequence[str]) -> dict[int, int]:
    """Indices of the true lines that stand in ``got``, in order, with where they stand there."""
    blocks = SequenceMatcher(None, true, got, autojunk=False).get_matching_blocks()
    return {block.a + k: block.b + k for block in blocks for k in range(block.size)}


def error_rate(
    true: Sequence[Hashable], got: Sequence[Hashable], expected: float = 1.0
) -> float | None:
    """The share of ``true`` that was inserted, deleted or altered (Levenshtein distance).

    It is found the sooner if it is not more than ``expected``.
    """
    from rapidfuzz.distance import Levenshtein

    codes: dict[Hashable, int] = {}
    one, other = ([codes.setdefault(part, len(codes)) for part in parts] for parts in (true, got))
    # Strings are compared faster than lists, and texts that differ little if that is known.
    hint = max(round(expected * len(true)), 1)
    distance = Levenshtein.distance(_as_text(one), _as_text(other), score_hint=hint)
    return _share(distance, len(true))


def _as_text(codes: Sequence[int]) -> str:
    shift = len(SURROGATES)
    return "".join(chr(code if code < SURROGATES.start else code + shift) for code in codes)


def kendall_tau(order: Sequence[int]) -> float | None:
    """The rank correlation of different numbers with their places: 1 ascending, -1 descending.

    >>> kendall_tau([0, 1, 3, 2])
    0.6666666666666667
    """
    pairs = len(order) * (len(order) - 1) // 2
    return 1 - 2 * _inversions(np.array(order)) / pairs if pairs else None


def _inversions(order: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    """How many pairs stand in the wrong order; halves are counted and merged, bottom up."""
    if len(order) < 2:
        return 0
    found = 0
    ranks = np.argsort(np.argsort(order, kind="stable"), kind="stable").astype(np.int64)
    width, count = 1, len(ranks)
    at = np.arange(count)
    while width < count:
        block = at // (2 * width)
        # Within a block the values are sorted in each half; one search serves all blocks.
        keys = block * count + ranks
        left = (at // width) % 2 == 0
        place = np.searchsorted(keys[left], keys[~left], side="right")
        starts = np.searchsorted(block[left], block[~left], side="right")
        found += int((starts - place).sum())
        ranks = np.sort(keys, kind="stable") - block * count
        width *= 2
    return found


def _adjacent(diff: Diff) -> tuple[int, int]:
    """Pairs of neighbouring true words that follow each other, and all pairs."""
    pairs = list(pairwise(diff.partner))
    return sum(NONE not in pair and pair[1] == pair[0] + 1 for pair in pairs), len(pairs)


def _paragraphs(diff: Diff) -> float | None:
    """The F1 of the words that end a paragraph, the end of the text aside."""
    mine = {diff.partner[at] for at in _ends(diff.second_lines, [w.line for w in diff.second])}
    known = set(diff.partner)
    found = _ends(diff.first_lines, [w.line for w in diff.first])
    missing = sum(place == NONE for place in mine)
    right = len((mine & found) - {NONE})
    total = len(mine - {NONE}) + missing + len(found)
    return 2 * right / total if total and known else None


def _ends(lines: Sequence[str], words: Sequence[int]) -> set[int]:
    """The words that end a paragraph: before a blank line, or before any line if none is blank."""
    blank = [not line.strip() for line in lines]
    if not any(blank[min(words, default=0) : max(words, default=0)]):
        return {at for at, (one, other) in enumerate(pairwise(words)) if one != other}
    return {at for at, (one, other) in enumerate(pairwise(words)) if any(blank[one:other])}


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
