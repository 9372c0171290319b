"""What a PDF says of several glyphs at once: text beside them, words painted to the left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from restore.geometry.glyphs import Glyphs
from restore.geometry.pdfium import PaintedObjects

NARROW = 0.3  # em; marks are narrower, most letters are not; a guess
SAME = 0.01  # points between two places that are one


def with_lost_spaces(glyphs: Glyphs, objects: PaintedObjects) -> Glyphs:
    """The glyphs with the spaces that PDFium leaves out, since nothing is drawn of them."""
    lost = sorted(set(range(len(objects.objects))) - set(glyphs.runs.tolist()))
    if not lost or not len(glyphs):
        return glyphs
    edges = objects.edges(lost)
    empty = edges[:, 2] - edges[:, 0] < SAME
    places, edges = np.array(lost, np.int64)[empty], edges[empty]
    near = np.clip(np.searchsorted(glyphs.runs, places), 0, len(glyphs) - 1)
    return glyphs.joined_with(
        Glyphs(
            [" "] * len(places),
            edges[:, 0],
            edges[:, 0],
            edges[:, 1],
            glyphs.size[near],
            places,
            glyphs.hidden[near],
        )
    )


def with_words(glyphs: Glyphs, runs: frozenset[int]) -> Glyphs:
    """The glyphs, the words of some ``runs`` made one each: they are read from right to left."""
    words: list[list[int]] = []
    for i, text in enumerate(glyphs.texts):
        last = words[-1][-1] if words else -1
        same = words and glyphs.runs[last] == glyphs.runs[i] and int(glyphs.runs[i]) in runs
        if same and " " not in (text, glyphs.texts[last]):
            words[-1].append(i)
        else:
            words.append([i])
    whole = glyphs.some(np.array([word[0] for word in words], np.int64))
    texts = list(whole.texts)
    for k, word in enumerate(words):
        if len(word) > 1:
            word.sort(key=lambda i: -glyphs.left[i])
            texts[k] = "".join(glyphs.texts[i] for i in word)
            whole.left[k], whole.right[k] = glyphs.left[word].min(), glyphs.right[word].max()
    return replace(whole, texts=texts)


def with_spans(glyphs: Glyphs, objects: PaintedObjects) -> Glyphs:
    """The glyphs, those whose text is written beside them (``ActualText``) made one each."""
    texts = list(glyphs.texts)
    left, right = glyphs.left.copy(), glyphs.right.copy()
    keep = np.ones(len(texts), np.bool_)
    for span in objects.spans():
        start, stop = np.searchsorted(glyphs.runs, (span.places[0], span.places[-1] + 1)).tolist()
        inside = [i for i in range(start, stop) if glyphs.runs[i] in span.places]
        if not inside:
            continue
        keep[inside] = False
        # The letter and not a mark of it says where the line is.
        one = max(inside, key=lambda i: right[i] - left[i])
        keep[one] = True
        texts[one] = span.text
        left[one], right[one] = objects.bounds(span.places, NARROW * glyphs.size[one])
    glyphs = Glyphs(texts, left, right, glyphs.baseline, glyphs.size, glyphs.runs, glyphs.hidden)
    return glyphs.some(np.flatnonzero(keep))
