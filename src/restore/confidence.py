"""How sure a new order of a line is, as a probability.

The posterior of a reading says how it compares with the other readings of its line; it knows
nothing of damage that no reading describes, such as marks of another font gathered at the end of
the line. Signs of that make it less sure (logistic calibration: Platt 1999).
"""

from __future__ import annotations

from math import exp, log

import numpy as np
import regex

from restore.tokens import Tokens, Type

# Nats. Fitted by scripts/fit_confidence.py on bench/text (Hebrew, Tika and PDFBox, and what must
# stay as it is) and samples.
WEIGHTS = {
    "bias": 0.7921,  # the fit gave 0.89
    "posterior": 0.69,  # of its log-odds, up to KNEE
    "posterior beyond": 0.31,
    "lone marks": -0.22,  # marks of the line that hang on no word
    "left to right": -0.49,  # numbers and Latin words
    "cantillation": -1.39,  # at its marks extractors cut words in pieces
    "marks only": -0.63,  # only marks change place
    "interleaved": -0.22,
    "price": -0.16,  # of the reading, each nat
    "no trailing space": -0.22,  # though spaces are doubled
    "odd": -0.50,  # something is glued or begins the line that should not
    "lone share": -7.81,  # lines of the document that have a lone mark, beyond SOME
    "no trace": -1.75,  # nothing in the white space shows a move; a guess, there were few
}
KNEE, CEILING = 3.0, 8.0  # nats
SOME = 0.25  # share of lines
CANTILLATION = regex.compile("[\u0591-\u05ae]")


def lone_marks(line: Tokens) -> int:
    """How many marks of a line hang on no word."""
    return int(np.isin(line.types, (Type.MARK, Type.QUOTE)).sum())


def signs(
    line: Tokens,
    trace: str,
    posterior: float,
    price: float,
    *,
    marks_only: bool,
    interleaved: bool,
    lone_share: float,
) -> dict[str, float]:
    """What speaks for and against the order of the best reading of a line, by name of weight.

    ``trace`` is that of the line's white space, ``price`` in nats, ``lone_share`` the share of
    the document's lines that have a lone mark.
    """
    bounded = min(max(posterior, 1e-6), 1 - 1e-6)
    odds = log(bounded / (1 - bounded))
    return {
        "bias": 1.0,
        "posterior": min(odds, KNEE),
        "posterior beyond": max(min(odds, CEILING) - KNEE, 0.0),
        "lone marks": lone_marks(line),
        "left to right": int(line.ltr.sum()),
        "cantillation": CANTILLATION.search(line.text) is not None,
        "marks only": marks_only,
        "interleaved": interleaved,
        "price": max(price, 0.0),
        "no trailing space": "D" in trace and "T" not in trace.upper(),
        "odd": "G" in trace,
        "lone share": max(lone_share - SOME, 0.0),
        "no trace": not trace,
    }


def confidence(found: dict[str, float]) -> float:
    """How likely it is that a line comes out right in its new order, from its ``signs``."""
    return 1 / (1 + exp(-sum(WEIGHTS[name] * value for name, value in found.items())))
