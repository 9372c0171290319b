"""Rows of a page: glyphs on one baseline, from left to right, cut into words by the gaps.

Combining marks are put to the letter that they are painted over; white space is what separates
words to the eye, whatever space characters a producer painted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from restore.geometry.glyphs import Flags, Floats, Glyphs, Integers, direction, is_mark

# Shares of the font size (em).
SAME_LINE = 0.2  # baselines that lie nearer are one; a guess
TOUCHING = 0.02
WORD_GAP = 0.13  # between words, where no space is painted; word spaces are .2 to .3 by design
USUAL, USUAL_ARABIC = 0.65, 0.5  # share of the usual word gap of a line that all have; guesses
FEW = 2  # gaps that do not tell what is usual; a guess
WIDE_GAP = 0.2  # between words, where the producer paints spaces, but none here; a guess
LEAST_GAP = 0.08  # between words, where something is painted there that is not seen; a guess
OVERHANG = 0.015  # between words with a space between them, one reaching over it; a guess
TRUSTED = 0.6  # share of the spaces of a page that stand in gaps; a guess
VISIBLE = 0.4  # share of the usual gap that is a gap to the eye; a guess
RAISED = 0.66  # from a baseline to that of a raised or lowered mark on it; a guess
NEAR = 0.5  # from a raised mark to the word that it belongs to; a guess
VOTES, CLEAR = 1, 4.0  # marks at edges of words that settle how marks are painted; guesses
COLUMN_GAP = 1.2  # wider than any word space of a justified line; a guess
COVERED = 0.5  # share of a glyph, or of an em, under another that is no kerning; a guess
SAME = 1e-3  # points between what is taken to be at one place
OVER_GAP = 0.5  # em, taken for the gap between stretches that are painted over each other
WHOLE_WORDS = 2.0  # characters a glyph stands for, on average, where it is a word; a guess
CELL_GAP = 2.0  # between cells of a table; a guess
MOSTLY = 0.5  # share of the wide gaps of a line with a space painted in them; a guess


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one baseline, from left to right.

    ``texts`` are letters with their marks, each in the order in which it is read; ``spaced`` says
    before which of them there is a gap; ``gaps`` are their widths in em. ``painted`` numbers them
    in the order of painting.
    """

    texts: list[str]
    left: Floats
    right: Floats
    baseline: float
    size: float
    sizes: Floats
    spaced: Flags
    gaps: Floats
    painted: Integers

    def part(self, start: int, stop: int) -> Row:
        """The glyphs from ``start`` to ``stop`` (not included) as a row of their own."""
        spaced, gaps = self.spaced[start:stop].copy(), self.gaps[start:stop].copy()
        spaced[:1], gaps[:1] = False, 0.0
        return replace(
            self,
            texts=self.texts[start:stop],
            left=self.left[start:stop],
            right=self.right[start:stop],
            sizes=self.sizes[start:stop],
            spaced=spaced,
            gaps=gaps,
            painted=self.painted[start:stop],
        )


def rows(glyphs: Glyphs) -> list[Row]:
    """The rows of a page from the top down."""
    if not len(glyphs):
        return []
    texts = list(glyphs.texts)
    marks = np.array([is_mark(text[0]) for text in texts])
    spaces = np.array([text == " " for text in texts])
    bases = np.flatnonzero(~marks & ~spaces)
    if not len(bases):
        return []
    members = _merged(glyphs, _baselines(glyphs, bases))
    row_of = np.full(len(texts), -1)
    for number, row in enumerate(members):
        row_of[row] = number
    _put_marks(glyphs, texts, np.flatnonzero(marks), members, row_of)
    heights = np.array([middle(glyphs.baseline[row]) for row in members])
    for space in np.flatnonzero(spaces).tolist():
        row_of[space] = int(np.argmin(np.abs(heights - glyphs.baseline[space])))
    loose = _tracking(glyphs, members)
    found = [
        _row(glyphs, texts, row, np.flatnonzero((row_of == number) & spaces))
        for number, row in enumerate(members)
    ]
    gaps = np.concatenate([row.gaps for row, _ in found])
    widths = np.concatenate([width for _, width in found])
    trusted = tuple(_mostly(gaps[kind] > loose + WORD_GAP) for kind in (widths == 0, widths > 0))
    return [replace(row, spaced=_spaced(row, width, loose, trusted)) for row, width in found]


