from __future__ import annotations

import json
import lzma
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import pairwise
from operator import add
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restore import files
from restore.works.fingerprints import (
    CODES,
    LETTERS,
    STOP,
    Units,
    encoded,
    fingerprint,
    fingerprints,
    fingerprints_of,
    respellings,
    skeleton,
)
from restore.works.library import (
    BUILT_IN,
    CHAPTER,
    FOLIO,
    Library,
    Section,
    cited,
    library,
    numeral,
)
from restore.works.quotes import Quote, Quotes
from restore.works.reference import sections

LARGEST = 8_000_000  # bytes
OPENING = 0.05  # seconds of processor time
MOST_MEMORY = 150_000  # kB
BUILDER = Path(__file__).parents[1] / "scripts" / "build_reference.py"
STORY = (
    "בשעת בוקר מוקדמת יצא הדייג הזקן מן הנמל הקטן והפליג בסירתו הכחולה אל מול הרוח. "
    "הגלים היו גבוהים מן הרגיל אבל הוא לא חשש, שהרי ארבעים שנה הכיר את המפרץ ואת סלעיו. "
    "לעת צהריים מצא להקה גדולה של סרדינים, פרש את רשתו והמתין בסבלנות עד שקיעת החמה."
)
LETTER = (
    "אחותי היקרה שלום רב, קיבלתי את מכתבך מיום ראשון ושמחתי לשמוע שהילדים החלימו מן השפעת. "
    "אצלנו החורף קשה, והגג שוב דולף מעל המטבח, אך השכן הבטיח לתקן אותו לפני החג."
)
SMALL = library(
    "small",
    [
        Section("סיפור הדייג", CHAPTER, (1, number), text)
        for number, text in enumerate(STORY.split(". "), start=1)
    ]
    + [Section("מכתבים", FOLIO, (4, number), text) for number, text in enumerate([LETTER], 1)],
)
PROSE = (
    "הממשלה החליטה אתמול להאריך את תוקף התקנות בחצי שנה נוספת, למרות התנגדותם של כמה שרים. "
    "נהגי האוטובוסים הודיעו שישבתו מחר משעות הבוקר, ודובר החברה ביקש מן הנוסעים להיערך מראש."
)


@pytest.fixture(scope="module")
def built_in() -> Quotes:
    return Quotes([Library.read(BUILT_IN)])


def found(quotes: Quotes, text: str) -> dict[str, str]:
    """The quotes of a text by their places."""
    words = text.split()
    return {q.place: " ".join(words[q.start : q.stop]) for q in quotes.find(words)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ירושלים", "ירושלם"),
        ("כׇּל־הָאָרֶץ", "כל הארץ"),
        ("לה'", "ליהוה"),
        ("אלקיך", "אלהיך"),
        ("אלוקינו", "אלהינו"),
        ("כעבדין", "כעבדים"),
        ('"שלום,', "שלום"),
        ("רמב״ם", 'רמב"ם'),
        ("שלושה", "שלשה"),
        ("ﬡבﬡ", "אבא"),
    ],
)
def test_spellings_of_a_word_have_one_fingerprint(one: str, other: str) -> None:
    joined = [code for word in other.split() for code in fingerprints(word)]
    assert list(fingerprints(one)) == joined


@pytest.mark.parametrize(("one", "other"), [("לו", "לא"), ("שלום", "שלם "), ("בני", "בן")])
def test_other_words_do_not(one: str, other: str) -> None:
    assert (fingerprints(one) == fingerprints(other)) == (other == "שלם ")


def test_what_breaks_a_quotation_off_is_no_word() -> None:
    assert [fingerprints(word) for word in ("וגו'", "וכו׳", "וגומר")] == [(STOP,)] * 3


NAMES = ["יהוה", "אדני", "השם", "וגו", "כו", "אלוקים", "אלקינו", "שלומין", "דקל", "ק", "יי"]


