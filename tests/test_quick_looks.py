"""What a quick look passes over, a close one finds nothing in."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from restore.damage import number_marks, numbers
from restore.white_space import INNER_SPACES
from restore.works.matches import Kinds, best_parts

PIECES = ["כ", " כ", "ב ", "שקל", "٣", "٣٤", "5", "%", "a", " ", "-", "- ", "–", ",", ".", "(", ")"]
NUMBERED = st.lists(st.sampled_from(PIECES), min_size=2, max_size=6).map("".join)
CODES = st.integers(0, 20)


@settings(max_examples=300)
@given(NUMBERED)
def test_a_mark_at_a_number_has_a_digit(text: str) -> None:
    kinds = (number_marks.PAGE, number_marks.HYPHEN, number_marks.MARK)
    if any(kind.search(text) for kind in kinds):
        assert number_marks.DIGIT.search(text)


@settings(max_examples=300)
@given(NUMBERED)
def test_a_number_or_its_space_has_a_piece(text: str) -> None:
    kinds = (numbers.SPACE, numbers.NO_SPACE, numbers.NUMBER)
    if any(kind.search(text) for kind in kinds):
        assert numbers.PIECE.search(text)


@given(st.text("א ", max_size=12))
def test_wide_spaces_are_two_spaces(text: str) -> None:
    assert ("  " in text.strip()) == any(len(gap) > 1 for gap in INNER_SPACES.findall(text))


@settings(max_examples=150)
@given(
    st.lists(CODES.filter(bool), min_size=1, max_size=12),
    st.lists(st.lists(CODES, min_size=12, max_size=12), min_size=1, max_size=3),
    st.lists(st.sampled_from([0.5, 1.25, 4.0, 6.0]), min_size=21, max_size=21),
)
def test_no_part_of_which_enough_can_be_said_is_left_out(
    line: list[int], stretches: list[list[int]], worth: list[float]
) -> None:
    own, rows = np.array(line, np.uint16), np.array(stretches, np.uint16)
    said = np.array(worth)[own]
    kinds = Kinds(*np.unique(own, return_index=True, return_counts=True))
    every = best_parts(kinds, said, rows, -math.inf)
    for *_, most in every:
        found = best_parts(kinds, said, rows, most - 0.1)
        assert found == [part for part in every if part[3] > most - 0.1]
