#!/usr/bin/env python3
"""Fit what makes a new order of a line more or less sure.

Mends the lines of cases whose true lines are known, asks of each line that was put in another
order whether it came out right, and fits the weights of ``restore.order.confidence`` by logistic
regression. Prints them, and how honest they are on documents left out of the fit.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from restore.calibration import signature
from restore.change import Arrange, acted, applied
from restore.damage.controls import find_direction_controls
from restore.damage.furniture import find_furniture
from restore.damage.letters import find_reversed_letters
from restore.damage.niqqud import find_displaced_niqqud
from restore.damage.order import changed, pieces
from restore.evidence import evidence
from restore.formats.txt import read
from restore.order.chain import chain
from restore.order.confidence import WEIGHTS
from restore.order.habits import decide
from restore.score import fold
from restore.tokens import MIRROR

# Extractors whose habits the readings describe.
OURS = ("tika", "pdfbox", "pdfjs_eol", "pdfjs_joinspace")
# What is mended before the order of words is looked at.
FIRST = (
    find_furniture,
    find_direction_controls,
    find_reversed_letters,
    find_displaced_niqqud,
)
PULL = 0.1  # strength of the pull of every weight but the bias to 0
FOLDS = 5

Floats = NDArray[np.float64]


def cases(bench: Path | None, samples: Path | None) -> Iterator[tuple[str, str, str]]:
    """The name, raw text and true text of each case."""
    for folder in sorted(bench.iterdir()) if bench else ():
        facts = json.loads((folder / "meta.json").read_text("utf-8"))
        ours = facts["extractor_id"] in OURS or facts["damage"] == ["OK"]
        if facts["language"] == "he" and ours:
            raw = (folder / "raw.txt").read_bytes().decode()
            yield folder.name, raw, (folder / "source.txt").read_text("utf-8")
    for path in sorted(samples.glob("*.tika.raw.txt")) if samples else ():
        true = path.with_name(path.name.replace(".tika.raw.txt", ".true.txt"))
        yield path.name, path.read_bytes().decode(), true.read_text("utf-8")


def judged(raw: str, true: str) -> Iterator[tuple[list[float], bool]]:
    """The signs of each line that is put in another order, and whether it comes out right."""
    known = evidence("he")
    document = read(raw)
    for find in FIRST:
        document, _ = applied(document, list(find(document, known)))
    mirrored = {turned: known.mirrored_share(document, turned) > 0.5 for turned in (False, True)}
    lines = {fold(line) for line in true.replace("\f", "\n").split("\n")}
    known_letters = {signature(line) for line in lines}
    read_lines = chain(document, known)
    if not read_lines.choices:
        return
    turned = decide(read_lines.choices, known, read_lines.settled)
    for place, _, line, best, signs in changed(read_lines, turned):
        if signature(fold(line.text)) not in known_letters:
            continue
        before = document.pages[place.page].lines[place.line]
        after = fold(acted(before, Arrange(pieces(line, best))).text)
        right = (after.translate(MIRROR) if mirrored[before.backwards] else after) in lines
        yield [float(signs[name]) for name in WEIGHTS], right


def fitted(signs: Floats, right: Floats) -> Floats:
    """The weights (nats) of each column of ``signs`` that make ``right`` likeliest."""
    pull = np.array([0.0, *[PULL] * (signs.shape[1] - 1)])

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = signs @ weights
        chance = 1 / (1 + np.exp(-odds))
        nats = np.logaddexp(0, -np.where(right > 0, odds, -odds)).sum()
        return float(nats + pull @ weights**2), signs.T @ (chance - right) + 2 * pull * weights

    start = np.zeros(signs.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def main() -> None:
    """Fit, cross-validate by document, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, help="folder of cases (bench/text)")
    parser.add_argument("--samples", type=Path, help="folder of samples")
    asked = parser.parse_args()
    rows: list[tuple[int, list[float], bool]] = []
    for number, (_, raw, true) in enumerate(cases(asked.bench, asked.samples)):
        rows += [(number, signs, right) for signs, right in judged(raw, true)]
    if not rows:
        sys.exit("no case has a line to judge; name folders with --bench and --samples")
    documents = np.array([row[0] for row in rows])
    signs, right = np.array([row[1] for row in rows]), np.array([row[2] for row in rows], float)
    part = np.random.default_rng(0).permutation(documents.max() + 1)[documents] % FOLDS
    held_out = np.zeros(len(rows))
    for k in range(FOLDS):
        weights = fitted(signs[part != k], right[part != k])
        held_out[part == k] = 1 / (1 + np.exp(-signs[part == k] @ weights))
    for name, weight in zip(WEIGHTS, fitted(signs, right), strict=True):
        print(f'    "{name}": {weight:.2f},')
    for low in range(10):
        chosen = (held_out * 10).astype(int).clip(0, 9) == low
        if chosen.any():
            print(
                f"from 0.{low}: {chosen.sum()} lines, mean {held_out[chosen].mean():.3f}, "
                f"right {right[chosen].mean():.3f}"
            )


if __name__ == "__main__":
    main()
