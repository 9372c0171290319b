"""Train the mark model of one language (`restore.mark_model`) from a folder of running text.

The texts are those of `train_pair_model.py`, and so is what is held out of them. Stretches of text
are read in random order; words beyond an edge of what is read are left out of some examples, so
that the model learns to do without them. `docs/mark-model-he.md` tells what came of it for Hebrew.
"""

from __future__ import annotations

import sys
from array import array
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from train_pair_model import TEXTS, compiled, log, options_of, paragraphs_of, parser_of

from restore.languages import language
from restore.mark_model import (
    BETWEEN,
    CLOSING,
    COLUMNS,
    FEATURES,
    KINDS,
    MIX,
    NONE,
    OPENING,
    PLACES,
    SALT,
    UNKNOWN,
    MarkModel,
)
from restore.units import attributes, parts

BITS = 17  # of the table
USED = {"he": ("he-modern", "he-rabbinic", "arc")}  # the Bible has no such marks
EXAMPLES, PARTS = 90_000_000, 4  # places read in all, in parts that are each reported
STRETCH = 20_000  # words that are read in their order
RATES, BIAS_RATE, LEAST_STEP = (0.1, 0.08, 0.06, 0.03), 0.0005, 0.001
FEWEST_WORDS = 4  # of a paragraph
FIRST_BIAS = -3.0
# Of the places, how many lie at the end of what is known, at its beginning, or one word from them.
AT_END, AT_START, NEAR_END, NEAR_START, AT_BREAK = 0.06, 0.06, 0.06, 0.06, 0.5
BREAK = 0  # the number of no word: a paragraph ends
TELLING = 0.99999  # of the weights of a kind, what is not cut off when they are made whole numbers

BEFORE_NEXT = ((1 << len(OPENING)) - 1) << len(CLOSING)
AFTER_LAST = (1 << len(CLOSING)) - 1
JOINED = np.array(FEATURES)
ASCII = str.maketrans("[]", "()")

Ids = NDArray[np.int32]
Kinds = NDArray[np.uint16]
Rows = NDArray[np.uint32]
Weights = NDArray[np.float32]


class Text(NamedTuple):
    """Numbers of words, and the kinds of marks before and after each, a bit a kind."""

    words: Ids
    before: Kinds
    after: Kinds


def cut(unit: str) -> tuple[int, str, int]:
    """The kinds of marks before a word, the word, and those after it.

    >>> cut('("שלום,')
    (1536, 'שלום', 1)
    """
    before, core, after = parts(unit)
    if core.endswith("'"):
        core, after = core[:-1], "'" + after
    first = last = 0
    for kind, mark in enumerate(OPENING, len(CLOSING)):
        first |= (mark in before.translate(ASCII)) << kind
    for kind, mark in enumerate(CLOSING):
        last |= (mark in after.translate(ASCII)) << kind
    if not core and set(after) == {"-"}:
        last = 1 << (len(CLOSING + OPENING) + BETWEEN.index("–"))
    return first, core, last


def read_text(path: Path, numbers: dict[str, int], share: float) -> tuple[Text, Text]:
    """A text to train on, and what is held out of it; new words get numbers."""
    found = [(array("i"), array("H"), array("H")) for _ in range(2)]
    known: dict[str, tuple[int, str, int]] = {}
    for units, block, held_out in paragraphs_of(path):
        if len(units) < FEWEST_WORDS or (not held_out and block * share % 1 >= share):
            continue
        words, before, after = found[held_out]
        start = len(words)
        for unit in units:
            first, core, last = known.get(unit) or known.setdefault(unit, cut(unit))
            if core:
                words.append(numbers.setdefault(core, len(numbers)))
                before.append(first)
                after.append(last)
            elif len(words) > start:
                after[-1] |= last
        for column in (words, before, after):
            column.append(BREAK)
    training, held = (
        Text(np.array(a, np.int32), np.array(b, np.uint16), np.array(c, np.uint16))
        for a, b, c in found
    )
    return training, held


@compiled(inline="always")
def places(rows: Rows, window: Ids, slots: NDArray[np.int64], bits: int) -> None:
    """The same places as those of ``MarkModel.odds``."""
    for feature in range(len(JOINED)):
        mixed = np.uint64(feature + 1) * SALT
        for place in range(4):
            if JOINED[feature, place] != NONE:
                value = np.uint64(rows[window[place], JOINED[feature, place]]) + np.uint64(1)
                mixed += value * PLACES[place]
        mixed ^= mixed >> np.uint64(29)
        mixed *= MIX
        mixed ^= mixed >> np.uint64(32)
        mixed *= MIX
        slots[feature] = np.int64(mixed >> np.uint64(64 - bits))


