"""Words cut by a hyphen at the end of a line: ``הספ-`` and ``רייה`` for ``הספרייה``.

Only the running text joins them; the lines of the page stay as they were printed. The hyphen goes
if the parts make one word, and stays if they are a compound that was broken at its own hyphen; how
often each is written tells, and a final letter before the hyphen ends a word for sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import exp, log

import regex

from restore.change import Finding, Mark
from restore.evidence import Evidence
from restore.model import FURNITURE, Document, Ends
from restore.tokens import HEBREW, POINTS

CUT_WORDS = "cut-words"

LAST_PART = regex.compile(rf"(?<![{HEBREW}{POINTS}\"'״׳])([{HEBREW}{POINTS}]+)([-‐\u00ad])\s*$")
FIRST_PART = regex.compile(rf"^\s*([{HEBREW}{POINTS}]+)")
SIGNS = regex.compile(rf"[{POINTS}]")
SOFT_HYPHEN = "\u00ad"  # stands nowhere but where a word may be cut: UAX #14
CUT = 0.3  # share of words cut among hyphens at the end of a line, the others being compounds
MOST_SURE = 0.97  # that a hyphen after a word joins it to the next; a guess


def find_cut_words(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines that go on in the next one with the rest of a word, or of a compound."""
    lines = [
        (place, line)
        for place, line in document.placed()
        if line.kind not in FURNITURE and line.text.strip()
    ]
    for (place, line), (_, after) in pairwise(lines):
        cut, rest = LAST_PART.search(line.text), FIRST_PART.search(after.text)
        if line.ends is Ends.SPACE and cut and rest:
            hyphen = cut.group(2)
            one = 1.0 if hyphen == SOFT_HYPHEN else _one_word(cut.group(1), rest.group(1), evidence)
            if one > 0.5:
                mark, reason = Ends.HYPHEN, "a hyphen cuts a word at the end of the line"
            else:
                mark, reason = Ends.NOTHING, "a compound goes on after its hyphen in the next line"
            yield Finding(CUT_WORDS, place, Mark(ends=mark), reason, MOST_SURE * max(one, 1 - one))


def _one_word(first: str, second: str, evidence: Evidence) -> float:
    """How likely two parts are those of one word."""
    first, second = SIGNS.sub("", first), SIGNS.sub("", second)
    if first[-1] in evidence.language.finals:
        return 0.0
    frequency = evidence.frequency
    nats = log(frequency(first + second)) - log(frequency(first) * frequency(second))
    return 1 / (1 + exp(-nats - log(CUT / (1 - CUT))))
