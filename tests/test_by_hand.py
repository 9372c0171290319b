"""What a person decided is what comes out, recorded and undone like all else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restore import Config, Restored, restore, restore_text, undo
from restore.by_hand import EDITED_BY_HAND, carried_out, edited, fitting
from restore.change import Action, Arrange, Change, Edit, Finding, Mark, acted, replay
from restore.formats import txt
from restore.model import Ends, Inserted, Kind, Line, Place, Span

FIRST = Place(0, 0)
SPACE = Inserted(" ")
# Two runs, whose order only a person knows.
DOUBTFUL = "באורך מאה ושמונים מטרים גשר חדש\n"
REVERSED = "מן שעשה  הארוכה  הדרך  על  מספר  אותו  ושומעים  שלהן  בצל  יושבים  היינו \n"


def line(text: str) -> Line:
    return Line(text, (Span(0, len(text)),) if text else ())


def wanted(result: Restored, place: Place, text: str) -> Change:
    """That a person edited a line of a restoration."""
    before = result.document.at(place)
    finding = edited(place, before, text)
    return Change(finding, before, acted(before, finding.action))


def again(raw: str, *decided: Change, **asked: object) -> Restored:
    return restore(txt.read(raw), Config(decided=decided, **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ("ABC DEF", "ABC DXF", Edit(5, 6, "X")),
        ("ABC DEF", "ABCDEF", Edit(3, 4, "")),
        ("ABAB", "ABABAB", Edit(4, 4, "AB")),
        ("AAA", "AA", Edit(2, 3, "")),
        ("ABC", "", Edit(0, 3, "")),
        ("", "ABC", Edit(0, 0, "ABC")),
        ("A  B", "B A", Arrange((Span(3, 4), SPACE, Span(0, 1)))),
        ("A B A", "A A B", Arrange((Span(0, 1), SPACE, Span(4, 5), SPACE, Span(2, 3)))),
        ("A B", "A B B", Edit(3, 3, " B")),
    ],
)  # fmt: skip
def test_words_that_were_only_moved_keep_their_letters(
    before: str, after: str, action: Action
) -> None:
    found = edited(FIRST, line(before), after)
    assert found.action == action
    assert acted(line(before), found.action).text == after
    assert (found.damage, found.confidence) == (EDITED_BY_HAND, 1.0)


texts = st.lists(st.sampled_from(["אב", "ג", "ד.", " ", "  ", "\u200f", "ב"]), max_size=12).map(
    "".join
)


@given(texts, texts)
@settings(deadline=None)
def test_any_text_can_be_made_of_any_line(before: str, after: str) -> None:
    assert acted(line(before), edited(FIRST, line(before), after).action).text == after


def test_a_line_edited_by_hand_comes_out_so_and_can_be_undone() -> None:
    result = restore_text(REVERSED)
    change = wanted(result, FIRST, f"{result.lines[0]}, לפני שנים")
    decided = again(REVERSED, change)
    assert decided.lines == [f"{result.lines[0]}, לפני שנים"]
    assert decided.changes[-2].id == f"{EDITED_BY_HAND}@0:0"  # before the end of its paragraph
    assert replay(decided.original, decided.changes) == decided.document
    assert undo(decided.document, decided.changes).text() == REVERSED


def test_an_edit_holds_where_the_line_is_restored_in_another_way_now() -> None:
    """It is the text that a person wanted, however it is come by."""
    result = restore_text(REVERSED)
    change = wanted(result, FIRST, "מה שכתבתי")
    refused = [made.id for made in result.changes]
    assert again(REVERSED, change, refused=frozenset(refused)).lines == ["מה שכתבתי"]


def doubt_of(result: Restored, damage: str) -> Finding:
    (found,) = (doubt for doubt in result.doubts if doubt.damage == damage)
    return found


def test_a_doubt_that_was_accepted_is_made_and_is_a_doubt_no_more() -> None:
    result = restore_text(REVERSED, confidence=1.0)
    doubt = doubt_of(result, "reversed-words")
    before = result.document.at(FIRST)
    change = Change(doubt, before, acted(before, doubt.action))
    decided = again(REVERSED, change, confidence=1.0)
    assert decided.lines == restore_text(REVERSED).lines != result.lines
    assert change.id in [made.id for made in decided.changes]
    assert not [left for left in decided.doubts if left.damage == "reversed-words"]
    assert undo(decided.document, decided.changes).text() == REVERSED


def test_a_doubt_that_was_accepted_for_another_line_is_left_out() -> None:
    result = restore_text(REVERSED, confidence=1.0)
    doubt = doubt_of(result, "reversed-words")
    other = line("שורה אחרת לגמרי")
    change = Change(replace(doubt, action=Edit(0, 4, "")), other, other)
    decided = again(REVERSED, change, confidence=1.0)
    assert decided.lines == result.lines
    assert not carried_out(change, decided.document.at(FIRST))


def test_a_change_that_was_accepted_is_made_though_it_is_not_sure_enough_now() -> None:
    (change,) = (c for c in restore_text(REVERSED).changes if c.finding.damage == "reversed-words")
    assert again(REVERSED, change, confidence=1.0).lines == restore_text(REVERSED).lines
    assert len([c for c in again(REVERSED, change).changes if c.id == change.id]) == 1


def test_what_a_line_is_and_how_it_ends_can_be_decided() -> None:
    raw = "שורה ראשונה של הספר\n17\nשורה שנייה של הספר\n"
    number = line("17")
    kind = Finding("page-number", Place(0, 1), Mark(kind=Kind.PAGE_NUMBER), "", 0.5)
    ends = Finding("split-paragraph", Place(0, 0), Mark(ends=Ends.SPACE), "", 0.5)
    decided = again(
        raw,
        Change(ends, line("שורה ראשונה של הספר"), line("")),
        Change(kind, number, number),
        refused=frozenset({"split-paragraph@0:0"}),
    )
    assert decided.text == "שורה ראשונה של הספר שורה שנייה של הספר\n"
    assert carried_out(Change(kind, number, number), decided.document.at(Place(0, 1)))
    assert undo(decided.document, decided.changes).text() == raw


@pytest.mark.parametrize("place", [Place(0, 9), Place(3, 0), Place(-1, 0)])
def test_a_decision_about_a_line_that_is_not_there_is_left_out(place: Place) -> None:
    change = Change(edited(place, line("A"), "B"), line("A"), line("B"))
    assert again(DOUBTFUL, change) == restore_text(DOUBTFUL)


def test_a_text_decision_fits_only_the_line_it_was_made_for() -> None:
    finding = Finding("rotated-runs", FIRST, Arrange((Span(1, 2), Span(0, 1))), "", 0.5)
    change = Change(finding, line("AB"), line("BA"))
    assert fitting(change, line("AB")) == finding
    assert fitting(change, line("CD")) is None
