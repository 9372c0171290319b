"""The lines of a document that can be in disorder, one leading to the next, with their readings.

Lines that no order but their own can be right for (``screen.py``) are left out, but for those
beside a line that is read: their first and last words say where it may go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import regex

from restore.evidence import Evidence
from restore.heads import heads
from restore.model import CONTROLS, FURNITURE, Document, Kind, Line, Page, Place, Span
from restore.order.choices import choices_of, usual_width
from restore.order.lattice import Choice
from restore.order.screen import Settled, settled
from restore.order.second_look import settle
from restore.tokens import Tokens, has_letters, tokens
from restore.white_space import spread
from restore.works.quoted import quoted

# A longer line is no line of a page but a paragraph, whose words nobody moved.
LONGEST_TEXT = 600  # characters
MOST_TOKENS = 120
REMEMBERED = 4000  # lines whose tokens are kept for the next round
# More white space than an extractor puts between words: columns side by side, as they are printed.
COLUMNS = regex.compile(r"\S\s{4,}\S")
CONTROL = regex.compile(f"[{CONTROLS}]")
CONTINUES, CONTINUES_OVER_BLANK = 0.85, 0.6  # probability; a guess
CONTINUES_NOT = 1e-6  # running heads say nothing about each other


@dataclass(slots=True)
class Chain:
    """Lines in their order, page furniture last, and what is known of those left out.

    ``places``, ``choices`` and ``cut`` are of the same lines; ``document`` is the whole, with
    those left out.
    """

    places: list[Place]
    choices: list[Choice]
    cut: list[Tokens]
    document: Document
    settled: Settled


class _Ways(NamedTuple):
    """What an extractor does with white space and marks in all lines of a document."""

    spread: bool
    heads: bool


@dataclass(slots=True)
class _Row:
    """A line that can be in disorder, and what is known of it."""

    place: Place
    line: Line
    mirrored: bool
    continues: float
    was_turned: bool


def chain(document: Document, evidence: Evidence, *, every: bool = False) -> Chain:
    """The lines of a document that can be in disorder, with their readings.

    Page furniture comes last, since the text goes on around it. With ``every`` no line is left
    out.
    """
    texts = [line.text for page in document.pages for line in page.lines]
    ways = _Ways(spread(texts), heads(texts))
    rows = _rows(document, evidence, ways)
    texts = [row.line.text for row in rows]
    still = Settled(np.zeros(len(rows), np.bool_))
    if not every:
        turned = [row.was_turned for row in rows]
        still = settled(texts, [row.mirrored for row in rows], turned, evidence)
        settle(still, texts, [row.continues for row in rows], evidence)
    read = ~still.lines
    near = read.copy()
    near[1:] |= read[:-1]
    near[:-1] |= read[1:]
    kept = np.flatnonzero(near).tolist()
    still.apart = len(rows) - len(kept)
    still.turned = sum(rows[at].was_turned for at in np.flatnonzero(~near).tolist())
    cut = [_tokens(rows[at], evidence, ways) for at in kept]
    follows = [after == at + 1 for at, after in zip(kept, [*kept[1:], -1], strict=False)]
    joined = [
        on and rows[at].continues > CONTINUES_NOT for at, on in zip(kept, follows, strict=True)
    ]
    asked = [read[at] or (on and read[at + 1]) for at, on in zip(kept, follows, strict=True)]
    known = quoted(cut, joined, evidence, asked)
    choices = choices_of(cut, evidence, known, [bool(read[at]) for at in kept], usual_width(texts))
    for choice, at, on in zip(choices, kept, follows, strict=True):
        choice.continues = rows[at].continues if on else CONTINUES_NOT
        choice.was_turned = rows[at].was_turned
    return Chain([rows[at].place for at in kept], choices, cut, document, still)


def _rows(document: Document, evidence: Evidence, ways: _Ways) -> list[_Row]:
    mirrored = {
        backwards: share > 0.5 for backwards, share in enumerate(evidence.mirrored_shares(document))
    }
    text: list[_Row] = []
    furniture: list[_Row] = []
    for place, line in document.placed():
        if line.kind is Kind.BLANK and text:
            text[-1].continues = CONTINUES_OVER_BLANK
        if not has_letters(line.text):
            continue
        turned = was_turned(line, document.pages[place.page])
        row = _Row(place, line, mirrored[line.backwards], CONTINUES, turned)
        if _is_fixed(row, evidence, ways):
            if text:
                text[-1].continues = CONTINUES_OVER_BLANK
        elif line.kind in FURNITURE:
            row.continues = CONTINUES_NOT
            furniture.append(row)
        else:
            text.append(row)
    if text:
        text[-1].continues = CONTINUES_NOT
    return [*text, *furniture]


def _is_fixed(row: _Row, evidence: Evidence, ways: _Ways) -> bool:
    """Whether a line is too long for a line of a page, or has columns.

    Controls of direction say what belongs together, and are not moved.
    """
    text = row.line.text
    # The only white space that is printable is a space; controls are not.
    plain = text.isprintable() and "    " not in text
    if len(text) > LONGEST_TEXT or (not plain and (COLUMNS.search(text) or CONTROL.search(text))):
        return True
    return len(text) > MOST_TOKENS and len(_tokens(row, evidence, ways)) > MOST_TOKENS


def _tokens(row: _Row, evidence: Evidence, ways: _Ways) -> Tokens:
    text = row.line.text
    key = text, row.mirrored, ways
    found = evidence.tokens.get(key)
    if found is None:
        if len(evidence.tokens) >= REMEMBERED:
            evidence.tokens.clear()
        found = evidence.tokens[key] = tokens(text, row.mirrored, evidence.splits(text), *ways)
    return cast(Tokens, found)


def was_turned(line: Line, page: Page) -> bool:
    """Whether all words of a line were put in reverse, and no white space had shown it."""
    if len(line.origins) < 2:
        return False
    spans = [origin for origin in line.origins if isinstance(origin, Span)]
    starts = [span.start for span in spans]
    if line.backwards or starts == sorted(starts) or starts != sorted(starts, reverse=True):
        return False
    texts = [page.text[span.start : span.stop] for span in spans]
    # Of a line with one word only its marks were moved.
    alone = all(len(text.split()) == 1 for text in texts) and sum(map(has_letters, texts)) > 1
    around = page.text[max(min(starts) - 1, 0) : max(span.stop for span in spans) + 1]
    shown = "  " in around or " " in (around[:1], around[-1:]) or CONTROL.search(around)
    return alone and not shown
