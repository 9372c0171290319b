"""Words that OCR has misread: mended in texts read by OCR, and nowhere else."""

from __future__ import annotations

import pytest

from restore import restore_text
from restore.damage.misread import MISREAD_WORDS, find_misread_words
from restore.evidence import evidence
from restore.formats import txt

TRUE = "הילדים הלכו אל בית הספר הגדול"


@pytest.mark.parametrize(
    "misread",
    [
        "הילדיס הלכו אל בית הספר הגדול",
        "הילדים הלכו אל בית הספר הנדול",
        "הילדיס הלכו אל בית הספר הנדול",
    ],
)
def test_a_word_that_is_none_is_mended_in_a_text_read_by_ocr(misread: str) -> None:
    result = restore_text(misread + "\n", ocr=True)
    assert result.text == TRUE + "\n"
    assert [c.finding.damage for c in result.changes if c.before.text != c.after.text] == [
        MISREAD_WORDS
    ]
    assert restore_text(misread + "\n").text == misread + "\n"


@pytest.mark.parametrize(
    "text",
    [
        TRUE,
        'הקב"ה והרמב"ם אמרו כך',
        "קנייבל ושטרנהרץ הלכו",  # names that no letter makes words
        "הַיְּלָדִיס הלכו",  # points say what was meant
        "הס על כן",  # too short
    ],
)
def test_other_words_stay(text: str) -> None:
    result = restore_text(text + "\n", ocr=True, confidence=0.0, only=[MISREAD_WORDS])
    assert result.text == text + "\n"


def test_two_letters_that_were_read_as_one_are_told_from_one() -> None:
    """הדץ is הדין rather than הרץ, which is rarer."""
    result = restore_text("על פי הדץ הלכו הילדיס\n", ocr=True)
    assert result.text == "על פי הדין הלכו הילדים\n"


def test_a_final_letter_is_not_put_inside_a_word() -> None:
    result = restore_text("מסדרת ובסדרה\n", ocr=True, confidence=0.0, only=[MISREAD_WORDS])
    assert "ם" not in result.text


def test_a_document_tells_how_likely_a_pair_of_letters_was_misread() -> None:
    """One such word in a long text is as likely a rare word; many are misread."""

    def sure(misread: int, sound: int) -> float:
        text = f"{'הילדיס '}\n" * misread + f"{TRUE}\n" * sound
        document = txt.read(text, ocr=True)
        return min(f.confidence for f in find_misread_words(document, evidence("he")))

    assert sure(1, 10) > 0.97
    assert sure(1, 1000) < 0.6
    assert sure(20, 1000) > 0.95
