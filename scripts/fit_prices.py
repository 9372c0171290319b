"""Fit the prices of readings, the weight of the pair model and the habits of documents.

A case is a folder with ``raw.txt`` (as extracted), ``source.txt`` (the true lines) and
``meta.json`` (``language``, ``doc``, ``extractor_id``). For every line whose true line is known by
its letters, the readings that ``restore.damage.order`` weighs are collected, and the weights are
those that make the true one likeliest, its neighbours taken as they truly are (maximum conditional
likelihood, with a ridge towards the present weights). The figures come from weights fitted to other
documents. They are better than those of a whole run, which does not know the neighbours.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import restore.order.choices
from restore.calibration import signature
from restore.change import applied
from restore.damage import FURNITURE
from restore.evidence import evidence, softmax
from restore.formats import txt
from restore.order import habits, prices
from restore.order.chain import chain
from restore.order.lattice import Choice, Reading, joins, weigh_readings
from restore.order.prices import INSTEAD, LEARNED, NAMES, PRICES, counts, gaps
from restore.order.readings import orders
from restore.order.screen import MOST_SHARE, ROUNDS
from restore.order.traits import HABITS as GAPS
from restore.order.traits import facts
from restore.score import fold
from restore.tokens import MIRROR, Tokens

try:
    # SciPy has no types.
    minimize = import_module("scipy.optimize").minimize
except ImportError:
    print("fit_prices: scipy is missing (pip install 'rtl-restore[train]')", file=sys.stderr)
    raise SystemExit(3) from None

SEARCHED = 150  # readings of a line among which the true one is looked for
COMPARED = 50  # readings with which it is compared
FOLDS = 3
# Strength of the pull to the present weights, per squared nat; guesses.
PRICE_PULL, FLUENCY_PULL, HABIT_PULL = 0.5, 2.0, 0.1
HIGHEST_PRICE, HIGHEST_GIFT, HIGHEST_HABIT, FLUENCIES = 12.0, 4.0, 8.0, (0.1, 2.0)
QUOTES = (0.0, 12.0)  # bounds
STEPS = 80  # of the search
OTHER = "other"  # stands for all traces without a first guess of their own

Floats = NDArray[np.float64]
TRACES = (*habits.HABITS, OTHER)
ALWAYS = np.array([name in GAPS for name in LEARNED])  # also shown by lines as they stand
# Places among the weights: prices first, then fluency, quotes, and habits.
AT_FLUENCY, AT_QUOTED, AT_HABITS = len(NAMES), len(NAMES) + 1, len(NAMES) + 2
AT_LEARNED = [NAMES.index(name) for name in LEARNED]
AT_INSTEAD = [NAMES.index(name) for name in INSTEAD.values()]
GIFTS = [name in GAPS or price < 0 for name, price in PRICES.items()]


@dataclass(frozen=True, slots=True)
class Example:
    """A line with its readings, and which of them are true.

    ``document`` is the text, ``extraction`` one extraction of it; ``trace`` is an index of
    ``TRACES``; ``features`` is readings x weights; ``before`` and ``after`` say how well each
    reading follows the true line before and leads to the true line after, in nats; ``places`` how
    often it could show each thing of which a document has a habit; ``continues`` are the
    probabilities that those lines are of one paragraph with this one.
    """

    document: str
    extraction: str
    trace: int
    features: Floats
    before: Floats
    after: Floats
    places: Floats
    continues: tuple[float, float]
    true: NDArray[np.bool_]


@dataclass(slots=True)
class Totals:
    """What became of lines whose true reading is known."""

    damaged: int = 0
    fixed: int = 0
    sound: int = 0
    kept: int = 0
    nats: float = 0.0


def start() -> Floats:
    """The present weights: prices, fluency, quotes, log-odds of damage for each of ``TRACES``."""
    shares = [share for share, _ in (*habits.HABITS.values(), habits.OTHER_TRACES)]
    odds = [np.log(share) - np.log1p(-share) for share in shares]
    return np.array([*PRICES.values(), prices.FLUENCY, restore.order.choices.QUOTED, *odds])


def cases(folder: Path, extractors: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Document, path, extracted text and true text of the Hebrew cases in a folder."""
    for path in sorted(folder.glob("*/raw.txt")):
        facts = json.loads(path.with_name("meta.json").read_text("utf-8"))
        if facts["language"] == "he" and facts["extractor_id"] in extractors:
            true = path.with_name("source.txt").read_text("utf-8")
            yield facts["doc"], str(path), path.read_bytes().decode(), true


