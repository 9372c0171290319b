"""Lines between Poppler's controls of direction: told from others, and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from poppler import embedded, embedded_words

from restore import restore_text, undo
from restore.damage.controls import (
    DIRECTION_CONTROLS,
    SURE_OF_ORDER,
    as_seen,
    by_poppler,
    parts,
    seen,
)
from restore.formats import txt

PAGE = (
    "הספרייה העירונית נפתחה לפני שמונים שנה בבניין אבן קטן ליד השוק הישן,",
    "ובמשך כל השנים האלה באו אליה בני הנוער של השכונה כדי לקרוא ולהכין שיעורים.",
    "בשנת 1987 נוספו לה 12,500 ספרים (רובם בעברית), וכ-60% מהם היו תרומה.",
    'מנהלת הספרייה אמרה: "אין כאן ספר אחד שלא נקרא לפחות פעם אחת".',
    "אחרי המלחמה (בשנת 1949) נוסף לה חדר (קטן) לכתבי עת.",
    "שלום וברכה",
)
SEEN = (
    ",ןשיה קושה דיל ןטק ןבא ןיינבב הנש םינומש ינפל החתפנ תינוריעה היירפסה",
    ".םירועיש ןיכהלו אורקל ידכ הנוכשה לש רעונה ינב הילא ואב הלאה םינשה לכ ךשמבו",
    ".המורת ויה םהמ 60%-כו ,)תירבעב םבור( םירפס 12,500 הל ופסונ 1987 תנשב",
    '."תחא םעפ תוחפל ארקנ אלש דחא רפס ןאכ ןיא" :הרמא היירפסה תלהנמ',
    ".תע יבתכל )ןטק( רדח הל ףסונ )1949 תנשב( המחלמה ירחא",
    "הכרבו םולש",
)
MIRRORED = tuple(line.translate(str.maketrans("()", ")(")) for line in SEEN)
# Controls are written as { (RLE), < (LRE) and } (PDF).
CONTROLS = str.maketrans("{<}", "\u202b\u202a\u202c")


def read(text: str) -> str:
    """A line in the order in which it is read, if it is Poppler's, and else as it is."""
    found = parts(text)
    if found is None or not by_poppler(text, found):
        return text
    return "".join(text[place] for place in as_seen(text, seen(text, found)))


@pytest.mark.parametrize("lines", [SEEN, MIRRORED], ids=["brackets", "mirrored brackets"])
@pytest.mark.parametrize("written", [embedded, embedded_words])
def test_a_page_is_read_again(written: object, lines: tuple[str, ...]) -> None:
    assert callable(written)
    text = "\n".join(map(written, lines)) + "\n"
    result = restore_text(text)
    assert tuple(result.lines) == PAGE
    assert txt.write_lines(undo(result.document, result.changes)) == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{אמירת הלל< ,}ולנענע}", "אמירת הלל, ולנענע"),
        ("{משנת < 1946}ועד}", "משנת 1946 ועד"),
        ("{ב< 15.3.2024-}על ידי}", "ב-15.3.2024 על ידי"),
        ("{הדין<.}}", "הדין."),
        ("{מ< .\"60%-}אולם}", 'מ-60%". אולם'),
        ("{לפי סעיף <(15}ב)(< )4}לחוק}", "לפי סעיף 15(ב)(4) לחוק"),
        ("{ב< Python 3.11-}על גבי <,PostgreSQL}}", "ב-Python 3.11 על גבי PostgreSQL,"),
        ("{אל < info@ofek.example}לפני}", "אל info@ofek.example לפני"),
        ("{באתר < .www.ofek.example/a?b=1}וגם}", "באתר www.ofek.example/a?b=1. וגם"),
        ("{<47}}", "47"),
        ("{<Hello, world.}}", "Hello, world."),
        (",{לשאול} {יש} {כן} {ואם}", "ואם כן יש לשאול,"),
        ("15.3.2024-{ב} {ידי} {על}", "על ידי ב-15.3.2024"),
        (".{בראשית}-{בעיר} 1948 {שנת}", "שנת 1948 בעיר-בראשית."),
        ("{ר}\u05b8{ב}\u05b8\u05bc{ד}", "ד\u05bc\u05b8ב\u05b8ר"),
    ],
)  # fmt: skip
def test_what_poppler_writes_is_read(line: str, expected: str) -> None:
    assert read(line.translate(CONTROLS)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "שלום",
        "{שלום, עולם}",
        "{שלום<, }עולם}",
        "{שלום <1946} ועד}",
        "{שלום <עולם}}",
        "{שלום {עולם}}",
        "{שלום < 1{א}}ועד}",
        "<שלום}",
        "<12}",
        "{שלום",
        "שלום}",
        "{שלום}}",
        "{שלום} ועד",
        "{שלום\u202e1\u202c}",
        "{שלום\u2066 1\u2069}",
        "-{א )}",
    ],
)
def test_what_poppler_does_not_write_is_left_alone(line: str) -> None:
    text = line.translate(CONTROLS)
    assert read(text) == text
    page = "\n".join([*map(embedded, SEEN), text])
    assert restore_text(page).lines[-1] == text


