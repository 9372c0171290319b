"""Train the pair model of one language (`restore.pair_model`) from a folder of running text.

The texts are `NAME.txt.xz`: UTF-8, a paragraph or verse a line; a line that starts with `#` names
a work and is not read. `docs/pair-model-he.md` tells what came of it for Hebrew. Threads share
the weights without locks (Niu et al. 2011, https://arxiv.org/abs/1106.5730), so two runs with the
same seed differ a little.
"""

from __future__ import annotations

import argparse
import lzma
import math
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from restore.languages import language
from restore.pair_model import FEATURES, ITSELF, MIX, NONE, ONE_BACK, SALT, TAG, TWO_BACK, PairModel
from restore.units import COLUMNS, attributes

try:
    import numba
except ImportError:
    print("train_pair_model: numba is missing (pip install 'rtl-restore[train]')", file=sys.stderr)
    raise SystemExit(3) from None

# Texts of each language, and how many times each is read: the small ones would else not count.
TEXTS = {"he": {"he-rabbinic": 1, "he-modern": 4, "he-tanakh": 3, "arc": 1}}
TESTED = {"he": ("he-modern", "he-rabbinic")}

BREAK = -1  # in place of a unit, after every paragraph
BLOCK, EVERY, HELD_OUT = 40, 60, 7  # block 7 of every 60 blocks of 40 paragraphs is held out
SHUFFLED = 20_000  # units at least in a stretch of text that keeps its order
SEEN_BITS, LEAST = 29, 6  # of the sketch of counts; times a feature has to be seen
BITS = 22 + TAG  # of the table that is trained; the one that is written has 2**22 entries
REACH, FALSE = 12, 3  # words to each side, from which come the false next units of a true one
PARTS = 6  # of the text, each reported
RATE, TUNING_RATES, BIAS_RATE = 0.08, (0.06, 0.06, 0.03), 0.0003
LEVELS, ROUNDS = 16, 30  # of quantisation
FEATURE_COLUMNS = np.array(FEATURES)
COUNT = len(FEATURES)