@given(
    st.lists(
        st.text("אבדהויכלמםנןקשץת", min_size=1)
        | st.builds(add, st.text("ושהכלבמ"), st.sampled_from(NAMES))
    )
)
def test_fingerprints_worked_out_at_once_are_as_those_of_each_word(words: list[str]) -> None:
    assert fingerprints_of(words).tolist() == [fingerprint(word) for word in words]


@given(st.text("אבדהויכלמםנןקשץת", max_size=8))
def test_respellings_are_those_of_each_word_in_one_letter(word: str) -> None:
    """Every way of writing that differs in one letter, one after the other."""
    bare = skeleton(word) if word else ""
    letters = range(len(bare))
    others = {bare[:at] + bare[at + 1 :] for at in letters}
    others |= {bare[:at] + bare[at : at + 2][::-1] + bare[at + 2 :] for at in letters}
    for other in LETTERS:
        others |= {bare[:at] + other + bare[at:] for at in range(len(bare) + 1)}
        others |= {bare[:at] + other + bare[at + 1 :] for at in letters}
    expected = {fingerprint(other) for other in others - {bare, ""}} if len(bare) > 2 else set()
    assert [codes.tolist() for codes in respellings([f"{word},", word])] == [sorted(expected)] * 2


def test_each_fingerprint_knows_its_word() -> None:
    """A word with a maqaf has two, a number none."""
    codes, owners = encoded(["על־כל", "(144)", "הארץ"])
    assert owners.tolist() == [0, 0, 2]
    assert len(codes) == 3


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "א"), (15, "טו"), (16, "טז"), (119, "קיט"), (304, "שד"), (400, "ת")]
)
def test_numbers_in_letters(number: int, letters: str) -> None:
    assert numeral(number) == letters


@pytest.mark.parametrize(
    ("name", "style", "numbers", "place"),
    [
        ("בראשית", CHAPTER, (18, 19, 0), "בראשית יח, יט"),
        ("משנה אבות", CHAPTER, (1, 3, 0), "משנה אבות א, ג"),
        ("ברכות", FOLIO, (9, 12, 0), 'ברכות ה ע"א'),
        ("ברכות", FOLIO, (10, 1, 0), 'ברכות ה ע"ב'),
    ],
)
def test_places_are_cited_as_the_field_does(
    name: str, style: str, numbers: tuple[int, ...], place: str
) -> None:
    assert cited(name, style, numbers) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('הנה "מלא כל הארץ כבודו" אמרו', "ישעיהו ו, ג"),
        ("וזה שנאמר עולם חסד יבנה, והבן", "תהילים פט, ג"),
        ("כי ידעתיו למען אשר יצוה את בניו ואת ביתו אחריו", "בראשית יח, יט"),
        ("ועל כן אל תהיו כעבדים המשמשים את הרב על מנת לקבל פרס", "משנה אבות א, ג"),
        ("לפיכך בראשית ברא אלקים את השמים ואת הארץ", "בראשית א, א"),
        ("שמע ישראל ה' אלקינו ה' אחד", "דברים ו, ד"),
        # The Kuzari announces the verse with the same word.
        ("ועוד נאמר מלא כל הארץ כבודו והיינו", "ישעיהו ו, ג"),
    ],
)
def test_known_quotes_are_named(built_in: Quotes, text: str, place: str) -> None:
    assert place in found(built_in, text)


def test_quotes_may_be_abridged_respelled_and_interrupted(built_in: Quotes) -> None:
    told = found(built_in, "אל תהיו, כך לימד הזקן, כעבדין המשמשין הרב על מנת שלא לקבול פרס")
    assert "משנה אבות א, ג" in told


def test_a_quote_goes_over_the_end_of_a_verse(built_in: Quotes) -> None:
    text = "ואת הארץ והארץ היתה תהו ובהו וחשך על פני תהום"
    assert found(built_in, text) == {"בראשית א, א": text}


