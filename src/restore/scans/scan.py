"""A scanned page made ready to be read: even light, no noise, no borders, straight lines, no dust.

Each step is taken only where the page asks for it, and the page stays grey: every way of making it
black and white loses letters. What a step was worth is said beside its numbers, as character error
rates of Tesseract on pages of ``scripts/bench --ocr``.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from restore.scans.ink import (
    Grey,
    Letters,
    array,
    ink_limit,
    letters_of,
    without_borders,
    without_ghosts,
    without_specks,
)

Floats = NDArray[np.float64]

BLACK, WHITE = 40, 215  # a pixel beyond these is black or white
BITONAL = 0.97  # share of pixels that are black or white, in a page that never was grey
SMALL = 800  # pixels of the longer side of the page on which its light is measured
LETTERS = 0.035  # of the longer side; ink that is wider than this is not writing
LEAST_LIGHT = 24  # grey of paper; a darker one is a border
LEAST_NOISE = 5.0  # greys; that of a good scanner or camera is less
GRAIN, MOST_BLUR = 22.0, 1.8  # greys of noise for each pixel of blur, and most pixels of it
STEEPEST, TURN, FINE_TURN = 6.0, 0.5, 0.05  # degrees
SMALL_LETTERS = 12.0  # pixels; the height of letters by which the skew is told well enough
LEAST_INK, MOST_INK = 100, 60_000  # pixels that tell it
LEAST_TURN = 0.1  # degrees; less is left
LEAST_TURN_BITONAL = 0.3  # degrees; turning makes a sharp page a little less so
STRIP = 48  # pixels; how wide a strip is whose lines are compared to those of the next
LEAST_CURL = 3.0  # pixels between the highest and the lowest place of a line
SHARPER = 1.03  # times, that rows have to be sharper when lines are straight
LOW = 10.0  # pixels; smaller letters are read better in twice their size


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page made ready, and where its pixels were.

    ``turn`` is the affine map from the page as it was to the straight one, ``bend`` by how many
    pixels each of its columns was moved up; ``scale`` how many times it was enlarged last.
    ``height`` is that of its letters in pixels, 0 where there are none.
    """

    image: Grey
    turn: Floats
    bend: Floats
    scale: float
    height: float

    def places(self, boxes: Floats) -> Floats:
        """Boxes (left, top, right, bottom a row) of this image, as places of the page as it was."""
        if not len(boxes):
            return boxes
        found = boxes / self.scale
        middle = ((found[:, 0] + found[:, 2]) / 2).astype(int).clip(0, len(self.bend) - 1)
        found[:, 1] += self.bend[middle]
        found[:, 3] += self.bend[middle]
        back = cv2.invertAffineTransform(self.turn)
        centres = np.stack([found[:, 0] + found[:, 2], found[:, 1] + found[:, 3]], axis=1) / 2
        moved = centres @ back[:, :2].T + back[:, 2] - centres
        return np.asarray(found + np.tile(moved, 2))


