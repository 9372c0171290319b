"""What happened between two texts, told in moves: blocks moved or reversed, letters altered.

The words of both texts are matched (``alignment.py``), or known from the record of a restoration.
The order of the matched words tells the moves (``intervals.py``), the words themselves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from restore.compare.alignment import aligned
from restore.compare.intervals import Move, moves
from restore.compare.matching import NONE
from restore.compare.words import Word, clusters, cut, joined, lines_of, turned, words_of
from restore.model import Document, Ends, Inserted

Fate = Literal["same", "moved", "altered", "deleted", "inserted"]
Origin = tuple[int, int]  # page and place in its text; the place is -1 for what was put in


class LetterEdit(NamedTuple):
    """Grapheme clusters ``start`` to ``stop`` of a word become ``text``."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Altered:
    """A word of the first text, one of the second, and how its letters changed.

    Without ``edits`` they are the same in reverse.
    """

    first: int
    second: int
    edits: tuple[LetterEdit, ...]

    @property
    def letters(self) -> int:
        """How many letters were altered, inserted or deleted."""
        return sum(max(edit.stop - edit.start, len(clusters(edit.text))) for edit in self.edits)

    def applied(self, core: str) -> str:
        """The letters of the word after the edits."""
        if not self.edits:
            return turned(core)
        parts = clusters(core)
        for edit in reversed(self.edits):
            parts[edit.start : edit.stop] = [edit.text]
        return "".join(parts)


class Hung(NamedTuple):
    """A word of the second text that has other marks than before: those before and after it."""

    second: int
    before: str
    after: str


