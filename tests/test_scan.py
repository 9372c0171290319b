from __future__ import annotations

import cv2
import numpy as np
import pytest
import scans
from numpy.typing import NDArray

from restore.scans import ink, scan

Grey = NDArray[np.uint8]
PAGE = scans.page((*scans.LINES, *scans.MORE) * 2)


def light(page: Grey) -> Grey:
    """The page with its left side in the dark."""
    return (page * np.linspace(0.25, 1, page.shape[1])).astype(np.uint8)


def noisy(page: Grey, grain: float) -> Grey:
    noise = np.random.default_rng(1).normal(0, grain, page.shape)
    return np.clip(page * 0.4 + 40 + noise, 0, 255).astype(np.uint8)


def turned(page: Grey, degrees: float) -> Grey:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=255), np.uint8)


def bent(page: Grey, pixels: float) -> Grey:
    """The page with its lines rising to the right, ever more."""
    height, width = page.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    y += (pixels * np.linspace(0, 1, width) ** 2).astype(np.float32)
    return np.asarray(cv2.remap(page, x, y, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def dusty(page: Grey, specks: int) -> Grey:
    made = page.copy()
    rng = np.random.default_rng(2)
    for x, y in rng.integers(0, made.shape[::-1], (specks, 2)).tolist():
        made[y : y + 2, x : x + 2] = 0
    return made


def pieces(page: Grey) -> int:
    return len(ink.letters_of(page).boxes)


def test_a_clean_page_stays_as_it_is() -> None:
    made = scan.prepared(PAGE)
    assert np.array_equal(made.image, PAGE)
    boxes = np.array([[10.0, 20, 30, 40]])
    assert made.places(boxes.copy()).tolist() == boxes.tolist()


def test_paper_is_white_whatever_the_light() -> None:
    made = scan.evened(light(PAGE))
    assert np.mean(np.abs(made.astype(int) - PAGE)) < 2


def test_noise_is_measured_and_taken_away() -> None:
    assert scan.noise(PAGE) == 0
    assert scan.noise(noisy(PAGE, 30)) == pytest.approx(30, rel=0.1)
    assert scan.noise(scan.smoothed(noisy(PAGE, 30))) < 5


@pytest.mark.parametrize("degrees", [-4.3, -0.55, 0.0, 1.75, 5.8])
def test_the_skew_is_told_to_a_tenth_of_a_degree(degrees: float) -> None:
    page = turned(PAGE, degrees)
    assert scan.skew(page, ink.letters_of(page)) == pytest.approx(-degrees, abs=0.1)


def test_what_has_no_lines_has_no_skew() -> None:
    for empty in (np.full((300, 200), 255, np.uint8), scans.page(scans.LINES[:1])):
        assert scan.skew(empty, ink.letters_of(empty)) == 0


def test_lines_that_bend_are_made_straight() -> None:
    made = scan.prepared(bent(PAGE, 25)).image
    assert np.ptp(scan.curl(made, ink.letters_of(made).height)) < scan.LEAST_CURL
    assert np.ptp(scan.curl(PAGE, ink.letters_of(PAGE).height)) < scan.LEAST_CURL


def test_a_black_border_is_made_white_and_letters_stay() -> None:
    page = np.pad(PAGE, 60, constant_values=255)
    framed = page.copy()
    framed[:40] = framed[:, -50:] = 20
    assert np.array_equal(ink.without_borders(framed), page)


def test_dust_goes_where_there_is_much_and_stops_stay() -> None:
    dusty_page = dusty(PAGE, 800)
    assert pieces(dusty_page) > pieces(PAGE) + 400
    made = ink.without_specks(dusty_page)
    assert pieces(made) < pieces(PAGE) + 60
    stops = np.mean(made[PAGE < 100] < 128)
    assert stops > 0.995
    few = dusty(PAGE, 20)
    assert np.array_equal(ink.without_specks(few), few)


def test_small_letters_are_enlarged() -> None:
    small = np.asarray(cv2.resize(PAGE, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA))
    assert ink.letters_of(PAGE).height == pytest.approx(28, abs=4)
    made = scan.prepared(small.astype(np.uint8))
    assert (made.scale, made.image.shape[0]) == (2.0, 2 * small.shape[0])


def test_places_lead_back_to_the_page_as_it_was() -> None:
    """A square is found again where it stood, after all that was done to the page."""
    page = bent(turned(np.pad(PAGE, 100, constant_values=255), 2.5), 20)
    page[110:130, 600:620] = 0
    made = scan.prepared(page)
    assert np.ptp(made.bend) > 3 and made.turn[0, 1] != 0
    boxes = ink.letters_of(made.image).boxes
    square = boxes[np.argmin(np.abs(boxes[:, 4] - 400))]
    x, y, w, h = square[:4]
    found = made.places(np.array([[x, y, x + w, y + h]], np.float64))[0]
    assert found == pytest.approx([600, 110, 620, 130], abs=3)


def test_the_other_side_of_the_leaf_is_made_white() -> None:
    other = cv2.GaussianBlur(PAGE[:, ::-1], (0, 0), 3)
    page = (PAGE * (1 - 0.45 * (255.0 - other) / 255)).astype(np.uint8)
    made = ink.without_ghosts(page)
    assert np.mean(page[PAGE == 255] < 240) > 0.05
    assert np.mean(made[PAGE == 255] < 240) < 0.01
    assert np.mean(made[PAGE < 50] < 100) > 0.99


def test_pages_without_anything_behind_them_stay() -> None:
    for page in (PAGE, np.asarray(cv2.GaussianBlur(PAGE, (0, 0), 3), np.uint8)):
        assert np.array_equal(ink.without_ghosts(page), page)


def test_large_dots_go_between_lines_alone() -> None:
    """A stop of the size of dust stays at its word; the same dot between two lines goes."""
    page = dusty(PAGE, 800)
    dots = [(90, 100 + scans.LEADING * 2), (300, 100 + scans.LEADING * 5)]
    for x, y in dots:
        cv2.circle(page, (x, y), 4, 0, -1)
    made = ink.without_specks(page)
    assert [int(made[y, x]) for x, y in dots] == [255, 255]


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (9, 9), (63, 1200), (400, 50)])
def test_any_image_can_be_prepared(shape: tuple[int, int]) -> None:
    stripes = ((np.arange(shape[0]) % 20 < 8) * 255).astype(np.uint8)
    for page in (
        np.full(shape, 255, np.uint8),
        np.zeros(shape, np.uint8),
        np.full(shape, 128, np.uint8),
        np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8),
        np.tile(stripes[:, None], (1, shape[1])),
    ):
        assert np.isfinite(scan.prepared(page).places(np.array([[0.0, 0, 1, 1]]))).all()
