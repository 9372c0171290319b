"""How sure a new order of a line is, as a probability.

The posterior of a reading says how it compares with the other readings of its line; it knows
nothing of damage that no reading describes, such as marks of another font gathered at the end of
the line. Signs of that make it less sure (logistic calibration: Platt 1999).
"""

from __future__ import annotations

from math import exp, log

import numpy as np

from restore.tokens import Tokens, Type
from restore.units import MARKS

# Fitted by scripts/fit_prices.py on bench/text and samples, by document; nats.
BIAS = 1.31
POSTERIOR = 0.75  # of its log-odds, up to KNEE
POSTERIOR_BEYOND = 0.28
LONE_MARK = -0.18
LEFT_TO_RIGHT = -0.5  # number or Latin word
POINTED = -3.36  # niqqud or cantillation in the line
MARKS_ONLY = -0.69  # only marks change place
INTERLEAVED = -0.46
PRICE = -0.12  # of each nat of the price of the reading
NO_TRAILING_SPACE = -0.59  # though spaces are doubled
ODD = -0.29  # something is glued or begins the line that should not
LONE_SHARE = -5.02  # share of the document's lines that have a mark on its own
KNEE, CEILING = 3.0, 7.0


def lone_marks(line: Tokens) -> int:
    """How many marks of a line hang on no word."""
    return int(np.isin(line.types, (Type.MARK, Type.QUOTE)).sum())


def confidence(
    line: Tokens,
    trace: str,
    posterior: float,
    price: float,
    *,
    marks_only: bool,
    interleaved: bool,
    lone_share: float,
) -> float:
    """How likely it is that a line comes out right in the order of its best reading.

    ``trace`` is that of the line's white space, ``price`` in nats, ``lone_share`` the share of
    the document's lines that have a mark on its own.
    """
    bounded = min(max(posterior, 1e-6), 1 - 1e-6)
    odds = log(bounded / (1 - bounded))
    evidence = BIAS + POSTERIOR * min(odds, KNEE)
    evidence += POSTERIOR_BEYOND * max(min(odds, CEILING) - KNEE, 0)
    evidence += LONE_MARK * lone_marks(line) + LEFT_TO_RIGHT * int(line.ltr.sum())
    evidence += POINTED * (MARKS.search(line.text) is not None)
    evidence += MARKS_ONLY * marks_only + INTERLEAVED * interleaved + PRICE * max(price, 0)
    evidence += NO_TRAILING_SPACE * ("D" in trace and "T" not in trace.upper())
    evidence += ODD * ("G" in trace) + LONE_SHARE * lone_share
    return 1 / (1 + exp(-evidence))
