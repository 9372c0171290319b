"""How a line can have been painted whose numbers and Latin words are portions of their own.

LibreOffice paints a right-to-left line in portions, in reading order, and begins a new one at each
change of direction (UAX #9): a number or a run of Latin words is painted from left to right, then
what follows it, to the left of it. Inside of each portion glyphs are painted from left to right.
Where a line is justified, the white space that it wins stands to the left of each space. PDFBox
puts a space of its own where the next glyph begins well to the right of the last one, so before a
space that was painted and after no other, never between two portions; what stands between two such
it turns around by UAX #9. (``PDFTextStripper.writePage`` and ``handleDirection``, PDFBox 2.0, 3.0.)

So of a line as it was extracted only few things are not known: which of its spaces are PDFBox's
own, and where a portion ended for another reason, as where the font changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from unicodedata import bidirectional

import regex

from restore.bidi import closed
from restore.order.partings import GAP
from restore.tokens import MIRROR

LEFT, RIGHT = "L", "R"

# Bidi classes by one letter each; all others are neutral (N).
KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "E", "AN": "E", "ES": "S", "CS": "C", "ET": "T"}
SEPARATOR = regex.compile("(?<=E)[SC](?=E)")  # W4
TERMINATORS = regex.compile("T+(?=E)|(?<=E)T+")  # W5
AFTER_LATIN = regex.compile("L[^RL]*")  # W7
NEUTRALS = regex.compile("[NSCT]+")  # N1, N2
LEFT_TO_RIGHT, EMBEDDED = regex.compile("2+"), regex.compile("[12]+")
LATIN = regex.compile(r"\p{Latin}")
STRONG = regex.compile("[LR]")

MOST_GAPS, MOST_STREAMS = 40, 200  # spaces of a line, and ways to paint it

Places = tuple[int, ...]


class Portion(NamedTuple):
    """Characters in reading order, and whether they are a number or Latin words."""

    places: Places
    left_to_right: bool


class Painting(NamedTuple):
    """A way in which a line can have been painted, all in places of the line as extracted.

    ``portions`` stand in reading order; ``unturned`` are what PDFBox did not turn around; ``gaps``
    counts its own spaces, ``even`` the painted ones that could have had one beside them.
    """

    portions: tuple[Portion, ...]
    unturned: frozenset[int]
    gaps: int
    even: int

    @property
    def places(self) -> Places:
        """The characters in reading order."""
        return tuple(at for portion in self.portions for at in portion.places)

    def shown(self, text: str, mirrored: bool) -> str:
        """The line with its brackets as they were, if all that was turned is ``mirrored``."""
        return "".join(
            character.translate(MIRROR) if (at in self.unturned) != mirrored else character
            for at, character in enumerate(text)
        )


def paintings(text: str) -> list[Painting]:
    """The ways in which a line can have been painted, so that PDFBox makes ``text`` of it."""
    return list(islice(_paintings(text), MOST_STREAMS))


def _paintings(text: str) -> Iterator[Painting]:
    for chunks in _streams(text):
        stream: list[int] = []
        unturned: set[int] = set()
        for number, chunk in enumerate(chunks):
            stream += [GAP] * (number > 0)
            stream += chunk.places
            unturned |= chunk.unturned
        portions = _portions(text, stream)
        if portions is not None and _again(text, portions):
            even = _even(text, portions) - (len(chunks) - 1)
            yield Painting(portions, frozenset(unturned), len(chunks) - 1, even)


class Chunk(NamedTuple):
    """What was painted between two spaces of PDFBox's own, and what of it was not turned around."""

    places: Places
    unturned: frozenset[int]


Ways = dict[int, list[tuple[int, list[Chunk]]]]


def _streams(text: str) -> Iterator[tuple[Chunk, ...]]:
    """The chunks of a line as they can have been painted."""
    spaces = [at for at, character in enumerate(text) if character == " "]
    if len(spaces) <= MOST_GAPS:
        yield from _ways_on(_ways_to_the_end(text, spaces), len(text), -1)


def _ways_to_the_end(text: str, spaces: Sequence[int]) -> Ways:
    """By the place of each space of PDFBox's own, where the next can be, and what is between."""
    ways: Ways = {}
    for start in reversed([-1, *spaces]):
        found = []
        for stop in (*spaces, len(text)):
            if stop > start + 1 and (stop == len(text) or stop in ways):
                chunks = _chunks(text, start, stop)
                if chunks:
                    found.append((stop, chunks))
        if found:
            ways[start] = found
    return ways


def _ways_on(ways: Ways, end: int, start: int) -> Iterator[tuple[Chunk, ...]]:
    for stop, chunks in ways.get(start, ()):
        if stop == end:
            yield from ((chunk,) for chunk in chunks)
        else:
            for rest in _ways_on(ways, end, stop):
                yield from ((chunk, *rest) for chunk in chunks)