def test_a_line_that_tells_nothing_goes_with_its_document() -> None:
    alone = embedded(SEEN[-1])
    assert restore_text(alone).page_text == alone
    sound = "\n".join([*PAGE, alone])
    assert restore_text(sound).page_text == sound
    assert restore_text("\n".join([*map(embedded, SEEN[:3]), alone])).lines[-1] == PAGE[-1]


def test_words_in_the_order_of_reading_keep_it() -> None:
    """Not Poppler's way, but that of who embeds every word of a text for itself."""
    painted = [" ".join(map(embedded_words, line.split()[::-1])) for line in SEEN[:2] + SEEN[3:4]]
    only = [DIRECTION_CONTROLS]
    assert restore_text("\n".join(painted), only=only).lines == [*PAGE[:2], PAGE[3]]
    mixed = "\n".join([*painted[:2], *map(embedded_words, SEEN)])
    assert restore_text(mixed).lines == [*PAGE[:2], *PAGE]


def test_one_mark_among_sound_lines_is_too_little() -> None:
    text = "\n".join([*PAGE, "{הדין<.}}".translate(CONTROLS)])
    assert restore_text(text).page_text == text


def test_lists_of_words_in_another_language_stay() -> None:
    lines = ["Towns: {חיפה}, {יפו}, {תל אביב}", "Fruits: {תפוח}, {אגס}, {שזיף}, {ענב}"]
    english = "One may translate such lists of words, line after line, as follows."
    text = "\n".join([english, *lines, english]).translate(CONTROLS)
    assert restore_text(text).page_text == text


def test_what_stands_side_by_side_stays_apart() -> None:
    left, right = embedded(SEEN[0]), embedded(SEEN[1])
    line = f"   {left}        {right} "
    text = "\n".join([line, *map(embedded, SEEN)])
    assert restore_text(text).lines[0] == f"{PAGE[1]}        {PAGE[0]}"


def test_a_line_of_another_direction_stays() -> None:
    english = "English, with {עברית} and more".translate(CONTROLS)
    text = "\n".join([*map(embedded, SEEN), english])
    assert restore_text(text).lines[-1] == english


def test_marks_of_direction_inside_are_kept() -> None:
    text = "\n".join([*map(embedded, SEEN), "{שלום\u200f< ,}עולם}".translate(CONTROLS)])
    assert restore_text(text).lines[-1] == "שלום\u200f, עולם"


def test_where_nothing_moves_the_change_is_surer() -> None:
    result = restore_text("\n".join(map(embedded, SEEN)))
    sure = {c.finding.place.line: c.finding.confidence for c in result.changes[: len(SEEN)]}
    assert sure[2] <= SURE_OF_ORDER < sure[len(SEEN) - 1]


def test_a_change_can_be_refused() -> None:
    text = "\n".join(map(embedded, SEEN))
    result = restore_text(text, refused=[f"{DIRECTION_CONTROLS}@0:1"])
    assert result.lines[1] == embedded(SEEN[1])
    assert result.lines[2] == PAGE[2]


UNITS = st.sampled_from(
    ["שלום", "עולם", 'רש"י', "כל־", "1", "12,500", "60%", "15.3.2024", "PDF", "?", "–", "!"]
)
LINES = st.lists(st.tuples(UNITS, st.sampled_from([" ", ", ", ". ", "-", ": "])), max_size=12)


@given(LINES)
def test_the_order_that_is_seen_comes_back(units: list[tuple[str, str]]) -> None:
    line = "".join(unit + mark for unit, mark in units).strip()
    for text in (embedded(line), embedded_words(line)):
        found = parts(text)
        if found is None:
            assert text == line
            continue
        assert by_poppler(text, found)
        places = [place for word in seen(text, found) for place in word]
        assert "".join(text[place] for place in places) == line


@given(st.text("אבג 1a,(\u202a\u202b\u202b\u202c\u202c\u202d\u2066\u2069\u200f", max_size=40))
def test_every_character_but_embeddings_is_read_once(text: str) -> None:
    found = parts(text)
    if found is not None:
        places = sorted(place for word in seen(text, found) for place in word)
        kept = "".join(text[place] for place in places)
        assert kept == "".join(c for c in text if c not in "\u202a\u202b\u202c")