@pytest.mark.parametrize("text", [PROSE, STORY, LETTER, "", "א", "144 abc", "וגו' וגו' וגו'"])
def test_nothing_is_found_in_other_text(built_in: Quotes, text: str) -> None:
    assert built_in.find(text.split()) == []
    assert built_in.passages(text.split()[:14]) == []


def test_a_small_library_is_enough() -> None:
    quotes = Quotes([SMALL])
    words = f"{PROSE} הגלים היו גבוהים מן הרגיל אבל הוא לא חשש {PROSE}".split()
    (quote,) = quotes.find(words)
    assert quote.place == "סיפור הדייג א, ב"
    assert " ".join(words[quote.start : quote.stop]) == "הגלים היו גבוהים מן הרגיל אבל הוא לא חשש"
    assert quote.exactness == 1
    assert quote.log_odds > 0


def test_quotes_of_several_libraries_are_found_together(built_in: Quotes) -> None:
    both = Quotes([*built_in.libraries, SMALL])
    text = f"הגלים היו גבוהים מן הרגיל אבל הוא לא חשש {PROSE} בראשית ברא אלהים את השמים ואת הארץ"
    assert list(found(both, text)) == ["סיפור הדייג א, ב", "בראשית א, א"]


def test_a_verse_is_named_before_a_work_that_quotes_it(built_in: Quotes) -> None:
    verses = "וקרא זה אל זה ואמר קדוש קדוש קדוש ה' צבאות מלא כל הארץ כבודו"
    sermon = library("mine", [Section("דרשה", CHAPTER, (1,), f"{STORY} {verses} {LETTER}")])
    both = Quotes([*built_in.libraries, sermon])
    assert list(found(both, verses)) == ["ישעיהו ו, ג"]
    assert list(found(both, 'הנה "מלא כל הארץ כבודו" אמרו')) == ["ישעיהו ו, ג"]
    words = random.Random(2).sample(verses.split(), len(verses.split()))
    assert [passage.place for passage in both.passages(words)] == ["ישעיהו ו, ג"]
    assert list(found(both, f"{verses} {LETTER}"))[-1] == "דרשה א"


def test_words_in_any_order_are_put_in_that_of_the_passage(built_in: Quotes) -> None:
    passage = ["כי", "ידעתיו", "למען", "אשר", "יצוה", "את", "בניו", "ואת", "ביתו", "אחריו"]
    chance = random.Random(3)
    for _ in range(20):
        words = chance.sample(passage, len(passage))
        (told,) = built_in.passages(words)
        assert told.place == "בראשית יח, יט"
        assert [words[index] for index in told.order] == passage
        assert told.neighbours == tuple((*pair, 1.0) for pair in pairwise(told.order))


def test_words_that_are_not_in_the_passage_are_left_out(built_in: Quotes) -> None:
    words = ["השכן", "ברא", "הארץ", "השמים", "בראשית", "אלהים", "דולף", "ואת", "את"]
    (told,) = built_in.passages(words)
    assert " ".join(words[index] for index in told.order) == "בראשית ברא אלהים את השמים ואת הארץ"


def test_a_gap_in_the_passage_is_no_neighbourhood(built_in: Quotes) -> None:
    """Between the words stands one that the line does not have: nobody knows what follows."""
    words = [
        "יבנה",
        "אמונתך",
        "תכן",
        "חסד",
        "שמים",
        "בהם",
        "עולם",
        "אמרתי",
    ]
    passage = built_in.passages(words)[0]
    assert passage.place == "תהילים פט, ג"
    missing = [word for word in words if word != "חסד"]
    told = built_in.passages(missing)[0]
    assert missing.index("עולם") in told.order
    assert missing.index("עולם") not in [pair.one for pair in told.neighbours]