@compiled(inline="always")
def seen(words: Ids, at: int, unknown: int, window: Ids) -> int:
    """Put the words around a place into a window, some left out; give the kinds that can be."""
    one, two = words[at], words[at + 1]
    window[0] = words[at - 1] if one != BREAK and words[at - 1] != BREAK else unknown
    window[1] = one if one != BREAK else unknown
    window[2] = two if two != BREAK else unknown
    window[3] = words[at + 2] if two != BREAK and words[at + 2] != BREAK else unknown
    chance = np.random.random()
    if chance < AT_END:
        window[2] = window[3] = unknown
        return ~BEFORE_NEXT
    if chance < AT_END + AT_START:
        window[0] = window[1] = unknown
        return ~AFTER_LAST
    if chance < AT_END + AT_START + NEAR_END:
        window[3] = unknown
    elif chance < AT_END + AT_START + NEAR_END + NEAR_START:
        window[0] = unknown
    return -1


@compiled(fastmath=True)
def read(
    words: Ids,
    before: Kinds,
    after: Kinds,
    rows: Rows,
    weights: Weights,
    squares: Weights,
    bias: NDArray[np.float64],
    examples: int,
    rate: float,
    seed: int,
) -> float:
    """Learn from stretches of text, or with a ``rate`` of 0 only test; give nats a place."""
    np.random.seed(seed)
    slots = np.zeros(len(JOINED), np.int64)
    window = np.zeros(4, np.int32)
    unknown = len(rows) - 1
    nats, count = 0.0, 0
    for stretch in range(examples // STRETCH + 1):
        start = 2 + stretch * STRETCH
        if rate > 0:
            start = np.random.randint(2, max(3, len(words) - STRETCH))
        for at in range(start, min(start + STRETCH, len(words) - 3)):
            one, two = words[at], words[at + 1]
            if (one == BREAK or two == BREAK) and np.random.random() < AT_BREAK:
                continue
            truth = np.int64(after[at]) | np.int64(before[at + 1])
            truth &= seen(words, at, unknown, window)
            places(rows, window, slots, BITS)
            count += 1
            for kind in range(KINDS):
                odds = bias[kind]
                for slot in slots:
                    odds += weights[slot, kind]
                share = 1 / (1 + np.exp(-odds))
                there = (truth >> kind) & 1
                nats -= np.log((share if there else 1 - share) + 1e-9)
                step = share - there
                if rate > 0 and abs(step) > LEAST_STEP:
                    bias[kind] -= BIAS_RATE * step
                    for slot in slots:
                        squares[slot, kind] += step * step
                        weights[slot, kind] -= rate * step / np.sqrt(squares[slot, kind] + 1)
    return nats / count


def joined(texts: list[Text]) -> Text:
    """Texts one after the other."""
    return Text(*(np.concatenate(columns) for columns in zip(*texts, strict=True)))


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line asks, write the model and print how good it is."""
    options = options_of(parser_of(__doc__, "he.marks"), arguments)
    code = options.language
    numbers = {"": BREAK}
    texts = {
        name: read_text(options.corpus / f"{name}.txt.xz", numbers, options.share)
        for name in USED[code]
    }
    clitics = language(code).clitics
    known = (attributes(word, clitics) for word in numbers)
    rows = np.array([*([row[at] for at in COLUMNS] for row in known), UNKNOWN], np.uint32)
    training = joined([texts[name][0] for name in texts for _ in range(TEXTS[code][name])])
    log(f"read {len(training.words)} words to train on, {len(numbers) - 1} different ones in all")
    weights, squares = (np.zeros((1 << BITS, KINDS), np.float32) for _ in range(2))
    bias = np.full(KINDS, FIRST_BIAS)
    held_out = {name: held for name, (_, held) in texts.items()}
    nats: dict[str, float] = {}
    for part, rate in enumerate(RATES):
        number = int(EXAMPLES * options.share) // PARTS
        seed = options.seed + part
        learned = read(*training, rows, weights, squares, bias, number, rate, seed)
        nats = {
            name: round(read(*text, rows, weights, squares, bias, len(text.words), 0.0, 0), 4)
            for name, text in held_out.items()
        }
        log(f"part {part + 1}: {learned:.4f} nats a place while learning, then {nats}")
    scales = (np.quantile(np.abs(weights), TELLING, axis=0) / 127).astype(np.float32)
    table = np.rint(weights / scales).clip(-127, 127).astype(np.int8)
    model = MarkModel(table, scales, bias.astype(np.float32))
    today = datetime.now(UTC).date().isoformat()
    model.write(options.output, {"language": code, "date": today, "nats": nats})
    for name, value in nats.items():
        print(f"{name:12} {value:.4f} nats a place")
    return 0


if __name__ == "__main__":
    sys.exit(main())
