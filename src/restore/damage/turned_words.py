"""Lines as they are seen, only their words turned around: ``.ובחיקו בידו אלא ,התפילין על``.

An extractor that gives the glyphs of a line from left to right may turn around each run of
right-to-left letters, and nothing else: words come out in reverse, marks at the wrong side of their
words, abbreviations in pieces (``ל"חז``), brackets mirrored. So PDFium does to a line that it takes
for a left-to-right one, and kreuzberg, built on it, to every line. Marks without a direction after
letters it turns around as if they were letters. What is seen is known then, and the order in which
it is read follows from it (``bidi.py``).

It does so in the whole document. Lines without marks look like lines whose words are in reverse;
those with marks decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import exp, log

import numpy as np
import regex

from restore.bidi import read_order
from restore.change import Arrange, Finding
from restore.evidence import Evidence, chances
from restore.model import CONTROLS, Document
from restore.pieces import stretches
from restore.tokens import HEBREW, POINTS, has_letters, markup
from restore.wording import reads

TURNED_WORDS = "turned-words"

# Runs of letters; of marks and white space that have no direction of their own; of left-to-right
# letters. What is left are numbers and their signs, stops and commas too (UAX #9, table 4).
RUN = regex.compile(
    rf"(?P<turned>[{HEBREW}][{HEBREW}{POINTS}]*)|(?P<latin>\p{{Bidi_Class:L}}+)"
    r"|(?P<neutral>[\p{Bidi_Class:ON}\p{Bidi_Class:WS}\p{Bidi_Class:S}\p{Bidi_Class:B}]+)"
)
# White space before a mark and after it, which comes from loosely set lines.
LOOSE = regex.compile(rf"(?<=[{HEBREW}{POINTS}\"'״׳)\]]) (?=[.,:;!?]+(?:\s|$))")
WORDS = regex.compile(rf"[{HEBREW}][{HEBREW}{POINTS}\"'׳״]*")
LONGER = regex.compile(rf"[{HEBREW}]{{2,}}")
# Marks before a word, as hardly a word begins.
TELLING = regex.compile(rf"(?<!\S)[.,:;!?]+(?=[{HEBREW}])|(?<=[{HEBREW}])[)\]}}](?!\S)")
NO_LINE = regex.compile(rf"\.{{3,}}\s*\d|\S\s{{4,}}\S|[{CONTROLS}]|\t")
LONGEST_TEXT = 400  # characters
MOST_LINES = 200  # that are asked, spread over the document
FEWEST_TELLING, LEAST_TELLING = 2, 0.1  # lines with marks before words, and their share
SHARE, WORTH = 0.02, 2.0  # of lines, and how many lines that guess is worth
LEAST_LINES, LEAST_SHARE = 2.5, 0.5  # that are, of those with marks; a program does so to all
SURE = 0.96  # that nothing else is wrong with a line; a guess


def find_turned_words(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document that stand as they are seen, but for the letters of words."""
    if not evidence.speaks or not _telling(line.text for _, line in document.placed()):
        return
    lines = [(place, line.text) for place, line in document.placed() if _may_be(line.text)]
    texts = [text for _, text in lines]
    if not _telling(texts, LEAST_TELLING * len(texts)):
        return
    # Where the letters of words stand in reverse, nothing was turned around (``letters.py``).
    sound = _sound(texts, evidence)
    lines = [line for line, kept in zip(lines, sound, strict=True) if kept]
    texts = [text for _, text in lines]
    share = _share(texts[:: len(texts) // MOST_LINES + 1], evidence)
    if share < LEAST_SHARE:
        return
    orders = [read(text) for text in texts]
    became = [_moved(text, order) for text, order in zip(texts, orders, strict=True)]
    gains = (reads(became, evidence) - reads(texts, evidence)).tolist()
    reason = "the line stands as it is seen from left to right, its words turned around"
    for (place, text), order, moved, gain in zip(lines, orders, became, gains, strict=True):
        odds = gain + log(share / (1 - share))
        if odds > 0 and moved.split() != text.split():
            sure = SURE / (1 + exp(-min(odds, 50.0)))
            yield Finding(TURNED_WORDS, place, Arrange(tuple(stretches(order))), reason, sure)


def _telling(texts: Iterable[str], least: float = 0.0) -> bool:
    """Whether enough lines have marks before words."""
    return sum(TELLING.search(text) is not None for text in texts) >= max(FEWEST_TELLING, least)


def _may_be(text: str) -> bool:
    return (
        has_letters(text)
        and len(text) <= LONGEST_TEXT
        and not NO_LINE.search(text)
        and not markup(text)
    )


def _sound(texts: Sequence[str], evidence: Evidence) -> list[bool]:
    """Whether the words of each line are more often written so than in reverse."""
    cut = [LONGER.findall(text) for text in texts]
    words = [word for own in cut for word in own]
    shares = evidence.frequencies([*words, *(word[::-1] for word in words)])
    nats = iter(np.log(shares[: len(words)]) - np.log(shares[len(words) :]))
    return [sum(islice(nats, len(own))) >= 0 for own in cut]


def _share(texts: Sequence[str], evidence: Evidence) -> float:
    """The share of lines with marks that read better as seen from left to right, or 0 of few.

    A line may also stand right, or have all that stands between spaces in reverse.
    """
    asked, turned, rivals = list[str](), list[str](), list[str]()
    for text in texts:
        became = _moved(text, read(text))
        reverse = " ".join(reversed(text.split()))
        if len(WORDS.findall(text)) > 2 and became not in (reverse, text.strip()):
            asked.append(text)
            turned.append(_sides(became))
            rivals.append(_sides(reverse))
    if len(asked) < LEAST_LINES:
        return 0.0
    best = np.maximum(reads([_sides(text) for text in asked], evidence), reads(rivals, evidence))
    likely = sum(chances((reads(turned, evidence) - best).tolist(), SHARE, WORTH))
    return likely / (len(asked) + WORTH / 2) if likely >= LEAST_LINES else 0.0


def _sides(text: str) -> str:
    """A line with brackets of no side: which way they stand is a matter of its own."""
    return text.translate(dict.fromkeys(map(ord, "()[]{}"), " "))


def read(text: str) -> list[int]:
    """The places of the characters of a line in the order in which they are read.

    >>> line = "אלא ,התפילין על"
    >>> "".join(map(line.__getitem__, read(line)))
    'על התפילין, אלא'
    """
    seen: list[int] = []
    at, after_letters = 0, False
    for run in RUN.finditer(text):
        seen += range(at, run.start())
        at = run.end()
        if run.lastgroup != "neutral":
            after_letters = run.lastgroup == "turned"
        # Marks after letters are turned around with them, those at the beginning of a line are not.
        seen += range(*run.span())[:: -1 if after_letters else 1]
    seen += range(at, len(text))
    shown = "".join(map(text.__getitem__, seen))
    order: list[int] = []
    for start, stop, step in read_order(shown, marks_first=True):
        order += seen[start:stop][::step]
    became = "".join(map(text.__getitem__, order))
    loose = {at.start() for at in LOOSE.finditer(became)}
    first, last = len(became) - len(became.lstrip()), len(became.rstrip())
    return [at for place, at in enumerate(order[:last]) if place >= first and place not in loose]


def _moved(text: str, order: Sequence[int]) -> str:
    return "".join(map(text.__getitem__, order))
