from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import pytest
from caps import capitals, hebrew
from hypothesis import given
from hypothesis import strategies as st

from restore import restore_text
from restore.compare.moves import compared
from restore.compare.stacks import TALL, Row, Seen, Stack
from restore.view import View, compared_views, restored_views, view_data

SAMPLES = Path(__file__).parent.parent / "samples"
RAW = [
    SAMPLES / f"{name}.raw.txt"
    for name in ("essay.weasyprint.tika", "pages.weasyprint.pdfjs", "story.weasyprint.pdfminer")
]
BROKEN = "שוקק אף רותח הלאה\n,\nוהוא הולך אל הבית\n"


def views(first: str, second: str) -> list[View]:
    """What is seen of two texts in which capitals are Hebrew letters."""
    return compared_views(compared(hebrew(first), hebrew(second)))


def texts(rows: tuple[Row, ...]) -> list[str]:
    return [capitals(row.text) for row in rows]


def words(rows: tuple[Row, ...]) -> list[tuple[str, Seen]]:
    """All words of rows, with their text."""
    return [(row.text[word.start : word.stop], word) for row in rows for word in row.words]


def fates(rows: tuple[Row, ...]) -> dict[str, str]:
    return {capitals(text): word.fate for text, word in words(rows)}


def agrees(stack: Stack) -> None:
    """Words stand in their rows one after the other, and each knows its other, which knows it."""
    for row in (*stack.above, *stack.below):
        bounds = list(chain.from_iterable((word.start, word.stop) for word in row.words))
        assert bounds == sorted(bounds)
        for word in row.words:
            assert row.text[word.start : word.stop].split() == [row.text[word.start : word.stop]]
            for low, high in word.letters + word.marks:
                assert word.start <= low < high <= word.stop
        rest = list(row.text)
        for word in row.words:
            rest[word.start : word.stop] = " " * (word.stop - word.start)
        assert not "".join(rest).strip()
    above, below = words(stack.above), words(stack.below)
    for ours, theirs in ((above, below), (below, above)):
        for at, (_, word) in enumerate(ours):
            if word.other >= 0:
                assert theirs[word.other][1].other == at
    for text, word in below:
        was, old = above[word.other] if word.other >= 0 else ("", word)
        if was and word.fate != "altered" and not word.marks + old.marks:
            assert was == text


def test_a_reversed_line_stands_above_what_became_of_it() -> None:
    found = views("AB\nC D E\nF G", "AB\nE D C\nF G")
    assert [view.changed for view in found] == [False, True, False]
    view = found[1]
    assert (view.first, view.last, view.page) == (1, 1, 0)
    assert (texts(view.stack.above), texts(view.stack.below)) == (["C D E"], ["E D C"])
    assert [word.other for _, word in words(view.stack.above)] == [2, 1, 0]
    assert set(fates(view.stack.above).values()) == {"moved"}
    assert view.told == "3 words reversed, no letter changed"


def test_a_move_over_lines_is_seen_as_one_and_a_long_one_line_by_line() -> None:
    (view,) = views("A B C\nD E F", "D E A B C\nF")
    assert (texts(view.stack.above), texts(view.stack.below)) == (
        ["A B C", "D E F"],
        ["D E A B C", "F"],
    )
    lines = [f"{chr(65 + at)} AB{chr(65 + at)}" for at in range(TALL + 1)]
    found = views("\n".join(lines), "\n".join([lines[-1], *lines[:-1]]))
    assert [(view.first, view.last) for view in found] == [(at, at) for at in range(TALL + 1)]
    assert texts(found[-1].stack.below) == [lines[-1]]
    assert set(fates(found[-1].stack.below).values()) == {"moved"}


def test_lines_joined_into_a_paragraph_stay_apart() -> None:
    found = views("A B\nC D", "B A C D")
    assert [texts(view.stack.below) for view in found] == [["B A"], ["C D"]]


