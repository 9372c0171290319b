"""What is learned from a whole document before any of its lines is put in order."""

from __future__ import annotations

import numpy as np
import pytest
from caps import hebrew

from restore import restore_text
from restore.evidence import Evidence
from restore.languages import language
from restore.model import Line, Page, Span
from restore.order.chain import was_turned
from restore.order.choices import choices_of
from restore.order.habits import _learned_ways
from restore.order.lattice import Choice, Reading
from restore.order.prices import INSTEAD, LEARNED, NAMES, _prefixes_alone, counts, gaps
from restore.order.readings import JUMPED, SEPARATED, WHOLE, orders
from restore.order.traits import HABITS, facts
from restore.tokens import tokens
from restore.white_space import spread

LINES = (
    "בשנה הראשונה גרנו בבית קטן ליד הים",
    "וכל בוקר הלכתי עם אבי אל הנמל",
    "הוא היה דייג והכיר את כל האנשים שם",
    "בערב חזרנו הביתה ואמא חיכתה לנו בדלת",
    "אחרי האוכל סיפר לנו סבא על ימי ילדותו",
    "ואנחנו ישבנו סביב השולחן והקשבנו לו",
)


def reversed_words(line: str) -> str:
    return " ".join(reversed(line.split()))


def mended(text: str) -> tuple[Line, Page]:
    """The first line of a text, as it was restored, and its page."""
    page = restore_text(text, confidence=0).document.pages[0]
    return page.lines[0], page


def test_a_line_is_turned_where_all_others_are() -> None:
    turned = [reversed_words(line) for line in LINES]
    assert restore_text("\n".join(turned) + "\n").lines == list(LINES)


@pytest.mark.parametrize("place", range(len(LINES)))
def test_a_short_line_is_turned_only_where_the_others_are(place: int) -> None:
    short = "אבא שלי"
    alone = [*LINES[:place], reversed_words(short), *LINES[place:]]
    assert restore_text("\n".join(alone) + "\n").lines == alone


def test_a_mended_line_still_tells_that_it_was_turned() -> None:
    text = "\n".join(reversed_words(line) for line in LINES)
    line, page = mended(text)
    assert line.text == LINES[0]
    assert was_turned(line, page)


def test_runs_that_change_places_were_not_turned() -> None:
    line, page = mended("ברצונו של האדם עצמו התשובה היא שהכול תלוי \n")
    assert line.text == "התשובה היא שהכול תלוי ברצונו של האדם עצמו"
    assert not was_turned(line, page)


def test_a_line_as_it_was_read_was_not_turned() -> None:
    line, page = mended("\n".join(LINES))
    assert not was_turned(line, page)


def test_a_line_of_one_word_whose_mark_was_moved_was_not_turned() -> None:
    page = Page(hebrew(".WORD\n"), ())
    line = Line(hebrew("WORD."), (Span(1, 5), Span(0, 1)))
    assert not was_turned(line, page)


def test_spaces_of_three_are_a_habit_only_without_spaces_of_two() -> None:
    threes = [line.replace(" ", "   ") for line in LINES]
    assert spread(threes)
    assert not spread(LINES)
    assert not spread([*threes, *(line.replace(" ", "  ") for line in LINES)])


def test_the_readings_of_a_line_are_kept_apart_for_spread_texts() -> None:
    text, known = "אבא   של   דן   הלך", Evidence(language("he"))
    prices = [
        [reading.price for reading in choices_of([tokens(text, spread=wide)], known)[0].readings]
        for wide in (True, False)
    ]
    assert prices[0] != prices[1]


def test_a_space_of_three_is_one_space_and_one_cut() -> None:
    line = tokens(hebrew("A   B C"), spread=True)
    assert line.spaces.tolist() == [0, 2, 1, 0]


def test_a_number_that_hangs_on_a_word_makes_no_other_word_of_it() -> None:
    """The words of all orders are as many, or fewer of them would seem to be better ones."""
    known = Evidence(language("he"))
    line = tokens(". והזהרנו3 המלווה לפניו ויודע שאין לו במה לפרוע")
    readings = choices_of([line], known)[0].readings[1:]
    assert {len(reading.units) for reading in readings if reading.cuts[0] == WHOLE} == {9}


@pytest.mark.parametrize(
    "text", [".אמר רבי אם־יעבור אדם בעיר ", 'ועוד כתב אף־על־גב שלא נהגו בכך  "']
)
def test_a_word_ends_before_a_maqaf(text: str) -> None:
    assert not any(text[place] == "־" for place in Evidence(language("he")).splits(text))


