"""Lines whose numbers are portions of their own: what PDFBox makes of them, and what they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from restore import restore_text
from restore.damage.number_runs import find_runs_at_numbers
from restore.evidence import evidence
from restore.formats import txt
from restore.order.ltr_portions import left_to_right, painted, paintings, turned
from restore.order.rotations import characters, ways

# As LibreOffice 7.4.7 painted them and Apache Tika gave them: as they are, and spread.
EXTRACTED = [
    ("נחסמה ל-19 ימים. רק ב-15.3.1935 הגיעה", " הגיעה15.3.1935 ימים. רק ב-19נחסמה ל-"),
    ("תוכנת Koha שומרת את", " שומרת אתKoha תוכנת "),
    ("היום יש בה 6,500 ספרים, מהם 40%", "בה  יש  מהם 6,500היום  ספרים,   40%"),
    ("בה מ-8 בבוקר עד 14 בצהריים, ובכל יום", "בבוקר עד 8בה מ- יום14  בצהריים, ובכל   "),
    ("שיעבד 2 שירים. באותה שנה יצא", "יצא2שיעבד  שירים. באותה שנה   "),
    ("ולא יותר מ-12 ספרים אבדו. תוכנת Koha", "Koha ספרים אבדו. תוכנת 12ולא יותר מ-"),
    ("Python שני תלמידים מכיתה ט'.", "Python.'שני תלמידים מכיתה ט "),
    ("התיאטרון ב-1945, הפך", "ב- הפך1945התיאטרון   ,"),
]


def texts(line: str, mirrored: bool = False) -> list[str]:
    return [way.text for way in ways(line, paintings(line), mirrored)]


@pytest.mark.parametrize(("true", "extracted"), EXTRACTED)
def test_a_line_is_among_those_that_were_painted_so(true: str, extracted: str) -> None:
    assert true in texts(extracted)


@pytest.mark.parametrize(("true", "extracted"), EXTRACTED)
def test_every_way_keeps_all_letters_once(true: str, extracted: str) -> None:
    for way in ways(extracted, paintings(extracted), mirrored=False):
        assert len(set(way.places)) == len(way.places)
        assert sorted(characters(way.text)) == sorted(characters(true))


@pytest.mark.parametrize(
    ("seen", "given"),
    [
        ("38 ןהבו", "ובהן 38"),
        ("1,250-מ םינופ", "פונים מ-1,250"),
        ("ABC םולש", "ABC שלום"),
        ("םולש ABC", "ABC שלום"),
        (" 157 ,", " 157 ,"),
    ],
)
def test_a_piece_is_turned_as_by_handle_direction(seen: str, given: str) -> None:
    assert "".join(seen[at] for at in turned(seen)) == given


def test_all_that_gives_a_piece_is_found() -> None:
    given = "ABC שלום"
    found = {"".join(given[at] for at in order) for order, _ in painted(given)}
    assert found == {"ABC םולש", "םולש ABC"}


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("כ-45,000 שקל, 60%", ["45,000", "60%"]),
        ("בשפת Python 3.11 החדשה", ["Python 3.11"]),
        ("חברת Ltd (UK), והיא", ["Ltd (UK)"]),
        ("17-19 וגם 5–6", ["17-19", "5", "6"]),
        ("אין כאן", []),
    ],
)
def test_numbers_and_latin_words_run_from_left_to_right(line: str, runs: list[str]) -> None:
    assert [line[start:stop] for start, stop in left_to_right(line)] == runs


def test_small_print_that_ends_with_a_number_is_looked_for() -> None:
    line = ", ומצד שני )52%(גידול של  1,900ל-"
    assert "ל-1,900 (גידול של 52%), ומצד שני" in texts(line)


def test_brackets_of_a_mirrored_document_are_read_as_they_were() -> None:
    line = " ימים, אמר (השר)30בתוך "
    assert "בתוך 30 ימים, אמר )השר(" in texts(line, mirrored=True)
    assert "בתוך 30 ימים, אמר (השר)" in texts(line)


def test_a_line_that_was_mended_says_still_that_lines_are_cut() -> None:
    """What most lines show in the first round, the last of them are read by in the second."""
    cases = json.loads(
        (Path(__file__).parent / "cases" / "runs-at-numbers.json").read_text(encoding="utf-8")
    )
    case = next(case for case in cases if case["label"] == "numbers that are marks of notes")
    known = evidence("he")
    known.forget()
    document = txt.read(case["damaged"], "he")
    first = list(find_runs_at_numbers(document, known))
    assert first
    mended = txt.read(case["restored"], "he")
    lines, rest = mended.pages[0].lines, document.pages[0].lines
    texts = [line.text for line in lines[:-1]] + [rest[-1].text]
    again = list(find_runs_at_numbers(txt.read("\n".join(texts) + "\n", "he"), known))
    assert [finding.place.line for finding in again] == [len(texts) - 1]
    assert again[0].confidence > 0.9
    known.forget()
    alone = find_runs_at_numbers(txt.read("\n".join(texts) + "\n", "he"), known)
    assert not any(finding.confidence > 0.9 for finding in alone)


def test_a_line_that_numbers_leave_in_doubt_is_not_put_in_another_order() -> None:
    """What no line with numbers can have been, words do not make it."""
    cases = json.loads(
        (Path(__file__).parent / "cases" / "runs-at-numbers.json").read_text(encoding="utf-8")
    )
    case = next(case for case in cases if case["expect"] == "fail")
    wanted = [characters(line) for line in case["restored"].splitlines()]
    given = [characters(line) for line in case["damaged"].splitlines()]
    mended = restore_text(case["damaged"]).page_text.splitlines()
    assert all(characters(line) in wanted + given for line in mended)
