"""The order of a text layer whose places tell nothing, from what OCR reads off its page.

The words of the layer take the places of those read that are like them, and keep their letters;
but where PDFium leaves out a letter, since the same is painted below it, it is taken from those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz import fuzz, process

from restore.model import Layer, Page
from restore.placed import PlacedWord, page_of_words, placed

ALIKE = 50.0  # similarity of two words, in hundredths, from which they may be one
SURE = 0.8  # of a word read, of which the layer lacks a letter; a guess
ENOUGH = 0.8  # share of the letters of the layer that is found on the image; a guess
FROM_IMAGE = "its letters are painted over each other; the order is from the image of the page"


def in_image_order(layer: Page, read: Page, last: bool) -> Page | None:
    """The page with the words of its text ``layer`` in the order in which they were ``read``.

    Words that were not read go with the one before them in the layer, the first with the one after.
    None if too few are found; then the layer is of another text, or the image not legible.
    """
    image = placed(read)
    seen = [word for block in image.blocks for line in block for word in line]
    words = layer.text.split()
    pairs = _pairs([word.text for word in seen], words)
    letters = sum(map(len, words))
    if sum(len(words[k]) for k in pairs.values()) < ENOUGH * letters or not letters:
        return None
    stand = _with_rest(pairs, words)
    at = -1
    blocks: list[list[list[PlacedWord]]] = []
    for block in image.blocks:
        lines: list[list[PlacedWord]] = []
        for line in block:
            found: list[PlacedWord] = []
            for word in line:
                at += 1
                found += [word._replace(text=_whole(words[k], word)) for k in stand.get(at, [])]
            lines += [found] if found else []
        blocks += [lines] if lines else []
    page = page_of_words(image._replace(blocks=blocks), last, proved=True)
    return replace(page, layer=Layer.SCRAMBLED, remark=FROM_IMAGE, scan=None)


def _whole(text: str, read: PlacedWord) -> str:
    """A word of the layer, or as it was read if it only lacks letters of that."""
    letters = iter(read.text)
    return read.text if read.sure >= SURE and all(c in letters for c in text) else text


def _pairs(seen: Sequence[str], words: Sequence[str]) -> dict[int, int]:
    """For each word seen that the layer has, which of its words that is; the likest ones first."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for k, word in enumerate(words):
        waiting[word].append(k)
    pairs = {at: waiting[word].pop(0) for at, word in enumerate(seen) if waiting.get(word)}
    ours = [at for at in range(len(seen)) if at not in pairs]
    theirs = sorted(set(range(len(words))) - set(pairs.values()))
    if not ours or not theirs:
        return pairs
    alike = process.cdist(
        [seen[at] for at in ours],
        [words[k] for k in theirs],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
    )
    taken: set[int] = set()
    for place in np.argsort(-alike, axis=None, kind="stable").tolist():
        row, column = divmod(place, len(theirs))
        if alike[row, column] < ALIKE:
            break
        if ours[row] not in pairs and theirs[column] not in taken:
            pairs[ours[row]] = theirs[column]
            taken.add(theirs[column])
    return pairs


def _with_rest(pairs: dict[int, int], words: Sequence[str]) -> dict[int, list[int]]:
    """For each word seen those of the layer that stand there, all of them once."""
    stand = {at: [k] for at, k in pairs.items()}
    places = {k: at for at, k in pairs.items()}
    first = min(places)
    for k in range(len(words)):
        if k not in places:
            places[k] = places.get(k - 1, places[first])
            stand[places[k]].append(k)
    return {at: sorted(numbers) for at, numbers in stand.items()}