@pytest.mark.parametrize(
    ("text", "left", "right", "wanted"),
    [
        ('"אבקש" בכל', 0, 1, 1),  # a quotation ends with a word
        ('ב" הארץ', 0, 1, -1),  # or begins after a prefix
        ("הפלך N", 0, 1, 1),
        ("הפלך 3", 0, 1, -1),  # of a note
        ("ה N", 0, 1, -1),
    ],
)
def test_spaces_wanted_between_words(text: str, left: int, right: int, wanted: int) -> None:
    assert tokens(text).wanted[left, right] == wanted


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        (
            "ומכאן ואילך הלכו בדרך אחרת(2)כך כתבו כל המפרשים  ",
            "כך כתבו כל המפרשים(2) ומכאן ואילך הלכו בדרך אחרת",
        ),
        (
            "ומכאן ואילך הלכו בדרך אחרת3כך כתבו כל המפרשים,  ",
            "כך כתבו כל המפרשים,3 ומכאן ואילך הלכו בדרך אחרת",
        ),
    ],
)
def test_the_space_beside_the_mark_of_a_note_stands_after_it(printed: str, written: str) -> None:
    """One space came out with the words before it; after it one is wanted."""
    assert restore_text(printed + "\n", confidence=0).lines == [written]


def test_a_separator_at_a_number_says_nothing_of_jumps_there() -> None:
    """The habit of a document that jumps at its numbers is not weaker for separators at others."""
    assumed = np.zeros((1, len(LEARNED) + len(INSTEAD)), np.int64)
    at, instead = LEARNED.index("jump at a number"), len(LEARNED)
    learned = []
    for separators in (0, 4):
        assumed[0, [at, instead]] = 2, separators
        could = np.zeros(len(LEARNED), np.int64)
        could[at] = 2 + separators
        choice = Choice([Reading((0,), (0, 0), 0.0, posterior=1.0)], places=tuple(could.tolist()))
        learned.append(_learned_ways([choice], [assumed], np.zeros(len(HABITS), np.int64))[at])
    assert learned[0] == pytest.approx(learned[1])


@pytest.mark.parametrize(
    ("signs", "separators", "jumps"), [("sjs", 1, 1), ("ssj", 2, 0), ("..s", 0, 0)]
)
def test_separators_at_numbers_are_counted(signs: str, separators: int, jumps: int) -> None:
    line = tokens(hebrew("AB 12 CD EF"))
    rows = np.array([[{".": WHOLE, "s": SEPARATED, "j": JUMPED}[sign] for sign in signs]], np.int8)
    order = orders(rows)
    found = counts(facts(line), rows, order, gaps(line, rows, order))[0]
    assert found[NAMES.index("separator at a number")] == separators
    assert found[NAMES.index("jump at a number")] == jumps


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('סופו"."הרחוב', ['סופו".', '"הרחוב']),
        ('סופו".', ['סופו".']),
        ('"סופו","הרחוב', ['"סופו",', '"הרחוב']),
    ],
)
def test_a_quotation_mark_after_a_stop_opens_the_next_quotation(
    text: str, found: list[str]
) -> None:
    line = tokens(text)
    assert [line.token(at) for at in range(len(line))] == found


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        # The white space is that of words painted one by one, and no word need be glued, but
        # two words are likelier than one.
        ("הזמן אנו מקוים הגאולהולמעלת  זה היום ", "הגאולה"),
        ("הזמן אנו מקוים הגאולה  זה היום ", ""),
        (' על ידם ישמור כל האבריםד"א בשמירות', "האברים"),
        (' כתב הרמב"ם בספר', ""),
    ],
)
def test_where_two_words_may_be_one(text: str, cut: str) -> None:
    places = Evidence(language("he")).splits(text)
    sure = {at for at, nats in places.items() if nats < 0}
    assert sure == ({text.index(cut) + len(cut)} if cut else set())


@pytest.mark.parametrize(
    ("written", "alone"),
    [("עלה ל- 62 . בארכיון", 0), ("עלה ל- . בארכיון 62", 1), ("62 . בארכיון עלה ל-", 0)],
)
def test_a_prefix_with_a_hyphen_leads_to_a_number(written: str, alone: int) -> None:
    line = tokens("עלה ל-62. בארכיון")
    tokens_of = [line.token(at) for at in range(len(line))]
    order = np.array([[tokens_of.index(token) for token in written.split()]])
    assert _prefixes_alone(facts(line), order).tolist() == [alone]
