"""Letters in visual order: told from sound ones, and turned around with their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restore import restore_text, undo
from restore.bidi import read_order
from restore.damage.letters import REVERSED_LETTERS
from restore.formats import txt

PROSE = (
    "הספרייה העירונית נפתחה לפני שמונים שנה בבניין אבן קטן ליד השוק הישן,",
    "ובמשך כל השנים האלה באו אליה בני הנוער של השכונה כדי לקרוא ולהכין שיעורים.",
    "בשנת 1987 נוספו לה 12,500 ספרים (רובם בעברית), וכ-60% מהם היו תרומה.",
    'מנהלת הספרייה אמרה: "אין כאן ספר אחד שלא נקרא לפחות פעם אחת".',
)
SEEN = (
    ",ןשיה קושה דיל ןטק ןבא ןיינבב הנש םינומש ינפל החתפנ תינוריעה היירפסה",
    ".םירועיש ןיכהלו אורקל ידכ הנוכשה לש רעונה ינב הילא ואב הלאה םינשה לכ ךשמבו",
    ".המורת ויה םהמ 60%-כו ,(תירבעב םבור) םירפס 12,500 הל ופסונ 1987 תנשב",
    '."תחא םעפ תוחפל ארקנ אלש דחא רפס ןאכ ןיא" :הרמא היירפסה תלהנמ',
)


def turned(text: str, marks_first: bool = False) -> str:
    return "".join(text[s.start : s.stop][:: s.step] for s in read_order(text, marks_first))


@pytest.mark.parametrize("mark", ["# ", "### ", "> ", ">> "])
def test_marks_of_headings_and_quoted_letters_stay_first(mark: str) -> None:
    result = restore_text("".join(f"{mark}{line}\n" for line in SEEN))
    assert tuple(result.lines) == tuple(mark + line for line in PROSE)


def names(text: str) -> list[str]:
    return [change.finding.damage for change in restore_text(text).changes]


def test_a_page_in_visual_order_is_read_again() -> None:
    result = restore_text("\n".join(SEEN) + "\n")
    assert tuple(result.lines) == PROSE
    assert txt.write_lines(undo(result.document, result.changes)) == "\n".join(SEEN) + "\n"


def test_one_line_among_sound_ones_is_told() -> None:
    mixed = [*PROSE[:2], SEEN[2], PROSE[3]]
    result = restore_text("\n".join(mixed))
    assert tuple(result.lines) == PROSE
    assert [c.finding.place.line for c in result.changes if REVERSED_LETTERS in c.id] == [2]


@pytest.mark.parametrize("text", [*PROSE, "\n".join(PROSE), "אבא בא", "א ב ג ד", "ככ יי", "123"])
def test_sound_letters_stay(text: str) -> None:
    assert REVERSED_LETTERS not in names(text)


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("םידומע 152 רפסב", "בספר 152 עמודים"),
        ("2024.3.15-ב", "ב-2024.3.15"),
        ("PDF לש ץבוק", "קובץ של PDF"),
        ("Open Data תכרעמ", "מערכת Open Data"),
        ("Python 3.11-ב", "ב-Python 3.11"),
        ("2002–1997 םינשב", "בשנים 1997–2002"),
        ("(1949) UNRWA תונכוס", "סוכנות UNRWA )1949("),
        ("UNRWA (1949) תונכוס", "סוכנות UNRWA (1949)"),
        (".Blue Sky (Israel, Ltd.) תרבח", "חברת Blue Sky (Israel, Ltd.)."),
        ("UNRWA [a (1)] ,)ןלהל( תונכוס", "סוכנות (להלן), UNRWA [a (1)]"),
        (")UNRWA( תונכוס", "סוכנות (UNRWA)"),
        ("12\u00a0500−כ", "כ−12\u00a0500"),
        ("30‰-כ", "כ-30‰"),
        ("%", "%"),
        ("", ""),
    ],
)
def test_numbers_and_latin_words_keep_their_order(seen: str, read: str) -> None:
    assert turned(seen) == read


def test_points_stay_after_their_letters() -> None:
    assert turned("םוֹלשָׁ") == "שָׁלוֹם"
    assert turned("םֹולָׁש", marks_first=True) == "שׁ\u05b8לוֹם"


@given(st.text(max_size=40), st.booleans())
def test_every_character_is_read_once(text: str, marks_first: bool) -> None:
    spans = read_order(text, marks_first)
    assert sorted(at for s in spans for at in range(s.start, s.stop)) == list(range(len(text)))


@given(st.text("אבגדהוםן ,.()12", max_size=40))
def test_a_line_seen_twice_is_as_it_was(text: str) -> None:
    assert turned(turned(text)) == text
