"""Hebrew that a file names as Latin letters, all shifted by one number."""

from __future__ import annotations

import pytest
from pages import Run, pdf, width

from restore.formats.pdf import read
from restore.geometry.glyph_names import numbered
from restore.geometry.shifted import SHIFTED
from restore.model import Layer

LINES = (
    "הספרייה העירונית נפתחה לפני שמונים שנה",
    "בבניין (אבן קטן) ליד השוק הישן, ובמשך כל",
    "השנים האלה באו אליה 120 בני הנוער של",
    "השכונה כדי לקרוא ולהכין שיעורים.",
)
LETTERS = [chr(code) for code in range(0x5D0, 0x5EB)]
TURNED = str.maketrans("()", ")(")


def painted(lines: tuple[str, ...] = LINES, top: float = 520) -> list[Run]:
    """Lines as they are seen, each of their words painted at once."""
    runs = []
    for number, line in enumerate(lines):
        right = 350.0
        for word in line.split():
            right -= width(word)
            seen = word if word.isdigit() else word[::-1].translate(TURNED)
            runs.append(Run(seen, right, top - 20 * number))
            right -= 3
    return runs


def by(first: int) -> dict[str, str]:
    """The names of the alphabet if alef has that code."""
    return {letter: chr(first + i) for i, letter in enumerate(LETTERS)}


@pytest.mark.parametrize("first", [0xE0, 0xD5, 0xC0])
def test_letters_named_by_one_shift_are_known(first: int) -> None:
    """0xE0 is alef in Windows-1255; of the others × and ÷ are letters too."""
    page = read(pdf(painted(), named=by(first))).pages[0]
    assert [line.text for line in page.lines] == list(LINES)
    assert (page.layer, page.remark, page.proved) == (Layer.SCRAMBLED, SHIFTED, True)


def test_pages_with_few_words_have_the_shift_of_those_before_them() -> None:
    few = painted(("השוק הישן של העיר הגדולה", "אבן ואבן קטנה"))
    found = read(pdf(painted(), few, painted(("אבן",)), named=by(0xE0))).pages
    assert [page.remark for page in found] == [SHIFTED] * 3
    assert (found[1].lines[1].text, found[2].text) == ("אבן ואבן קטנה", "אבן\n")
    assert read(pdf(few, named=by(0xE0))).pages[0].layer is Layer.UNMAPPED


def test_letters_in_no_order_are_not_guessed() -> None:
    """A letter is another one of the alphabet everywhere."""
    mixed = dict(zip(LETTERS, by(0xE0).values(), strict=True))
    mixed |= {"ה": mixed["מ"], "מ": mixed["ל"], "ל": mixed["ה"], "ש": mixed["י"], "י": mixed["ש"]}
    page = read(pdf(painted(), named=mixed)).pages[0]
    assert page.layer is Layer.UNMAPPED and not page.proved


def test_words_of_no_list_are_not_guessed() -> None:
    lines = tuple(line.replace("ה", "צ").replace("נ", "ץ").replace("ש", "ג") for line in LINES)
    assert read(pdf(painted(lines), named=by(0xE0))).pages[0].layer is Layer.UNMAPPED


def test_latin_text_with_accents_stays() -> None:
    lines = ("près de là où été", "élève âgé déjà né à côté", "çà et là, même âme, né déçu")
    page = read(pdf([Run(line, 50, 500 - 20 * i) for i, line in enumerate(lines)])).pages[0]
    assert [line.text for line in page.lines] == list(lines)
    assert page.layer is Layer.SOUND


def test_names_that_are_the_numbers_of_codes_are_so_for_all() -> None:
    """As Ghostscript names the letters of Chromium: two codes have one name."""
    names = {code: chr(code + 0x3A) for code in range(0x9B, 0xB5)}
    spoilt = names | {0x9F: "\xd5", 0xA0: "\xd6", 0xA2: "\u05d7", 3: " "}
    assert numbered(spoilt) == names | {0xA2: "\u05d7", 3: " "}


@pytest.mark.parametrize(
    "names",
    [
        {0xE0: "\xe0", 0xE1: "\xe1", 0xE2: "\xe2", 0xE3: "\xe3", 0xE4: "\xe4", 0x80: "\xc4"},
        {0xE0: "\xe0", 0xE1: "\xe1", 0x81: "\xe0"},
        {0x80: "\xc4", 0x82: "\xc7", 0x83: "\xc9", 0x90: "\xea", 0x91: "\xea", 0x92: "\xed"},
        {**{code: chr(code) for code in range(0xE0, 0xF0)}, 0x1A: "\xe9"},
        {**{code: chr(code + 0x3A) for code in range(0x9B, 0xB5)}, 0x200: "\xe9"},
        {0x41: "A"},
        {},
    ],
)
def test_other_names_stay(names: dict[int, str]) -> None:
    """No two are one, or too few are numbers, or some are other forms of letters."""
    assert numbered(names) == names