Ids = NDArray[np.int32]
Rows = NDArray[np.uint32]
Weights = NDArray[np.float32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Function = TypeVar("Function", bound=Callable[..., Any])


class Corpus(NamedTuple):
    """Unit numbers to train on and held out of each text; attributes (units + 1 x COLUMNS)."""

    texts: dict[str, tuple[Ids, Ids]]
    rows: Rows


class Table(NamedTuple):
    """Weights in nats, sums of squared gradients (both 2**BITS), and the bias (one number)."""

    weights: Weights
    squares: Weights
    bias: NDArray[np.float64]


def compiled(**options: Any) -> Callable[[Function], Function]:
    """Decorate a function that numba is to compile: it has no types of its own."""
    return cast(Callable[[Function], Function], numba.njit(**options))


def paragraphs_of(path: Path) -> Iterator[tuple[list[str], int, bool]]:
    """The units of each paragraph of a text, the number of its block, and if that is held out."""
    paragraphs = 0
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            units = line.split()
            if units and not line.startswith("#"):
                paragraphs += 1
                block = paragraphs // BLOCK
                yield units, block, block % EVERY == HELD_OUT


def read_text(path: Path, numbers: dict[str, int], share: float) -> tuple[Ids, Ids]:
    """The units of a text to train on and those held out; new units get numbers."""
    training, held_out = array("i"), array("i")
    for units, block, is_held_out in paragraphs_of(path):
        into = held_out if is_held_out else training
        if into is training and block * share % 1 >= share:
            continue  # the blocks that are read are spread evenly over the text
        into.extend(numbers.setdefault(unit, len(numbers)) for unit in units)
        into.append(BREAK)
    return np.array(training, np.int32), np.array(held_out, np.int32)


def read_corpus(folder: Path, code: str, share: float) -> Corpus:
    """All texts of the language ``code``."""
    numbers: dict[str, int] = {}
    texts = {name: read_text(folder / f"{name}.txt.xz", numbers, share) for name in TEXTS[code]}
    # The last row stands for BREAK; no feature is looked up in it.
    rows = np.zeros((len(numbers) + 1, COLUMNS), np.uint32)
    clitics = language(code).clitics
    for unit, number in numbers.items():
        rows[number] = attributes(unit, clitics)
    return Corpus(texts, rows)


def shuffled(corpus: Corpus, times: dict[str, int], seed: int) -> Ids:
    """Stretches of all texts, each text as often as ``times`` says, in random order."""
    stretches: list[Ids] = []
    for name, (ids, _) in corpus.texts.items():
        cuts = [0]
        for end in np.flatnonzero(ids == BREAK) + 1:
            if end - cuts[-1] > SHUFFLED:
                cuts.append(int(end))
        stretches += np.split(ids, cuts[1:]) * times[name]
    order = np.random.default_rng(seed).permutation(len(stretches))
    return np.concatenate([stretches[place] for place in order])


@compiled(inline="always")
def slot(rows: Rows, feature: int, two: int, one: int, itself: int, bits: int) -> int:
    """The same place as that of ``restore.pair_model.slots``, for one feature of one triple."""
    columns = FEATURE_COLUMNS[feature]
    mixed = np.uint64(feature + 1) * SALT
    if columns[0] != NONE:
        mixed += (np.uint64(rows[two, columns[0]]) + np.uint64(1)) * TWO_BACK
    if columns[1] != NONE:
        mixed += (np.uint64(rows[one, columns[1]]) + np.uint64(1)) * ONE_BACK
    mixed ^= mixed >> np.uint64(29)
    mixed += (np.uint64(rows[itself, columns[2]]) + np.uint64(1)) * ITSELF
    mixed *= MIX
    mixed ^= mixed >> np.uint64(32)
    mixed *= MIX
    return np.int64(mixed >> np.uint64(64 - bits))  # type: ignore[return-value]


@compiled(parallel=True)
def count(ids: Ids, rows: Rows, seen: NDArray[np.uint8]) -> None:
    """Count in ``seen`` (2**SEEN_BITS), up to 255, the features of all triples of a text."""
    # Two threads may count in one place at once and lose one: too seldom to matter.
    for t in numba.prange(2, len(ids)):
        if ids[t] != BREAK and ids[t - 1] != BREAK:
            for feature in range(COUNT):
                if ids[t - 2] != BREAK or FEATURE_COLUMNS[feature, 0] == NONE:
                    place = slot(rows, feature, ids[t - 2], ids[t - 1], ids[t], SEEN_BITS)
                    seen[place] += seen[place] < 255


@compiled()
def find(rows: Rows, admitted: Mask, two: int, one: int, itself: int, found: Places) -> int:
    """Put the places in the table of a triple's admitted features in ``found``; their number."""
    size, bits = 0, int(math.log2(len(admitted)))
    for feature in range(COUNT):
        if two != BREAK or FEATURE_COLUMNS[feature, 0] == NONE:
            place = slot(rows, feature, two, one, itself, bits)
            if admitted[place]:
                # Tables of all sizes have the high bits of a place in common.
                found[size] = place >> (bits - BITS)
                size += 1
    return size


@compiled(fastmath=True)
def learn(table: Table, places: Places, bias: float, true: bool, rate: float) -> float:
    """Adagrad (https://jmlr.org/papers/v12/duchi11a.html) on one example; how wrong it was."""
    logit = bias
    for place in places:
        logit += table.weights[place]
    error = 1.0 / (1.0 + math.exp(-logit)) - (1.0 if true else 0.0)
    for place in places:
        table.squares[place] += error * error
        table.weights[place] -= rate * error / math.sqrt(table.squares[place])
    return error


@compiled(parallel=True, fastmath=True)
def train(ids: Ids, rows: Rows, table: Table, admitted: Mask, rate: float, seed: int) -> float:
    """Tell each next unit of a text from others near by; the mean loss in nats of a true one."""
    workers = numba.get_num_threads()
    losses = np.zeros(workers)
    for worker in numba.prange(workers):
        np.random.seed(seed * workers + worker)
        places, bias = np.empty(COUNT, np.int64), table.bias[0]
        low, high = len(ids) * worker // workers, len(ids) * (worker + 1) // workers
        for t in range(max(low, REACH), min(high, len(ids) - REACH)):
            if ids[t] == BREAK or ids[t - 1] == BREAK:
                continue
            for example in range(1 + FALSE):
                itself = ids[t]
                if example > 0:
                    away = np.random.randint(-REACH, REACH)
                    itself = ids[t + away + (away >= 0)]
                    if itself == BREAK or itself == ids[t]:
                        continue
                found = find(rows, admitted, ids[t - 2], ids[t - 1], itself, places)
                error = learn(table, places[:found], bias, example == 0, rate)
                bias -= BIAS_RATE * error
                losses[worker] -= math.log(max(1.0 - abs(error), 1e-12))
        if worker == 0:
            table.bias[0] = bias
    return float(losses.sum() / len(ids))


@compiled(parallel=True)
def score(rows: Rows, weights: Weights, triples: Ids) -> NDArray[np.float64]:
    """Sums of the weights of triples (n x 3: two back, one back, itself), without the bias."""
    scores = np.zeros(len(triples))
    for n in numba.prange(len(triples)):
        for feature in range(COUNT):
            if triples[n, 0] != BREAK or FEATURE_COLUMNS[feature, 0] == NONE:
                two, one, itself = triples[n, 0], triples[n, 1], triples[n, 2]
                scores[n] += weights[slot(rows, feature, two, one, itself, BITS)]
    return scores


def kept_features(table: Table) -> NDArray[np.intp]:
    """In each group of 2**TAG places, which differ in the last bits only, the one that matters.

    What a weight matters is the second-order estimate of the loss without it: its square times
    the sum of squared gradients (LeCun et al. 1989, "Optimal Brain Damage").
    """
    matters = (table.weights**2 * (table.squares - 1)).reshape(-1, 1 << TAG)
    kept: NDArray[np.intp] = matters.argmax(axis=1) + np.arange(len(matters)) * (1 << TAG)
    log(f"what is kept is {matters.max(axis=1).sum() / matters.sum():.3f} of what matters")
    return kept


def quantised(weights: Weights) -> tuple[NDArray[np.uint8], Weights]:
    """Levels in nats, and the level of each weight: Lloyd's algorithm, from even quantiles.

    Lloyd 1982, https://doi.org/10.1109/TIT.1982.1056489.
    """
    some = weights[weights != 0]
    levels = np.quantile(some, (np.arange(LEVELS) + 0.5) / LEVELS)
    for _ in range(ROUNDS):
        nearest = np.searchsorted((levels[1:] + levels[:-1]) / 2, some)
        sums, counts = (np.bincount(nearest, by, LEVELS) for by in (some, None))
        levels = np.where(counts > 0, sums / np.maximum(counts, 1), levels)
    codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, weights)
    return codes.astype(np.uint8), levels.astype(np.float32)


