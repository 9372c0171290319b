"""Lines of the Hebrew Bible painted in pieces that end at accents, the pieces in reverse order.

A program that cannot place an accent within a run of letters ends the run there, even inside a
word, and an extractor gives the runs from left to right: ``רֶץ׃ ת הָאָֽ וְאֵ֥`` for ``וְאֵ֥ת הָאָֽרֶץ׃``.
Words that no word begins as prove it (``points.py``), and whether the runs stand in reverse or only
apart, the lines of the document tell together; how one is put together again, ``pieced.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, FURNITURE, Document, Inserted, Piece, Span
from restore.pieced import SPACE, Pieced, between, in_order, share_of_best, turned
from restore.points import ACCENT, accented, pieces_of_words, vocalised

RUNS_AT_ACCENTS = "runs-at-accents"

NO_LINE = regex.compile(rf"\.{{3}}|…|[{CONTROLS}]")
LONGEST_TEXT = 300  # characters; a verse of the Bible is a line of some programs
MOST_PIECES = 24  # of a line; where there are more, words are cut at their letters
FEWEST_CUT, SHARE_OF_CUT = 4, 0.05  # words that cannot begin so, and of all words; guesses
MOST_LINES = 12  # that are read to tell whether the runs stand in reverse
SHARE_TURNED = 0.8  # of these; a program does so to all lines or to none; a guess
AROUND = 4  # words of the lines around a doubtful one that are looked at
CLEAR = 0.9  # how likely a line is put together so, for its neighbours to be read by it; a guess
# That nothing else is wrong, and how much may speak against the points of a line, in nats. Of ten
# chapters of the Tanakh set by LibreOffice and read by Tika, all 524 lines with 0.9 and more came
# out right, and of 9 with odd points 5.
SURE, SURE_THOUGH_ODD, ODD = 0.98, 0.5, 8.5


def find_runs_at_accents(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose runs, cut at accents, stand in reverse order."""
    lines = [
        (place, line.text)
        for place, line in document.placed()
        if line.kind not in FURNITURE and _may_be_cut(line.text)
    ]
    if not _in_pieces([text for _, text in lines], evidence):
        return
    ways = [turned(text, evidence) for _, text in lines]
    reason = "runs of the line, cut at accents, stand in reverse order"
    for at, (place, text) in enumerate(lines):
        told = ways[at]
        if share_of_best(told) < CLEAR:
            before, after = _words_of(ways, at - 1)[-AROUND:], _words_of(ways, at + 1)[:AROUND]
            told = between(told, before, after, evidence)
        best = told[0]
        if best.text == " ".join(text.split()) or in_order(text, evidence)[0].price < best.price:
            continue
        sure = share_of_best(told) * (SURE if best.points < ODD else SURE_THOUGH_ODD)
        yield Finding(RUNS_AT_ACCENTS, place, Arrange(_pieces(best)), reason, sure)


def _may_be_cut(text: str) -> bool:
    if (
        len(text) > LONGEST_TEXT
        or not ACCENT.search(text)
        or len(text.split()) > MOST_PIECES
        or NO_LINE.search(text)
    ):
        return False
    return accented(text) and vocalised(text)


def _in_pieces(texts: Sequence[str], evidence: Evidence) -> bool:
    """Whether words of a document are cut, and their pieces stand in reverse."""
    words = cut = 0
    damaged = []
    for text in texts:
        pieces = pieces_of_words(text)
        words, cut = words + pieces[0], cut + pieces[1]
        damaged += [text] * (pieces[1] > 0)
    if cut < max(FEWEST_CUT, SHARE_OF_CUT * words):
        return False
    read = damaged[:: len(damaged) // MOST_LINES + 1]
    better = sum(turned(t, evidence)[0].price < in_order(t, evidence)[0].price for t in read)
    return better >= SHARE_TURNED * len(read)


def _words_of(ways: Sequence[list[Pieced]], at: int) -> list[str]:
    """The words of a line, if there is one and it is clear how it stood."""
    if not 0 <= at < len(ways) or share_of_best(ways[at]) < CLEAR:
        return []
    return ways[at][0].text.split()


def _pieces(way: Pieced) -> tuple[Piece, ...]:
    """The stretches of a line as they are put together, no space at its ends."""
    spans = list(way.pieces)
    while spans[-1] == SPACE:
        spans.pop()
    return tuple(Inserted(" ") if span == SPACE else Span(*span) for span in spans)
