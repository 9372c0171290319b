"""The ink of a page, and what of it is no writing: borders, dust, the other side of the leaf."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

PALEST, DARKEST = 215, 90  # greys between which the limit of ink may be, of an even page
TOUCHING = 3  # pixels; nearer to a letter, dust is a piece of it
GHOST, DARK_GHOST = 225, 205  # greys of what shows through, and of the darkest of it
DARKEST_GHOSTS = 5  # percent of it
EDGES = 13  # pixels around ink that may be grey without that
MANY_GHOSTS = 0.3  # pixels for each of ink; bled pages have 0.5 to 1.2, others 0.1 at most
LETTER, DOT = 0.6, 0.45  # of the height of letters; that of a letter, and of dust that is large
BESIDE, BELOW = 1.5, 0.25  # of the height of letters; where stops and points stand around them
SPECK = 0.16  # of the height of letters; what is smaller in both directions is no letter
MANY_SPECKS = 0.6  # for each letter; a full page of niqqud has 0.5 of its marks as small as specks
JOINED = 5  # pixels; pieces of ink so near each other are of one letter
LEAST_LETTER, MOST_LETTER = 6, 0.1  # pixels, and share of the longer side, of the height of one
EDGE = 0.004  # of the longer side; ink so near the edge touches it


class Letters(NamedTuple):
    """What the ink of a page is like.

    ``height`` is that of most letters, in pixels, 0 where there are none; ``boxes`` has a row each
    connected piece of ink: left, top, width, height, pixels.
    """

    height: float
    boxes: NDArray[np.int32]
    labels: NDArray[np.int32]


def ink_limit(grey: Grey) -> float:
    """The grey below which a pixel of an even page is ink, by Otsu's method."""
    found, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(np.clip(found, DARKEST, PALEST))


def letters_of(grey: Grey) -> Letters:
    """The ink of a page."""
    ink = (grey < ink_limit(grey)).astype(np.uint8)
    return _pieces(ink, 1)._replace(height=_height(ink))


def _pieces(ink: Grey, near: int) -> Letters:
    """The pieces of ink, those one that are so many pixels from each other; of no height."""
    if near > 1:
        ink = array(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((near, near), np.uint8)))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return Letters(0.0, np.asarray(boxes[1:], np.int32), np.asarray(labels, np.int32))


def _height(ink: Grey) -> float:
    """The height of letters: half of the room that letters take is taken by smaller ones."""
    # Copies break thin strokes; what they part is joined again.
    widths, heights = _pieces(ink, JOINED).boxes[:, 2:4].T
    sound = (heights >= LEAST_LETTER) & (heights < MOST_LETTER * max(ink.shape))
    if not sound.any():
        return 0.0
    heights = heights[sound]
    order = np.argsort(heights)
    room = np.cumsum((widths[sound] * heights)[order])
    return float(heights[order][int(np.searchsorted(room, room[-1] / 2))])


def without_borders(grey: Grey) -> Grey:
    """The page without the black shapes at its edges that a lid or a neighbouring page leaves."""
    found = letters_of(grey)
    height, width = grey.shape
    near = max(2, int(EDGE * max(grey.shape)))
    x, y, w, h = found.boxes[:, :4].T
    touching = (x <= near) | (y <= near) | (x + w >= width - near) | (y + h >= height - near)
    large = np.maximum(w, h) > max(4 * found.height, 0.05 * max(grey.shape))
    return _erased(grey, found, touching & large, 3)


def without_ghosts(grey: Grey) -> Grey:
    """The page without the other side of its leaf, where that shows through: 3.7 -> 0.1."""
    ink = (grey < ink_limit(grey)).astype(np.uint8)
    near = cv2.dilate(ink, np.ones((EDGES, EDGES), np.uint8)) > 0
    ghosts = grey[(grey < GHOST) & ~near]
    if len(ghosts) <= MANY_GHOSTS * np.sum(ink):
        return grey
    limit = float(np.percentile(ghosts, DARKEST_GHOSTS))
    if limit > DARK_GHOST:
        return grey  # the grain of the paper
    return array(np.where(grey >= limit, 255, np.minimum(grey * (255 / limit), 255)))


def without_specks(grey: Grey) -> Grey:
    """The page without dust, if there is so much of it that it is no punctuation: 17 -> 3.

    What is as small as dust but touches a letter, nearly, is a piece of it. Larger dots stay in
    the rows of letters alone.
    """
    ink = (grey < ink_limit(grey)).astype(np.uint8)
    found = _pieces(ink, TOUCHING)
    height = _height(ink)
    if not height:
        return grey
    size = np.maximum(found.boxes[:, 2], found.boxes[:, 3])
    specks = size < SPECK * height
    if np.sum(specks) < MANY_SPECKS * max(int(np.sum(size >= LETTER * height)), 1):
        return grey
    x, y, width, tall = found.boxes[:, :4].T
    middle = np.minimum(y + tall // 2, len(ink) - 1), np.minimum(x + width // 2, ink.shape[1] - 1)
    outside = ~_rows(ink, height)[middle]
    return _erased(grey, found, specks | ((size < DOT * height) & outside), 1)


def _rows(ink: Grey, height: float) -> NDArray[np.bool_]:
    """Which pixels are in a row of letters, or where its stops and points can be."""
    made = np.zeros(ink.shape, np.bool_)
    across, down = int(BESIDE * height), int(BELOW * height)
    boxes = _pieces(ink, JOINED).boxes
    letters = (boxes[:, 3] >= LETTER * height) & (boxes[:, 3] < 3 * height)
    for x, y, width, tall, _ in boxes[letters].tolist():
        made[max(y - down, 0) : y + tall + down, max(x - across, 0) : x + width + across] = True
    return made


def _erased(grey: Grey, found: Letters, chosen: NDArray[np.bool_], margin: int) -> Grey:
    """The page with some pieces of ink made white, and what is around them."""
    if not chosen.any():
        return grey
    gone = np.concatenate([[False], chosen])[found.labels].astype(np.uint8)
    around = cv2.dilate(gone, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    kept = np.concatenate([[False], ~chosen])[found.labels]
    made = grey.copy()
    made[(around > 0) & ~kept] = 255
    return made


def array(made: Any) -> Grey:
    """What OpenCV gives, as the array that it is."""
    return np.asarray(made, np.uint8)