def trained(corpus: Corpus, times: dict[str, int], seed: int) -> tuple[PairModel, Weights]:
    """The model of a corpus, and its weights in a table of 2**BITS for ``score``."""
    rows, parts = corpus.rows, np.array_split(shuffled(corpus, times, seed), PARTS)
    seen = np.zeros(1 << SEEN_BITS, np.uint8)
    for ids, _ in corpus.texts.values():
        count(ids, rows, seen)
    admitted = seen >= LEAST
    del seen
    log(f"{admitted.sum()} features admitted")
    size = 1 << BITS
    table = Table(np.zeros(size, np.float32), np.ones(size, np.float32), np.array([-1.0]))
    for n, part in enumerate(parts):
        loss = train(part, rows, table, admitted, RATE, seed * 1000 + n)
        log(f"part {n + 1} of {PARTS}: loss {loss:.4f}")
    kept = kept_features(table)
    admitted = np.zeros(size, np.bool_)
    admitted[kept] = True
    table.weights[~admitted] = 0
    for n, rate in enumerate(TUNING_RATES):
        loss = train(parts[n], rows, table, admitted, rate, seed * 1000 + PARTS + n)
        log(f"tuning {n + 1} of {len(TUNING_RATES)}: loss {loss:.4f}")
    codes, levels = quantised(table.weights[kept])
    table.weights[kept] = levels[codes]
    # Trained against FALSE units at once, the logit is the log-likelihood ratio less log FALSE.
    bias = float(table.bias[0]) + math.log(FALSE)
    entries = ((codes << TAG) | (kept % (1 << TAG))).astype(np.uint8)
    return PairModel(entries, levels, bias), table.weights


def random_lines(ids: Ids, words: int, number: int, rng: np.random.Generator) -> Ids:
    """Number x (2 + words + 2): random places of a text, with two neighbours on each side."""
    ends = np.flatnonzero(ids == BREAK)
    starts = np.concatenate([[0], ends[:-1] + 1])
    long = ends - starts >= words + 4
    chosen = rng.integers(int(long.sum()), size=number)
    first = rng.integers(starts[long][chosen], ends[long][chosen] - words - 3)
    return np.asarray(ids[first[:, np.newaxis] + np.arange(words + 4)])


def line_scores(lines: Ids, rows: Rows, weights: Weights, bias: float) -> NDArray[np.float64]:
    """The sum of the scores of each line's units but its first."""
    two = np.pad(lines[:, :-2], ((0, 0), (1, 0)), constant_values=BREAK)
    triples = np.stack([two, lines[:, :-1], lines[:, 1:]], axis=2).reshape(-1, 3)
    scores = score(rows, weights, triples) + bias
    return np.asarray(scores.reshape(two.shape).sum(axis=1))


