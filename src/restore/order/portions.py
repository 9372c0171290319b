"""How a line can have been painted whose font leaves its marks to another one.

A producer paints a right-to-left line in portions, in reading order, one for each font, size or
script. Of each it paints the letters and spaces of its font from left to right, with gaps for the
marks that the font lacks, and then those marks, from left to right too. PDFBox writes what was
painted in that order. Where the next glyph begins well to the right of the last one it puts a space
of its own, unless the last one was a space; what stands between two of its own is turned around, if
it has letters. (``PDFTextStripper.writePage`` and ``handleDirection``, PDFBox 2.0 and 3.0.)

So of a line as it was extracted only few things are not known: which of its spaces are PDFBox's
own, whether its words were spread so far that each gap between them made one, where a portion
without marks ended, and after which word a mark stood that left no gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, islice, pairwise, product
from math import inf
from typing import NamedTuple

import regex

from restore.order.partings import FAR, GAP, Part, Way, cost_of_spaces, hidden
from restore.tokens import HEBREW, POINTS

# What a font for Hebrew has: its letters and points, marks of the script, and the hyphen.
LETTERS = rf"{HEBREW}{POINTS}\u0591-\u05f4\-"
PART = regex.compile(
    rf"(?P<word>[{LETTERS}]+)|(?P<space> +)|(?P<mark>[^\s{LETTERS}\p{{L}}\p{{N}}])"
)
LETTER, OF_FONT = regex.compile(rf"[{HEBREW}]"), regex.compile(rf"[{LETTERS}]")

# What a run of spaces can be, by what stands before and after it and by its length: spaces that
# were painted (p) and those of PDFBox (g); the likeliest first.
SPACES: dict[tuple[str | None, str | None], tuple[tuple[str, ...], ...]] = {
    ("word", "word"): (("p", "g"), ("pg", "pp", "gp"), ("ppg", "pgp")),
    ("word", "mark"): (("g", "p"), ("pg", "gp"), ("ppg", "pgp")),
    ("mark", "word"): (("p", "g"), ("gp", "pp"), ("gpp",)),
    ("mark", "mark"): (("g",), ("pg",), ()),
    ("word", None): (("p",), ("gp", "pp"), ("pgp",)),
    ("mark", None): (("p",), ("gp", "pp"), ("pgp",)),
    (None, "word"): (("p",), ("pp",), ()),
    (None, "mark"): (("p",), (), ()),
}
# Marks that stand inside of words, and between numbers or two names, once a line if at all.
OFTEN_INSIDE, SELDOM_INSIDE = "\"'”“’", ".:/–—"
MOST_STREAMS, MOST_PAINTINGS = 1500, 250
MOST_EVEN = 2  # single spaces of a spread line that were painted

# Nats; guesses. Of a spread line; of one where only some gaps show.
SPREAD, MIXED, EACH_MIXED = 0.3, 2.5, 0.5


class _Stretch(NamedTuple):
    """Places of a line of one kind: letters, a mark, or spaces."""

    places: list[int]
    is_space: bool
    has_letters: bool


class Slot(NamedTuple):
    """Where a mark may stand: after so many characters of the letters; or must, if ``needed``."""

    at: int
    needed: bool


class Portion(NamedTuple):
    """Letters and spaces in reading order, where marks may stand, and groups of neighbouring marks.

    All are places in the text of the line.
    """

    letters: tuple[int, ...]
    slots: tuple[Slot, ...]
    groups: tuple[tuple[int, ...], ...]


class Painting(NamedTuple):
    """Portions in reading order, marks that PDFBox did not turn around, and nats against it."""

    portions: tuple[Portion, ...]
    unturned: frozenset[int]
    against: float


def paintings(text: str, glued: Mapping[int, float]) -> list[Painting]:
    """The ways in which a line can have been painted, so that PDFBox makes ``text`` of it.

    ``glued`` are places inside of words where two may meet, with nats against each.
    """
    found: list[Painting] = []
    least = inf
    for painted, unturned in islice(_streams(text), MOST_STREAMS):
        ways = _portions(text, painted)
        if ways is None:
            continue
        looked = {id(part): _Looked(text, part) for part in ways}
        for way, against in hidden(text, ways, glued, least + FAR):
            against += cost_of_spaces(text, way)
            if against > least + FAR:
                continue
            parts = [looked.get(id(part)) or _Looked(text, part) for part in way]
            for painting in _paintings(parts, unturned, against):
                least = min(least, painting.against)
                found.append(painting)
    found.sort(key=lambda painting: painting.against)
    return [painting for painting in found[:MOST_PAINTINGS] if painting.against < least + FAR]


def _streams(text: str) -> Iterator[tuple[list[int], frozenset[int]]]:
    """What can have been painted, place by place, and the marks that were not turned around."""
    parts = list(PART.finditer(text))
    if sum(len(part.group()) for part in parts) != len(text):
        return
    kinds = [None, *(part.lastgroup for part in parts), None]
    runs: dict[int, tuple[str, ...]] = {}
    for at, part in enumerate(parts):
        if part.lastgroup == "space":
            ways = SPACES[kinds[at], kinds[at + 2]]
            size = len(part.group())
            if size > len(ways) or not ways[size - 1]:
                return
            runs[part.start()] = ways[size - 1]
    marks = "".join(part.group() for part in parts if part.lastgroup == "mark")
    inside = sum(map(marks.count, OFTEN_INSIDE)) + any(mark in marks for mark in SELDOM_INSIDE)
    single = [at for at, ways in runs.items() if ways == ("p", "g")]
    other = [at for at in runs if at not in single]
    choices = [dict(zip(other, some, strict=True)) for some in product(*(runs[at] for at in other))]
    spread = any(len(runs[at][0]) > 1 for at in other) or text.endswith(" ")
    stretches = [
        _Stretch(
            list(range(*part.span())),
            part.lastgroup == "space",
            LETTER.search(part.group()) is not None,
        )
        for part in parts
    ]
    seen = set()
    for usual, most in (("p", inside), ("g", MOST_EVEN))[: 1 + spread]:
        for size in range(min(most, len(single)) + 1):
            for rest in combinations(single, size):
                alone = {at: "pg"[(usual == "p") == (at in rest)] for at in single}
                key = tuple(alone.values())
                if key not in seen:
                    seen.add(key)
                    for choice in choices:
                        yield _painted(stretches, alone | choice)


def _painted(stretches: list[_Stretch], spaces: dict[int, str]) -> tuple[list[int], frozenset[int]]:
    painted: list[int] = []
    unturned: list[int] = []
    piece: list[int] = []
    turns = False
    for places, is_space, has_letters in stretches:
        if not is_space:
            piece += places
            turns = turns or has_letters
            continue
        for at, kind in zip(places, spaces[places[0]], strict=True):
            if kind == "g":
                painted += piece[::-1] if turns else piece
                unturned += [] if turns else piece
                painted.append(GAP)
                piece, turns = [], False
            else:
                piece.append(at)
    painted += piece[::-1] if turns else piece
    unturned += [] if turns else piece
    return painted, frozenset(unturned)


def _portions(text: str, painted: list[int]) -> Way | None:
    """The portions that marks show; None if PDFBox would have written something else."""
    ways: list[Part] = [([], [])]
    last = GAP
    for at in painted:
        letters, groups = ways[-1]
        if at == GAP:
            if last == GAP or text[last] == " ":
                return None
            if groups:
                groups.append([])
            else:
                letters.append(GAP)
        elif not _is_mark(text[at]):
            if groups:
                if last == GAP:
                    return None
                ways.append(([], []))
            ways[-1][0].append(at)
        else:
            if not groups:
                if last == GAP and letters:
                    return None
                groups.append([])
            groups[-1].append(at)
        last = at
    return None if last == GAP else tuple(ways)


@lru_cache(maxsize=1 << 10)
def _is_mark(character: str) -> bool:
    return character != " " and OF_FONT.match(character) is None


class _Looked:
    """What a portion of a painting is like; most are the same in many paintings.

    ``shown`` are the spaces of the page that left a gap, ``hidden`` those that were painted.
    """

    def __init__(self, text: str, part: Part) -> None:
        """``part`` has places in ``text``."""
        self._text = text
        self._letters, self._groups = part
        self._portions: dict[bool, Portion | None] = {}
        self.shown = self.hidden = 0
        for last, at in pairwise(self._letters):
            if at != GAP and text[at] == " " and (last == GAP or text[last] != " "):
                self.shown += last == GAP
                self.hidden += last != GAP

    def portion(self, spread: bool) -> Portion | None:
        """The portion that it is, in a line that is ``spread`` or not; None if it can be none."""
        if spread not in self._portions:
            self._portions[spread] = _portion(self._text, self._letters, self._groups, spread)
        return self._portions[spread]


def _paintings(
    parts: list[_Looked], unturned: frozenset[int], against: float
) -> Iterator[Painting]:
    """The parts as paintings, of a line that is spread or not; none if some gap has no mark."""
    shown, hidden = sum(part.shown for part in parts), sum(part.hidden for part in parts)
    for spread in (False, True)[: 1 + (shown > 0)]:
        portions: list[Portion] = []
        for part in parts:
            portion = part.portion(spread)
            if portion is None:
                break
            portions.append(portion)
        else:
            price = 0.0
            if spread:
                price = MIXED + EACH_MIXED * min(shown, hidden) if hidden else SPREAD
            yield Painting(tuple(portions), unturned, against + price)


def _portion(
    text: str, painted: list[int], groups: list[list[int]], spread: bool
) -> Portion | None:
    letters: list[int] = []
    gaps: set[int] = set()
    for at in reversed(painted):
        if at == GAP:
            gaps.add(len(letters))
        else:
            letters.append(at)
    slots = [Slot(0, not letters and bool(groups))]
    left = len(groups) - slots[0].needed  # groups that no slot needs so far
    spaces = [text[at] == " " for at in letters]
    for at, (before, after) in enumerate(pairwise(spaces), 1):
        gap = at in gaps
        if not (before or after or gap) or (before and not after and not gap):
            continue
        needed = after if before and after else not spread if before else gap
        left -= needed
        if left < 0:
            return None
        slots.append(Slot(at, needed))
    if letters:
        slots.append(Slot(len(letters), False))
    if len(groups) > len(slots):
        return None
    return Portion(tuple(letters), tuple(slots), tuple(tuple(g[::-1]) for g in groups[::-1]))
