"""What the vowel points and accents of Hebrew say of letters and words."""

from __future__ import annotations

import pytest

from restore import restore_text
from restore.calibration import pointed_letters
from restore.damage.niqqud import DISPLACED_NIQQUD
from restore.damage.words import MISPLACED_SPACES
from restore.order.confidence import cut_at_accents
from restore.points import accented, begins_bare, no_word, no_words, vocalised
from restore.tokens import parts

WHOLE = ["וַיְהִ֗י", "הַשֹּׁפְטִ֔ים", "י֥וֹם", "וּשְׁנֵ֥י", "אֱלֹהִ֖ים", "טֽוֹב"]
PIECES = ["ים", "ץ", "הַ", "וֹם", "בְּ", "רָ", "הָאָ", "א֑"]


@pytest.mark.parametrize("word", WHOLE)
def test_points_of_words_speak_for_them(word: str) -> None:
    assert no_word(word, accents=True, bound=False) == 0


@pytest.mark.parametrize("piece", PIECES)
def test_points_of_pieces_speak_against_words(piece: str) -> None:
    assert no_word(piece, accents=True, bound=False) >= 3


@pytest.mark.parametrize("together", ["בִּרְקִ֣יעַהַ", "הַמָּא֤וֹרהַ", "וּאֶת־"])
def test_points_of_words_run_together_speak_against_one(together: str) -> None:
    assert no_word(together, accents=True, bound=False) > 0


def test_a_word_before_a_maqaf_needs_no_accent() -> None:
    assert no_words("כִּי־ט֑וֹב וַיַּבְדֵּ֣ל אֱלֹהִ֔ים") == 0
    assert no_words("כִּי ט֑וֹב וַיַּבְדֵּ֣ל אֱלֹהִ֔ים") > 0


def test_a_word_may_begin_with_a_vav_that_is_a_vowel() -> None:
    assert not begins_bare("וּבֵ֥ין")
    assert not begins_bare("יוֹם")
    assert begins_bare("וֹם")
    assert begins_bare("יום")


def test_text_has_vowels_or_accents_if_most_of_its_letters_do() -> None:
    assert vocalised("הַיֶּלֶד הָלַךְ") and not accented("הַיֶּלֶד הָלַךְ")
    assert accented("וַיְהִ֗י בִּימֵי֙ שְׁפֹ֣ט")
    assert not vocalised("הילד הָלך אל הגן")


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("וַיֵּ֨לֶךְ אִ֜ישׁ מִבֵּ֧ית לֶ֣חֶם יְהוּדָ֗ה", False),
        ("ה֥וּא וְאִשְׁתּ֖וֹ וּשְׁנֵ֥י בָנָֽיו׃", False),
        ("כִּי־ט֑וֹב וַיַּבְדֵּ֣ל אֱלֹהִ֔ים", False),
        ("לֶךְ אִ֜ וַיֵּ֨ ישׁ מִבֵּ֧ ית לֶ֣ חֶם יְהוּדָ֗ ה", True),
        ("וילך איש מבית לחם", False),
    ],
)
def test_words_cut_at_their_accents_are_told(line: str, cut: bool) -> None:
    assert cut_at_accents(line) is cut


def test_points_before_a_word_go_with_it() -> None:
    text = "֙אֲשֶׁר הַמַּ֙יִם"
    assert [text[start:stop] for start, stop, *_ in parts(text)] == text.split()


def test_words_in_pieces_with_their_points_before_the_letters_are_put_together() -> None:
    damaged = (
        "ַו ְי ִ֗הי ִּב יֵמ֙י ְׁש ֹ֣פ ט ַהֹּׁש ְפ ִ֔טים ַו ְי ִ֥ה י ָרָ֖עב ָּבָ֑א ֶר ץ\n"
        "ַוֵּ֨יֶלְך ִ֜א י ׁש ִמֵּ֧ב ית ֶ֣לֶח ם ְי הּוָ֗דה ָל ג ּו ֙ר ִּבְׂש ֵ֣ד י מֹוָ֔אב\n"
        "֥הּו א ְו ִאְׁשּ֖תֹו ּוְׁשֵ֥ני ָב ָֽניו׃\n"
    )
    result = restore_text(damaged)
    assert result.page_text == (
        "וַיְהִ֗י בִּימֵי֙ שְׁפֹ֣ט הַשֹּׁפְטִ֔ים וַיְהִ֥י רָעָ֖ב בָּאָ֑רֶץ\n"
        "וַיֵּ֨לֶךְ אִ֜ישׁ מִבֵּ֧ית לֶ֣חֶם יְהוּדָ֗ה לָגוּר֙ בִּשְׂדֵ֣י מוֹאָ֔ב\n"
        "ה֥וּא וְאִשְׁתּ֖וֹ וּשְׁנֵ֥י בָנָֽיו׃\n"
    )
    assert {change.finding.damage for change in result.changes} >= {
        DISPLACED_NIQQUD,
        MISPLACED_SPACES,
    }


def test_points_are_judged_apart_from_the_spaces_of_their_line() -> None:
    assert pointed_letters("בְּ רֵ אשִׁ֖ ית") == pointed_letters("בְּרֵאשִׁ֖ית")
    assert pointed_letters("ברְּ ֵאשִׁ֖ ית") != pointed_letters("בְּרֵאשִׁ֖ית")
