"""Lines whose font has no marks: what PDFBox makes of them, and what they can have been."""

from __future__ import annotations

import pytest

from restore.evidence import evidence
from restore.order.gathered_marks import placed
from restore.order.portions import PART, paintings
from restore.tokens import MIRROR

PORTION = "|"


def painted(line: str, spread: bool = False) -> str:
    """What PDFBox makes of a line in portions, its words ``spread`` so far that each gap shows.

    >>> painted('ה"ב ג,')
    'ב ג ,ה "'
    """
    pieces = [""]
    for portion in line.split(PORTION):
        letters, groups, last = "", [""], ""
        for character in reversed(portion):
            if is_mark(character):
                if last and not is_mark(last):
                    groups.append("")
                groups[-1] += character
            else:
                gap = is_mark(last) or (spread and character == " ")
                if gap and letters and letters[-1] != " ":
                    pieces.append("")
                letters += character
                pieces[-1] += character
            last = character
        for number, group in enumerate(filter(None, groups)):
            pieces += [""] * (number > 0)
            pieces[-1] += group
    return " ".join(
        piece[::-1].translate(MIRROR) if any(map(str.isalpha, piece)) else piece for piece in pieces
    )


def is_mark(character: str) -> bool:
    found = PART.match(character)
    return found is not None and found.lastgroup == "mark"


# As LibreOffice 7.4.7 painted them and Apache Tika gave them (Noto Serif Hebrew, small print).
EXTRACTED = [
    ("בעל חובות הלבבות |(שער ה)|, ועל זה אמר", "(שער הבעל חובות הלבבות  , ועל זה אמר)", False),
    ("הישרה היא המידה הבינונית, ולפיכך ציוו", ",הישרה היא המידה הבינונית ולפיכך ציוו", False),
    ("ר' יוחנן שאין הקב\"ה בא בטרוניא עם", "עם בטרוניא  בא  ה  הקב שאין  יוחנן  \"ר  '", True),
    ("ומכאן |למדנו שני דברים: האחד – שיתן", "–למדנו שני דברים האחד  שיתןומכאן  :", False),
    ("דעת\" וגו'.", "'.דעת וגו \"", False),
]
LINES = [line for line, *_ in EXTRACTED] + [
    "וכן כתב |(שם)| בפירושו, וז\"ל: אמר ר' יוחנן",
    "(ראה לעיל) ועיין שם",
    'אמר לו: "לך אל הארץ". והוא הלך',
    'וכמ"ש בגמרא |(ברכות לג:)|.',
    "– כך היא דרכם.",
]


@pytest.mark.parametrize(("line", "extracted", "spread"), EXTRACTED)
def test_lines_are_painted_as_they_were(line: str, extracted: str, spread: bool) -> None:
    assert painted(line, spread) == extracted


@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("line", LINES)
def test_what_was_painted_is_among_what_can_have_been(line: str, spread: bool) -> None:
    text = painted(line, spread)
    glued = dict.fromkeys(range(1, len(text)), 0.5)
    hebrew = evidence("he")
    found: set[str] = set()
    for painting in paintings(text, glued):
        way = placed(text, painting, mirrored=False)
        found.update(way.text(places) for places, _ in way.likely(hebrew.marks(way.words), 0.0))
    assert line.replace(PORTION, "") in found


@pytest.mark.parametrize("line", ["אמר רבי יוחנן 7 פעמים,", "abc.", "אמר , רבי\t.יוחנן"])
def test_lines_with_what_is_not_known_to_be_painted_so_have_no_painting(line: str) -> None:
    assert paintings(line, {}) == []