def test_a_common_word_beyond_one_that_the_author_left_out_has_its_place(
    built_in: Quotes,
) -> None:
    """In the verse stands ונחמתי before the last word; alone it would not pay for that."""
    passage = ["הגוי", "ההוא", "מרעתו", "אשר", "דברתי", "עליו", "על"]
    chance = random.Random(2)
    for _ in range(5):
        words = chance.sample(passage, len(passage))
        (told,) = built_in.passages(words)
        assert told.place == "ירמיהו יח, ח"
        assert [words[index] for index in told.order] == passage
        assert words.index("על") not in {pair.other for pair in told.neighbours}


@pytest.mark.parametrize(("word", "there"), [("והארץ", True), ("היתה", False)])
def test_two_words_at_most_stand_before_a_word_beyond_a_passage(
    built_in: Quotes, word: str, there: bool
) -> None:
    """After את השמים come ואת הארץ והארץ היתה."""
    words = ["השמים", word, "אלהים", "את", "בראשית", "ברא"]
    (told,) = built_in.passages(words)
    assert (words.index(word) in told.order) is there


def test_equal_words_can_stand_for_each_other(built_in: Quotes) -> None:
    """Which אחד of the line is which of the verse cannot be known, and need not be."""
    words = ["אחד", "יום", "בקר", "ויהי", "ערב", "ויהי", "אחד"]
    (told,) = built_in.passages(words)
    assert told.place == "בראשית א, ה"
    assert {(words[one], words[other]) for one, other, _ in told.neighbours} == {
        ("ויהי", "ערב"), ("ערב", "ויהי"), ("ויהי", "בקר"), ("בקר", "יום"), ("יום", "אחד"),
    }  # fmt: skip
    ends = {other for one, other, _ in told.neighbours if words[one] == "יום"}
    assert ends == {0, 6}


def test_a_word_that_the_passage_has_twice_may_stand_at_either_place(built_in: Quotes) -> None:
    """One of the two אור is not in the line."""
    words = ["ויאמר", "אלהים", "ויהי", "אור", "יהי"]
    (told,) = built_in.passages(words)
    assert told.place == "בראשית א, ג"
    pairs = {(words[one], words[other]): share for one, other, share in told.neighbours}
    assert pairs["ויאמר", "אלהים"] == 1
    assert pairs["יהי", "אור"] == pairs["ויהי", "אור"] == 0.5


@pytest.mark.parametrize("word", ["בדאשית", "ראשית", "בראשיתת", "ברשאית"])
def test_a_word_with_a_letter_amiss_has_its_place(built_in: Quotes, word: str) -> None:
    words = ["הארץ", "ואת", "אלהים", "את", word, "השמים", "ברא"]
    (told,) = built_in.passages(words)
    assert " ".join(words[i] for i in told.order) == f"{word} ברא אלהים את השמים ואת הארץ"
    pairs = {(words[one], words[other]): share for one, other, share in told.neighbours}
    assert 0.5 < pairs[word, "ברא"] < 1


def test_a_short_word_with_a_letter_amiss_has_none(built_in: Quotes) -> None:
    words = ["הארץ", "ואת", "אלהים", "אל", "בראשית", "השמים", "ברא"]
    (told,) = built_in.passages(words)
    assert words.index("אל") not in told.order


def test_of_a_word_in_two_parts_the_last_leads_on(built_in: Quotes) -> None:
    words = ["הארץ", "ואת־", "אלהים", "את־השמים", "בראשית", "ברא"]
    (told,) = built_in.passages(words)
    pairs = {(words[one], words[other]) for one, other, _ in told.neighbours}
    assert ("אלהים", "את־השמים") in pairs
    assert ("את־השמים", "ואת־") in pairs
    assert ("ואת־", "את־השמים") not in pairs


