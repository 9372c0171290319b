"""The lines of a document painted portion by portion, each as it was most likely read.

Whether the program that made the document paints numbers as portions of their own, and how often
the print changes inside of its lines, is learned from all lines (expectation-maximisation); one
line leads to the next (``restore.order.lattice``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log

import numpy as np
import regex
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.choices import words
from restore.order.lattice import Choice, Reading, joins, posteriors, weigh_readings
from restore.order.ltr_portions import paintings
from restore.order.notes import CUT_NOTE, marks_of_notes
from restore.order.prices import FLUENCY
from restore.order.rotations import (
    AT_EDGE,
    STUCK,
    Way,
    characters,
    odd,
    ways,
)
from restore.tokens import MIRROR

ROUNDS = 4
NUMBER = regex.compile(r"\d{1,3}")
# Share of lines with numbers that are cut, of lines with a change of print at a space and at a
# bracket that nothing shows, and how many lines these guesses are worth; guesses.
CUT, CUT_WORTH = 0.02, 2.0
AT_SPACE, AT_BRACKET, WORTH = 0.05, 0.3, 4.0
MARKS, MARKS_WORTH = 0.2, 2.0  # of the numbers of notes, that they hang on words; guesses
MOST = 0.999


@dataclass(slots=True)
class Portioned:
    """A line, and how it can have been read; ``number`` says if it has a number or a Latin word.

    ``mended`` says that the line was cut and is no longer. ``ways`` are none for a line that stands
    as it is. ``posteriors`` has the probability of each way, and before them that of the line as it
    stands, ``marks`` how many numbers of notes hang on words and how many stand apart in each.
    """

    text: str
    number: bool
    continues: float
    mended: bool = False
    ways: list[Way] = field(default_factory=list)
    marks: NDArray[np.int64] = field(default_factory=lambda: np.zeros((1, 2), np.int64))
    posteriors: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))

    def chances(self) -> dict[str, float]:
        """How likely the line has been each text, which is given as ``characters``."""
        found: dict[str, float] = {}
        for way, chance in zip(self.ways, self.posteriors[1:].tolist(), strict=True):
            text = characters("".join(self.text[at] for at in way.places))
            found[text] = found.get(text, 0.0) + chance
        return found


def decide(
    lines: Sequence[Portioned], mirrored: bool, notes: frozenset[str], evidence: Evidence
) -> float:
    """Set the posteriors of all lines; give the share of lines with numbers that are so cut.

    ``notes`` are the numbers of the notes of the document.
    """
    for line in lines:
        line.ways = _ways(line, mirrored, notes)
        texts = (line.text, *(way.text for way in line.ways))
        line.marks = np.array([marks_of_notes(text, notes) for text in texts])
    choices = [_choice(line, mirrored, notes, evidence) for line in lines]
    weigh_readings(choices, evidence, FLUENCY)
    links = joins(choices, evidence, FLUENCY)
    share, spaces, brackets, marks = CUT, AT_SPACE, AT_BRACKET, MARKS
    for _ in range(ROUNDS):
        priors = [_prior(line, share, spaces, brackets, marks) for line in lines]
        posteriors(choices, links, priors)
        for line, choice in zip(lines, choices, strict=True):
            line.posteriors = np.array([reading.posterior for reading in choice.readings])
        cut = [line.mended or 1 - float(line.posteriors[0]) for line in lines if line.number]
        share = _learned(cut, CUT, CUT_WORTH)
        spaces = _learned(_expected(lines, "spaces"), AT_SPACE, WORTH)
        brackets = _learned(_expected(lines, "brackets"), AT_BRACKET, WORTH)
        marks = _learned(_hanging(lines), MARKS, MARKS_WORTH)
    return sum(cut) / len(cut)


def _learned(said: Sequence[float], guess: float, worth: float) -> float:
    return min((sum(said) + guess * worth) / (len(said) + worth), MOST)


def _expected(lines: Sequence[Portioned], kind: str) -> list[float]:
    """How likely each line has such a change of print, of those that may have."""
    cuts = [np.array([getattr(way, kind) > 0 for way in line.ways]) for line in lines]
    return [
        float(line.posteriors[1:] @ cut) for line, cut in zip(lines, cuts, strict=True) if cut.any()
    ]


def _hanging(lines: Sequence[Portioned]) -> list[float]:
    """What share of the numbers of notes of each line that has any hang on words, as expected."""
    found = [line.posteriors @ line.marks for line in lines if line.marks.any()]
    return [float(hang / (hang + apart)) for hang, apart in found if hang + apart > 0.5]


def _ways(line: Portioned, mirrored: bool, notes: frozenset[str]) -> list[Way]:
    stands = not line.number and line.text == line.text.strip() and "  " not in line.text
    if line.mended or stands:
        return []
    return _known_ways(line.text, mirrored, notes.intersection(NUMBER.findall(line.text)))


@lru_cache(maxsize=1 << 11)  # lines that stay doubtful come again in each round
def _known_ways(text: str, mirrored: bool, notes: frozenset[str]) -> list[Way]:
    return ways(text, paintings(text), mirrored, notes)


def _choice(line: Portioned, mirrored: bool, notes: frozenset[str], evidence: Evidence) -> Choice:
    own = line.text.translate(MIRROR) if mirrored else line.text
    # The number of a note that was cut hangs at its end as a mark would; no line begins with a stop
    # and ends with a number.
    price = AT_EDGE + odd(own) if CUT_NOTE.match(own) else odd(own, notes)
    readings = [_reading(own, price, evidence)]
    readings += [_reading(way.text, way.against, evidence) for way in line.ways]
    return Choice(readings, continues=line.continues)


def _reading(text: str, price: float, evidence: Evidence) -> Reading:
    units = tuple(map(evidence.row, words(STUCK.sub(" ", text))))
    return Reading((), (), price, units)


def _prior(
    line: Portioned, share: float, spaces: float, brackets: float, marks: float
) -> NDArray[np.float64]:
    at_space, at_bracket = log(spaces / (1 - spaces)), log(brackets / (1 - brackets))
    so = share if line.number else max(share, 0.5)
    found = [log(1 - so)]
    found += [log(so) + way.spaces * at_space + way.brackets * at_bracket for way in line.ways]
    return np.array(found) + line.marks @ np.log([marks, 1 - marks])
