import time

import pytest

from restore import restore_text
from restore.change import applied
from restore.damage.paragraphs import FEATURES, WEIGHTS, find_paragraphs, flow
from restore.evidence import evidence
from restore.formats import txt
from restore.model import Document, Ends

FIRST = [
    "בבוקר יצאנו אל הדרך העולה מן הנהר אל הכפר הקטן",
    "שעל ההר, והרוח נשבה בין העצים כאילו ביקשה לספר",
    "לנו מה אירע כאן לפני שנים רבות. הזקן שהלך לפנינו",
    "עצר מדי פעם ושתק.",
]
SECOND = [
    "כשהגענו אל הכיכר כבר עמדה השמש במרום, והילדים",
    "ברחו אל צל הבתים. איש לא שאל מי אנחנו ומה באנו",
    "לבקש במקום שאין בו דבר מלבד אבנים, עצי זית ושתי",
    "בארות ישנות.",
]


def ends(text: str) -> list[str]:
    """The lines that end a paragraph."""
    document = marked(text)
    lines = [line for page in document.pages for line in page.lines]
    return [line.text.strip() for line in lines if line.ends is Ends.PARAGRAPH]


def marked(text: str) -> Document:
    document = txt.read(text)
    return applied(document, find_paragraphs(document, evidence("he")))[0]


def test_the_short_last_line_ends_the_paragraph() -> None:
    assert ends("\n".join([*FIRST, *SECOND])) == [FIRST[-1], SECOND[-1]]


def test_blank_lines_around_a_last_line_end_no_paragraph_before_it() -> None:
    text = "\n".join([*FIRST[:-1], "", FIRST[-1], "", *SECOND[:-1], "", SECOND[-1], ""] * 2)
    assert ends(text) == [FIRST[-1], SECOND[-1]] * 2
    assert txt.write_paragraphs(marked(text)).count("\n\n") == 3


def test_blank_lines_after_every_line_end_nothing() -> None:
    text = "\n\n".join([*FIRST, *SECOND] * 3)
    assert ends(text) == [FIRST[-1], SECOND[-1]] * 3


def test_a_sentence_goes_on_over_the_page() -> None:
    text = "\n".join(FIRST[:2]) + "\n\f" + "\n".join([*FIRST[2:], *SECOND])
    assert ends(text) == [FIRST[-1], SECOND[-1]]


def test_a_stop_at_the_end_of_a_full_line_ends_nothing() -> None:
    lines = [*FIRST[:2], "לנו מה אירע כאן לפני שנים רבות ומי היה כאן אז.", *SECOND]
    assert ends("\n".join(lines)) == [SECOND[-1]]


def test_a_heading_stands_alone() -> None:
    lines = ["הכפר והדרך", *FIRST, "הכיכר", *SECOND]
    assert ends("\n".join(lines)) == ["הכפר והדרך", FIRST[-1], "הכיכר", SECOND[-1]]


def test_marks_of_headings_and_quoted_letters_part_paragraphs() -> None:
    lines = [*FIRST[:2], f"## {FIRST[2]}", *SECOND[:2], f"> {FIRST[0]}", f"> {FIRST[1]}"]
    assert ends("\n".join(lines)) == [lines[k] for k in (1, 2, 4, 5, 6)]


def test_every_line_of_a_poem_ends() -> None:
    poem = ["הרוח שר בענפים,", "וליל ירד על כרמים,", "אני הולך בלי בית", "ואין עמי קול,",
            "הבאר עמדה שותקת,", "האור כבה בחלון,", "ורק ירח דק", "נשען על הגדר."]  # fmt: skip
    assert ends("\n".join(poem * 2)) == poem * 2


def test_every_entry_of_a_table_of_contents_ends() -> None:
    lines = ["הדרך אל הכפר ........ 7", "הזקן והמקל ........... 19", "באר בלי מים ........... 42"]
    assert ends("\n".join(lines * 3)) == lines * 3


def test_every_item_of_a_list_ends() -> None:
    lines = ["1. לחם ומים", "2. מפה של האזור", "3. פנס ושתי סוללות", "4. חבל ארוך"]
    assert ends("\n".join([*FIRST, *lines, *SECOND])) == [FIRST[-1], *lines, SECOND[-1]]


def test_dialogue_breaks_at_every_speaker() -> None:
    talk = ['"מי שם?" שאל הזקן.', '"רק אני," אמרתי.', '"היכנס, הדלת פתוחה."']
    assert ends("\n".join([*FIRST, *talk, *SECOND])) == [FIRST[-1], *talk, SECOND[-1]]


def test_a_paragraph_a_line_stays_so() -> None:
    long = [" ".join(FIRST), " ".join([*SECOND, *FIRST]), " ".join([*FIRST, *FIRST, *SECOND])]
    assert ends("\n".join(long)) == long


def test_every_line_of_text_is_marked_and_no_other() -> None:
    lines = [line for page in marked("\n".join(["", *FIRST, "", ""])).pages for line in page.lines]
    assert [line.ends is Ends.UNKNOWN for line in lines] == [not line.text for line in lines]
    assert ends("") == ends("\n\n") == []
    assert ends("מלה") == ["מלה"]


def test_every_feature_has_a_value_and_a_weight() -> None:
    features = flow(txt.read("\n".join(FIRST * 3)), evidence("he")).features
    assert features.shape == (12, len(FEATURES)) and set(FEATURES) == set(WEIGHTS)


def test_a_long_document_is_fast() -> None:
    document = txt.read("\n".join([*FIRST, *SECOND] * 2500))
    list(find_paragraphs(txt.read("\n".join(FIRST)), evidence("he")))
    start = time.process_time()
    assert len(list(find_paragraphs(document, evidence("he")))) == 20_000
    assert time.process_time() - start < 6  # seconds; a third of it on an idle machine


@pytest.mark.parametrize(
    ("raw", "running"),
    [
        ("בכל בוקר הלכנו כולנו אל הספ-\nרייה הגדולה שבעיר, וקראנו", "אל הספרייה הגדולה"),
        ("בכל בוקר הלכנו כולנו אל בית-\nהספר הגדול שבעיר, וקראנו", "אל בית-הספר הגדול"),
        ("בכל בוקר הלך לשם אחד מבני-\nהעיר הגדולה, וקרא בספר", "אחד מבני-העיר הגדולה"),
        ("בכל בוקר הלכנו כולנו אל הספ\u00ad\nרייה הגדולה שבעיר, וקראנו", "אל הספרייה הגדולה"),
        ("בכל בוקר הלכנו כולנו אל הגן -\nהגן הגדול שבעיר, וקראנו", "אל הגן - הגן הגדול"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_joined_in_running_text(raw: str, running: str) -> None:
    """The lines of the page stay as they were printed; a compound keeps its hyphen."""
    result = restore_text(f"{raw}\n")
    assert running in result.text
    assert result.page_text == f"{raw}\n"
