"""Runs in reverse order, cut at marks of another font: ``ז כתיב"בעובד ע`` for ``בעובד ע"ז כתיב``.

A font without quotation marks, hyphens or full stops leaves them to another font. Then every such
mark is painted on its own, and an extractor that gives what it finds from left to right (MuPDF)
gives the stretches between the marks in reverse order, each in its own right order: even words are
cut, at gershayim and at hyphens. Which marks are missing is a fact of the font, and the same in the
whole document, so the document decides: the marks are found at which its lines read best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import Arrange, Finding
from restore.evidence import Evidence, chances
from restore.model import CONTROLS, FURNITURE, Document, Span
from restore.order.confidence import gathers_marks
from restore.tokens import HEBREW, POINTS, has_letters
from restore.wording import reads

RUNS_AT_MARKS = "runs-at-marks"

NUMBER = r"\d+(?:[.,:/]\d+)*%?|[A-Za-z](?:[A-Za-z0-9.,:/%@_&+-]*[A-Za-z0-9])?"
# Marks that a font has all of or none of, by the pattern of one.
CLASSES = (
    '["״”“„]', "['׳’‘]", "[-־‑]", "[–—]", r"[()\[\]{}]", r"\.", ",", ":", ";", "[!?]", NUMBER,
)  # fmt: skip
WORD_CUTTERS = CLASSES[:3]
QUOTES, STOPS = CLASSES[:2], CLASSES[5:9]
CUT_WORD = regex.compile(rf"[{HEBREW}][{POINTS}]*[\"״”“„'׳’‘\-־‑][{HEBREW}]")
LEADING = ".,:;!?"
# Lines of a table of contents, of columns, between controls; and paragraphs.
NO_LINE = regex.compile(rf"\.{{3}}|…|\. \. |\S\s{{4,}}\S|[{CONTROLS}]")
LONGEST_TEXT = 600  # characters
MOST_LINES = 400  # that are read to tell which marks are missing, spread over the document

# Nats that the first class of marks, and each one more, must speak for; guesses.
FIRST_GAIN, NEXT_GAIN = 3.0, 0.5
LEAST_GAIN = 12.0  # and all of them; a few lines of sound text read better turned; a guess
LEAST_FROM_CUT_WORDS = 5.0  # of it, from marks that cut words; others say no more than an order
LEAST_SHARE = 0.8  # of the lines with such marks; a program does so to all or to none; a guess
MOST_FROM_LINE = 20.0  # nats; a guess
SHARE, WORTH = 0.02, 2.0  # of lines, and how many lines that guess is worth
FEW = 0.15  # lines with words made whole against the habit, before any is seen; a guess
SURE_OF_RUNS = 0.96  # that nothing else is wrong with the line; a guess
# White space that no writer puts: before a mark, or none after it. Then the line was cut elsewhere
# too, or marks of it stand at other places.
ODD_SPACE = regex.compile(
    rf"\s[,.;:!?](?!\.)|[,;:!?][{HEBREW}]"
    rf"|(?:[{HEBREW}]{{4}}|[\"'״׳])\.[{HEBREW}]{{2}}|[{HEBREW}]\.[{HEBREW}]{{4}}"
)
SURE_THOUGH_ODD = 0.3  # of 3 such lines in bench/text none came out right; a guess


@dataclass(slots=True)
class _Lines:
    """Lines of a document, with how well each reads, as it stands and turned."""

    texts: Sequence[str]
    evidence: Evidence
    nats: dict[str, float] = field(default_factory=dict)

    def gains(self, classes: Sequence[str]) -> dict[str, float]:
        """How much better (nats) the lines with such marks read with their runs turned."""
        marks = _pattern(classes)
        cut = {text: turned(text, marks) for text in self.texts if marks.search(text)}
        wanted = dict.fromkeys((*cut, *cut.values()))
        fresh = [text for text in wanted if text not in self.nats]
        self.nats.update(zip(fresh, reads(fresh, self.evidence).tolist(), strict=True))
        return {text: self.nats[other] - self.nats[text] for text, other in cut.items()}


def find_runs_at_marks(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose runs, cut at marks, stand in reverse order."""
    places = [
        place
        for place, line in document.placed()
        if line.kind not in FURNITURE and _may_be_cut(line.text)
    ]
    texts = [document.at(place).text for place in places]
    if not any(CUT_WORD.search(text) for text in texts) or gathers_marks(texts):
        return
    classes = _missing(tuple(texts[:: len(texts) // MOST_LINES + 1]), evidence)
    if not classes:
        return
    gains = _Lines(texts, evidence).gains(classes)
    likely = dict(zip(gains, chances(list(gains.values()), SHARE, WORTH), strict=True))
    if sum(likely.values()) < LEAST_SHARE * len(likely):
        return
    marks = _pattern(classes)
    whole = _words_made_whole([text for text in gains if likely[text] > 0.5], classes)
    reason = "marks of another font cut the line into runs that stand in reverse order"
    for place, text in zip(places, texts, strict=True):
        if likely.get(text, 0.0) > 0.5:
            odd = ODD_SPACE.search(turned(text, marks)) is not None
            sure = SURE_THOUGH_ODD if odd else SURE_OF_RUNS
            sure *= likely[text] * whole / (whole + FEW)
            yield Finding(RUNS_AT_MARKS, place, Arrange(runs(text, marks)), reason, sure)


def _pattern(classes: Sequence[str]) -> regex.Pattern[str]:
    """What is a run of its own where ``classes`` of marks are missing from the font.

    A stop behind a quotation mark or a geresh is painted with it, in reading order; so the stop is
    missing too where the two begin a line.
    """
    stops = "|".join(kind for kind in classes if kind in STOPS)
    quotes = "|".join(kind for kind in classes if kind in QUOTES)
    both = [rf"^(?:{quotes})[{LEADING}]+"] * bool(quotes)
    both += [f"(?:{quotes})(?:{stops})+"] * bool(quotes and stops)
    return regex.compile("|".join([*both, *classes]))


def _words_made_whole(lines: list[str], classes: list[str]) -> int:
    """How many lines have a word with one of the marks inside once they are turned.

    Where no word was cut, brackets and numbers at wrong places are damage of another kind.
    """
    marks = _pattern(classes)
    cutters = "|".join(kind for kind in classes if kind in WORD_CUTTERS)
    word = regex.compile(rf"(?<=[{HEBREW}][{POINTS}]*)(?:{cutters})(?=[{HEBREW}])")
    return sum(bool(word.search(turned(line, marks))) for line in lines)


def _may_be_cut(text: str) -> bool:
    return has_letters(text) and len(text) <= LONGEST_TEXT and not NO_LINE.search(text)


@lru_cache(maxsize=2)  # most lines stay the same from round to round
def _missing(texts: tuple[str, ...], evidence: Evidence) -> list[str]:
    """The classes of marks at which the runs of a document are cut; empty if they are not."""
    lines = _Lines(texts, evidence)
    chosen: list[str] = []
    best = 0.0
    # A class alone that speaks for nothing does not speak for more with others, and without one
    # that cuts words nothing else is looked at.
    if not any(_gain(lines.gains([kind])) > 0 for kind in WORD_CUTTERS):
        return []
    hopeful = [kind for kind in CLASSES if _gain(lines.gains([kind])) > 0]
    while hopeful:
        gain, kind = max((_gain(lines.gains([*chosen, kind])), kind) for kind in hopeful)
        if gain < best + (NEXT_GAIN if chosen else FIRST_GAIN):
            break
        best = gain
        chosen.append(kind)
        hopeful.remove(kind)
    others = [kind for kind in chosen if kind not in WORD_CUTTERS]
    from_cut_words = best - (_gain(lines.gains(others)) if others else 0.0)
    return chosen if best > LEAST_GAIN and from_cut_words > LEAST_FROM_CUT_WORDS else []


def _gain(gains: dict[str, float]) -> float:
    """What all lines say for being turned, if every second of them is; in nats."""
    capped = np.minimum(np.array(list(gains.values()), np.float64), MOST_FROM_LINE)
    half: NDArray[np.float64] = np.logaddexp(0.0, capped) - log(2)
    return float(half.sum())


def turned(text: str, marks: regex.Pattern[str]) -> str:
    """A line with its runs, cut at each of ``marks``, in reverse order."""
    return "".join(text[piece.start : piece.stop] for piece in runs(text, marks))


def runs(text: str, marks: regex.Pattern[str]) -> tuple[Span, ...]:
    """The runs of a line in reverse order, without white space around it or doubled.

    Each of ``marks`` is a run of its own, as is each mark that begins the line.
    """
    found: list[Span] = []
    at = len(text) - len(text.lstrip(LEADING))
    found += [Span(start, start + 1) for start in range(at)]
    for mark in marks.finditer(text, at):
        found += [Span(at, mark.start())] * (at < mark.start())
        found.append(Span(*mark.span()))
        at = mark.end()
    found += [Span(at, len(text))] * (at < len(text))
    return _trimmed(text, found[::-1])


def _trimmed(text: str, pieces: Sequence[Span]) -> tuple[Span, ...]:
    """Pieces without white space at the ends of the line or after other white space."""
    kept: list[Span] = []
    space = True  # nothing stands before the first
    for piece in pieces:
        start, stop = piece.start, piece.stop
        while space and start < stop and text[start].isspace():
            start += 1
        if start < stop:
            kept.append(Span(start, stop))
            space = text[stop - 1].isspace()
    while kept and text[kept[-1].stop - 1].isspace():
        last = kept.pop()
        stop = last.stop - 1
        while stop > last.start and text[stop - 1].isspace():
            stop -= 1
        if stop > last.start:
            kept.append(Span(last.start, stop))
    return tuple(kept)