def prepared(grey: Grey) -> Prepared:
    """A page made ready to be read, whatever it is that it needs."""
    bitonal = is_bitonal(grey)
    image = grey if bitonal else smoothed(evened(grey))
    image = without_borders(image)
    image = image if bitonal else without_ghosts(image)
    letters = letters_of(image)
    degrees = skew(image, letters)
    turn = _turn(image, degrees)
    if abs(degrees) >= (LEAST_TURN_BITONAL if bitonal else LEAST_TURN):
        image = _turned(image, turn)
    else:
        turn = np.eye(2, 3)
    bend = curl(image, letters.height)
    straight = _unbent(image, bend) if np.ptp(bend) > LEAST_CURL else image
    if _sharpness(straight) > SHARPER * _sharpness(image):
        image = straight
    else:
        bend = np.zeros(image.shape[1])
    image = without_specks(image)
    scale = 2.0 if 0 < letters.height < LOW else 1.0
    if scale > 1:
        image = array(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    return Prepared(image, turn, bend, scale, letters.height)


def is_bitonal(grey: Grey) -> bool:
    """Whether a page is black and white, as a copier or a printer makes it."""
    return bool(np.mean((grey < BLACK) | (grey > WHITE)) > BITONAL)


def evened(grey: Grey) -> Grey:
    """The page as if its paper were white everywhere: each pixel as a share of the paper's light.

    Light falling off to a corner: 55 -> 1.4.
    """
    share = min(1.0, SMALL / max(grey.shape))
    small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    size = max(3, int(LETTERS * max(small.shape)) | 1)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = cv2.medianBlur(paper, size)
    height, width = grey.shape
    light = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return array(cv2.divide(grey, np.maximum(light, LEAST_LIGHT), scale=255))


def noise(grey: Grey) -> float:
    """The noise of an even page in greys: the standard deviation of its paper.

    From second differences, which neither light nor letters raise much (J. Immerkær, Fast noise
    variance estimation, 1996), of the median pixel, since most are paper.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    found = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))
    # 6 is the norm of the kernel; the median of a normal deviate's size is 0.6745.
    return float(np.median(found[2:-2, 2:-2]) / 6 / 0.6745) if min(grey.shape) > 8 else 0.0


def smoothed(grey: Grey) -> Grey:
    """The page without its noise, as far as it has some: 37 -> 1.4.

    A median leaves grains that are taken for letters: of 5 pixels, 45.
    """
    found = noise(grey)
    if found < LEAST_NOISE:
        return grey
    return array(cv2.GaussianBlur(grey, (0, 0), min(found / GRAIN, MOST_BLUR)))


def skew(grey: Grey, letters: Letters) -> float:
    """By how many degrees the lines of a page fall to the right; 0 where it cannot be told.

    Along the right angle, the rows between the lines are whitest: the sum of the squared
    differences of neighbouring rows is greatest.
    """
    if not letters.height or min(grey.shape) < 8 * letters.height:
        return 0.0
    share = min(1.0, SMALL_LETTERS / letters.height)
    small = array(cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
    y, x = np.nonzero(small < ink_limit(small))
    if len(x) < LEAST_INK:
        return 0.0
    every = len(x) // MOST_INK + 1
    y, x = y[::every], x[::every] - small.shape[1] / 2

    def sharpness(degrees: float) -> float:
        rows = y - x * np.tan(np.radians(degrees)) + small.shape[1]
        whole = rows.astype(int)
        # Pixels belong to two rows, or lines along the grid would seem sharper than they are.
        counts = np.bincount(whole, 1 - (rows - whole), minlength=whole.max() + 2)
        counts += np.bincount(whole + 1, rows - whole, minlength=whole.max() + 2)
        return float(np.sum(np.diff(counts) ** 2))

    best = max(np.arange(-STEEPEST, STEEPEST + TURN, TURN), key=sharpness)
    for step in (TURN / 5, FINE_TURN):
        best = max(best + step * np.arange(-6, 7), key=sharpness)
    if abs(best) > STEEPEST or sharpness(best) < 1.02 * sharpness(0.0):
        return 0.0
    return float(best)


def _turn(grey: Grey, degrees: float) -> Floats:
    height, width = grey.shape
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0))


def _turned(grey: Grey, turn: Floats) -> Grey:
    size = (grey.shape[1], grey.shape[0])
    return array(cv2.warpAffine(grey, turn, size, flags=cv2.INTER_CUBIC, borderValue=255))


def curl(grey: Grey, height: float) -> Floats:
    """How far below their mean place the lines of a straightened page are, at each of its columns.

    The rows of each strip are compared to those of the strip before; slopes that fit are joined by
    a polynomial, so that a gutter or a picture does not matter.
    """
    width = grey.shape[1]
    level = np.zeros(width)
    if not height or min(grey.shape) < 12 * height:
        return level
    count = width // STRIP
    ink = np.asarray(255 - grey[:, : count * STRIP], np.float64)
    rows = ink.reshape(len(ink), count, STRIP).sum(axis=2).T
    rows = rows - cv2.blur(rows, (int(2 * height) | 1, 1))
    most = max(2, int(height / 3))
    strength = np.sqrt((rows**2).sum(axis=1))
    slopes, weights = np.zeros(count - 1), np.zeros(count - 1)
    for at in range(count - 1):
        product = strength[at] * strength[at + 1]
        if product < 1:
            continue
        first = rows[at][most:-most]
        fits = [
            float(first @ rows[at + 1][most + shift : len(ink) - most + shift]) / product
            for shift in range(-most, most + 1)
        ]
        best = int(np.argmax(fits))
        slopes[at] = best - most + _peak(fits, best)
        weights[at] = max(fits[best], 0.0) ** 2 * product
    if np.sum(weights > 0) < 8:
        return level
    x = (np.arange(count - 1) + 1.0) / count * 2 - 1
    fit = np.polynomial.Polynomial.fit(x, slopes, 4, w=np.sqrt(weights), domain=[-1, 1])
    whole = fit.integ()(np.linspace(-1, 1, width)) * count / 2
    return np.asarray(whole - whole.mean())


def _peak(fits: list[float], best: int) -> float:
    """Where between its neighbours a greatest value really is: the top of a parabola."""
    if not 0 < best < len(fits) - 1:
        return 0.0
    before, there, after = fits[best - 1 : best + 2]
    bend = before - 2 * there + after
    return 0.5 * (before - after) / bend if bend else 0.0


def _sharpness(grey: Grey) -> float:
    """How much rows differ from those beside them: of straight lines most."""
    return float(np.sum(np.diff(grey.mean(axis=1)) ** 2))


def _unbent(grey: Grey, bend: Floats) -> Grey:
    height, width = grey.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    y += bend.astype(np.float32)
    return array(cv2.remap(grey, x, y, cv2.INTER_CUBIC, borderValue=255))
