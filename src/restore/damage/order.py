"""Words in the wrong order: reversed words, rotated runs, interleaved runs, displaced marks.

All lines of a document are decided at once. Every line gets its possible readings
(``readings.py``), each with a price for the cuts it assumes and the white space it leaves over;
the words speak for or against each order, within the line and from line to line
(``lattice.py``). How often which trace in the white space means damage is a habit of the program
that made the document: it is learned from the document itself (expectation-maximisation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import Document, Inserted, Piece, Place, Span
from restore.order.chain import Chain, chain
from restore.order.choices import QUOTED
from restore.order.confidence import confidence, gathers_marks, signs
from restore.order.habits import decide
from restore.order.lattice import Choice, Reading
from restore.order.notes import numbers_of_notes
from restore.order.prices import choice_of_first
from restore.order.rotations import characters
from restore.tokens import Tokens, Type
from restore.works.quoted import Source

REVERSED_WORDS = "reversed-words"
ROTATED_RUNS = "rotated-runs"
INTERLEAVED_RUNS = "interleaved-runs"
DISPLACED_MARKS = "displaced-marks"
REASONS = {
    REVERSED_WORDS: "the words of the line stand in reverse",
    ROTATED_RUNS: "the line is cut into runs that stand in reverse order",
    INTERLEAVED_RUNS: "two runs of the line stand one inside the other",
    DISPLACED_MARKS: "marks of the line stand at the wrong place",
}

# Where a writer leaves a space between a closing bracket and the mark after it, the mark may begin
# the next line. Two such places, and half of all, are a habit; guesses.
MARK_AFTER_BRACKET = regex.compile(r"[)\]](\s?)[,.:;](?=\s|$)")
MARK_BEGINS = regex.compile(r"\s*[,.:;]\s")
LEAST_SPACED, LEAST_SHARE_SPACED = 2, 0.5
PAIRS = {")": "(", "]": "[", "}": "{"}
FAR_BRACKET = 8  # lines that a text in brackets goes on for


def find_order(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines whose words stand in another order than they were written in."""
    lines = chain(document, evidence)
    if not lines.choices:
        return
    turned = decide(lines.choices, evidence, lines.settled)
    spaced = _spaces_marks(document)
    notes = numbers_of_notes(document.lines_read())
    for place, choice, line, best, found in changed(lines, turned):
        damage = name(line, best.order)
        reason = "; ".join([REASONS[damage], *passages(line, best, choice.sources)])
        sure = confidence(found)
        known = evidence.cut_at_numbers.get(line.text)
        if known is not None:
            # What the numbers of a line say of its order is more than what its words do.
            text = characters("".join(map(line.token, best.order)))
            sure = min(sure, (1 + known.get(text, 0.0)) / 2)
        if spaced and damage == DISPLACED_MARKS and MARK_BEGINS.match(line.text):
            sure = min(sure, 0.5)
        if damage == DISPLACED_MARKS and _pairs_earlier(document, place):
            sure = min(sure, 0.5)
        if notes and _frees_mark(line, best, notes):
            sure = min(sure, 0.5)
        yield Finding(damage, place, Arrange(pieces(line, best)), reason, sure)


def _frees_mark(line: Tokens, reading: Reading, notes: frozenset[str]) -> bool:
    """Whether a reading puts spaces around what may be the mark of a note and had none."""
    return any(
        line.ltr[token]
        and line.token(token) in notes
        and 0 < token < len(line) - 1
        and not line.spaces[token : token + 2].any()
        and reading.gaps[index]
        and reading.gaps[index + 1]
        for index, token in enumerate(reading.order)
    )


