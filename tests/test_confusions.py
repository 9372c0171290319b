"""Letters that OCR confuses: mended in long quotes of texts read by OCR, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from restore import Kind, Place, replay, restore_text, undo
from restore.damage.confusions import CONFUSED_LETTERS, LONG, find_confused_letters
from restore.evidence import Evidence
from restore.formats import txt
from restore.languages import language
from restore.works.library import CHAPTER, Section, library
from restore.works.quotes import Quotes

GENESIS = "כי ידעתיו למען אשר יצוה את בניו ואת ביתו אחריו ושמרו דרך יהוה לעשות צדקה ומשפט"
AVOT = "אל תהיו כעבדים המשמשים את הרב על מנת לקבל פרס אלא הוו כעבדים המשמשים את הרב"
PSALM = "מזמור לדוד יהוה רעי לא אחסר בנאות דשא ירביצני על מי מנחות ינהלני"

CASES = {
    "bet and kaf": (GENESIS, "בניו", "כניו"),
    "dalet and resh": (GENESIS, "דרך", "ררך"),
    "resh and dalet": (AVOT, "הרב", "הדב"),
    "he and het": (GENESIS, "אחריו", "אהריו"),
    "mem and samekh": (AVOT, "המשמשים", "המשמשיס"),
    "vav and zayin": (GENESIS, "ושמרו", "זשמרו"),
    "two letters of a word": (AVOT, "כעבדים", "בעברים"),
    "with niqqud and marks": (GENESIS, "בניו", "כָּנָיו,"),
    "letters of two words": (GENESIS, "בניו ואת ביתו", "כניו ואת כיתו"),
}
UNHARMED = {
    "another word": GENESIS.replace("בניו", "בנותיו"),
    "a spelling of its own": AVOT.replace("כעבדים", "כעבדין"),
    "a letter that OCR tells apart": GENESIS.replace("בניו", "בליו"),
    "a word left out": GENESIS.replace("את בניו ", ""),
    "a final letter inside a word": GENESIS.replace("בניו", "בןיו"),
    "too short a quote": "ולכן אל תהיו כעכדים המשמשים את הרב",
    "too many letters": GENESIS.replace("בניו", "כניו")
    .replace("ביתו", "כיתו")
    .replace("דרך", "ררך"),
    "another work": GENESIS.replace("ידעתיו", "ידענו").replace("אחריו", "אחרינו"),
    "no quote": "קניתי כגד חדש ורכב ישן בשוק של העיר החרשה ליד הנהר הגרול",
}


@pytest.mark.parametrize(("sound", "word", "misread"), CASES.values(), ids=CASES)
def test_a_letter_is_mended_in_a_text_read_by_ocr(sound: str, word: str, misread: str) -> None:
    damaged = sound.replace(word, misread, 1)
    result = restore_text(damaged + "\n", ocr=True, confidence=0.5)
    marks = [letter for letter in misread if letter not in word and not letter.isalpha()]
    assert "".join(c for c in result.page_text.strip() if c not in marks) == sound
    assert [change.finding.damage for change in result.changes[:1]] == [CONFUSED_LETTERS]
    assert undo(result.document, result.changes) == result.original
    assert replay(result.original, result.changes) == result.document


@pytest.mark.parametrize(("sound", "word", "misread"), CASES.values(), ids=CASES)
def test_in_other_texts_it_is_a_doubt_at_most(sound: str, word: str, misread: str) -> None:
    damaged = sound.replace(word, misread, 1)
    result = restore_text(damaged + "\n", confidence=0.0)
    assert result.page_text == damaged + "\n"
    assert [doubt.damage for doubt in result.doubts] in ([], [CONFUSED_LETTERS])


@pytest.mark.parametrize("text", UNHARMED.values(), ids=UNHARMED)
def test_what_an_author_may_have_written_stays(text: str) -> None:
    result = restore_text(text + "\n", ocr=True, confidence=0.0, only=[CONFUSED_LETTERS])
    assert result.page_text == text + "\n"
    assert not result.changes
    assert not result.doubts


def test_the_change_names_the_passage_and_can_be_refused() -> None:
    damaged = GENESIS.replace("בניו", "כניו")
    (change,) = restore_text(damaged, ocr=True, only=[CONFUSED_LETTERS]).changes
    assert change.finding.reason == "כניו is בניו in בראשית יח, יט"
    refused = restore_text(damaged, ocr=True, only=[CONFUSED_LETTERS], refused=[change.id])
    assert not refused.changes
    (doubt,) = restore_text(damaged, only=[CONFUSED_LETTERS]).doubts
    assert doubt.reason == change.finding.reason
    assert doubt.confidence < change.finding.confidence


def test_below_the_confidence_asked_for_it_is_a_doubt() -> None:
    """אותו and אותן are both words that stand there in some edition."""
    damaged = AVOT.replace("הרב", "הדב", 1)
    result = restore_text(damaged, ocr=True, confidence=1.0, only=[CONFUSED_LETTERS])
    assert result.page_text == damaged
    assert len(result.doubts) == 1


def found(text: str, evidence: Evidence | None = None) -> list[float]:
    known = evidence or Evidence(language("he"))
    return [f.confidence for f in find_confused_letters(txt.read(text, ocr=True), known)]


def test_what_is_a_word_itself_is_less_sure() -> None:
    """An edition may have written it; what is no word was misread."""
    (word,) = found(GENESIS.replace("ביתו", "ביתן"))
    (nothing,) = found(GENESIS.replace("ביתו", "כיתו"))
    assert word < nothing


def test_many_misread_letters_make_each_surer() -> None:
    """How often letters were misread is learned from the document."""
    one = GENESIS.replace("ביתו", "כיתו")
    many = "\n".join([one, *(case[0].replace(*case[1:], 1) for case in CASES.values())])
    assert found(many)[0] > found(one)[0]


def test_a_quote_goes_over_lines_and_heads_take_no_part() -> None:
    words = GENESIS.replace("בניו", "כניו").split()
    document = txt.read("\n".join([" ".join(words[:5]), "כותרת", " ".join(words[5:])]), ocr=True)
    head = replace(document.pages[0].lines[1], kind=Kind.HEAD)
    marked = document.with_lines({Place(0, 1): head})
    (finding,) = find_confused_letters(marked, Evidence(language("he")))
    assert finding.place.line == 2


def test_works_of_the_user_count_too() -> None:
    story = "הדייג הזקן הפליג בסירתו הכחולה אל מול הרוח ופרש את רשתו ליד המפרץ"
    own = library("mine", [Section("סיפור", CHAPTER, (1,), story)])
    damaged = story.replace("הרוח", "הדוח")
    assert not found(damaged)
    assert found(damaged, Evidence(language("he"), Quotes([own])))


def test_the_shortest_quote_has_so_many_words_besides() -> None:
    words = PSALM.split()
    at = words.index("אחסר")
    text = " ".join(words[: at + 3]).replace("רעי", "דעי")
    assert len(text.split()) == LONG + 2
    assert found(text)
    assert not found(" ".join(text.split()[2:]))


def test_the_command_line_is_told_what_was_read_by_ocr(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(GENESIS.replace("בניו", "כניו") + "\n", "utf-8")
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "restore", "fix", *options, str(path)],
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout.decode()
        for options in ([], ["--ocr-text"])
    ]
    assert ["כניו" in output for output in outputs] == [True, False]
