"""Pages that lie on their side or upside down."""

from __future__ import annotations

import numpy as np
import pytest
import scans

from restore.scans import tesseract, turns
from restore.scans.ink import Grey
from restore.scans.tesseract import Word

HEIGHT = 28.0  # pixels, of the letters
UPRIGHT = scans.page((*scans.LINES, *scans.MORE) * 2)


def seen(image: Grey) -> list[Word]:
    return tesseract.read(image, "heb", 300, layout=tesseract.LINES)


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_how_a_page_lies_is_told_by_reading_where_tesseract_does_not(
    degrees: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "turn_wanted", lambda *_: None)
    page = turns.turned(np.pad(UPRIGHT, ((300, 0), (200, 0)), constant_values=255), -degrees % 360)
    assert turns.turn(page, HEIGHT, 300, seen) == degrees


def test_what_nobody_can_read_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    grain = np.random.default_rng(1).integers(0, 256, (400, 300)).astype(np.uint8)
    assert turns.turn(grain, HEIGHT, 300, seen) == 0
    assert turns.turn(grain[:50], 1.0, 300, lambda image: []) == 0


def test_words_that_are_higher_than_wide_lie() -> None:
    def word(width: int, height: int, sure: float = 0.9) -> Word:
        return Word("שלום", 0, 0, width, height, sure, (1, 1, 1))

    assert not turns.lies([word(90, 30), word(90, 30), word(30, 90)])
    assert turns.lies([word(30, 90), word(30, 90), word(90, 30)])
    assert turns.lies([word(90, 30, 0.3)]) and turns.lies([])
