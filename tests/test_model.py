from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restore.formats import txt
from restore.model import (
    Inserted,
    Kind,
    Line,
    Piece,
    Place,
    Span,
)
from restore.pieces import backwards, joined, origin_length, piece_origins

PAGE = "abcdefghijklmnopqrstuvwxyz"
ORIGINS: tuple[Piece, ...] = (Span(2, 6), Inserted("__"), Span(10, 14, -1), Span(0, 1))


def read_out(origins: tuple[Piece, ...] | list[Piece]) -> str:
    """The text that origins stand for, character by character."""
    return "".join(
        origin.text
        if isinstance(origin, Inserted)
        else PAGE[origin.start : origin.stop][:: origin.step]
        for origin in origins
    )


pieces = st.one_of(
    st.builds(Inserted, st.text("_-", min_size=1, max_size=3)),
    st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from([1, -1])).map(
        lambda drawn: Span(drawn[0], drawn[0] + drawn[1], drawn[2])
    ),
)


@given(st.lists(pieces, max_size=6), st.data())
def test_the_origins_of_a_part_read_as_that_part(origins: list[Piece], data: st.DataObject) -> None:
    whole = read_out(origins)
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    assert read_out(piece_origins(tuple(origins), start, stop)) == whole[start:stop]


@given(st.lists(pieces, max_size=6))
def test_origins_read_backwards_read_as_the_text_backwards(origins: list[Piece]) -> None:
    assert read_out(backwards(origins)) == read_out(origins)[::-1]
    assert backwards(backwards(origins)) == origins


@given(st.lists(pieces, max_size=6))
def test_joining_origins_changes_nothing_but_their_number(origins: list[Piece]) -> None:
    runs = joined(origins)
    assert read_out(runs) == read_out(origins)
    assert joined(list(runs)) == runs
    assert sum(map(origin_length, runs)) == sum(map(origin_length, origins))


@pytest.mark.parametrize(
    ("origins", "runs"),
    [
        ([Span(0, 2), Span(2, 5)], (Span(0, 5),)),
        ([Span(2, 5, -1), Span(0, 2, -1)], (Span(0, 5, -1),)),
        ([Span(0, 2, -1), Span(2, 5, -1)], (Span(0, 2, -1), Span(2, 5, -1))),
        ([Span(0, 2), Span(2, 5, -1)], (Span(0, 2), Span(2, 5, -1))),
        ([Inserted(" "), Inserted("\t")], (Inserted(" \t"),)),
        ([], ()),
    ],
)
def test_stretches_that_follow_each_other_become_one(
    origins: list[Piece], runs: tuple[Piece, ...]
) -> None:
    assert joined(origins) == runs


def test_a_new_line_leaves_all_others_as_they_were() -> None:
    document = txt.read("ABC\nDEF\n\fGHI\n")
    other = document.with_lines({Place(1, 0): Line("XYZ", (Span(0, 3),))})
    assert other.text() == "ABC\nDEF\n\fXYZ\n"
    assert other.pages[0] is document.pages[0]
    assert document.text() == "ABC\nDEF\n\fGHI\n"


def test_many_new_lines_at_once_are_those_one_by_one() -> None:
    document = txt.read("ABC\nDEF\n\fGHI\n")
    lines = {
        Place(0, 1): Line("1", (Inserted("1"),)),
        Place(1, 0): Line("2", (Inserted("2"),)),
    }
    one_by_one = document
    for place, line in lines.items():
        one_by_one = one_by_one.with_lines({place: line})
    assert document.with_lines(lines) == one_by_one
    assert document.with_lines({}) is document


def test_a_document_cannot_be_changed_in_place() -> None:
    document = txt.read("ABC\n")
    with pytest.raises(dataclasses.FrozenInstanceError):
        document.language = "yi"  # type: ignore[misc]


def test_every_line_break_and_page_is_kept_as_read() -> None:
    document = txt.read("\ufeffA\r\nB\rC\n\n\fD\f")
    lines = [(line.text, line.terminator) for page in document.pages for line in page.lines]
    assert lines == [("A", "\r\n"), ("B", "\r"), ("C", "\n"), ("", "\n"), ("", "\f"), ("D", "\f")]
    assert [len(page.lines) for page in document.pages] == [5, 1]
    assert document.source.byte_order_mark
    assert txt.write_lines(document) == "\ufeffA\r\nB\rC\n\n\fD\f"


def test_lines_of_white_space_are_blank() -> None:
    (page,) = txt.read("A\n \t\n\n").pages
    assert [line.kind for line in page.lines] == [Kind.TEXT, Kind.BLANK, Kind.BLANK]


def test_a_place_is_written_as_page_and_line() -> None:
    assert str(Place(2, 11)) == "2:11"


def test_a_part_of_origins_is_cut_out_of_runs() -> None:
    assert piece_origins(ORIGINS, 3, 8) == [Span(5, 6), Inserted("__"), Span(12, 14, -1)]