@dataclass(frozen=True)
class Diff:
    """What makes the words of the second text of those of the first.

    ``partner`` has for each word of the second text its index in the first, or -1.
    """

    first_lines: tuple[str, ...]
    second_lines: tuple[str, ...]
    first: tuple[Word, ...]
    second: tuple[Word, ...]
    partner: tuple[int, ...]

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The moves, inner ones before those around them."""
        found = [place for place in self.partner if place != NONE]
        return tuple(moves(found))

    @cached_property
    def altered(self) -> tuple[Altered, ...]:
        """The words whose letters changed."""
        return tuple(
            Altered(place, at, letter_edits(self.first[place].core, word.core))
            for at, (word, place) in enumerate(zip(self.second, self.partner, strict=True))
            if place != NONE and self.first[place].core != word.core
        )

    @cached_property
    def inserted(self) -> tuple[int, ...]:
        """The words of the second text that are not in the first."""
        return tuple(at for at, place in enumerate(self.partner) if place == NONE)

    @cached_property
    def deleted(self) -> tuple[int, ...]:
        """The words of the first text that are not in the second."""
        kept = set(self.partner)
        return tuple(at for at in range(len(self.first)) if at not in kept)

    @cached_property
    def hung(self) -> tuple[Hung, ...]:
        """The words with other marks before or after them."""
        return tuple(
            Hung(at, word.before, word.after)
            for at, (word, place) in enumerate(zip(self.second, self.partner, strict=True))
            if place != NONE
            and (word.before, word.after) != (self.first[place].before, self.first[place].after)
        )

    @cached_property
    def fates(self) -> tuple[tuple[Fate, ...], tuple[Fate, ...]]:
        """What happened to each word of the first text, and of the second."""
        ours: list[Fate] = ["same"] * len(self.first)
        for move in self.moves:
            for start, stop in (move.span,) if move.turns else move.blocks:
                ours[start:stop] = ["moved"] * (stop - start)
        for word in self.altered:
            ours[word.first] = "altered"
        for at in self.deleted:
            ours[at] = "deleted"
        return tuple(ours), tuple("inserted" if at == NONE else ours[at] for at in self.partner)

    @property
    def same(self) -> bool:
        """Whether both texts are the same, line breaks aside."""
        return self.first_lines == self.second_lines

    def applied(self) -> str:
        """The words of the second text with single spaces, made of the first by what is told."""
        order = list(range(len(self.first)))
        for move in self.moves:
            low, high = move.span
            # What moved inside of this stretch has stayed inside of the same part.
            order[low:high] = [at for start, stop in move.parts for at in order[start:stop]]
        gone, new = set(self.deleted), set(self.inserted)
        altered = {word.second: word for word in self.altered}
        hung = {word.second: word for word in self.hung}
        kept = iter([at for at in order if at not in gone])
        made: list[Word] = []
        for at, word in enumerate(self.second):
            if at in new:
                made.append(word)
                continue
            old = self.first[next(kept)]
            core = altered[at].applied(old.core) if at in altered else old.core
            _, before, after = hung.get(at, Hung(at, old.before, old.after))
            made.append(Word(before, core, after, word.line, word.start, word.glued))
        return joined(made)


def compared(first: str, second: str) -> Diff:
    """What happened between two texts, worked out from their words.

    >>> [move.parts for move in compared("a b c d e", "a d c b e").moves]
    [((3, 4), (2, 3), (1, 2))]
    """
    ours, theirs = lines_of(first), lines_of(second)
    one, other, partner = aligned(words_of(ours), words_of(theirs))
    return Diff(tuple(ours), tuple(theirs), tuple(one), tuple(other), tuple(partner.tolist()))


def recorded(original: Document, restored: Document) -> Diff:
    """What happened between a document and what was made of it, from where its letters are from."""
    (ours, letters), (theirs, made_of) = _lines(original), _lines(restored)
    one, other = words_of(ours), words_of(theirs)
    other = _cut_by(other, made_of, _homes(one, letters))
    one = _cut_by(one, letters, _homes(other, made_of))
    home = _homes(one, letters)
    partner: list[int] = []
    taken = {NONE}
    for word in other:
        places = made_of[word.line][word.core_start : word.core_stop]
        found = next((home[p] for p in places if home.get(p, NONE) not in taken), NONE)
        if found != NONE and not word.lettered and one[found].core != word.core:
            found = NONE  # marks that stand alone are told of one by one
        partner.append(found)
        taken.add(found)
    return Diff(tuple(ours), tuple(theirs), tuple(one), tuple(other), tuple(partner))


def _homes(words: Sequence[Word], places: Sequence[list[Origin]]) -> dict[Origin, int]:
    """The word that each letter is in, by where the letter is from."""
    return {
        place: at
        for at, word in enumerate(words)
        for place in places[word.line][word.core_start : word.core_stop]
        if place[1] != NONE
    }


def _cut_by(
    words: Sequence[Word], places: Sequence[list[Origin]], home: dict[Origin, int]
) -> list[Word]:
    """Words cut between letters that are in two words of the other text.

    So they are where a number was put on the other side of the letters that it is glued to.
    """
    found: list[Word] = []
    for word in words:
        origins = places[word.line][word.core_start : word.core_stop]
        parts: list[tuple[int, int]] = []
        last = None
        for at, origin in enumerate(origins):
            own = home.get(origin)
            if own is None:
                continue
            apart = own != last
            if (
                parts
                and not apart
                and word.core[at].isdigit() != word.core[parts[-1][1] - 1].isdigit()
            ):
                apart = abs(origin[1] - origins[parts[-1][1] - 1][1]) > 1
            if apart:
                parts.append((at, at + 1))
            else:
                parts[-1] = (parts[-1][0], at + 1)
            last = own
        found += cut(word, parts)
    return found


def _lines(document: Document) -> tuple[list[str], list[list[Origin]]]:
    """The lines of a document, and for each of their characters where it is from."""
    texts: list[str] = []
    origins: list[list[Origin]] = []
    goes_on = False
    for number, page in enumerate(document.pages):
        for line in page.lines:
            if not goes_on:
                texts.append("")
                origins.append([])
            texts[-1] += line.text
            for origin in line.origins:
                if isinstance(origin, Inserted):
                    origins[-1] += [(number, NONE)] * len(origin.text)
                else:
                    run = range(origin.start, origin.stop)
                    origins[-1] += [(number, at) for at in run[:: origin.step]]
            goes_on = line.ends is Ends.BROKEN
    return texts, origins


def letter_edits(one: str, other: str) -> tuple[LetterEdit, ...]:
    """What makes the letters of one word of those of another; nothing if they are in reverse.

    >>> letter_edits("שלום", "שלם")
    (LetterEdit(start=2, stop=3, text=''),)
    """
    if turned(one) == other:
        return ()
    from rapidfuzz.distance import Levenshtein

    ours, theirs = clusters(one), clusters(other)
    return tuple(
        LetterEdit(code.src_start, code.src_end, "".join(theirs[code.dest_start : code.dest_end]))
        for code in Levenshtein.opcodes(ours, theirs)
        if code.tag != "equal"
    )