def _chunks(text: str, before: int, stop: int) -> list[Chunk]:
    """What can have been painted between two places of spaces."""
    start = before + 1
    found = []
    for order, unturned in painted(text[start:stop]):
        first, last = text[start + order[0]], text[start + order[-1]]
        if before >= 0 and first != " ":
            continue
        if stop < len(text) and (last == " " or last.isdigit() or LATIN.match(last)):
            continue
        places = tuple(start + at for at in order)
        found.append(Chunk(places, frozenset(start + at for at in unturned)))
    return found


@lru_cache(maxsize=1 << 12)
def kind(character: str) -> str:
    """The bidi class of a character, by one letter."""
    return KINDS.get(bidirectional(character), "N")


def levels(text: str, base: str) -> str:
    """The embedding level of each character, as a digit."""
    kinds = SEPARATOR.sub("E", "".join(map(kind, text)))
    kinds = TERMINATORS.sub(lambda found: "E" * len(found.group()), kinds)
    kinds = AFTER_LATIN.sub(lambda found: found.group().replace("E", "L"), kinds)
    if base == LEFT:
        first = STRONG.search(kinds)
        stop = first.start() if first else len(kinds)
        kinds = kinds[:stop].replace("E", "L") + kinds[stop:]
    joined = base + kinds + base

    def resolved(found: regex.Match[str]) -> str:
        before, after = joined[found.start() - 1], joined[found.end()]
        left = (before == LEFT) + (after == LEFT)
        return (base if left == 1 else LEFT if left else RIGHT) * len(found.group())

    kinds = NEUTRALS.sub(resolved, joined)[1:-1]
    return kinds.translate(str.maketrans("RLE", "102" if base == LEFT else "122"))


def _reordered(of: str) -> list[int]:
    """The order in which characters of such levels are seen from left to right (L2)."""
    order = list(range(len(of)))
    for runs in (LEFT_TO_RIGHT, EMBEDDED):
        for run in runs.finditer(of):
            order[run.start() : run.end()] = order[run.start() : run.end()][::-1]
    return order


def turned(text: str) -> list[int]:
    """What ``handleDirection`` of PDFBox makes of a text, as places in it."""
    kinds = [kind(character) for character in text]
    if RIGHT not in kinds:
        return list(range(len(text)))
    base = next(each for each in kinds if each in (LEFT, RIGHT))
    return _reordered(levels(text, base))


def painted(text: str) -> list[tuple[list[int], list[int]]]:
    """The orders of which ``handleDirection`` makes ``text``, as places in it.

    With each goes what is not turned around, of which brackets are not mirrored.
    """
    kinds = {kind(character) for character in text}
    same = list(range(len(text)))
    if RIGHT not in kinds:
        return [(same, same)]
    found: list[tuple[list[int], list[int]]] = []
    for base in (RIGHT, LEFT)[: 1 + (LEFT in kinds)]:
        of = levels(text, base)
        order = _reordered(of)
        line = "".join(text[at] for at in order)
        if "".join(line[at] for at in turned(line)) == text and all(
            order != other for other, _ in found
        ):
            found.append((order, [at for at in same if of[at] != "1"]))
    return found


def left_to_right(text: str) -> list[tuple[int, int]]:
    """Where numbers and runs of Latin words of a right-to-left text begin and end."""
    found = []
    for run in LEFT_TO_RIGHT.finditer(levels(text, RIGHT)):
        start, stop = run.span()
        if LATIN.search(text, start, stop):
            stop = closed(text, start, stop)
        found.append((start, stop))
    return found


def _portions(text: str, stream: Sequence[int]) -> tuple[Portion, ...] | None:
    """The portions of what was painted; None if no line is painted so."""
    line = "".join("\n" if at == GAP else text[at] for at in stream)
    portions: list[Portion] = []
    last = 0
    for start, stop in [*left_to_right(line), (len(line), len(line))]:
        between = stream[last:start]
        if between:
            if GAP in (between[0], between[-1]):
                return None
            portions.append(Portion(tuple(at for at in reversed(between) if at != GAP), False))
        if start < stop:
            if GAP in stream[start:stop]:
                return None
            portions.append(Portion(tuple(stream[start:stop]), True))
        last = stop
    return tuple(portions)


def _again(text: str, portions: Sequence[Portion]) -> bool:
    """Whether a line that reads so would be painted in these portions."""
    line = "".join(text[at] for portion in portions for at in portion.places)
    runs, at = set(), 0
    for portion in portions:
        if portion.left_to_right:
            runs.add((at, at + len(portion.places)))
        at += len(portion.places)
    return runs == set(left_to_right(line))


def _even(text: str, portions: Sequence[Portion]) -> int:
    """How many spaces could have one of PDFBox's own beside them."""
    return sum(
        text[at] == " " and text[after] != " "
        for portion in portions
        if not portion.left_to_right
        for at, after in zip(portion.places, portion.places[1:], strict=False)
    )
