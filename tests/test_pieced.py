"""Lines put together from pieces that end at accents."""

from __future__ import annotations

import pytest

from restore.evidence import Evidence
from restore.languages import language
from restore.pieced import Pieced, between, in_order, share_of_best, turned
from restore.works.quotes import Quotes


@pytest.fixture(scope="module")
def plain() -> Evidence:
    """Evidence without known works: what the points and the accents say alone."""
    return Evidence(language("he"), Quotes([]))


@pytest.fixture(scope="module")
def quoting() -> Evidence:
    return Evidence(language("he"))


@pytest.mark.parametrize(
    ("line", "stood"),
    [
        ("רֶץ׃ ת הָאָֽ וְאֵ֥", "וְאֵ֥ת הָאָֽרֶץ׃"),
        ("ב הַכִּסֵּא֙ ן יֹשֵׁ֤ י הַכֹּהֵ֗ וְעֵלִ֣", "וְעֵלִ֣י הַכֹּהֵ֗ן יֹשֵׁ֤ב הַכִּסֵּא֙"),
        # A space that its piece ends with, and one that does not.
        ("עַל־הָאָרֶ֑ץ  יר  לְהָאִ֖", "לְהָאִ֖יר עַל־הָאָרֶ֑ץ"),
        # A mark alone, after the space that follows it.
        ("הַיּ֔וֹם  לְמֶמְשֶׁלֶ֣ת   ֙ הַגָּדֹל", "הַגָּדֹל֙ לְמֶמְשֶׁלֶ֣ת הַיּ֔וֹם"),
        # A sign for a glyph without a name.
        ("ים 2֥רְא אֱלֹהִ֖ וַיַּ", "וַיַּ2֥רְא אֱלֹהִ֖ים"),
    ],
)
def test_pieces_in_reverse_are_put_together(line: str, stood: str, plain: Evidence) -> None:
    best = turned(line, plain)[0]
    assert best.text == stood
    assert best.price < in_order(line, plain)[0].price


def test_pieces_in_their_order_are_put_together(plain: Evidence) -> None:
    assert in_order("וְאֵ֥ ת הָאָֽ רֶץ׃", plain)[0].text == "וְאֵ֥ת הָאָֽרֶץ׃"


def test_the_pieces_make_up_the_text(plain: Evidence) -> None:
    line = "עַל־הָאָרֶ֑ץ  יר  לְהָאִ֖"
    for way in turned(line, plain):
        text = "".join(" " if start < 0 else line[start:stop] for start, stop in way.pieces)
        assert text.strip() == way.text


def test_a_known_work_tells_which_word_comes_first(plain: Evidence, quoting: Evidence) -> None:
    line = "לְאַבְרָהָ֛ם לַאֲבֹתֶ֛יךָ  נִשְׁבַּ֧ע  ר  אֲשֶׁ֨ רֶץ  יךָ אֶל־הָאָ֜ אֱלֹהֶ֗"
    stood = "אֱלֹהֶ֗יךָ אֶל־הָאָ֜רֶץ אֲשֶׁ֨ר נִשְׁבַּ֧ע לַאֲבֹתֶ֛יךָ לְאַבְרָהָ֛ם"
    assert turned(line, quoting)[0].text == stood
    assert share_of_best(turned(line, plain)) < 0.9 < share_of_best(turned(line, quoting))


def test_the_words_around_a_line_tell_how_it_stood(quoting: Evidence) -> None:
    ways = [Pieced(0.0, "יַעֲשֶֽׂה׃ הַטּ֥וֹב בְּעֵינָ֖ו", (), 0.0), Pieced(0.0, "הַטּ֥וֹב בְּעֵינָ֖ו יַעֲשֶֽׂה׃", (), 0.0)]
    around = ["וַיֹּאמַ֕ר", "יְהֹוָ֖ה", "ה֑וּא"]
    told = between(ways, around, ["וַיִּגְדַּ֖ל"], quoting)
    assert told[0].text == ways[1].text
    assert told[0].price < told[1].price


def test_no_line_has_no_ways_but_one(plain: Evidence) -> None:
    assert [way.text for way in turned("", plain)] == [""]
    assert [way.text for way in turned("אֶחָֽד׃", plain)] == ["אֶחָֽד׃"]
