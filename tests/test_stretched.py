from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from restore.order.readings import JUMPED, SEPARATED, WHOLE
from restore.order.stretched import OTHERWISE, fits, steps
from restore.tokens import tokens

# Words that begin with a narrow letter among others, as PDFBox gave the pieces.
TEXT = "שמש וירח בשמים יום  ונר "


@pytest.mark.parametrize("separators", [(1,), (3,), (0, 2), (1, 3), (0, 1, 3)])
def test_separators_are_weighed_against_all_sets_of_as_many(separators: tuple[int, ...]) -> None:
    line = tokens(TEXT)
    row = np.zeros((1, len(line) - 1), np.int8)
    row[0, list(separators)] = SEPARATED
    # What is left of each separator begins there; the last piece stands at the end of the line.
    begins = [0, *(gap + 1 for gap in separators)]
    could = [word for word in range(len(line)) if word != begins[-1]]
    ease = np.exp(-steps(line))
    sets = [ease[list(chosen)].prod() for chosen in combinations(could, len(separators))]
    likelier = ease[begins[:-1]].prod() / np.mean(sets)
    assert fits(line, row)[0] == pytest.approx(np.log((1 - OTHERWISE) * likelier + OTHERWISE))


def test_one_separator_is_at_the_narrowest_word_that_follows_a_space() -> None:
    """Of a line in two pieces the left one comes first; the other begins where the line does."""
    line = tokens("ויד חלון ושער קיר ")
    early, fits_best, late = fits(line, np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.int8))
    # A narrow word inside the line would have been a separator before the wide one was.
    assert fits_best > max(early, late)
    assert fits_best > 0


def test_no_set_is_unlikelier_than_other_causes_allow() -> None:
    line = tokens("שמש ונר ויד ויום וזמן ")
    assert fits(line, np.array([[0, 0, 0, 1]], np.int8))[0] >= np.log(OTHERWISE)


def test_all_separators_or_none_or_jumps_say_nothing() -> None:
    line = tokens(TEXT)
    rows = np.array([[WHOLE] * 4, [SEPARATED] * 4, [JUMPED] * 4], np.int8)
    assert fits(line, rows) == pytest.approx([0, 0, 0])


def test_points_are_as_narrow_as_they_are_painted() -> None:
    plain, pointed = tokens("אב שלום"), tokens("אב שָׁלוֹם")
    assert steps(pointed)[1] < steps(plain)[1]
