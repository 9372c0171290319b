from __future__ import annotations

import pytest
from caps import hebrew

from restore.change import (
    Action,
    Arrange,
    Change,
    Edit,
    Finding,
    Mark,
    Reorder,
    acted,
    applied,
    moved_from,
    origins_cover,
    replay,
    undo,
)
from restore.formats import txt
from restore.model import Document, Ends, Inserted, Kind, Line, Place, Span

PLACE = Place(0, 0)


def line(text: str, start: int = 0) -> Line:
    """A line as it was read from ``start`` of its page on."""
    return Line(text, (Span(start, start + len(text)),) if text else ())


def finding(action: Action, place: Place = PLACE, damage: str = "reversed-words") -> Finding:
    return Finding(damage, place, action, "for a test", 1.0)


@pytest.mark.parametrize(
    ("before", "edit", "after", "origins"),
    [
        ("ABCD", Edit(1, 3, "XY"), "AXYD", (Span(0, 4),)),
        ("ABCD", Edit(1, 3, "X"), "AXD", (Span(0, 1), Inserted("X"), Span(3, 4))),
        ("ABCD", Edit(1, 1, "-"), "A-BCD", (Span(0, 1), Inserted("-"), Span(1, 4))),
        ("ABCD", Edit(0, 4, ""), "", ()),
        ("ABCD", Edit(4, 4, " "), "ABCD ", (Span(0, 4), Inserted(" "))),
        ("", Edit(0, 0, "A"), "A", (Inserted("A"),)),
    ],
)
def test_an_edit_keeps_the_origins_of_all_but_what_it_replaces(
    before: str, edit: Edit, after: str, origins: tuple[Span | Inserted, ...]
) -> None:
    edited = acted(line(hebrew(before)), Edit(edit.start, edit.stop, hebrew(edit.text)))
    expected = tuple(
        Inserted(hebrew(origin.text)) if isinstance(origin, Inserted) else origin
        for origin in origins
    )
    assert (edited.text, edited.origins) == (hebrew(after), expected)
    assert origins_cover(edited)


@pytest.mark.parametrize("edit", [Edit(-1, 2, "X"), Edit(3, 2, "X"), Edit(0, 5, "X")])
def test_an_edit_outside_its_line_is_an_error(edit: Edit) -> None:
    with pytest.raises(ValueError, match="in a line of 4"):
        acted(line("ABCD"), edit)


def test_an_arrangement_puts_pieces_in_order_and_keeps_their_origins() -> None:
    pieces = (Span(6, 9), Inserted(" "), Span(0, 3))
    arranged = acted(line("ABC   DEF", start=10), Arrange(pieces))
    assert arranged.text == "DEF ABC"
    assert arranged.origins == (Span(16, 19), Inserted(" "), Span(10, 13))


def test_an_arrangement_can_read_a_piece_backwards() -> None:
    arranged = acted(line("ABC DEF", start=10), Arrange((Span(0, 3, -1), Span(3, 7))))
    assert arranged.text == "CBA DEF"
    assert arranged.origins == (Span(10, 13, -1), Span(13, 17))


def test_origins_survive_an_edit_between_two_arrangements() -> None:
    turn = Arrange((Span(4, 7), Span(3, 4), Span(0, 3)))
    once = acted(line("(A) BCD", start=5), turn)
    twice = acted(acted(once, Edit(4, 7, ")A(")), turn)
    assert twice.text == ")A( BCD"
    assert twice.origins == (Span(5, 12),)


def test_a_backward_piece_of_a_backward_line_stands_forward_again() -> None:
    turn = Arrange((Span(0, 4, -1),))
    back = acted(line("ABCD", start=3), turn)
    assert back.origins == (Span(3, 7, -1),)
    assert acted(back, turn) == line("ABCD", start=3)


def test_part_of_a_backward_line_has_the_right_origins() -> None:
    back = acted(line("ABCD", start=3), Arrange((Span(0, 4, -1),)))
    turned = acted(back, Arrange((Span(1, 4), Span(0, 1))))
    assert turned.text == "CBAD"
    assert turned.origins == (Span(3, 6, -1), Span(6, 7, -1))


