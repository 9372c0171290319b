"""From the order in which a line is seen to the order in which it is read.

The Unicode Bidirectional Algorithm (Unicode Standard Annex #9, https://www.unicode.org/reports/tr9)
turns the order in which text is stored into the order in which it is seen. In a right-to-left line
the letters come out from right to left, but numbers and words of left-to-right scripts keep theirs.
An extractor that gives what it sees, from left to right, is undone by the inverse: the whole line
is turned around, and in it every number and every run of left-to-right words once more.
"""

from __future__ import annotations

import regex

from restore.model import Span

_LATIN = r"[\p{L}--[\p{Hebrew}\p{Arabic}\p{Syriac}\p{Thaana}]][\p{M}]*"
_SEPARATOR = r"[\p{Bidi_Class:ES}\p{Bidi_Class:CS}]"
_TERMINATOR = r"\p{Bidi_Class:ET}"
# Left-to-right words with what stands between two of them (N1) and numbers after one (W7); numbers
# with the signs that belong to them (W4, W5): 45,000  60%  15.3.2024. All as they are seen.
_SEEN = regex.compile(
    rf"{_LATIN}(?:[^\p{{Hebrew}}\p{{Arabic}}]*(?:{_LATIN}|\d))*"
    rf"|(?<!{_TERMINATOR}){_TERMINATOR}*+\d+(?:{_SEPARATOR}\d+)*{_TERMINATOR}*",
    regex.VERSION1,
)
OPEN, CLOSE = "([{", ")]}"
_TO_BRACKET = regex.compile(r"[^\p{L}\d()\[\]{}]*[)\]}]")
CLUSTER = regex.compile(r"\X")


def read_order(text: str, marks_first: bool = False) -> tuple[Span, ...]:
    """Stretches of a right-to-left line as it is seen, in the order in which it is read.

    Combining marks stay after their letters; ``marks_first`` says that in ``text`` they stand
    before them, so that each character is turned around for itself.

    >>> line = "םידומע 152 רפסב"
    >>> "".join(line[s.start : s.stop][:: s.step] for s in read_order(line))
    'בספר 152 עמודים'
    """
    found: list[Span] = []
    stop = len(text)
    for start, end in reversed(
        [(run.start(), closed(text, *run.span())) for run in _SEEN.finditer(text)]
    ):
        found += _turned(text, end, stop, marks_first)
        found.append(Span(start, end))
        stop = start
    return tuple(found + _turned(text, 0, stop, marks_first))


def closed(text: str, start: int, stop: int) -> int:
    """Where a left-to-right run ends, with the brackets that close what opens in it.

    A pair of brackets takes the direction of what is in it and before it (N0).
    """
    opened = 0
    for character in text[start:stop]:
        if character in OPEN:
            opened += 1
        elif character in CLOSE and opened:
            opened -= 1
    while opened and (found := _TO_BRACKET.match(text, stop)):
        stop, opened = found.end(), opened - 1
    return stop


def _turned(text: str, start: int, stop: int, marks_first: bool) -> list[Span]:
    if start == stop:
        return []
    clusters = [found.span() for found in CLUSTER.finditer(text, start, stop)]
    if marks_first or len(clusters) == stop - start:
        return [Span(start, stop, -1)]
    return [Span(*cluster) for cluster in reversed(clusters)]
