"""What happened between two texts, in words: facts about lines, and how many of each."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from restore.compare.intervals import Move
from restore.compare.marks import MarkChange, changed_marks, homes_of
from restore.compare.matching import NONE
from restore.compare.moves import Altered, Diff

NO_LETTER = "no letter changed"
# The counts that tell of letters.
LETTERS = ("letters altered", "words with letters reversed", "words inserted", "words deleted")


class Fact(NamedTuple):
    """What happened in lines ``first`` to ``last`` of the first text, counted from 0.

    ``order`` tells of a move the words of the lines in their new order.
    """

    first: int
    last: int
    kind: str
    text: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """All facts in the order of the lines, and how often each thing happened."""

    facts: tuple[Fact, ...]
    counts: dict[str, int]

    def lines(self) -> Iterator[tuple[int, int, str, str]]:
        """The first and last line of facts about the same lines, all in one sentence, and orders.

        Orders are those of the words of each move.
        """
        letters = {f.first for f in self.facts if f.kind in ("letters", "inserted", "deleted")}
        for (first, last), group in groupby(self.facts, key=lambda fact: fact[:2]):
            facts = list(group)
            told = [fact.text for fact in facts]
            moved = any(fact.kind == "move" for fact in facts)
            if moved and letters.isdisjoint(range(first, last + 1)):
                told.append(NO_LETTER)
            orders = "; ".join(fact.order for fact in facts if fact.order)
            yield first, last, ", ".join(told), orders


def told(diff: Diff) -> Told:
    """What happened between the texts of ``diff``."""
    marks = changed_marks(diff)
    facts = [
        *_moves(diff),
        *_letters(diff),
        *_words(diff),
        *_marks(diff, marks),
        *_spaces(diff),
    ]
    facts.sort(key=lambda fact: fact[:2])  # stable: of a line, moves come first
    altered = [word for word in diff.altered if word.edits]
    counts = {
        "words": len(diff.first),
        "moves": sum(map(len, diff.moves)),
        "words altered": len(altered),
        "letters altered": sum(word.letters for word in altered),
        "words with letters reversed": len(_turned(diff)),
        "words inserted": sum(diff.second[at].lettered for at in diff.inserted),
        "words deleted": sum(diff.first[at].lettered for at in diff.deleted),
        **{f"{name} moved or mirrored": 0 for name in ("brackets", "marks")},
        **Counter(_counted(change) for change in marks),
        "spaces changed": sum(fact.kind == "spaces" for fact in facts),
        **_breaks(diff),
    }
    return Told(tuple(facts), counts)


def summary(diff: Diff, counts: dict[str, int]) -> str:
    """What happened between the texts in one sentence, ``counts`` being those of ``told``."""
    if diff.same:
        return "the same text"
    parts = [f"{name}: {count}" for name, count in counts.items() if count and name != "words"]
    if not parts:
        return "only blank lines differ"
    if not any(counts[name] for name in LETTERS):
        parts.append(NO_LETTER)
    return f"{number(counts['words'], 'word')}; {', '.join(parts)}"


def number(count: int, thing: str) -> str:
    """How many of a thing there are.

    >>> number(2, "word"), number(1, "word")
    ('2 words', '1 word')
    """
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _counted(change: MarkChange) -> str:
    how = change.kind if change.kind in ("inserted", "deleted") else "moved or mirrored"
    return f"{change.thing}s {how}"


def _moves(diff: Diff) -> Iterator[Fact]:
    kept = sorted(place for place in diff.partner if place != NONE)
    for move in diff.moves:
        low, high = move.span
        words = kept[bisect_left(kept, low) : bisect_left(kept, high)]
        lines = diff.first[words[0]].line, diff.first[words[-1]].line
        yield Fact(*lines, "move", _told_move(move, kept), word_order(diff, move))


def _told_move(move: Move, kept: Sequence[int]) -> str:
    def count(start: int, stop: int) -> int:
        return bisect_left(kept, stop) - bisect_left(kept, start)

    words, runs = count(*move.span), len(move.parts)
    moved = sum(count(*block) for block in move.blocks)
    blocks = f" in {number(len(move.blocks), 'block')}" if len(move.blocks) > 1 else ""
    if not move.turns:
        return f"{number(moved, 'word')} moved{blocks}"
    if words == 2:
        return "2 words swapped"
    how = f"{words} words reversed"
    if runs < words:
        how = f"{words} words in {runs} runs reversed"
    return f"{how}, {moved} of them moved{blocks}" if moved else how


def word_order(diff: Diff, move: Move) -> str:
    """The numbers of the words that moved, from 1 in each line, in their new order.

    Stretches are told by their ends: ``9-12 8-1``. In a move over lines the number of the line
    stands before each: ``3:9-12``.
    """
    low, high = move.span
    several = diff.first[low].line != diff.first[high - 1].line
    starts: dict[int, int] = {}
    for at in range(low, -1, -1):
        starts[diff.first[at].line] = at
        if diff.first[at].line < diff.first[low].line:
            break
    for at in range(low, high):
        starts.setdefault(diff.first[at].line, at)

    def name(at: int) -> str:
        line = diff.first[at].line
        return f"{line + 1}:" * several + str(at - starts[line] + 1)

    ends: list[list[int]] = []
    for start, stop in move.parts:
        if stop - start == 1 and ends and ends[-1][0] >= ends[-1][1] == start + 1:
            ends[-1][1] = start
        else:
            ends.append([start, stop - 1])
    return " ".join(name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in ends)


def _letters(diff: Diff) -> Iterator[Fact]:
    for word in diff.altered:
        if word.edits:
            line = diff.first[word.first].line
            was, now = diff.first[word.first].core, diff.second[word.second].core
            text = f"{was} → {now} ({number(word.letters, 'letter')})"
            yield Fact(line, line, "letters", text)
    reversed_in = Counter(diff.first[word.first].line for word in _turned(diff))
    for line, count in sorted(reversed_in.items()):
        yield Fact(line, line, "letters", f"letters of {number(count, 'word')} reversed")


def _turned(diff: Diff) -> list[Altered]:
    return [word for word in diff.altered if not word.edits and diff.first[word.first].lettered]


def _words(diff: Diff) -> Iterator[Fact]:
    homes = homes_of(diff)
    gone = [(diff.first[at].line, diff.first[at]) for at in diff.deleted]
    new = [
        (diff.first[homes[at]].line if diff.first else 0, diff.second[at]) for at in diff.inserted
    ]
    for kind, words in (("deleted", gone), ("inserted", new)):
        lettered = sorted((line, word.core) for line, word in words if word.lettered)
        for line, group in groupby(lettered, key=lambda pair: pair[0]):
            yield Fact(line, line, kind, f"{number(len(list(group)), 'word')} {kind}")


def _marks(diff: Diff, marks: Sequence[MarkChange]) -> Iterator[Fact]:
    homes = homes_of(diff)
    groups: Counter[tuple[int, str]] = Counter()
    for change in marks:
        at = change.first if change.first != NONE else homes[change.second]
        off = change.kind == "moved" and change.thing == "bracket"
        told_as = "re-attached" if off else change.kind
        line = diff.first[at].line if diff.first else 0
        groups[line, f"{change.thing}|{told_as}"] += 1
    for (line, name), count in sorted(groups.items()):
        thing, how = name.split("|")
        yield Fact(line, line, "marks", f"{number(count, thing)} {how}")


def _spaces(diff: Diff) -> Iterator[Fact]:
    """White space that came or went between two words, or changed in a line of the same words."""
    seen: Counter[tuple[int, str]] = Counter()
    for at, (one, other) in enumerate(pairwise(diff.partner), start=1):
        if one != NONE and other == one + 1:
            was, now = diff.first[other], diff.second[at]
            same_line = was.line == diff.first[one].line
            if was.glued != now.glued and same_line and now.line == diff.second[at - 1].line:
                seen[was.line, "space put in" if was.glued else "space taken out"] += 1
    for (line, how), count in sorted(seen.items()):
        thing, rest = how.split(" ", 1)
        yield Fact(line, line, "spaces", f"{number(count, thing)} {rest}")
    lines = {line: number for number, line in _same_words(diff)}
    for ours, theirs in sorted((ours, theirs) for theirs, ours in lines.items()):
        if diff.first_lines[ours] != diff.second_lines[theirs]:
            yield Fact(ours, ours, "spaces", "white space changed, no more")


def _same_words(diff: Diff) -> Iterator[tuple[int, int]]:
    """Lines of both texts that have the same words, spaces aside: first and second."""
    at = 0
    for line, group in groupby(diff.second, key=lambda word: word.line):
        words = list(group)
        places = diff.partner[at : at + len(words)]
        at += len(words)
        if places[0] == NONE or places[-1] - places[0] != len(places) - 1:
            continue
        old = diff.first[places[0] : places[-1] + 1]
        own = old[0].line
        alone = places[0] == 0 or diff.first[places[0] - 1].line != own
        alone &= places[-1] + 1 == len(diff.first) or diff.first[places[-1] + 1].line != own
        same = [(w.text, w.glued) for w in old] == [(w.text, w.glued) for w in words]
        if alone and same and old[-1].line == own:
            yield own, line


def _breaks(diff: Diff) -> dict[str, int]:
    """How many lines were joined with the next one, and how many were cut."""
    counts = {"lines joined": 0, "lines cut": 0}
    for at, (one, other) in enumerate(pairwise(diff.partner), start=1):
        if one != NONE and other == one + 1:
            was = diff.first[one].line != diff.first[other].line
            now = diff.second[at - 1].line != diff.second[at].line
            counts["lines joined"] += was and not now
            counts["lines cut"] += now and not was
    return counts