def accuracy(ids: Ids, rows: Rows, weights: Weights, bias: float) -> dict[str, float]:
    """How often the true order of a line scores higher than reversed, and than all rotations."""
    rng = np.random.default_rng(1)
    found: dict[str, float] = {}
    for words in (6, 10):
        lines = random_lines(ids, words, 4000, rng)[:, 2:-2]
        both = [line_scores(order, rows, weights, bias) for order in (lines, lines[:, ::-1])]
        found[f"{words} words, reversed"] = float((both[0] > both[1]).mean())
    lines = random_lines(ids, 12, 2500, rng)
    for known, name in ((0, "rotated"), (2, "rotated, two neighbours")):
        orders = [np.roll(lines[:, 2:-2], turn, axis=1) for turn in range(12)]
        before, after = lines[:, 2 - known : 2], lines[:, 14 : 14 + known]
        whole = [np.concatenate([before, order, after], axis=1) for order in orders]
        scores = np.stack([line_scores(order, rows, weights, bias) for order in whole], axis=1)
        found[f"12 words, {name}"] = float((scores.argmax(axis=1) == 0).mean())
    return found


def verify(path: Path, corpus: Corpus, weights: Weights, bias: float) -> float:
    """The greatest difference (nats) between a written model's scores and ``score``'s.

    A thousand triples, half of them true ones. Raises ValueError if they differ.
    """
    rng = np.random.default_rng(2)
    ids = np.concatenate([held_out for _, held_out in corpus.texts.values()])
    triples = random_lines(ids, 1, 1000, rng)[:, :3]
    triples[::2, 2] = rng.integers(len(corpus.rows) - 1, size=500)
    triples[::5, 0] = BREAK
    two, one, itself = triples.T.astype(np.intp)
    written = PairModel.read(path).scores(corpus.rows.astype(np.uint64), two, one, itself)
    difference = np.abs(written - score(corpus.rows, weights, triples) - bias).max()
    if not difference < 1e-3:
        raise ValueError(f"{path} gives other scores than were trained, by {difference} nats")
    return float(difference)


def log(message: str) -> None:
    """Tell how far the work is, and how much processor time it took."""
    print(f"{time.process_time():6.0f} s  {message}", file=sys.stderr, flush=True)


def parser_of(description: str | None, example: str) -> argparse.ArgumentParser:
    """The options of all that is trained from a corpus; ``example`` is a file to write."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    add = parser.add_argument
    add("--corpus", type=Path, required=True, help="folder of the texts")
    add("--language", choices=sorted(TEXTS), default="he", help="(default: %(default)s)")
    add("--output", type=Path, required=True, help=f"file to write, such as {example}")
    add("--share", type=float, default=1.0, help="of the text to train on (default: all)")
    add("--seed", type=int, default=0, help="(default: %(default)s)")
    return parser


def options_of(parser: argparse.ArgumentParser, arguments: list[str] | None) -> argparse.Namespace:
    """What the command line asks for; ends the run if texts or the folder to write are missing."""
    options = parser.parse_args(arguments)
    texts = [options.corpus / f"{name}.txt.xz" for name in TEXTS[options.language]]
    for path in (*texts, options.output.parent):
        if not path.exists():
            parser.error(f"{path} does not exist")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line asks, write the model and print how good it is."""
    options = options_of(parser_of(__doc__, "he.pairs"), arguments)
    code, seed = options.language, options.seed
    corpus = read_corpus(options.corpus, code, options.share)
    words = sum(int((ids != BREAK).sum()) for ids, _ in corpus.texts.values())
    log(f"read {words} words to train on, {len(corpus.rows) - 1} different ones in all")
    model, weights = trained(corpus, TEXTS[code], seed)
    results = {
        name: accuracy(corpus.texts[name][1], corpus.rows, weights, model.bias)
        for name in TESTED[code]
    }
    today = datetime.now(UTC).date().isoformat()
    facts = {"language": code, "date": today, "words": words, "accuracy": results, "seed": seed}
    model.write(options.output, facts)
    difference = verify(options.output, corpus, weights, model.bias)
    log(f"wrote {options.output}; its scores differ by {difference:.6f} nats at most")
    for name, tests in results.items():
        for test, share in tests.items():
            print(f"{name:12} {test:36} {share:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
