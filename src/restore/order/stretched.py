"""At which spaces of a stretched line an extractor puts a separator.

PDFBox puts a separator where the pen moved further than three tenths of a running average of the
widths of what was painted last, in which every glyph counts for as much as all before it
(``PDFTextStripper.writePage``, 2.0 and 3.0). The spaces of a justified line are stretched alike, so
it depends on the letters to the left of each which of them are separators: in a right-to-left
line the first letters of the word that follows. Before a yod a shorter step is enough than before
a shin. What tells one set of separators from another is the chance of each among all sets of as
many (conditional logistic regression: Cox and Snell 1989, section 2.1.4).
"""

from __future__ import annotations

from unicodedata import combining

import numpy as np
from numpy.typing import NDArray

from restore.order.readings import JUMPED, SEPARATED, Labels
from restore.tokens import Tokens

# Mean advance widths in thousandths of an em over twelve fonts with Hebrew letters (DejaVu Sans,
# Liberation Sans and Serif, Noto Sans, Serif and Rashi Hebrew, Culmus fonts, Ezra SIL).
WIDTHS = {
    "א": 594, "ב": 547, "ג": 374, "ד": 531, "ה": 595, "ו": 287, "ז": 309, "ח": 610, "ט": 604,
    "י": 285, "ך": 523, "כ": 520, "ל": 518, "ם": 607, "מ": 613, "ן": 288, "נ": 352, "ס": 587,
    "ע": 565, "ף": 552, "פ": 552, "ץ": 515, "צ": 545, "ק": 570, "ר": 534, "ש": 680, "ת": 616,
    ".": 235, ",": 238, ":": 243, ";": 252, "!": 281, "?": 416, "(": 341, ")": 341, "[": 310,
    "]": 310, '"': 371, "'": 206, "-": 345, "־": 333, "׳": 257, "״": 433, " ": 291,
}  # fmt: skip
OTHER = 500  # digits and Latin letters
SEEN = 5  # letters; what those after them add is less than fonts differ
TOLERANCE = 0.3  # of the average width
SPREAD = 3.5  # thousandths of an em; how exactly the widths of a font and its spaces are known
OTHERWISE = 0.1  # share of lines whose separators something else made


def steps(line: Tokens) -> NDArray[np.float64]:
    """How far the pen has to move before each token for a separator, in ``SPREAD``.

    It is told but for what is the same for all tokens.
    """
    found = np.zeros(len(line))
    for place, start in enumerate(line.starts):
        part = 0.25  # the space has a half
        for letter in line.text[start : start + SEEN]:
            found[place] += part * _width(letter)
            part /= 2
    return found * (TOLERANCE / SPREAD)


def _width(letter: str) -> int:
    return 0 if combining(letter) else WIDTHS.get(letter, OTHER)


def fits(line: Tokens, rows: Labels) -> NDArray[np.float64]:
    """How much likelier the separators of each reading are than others as many, in nats.

    ``rows`` are labels (readings x tokens - 1). Sets of separators are this much likelier by 0 nats
    on the average, and none is unlikelier than ``OTHERWISE`` allows.
    """
    ease = -steps(line)
    spaced = line.spaces[:-1] > 0
    spaced[0] = True
    starts = np.zeros((len(rows), len(line)), np.bool_)
    starts[:, 0] = True
    starts[:, 1:] = rows == SEPARATED
    # To the right of the last stretch that was painted no space is left.
    last = len(line) - 1 - starts[:, ::-1].argmax(axis=1)
    could = np.tile(spaced, (len(rows), 1))
    could[:, 1:] &= rows != JUMPED
    could[np.arange(len(rows)), last] = False
    separated = starts & could
    count = separated.sum(axis=1)
    said = np.where(separated, ease, 0.0).sum(axis=1)
    level = ease.max()
    shares = np.where(could, np.exp(ease - level), 0.0)
    weighed, all_alike = _sets(shares, count), _sets(could.astype(np.float64), count)
    likelier = said - count * level - np.log(weighed) + np.log(all_alike)
    return np.asarray(np.log((1 - OTHERWISE) * np.exp(likelier) + OTHERWISE))


def _sets(shares: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum over all sets of ``count`` places of the product of their shares, row by row."""
    sums = np.zeros((len(shares), int(count.max(initial=0)) + 1))
    sums[:, 0] = 1.0
    for share in shares.T:
        sums[:, 1:] += share[:, np.newaxis] * sums[:, :-1]
    return np.asarray(sums[np.arange(len(shares)), count])