def test_letters_and_marks_that_changed_are_pointed_at() -> None:
    (view,) = views('ABCDE )FG( "', 'ABXDE (FG)"')
    above, below = words(view.stack.above), words(view.stack.below)
    assert (above[0][1].letters, below[0][1].letters) == (((2, 3),), ((2, 3),))
    assert (above[0][1].fate, below[0][1].fate) == ("altered", "altered")
    assert above[1][1].marks == ((6, 7), (9, 10))
    assert below[1][1].marks == ((6, 7), (9, 11))
    assert above[2][1].fate == "moved"
    (mirrored,) = views(")12%(, AB", "(12%), AB")
    assert words(mirrored.stack.above)[0][1].marks == ((0, 1), (4, 5))
    (put_in,) = views("ABCDE FG", "ABCIIDE FG")
    assert not words(put_in.stack.above)[0][1].letters
    assert words(put_in.stack.below)[0][1].letters == ((3, 5),)


def test_words_put_in_are_seen_where_they_stand() -> None:
    found = views("AB CD\nEF GH", "AB CD IJ\nKL EF GH\nMN")
    assert [texts(view.stack.below) for view in found] == [["AB CD IJ"], ["KL EF GH", "MN"]]
    assert fates(found[1].stack.below)["MN"] == "inserted"
    assert fates(views("AB CD EF", "AB EF")[0].stack.above)["CD"] == "deleted"
    assert [texts(view.stack.below) for view in views("", "AB")] == [["AB"]]


def test_blank_lines_are_not_seen_but_counted() -> None:
    assert [view.first for view in views("A\n\n \nB", "A\n\n \nB")] == [0, 3]


def test_a_line_that_was_broken_is_seen_whole() -> None:
    found = restored_views(restore_text(BROKEN, confidence=0.4))
    assert [(view.first, view.last) for view in found] == [(0, 1), (2, 2)]
    stack = found[0].stack
    assert [row.text for row in stack.above] == ["שוקק אף רותח הלאה", ","]
    assert [row.text for row in stack.below] == ["שוקק אף רותח הלאה,"]
    assert "parted-marks" in {note.damage for note in found[0].notes}


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_all_of_a_restoration_is_seen(path: Path) -> None:
    restored = restore_text(path.read_text())
    found = restored_views(restored)
    lines = [line.text for page in restored.document.pages for line in page.lines]
    raw = [line.text for page in restored.original.pages for line in page.lines]
    for view in found:
        agrees(view.stack)
        assert [row.text for row in view.stack.above] == raw[view.first : view.last + 1]
        assert "".join(row.text for row in view.stack.below) == "".join(
            lines[view.first : view.last + 1]
        )
    notes = [note for view in found for note in view.notes]
    assert {note.id for note in notes if not note.doubt} == {c.id for c in restored.changes}
    doubts = {note.id: note for note in notes if note.doubt}
    assert doubts.keys() == {doubt.id for doubt in restored.doubts}
    shown = [note.stack for note in doubts.values() if note.stack]
    assert len(shown) > len(doubts) / 2
    for stack in shown:
        agrees(stack)
        assert not stack.same


@given(
    st.lists(st.sampled_from(["AB", "CD", "EF", "(GH", "IJ)", ".", "\n", "\n"]), max_size=12),
    st.lists(st.sampled_from(["AB", "DC", "EF", "GH)", "(IJ", ".", "\n", "\n"]), max_size=12),
)
def test_all_words_of_two_texts_are_seen_once(one: list[str], other: list[str]) -> None:
    diff = compared(" ".join(one), " ".join(other))
    found = compared_views(diff)
    for view in found:
        agrees(view.stack)
    for side, seen in (("above", diff.first), ("below", diff.second)):
        rows = [row for view in found for row in getattr(view.stack, side)]
        assert sorted(text for text, _ in words(tuple(rows))) == sorted(word.text for word in seen)


def test_data_of_a_view_is_json_with_what_it_needs_alone() -> None:
    same, moved = views("AB CD\nEF GH", "AB CD\nGH EF")
    assert view_data(same) == {"first": 0, "last": 0, "above": [hebrew("AB CD")]}
    told = json.loads(json.dumps(view_data(moved)))
    assert told["above"] == [[hebrew("EF GH"), [[0, 2, 1, "m"], [3, 5, 0, "m"]]]]
    assert told["below"] == [[hebrew("GH EF"), [[0, 2, 1, "m"], [3, 5, 0, "m"]]]]
    assert told["told"] == "2 words swapped, no letter changed"