def samples(folder: Path, extractors: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """The same of the extractions in the samples folder."""
    for path in sorted(folder.glob("*.raw.txt")):
        name, producer, extractor = path.name.split(".")[:3]
        if extractor in extractors:
            true = path.with_name(f"{name}.{producer}.true.txt").read_text("utf-8")
            yield f"sample {name}", str(path), path.read_bytes().decode(), true


def collected(name: str, path: str, raw: str, true: str) -> Iterator[Example | None]:
    """An example for every line that can be in disorder; None where the true order is not found.

    Lines without a true line of the same letters give nothing.
    """
    known = evidence("he")
    document = txt.read(raw)
    for find in FURNITURE:
        document, _ = applied(document, find(document, known))
    mirrored = known.mirrored_share(document) > 0.5
    lines: dict[str, set[str]] = defaultdict(set)
    for whole in map(fold, true.replace("\f", "\n").split("\n")):
        lines[signature(whole)].add(whole)
    lines_read = chain(document, known, every=True)
    choices, cut = lines_read.choices, lines_read.cut
    wanted = [lines.get(signature(fold(line.text))) for line in cut]
    masks = [
        true_readings(choice, line, want or set(), mirrored)
        for choice, line, want in zip(choices, cut, wanted, strict=True)
    ]
    masks = [trimmed(choice, mask) for choice, mask in zip(choices, masks, strict=True)]
    weigh_readings(choices, known, 1.0)
    links = neighbours(choices, masks)
    for at, (choice, line, mask) in enumerate(zip(choices, cut, masks, strict=True)):
        if len(choice.readings) < 2 or not wanted[at]:
            continue
        if not mask.any():
            yield None
            continue
        continues = (choices[at - 1].continues if at else 0.5, choice.continues)
        trace = TRACES.index(choice.trace if choice.trace in habits.HABITS else OTHER)
        rows = features(choice, line, trace)
        yield Example(name, path, trace, rows, *links[at], np.array(choice.places), continues, mask)


def true_readings(
    choice: Choice, line: Tokens, true: set[str], mirrored: bool
) -> NDArray[np.bool_]:
    """Which readings of a line give a true line; the first reading is the line as it stands."""
    texts = [fold(line.text)]
    for reading in choice.readings[1:]:
        parts = zip(reading.gaps, reading.order, strict=False)
        texts.append(fold("".join(" " * gap + line.token(token) for gap, token in parts)))
    return np.array([t in true or (mirrored and t.translate(MIRROR) in true) for t in texts])


def trimmed(choice: Choice, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop all readings but the best and the true ones from ``choice``; which are true."""
    kept = [k for k in range(len(mask)) if k < COMPARED or mask[k]]
    choice.readings = [choice.readings[k] for k in kept]
    return mask[kept]


def neighbours(
    choices: Sequence[Choice], masks: Sequence[NDArray[np.bool_]]
) -> list[tuple[Floats, Floats]]:
    """How well every reading follows the true line before, and leads to the true line after."""
    nothing = Choice([Reading((), (), 0.0)], continues=1.0)
    true = [
        Choice([choice.readings[int(mask.argmax())]], continues=1.0) if mask.any() else nothing
        for choice, mask in zip(choices, masks, strict=True)
    ]
    around: list[Choice] = []
    for before, choice, after in zip((nothing, *true), choices, (*true[1:], nothing), strict=False):
        around += [before, Choice(choice.readings, continues=1.0), after]
    # A line that surely goes on: the logarithm of the chance that it does not is -infinity.
    with np.errstate(divide="ignore"):
        links = joins(around, evidence("he"), 1.0)
    return [(links[k][0], links[k + 1][:, 0]) for k in range(0, len(around), 3)]


def features(choice: Choice, line: Tokens, trace: int) -> Floats:
    """What each weight is multiplied with: readings x weights."""
    rows = np.array([reading.cuts for reading in choice.readings], np.int8)
    ways = orders(rows)
    spaces = gaps(line, rows, ways)
    found = np.zeros((len(rows), AT_HABITS + len(TRACES)))
    found[:, :AT_FLUENCY] = -counts(facts(line), rows, ways, spaces)
    found[:, AT_FLUENCY] = [reading.fluency for reading in choice.readings]
    found[:, AT_QUOTED] = [r.quoted / restore.order.choices.QUOTED for r in choice.readings]
    found[1:, AT_HABITS + trace] = 1
    return found


def scores(example: Example, weights: Floats) -> tuple[Floats, Floats]:
    """What speaks for each reading, in nats, and how it changes with the weight of the model."""
    total = example.features @ weights
    slope = example.features[:, AT_FLUENCY].copy()
    for nats, chance in zip((example.before, example.after), example.continues, strict=True):
        goes_on = np.log(chance) + weights[AT_FLUENCY] * nats
        either = np.logaddexp(goes_on, np.log1p(-chance))
        total += either
        slope += np.exp(goes_on - either) * nats
    return total, slope


def fitted(examples: Sequence[Example], pulled: Floats) -> Floats:
    """The weights that make the true readings of the examples likeliest, pulled to ``pulled``."""
    pull = np.full(len(pulled), HABIT_PULL)
    pull[:AT_FLUENCY], pull[AT_FLUENCY], pull[AT_QUOTED] = PRICE_PULL, FLUENCY_PULL, PRICE_PULL

    def loss(weights: Floats) -> tuple[float, Floats]:
        away = weights - pulled
        total, gradient = 0.5 * float(pull @ away**2), pull * away
        for example in examples:
            score, slope = scores(example, weights)
            chance = softmax(score)
            true = chance * example.true
            total -= float(np.log(max(true.sum(), 1e-300)))
            change = chance - true / max(true.sum(), 1e-300)
            step = change @ example.features
            step[AT_FLUENCY] = change @ slope
            gradient = gradient + step
        return total, gradient

    habits = [(-HIGHEST_HABIT, HIGHEST_HABIT)] * len(TRACES)
    prices = [(-HIGHEST_GIFT if gift else 0.0, HIGHEST_PRICE) for gift in GIFTS]
    bounds = [*prices, FLUENCIES, QUOTES, *habits]
    found = minimize(
        loss, pulled, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return np.asarray(found.x)


def with_habits(examples: Sequence[Example], weights: Floats) -> Floats:
    """The weights with the habits that the lines of a document show (``restore.order.habits``)."""
    fresh = weights.copy()
    for _ in range(ROUNDS - 1):
        damaged = np.array([1 - softmax(scores(example, fresh)[0])[0] for example in examples])
        for trace, (_, worth) in enumerate((*habits.HABITS.values(), habits.OTHER_TRACES)):
            own = damaged[[example.trace == trace for example in examples]]
            guess = 1 / (1 + np.exp(-weights[AT_HABITS + trace]))
            share = (own.sum() + guess * worth) / (len(own) + worth)
            fresh[AT_HABITS + trace] = np.log(share) - np.log1p(-min(share, 1 - 1e-9))
        shown, there = np.zeros(len(LEARNED)), np.zeros(len(LEARNED))
        for example in examples:
            chances = softmax(scores(example, fresh)[0])
            shown -= chances @ example.features[:, AT_LEARNED]
            there += example.places * np.where(ALWAYS, 1, 1 - chances[0])
            there[habits.REPLACED] += chances @ example.features[:, AT_INSTEAD]
        guess = 1 / (1 + np.exp(weights[AT_LEARNED]))
        share = (shown + guess * habits.WORTH) / (there + habits.WORTH)
        share = np.clip(share, 1 - MOST_SHARE, MOST_SHARE)
        fresh[AT_LEARNED] = np.log1p(-share) - np.log(share)
    return fresh


def judged(
    examples: Sequence[Example], weights: Floats, totals: Totals
) -> list[tuple[float, bool]]:
    """Count into ``totals``; the confidence of every line put in order, and whether it is right."""
    moved = []
    documents: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        documents[example.extraction].append(example)
    for part in documents.values():
        fresh = with_habits(part, weights)
        for example in part:
            chance = softmax(scores(example, fresh)[0])
            best = int(chance.argmax())
            right = bool(example.true[best])
            if example.true[0]:
                totals.sound, totals.kept = totals.sound + 1, totals.kept + right
            else:
                totals.damaged, totals.fixed = totals.damaged + 1, totals.fixed + right
            totals.nats -= float(np.log(max(chance[example.true].sum(), 1e-300)))
            if best:
                moved.append((float(chance[best]), right))
    return moved


def validate(examples: Sequence[Example]) -> None:
    """Print how the present weights do, and weights fitted to other documents."""
    present, fresh = Totals(), Totals()
    judged(examples, start(), present)
    documents = sorted({example.document for example in examples})
    fold_of = dict(zip(np.random.default_rng(0).permutation(documents), range(10**6), strict=False))
    moved = []
    for turn in range(FOLDS):
        held = [e for e in examples if fold_of[e.document] % FOLDS == turn]
        rest = [e for e in examples if fold_of[e.document] % FOLDS != turn]
        moved += judged(held, fitted(rest, start()), fresh)
    for name, t in (("present", present), ("fitted to others", fresh)):
        print(
            f"{name:17} damaged {t.damaged}, fixed {t.fixed / max(t.damaged, 1):.4f}; sound "
            f"{t.sound}, harmed {t.sound - t.kept}; {t.nats / len(examples):.4f} nats a line"
        )
    print("confidence  lines   mean  right")
    for tenth in range(10):
        part = np.array([m for m in moved if min(int(m[0] * 10), 9) == tenth], float)
        if len(part):
            mean, right = part.mean(axis=0)
            print(f"  from 0.{tenth} {len(part):7d} {mean:6.3f} {right:6.3f}")


def show(weights: Floats) -> None:
    """Print the weights as they stand in the code."""
    fresh = dict(zip(NAMES, weights, strict=False))
    for line in inspect.getsource(prices).split("\n"):
        found = re.fullmatch(r'( +"(.+)": )[-\d.]+(,.*)', line)
        if found and found[2] in fresh:
            print(f"{found[1]}{fresh[found[2]]:.2f}{found[3]}")
    print(f"FLUENCY = {weights[AT_FLUENCY]:.2f}\nQUOTED = {weights[AT_QUOTED]:.2f}")
    for trace, odds in zip(TRACES, weights[AT_HABITS:], strict=True):
        share, worth = 1 / (1 + np.exp(-odds)), habits.HABITS.get(trace, habits.OTHER_TRACES)[1]
        pair = f"({share:.4g}, {worth})"
        print(f"OTHER_TRACES = {pair}" if trace == OTHER else f'    "{trace}": {pair},')


def main() -> None:
    """Collect the readings, print what cross-validation says, then the weights fitted to all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="*", help="folders of cases")
    parser.add_argument("--samples", type=Path, help="folder of sample pages")
    parser.add_argument("--extractors", nargs="+", default=["tika", "pdfbox"])
    given = parser.parse_args()
    extractors = set(given.extractors)
    texts = [case for folder in given.folders for case in cases(folder, extractors)]
    texts += samples(given.samples, extractors) if given.samples else []
    restore.order.choices.KEPT_READINGS = SEARCHED
    found = [example for text in texts for example in collected(*text)]
    examples = [example for example in found if example]
    if not examples:
        parser.error("no lines to learn from; give folders of cases or --samples")
    print(f"{len(texts)} texts, {len(examples)} lines; {len(found) - len(examples)} without theirs")
    validate(examples)
    show(fitted(examples, start()))


if __name__ == "__main__":
    main()
