"""The order of what is on a page: columns from the right, and Latin words from the left.

Tesseract tells the columns of a right-to-left page from those of a left-to-right one by how they
stand, and a page a little askew or a heading across is enough to mislead it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import regex

from restore.placed import is_right_to_left
from restore.scans.tesseract import Word

BESIDE = 0.5  # share of the lower of two blocks that the other stands beside, in columns
LEAST_LETTERS = 20  # of a block that tells the order of columns; a number in a margin does not
LATIN = regex.compile(r"\p{Latin}")
CLOSE = 0.01  # of the width of the page, that blocks may reach into each other


class Block(NamedTuple):
    """A block of a page: its number, its box, and how many letters it has."""

    number: int
    left: int
    top: int
    right: int
    bottom: int
    letters: int


def from_the_right(words: Sequence[Word]) -> list[Word]:
    """The words of a page with its columns from right to left, if some stand the other way."""
    blocks = _blocks(words)
    if not any(_wrong(a, b) for i, a in enumerate(blocks) for b in blocks[i + 1 :]):
        return list(words)
    close = CLOSE * (max(b.right for b in blocks) - min(b.left for b in blocks))
    order = {block.number: place for place, block in enumerate(_ordered(blocks, close))}
    return sorted(words, key=lambda word: order[word.line[0]])


def latin_from_the_left(words: Sequence[Word]) -> list[Word]:
    """The words with those Latin ones turned that stand after each other from right to left.

    Inside a right-to-left line they are read from the left, as they are written.
    """
    found: list[Word] = []
    for (latin, _), group in groupby(words, key=lambda word: (_is_latin(word.text), word.line)):
        run = list(group)
        turned = latin and all(a.left > b.left for a, b in pairwise(run))
        found += run[::-1] if turned else run
    return found


def _is_latin(text: str) -> bool:
    return bool(LATIN.search(text)) and not is_right_to_left(text)


def _blocks(words: Sequence[Word]) -> list[Block]:
    known: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        known[word.line[0]].append(word)
    return [
        Block(
            number,
            min(word.left for word in found),
            min(word.top for word in found),
            max(word.right for word in found),
            max(word.bottom for word in found),
            sum(len(word.text) for word in found),
        )
        for number, found in known.items()
    ]


def _wrong(first: Block, second: Block) -> bool:
    """Whether a block that is read first stands in a column to the left of the second."""
    beside = min(first.bottom, second.bottom) - max(first.top, second.top)
    lower = min(first.bottom - first.top, second.bottom - second.top)
    return (
        first.right <= second.left
        and beside > BESIDE * lower
        and min(first.letters, second.letters) >= LEAST_LETTERS
    )


def _ordered(blocks: list[Block], close: float) -> list[Block]:
    """Blocks in reading order, by cutting the page along white strips.

    Columns go before rows, and as many rows as stand in columns are cut together (recursive X-Y
    cut: G. Nagy and S. Seth, Hierarchical representation of optically scanned documents, 1984).
    """
    if len(blocks) < 2:
        return blocks
    columns = _columns(blocks, close)
    if len(columns) > 1:
        return [block for column in columns for block in _ordered(column, close)]
    rows = _rows(blocks)
    if len(rows) == 1:
        return blocks
    for count in range(len(rows) - 1, 0, -1):
        upper = [block for row in rows[:count] for block in row]
        if count == 1 or len(_columns(upper, close)) > 1:
            lower = [block for row in rows[count:] for block in row]
            return _ordered(upper, close) + _ordered(lower, close)
    return blocks


def _columns(blocks: list[Block], close: float) -> list[list[Block]]:
    """Blocks parted by strips that are white from the top to the bottom, the right ones first."""
    found: list[list[Block]] = []
    edge = 0.0
    for block in sorted(blocks, key=lambda block: -block.right):
        if not found or block.right <= edge + close:
            found.append([])
            edge = block.left
        found[-1].append(block)
        edge = min(edge, block.left)
    return [sorted(column, key=blocks.index) for column in found]


def _rows(blocks: list[Block]) -> list[list[Block]]:
    """Blocks parted by strips that are white from side to side, from the top."""
    found: list[list[Block]] = []
    edge = 0
    for block in sorted(blocks, key=lambda block: block.top):
        if not found or block.top >= edge:
            found.append([])
        found[-1].append(block)
        edge = max(edge, block.bottom)
    return found
