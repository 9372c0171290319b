from __future__ import annotations

import numpy as np
import pytest

from restore.order.prices import NAMES, counts, gaps
from restore.order.readings import SEPARATED, orders
from restore.order.traits import facts
from restore.tokens import tokens
from restore.white_space import after_the_first, behind


@pytest.mark.parametrize(
    ("before", "letters", "after"),
    [
        ([0, 3, 1, 1], [1, 0, 1], [0, 2, 2, 1]),  # its space, that of the word before, a separator
        ([0, 3, 0], [1, 0], [0, 2, 1]),
        ([0, 2, 1, 1], [1, 0, 1], [0, 2, 1, 1]),
        ([0, 3, 1, 1], [1, 1, 1], [0, 3, 1, 1]),
        ([0, 3, 0, 1, 1], [1, 0, 0, 1], [0, 2, 0, 2, 1]),  # a number and its full stop
        ([0, 3, 2, 1], [1, 0, 1], [0, 3, 2, 1]),
    ],
)
def test_the_space_of_a_piece_without_letters_goes_behind_it(
    before: list[int], letters: list[int], after: list[int]
) -> None:
    turned = np.array(letters, np.bool_)
    assert behind(np.array(before, np.int8), turned).tolist() == after


def test_the_first_piece_of_a_line_has_no_space_of_its_own() -> None:
    word, mark = True, False
    spaces = np.array([0, 1, 2, 1, 1], np.int8)
    assert after_the_first(spaces, np.array([word, word, mark, word])) == ((2, 3),)
    wider = np.array([0, 3, 2, 1, 1], np.int8)
    assert after_the_first(wider, np.array([word, word, mark, word])) == ()


@pytest.mark.parametrize(
    ("text", "separators", "price"),
    [("נשים  – נשותיהם  הביאו ", (0, 1, 2), 0), ("נשים  – נשותיהם  הביאו ", (0, 2), 0)],
)
def test_a_dash_after_the_first_piece_lacks_nothing(
    text: str, separators: tuple[int, ...], price: int
) -> None:
    line = tokens(text)
    rows = np.zeros((1, len(line) - 1), np.int8)
    rows[0, list(separators)] = SEPARATED
    order = orders(rows)
    spaces = gaps(line, rows, order)
    found = dict(zip(NAMES, counts(facts(line), rows, order, spaces)[0], strict=True))
    assert found["more separators"] == price
    # Between the dash and the first piece there is a space only if the dash was apart from both.
    assert spaces[0, -1] == (separators == (0, 2))
