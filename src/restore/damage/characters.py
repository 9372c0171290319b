"""Characters that stand for others: presentation forms, and unseen ones inside words.

Wide letters and ligatures of Hebrew (U+FB1F to U+FB29, U+FB4F) are forms of a font, not letters of
their own; Unicode keeps them for old encodings, and a font may give them to an extractor. Letters
with points that Unicode has as one character (U+FB2A to U+FB4E) are the same text and stay. A
zero-width space, a soft hyphen or a joiner has no place between two Hebrew letters of a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

import regex

from restore.change import Edit, Finding
from restore.evidence import Evidence
from restore.model import Document

PRESENTATION_FORMS = "presentation-forms"
UNSEEN_CHARACTERS = "unseen-characters"

FORM = regex.compile("[\ufb20-\ufb29\ufb4f]")
LETTER = "[א-ת\u0591-\u05c7\ufb1d-\ufb4f]"
UNSEEN = regex.compile(rf"(?<={LETTER})[\u00ad\u200b-\u200d\u2060\ufeff]+(?={LETTER})")
SURE = 0.98  # a text may speak of the characters themselves; a guess


def find_wrong_characters(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document with presentation forms, or unseen characters inside words."""
    for place, line in document.placed():
        text = line.text
        forms = [found.span() for found in FORM.finditer(text)]
        unseen = [found.span() for found in UNSEEN.finditer(text)]
        if forms:
            start, stop = forms[0][0], forms[-1][1]
            plain = FORM.sub(lambda form: normalize("NFKC", form.group()), text[start:stop])
            reason = "letters stand in forms of a font"
            yield Finding(PRESENTATION_FORMS, place, Edit(start, stop, plain), reason, SURE)
        elif unseen:
            start, stop = unseen[0][0], unseen[-1][1]
            reason = "characters that are not seen stand inside words"
            plain = UNSEEN.sub("", text[start - 1 : stop + 1])[1:-1]
            yield Finding(UNSEEN_CHARACTERS, place, Edit(start, stop, plain), reason, SURE)
