"""What known passages say of the order of words: which word of a line follows which.

The words of every line are looked for in works of reference together with those of the next one,
whatever their order, since quotes go on from line to line (``passages.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restore.tokens import Tokens, Type
from restore.works.passages import Passage

CEILING = 12.0  # nats of log-odds beyond which a passage is not surer; a guess


@dataclass(frozen=True, slots=True)
class Source:
    """A known passage in a line: where it is from, and tokens of the line, in its order."""

    place: str
    tokens: tuple[int, ...]


@dataclass(slots=True)
class Quoted:
    """What known passages say of a line.

    ``within`` (tokens x tokens) is how surely the second token follows the first, from 0 to 1;
    ``onward`` (tokens x tokens of the next line) the same from this line to the next. ``sources``
    are the passages.
    """

    within: NDArray[np.float64]
    onward: NDArray[np.float64]
    sources: list[Source]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: int
    first: int
    last: int


class Passages(Protocol):
    """Whoever knows of passages: the quotes of libraries, or what remembers theirs."""

    def passages(self, words: Sequence[str]) -> list[Passage]:
        """The passages that the words of a line, in any order, are from; no word is in two."""


def quoted(
    lines: Sequence[Tokens],
    joined: Sequence[bool],
    quotes: Passages,
    asked: Sequence[bool] | None = None,
) -> list[Quoted]:
    """What the passages of ``quotes`` say of lines; ``joined``: which may go on in the next.

    ``asked`` are the lines to be looked up, each with the one that follows; all, if not given.
    """
    sizes = [len(line) for line in lines]
    found = [
        Quoted(np.zeros((size, size)), np.zeros((size, after)), [])
        for size, after in zip(sizes, [*sizes[1:], 0], strict=False)
    ]
    words = [_words(line, number) for number, line in enumerate(lines)]
    for number, these in enumerate(words):
        if asked is not None and not asked[number]:
            continue
        going_on = joined[number] and number + 1 < len(words)
        both = [*these, *(words[number + 1] if going_on else [])]
        for passage in quotes.passages([word.text for word in both]):
            sure = min(passage.log_odds, CEILING) / CEILING
            for one, other, share in passage.neighbours:
                _note(found, both[one], both[other], sure * share)
            told = [both[index] for index in passage.order]
            own = tuple(word.first for word in told if word.line == number)
            found[number].sources.append(Source(passage.place, own))
    return found


def _note(found: list[Quoted], one: _Word, other: _Word, sure: float) -> None:
    if other.line == one.line:
        table = found[one.line].within
    elif other.line == one.line + 1:
        table = found[one.line].onward
    else:
        return
    table[one.last, other.first] = max(table[one.last, other.first], sure)


def _words(line: Tokens, number: int) -> list[_Word]:
    """The words of a line, those whole again that may be two."""
    found: list[_Word] = []
    inner = line.inner.tolist()
    for token in np.flatnonzero(line.types == Type.WORD).tolist():
        if found and token and inner[token - 1]:
            word = found[-1]
            text = line.text[line.starts[word.first] : line.stops[token]]
            found[-1] = _Word(text, number, word.first, token)
        else:
            found.append(_Word(line.token(token), number, token, token))
    return found
