"""Spreads: two pages on one image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import scans
from numpy.typing import NDArray

from restore.scans.ocr import read_page
from restore.scans.scan import prepared
from restore.scans.spreads import middle
from restore.scans.tesseract import Reading

Grey = NDArray[np.uint8]
RIGHT, LEFT = (*scans.LINES, *scans.MORE) * 2, (*scans.MORE, *scans.LINES) * 2
HEIGHT = 28  # pixels, of the letters
MARGIN = 100  # pixels, on each side of the gutter


def turned(page: Grey, degrees: float) -> Grey:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=255), np.uint8)


def spread(right: Grey, left: Grey) -> Grey:
    return np.hstack([left, right])


def leaf(lines: tuple[str, ...]) -> Grey:
    return scans.page(lines, margin=MARGIN, width=1000)


def test_the_right_page_of_a_spread_is_read_first_and_each_is_made_straight() -> None:
    image = spread(turned(leaf(RIGHT), 2), turned(leaf(LEFT), -2))
    code, page = read_page(image, Reading(quality="fast"))
    assert code == "he"
    assert [line.text for line in page.lines] == [*RIGHT, "", *LEFT]
    assert page.scan is not None and page.boxes is not None
    assert (page.scan.width, page.scan.height) == image.shape[::-1]
    edges = page.boxes[np.isfinite(page.boxes).all(axis=1), 2] * 300 / 72
    seen = sum(not c.isspace() for line in RIGHT for c in line)
    assert edges[:seen].min() > 1000 > edges[seen:].max()


def test_the_gutter_of_a_spread_is_found_in_its_shadow() -> None:
    image = spread(leaf(RIGHT), leaf(LEFT))
    assert middle(image) == pytest.approx(1000, abs=80)
    shadow = image.copy()
    shadow[:, 990:1010] = 60
    assert middle(prepared(shadow).image) == pytest.approx(1000, abs=80)


def test_other_images_are_no_spread() -> None:
    one, across = leaf(RIGHT), spread(leaf(RIGHT), leaf(LEFT))
    across[20:60, 600:1400] = scans.page(scans.LINES[:1], margin=0, width=800)[:40]
    column = scans.page(RIGHT, margin=2 * HEIGHT)
    column = column[:, np.flatnonzero((column < 128).any(axis=0))[0] :]
    for image in (
        one,
        np.vstack([spread(one, one)] * 2),
        spread(one, np.full_like(one, 255)),
        across,
        spread(column, column),
        np.full((300, 900), 255, np.uint8),
        scans.page(scans.LINES, width=1900),
    ):
        assert middle(image) is None