def test_two_passages_in_a_line_are_both_found(built_in: Quotes) -> None:
    one = ["בראשית", "ברא", "אלהים", "את", "השמים", "ואת", "הארץ"]
    two = ["על", "שלשה", "דברים", "העולם", "עומד", "על", "התורה", "ועל", "העבודה"]
    words = random.Random(5).sample(one + two, len(one + two))
    places = {passage.place for passage in built_in.passages(words)}
    assert places == {"בראשית א, א", "משנה אבות א, ב"}


def test_the_built_in_library_is_small_and_opens_fast() -> None:
    assert BUILT_IN.stat().st_size <= LARGEST
    start = time.process_time()
    opened = Library.read(BUILT_IN)
    assert time.process_time() - start < OPENING
    names = {work.name for work in opened.works}
    assert {"בראשית", "תהילים", "משנה אבות", "מסילת ישרים"} <= names


def test_no_text_is_in_a_library() -> None:
    """Only names of works are; many words share a fingerprint."""
    data = SMALL.data()
    assert "מכתבים".encode() not in data.split(b"\n", 2)[2]
    assert "סרדינים".encode() not in data


def test_a_library_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "small.quotes"
    path.write_bytes(SMALL.data())
    again = Library.read(path)
    assert again.name == "small"
    assert again.works == SMALL.works
    assert np.array_equal(again.codes, SMALL.codes)
    assert again.place(len(again.codes) - 1) == 'מכתבים ב ע"ב'
    assert again.data() == SMALL.data()


def test_the_greatest_fingerprint_has_its_place() -> None:
    """After it there is no next one to search up to."""
    greatest = "צלטש"
    assert fingerprints(greatest) == (CODES - 1,)
    text = f"{greatest} {greatest} {greatest} הדייג הזקן הפליג בסירתו"
    quotes = Quotes([library("x", [Section("x", CHAPTER, (1,), text)])])
    (quote,) = quotes.find(text.split())
    assert (quote.start, quote.stop) == (0, 7)


def test_a_text_may_have_more_paragraphs_than_a_number_has_bits() -> None:
    long = [Section("x", CHAPTER, (number,), "מילה") for number in (1, 65_535, 65_536)]
    made = library("long", long)
    assert [made.place(at) for at in (0, 2)] == ["x א", "x"]


def test_what_is_no_library_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "x.quotes"
    path.write_bytes(b"something else\n")
    with pytest.raises(ValueError, match=r"x\.quotes is not a library"):
        Library.read(path)
    path.write_bytes(SMALL.data()[:-1])
    with pytest.raises(ValueError, match=r"x\.quotes is not whole"):
        Library.read(path)


def test_a_library_without_a_hebrew_word_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="Hebrew words"):
        library("x", [Section("x", CHAPTER, (1,), "only English")])