def test_inserted_white_space_is_read_backwards_too() -> None:
    spaced = acted(line("AB", start=3), Edit(1, 1, " \t"))
    back = acted(spaced, Arrange((Span(0, 4, -1),)))
    assert back.text == "B\t A"
    assert back.origins == (Span(4, 5, -1), Inserted("\t "), Span(3, 4, -1))


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ((Span(0, 3),), "leaves out letters: 'DEF'"),
        ((), "leaves out letters"),
        ((Span(0, 3), Span(2, 7)), "does not fit"),
        ((Span(0, 7), Span(0, 7)), "does not fit"),
        ((Span(0, 8),), "does not fit"),
        ((Span(-1, 7),), "does not fit"),
        ((Span(3, 3), Span(0, 7)), "does not fit"),
        ((Span(0, 7), Inserted("X")), "white space only"),
    ],
)
def test_an_arrangement_that_loses_repeats_or_invents_letters_is_an_error(
    pieces: tuple[Span | Inserted, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        acted(line("ABC DEF"), Arrange(pieces))


def test_an_arrangement_may_leave_out_white_space() -> None:
    assert acted(line(" ABC  "), Arrange((Span(1, 4),))).text == "ABC"
    assert acted(line("\x1cABC\x1f"), Arrange((Span(1, 4),))).text == "ABC"


CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_an_arrangement_can_leave_out_controls_of_direction() -> None:
    arranged = acted(line(f"AB{CONTROLS} C", start=5), Arrange((Span(0, 2), Span(14, 16))))
    assert arranged == Line("AB C", (Span(5, 7), Span(19, 21)))


@pytest.mark.parametrize("other", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u05bf", "."])
def test_an_arrangement_leaves_out_nothing_else_that_is_not_seen(other: str) -> None:
    with pytest.raises(ValueError, match="leaves out letters"):
        acted(line(f"AB\u202c{other}"), Arrange((Span(0, 2),)))


def test_a_mark_leaves_what_it_does_not_name() -> None:
    marked = acted(line("ABC"), Mark(ends=Ends.PARAGRAPH))
    assert (marked.ends, marked.kind, marked.text) == (Ends.PARAGRAPH, Kind.TEXT, "ABC")
    again = acted(marked, Mark(kind=Kind.HEAD))
    assert (again.ends, again.kind) == (Ends.PARAGRAPH, Kind.HEAD)


DOCUMENT = txt.read("ABC DEF\nGHI\n\fJKL\n")
TURN = Arrange((Span(4, 7), Span(3, 4), Span(0, 3)))


def changed() -> tuple[Document, list[Change]]:
    """The document after three changes, two of them of one line."""
    return applied(
        DOCUMENT,
        [
            finding(TURN),
            finding(Edit(0, 3, "XYZ"), damage="mirrored-brackets"),
            finding(Mark(ends=Ends.PARAGRAPH), Place(1, 0), "split-paragraph"),
        ],
    )


def test_findings_are_applied_one_after_the_other() -> None:
    document, changes = changed()
    assert document.text() == "XYZ ABC\nGHI\n\fJKL\n"
    assert [change.before.text for change in changes] == ["ABC DEF", "DEF ABC", "JKL"]
    assert [change.id for change in changes] == [
        "reversed-words@0:0",
        "mirrored-brackets@0:0",
        "split-paragraph@1:0",
    ]


def test_the_document_given_stays_as_it_was() -> None:
    changed()
    assert DOCUMENT.text() == "ABC DEF\nGHI\n\fJKL\n"


def test_a_finding_that_changes_nothing_is_no_change() -> None:
    document, changes = applied(DOCUMENT, [finding(Arrange((Span(0, 7),)))])
    assert (document, changes) == (DOCUMENT, [])


def test_replaying_changes_gives_the_same_document() -> None:
    document, changes = changed()
    assert replay(DOCUMENT, changes) == document


def test_undoing_changes_gives_the_original() -> None:
    document, changes = changed()
    assert undo(document, changes) == DOCUMENT


def test_undoing_the_last_changes_leaves_the_first() -> None:
    document, changes = changed()
    assert undo(document, changes[1:]) == applied(DOCUMENT, [finding(TURN)])[0]


def test_replaying_on_another_document_is_an_error() -> None:
    _, changes = changed()
    with pytest.raises(ValueError, match=r"reversed-words@0:0 was made for 'ABC DEF', not for"):
        replay(txt.read("ABC DEX\nGHI\n\fJKL\n"), changes)


def test_undoing_out_of_order_is_an_error() -> None:
    document, changes = changed()
    with pytest.raises(ValueError, match="reversed-words@0:0"):
        undo(document, changes[:1])


@pytest.mark.parametrize("text", ["", "ABC DEF\n"])
def test_a_change_of_a_line_that_is_not_there_is_an_error(text: str) -> None:
    _, changes = changed()
    with pytest.raises(ValueError, match=r"no line|was made for"):
        replay(txt.read(text), changes)


SORT = finding(Reorder((2, 0, 1)), Place(0, 1), "woven-columns")
LINES = txt.read("A\nB\r\nC\n\nD")


def test_lines_come_in_another_order_and_line_breaks_stay() -> None:
    document, changes = applied(LINES, [SORT])
    assert document.text() == "A\n\r\nB\nC\nD"
    assert [(change.before.text, change.after.text) for change in changes] == [("B", "")]
    assert document.at(Place(0, 2)).origins == LINES.at(Place(0, 1)).origins


def test_lines_in_another_order_can_be_changed_and_all_of_it_undone() -> None:
    edits = [finding(Edit(0, 1, "X"), Place(0, line)) for line in (2, 3)]
    document, changes = applied(LINES, [SORT, edits[0], SORT, edits[1]])
    assert document.text() == "A\nC\r\n\nX\nD"
    assert replay(LINES, changes) == document
    assert undo(document, changes) == LINES
    assert undo(document, changes[2:]) == applied(LINES, [SORT, edits[0]])[0]


def test_it_is_known_where_lines_in_another_order_stood() -> None:
    document, changes = applied(LINES, [SORT, SORT])
    found = moved_from(changes)
    assert {now.line: old.line for now, old in found.items()} == {1: 2, 2: 3, 3: 1}
    for now, old in found.items():
        assert document.at(now).text == LINES.at(old).text


@pytest.mark.parametrize("order", [(), (0, 0), (1, 2), (0, 1, 2, 3, 4)])
def test_what_is_no_order_of_the_lines_is_an_error(order: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"is not an order of lines|no line 0:5"):
        applied(LINES, [finding(Reorder(order), Place(0, 1))])


def test_an_order_of_lines_is_not_that_of_one() -> None:
    with pytest.raises(ValueError, match="the order of 3 lines is not that of one"):
        acted(line("ABC"), SORT.action)


def test_a_line_with_missing_origins_is_told() -> None:
    assert origins_cover(line("ABC"))
    assert not origins_cover(Line("ABC", (Span(0, 2),)))
    assert not origins_cover(Line("", (Inserted(" "),)))