def middle(values: Floats) -> float:
    """The median of a few values, or the upper of the two in the middle; 0 of none."""
    ordered = sorted(values.tolist())
    return float(ordered[len(ordered) // 2]) if ordered else 0.0


def _mostly(flags: Flags) -> bool:
    return bool(len(flags)) and float(flags.mean()) > TRUSTED


def _baselines(glyphs: Glyphs, bases: Integers) -> list[Integers]:
    order = bases[np.argsort(-glyphs.baseline[bases], kind="stable")]
    heights = glyphs.baseline[order]
    size = np.median(glyphs.size[bases])
    steps = np.flatnonzero(-np.diff(heights) > SAME_LINE * size) + 1
    return [np.sort(row) for row in np.split(order, steps)]


def _merged(glyphs: Glyphs, members: list[Integers]) -> list[Integers]:
    """Rows with the raised and lowered small print that belongs to their words."""
    found: list[Integers] = list(members)
    i = 0
    while i + 1 < len(found):
        first, second = found[i], found[i + 1]
        apart = middle(glyphs.baseline[first]) - middle(glyphs.baseline[second])
        sizes = middle(glyphs.size[first]), middle(glyphs.size[second])
        small, large = (first, second) if len(first) < len(second) else (second, first)
        if apart < RAISED * max(sizes) and _fits(glyphs, small, large, max(sizes)):
            found[i : i + 2] = [np.sort(np.concatenate([first, second]))]
            i = max(i - 1, 0)
        else:
            i += 1
    return found


def _fits(glyphs: Glyphs, small: Integers, large: Integers, size: float) -> bool:
    """Whether each small glyph stands in a gap of the large ones, near one of them."""
    left, right = glyphs.left[large], glyphs.right[large]
    for one in small.tolist():
        a, b = glyphs.left[one], glyphs.right[one]
        over = np.minimum(right, b) - np.maximum(left, a)
        if over.max() > 0.5 * (b - a) + TOUCHING * size:
            return False
    a, b = glyphs.left[small].min(), glyphs.right[small].max()
    return bool((np.maximum(left, a) - np.minimum(right, b)).min() < NEAR * size)


def _put_marks(
    glyphs: Glyphs, texts: list[str], marks: Integers, members: list[Integers], row_of: Integers
) -> None:
    """Put combining marks to their letters, in ``texts``."""
    if not len(marks):
        return
    heights = np.array([middle(glyphs.baseline[row]) for row in members])
    nearest = [int(np.argmin(np.abs(heights - glyphs.baseline[mark]))) for mark in marks.tolist()]
    side = _side(glyphs, marks, row_of, nearest)
    bases = np.flatnonzero(row_of >= 0)
    for mark, number in zip(marks.tolist(), nearest, strict=True):
        row = members[number]
        base = _over(glyphs, mark, row) if side == 0 else _painted(glyphs, mark, bases, side)
        if base is None or row_of[base] != number:
            base = _over(glyphs, mark, row)
        if is_new(texts[base], texts[mark]):
            texts[base] += texts[mark]


def is_new(base: str, marks: str) -> bool:
    """Whether marks are not there yet: no letter has the same mark twice."""
    return marks not in base[1:]


def _painted(glyphs: Glyphs, mark: int, bases: Integers, side: int) -> int | None:
    """The letter painted before (-1) or after (1) a mark."""
    place = int(np.searchsorted(bases, mark)) - (side < 0)
    return int(bases[place]) if 0 <= place < len(bases) else None


def _side(glyphs: Glyphs, marks: Integers, row_of: Integers, nearest: list[int]) -> int:
    """Whether marks are painted before their letters (1), after them (-1), or this is unclear (0).

    A word begins and ends with a letter or a mark of it: a producer whose painted words begin with
    marks paints them first, one whose painted words end with marks last.
    """
    rows = row_of.copy()
    rows[marks] = nearest
    is_mark_ = np.zeros(len(rows), np.bool_)
    is_mark_[marks] = True
    ink = np.flatnonzero(rows >= 0)
    # Breaks before each of them: a space, another row, something painted that is not seen.
    cuts = (np.diff(ink) > 1) | (rows[ink[1:]] != rows[ink[:-1]]) | (np.diff(glyphs.runs[ink]) > 1)
    cuts = np.concatenate([[True], cuts, [True]])
    starts = int((is_mark_[ink] & cuts[:-1]).sum())
    ends = int((is_mark_[ink] & cuts[1:]).sum())
    if starts + ends < VOTES:
        return 0
    return 1 if starts > CLEAR * ends else -1 if ends > CLEAR * starts else 0


def _over(glyphs: Glyphs, mark: int, row: Integers) -> int:
    """The letter of a row that a mark stands over or under."""
    middle = (glyphs.left[mark] + glyphs.right[mark]) / 2
    for edge in (0.0, TOUCHING * glyphs.size[mark]):
        over = row[(glyphs.left[row] - edge <= middle) & (middle <= glyphs.right[row] + edge)]
        if len(over):
            return int(over[np.argmin(np.abs(over - mark))])
    return _beside(glyphs, mark, row)


def _beside(glyphs: Glyphs, mark: int, row: Integers) -> int:
    """The letter of a mark that is painted beside it: the one read before it."""
    near = row[glyphs.runs[row] == glyphs.runs[mark]]
    if not len(near):
        near = row
    place = int(np.searchsorted(near, mark))
    for other in near[max(place - 1, 0) : place + 1].tolist():
        if glyphs.left[other] >= glyphs.left[mark]:
            return int(other)
    middles = (glyphs.left[row] + glyphs.right[row]) / 2
    return int(row[np.argmin(np.abs(middles - glyphs.left[mark]))])


def _tracking(glyphs: Glyphs, members: list[Integers]) -> float:
    """The usual gap between letters, in em: more than nothing in letter-spaced text."""
    gaps = []
    for row in members:
        order = row[np.argsort(glyphs.left[row], kind="stable")]
        size = np.maximum(glyphs.size[order[1:]], 1e-6)
        gaps.append((glyphs.left[order[1:]] - glyphs.right[order[:-1]]) / size)
    every = np.concatenate(gaps)
    if sum(map(len, glyphs.texts)) > WHOLE_WORDS * len(glyphs):
        return 0.0  # glyphs that stand for words have no gaps between letters
    return max(float(np.median(every)), 0.0) if len(every) else 0.0


def _row(glyphs: Glyphs, texts: list[str], row: Integers, spaces: Integers) -> tuple[Row, Floats]:
    """A row, and the widths of the spaces painted before its glyphs, in em.

    They are 0 where something is painted there of which nothing is seen, -1 where nothing is.
    """
    left, right = glyphs.left[row], glyphs.right[row]
    order = np.lexsort((-row, left + right, left))
    order = order[_apart(left[order], right[order], glyphs.size[row[order]], row[order])]
    row, left, right = row[order], left[order], right[order]
    sizes = np.maximum(glyphs.size[row], 1e-6)
    backwards = left[1:] < left[:-1]  # where another stretch begins that is painted over this one
    gaps = np.zeros(len(row))
    gaps[1:] = (left[1:] - _reached(right, backwards)[:-1]) / np.minimum(sizes[1:], sizes[:-1])
    gaps[1:][backwards] = OVER_GAP
    widths = np.full(len(row), -1.0)
    if len(spaces):
        middles = (glyphs.left[spaces] + glyphs.right[spaces]) / 2
        before = np.searchsorted((left + right) / 2, middles)
        inside = (before > 0) & (before < len(row))
        before, inner = before[inside], spaces[inside]
        np.maximum.at(widths, before, (glyphs.right[inner] - glyphs.left[inner]) / sizes[before])
    found = Row(
        [texts[i] for i in row.tolist()],
        left,
        right,
        middle(glyphs.baseline[row]),
        middle(sizes),
        sizes,
        np.zeros(len(row), np.bool_),
        gaps,
        row,
    )
    return found, widths


def _reached(right: Floats, backwards: Flags) -> Floats:
    """How far to the right the glyphs reach up to each, those before another stretch aside."""
    parts = np.split(right, np.flatnonzero(backwards) + 1)
    return np.concatenate([np.maximum.accumulate(part) for part in parts])


def _apart(left: Floats, right: Floats, sizes: Floats, painted: Integers) -> Integers:
    """The order of glyphs by their left edges, those of stretches painted over each other apart.

    Some pages have words drawn over each other, as where a producer lacked a font: each stays
    whole, by its right edge. ``painted`` are places in the order of painting.
    """
    covered = np.maximum.accumulate(right)[:-1] - left[1:]
    if (covered > COVERED * (right[1:] - left[1:])).sum() < FEW:
        return np.arange(len(left))
    back = np.argsort(painted)
    steps = np.diff(left[back])
    forward = 1 if np.median(steps) > 0 else -1
    stretches = np.split(back, np.flatnonzero(forward * steps < -sizes[back[1:]] / 2) + 1)
    ends = right.copy()
    for first, second in combinations(stretches, 2):
        low = max(left[first].min(), left[second].min())
        top = max(right[first].max(), right[second].max())
        high = min(right[first].max(), right[second].max())
        if high - low > sizes[first[0]] and min(len(first), len(second)) > FEW:
            higher = left[first].mean() > left[second].mean()
            ends[first], ends[second] = (top + SAME, top) if higher else (top, top + SAME)
    if (ends == right).all():
        return np.arange(len(left))
    return np.lexsort((left, ends))


def _spaced(row: Row, spaces: Floats, loose: float, trusted: tuple[bool, ...]) -> Flags:
    """Before which glyphs of a row there is white space.

    ``spaces`` are the widths of those painted there, as ``_row`` gives them. Some producers paint
    spaces for joiners and the like, and take their width back: ``trusted`` says whether spaces
    without and with a width mostly stand in gaps.
    """
    gaps = row.gaps
    wide = gaps > loose + WORD_GAP
    # The gaps of a line are nearly the same, but for those of columns and tabs.
    words = gaps[wide & (gaps < COLUMN_GAP)]
    table = bool((gaps > CELL_GAP).any())
    whole = sum(map(len, row.texts)) > WHOLE_WORDS * len(row.texts)
    usual = middle(words) if len(words) > FEW and not table and not whole else 0.0
    # Arabic letters reach over the gap into the next word.
    arabic = sum(direction(text[0]) == "AL" for text in row.texts) > len(row.texts) / 2
    share = USUAL_ARABIC if arabic else USUAL
    painted = np.zeros(len(gaps), np.bool_)
    for kind, sure in zip((spaces == 0, spaces > 0), trusted, strict=True):
        least = OVERHANG if sure and arabic else max(LEAST_GAP, VISIBLE * usual)
        painted |= kind & (gaps > least)
    least = WIDE_GAP if painted.sum() > MOSTLY * (wide | painted).sum() else WORD_GAP
    found = painted | (gaps > max(loose + least, share * usual))
    found[:1] = False
    return found
