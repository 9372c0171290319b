from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from caps import capitals, hebrew
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from painter import cuts, justified, logical, painted, stretches

from restore.order.readings import (
    JUMPED,
    MOST,
    SEPARATED,
    WHOLE,
    labels,
    orders,
    turned_alone,
)
from restore.tokens import tokens

NAMES = {".": WHOLE, "s": SEPARATED, "j": JUMPED}
Painting = list[list[list[int]]]


def row(signs: str) -> NDArray[np.int8]:
    return np.array([[NAMES[sign] for sign in signs]], np.int8)


@pytest.mark.parametrize(
    ("printed", "signs", "written"),
    [
        ("A", "", "A"),
        ("ABCD", "...", "ABCD"),
        ("ABCD", "sss", "DCBA"),
        ("ABCD", "jjj", "DCBA"),
        ("ABCD", ".s.", "CDAB"),
        ("ABCD", ".j.", "CDAB"),
        ("ABCDEF", "s.s.s", "FDEBCA"),
        # Three portions, painted as A B D, C F and E, each of them loose.
        ("ABCDEF", "ssjsj", "DBAFCE"),
        # Two loose runs one after the other, DC of the first and FB of the second.
        ("CFDB", "sjs", "DCBF"),
    ],
)
def test_orders_of_labels(printed: str, signs: str, written: str) -> None:
    (order,) = orders(row(signs))
    assert "".join(printed[token] for token in order) == written


@st.composite
def paintings(draw: st.DrawFn) -> Painting:
    """Tokens 0, 1, ... in reading order, cut into portions and those into pieces."""
    sizes = draw(
        st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=4), min_size=1, max_size=4)
    )
    painting: Painting = []
    count = 0
    for portion in sizes:
        painting.append([])
        for size in portion:
            painting[-1].append(list(range(count, count + size)))
            count += size
    return painting


def printed_tokens(painting: Painting) -> list[int]:
    return [token for stretch in stretches(painting) for piece in stretch for token in piece]


def true_labels(painting: Painting) -> NDArray[np.int8]:
    """The labels that say how a painting was cut, in the order of what was printed."""
    there = {(left[-1], right[0]): wide for left, right, wide in cuts(painting)}
    return np.array(
        [
            [
                WHOLE if pair not in there else SEPARATED if there[pair] else JUMPED
                for pair in pairwise(printed_tokens(painting))
            ]
        ],
        np.int8,
    )


@given(paintings())
@settings(max_examples=300, deadline=None)
def test_true_labels_give_back_the_order_in_which_the_line_was_written(painting: Painting) -> None:
    printed = printed_tokens(painting)
    (order,) = orders(true_labels(painting))
    assert [printed[token] for token in order] == list(range(len(printed)))


def slowly_ordered(signs: list[int]) -> list[int]:
    """The order that labels stand for, by playing back the painting step by step."""
    pieces: list[tuple[list[int], bool]] = [([0], True)]  # tokens; whether a separator is before
    for token, sign in enumerate(signs, start=1):
        if sign == WHOLE:
            pieces[-1][0].append(token)
        else:
            pieces.append(([token], sign == SEPARATED))
    stretch_list: list[list[list[int]]] = []
    for piece, separated in pieces:
        if separated:
            stretch_list.append([])
        stretch_list[-1].append(piece)
    # A stretch was turned around; undone, pieces stand as they were painted. Between two pieces
    # of a stretch the pen began a new portion.
    portions: list[list[list[int]]] = [[]]
    for stretch in stretch_list:
        for index, piece in enumerate(reversed(stretch)):
            if index:
                portions.append([])
            portions[-1].append(piece)
    # A portion was painted from left to right.
    return [token for portion in portions for piece in reversed(portion) for token in piece]


@given(st.lists(st.lists(st.sampled_from([WHOLE, SEPARATED, JUMPED]), min_size=9, max_size=9)))
@settings(max_examples=150, deadline=None)
def test_orders_are_those_of_the_slow_way(rows: list[list[int]]) -> None:
    array = np.array(rows, np.int8).reshape(-1, 9)
    assert orders(array).tolist() == [slowly_ordered(signs) for signs in rows]


LINES = (
    "ABC DE FGH IJ KLM",
    "ABC DE ~FGH IJ KLM",
    justified("ABC DE FGH IJ KLM"),
    justified("ABC DE FGH (IJ KLM) NOP"),
    "ABC DE FGH IJ KLM|.",
    "(ABC DEF G' |144|)",
    "ABC DE |(FG HIJ)| KLM",
    justified("ABC DE FGH |(IJ KLM)| NOP QR"),
    "AB ~CD EF ~GH IJ ~KL",
)


@pytest.mark.parametrize("line", LINES)
def test_the_written_order_is_among_the_readings_of_what_is_printed(line: str) -> None:
    """The words and marks of a painted line, in one of its readings, are those of the line."""
    cut = tokens(hebrew(painted(line)))
    printed = [capitals(cut.token(index)) for index in range(len(cut))]
    spaces = tuple(int(space) for space in cut.spaces[1:-1])
    readings = orders(labels(spaces, tuple(space == 0 for space in spaces)))
    found = {"".join(printed[token] for token in order) for order in readings}
    assert logical(line).replace(" ", "") in found


gap_lists = st.lists(st.sampled_from([0, 1, 1, 1, 2, 2, 3]), max_size=14)


@given(gap_lists, st.data())
@settings(max_examples=60, deadline=None)
def test_readings_are_different_and_the_line_as_it_stands_comes_first(
    spaces: list[int], data: st.DataObject
) -> None:
    glued = [space == 0 and data.draw(st.booleans()) for space in spaces]
    rows = labels(tuple(spaces), tuple(glued))
    assert not rows[0].any()
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert rows.shape[1] == len(spaces)
    assert set(np.unique(rows)) <= {WHOLE, SEPARATED, JUMPED}
    assert not (rows[:, [space == 0 for space in spaces]] == SEPARATED).any(), "no space, no cut"


@pytest.mark.parametrize("gaps", [20, 40, 59, 60, 200])
@pytest.mark.parametrize("kind", ["single", "double", "glued", "mixed"])
def test_a_long_line_has_a_bounded_number_of_readings_in_bounded_time(gaps: int, kind: str) -> None:
    spaces = {
        "single": (1,) * gaps,
        "double": (2,) * gaps,
        "glued": (0,) * gaps,
        "mixed": ((0, 1, 2) * gaps)[:gaps],
    }[kind]
    glued = tuple(space == 0 for space in spaces)
    start = time.process_time()
    rows = labels(spaces, glued)
    orders(rows)
    assert time.process_time() - start < 3
    assert 1 <= len(rows) <= 8 * MOST
    assert not rows[0].any()


def test_a_number_painted_alone_stands_before_its_stop() -> None:
    rows = np.concatenate([row("s.s"), row("sss"), row("j.s"), row("s..")])
    found = turned_alone(rows, orders(rows), 1).tolist()
    # Only where the two are a piece of their own are they the other way around.
    assert found == [[3, 2, 1, 0], [3, 2, 1, 0], orders(row("j.s"))[0].tolist(), [1, 2, 3, 0]]
    assert orders(row("s.s")).tolist() == [[3, 1, 2, 0]]
