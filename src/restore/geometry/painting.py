"""Right-to-left words painted letter after letter from left to right, as if they were Latin.

Some text layers, most of them put over scans, are stored in the order in which they are read and
painted by programs that know nothing of right-to-left scripts: every word is at its place, but its
letters run the wrong way. Letters that only end a word, and the Arabic article that only begins
one, tell such words from those whose letters stand as they are seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np
import regex

from restore.bidi import read_order
from restore.frequencies import frequencies
from restore.geometry.glyphs import Glyphs, is_mark, is_right_to_left

ENDINGS = frozenset("ךםןףץ\u0629\u0649")  # Hebrew finals, teh marbuta, alef maksura
ARTICLE = "\u0627\u0644"
CLEAR = 3.0  # words of the one kind to one of the other that settle it; a guess
ENOUGH = 200  # words of a page that are asked
GAP = 0.3  # em between words; a guess
SAME_LINE = 0.2  # em; baselines that lie nearer are one; a guess
LEAST = 3  # words; a guess
WORD = regex.compile(r"\p{Hebrew}+")
LEAST_KNOWN = 2  # words of a head; a guess
RAREST = 1e-9  # share of all words; of what is in no list
KNOWN = 10.0  # nats by which words are more frequent as seen than as read; a guess


class Votes(NamedTuple):
    """How many words are painted as they are read, and how many as they are seen."""

    read: int
    seen: int

    @property
    def as_read(self) -> bool:
        """Whether letters painted from left to right are in the order in which they are read."""
        return self.read >= LEAST and self.read > CLEAR * self.seen

    @property
    def as_seen(self) -> bool:
        """Whether letters painted from left to right are in the order in which they are seen."""
        return self.seen >= LEAST and self.seen > CLEAR * self.read


def votes(glyphs: Glyphs) -> Votes:
    """What the words say that are painted from left to right."""
    read = seen = 0
    for word in islice(_words(glyphs), ENOUGH):
        letters = "".join(glyphs.texts[i][0] for i in word)
        first, last = letters[0] in ENDINGS, letters[-1] in ENDINGS
        if first != last:
            read, seen = read + last, seen + first
        elif len(letters) > len(ARTICLE) + 1:
            begins, ends = letters.startswith(ARTICLE), letters.endswith(ARTICLE[::-1])
            if begins != ends:
                read, seen = read + begins, seen + ends
    return Votes(read, seen)


def _words(glyphs: Glyphs) -> Iterator[list[int]]:
    """Words of two letters and more that are painted from left to right, by their glyphs."""
    word: list[int] = []
    for i, text in enumerate(glyphs.texts):
        if is_mark(text[0]):
            continue
        if (
            word
            and is_right_to_left(text[0])
            and glyphs.runs[i] == glyphs.runs[word[-1]]
            and glyphs.left[i] > glyphs.left[word[-1]]
        ):
            word.append(i)
            continue
        if len(word) > 1:
            yield word
        word = [i] if is_right_to_left(text[0]) else []
    if len(word) > 1:
        yield word


def turned(glyphs: Glyphs) -> Glyphs:
    """The glyphs as ``whole`` gives them, with a gap between words.

    Letters that are not joined as they should be take up more room than their words have.
    """
    words = whole(glyphs)
    _part(words)
    return words


def whole(glyphs: Glyphs) -> Glyphs:
    """The glyphs with all that is painted at once made one, in the order in which it is read.

    That is the one in which it is painted, but for running heads that say themselves that they are
    painted as they are seen.
    """
    texts: list[str] = []
    rows: list[int] = []
    left, right = [], []
    edges = np.flatnonzero(np.diff(glyphs.runs)) + 1
    for run in np.split(np.arange(len(glyphs)), edges):
        text = _text(glyphs.some(run)).strip()
        ink = [i for i in run.tolist() if glyphs.texts[i] != " "]
        if text:
            texts.append(text)
            rows.append(ink[0])
            left.append(glyphs.left[ink].min())
            right.append(glyphs.right[ink].max())
    return replace(
        glyphs,
        texts=texts,
        left=np.array(left),
        right=np.array(right),
        baseline=glyphs.baseline[rows],
        size=glyphs.size[rows],
        runs=glyphs.runs[rows],
        hidden=glyphs.hidden[rows],
    )


def _text(glyphs: Glyphs) -> str:
    said = votes(glyphs)
    if not (said.as_seen or (not said.read and _known_backwards("".join(glyphs.texts)))):
        return "".join(glyphs.texts)
    spans = read_order("".join(text[0] for text in glyphs.texts))
    return "".join(text for s in spans for text in glyphs.texts[s.start : s.stop][:: s.step])


def _known_backwards(text: str) -> bool:
    """Whether the words of a head without letters that tell are known as seen, and not as read."""
    words = WORD.findall(text)
    if len(words) < LEAST_KNOWN:
        return False
    known = frequencies("he")
    read, seen = (np.maximum(known.of(each), RAREST) for each in (words, [w[::-1] for w in words]))
    return float(np.log(seen / read).sum()) > KNOWN


def _part(words: Glyphs) -> None:
    """Put a gap between words of one line, whose edges are changed."""
    centres = (words.left + words.right) / 2
    order = np.lexsort((centres, words.baseline))
    for a, b in pairwise(order.tolist()):
        size = min(words.size[a], words.size[b])
        if abs(words.baseline[a] - words.baseline[b]) > SAME_LINE * size:
            continue
        gap = GAP * size / 2
        middle = min(max((words.right[a] + words.left[b]) / 2, centres[a] + gap), centres[b] - gap)
        words.right[a] = min(words.right[a], middle - gap)
        words.left[b] = max(words.left[b], middle + gap)
