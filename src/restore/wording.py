"""How well a line reads as it stands: its words, what follows what, and where its marks hang.

A damage that has one other reading of a line, and not thousands of orders, asks here which of the
two reads better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import numpy as np
import regex
from numpy.typing import NDArray

from restore.evidence import NOTHING, Evidence
from restore.tokens import HEBREW, POINTS
from restore.units import parts

FOLLOWS = 0.5  # what the pair model says counts so much; words of a line depend on each other
COMMON = 0.25  # and so much the frequencies of its words; a guess
UNCOUNTED = 1e-3  # share taken for a number or a mark alone; a guess
ODD = 2.5  # nats against a mark that hangs where none hangs; a guess

_WORD = rf"[{HEBREW}{POINTS}]"
# Marks where no printed Hebrew has them: at the wrong side of a space or a word, or a bracket that
# closes what is not open.
ODDITIES = regex.compile(
    rf"""^\s*[.,:;!?)\]}}](?!\.)            # begins the line
    |(?<=\S)\s+(?:[,:;!?)\]}}]|\.(?!\.))    # after a space
    |[,;!?)\]}}](?={_WORD}{{2}})|(?<={_WORD}{{2}})[.:](?={_WORD}{{2}})  # glued to the next word
    |[(\[{{]\s|[(\[{{]$                     # opens, and a space follows
    |(?<={_WORD}{{2}})[(\[{{](?={_WORD}{{2}})  # opens, and no space stands before
    |(?<={_WORD})["״”](?=\s*["״”])          # two in a row
    |[.,:;!?]["״”'׳](?={_WORD})              # closes a sentence and opens a quotation, no space
    |(?:^|\s)["״”'׳](?=\s|$)                # alone
    |(?<=[אבהוילמנפקרשךםןף])['׳](?={_WORD}{{2}})  # a geresh where no foreign sound has one
    |(?<=\s)-(?={_WORD}{{2}})|(?<={_WORD}{{2}})-(?=\s|$)  # a hyphen that joins nothing
    |(?<={_WORD}{{2}})\d|\d(?={_WORD}{{2}})  # a number glued to a word
    |^\s*-(?={_WORD})|^\s*['׳](?=\s|{_WORD}{{3}})
    """,
    regex.VERBOSE,
)
# The parts of a compound are known where the whole is not.
HYPHEN = regex.compile(rf"(?<={_WORD})[-־](?={_WORD}|[0-9A-Za-z])")
BRACKETS = regex.compile(r"[()\[\]{}]")
OPENING = {")": "(", "]": "[", "}": "{"}


def reads(lines: Sequence[str], evidence: Evidence) -> NDArray[np.float64]:
    """What speaks for each of ``lines`` as it stands, in nats.

    To be compared only between lines of the same letters.
    """
    triples: list[tuple[int, int, int]] = []
    owners: list[int] = []
    said = np.zeros(len(lines))
    cut = [HYPHEN.sub(" ", line).split() for line in lines]
    common = _common({unit for units in cut for unit in units}, evidence)
    evidence.learn(common)
    for number, (line, units) in enumerate(zip(lines, cut, strict=True)):
        rows = [NOTHING, *map(evidence.row, units)]
        triples += zip(rows, rows[1:], rows[2:], strict=False)
        owners += [number] * (len(units) - 1)
        said[number] = COMMON * sum(map(common.__getitem__, units))
        said[number] -= ODD * oddities(line)
    if triples:
        two, one, itself = np.array(triples, np.intp).T
        nats = evidence.follows(two, one, itself)
        said += FOLLOWS * np.bincount(owners, nats, len(lines))
    return said


def _common(units: Iterable[str], evidence: Evidence) -> dict[str, float]:
    """How often each unit is written, as the logarithm of its share."""
    cores = {unit: parts(unit).core for unit in units}
    counted = {unit: core for unit, core in cores.items() if core and not core[0].isdigit()}
    nats = np.log(evidence.frequencies(list(counted.values()))).tolist()
    return dict.fromkeys(cores, log(UNCOUNTED)) | dict(zip(counted, nats, strict=True))


def oddities(line: str) -> int:
    """How many marks of a line hang where none hangs in print, brackets that do not close too."""
    count = len(ODDITIES.findall(line))
    opened: list[str] = []
    for bracket in BRACKETS.findall(line):
        if bracket not in OPENING:
            opened.append(bracket)
        elif opened and opened[-1] == OPENING[bracket]:
            opened.pop()
        elif opened or count:
            count += 1
    return count