SEFARIA = {
    "title": "Berakhot",
    "heTitle": "ברכות",
    "sectionNames": ["Daf", "Line"],
    "text": [[], [], ["מאימתי קורין את <b>שמע</b> בערבין"], ["אמר מר משעה שהכהנים"]],
}
SEFARIA_TEXT = (
    "Job\nאיוב\nmerged\nhttps://x\n\nChapter 1\n\n"
    "איש היה בארץ עוץ\nויולדו לו\n\nChapter 2\n\nויהי היום"
)
OSIS = """<?xml version="1.0" encoding="UTF-8"?>
<osis xmlns="http://www.bibletechnologies.net/2003/OSIS/namespace"><osisText><div type="book">
<chapter osisID="Gen.1"><verse osisID="Gen.1.1"><w>ב/ראשית</w>
<w>ברא</w><note>שוליים</note></verse>
<verse osisID="Gen.1.2"><w>והארץ</w></verse></chapter>
<chapter osisID="1Sam.1"><verse sID="1Sam.1.1" osisID="1Sam.1.1"/>ויהי
איש<verse eID="1Sam.1.1"/> עוד
</chapter></div></osisText></osis>"""
TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>Ways</title><title>דרכים</title>
</teiHeader><text><body><div n="3"><head>כותרת</head><p>פסקה ראשונה<note>הערה</note></p>
<p n="7">פסקה שנייה</p></div></body></text></TEI>"""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.txt", "שורה\n\nעוד שורה", [("x א", "שורה"), ("x ב", "עוד שורה")]),
        (
            "x.txt",
            SEFARIA_TEXT,
            [
                ("איוב א, א", "איש היה בארץ עוץ"),
                ("איוב א, ב", "ויולדו לו"),
                ("איוב ב, א", "ויהי היום"),
            ],
        ),
        (
            "x.json",
            json.dumps(SEFARIA),
            [
                ('ברכות ב ע"א', "מאימתי קורין את שמע בערבין"),
                ('ברכות ב ע"ב', "אמר מר משעה שהכהנים"),
            ],
        ),
        (
            "x.xml",
            OSIS,
            [("בראשית א, א", "בראשית ברא"), ("בראשית א, ב", "והארץ"), ("שמואל א א, א", "ויהי איש")],
        ),
        ("x.tei", TEI, [("דרכים ג, א", "פסקה ראשונה"), ("דרכים ג, ז", "פסקה שנייה")]),
    ],
)
def test_works_are_read_with_their_places(
    name: str, text: str, told: list[tuple[str, str]]
) -> None:
    read = [
        (cited(part.work, part.style, part.numbers), " ".join(part.text.split()))
        for part in sections(name, text)
    ]
    assert read == told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.json", "{", r"x\.json cannot be read"),
        ("x.json", "[]", "no text of Sefaria"),
        ("x.xml", "<a>", r"x\.xml cannot be read"),
        ("x.xml", "<a/>", "neither TEI nor OSIS but <a>"),
        ("x.doc", "", r"give \.txt, \.json"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        sections(name, text)


def run(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``restore quotes`` with the user's data in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "restore", "quotes", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "XDG_DATA_HOME": str(data), "HOME": str(data), "PYTHONUTF8": "1"},
        check=False,
        timeout=60,
    )


def test_works_of_the_user_are_added_used_listed_and_removed(tmp_path: Path) -> None:
    works = tmp_path / "works"
    (works / "Job" / "Hebrew").mkdir(parents=True)
    (works / "Job" / "Hebrew" / "merged.json").write_text(json.dumps(SEFARIA), "utf-8")
    (works / "Job" / "Hebrew" / "version.json").write_text("not read", "utf-8")
    (works / "דייג.txt").write_text(STORY, "utf-8")
    text = tmp_path / "x.txt"
    text.write_text("ראשונה\nשנייה: הגלים היו גבוהים מן\nהרגיל אבל הוא לא חשש. סוף\n", "utf-8")
    assert run(tmp_path, "find", text).stdout == ""
    added = run(tmp_path, "add", "mine", works)
    assert (added.returncode, added.stdout[:13]) == (0, "mine: 2 works")
    assert "mine: 2 works" in run(tmp_path, "list").stdout
    assert run(tmp_path, "find", text).stdout == (
        f"{text}:2: דייג א (exact): הגלים היו גבוהים מן הרגיל אבל הוא לא חשש.\n"
    )
    (quote,) = json.loads(run(tmp_path, "find", text, "--json").stdout)["quotes"]
    assert (quote["line"], quote["library"], quote["place"]) == (2, "mine", "דייג א")
    part = text.read_text("utf-8")[quote["start"] : quote["stop"]]
    assert part == "הגלים היו גבוהים מן\nהרגיל אבל הוא לא חשש."
    assert run(tmp_path, "remove", "mine").returncode == 0
    assert run(tmp_path, "find", text).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("find", "nowhere.txt"), "there is no file nowhere.txt"),
        (("remove", "mine"), "no library 'mine'; there is none of your own"),
        (("add", "built-in", "x.txt"), "cannot name a library"),
        (("add", "../x", "x.txt"), "cannot name a library"),
        (("add", "x", "nowhere.txt"), "there is no file nowhere.txt"),
        (("add", "x", "."), "there is no work in ."),
    ],
)
def test_misuse_is_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "restore", "quotes", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path / "empty",
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def add_mine(home: Path) -> Path:
    """A text that is in the library "mine"."""
    text = home / "דייג.txt"
    text.write_text(STORY, "utf-8")
    assert run(home, "add", "mine", text).returncode == 0
    return text


def test_a_failed_addition_leaves_what_was_there(tmp_path: Path) -> None:
    add_mine(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.quotes")}
    (tmp_path / "bad.json").write_text("{", "utf-8")
    assert run(tmp_path, "add", "mine", tmp_path / "bad.json").returncode == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.quotes")} == before


def test_a_damaged_library_is_named(tmp_path: Path) -> None:
    text = add_mine(tmp_path)
    (path,) = tmp_path.rglob("*.quotes")
    path.write_bytes(path.read_bytes()[:-3])
    done = run(tmp_path, "find", text)
    assert done.returncode == 2
    assert "mine.quotes is not whole" in done.stderr


def test_quotes_come_in_order_and_apart(built_in: Quotes) -> None:
    text = (
        "בראשית ברא אלהים את השמים ואת הארץ וכן הלאה, ועוד נאמר "
        "מלא כל הארץ כבודו והיינו אל תהיו כעבדים המשמשים את הרב"
    )
    told: list[Quote] = built_in.find(text.split())
    assert len(told) == 3
    assert all(one.stop <= two.start for one, two in pairwise(told))


GENESIS = "בראשית ברא אלהים את השמים ואת הארץ"


def test_units_are_what_stands_between_white_space(built_in: Quotes) -> None:
    text = f" \n{GENESIS}\u00a0(א,\tא)  \n"
    units = Units(text)
    assert list(units) == [units[at] for at in range(len(units))] == text.split()
    assert units[1:3] == text.split()[1:3]
    assert units[-1] == "א)"
    assert built_in.find(units) == built_in.find(text.split())
    assert len(Units(" \n")) == 0


def tree(folder: Path) -> Path:
    """Works of every kind as people have them: an export of Sefaria, OSIS, TEI and plain text."""
    lines = STORY.split(". ")
    job = {**SEFARIA, "heTitle": "חוף", "sectionNames": ["Chapter"], "text": [lines[0]]}
    files = {
        "json/Shore/Hebrew/merged.json": json.dumps(job),
        "json/Shore/Hebrew/Version A.json": "{",
        "json/Shore/English/merged.json": json.dumps({**job, "text": [f"he said {lines[1]}"]}),
        "txt/Sea/Hebrew/merged.txt": f"Sea\nים\nmerged\nhttps://x\n\nChapter 3\n\n{lines[1]}",
        "waves.xml": OSIS.replace("ב/ראשית", lines[2]).replace("Gen.", "Ruth."),
        "letter.tei": TEI.replace("פסקה ראשונה", LETTER),
        "notes.docx": "not read",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_trees_of_every_kind_are_added(tmp_path: Path) -> None:
    added = run(tmp_path, "add", "mine", tree(tmp_path / "works"))
    assert (added.returncode, added.stdout[:13]) == (0, "mine: 5 works")
    text = tmp_path / "x.txt"
    parts = STORY.split(". ")
    text.write_text(f"{PROSE}\n".join([*parts, LETTER]), "utf-8")
    told = json.loads(run(tmp_path, "find", text, "--json").stdout)["quotes"]
    assert {quote["place"] for quote in told} >= {"חוף א", "ים ג, א", "רות א, א", "דרכים ג, א"}


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left", "x")])
def test_an_addition_cut_short_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    path = tmp_path / "mine.quotes"
    path.write_bytes(SMALL.data())

    def fails(*_: object) -> None:
        raise failure

    # What is written is only moved to its place when all of it is on the disk.
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(type(failure)):
        files.replace(path, b"something else")
    assert path.read_bytes() == SMALL.data()
    assert list(tmp_path.iterdir()) == [path]


def test_an_addition_that_is_killed_leaves_no_library(tmp_path: Path) -> None:
    """It waits in the middle of its works, as a long one may be found, and then is ended."""
    text = add_mine(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.quotes")}
    pipe = tmp_path / "slow.txt"
    os.mkfifo(pipe)
    for sign in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(
            [sys.executable, "-m", "restore", "quotes", "add", "mine", str(text), str(pipe)],
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)},
            stderr=subprocess.DEVNULL,
            # A shell lets what it runs in the background ignore interrupts, and so its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        handle = os.open(pipe, os.O_WRONLY)  # once it reads
        time.sleep(0.2)
        process.send_signal(sign)
        os.close(handle)
        assert process.wait(timeout=60) in (130, -sign)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*.quotes*")} == before


def test_what_a_killed_addition_left_is_no_library(tmp_path: Path) -> None:
    add_mine(tmp_path)
    (path,) = tmp_path.rglob("*.quotes")
    path.with_name(".mine.quotes.abc123").write_bytes(b"half")
    assert run(tmp_path, "list").stdout.count("\n") == 2


def test_finding_quotes_takes_little_memory(tmp_path: Path) -> None:
    text = tmp_path / "x.txt"
    text.write_text(f"{PROSE} {GENESIS} {STORY}\n" * 2_000, "utf-8")
    assert text.stat().st_size > 1_500_000
    # Not ru_maxrss, which counts the process that started this one: proc_pid_status(5).
    code = (
        "import pathlib, sys\nfrom restore import cli\ntry:\n    cli.main(sys.argv[1:])\nfinally:\n"
        "    status = pathlib.Path('/proc/self/status').read_text().split()\n"
        "    print(status[status.index('VmHWM:') + 1], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "quotes", "find", str(text)],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        check=True,
        timeout=60,
    )
    assert done.stdout.count("\n") == 2_000
    assert int(done.stderr) < MOST_MEMORY


def test_the_same_texts_give_the_same_library(tmp_path: Path) -> None:
    """Built twice, with names hashed in another way, byte for byte."""
    for name, text in (
        ("tanakh", STORY),
        ("mishnah", LETTER),
        ("siddur", PROSE),
        ("mussar", STORY),
    ):
        records = [
            {"work": f"{name} {part}", "he": f"{name} {part}", "place": [1, number],
             "sections": ["Chapter", "Verse"], "text": sentence}
            for part in (1, 2)
            for number, sentence in enumerate(text.split(". "), start=part)
        ]  # fmt: skip
        packed(tmp_path / "reference" / f"{name}.jsonl.xz", map(json.dumps, records))
    for name in ("he-rabbinic", "he-modern"):
        packed(
            tmp_path / "corpus" / f"{name}.txt.xz", ["# work", PROSE, STORY, LETTER, GENESIS] * 9
        )
    built = []
    for seed in ("1", "2"):
        output = tmp_path / f"{seed}.quotes"
        subprocess.run(
            [sys.executable, BUILDER, "--data", tmp_path, "--output", output],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )
        built.append(output.read_bytes())
    assert built[0] == built[1]
    read = Library.read(tmp_path / "1.quotes")
    assert read.prose is not None
    assert "tanakh 1" in {work.name for work in read.works}


def packed(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


@pytest.mark.parametrize("start", ["ברא בראשית ברא", "את אלהים ברא"])
def test_words_before_the_first_of_a_library_have_its_place(built_in: Quotes, start: str) -> None:
    text = f"{start} אלהים את השמים ואת הארץ והארץ היתה"
    (found,) = built_in.find(text.split())
    assert (found.place, found.position) == ("בראשית א, א", 0)
