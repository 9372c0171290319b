"""Spaces that belong elsewhere: letters spaced apart, words cut in two, words run together.

Where a program letter-spaces a line, or its gaps between words are as narrow as those between
letters, an extractor that goes by widths puts spaces where none are and takes out others. Final
letters prove it: one that stands alone was cut from its word, one inside a word ended another; in
vocalised text, words that begin with a letter that has no vowel (``points.py``).
Only where the document has such proof is a line read anew, by the words that it can be cut into
(``spacing.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import exp, log

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, Document
from restore.points import no_words, pieces_of_words, vocalised
from restore.spacing import Gaps, Spaced, pieces, spaced
from restore.tokens import EARLY_POINTS, HEBREW, POINT

LETTERS_APART = "letters-apart"
MISPLACED_SPACES = "misplaced-spaces"

LETTER = regex.compile(rf"[{HEBREW}]")
ALONE = regex.compile(r"(?<!\S)\S(?!\S)")
WIDE = regex.compile(r"\s{2,}")
FINAL_ALONE = regex.compile(r"(?<=[א-ת] )[ךםןףץ](?=[\s.,:;!?)\]\"]|$)")
FINAL_INSIDE = regex.compile(r"(?<=[א-ת]{2})[ךםןףץ](?=[א-ת]{2})")
WORD = regex.compile(r"[א-ת]{2,}")
# White space that shows that pieces of the line were moved; where they meet, words run together,
# which is for the repair of order to tell.
MOVED = regex.compile(r"\S  +\S|\S\s+$")
NO_LINE = regex.compile(rf"[{CONTROLS}]|\.{{4}}")
HAS_POINT = regex.compile(POINT)
LONGEST_TEXT = 400  # characters

MOST_OF_ALL = 4  # characters to a space in a line with its letters apart; a quick first look
MOSTLY_ALONE, FEWEST_LETTERS = 0.75, 8  # share of what is written apart; letters of a line
FEWEST_PROOFS, SHARE_OF_PROOFS = 4, 0.005  # in the document, and of its words; guesses
SHARE_OF_PIECES = 0.05  # of words of vocalised text, where some words may have no vowels; a guess
# Nats against moving a space, by what is proved; guesses.
OFTEN, SOMETIMES, SELDOM, ALWAYS = 1.5, 4.0, 8.0, 0.2
PACKED = 12  # letters and more to a space: all spaces were left out; a guess

# Log-odds of coming out right, by those of the best cut, up to a ceiling; less with brackets, whose
# references to books are full of single letters. Fitted to 1000 held-out lines of the corpus with
# their letters apart, or words cut at random.
SLOPE, CEILING, OFFSET, BRACKETED = 0.8, 4.0, -0.35, -1.6
BRACKET = regex.compile(r"[(\[]")
# The same in vocalised text, and how much of what still speaks against the words speaks against the
# line: of 461 lines of the Tanakh whose words were cut at random, those above 0.9 were all right.
SURE_OF_POINTS, LEFT_OVER = 0.98, 0.5


def find_misplaced_spaces(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose words are spaced apart, cut or run together."""
    proved, in_pieces = _proved(document), _in_pieces(document)
    for place, line in document.placed():
        text = line.text
        if not (proved or in_pieces or letters_apart(text)):
            continue
        if len(text) > LONGEST_TEXT or NO_LINE.search(text):
            continue
        pointed = HAS_POINT.search(text) is not None
        gaps = in_pieces if pointed else proved
        if (pointed and not (gaps and vocalised(text))) or EARLY_POINTS.search(text):
            continue
        if not pointed and letters_apart(text):
            found = _put_together(text, evidence)
            name, reason = LETTERS_APART, "the letters of the line are spaced apart"
        elif gaps and LETTER.search(text) and not MOVED.search(text.rstrip() if pointed else text):
            letters, spaces = len(LETTER.findall(text)), text.strip().count(" ")
            solid = letters >= PACKED * (spaces + 1)
            found = spaced(text, evidence, Gaps(SELDOM, ALWAYS) if solid else gaps)
            name, reason = MISPLACED_SPACES, "words of the line are cut or run together"
        else:
            continue
        if found.text != text.strip():
            action = Arrange(pieces(text, found.text))
            yield Finding(name, place, action, reason, _sure(found, pointed))


def letters_apart(text: str) -> bool:
    """Whether the letters of a line stand apart, and are no list of letters."""
    if text.count(" ") * MOST_OF_ALL < len(text):
        return False
    if len(LETTER.findall(text)) < FEWEST_LETTERS or _is_list(text):
        return False
    return len(ALONE.findall(text)) >= MOSTLY_ALONE * len(text.split())


def _proved(document: Document) -> Gaps | None:
    """What it costs to move a space in a document that has proof of it; or nothing."""
    texts = [line.text for _, line in document.placed() if not letters_apart(line.text)]
    whole = "\n".join(texts)
    words, cut = WORD.subn("", whole)[1], len(FINAL_ALONE.findall(whole))
    inside = [(text, len(FINAL_INSIDE.findall(text))) for text in texts]
    run = sum(count for text, count in inside if count and not MOVED.search(text))
    least = max(FEWEST_PROOFS, SHARE_OF_PROOFS * words)
    if cut < least and run < least:
        return None
    return Gaps(OFTEN if cut >= least else SELDOM, OFTEN if run >= least else SELDOM)


def _in_pieces(document: Document) -> Gaps | None:
    """The same of vocalised text, proved by words that cannot begin so."""
    words = cut = 0
    for _, line in document.placed():
        if HAS_POINT.search(line.text):
            pieces = pieces_of_words(line.text)
            words, cut = words + pieces[0], cut + pieces[1]
    return Gaps(OFTEN, SOMETIMES) if cut >= max(FEWEST_PROOFS, SHARE_OF_PIECES * words) else None


def _put_together(text: str, evidence: Evidence) -> Spaced:
    """A line whose letters stand apart; what stands wide apart are runs of it, or its words."""
    wide = WIDE.findall(text.strip())
    runs = [spaced(run, evidence, Gaps(0.0, 0.0)) for run in WIDE.split(text.strip())]
    joined = runs[0].text
    share = runs[0].share
    for gap, run in zip(wide, runs[1:], strict=True):
        joined += gap + run.text
        share *= run.share
    return Spaced(joined, share)


def _is_list(text: str) -> bool:
    """Whether letters follow each other as in a list: most are the next in the alphabet."""
    letters = [ord(letter) for letter in LETTER.findall(text)]
    steps = [after - before for before, after in pairwise(letters)]
    return 2 * sum(step in (1, 2) for step in steps) > len(steps)


def _sure(found: Spaced, pointed: bool) -> float:
    share = min(max(found.share, 1e-6), 1 - 1e-6)
    if pointed:
        return SURE_OF_POINTS * share * exp(-LEFT_OVER * no_words(found.text))
    odds = OFFSET + SLOPE * min(log(share / (1 - share)), CEILING)
    odds += BRACKETED * bool(BRACKET.search(found.text))
    return 1 / (1 + exp(-odds))
