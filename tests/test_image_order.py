"""Words of a text layer in the order in which they were read off the image."""

from __future__ import annotations

import pytest

from restore.geometry.layout import page_of
from restore.image_order import in_image_order
from restore.model import Page
from restore.placed import PlacedPage, PlacedWord, page_of_words


def image(*lines: str, sure: float = 0.7) -> Page:
    """A page read off an image, its words in boxes of 50 by 20 pixels from the right."""
    rows = [
        [
            PlacedWord(text, (900 - 60 * k, 40 * n, 950 - 60 * k, 40 * n + 20), sure)
            for k, text in enumerate(line.split())
        ]
        for n, line in enumerate(lines)
    ]
    return page_of_words(PlacedPage([rows], 1000, 400, 72), last=True, proved=True)


def layer(text: str) -> Page:
    return page_of([text], True, [(0.0, 0.0, 1.0, 1.0)] * (len(text) + 1))


def order(text: str, *lines: str, sure: float = 0.7) -> list[str] | None:
    page = in_image_order(layer(text), image(*lines, sure=sure), last=True)
    return None if page is None else [line.text for line in page.lines]


@pytest.mark.parametrize(
    ("text", "lines", "found"),
    [
        ("הזה הבית את בנה", ["בנה את", "הבית הזה"], ["בנה את", "הבית הזה"]),
        ("הגדול הבית את בנה", ["בנה אה", "הבית הנדול"], ["בנה את", "הבית הגדול"]),
        ("את הבית את בנה", ["את בנה", "את הבית"], ["את בנה", "את הבית"]),
        ("בנה את הבית ברא הזה", ["הזה ~~~ הבית", "את בנה"], ["הזה הבית ברא", "את בנה"]),
        ("ברא בנה את הבית הגדול", ["הבית הגדול", "בנה את"], ["הבית הגדול", "ברא בנה את"]),
    ],
    ids=["order", "letters of the layer", "twice", "not read", "the first not read"],
)
def test_words_take_the_places_of_those_read(text: str, lines: list[str], found: list[str]) -> None:
    assert order(text, *lines) == found


def test_a_letter_that_the_layer_lacks_is_taken_from_a_word_that_is_sure() -> None:
    assert order("הית את בנה", "בנה את הבית") == ["בנה את הית"]
    assert order("הית את בנה", "בנה את הבית", sure=0.9) == ["בנה את הבית"]


def test_a_layer_of_other_words_is_not_put_in_order() -> None:
    assert order("שלום לכם רבותי היקרים", "בנה את הבית הזה") is None
    assert order("", "בנה") is None
    assert order("בנה את הבית", "") is None
