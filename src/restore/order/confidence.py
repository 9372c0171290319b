"""How sure a new order of a line is, as a probability.

The posterior of a reading says how it compares with the other readings of its line; it knows
nothing of damage that no reading describes, such as marks of another font gathered at the end of
the line. Signs of that make it less sure (logistic calibration: Platt 1999).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log

import numpy as np
import regex

from restore.points import ACCENT, ACCENTED
from restore.tokens import HEBREW, POINTS, Tokens, Type

# Nats. Fitted by scripts/fit_confidence.py on bench/text (Hebrew, Tika and PDFBox, and what must
# stay as it is) and samples; those of turned lines on all of bench/text, the others being given,
# and that of marks with those of pdf.js too.
WEIGHTS = {
    "bias": 0.41,
    "posterior": 0.78,  # of its log-odds, up to KNEE
    "posterior beyond": 0.44,
    "lone marks": -0.20,  # marks of the line that hang on no word
    "left to right": -0.34,  # numbers and Latin words
    "cut at accents": -5.83,  # words are in pieces (``cut_at_accents``)
    "marks only": -0.49,  # only marks change place
    "interleaved": -0.25,
    "price": -0.20,  # of the reading, each nat, but for the choice of the first separator
    "no trailing space": -0.38,  # though spaces are doubled
    "odd": -0.03,  # something is glued or begins the line that should not
    "gathered": -5.37,  # a mark, in a document that gathers marks where they do not belong
    "gathered words": 0.36,  # the lines of such a document without one
    "quoted": 0.14,  # neighbours by a known passage that were none, up to MANY_QUOTED
    "no trace": -4.10,  # nothing in the white space shows a move
    "turned": 2.06,  # but all words stand in reverse
    "turned share": 2.07,  # of such lines in the document
}
KNEE, CEILING = 3.0, 8.0  # nats
MARK = regex.compile("[.,:;!?]")
STRAY = regex.compile(rf"(?<![{HEBREW}{POINTS}\d\"'״׳”’)(\]\[])[.,:;!?](?=[{HEBREW}\s]|$)")
ANY_MARK = regex.compile(r"[^\p{L}\p{M}\p{N}\s]")
MANY_STRAY = 0.6  # share of marks
FEW_MARKS = 2.0  # marks; so many more are taken to stand where they belong
MANY_QUOTED = 3.0
BOUND = regex.compile(rf"[{HEBREW}{POINTS}־]*[{HEBREW}][{HEBREW}{POINTS}־]*")  # words with a maqaf
MOST_WITHOUT = 0.15  # share of words without an accent; a guess


def lone_marks(line: Tokens) -> int:
    """How many marks of a line hang on no word."""
    return int(np.isin(line.types, (Type.MARK, Type.QUOTE)).sum())


def cut_at_accents(text: str) -> bool:
    """Whether words of a line with accents are in pieces.

    An accent is painted at a place of its own, where an extractor may cut the word. Whole words,
    or several that a maqaf makes one, have an accent each (Gesenius, Hebrew Grammar, section 15),
    the second piece of one that was cut has none.
    """
    if not ACCENT.search(text):
        return False
    words = BOUND.findall(text)
    without = sum(ACCENTED.search(word) is None for word in words)
    return without > MOST_WITHOUT * len(words)


def gathers_marks(lines: Iterable[str]) -> bool:
    """Whether marks stand apart from the words of most lines.

    A mark that the font lacks is painted in another font, after the line; then it is gathered with
    others where it does not belong, and nothing tells where it was.
    """
    stray = marks = 0
    for line in lines:
        stray += len(STRAY.findall(line))
        marks += len(MARK.findall(line))
    return stray > MANY_STRAY * (marks + FEW_MARKS)


def signs(
    line: Tokens,
    trace: str,
    posterior: float,
    price: float,
    *,
    marks_only: bool,
    interleaved: bool,
    turned: float,
    quoted: float,
    gathers: bool,
) -> dict[str, float]:
    """What speaks for and against the order of the best reading of a line, by name of weight.

    ``trace`` is that of the line's white space, ``price`` in nats, ``turned`` the share of lines
    with all words in reverse and nothing that shows it, if this is one, or 0, ``quoted`` how many
    more of its words follow each other in a known passage, ``gathers`` whether the document gathers
    marks (``gathers_marks``).
    """
    bounded = min(max(posterior, 1e-6), 1 - 1e-6)
    odds = log(bounded / (1 - bounded))
    return {
        "bias": 1.0,
        "posterior": min(odds, KNEE),
        "posterior beyond": max(min(odds, CEILING) - KNEE, 0.0),
        "lone marks": lone_marks(line),
        "left to right": int(line.ltr.sum()),
        "cut at accents": cut_at_accents(line.text),
        "marks only": marks_only,
        "interleaved": interleaved,
        "price": max(price, 0.0),
        "no trailing space": "D" in trace and "T" not in trace.upper(),
        "odd": "G" in trace,
        "gathered": gathers and ANY_MARK.search(line.text) is not None,
        "gathered words": gathers and ANY_MARK.search(line.text) is None,
        "quoted": min(max(quoted, 0.0), MANY_QUOTED),
        "no trace": not trace,
        "turned": turned > 0,
        "turned share": turned,
    }


def confidence(found: dict[str, float]) -> float:
    """How likely it is that a line comes out right in its new order, from its ``signs``."""
    return 1 / (1 + exp(-sum(WEIGHTS[name] * value for name, value in found.items())))
