"""Accents: where in a word each can stand, and which can follow which."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from restore.cantillation import (
    accent_of,
    has_late_accent,
    has_two,
    may_be_late,
    may_follow,
    settled,
    well_named,
)


def put_right(word: str) -> str:
    return "".join(word[at] for at in settled(word))


@pytest.mark.parametrize(
    ("late", "right"),
    [
        ("פְּנֵי֣", "פְּנֵ֣י"),  # no vowel
        ("הָיָה֤", "הָיָ֤ה"),
        ("נָטָעְ֑תָּ", "נָטָ֑עְתָּ"),  # shva
        ("וְר֣וּחַ", "וְר֣וּחַ"),
        ("רוּ֣חַ", "ר֣וּחַ"),  # a vav that is a vowel
        ("שֹׁמֵעַ֔", "שֹׁמֵ֔עַ"),  # a patah only glided to
        ("הַמָּיִ֑ם", "הַמָּ֑יִם"),
        ("נֶפֶ֣שׁ", "נֶ֣פֶשׁ"),
        ("הָאָרֶ֑ץ", "הָאָ֑רֶץ"),
        ("הַמֶּלֶ֣ךְ", "הַמֶּ֣לֶךְ"),
        ("וַיַּעַ֣שׂ", "וַיַּ֣עַשׂ"),
        ("לְמִינֵה֑וּ", "לְמִינֵ֑הוּ"),
        ("מִמֶּנּ֑וּ", "מִמֶּ֑נּוּ"),
        ("לָנ֔וּ", "לָ֔נוּ"),
        ("בָּא֣וּ", "בָּ֣אוּ"),
        ("שָׁמָּ֥ה", "שָׁ֥מָּה"),
        ("הֵמָּ֖ה", "הֵ֖מָּה"),
        ("אֵלֶּ֖ה", "אֵ֖לֶּה"),
        ("בְּקִרְבֶּךָ֑", "בְּקִרְבֶּ֑ךָ"),
        ("וַיָּקׇ֥ם", "וַיָּ֥קׇם"),
        ("זֶרַ֙ע֙", "זֶ֙רַע֙"),  # written twice: not on the last syllable
        ("עֵשֶׂ֚ב", "עֵ֚שֶׂב"),  # on the first letter always
        ("נָבֵֽ֣ל", "נָ֣בֵֽל"),  # a letter has an accent or a meteg
        ("הַיָּםֽ", "הַיָּֽם"),
        ("לאֹ", "לֹא"),
        ("וַיּאֹ֙מֶר֙", "וַיֹּ֙אמֶר֙"),
        ("חָזֹ֖ון", "חָז֖וֹן"),
        ("יְהָֹוה֥", "יְהֹוָ֥ה"),
        ("יְהוָֹה֥", "יְהֹוָ֥ה"),
    ],
)
def test_an_accent_or_a_holam_goes_to_the_letter_before_where_it_must(
    late: str, right: str
) -> None:
    assert normalize("NFC", put_right(late)) == normalize("NFC", right)
    assert put_right(right) == right


@pytest.mark.parametrize(
    "word",
    [
        "אֱלֹהִ֖ים", "לָכֶ֖ם", "אַחַ֖ת", "בָּבֶ֔ל", "אֱלֹהַ֖י", "דָבָ֖ר", "שֹׁמֵ֙עַ֙", "אֲ֠שֶׁ֠ר", "וְדִבֶּ֥ר", "עֹשֶׂ֥ה",
        "אַתֶּ֥ם", "מָק֣וֹם", "וּבֵ֥ין", "תְּבוּאֹ֣ת", "יִתֵּ֤ן", "נָת֣וֹן", "כׇּל־", "יִשְׂרָאֵל֙", "מִצְוֺתָיו֮",
    ],
)  # fmt: skip
def test_an_accent_that_can_stand_stays(word: str) -> None:
    assert put_right(word) == word
    assert not has_late_accent(word)


def test_a_holam_alone_is_no_late_accent() -> None:
    assert put_right("חָזֹון") != "חָזֹון"
    assert not has_late_accent("חָזֹון")
    assert has_late_accent("הָיָה֤")


def test_accents_that_could_stand_on_either_of_two_letters_are_counted() -> None:
    assert may_be_late("נָתַ֖ן") == 1
    assert may_be_late("נֶפֶ֣שׁ") == 0
    assert may_be_late("פְּנֵ֣י") == 0


@pytest.mark.parametrize(
    ("word", "accent"),
    [
        ("הָאָֽרֶץ׃", "\u05c3"),
        ("אֶת־הָא֖וֹר", "\u0596"),
        ("אֱלֹהִ֤ים", "\u05a4"),
        ("שְׁמוּאֵ֣ל׀", ""),
        ("לָאוֹר֙", "\u0599"),
        ("וַיִּקְרָ֙א", "\u05a8"),
        ("הארץ", ""),
    ],
)
def test_the_last_accent_of_a_word_tells_what_follows(word: str, accent: str) -> None:
    assert accent_of(word) == accent


def test_an_accent_that_joins_stands_before_some_only() -> None:
    assert may_follow(accent_of("אֱלֹהִ֤ים"), accent_of("לָאוֹר֙"))
    assert not may_follow(accent_of("אֱלֹהִ֤ים"), accent_of("אֶחָֽד׃"))
    assert may_follow(accent_of("אֶחָֽד׃"), accent_of("אֱלֹהִ֤ים"))
    assert may_follow(accent_of("אֱלֹהִ֤ים"), "")


def test_a_word_has_two_accents_seldom() -> None:
    assert not has_two("וְאָ֣הַבְתָּ֔")
    assert not has_two("תֹ֙הוּ֙")
    assert has_two("הָיְתָ֥הבְּרֵאשִׁ֖ית")


def test_a_pashta_inside_a_word_is_a_qadma_before_what_can_follow_one() -> None:
    assert well_named("וַיִּקְרָ֙א אֱלֹהִ֤ים", "") == "וַיִּקְרָ֨א אֱלֹהִ֤ים"
    assert well_named("וַיִּקְרָ֙א", "אֱלֹהִ֤ים") == "וַיִּקְרָ֨א"
    for text in ("זֶ֙רַע לְמִינֵ֔הוּ", "זֶ֙רַע", "הַשָּׁמַ֙יִם֙אֶל־מָק֣וֹם הַמַּ֜יִם", "תֹ֙הוּ֙ הָאָ֜רֶץ", "לָאוֹר֙ הָאָ֜רֶץ"):
        assert well_named(text, "") == text


def test_a_qadma_in_a_word_that_ends_with_a_pashta_is_one() -> None:
    assert well_named("לָ֨נוּ֙  כׇּל־הַיָּמִ֔ים", "") == "לָ֙נוּ֙  כׇּל־הַיָּמִ֔ים"
    assert well_named("הָאֲנָשִׁ֨ים הַבָּאִ֤ים", "") == "הָאֲנָשִׁ֨ים הַבָּאִ֤ים"


def test_a_word_that_would_have_to_be_settled_twice_stays() -> None:
    for word in ("כֶנֶז֔", "מֶלֶך֔", "הָאָרֶץ֑"):
        assert put_right(put_right(word)) == put_right(word)
    assert put_right("כֶנֶז֔") == "כֶנֶז֔"
