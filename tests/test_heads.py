from __future__ import annotations

import re

import numpy as np
import pytest
from caps import capitals, hebrew

from restore import restore_text
from restore.evidence import Evidence
from restore.heads import heads, parted
from restore.languages import language
from restore.order.choices import choices_of
from restore.order.prices import NAMES, counts, gaps
from restore.order.readings import JUMPED, WHOLE, orders
from restore.order.traits import facts
from restore.tokens import Type, tokens

# Lines in the pieces in which they were painted, each with the white space and marks of its end.
LINES = (
    ("למדנו בבית ספר קטן ", "(שלוש כיתות בלבד) ", "ליד תחנת הרכבת. המורה שלנו הייתה "),
    ("אישה צעירה מן הכפר השכן, והיא ידעה את שמות כל הילדים כבר ביום ",),
    ("הראשון. בכל בוקר שרנו יחד שיר אחד, ואחר כך פתחנו את הספרים, ",),
    ("וכל ילד קרא בקול רם שורה אחת בתורו, עד שהגיע תורי. ",),
    ("אני לא ידעתי לקרוא, אבל המורה חייכה ואמרה לי לשבת לידה. ",),
)
END = re.compile(r"[\s.,:;)]+$")


def collected(pieces: tuple[str, ...]) -> str:
    """A line as MuPDF gives it: from left to right, each run turned, its end at its head."""
    found = ""
    for piece in reversed(pieces):
        body = END.sub("", piece)
        found += piece[len(body) :][::-1] + body
    return found


def test_the_ends_of_pieces_go_back_behind_them() -> None:
    damaged = [collected(line) for line in LINES]
    assert damaged[0].startswith(" ליד תחנת הרכבת. המורה שלנו הייתה )(שלוש כיתות בלבד למדנו")
    assert damaged[4].startswith(" .אני לא ידעתי")
    result = restore_text("\n".join(damaged) + "\n", confidence=0.6)
    right = ["".join(line).rstrip() for line in LINES]
    assert [line.strip() for line in result.lines] == right


def test_sound_lines_stay_in_a_text_whose_lines_begin_with_white_space() -> None:
    lines = [" " + "".join(line).rstrip() for line in LINES]
    assert heads(lines)
    assert restore_text("\n".join(lines) + "\n").lines == lines


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([" א ב", " ג ד"], True),
        ([" א ב", "ג ד"], False),
        ([" a b", " c d"], False),
        ([" א ב", " ג ד", "ה ו "], False),
        ([" א ב", " ג ד", "ה  ו"], False),
        ([" א ב"] * 4 + ["ה ו "], True),
    ],
)
def test_white_space_tells_of_heads_where_there_is_no_other(lines: list[str], told: bool) -> None:
    assert heads(lines) is told


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("'אמר", (0, 4), ["'", "אמר"]),
        ("שם 'אמר", (3, 7), ["'אמר"]),
        ('12"אמר', (2, 6), ['"', "אמר"]),
        ("בית-ספר", (0, 7), ["בית", "-", "ספר"]),
        ("ב-", (0, 2), ["ב-"]),
    ],
)
def test_a_word_is_cut_where_a_piece_may_end(
    text: str, word: tuple[int, int], found: list[str]
) -> None:
    assert [text[start:stop] for start, stop in parted(text, *word)] == found


def test_only_in_such_texts_hyphens_are_tokens() -> None:
    text = "בית-ספר"
    assert len(tokens(text)) == 1
    assert tokens(text, heads=True).types.tolist() == [Type.WORD, Type.DASH, Type.WORD]


@pytest.mark.parametrize(
    ("printed", "signs", "come_out"),
    [
        # White space before a piece stands at its other end, if no space is lacking before it.
        (" AB CD", "j", "CD AB "),
        (" AB,CD", "j", "CD AB,"),
        ("AB CD", "j", "CD AB"),
        (" AB ,CD", "jj", "CD, AB "),
        (" AB ,(CD", "jj.", "(CD, AB "),
        (" AB", "", " AB"),
    ],
)
def test_white_space_at_a_head(printed: str, signs: str, come_out: str) -> None:
    line = tokens(hebrew(printed), heads=True)
    rows = np.array([[{".": WHOLE, "j": JUMPED}[sign] for sign in signs]], np.int8)
    order = orders(rows)
    widths = gaps(line, rows, order)[0].tolist()
    text = "".join(
        " " * width + line.token(at) for width, at in zip(widths, order[0], strict=False)
    )
    assert capitals(text + " " * widths[-1]) == come_out


@pytest.mark.parametrize(
    ("printed", "signs", "name", "times"),
    [
        (".)AB CD", "jj.", "head kept", 0),
        (".)AB CD", ".j.", "head kept", 1),
        ("AB .)CD", "..j", "head kept", 0),
        ("AB )(CD EF GH", "jj...", "bracketed", 0),
        ("AB )(CD EF GH", "jj.j.", "bracketed", 1),
        ("AB )(CD EF (GH IK", "jj....j", "bracketed", 0),
        ("AB CD", "j", "jump at a space", 1),
        ("AB (CD", "j.", "jump at a space", 1),
        ("AB )CD", "jj", "jump at a space", 0),
        ("1 CD", "j", "jump at a space", 0),
        ("AB-CD EF", ".j.", "jump inside", 1),
        ("AB-CD EF", ".j.", "jump at a dash", 0),
        ("12-CD EF", ".j.", "jump inside", 0),
        ("AB-CD EF;", "jj.", "wrong start", 1),
        ("AB-CD EF", "jj.", "wrong start", 0),
        ("AB-CD EF;", ".j.", "wrong start", 0),
    ],
)
def test_what_is_counted_of_heads(printed: str, signs: str, name: str, times: int) -> None:
    line = tokens(hebrew(printed), heads=True)
    rows = np.array([[{".": WHOLE, "j": JUMPED}[sign] for sign in signs]], np.int8)
    order = orders(rows)
    found = counts(facts(line), rows, order, gaps(line, rows, order))
    assert found[0, NAMES.index(name)] == times


def test_no_space_comes_before_a_mark_that_moves() -> None:
    (choice,) = choices_of([tokens(" .אני יורד מן החוטים ")], Evidence(language("he")))
    assert choice.readings[1].order == (1, 2, 3, 4, 0)
    assert choice.readings[1].gaps[4] == 0
