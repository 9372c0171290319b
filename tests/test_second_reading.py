from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from restore.scans.second_reading import agreed, doubted, in_doubt, matched, may_gain
from restore.scans.tesseract import Word


def words(text: str, sure: float = 0.9, line: int = 0) -> list[Word]:
    """Words of a line from the right, of 20 pixels a letter; a number after / is how sure."""
    found = []
    right = 1000
    for told in text.split():
        letters, _, said = told.partition("/")
        left = right - 20 * len(letters)
        box = (left, 100 * line, right, 100 * line + 40)
        found.append(Word(letters, *box, float(said or sure), (1, 1, line)))
        right = left - 20
    return found


def chosen(first: str, second: str, language: str = "he") -> str:
    return " ".join(word.text for word in agreed(words(first), words(second), language))


def test_the_more_frequent_word_is_taken() -> None:
    assert chosen("הנדול/.8 הזה", "הגדול/.8 הזה") == "הגדול הזה"
    assert chosen("הגדול/.8 הזה", "הנדול/.8 הזה") == "הגדול הזה"


def test_a_model_that_is_much_surer_is_believed() -> None:
    assert chosen("קדבמשא/.3 הזה", "קרבמשא/.97 הזה") == "קרבמשא הזה"
    assert chosen("קדבמשא/.9 הזה", "קרבמשא/.9 הזה") == "קדבמשא הזה"


def test_a_final_letter_inside_a_word_is_not_taken() -> None:
    assert chosen("אבסה/.6", "אבםה/.8") == "אבסה"
    assert chosen("אבםה/.8", "אבסה/.6") == "אבסה"


def test_marks_and_points_are_left_to_the_first_model() -> None:
    assert chosen("הגדול,/.3", "הגדול./.97") == "הגדול,"
    assert chosen("הַנָּדוֹל/.3", "הגדול/.97") == "הַנָּדוֹל"


def test_words_that_one_reading_has_joined_go_together() -> None:
    first, second = words("של ום/.3 לכם"), words("שלוםם/.9 לכם")
    groups = [[len(side) for side in group] for group in matched(first, second)]
    assert groups == [[2, 1], [1, 1]]
    assert chosen("של/.3 ום/.3 לכם", "שלום_/.9 לכם") == "שלום_ לכם"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("שלמותו/.9", "ו/.9"),  # half of the word is lost
        ("בעבודתי/.6", "בעבודתי/.9 היה/.9"),  # a word of another line
        ("שב/.4", "שבוהשדה/.9"),
    ],
)
def test_more_words_or_far_fewer_letters_are_not_taken(first: str, second: str) -> None:
    (word,) = words(first)
    others = words(second)
    others = [replace(other, left=word.left, right=word.right) for other in others]
    found = agreed([word], others, "he")
    assert [each.text for each in found] == [word.text]


def test_words_without_a_match_stay() -> None:
    assert chosen("בית הזה", "") == "בית הזה"
    assert chosen("", "בית") == ""


def test_lines_with_a_doubtful_word_are_read_again() -> None:
    page = [*words("בית גדול"), *words("בית/.95 גדול/.96", line=1), *words("שם/.99", line=2)]
    assert doubted([*words("בית/.95 גדול/.5"), *page[2:]]) == [(840, 0, 1000, 40)]
    assert len(doubted(page, all_of_them=True)) == 3


def test_a_page_that_is_read_badly_throughout_gains_nothing() -> None:
    assert may_gain(words("בית/.9 גדול/.5"))
    assert not may_gain(words("בית/.7 גדול/.4"))
    assert may_gain(words("בית/.9 גָּדוֹל/.1")), "words with points stay as they are"
    assert not may_gain(words("גָּדוֹל/.9")) and not may_gain([])


def test_the_rest_of_the_page_is_white() -> None:
    image = np.zeros((300, 1200), np.uint8)
    made = in_doubt(image, [(820, 100, 1000, 140)])
    assert (made[100:140, 820:1000] == 0).all()
    assert (made[:80] == 255).all() and (made[170:] == 255).all() and (made[:, :790] == 255).all()


def test_a_language_without_frequencies_is_told_by_confidence() -> None:
    assert chosen("דאס/.5", "האס/.95", "yi") == "האס"
    assert chosen("דאס/.93", "האס/.95", "yi") == "דאס"


def test_words_that_are_matched_together_keep_their_places() -> None:
    one, two, three = words("אחד שנים שלוש")
    across = replace(words("שניםעשר")[0], left=three.left)
    low = replace(two, top=60, bottom=90)
    assert agreed([one, low, three], [across], "he") == [one, low, three]
