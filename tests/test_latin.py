"""Latin words among Hebrew ones."""

from __future__ import annotations

import pytest
import scans

from restore.scans import tesseract
from restore.scans.latin import maybe_latin, with_latin
from restore.scans.ocr import read_page
from restore.scans.tesseract import Reading, Word

HEBREW, LATIN = "ראו גם", "The Reading Room, London 1952, pp. 45-47"
MIXED = f"{HEBREW} {LATIN[::-1]}"  # as it is seen, from the right


def line(text: str, number: int = 1) -> list[Word]:
    """Words of a line as they are seen from the left; a number after / is how sure."""
    found: list[Word] = []
    left = 0
    for told in text.split():
        letters, _, sure = told.partition("/")
        right = left + 100
        top = 50 * number
        found.append(Word(letters, left, top, right, top + 40, float(sure or 0.93), (1, 1, number)))
        left = right + 20
    return found


def read(seen: str, english: str) -> str:
    return " ".join(word.text for word in with_latin(line(seen)[::-1], line(english)))


@pytest.mark.parametrize(
    ("seen", "english", "text"),
    [
        (
            "ראו תססת/.2 בתססת/.1 1952 גם",
            "IND/.5 Room London 1952 DA/.5",
            "גם Room London 1952 ראו",
        ),
        ("כתב 45-47 .קק/.6 8תס/.2 גם", "IND/.5 45-47 pp. Adler DA/.5", "גם pp. Adler 45-47 כתב"),
        ("וכן ;8תס/.2 .קק 45-47 גם", "1D/.5 ;Adler pp. 45-47 DA/.5", "גם Adler pp. 45-47; וכן"),
        ("תוקן ,אס/.2 1964) שני", "DIN/.5 (York, 1964) 1W/.5", "שני (York, 1964) תוקן"),
        ("לפי תסט/.2 סא/.3 5", "AB/.5 Annual Report 5", "5 Annual Report לפי"),
        ("תסט/.2 סא/.3 5", "Annual Report 5", "Annual Report 5"),
        ("דבר תסט/.2 גם", "737/.4 Annual/.7 DA/.5", "גם תסט דבר"),
        ("דבר תסט/.2 גם", "737/.9 1952/.9 DA/.5", "גם תסט דבר"),
        ("דבר שוין/.6 גם", "737/.4 pw/.85 DA/.5", "גם שוין דבר"),
        ("דבר עסע/.1 גם", "737/.4 PDF/.85 DA/.5", "גם PDF דבר"),
        ("דבר שלום גם", "737/.4 Annual/.85 DA/.5", "גם שלום דבר"),
    ],
)
def test_latin_words_stand_from_the_left(seen: str, english: str, text: str) -> None:
    assert read(seen, english) == text


def test_words_that_are_not_sure_and_numbers_beside_them_may_be_latin() -> None:
    words = [*line("דבר 45 .קק תסט/.2 גם שלום"), *line("עוד שורה טובה", 2), *line("Room הזה של", 3)]
    assert maybe_latin(words) == [(120, 50, 460, 90), (0, 150, 100, 190)]


def test_of_a_page_that_is_not_read_well_nothing_may_be_latin() -> None:
    assert maybe_latin(line("דבר/.3 אחר/.3 תסט/.2 גם")) == []
    assert maybe_latin([]) == []


def test_no_controls_of_direction_are_left_in_words() -> None:
    second = tesseract.second_model("he")
    assert second
    image = scans.page((scans.LINES[0], f"ספר {'Dewey Decimal Classification'[::-1]} הזה"))
    words = tesseract.read(image, second, 300, layout=tesseract.LINES)
    assert any(word.text == "Dewey" for word in words)
    assert not any(tesseract.CONTROL.search(word.text) for word in words)


def test_latin_words_and_their_numbers_are_read_off_a_page() -> None:
    image = scans.page((scans.LINES[0], MIXED, *scans.LINES[1:]))
    _, fast = read_page(image, Reading("he", "fast"))
    _, page = read_page(image, Reading("he"))
    assert fast.lines[1].text != (found := page.lines[1].text)
    assert found == f"{HEBREW} {LATIN}"
    assert [line.text for line in page.lines if line != page.lines[1]] == list(scans.LINES)