def _pairs_earlier(document: Document, place: Place) -> bool:
    """Whether a bracket that opens at the end of a line, or closes at its start, has another.

    The other is in a line before: one that closes turned the wrong way in the text itself, or an
    empty pair that the end of the line parts.
    """
    text = document.at(place).text.strip()
    before = [
        line.text
        for line in document.pages[place.page].lines[max(place.line - FAR_BRACKET, 0) : place.line]
    ]
    if text[:1] in PAIRS:
        return bool(before) and before[-1].rstrip()[-1:] == PAIRS[text[0]]
    if text[-1:] not in PAIRS.values():
        return False
    depth = 0
    for character in reversed("\n".join([*before, text[:-1]])):
        if character in PAIRS:
            depth += 1
        elif character == text[-1]:
            if not depth:
                return True
            depth -= 1
    return False


def _spaces_marks(document: Document) -> bool:
    """Whether a document has a space between closing brackets and the marks after them."""
    found = [gap for text in document.lines_read() for gap in MARK_AFTER_BRACKET.findall(text)]
    spaced = sum(map(bool, found))
    return spaced >= LEAST_SPACED and spaced >= LEAST_SHARE_SPACED * len(found)


def changed(
    lines: Chain, turned: float
) -> Iterator[tuple[Place, Choice, Tokens, Reading, dict[str, float]]]:
    """The lines that are best read in another order, and what speaks for and against it.

    ``turned`` is the share of lines that are, of those where nothing shows it.
    """
    gathers = None
    for place, choice, line in zip(lines.places, lines.choices, lines.cut, strict=True):
        best = max(choice.readings, key=lambda reading: reading.posterior)
        if list(best.order) == sorted(best.order):
            continue
        if gathers is None:
            gathers = gathers_marks(lines.document.lines_read())
        damage = name(line, best.order)
        found = signs(
            line,
            choice.trace,
            best.posterior,
            best.price - choice_of_first(line, best.cuts),
            marks_only=damage == DISPLACED_MARKS,
            interleaved=damage == INTERLEAVED_RUNS,
            turned=turned if best.turned else 0.0,
            quoted=(best.quoted - choice.readings[0].quoted) / QUOTED,
            gathers=gathers,
        )
        yield place, choice, line, best, found


def passages(line: Tokens, reading: Reading, sources: Sequence[Source]) -> Iterator[str]:
    """Which words of a reading, counted from 1, are a known passage."""
    words = [token for token in reading.order if line.types[token] == Type.WORD]
    at = {token: number for number, token in enumerate(words, start=1)}
    for source in sources:
        numbers = [at[token] for token in source.tokens]
        if len(numbers) > 2 and numbers == sorted(numbers):
            yield f"words {numbers[0]}-{numbers[-1]} are from {source.place}"


def name(line: Tokens, order: tuple[int, ...]) -> str:
    """What a line suffers from whose tokens belong in ``order``."""
    words = [token for token in order if line.types[token] == Type.WORD]
    if words == sorted(words):
        return DISPLACED_MARKS
    cuts = [k for k in range(len(words) - 1) if words[k + 1] != words[k] + 1]
    falls = sum(words[k + 1] < words[k] for k in cuts)
    if falls < len(cuts):
        starts = [0, *(k + 1 for k in cuts)]
        runs = [words[start] for start in starts]
        if runs != sorted(runs, reverse=True):
            return INTERLEAVED_RUNS
    return REVERSED_WORDS if len(cuts) * 2 >= len(words) - 1 and len(cuts) > 1 else ROTATED_RUNS


def pieces(line: Tokens, reading: Reading) -> tuple[Piece, ...]:
    """The reading as stretches of the line; a white space goes with the token before it."""
    found: list[Piece] = [Span(0, line.markup)] if line.markup else []
    for index, token in enumerate(reading.order):
        start, stop = line.starts[token], line.stops[token]
        space = reading.gaps[index + 1]
        following = line.starts[token + 1] if token + 1 < len(line) else len(line.text)
        if space and stop < following:
            stop, space = stop + 1, 0
        last = found[-1] if found else None
        if isinstance(last, Span) and last.stop == start:
            found[-1] = Span(last.start, stop)
        else:
            found.append(Span(start, stop))
        if space:
            found.append(Inserted(" "))
    return tuple(found)
