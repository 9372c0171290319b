"""Text whose letters are painted over each other: its words, in the order of painting.

Places tell nothing of its order, and letters sorted by them would be mixed; what is painted at once
is kept together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from restore.bidi import read_order
from restore.geometry.glyphs import Glyphs, is_right_to_left

SAME_LINE = 0.5  # em; baselines that lie nearer are one; a guess
LEAST_LETTERS = 2.0  # painted at once on average, by which words are known; a guess


class PaintedLine(NamedTuple):
    """A line of words, and for each character its left edge, baseline, right edge and size."""

    text: str
    boxes: list[tuple[float, float, float, float]]


def painted_lines(parts: Sequence[tuple[Glyphs, bool]]) -> list[PaintedLine]:
    """What is painted at once, on lines from the top, in the order of painting.

    With the glyphs comes whether they are painted as they are read, and not as they are seen.
    Nothing if letters are painted one by one.
    """
    found: list[PaintedLine] = []
    for glyphs, as_read in parts:
        runs = np.split(np.arange(len(glyphs)), np.flatnonzero(np.diff(glyphs.runs)) + 1)
        words = [run for run in runs if "".join(glyphs.texts[i] for i in run.tolist()).strip()]
        if not words or sum(map(len, words)) < LEAST_LETTERS * len(words):
            return []
        for line in _lines(glyphs, words):
            found.append(_line(glyphs, line, as_read))
    return found


def _lines(glyphs: Glyphs, words: list[np.ndarray]) -> list[list[np.ndarray]]:
    """The words of each baseline, the highest first."""
    lines: list[list[np.ndarray]] = []
    for word in sorted(words, key=lambda word: -glyphs.baseline[word[0]]):
        if lines:
            first = lines[-1][0][0]
            fall = glyphs.baseline[first] - glyphs.baseline[word[0]]
            if fall <= SAME_LINE * glyphs.size[first]:
                lines[-1].append(word)
                continue
        lines.append([word])
    return [sorted(line, key=lambda word: int(word[0])) for line in lines]


def _line(glyphs: Glyphs, words: list[np.ndarray], as_read: bool) -> PaintedLine:
    texts: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    for word in words:
        text = "".join(glyphs.texts[i] for i in word.tolist())
        if not as_read and any(is_right_to_left(c) for c in text):
            text = "".join(text[s.start : s.stop][:: s.step] for s in read_order(text))
        text = text.strip()
        box = (
            float(glyphs.left[word].min()),
            float(glyphs.baseline[word[0]]),
            float(glyphs.right[word].max()),
            float(glyphs.size[word[0]]),
        )
        texts.append(text)
        boxes += [box] * (len(text) + 1)
    return PaintedLine(" ".join(texts), boxes[:-1])
