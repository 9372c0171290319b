"""Ranges that OCR has turned around: mended in texts read by OCR, and nowhere else."""

from __future__ import annotations

import pytest

from restore import restore_text, undo
from restore.damage.ranges import TURNED_RANGES


def mended(text: str, ocr: bool = True, confidence: float = 0.9) -> str:
    chosen = {"ocr": ocr, "confidence": confidence, "only": [TURNED_RANGES]}
    result = restore_text(text + "\n", **chosen)  # type: ignore[arg-type]
    assert undo(result.document, result.changes) == result.original
    return result.page_text.rstrip("\n")


@pytest.mark.parametrize(
    ("read", "true"),
    [
        ("ראו עמ' 119-112.", "ראו עמ' 112-119."),
        ("הוא חי כאן (1988-1980) ומת", "הוא חי כאן (1980-1988) ומת"),
        ("גולן (עמ' 207-203, 98-61) כתב", "גולן (עמ' 203-207, 98-61) כתב"),
        ("ילדים בני 12-11 שיחקו", "ילדים בני 11-12 שיחקו"),
        ("היו 30-20 איש, 50-40 נשים ו-15-10 ילדים", "היו 20-30 איש, 40-50 נשים ו-10-15 ילדים"),
    ],
)
def test_ranges_that_fall_are_turned_in_a_text_read_by_ocr(read: str, true: str) -> None:
    assert mended(read) == true
    assert mended(read, ocr=False) == read


@pytest.mark.parametrize(
    "text",
    [
        "ראו עמ' 112-119 ועמ' 203-7",
        "מטוס בואינג 747-400 נחת",  # one alone, which nothing says to be a range
        "טלפון 02-6712345 או 52-41-30",
        "מיום 30-12-1949 ועד 21-20.5",
        "בשעה 12:30-11:15, כרך 3-2",
        "מספר 965-07-12 ועמ' 17-17",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mended(text) == text


def test_a_range_alone_is_a_doubt() -> None:
    assert mended("היו שם 30-20 איש") == "היו שם 30-20 איש"
    assert mended("היו שם 30-20 איש", confidence=0.5) == "היו שם 20-30 איש"
