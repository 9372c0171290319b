"""Which of two readings of a page is better, told by the words that only one of them has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from restore.model import Document, Page
from restore.placed import PlacedPage, page_of_words, spread
from restore.rereading import doubtful, gain, is_known, list_of, with_known_words

TRUE = (
    "הספרייה העירונית נפתחה לפני שמונים שנה בבניין אבן קטן ליד השוק הישן",
    "ובמשך כל השנים האלה באו אליה בני הנוער של השכונה כדי לקרוא ולהכין שיעורים",
    "בגינה שמאחורי הבית שתל סבא שלי עץ לימון אחד ושתי גפנים ובכל קיץ היינו יושבים",
)


def page(*lines: str, sure: float = 0.9, unseen: bool = False) -> Page:
    block = [
        spread(line, (100, 100 * number, 900, 100 * number + 50), sure)
        for number, line in enumerate(lines)
    ]
    found = page_of_words(PlacedPage([block], 1000, 1000, 300), last=True, proved=True)
    return replace(found, unseen=unseen, scan=None if unseen else found.scan)


def misread(line: str) -> str:
    return line.replace("ה", "ח").replace("ש", "ט")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("שנה,", True),
        ("שָׁנָה", True),
        ("(בית-ספר)", True),
        ("ספרםי", False),  # a final letter inside
        ("מסג6ץ", False),
        ("ב-Python", None),
        ("מ-1,250", None),
        ("4(א)", None),
        ("1,250", None),
        ("Open", True),
        ("148", None),
        ("xqzv", None),
        ("(www.ofek.example/minutes)", True),
        ("info@ofek.example,", True),
        ("י'", None),
        ("חספרייח", False),
    ],
)
def test_words_are_known_by_the_list_and_by_what_cannot_be(word: str, known: bool | None) -> None:
    assert is_known(word, "he") is known


def test_more_known_words_are_a_gain() -> None:
    assert gain(page(*map(misread, TRUE), unseen=True), page(*TRUE), "he") >= 20


def test_words_that_the_layer_lacks_are_a_gain() -> None:
    assert gain(page(TRUE[0], unseen=True), page(*TRUE), "he") >= 20


def test_the_other_way_round_nothing_is_gained() -> None:
    assert gain(page(*TRUE, unseen=True), page(*map(misread, TRUE)), "he") == 0
    assert gain(page(*TRUE, unseen=True), page(TRUE[0]), "he") == 0


def test_as_many_errors_in_both_are_no_gain() -> None:
    layer = page(TRUE[0], TRUE[1], misread(TRUE[2]), unseen=True)
    assert gain(layer, page(TRUE[0], misread(TRUE[1]), TRUE[2]), "he") == 0


def test_few_words_are_no_gain() -> None:
    few = TRUE[0].replace("הישן", "חיטן").replace("השוק", "חטוק")
    assert gain(page(few, *TRUE[1:], unseen=True), page(*TRUE), "he") == 0


def test_what_ocr_is_unsure_of_or_reads_in_another_language_is_no_gain() -> None:
    layer = page(*map(misread, TRUE), unseen=True)
    assert gain(layer, page(*TRUE, sure=0.4), "he") == 0
    assert gain(layer, page(*TRUE, *[misread(TRUE[0])] * 3), "he") == 0


def test_layers_with_few_unknown_words_and_pages_without_one_are_not_looked_at() -> None:
    assert doubtful(page(*map(misread, TRUE), unseen=True), "he")
    assert not doubtful(page(*map(misread, TRUE)), "he")
    assert not doubtful(page(*TRUE, unseen=True), "he")
    assert not doubtful(page("חספרייח", unseen=True), "he")


def test_the_list_is_that_of_the_language_of_the_layer() -> None:
    arabic = "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا"
    persian = "تمام افراد بشر آزاد به دنیا می آیند و از لحاظ حیثیت و حقوق با هم برابرند"
    yiddish = "דער מענטש איז געווען זייער מיד און האט נישט געקענט שלאפן און פון דער"
    for text, language, code in (
        (TRUE[0], "he", "he"),
        (arabic, "und", "ar"),
        (persian, "und", "fa"),
        (yiddish, "he", None),
    ):
        assert list_of(Document((page(text, unseen=True),), language)) == code
    assert list_of(Document((page(TRUE[0]),), "he")) is None


def test_known_words_of_the_layer_stay_where_ocr_has_unknown_ones() -> None:
    """Not where the word is another, nor where what stands beside it is."""
    layer = page("הספרייה העירונית נפתחה לפני שנה", "ליד השוק הישן, אבן", unseen=True)
    read = page("הספרייה העירוכית נפתחה לפני שנה", "ליד הטקרפ הישן", "כל העירוכית", "חיטן, אבן")
    merged = with_known_words(read, layer, "he", True)
    assert [line.text for line in merged.lines] == [
        "הספרייה העירונית נפתחה לפני שנה",
        "ליד הטקרפ הישן",
        "כל העירוכית",
        "חיטן, אבן",
    ]
    assert merged.scan and merged.scan.resolution == 300
    assert with_known_words(layer_like := page(*TRUE), layer, "he", True) is layer_like
