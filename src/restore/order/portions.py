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
from itertools import combinations, islice, pairwise, product
from math import inf
from typing import NamedTuple

import regex

from restore.tokens import HEBREW, POINTS

GAP = -1  # a space of PDFBox's own, among the places of what was painted
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
FAR = 9.0  # nats; what is so much less likely than another painting is left out
MOST_EVEN = 2  # single spaces of a spread line that were painted

# Nats; guesses. Of a portion that ends where marks show it, and where nothing does; of one without
# letters inside of a line; of a word changed in its middle; of a line that begins or ends with a
# space, and of two spaces in a row.
PORTION, HIDDEN, BARE, IN_A_WORD, EDGE_SPACE, TWO_SPACES = 1.0, 4.0, 3.0, 6.0, 3.0, 3.0
SPREAD, MIXED, EACH_MIXED = 0.3, 2.5, 0.5  # of a spread line; of one where only some gaps show

Part = tuple[list[int], list[list[int]]]  # painted letters, and groups of marks
Way = tuple[Part, ...]


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
        for way, against in _hidden(text, ways, glued):
            for painting in _paintings(text, way, unturned, against, least + FAR):
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
    seen = set()
    for usual, most in (("p", inside), ("g", MOST_EVEN))[: 1 + spread]:
        for size in range(min(most, len(single)) + 1):
            for rest in combinations(single, size):
                alone = {at: "pg"[(usual == "p") == (at in rest)] for at in single}
                key = tuple(alone.values())
                if key not in seen:
                    seen.add(key)
                    for choice in choices:
                        yield _painted(text, parts, alone | choice)


def _painted(
    text: str, parts: list[regex.Match[str]], spaces: dict[int, str]
) -> tuple[list[int], frozenset[int]]:
    pieces: list[list[int]] = [[]]
    for part in parts:
        if part.lastgroup != "space":
            pieces[-1] += range(*part.span())
            continue
        for at, kind in enumerate(spaces[part.start()], part.start()):
            if kind == "g":
                pieces.append([])
            else:
                pieces[-1].append(at)
    painted: list[int] = []
    unturned: set[int] = set()
    for number, piece in enumerate(pieces):
        painted += [GAP] * (number > 0)
        if any(LETTER.match(text, at) for at in piece):
            painted += piece[::-1]
        else:
            painted += piece
            unturned.update(piece)
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


def _is_mark(character: str) -> bool:
    return character != " " and OF_FONT.match(character) is None


def _hidden(text: str, ways: Way, glued: Mapping[int, float]) -> Iterator[tuple[Way, float]]:
    """The same portions, and those with one or two more that nothing shows, and nats against each.

    Two of one kind are not looked for.
    """
    base = PORTION * (len(ways) - 1)
    yield ways, base
    kinds = (_at_spaces, _in_words, _bare)
    for first, find in enumerate(kinds):
        for way, price in find(text, ways, glued):
            yield way, base + price
            for other in kinds[first + 1 :] if price < FAR / 2 else ():
                for more, also in other(text, way, glued):
                    yield more, base + price + also


def _at_spaces(text: str, ways: Way, glued: Mapping[int, float]) -> Iterator[tuple[Way, float]]:
    """Portions parted at a space that was painted."""
    for number, (letters, groups) in enumerate(ways):
        for cut in range(1, len(letters)):
            last, first = letters[cut - 1], letters[cut]
            if GAP not in (last, first) and (text[last] == " ") != (text[first] == " "):
                yield _parted(ways, number, (letters[:cut], []), (letters[cut:], groups)), HIDDEN


def _in_words(text: str, ways: Way, glued: Mapping[int, float]) -> Iterator[tuple[Way, float]]:
    """Portions parted where two words are glued."""
    for number, (letters, groups) in enumerate(ways):
        for cut in range(1, len(letters)):
            last, first = letters[cut - 1], letters[cut]
            if last in glued and last == first + 1:
                yield (
                    _parted(ways, number, (letters[:cut], []), (letters[cut:], groups)),
                    PORTION + glued[last],
                )


def _bare(text: str, ways: Way, glued: Mapping[int, float]) -> Iterator[tuple[Way, float]]:
    """Portions of marks alone."""
    for number, (letters, groups) in enumerate(ways):
        for at, group in enumerate(groups):
            ends = number == len(ways) - 1 and at == len(groups) - 1
            for cut in range(1, len(group)):
                one = (letters, [*groups[:at], group[:cut]])
                rest: Part = ([], [group[cut:], *groups[at + 1 :]])
                yield _parted(ways, number, one, rest), PORTION if ends else BARE


def _parted(ways: Way, number: int, one: Part, other: Part) -> Way:
    """The portions with two in place of the one with that number."""
    return (*ways[:number], one, other, *ways[number + 1 :])


def _paintings(
    text: str, ways: Way, unturned: frozenset[int], against: float, most: float
) -> Iterator[Painting]:
    """The same as paintings, of a line that is spread or not; none if some gap has no mark.

    Those with ``most`` nats against them are left out.
    """
    if against > most:
        return
    edges = (*ways[0][0][-1:], *ways[-1][0][:1])
    against += EDGE_SPACE * sum(text[at] == " " for at in edges)
    against += sum(_meet(text, one, other) for one, other in pairwise(ways))
    if against > most:
        return
    shown = hidden = 0
    for letters, _ in ways:
        for last, at in pairwise(letters):
            if at != GAP and text[at] == " " and (last == GAP or text[last] != " "):
                shown += last == GAP
                hidden += last != GAP
    for spread in (False, True)[: 1 + (shown > 0)]:
        portions = [_portion(text, letters, groups, spread) for letters, groups in ways]
        if None not in portions:
            price = 0.0
            if spread:
                price = MIXED + EACH_MIXED * min(shown, hidden) if hidden else SPREAD
            known = tuple(portion for portion in portions if portion)
            yield Painting(known, unturned, against + price)


def _meet(text: str, one: Part, other: Part) -> float:
    """Nats against two portions that follow each other, for the spaces between them."""
    if not one[0] or not other[0]:
        return 0.0
    spaces = (text[one[0][0]] + text[other[0][-1]]).count(" ")
    return (IN_A_WORD, 0.0, TWO_SPACES)[spaces]


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
    for at in range(1, len(letters)):
        before, after = text[letters[at - 1]] == " ", text[letters[at]] == " "
        gap = at in gaps
        if before and after:
            slots.append(Slot(at, True))
        elif before and gap:
            slots.append(Slot(at, not spread))
        elif after or (gap and not before):
            slots.append(Slot(at, gap))
    if letters:
        slots.append(Slot(len(letters), False))
    if sum(slot.needed for slot in slots) > len(groups) or len(groups) > len(slots):
        return None
    return Portion(tuple(letters), tuple(slots), tuple(tuple(g[::-1]) for g in groups[::-1]))
