"""Train the net of junctions of one language (`restore.junctions`) from a folder of running text.

The texts are those of `train_pair_model.py`, and so is what is held out of them; the pair model
has to be trained before. First the net learns to tell the words that follow four others from
words that begin elsewhere within a line's length; then, together with the pair model, to put the
true order of a line before others (one softmax over orders, as listwise rankers are trained: Cao
et al. 2007, https://doi.org/10.1145/1553374.1553513). `docs/junctions-he.md` tells what came of
it for Hebrew.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from train_pair_model import (
    BREAK,
    FEATURE_COLUMNS,
    TESTED,
    Corpus,
    Ids,
    Rows,
    compiled,
    log,
    options_of,
    parser_of,
    random_lines,
    read_corpus,
    slot,
)

from restore.junctions import REACH, Junctions, Layers, ends, keys, within
from restore.languages import language
from restore.pair_model import NONE, TAG, PairModel
from restore.units import COLUMNS, FIRST3, LAST3, SHAPE, WORD

try:
    torch: Any = import_module("torch")
except ImportError:
    print("train_junctions: torch is missing (pip install 'rtl-restore[train]')", file=sys.stderr)
    raise SystemExit(3) from None

# Of all that is read, the share of each text: the small ones would else not count.
SHARES = {"he": {"he-rabbinic": 0.66, "he-modern": 0.29, "he-tanakh": 0.025, "arc": 0.025}}
KNOWN, UNIT, INNER, SIDE = 4400, 48, 112, 64  # attributes with a vector; sizes of the layers
# What makes an attribute more or less worth a vector than how often it is there; guesses.
WORTH = {WORD: 2.0, FIRST3: 0.6, LAST3: 0.8, SHAPE: 0.5}
START, KEPT_WHOLE = 0.3, 0.65  # spread of vectors; share of sides with all four units; guesses

STRETCHES, STRETCH, CHUNK = 8, 512, 32  # of a step of the first part; places compared at once
BACK, FORTH = (-16, -8), (1, 12)  # units to the places from which false continuations come
RATE, LAST_RATE = 3e-3, 0.2  # of Adam; what is left of it at the end of the first part
BETAS, WARMING = (0.9, 0.99), 100  # steps

LINES, SHORTEST, LONGEST = 192, 5, 16  # lines of a step of the second part; units
ORDERS, HARDEST, TURNED = 5, 3, 4  # the true one among them; likeliest to the pair model; see below
RANKING_RATE, LAST_RANKING_RATE = 1e-3, 0.1
FLUENCY, SCALE = 0.87, 0.5  # weights of pair model and net to begin with
# What is tried for the weight of both, and of the net, on held-out lines.
FLUENCIES, WEIGHTS = np.arange(0.4, 1.3, 0.05), np.arange(0.5, 3.0, 0.05)

Windows = NDArray[np.int32]
Places = NDArray[np.int64]
Floats = NDArray[np.float32]


class Pairs(NamedTuple):
    """The pair model as compiled functions read it: its table, levels and bits."""

    table: NDArray[np.uint8]
    levels: Floats
    bits: int


class Net(NamedTuple):
    """What is trained: ``Layers`` of tensors, the weights of the pair model and of the net."""

    layers: Any
    fluency: Any
    scale: Any


def weighed_units(corpus: Corpus, shares: dict[str, float]) -> NDArray[np.float64]:
    """How often each unit is read, in all 1."""
    count = np.zeros(len(corpus.rows))
    for name, share in shares.items():
        ids = corpus.texts[name][0]
        found = np.bincount(ids[ids != BREAK], minlength=len(count))
        count += share * found / found.sum()
    return count


def known_attributes(corpus: Corpus, shares: dict[str, float]) -> tuple[Any, Ids]:
    """The names of the attributes that get a vector, and for each unit which of them it has."""
    names = keys(corpus.rows.astype(np.uint64))
    weights = weighed_units(corpus, shares)
    found, worth = [], []
    for column in range(COLUMNS):
        different, places = np.unique(names[:-1, column], return_inverse=True)
        found.append(different)
        worth.append(np.bincount(places, weights[:-1]) * WORTH.get(column, 1.0))
    best = np.argsort(-np.concatenate(worth), kind="stable")[:KNOWN]
    known = np.unique(np.concatenate(found)[best])
    places = np.searchsorted(known, names)
    places[known[places % len(known)] != names] = len(known)
    return known, places.astype(np.int32)


def fresh(known: int) -> Net:
    """A net that knows nothing."""

    def layer(rows: int, columns: int) -> tuple[Any, Any]:
        spread = columns**-0.5
        return torch.empty(rows, columns).uniform_(-spread, spread), torch.zeros(rows)

    vectors = torch.randn(known + 1, UNIT) * START
    vectors[-1] = 0
    sides = [*layer(INNER, REACH * UNIT), *layer(SIDE, INNER)]
    sides += [*layer(INNER, REACH * UNIT), *layer(SIDE, INNER)]
    layers = Layers(vectors, torch.zeros(UNIT), torch.zeros(UNIT), *sides)
    net = Net(layers, torch.tensor(FLUENCY), torch.tensor(SCALE))
    for tensor in (*net.layers, net.fluency, net.scale):
        tensor.requires_grad_()
    return net


def unit_vectors(net: Net, features: Ids, ids: Windows) -> tuple[Any, Any]:
    """Vectors of the different units of ``ids``, and which of them stands at each place.

    The first is that of nothing, which stands for ``BREAK``.
    """
    layers, run = net.layers, torch.nn.functional
    units, places = np.unique(ids, return_inverse=True)
    broken = int(units[0] == BREAK)
    places = places.reshape(ids.shape).astype(np.int64) + 1 - broken
    rows = torch.from_numpy(features[units[broken:]].astype(np.int64))
    nothing = len(layers.vectors) - 1
    summed = run.embedding_bag(rows, layers.vectors, mode="sum", padding_idx=nothing)
    vectors = torch.cat([layers.nothing[None], torch.relu(summed + layers.bias)])
    return vectors, torch.from_numpy(places)


def sides(net: Net, vectors: Any, left: Any, right: Any) -> tuple[Any, Any]:
    """Vectors of what stands before junctions and what follows (each any number x ``REACH``)."""
    run, (_, _, _, *layers) = torch.nn.functional, net.layers
    found = []
    for places, (first, first_bias, second, second_bias) in (
        (left, layers[:4]),
        (right, layers[4:]),
    ):
        read = run.embedding(places, vectors).reshape(-1, REACH * UNIT)
        inner = torch.relu(run.linear(read, first, first_bias))
        found.append(run.linear(inner, second, second_bias))
    return found[0], found[1]


def masked(places: Any, rng: np.random.Generator, backwards: bool) -> Any:
    """Places (n x m x ``REACH``) without what is beyond a break, and some cut shorter."""
    if backwards:
        places = places.flip(2)
    there = (places > 0).long().cumprod(2)
    length = rng.integers(1, REACH + 1, places.shape[:2])
    length[rng.random(length.shape) < KEPT_WHOLE] = REACH
    there = there * (torch.arange(REACH) < torch.from_numpy(length)[..., None])
    places = places * there
    return places.flip(2) if backwards else places


def contrast(net: Net, features: Ids, ids: Ids, rng: np.random.Generator) -> Any:
    """How badly the net tells what follows each place of some stretches of text, in nats.

    ``ids`` is stretches x (``STRETCH`` + 2 ``REACH``). False continuations overlap neither with
    what stands before the place nor with what truly follows.
    """
    vectors, places = unit_vectors(net, features, ids)
    windows = places.unfold(1, REACH, 1)
    left = masked(windows[:, :STRETCH], rng, backwards=True)
    right = masked(windows[:, REACH : REACH + STRETCH], rng, backwards=False)
    before, after = sides(net, vectors, left, right)
    count, wide = STRETCH // CHUNK, CHUNK - BACK[0] + FORTH[1]
    pad = torch.nn.functional.pad
    after = pad(after.view(len(ids), STRETCH, SIDE), (0, 0, -BACK[0], FORTH[1]))
    there = pad(right[..., 0] > 0, (-BACK[0], FORTH[1])).unfold(1, wide, CHUNK)
    scores = before.view(len(ids), count, CHUNK, SIDE) @ after.unfold(1, wide, CHUNK)
    away = np.arange(wide) + BACK[0] - np.arange(CHUNK)[:, np.newaxis]
    rivals = (away >= BACK[0]) & (away <= BACK[1]) | (away >= FORTH[0]) & (away <= FORTH[1])
    allowed = torch.from_numpy(rivals | (away == 0)) & there[:, :, None]
    scores = scores.masked_fill(~allowed, -1e4)
    nats = torch.logsumexp(scores, 3) - scores.diagonal(-BACK[0], 2, 3)
    real = (left[..., -1] > 0) & (right[..., 0] > 0)
    return nats[real.view(nats.shape)].mean()


@compiled(fastmath=True, nogil=True)
def triple_score(pairs: Pairs, rows: Rows, two: int, one: int, itself: int) -> float:
    """What the pair model says for one triple, without its bias."""
    total = 0.0
    for feature in range(len(FEATURE_COLUMNS)):
        if two != BREAK or FEATURE_COLUMNS[feature, 0] == NONE:
            name = slot(rows, feature, two, one, itself, pairs.bits + TAG)
            entry = pairs.table[name >> TAG]
            if entry % (1 << TAG) == name % (1 << TAG):
                total += pairs.levels[entry >> TAG]
    return total


@compiled(nogil=True)
def order_score(pairs: Pairs, rows: Rows, line: Ids) -> float:
    """What the pair model says for a line of units."""
    total = 0.0
    for t in range(1, len(line)):
        if line[t] != BREAK and line[t - 1] != BREAK:
            two = line[t - 2] if t > 1 else BREAK
            total += triple_score(pairs, rows, two, line[t - 1], line[t])
    return total


@compiled(nogil=True)
def false_orders(size: int, orders: Places) -> int:
    """Put the rotations of a line in ``orders``, the true one first; their number.

    After them come ``TURNED`` orders with three or more runs in reverse.
    """
    for turn in range(size):
        for k in range(size):
            orders[turn, k] = (k + turn) % size
    for n in range(size, size + TURNED):
        runs = np.random.randint(3, size + 1)
        if np.random.random() < 0.5:
            runs = np.random.randint(3, min(size, 5) + 1)
        cuts = np.sort(np.random.permutation(size - 1)[: runs - 1] + 1)
        at, stop = 0, size
        for run in range(runs - 1, -1, -1):
            start = cuts[run - 1] if run > 0 else 0
            for k in range(start, stop):
                orders[n, at] = k
                at += 1
            stop = start
    return size + TURNED


@compiled(nogil=True)
def write_windows(line: Ids, before: Ids, after: Ids, windows: Windows) -> int:
    """Put what stands at each junction of a line, and at its ends, in ``windows``; how many."""
    size, count = len(line), 0
    for j in range(size + 1):
        if (j == 0 and before[REACH - 1] == BREAK) or (j == size and after[0] == BREAK):
            continue
        for k in range(REACH):
            back, ahead = j - REACH + k, j + k
            windows[count, k] = before[k] if j == 0 else line[back] if back >= 0 else BREAK
            found = after[k] if j == size else line[ahead] if ahead < size else BREAK
            windows[count, REACH + k] = found
        count += 1
    return count


@compiled(nogil=True)
def read_around(ids: Ids, start: int, stop: int, around: Ids) -> None:
    """Put the units before ``start`` and from ``stop`` on in the rows of ``around``.

    Sometimes fewer than ``REACH``, and none beyond a break.
    """
    around[:] = BREAK
    for side in range(2):
        known = REACH if np.random.random() < 0.7 else np.random.randint(0, REACH)
        for k in range(known):
            unit = ids[start - 1 - k] if side == 0 else ids[stop + k]
            if unit == BREAK:
                break
            around[side, REACH - 1 - k if side == 0 else k] = unit


@compiled(nogil=True)
def lines_in_orders(
    ids: Ids, rows: Rows, pairs: Pairs, seed: int
) -> tuple[Windows, Places, Floats]:
    """``LINES`` lines of a text in ``ORDERS`` orders each, the true one first.

    Gives what stands at all their junctions, the order each is of, and what the pair model says
    for each order (lines x orders).
    """
    np.random.seed(seed)
    most = LINES * ORDERS * (LONGEST + 1)
    windows, owners = np.empty((most, 2 * REACH), np.int32), np.empty(most, np.int64)
    speaks = np.empty((LINES, ORDERS), np.float32)
    orders = np.zeros((LONGEST + TURNED, LONGEST), np.int64)
    around = np.empty((2, REACH), np.int32)
    count = line = 0
    while line < LINES:
        size = np.random.randint(SHORTEST, LONGEST + 1)
        start = np.random.randint(REACH, len(ids) - LONGEST - REACH)
        own = ids[start : start + size]
        if (own == BREAK).any():
            continue
        read_around(ids, start, start + size, around)
        number = false_orders(size, orders)
        said = np.empty(number, np.float32)
        for n in range(number):
            whole = np.concatenate((around[0, -2:], own[orders[n, :size]], around[1, :2]))
            said[n] = order_score(pairs, rows, whole)
        likely = np.argsort(-said[1:]) + 1
        begun, good = count, True
        for n in range(ORDERS):
            chosen = 0
            if n > 0:
                chosen = likely[n - 1 if n <= HARDEST else np.random.randint(HARDEST, number - 1)]
            text = own[orders[chosen, :size]]
            good = good and (n == 0 or (text != own).any())
            more = write_windows(text, around[0], around[1], windows[count:])
            owners[count : count + more] = line * ORDERS + n
            speaks[line, n] = said[chosen]
            count += more
        if good:
            line += 1
        else:
            count = begun
    return windows[:count], owners[:count], speaks


def ranking(net: Net, features: Ids, drawn: tuple[Windows, Places, Floats]) -> Any:
    """How badly net and pair model put true orders of lines before others, in nats a line."""
    windows, owners, speaks = drawn
    vectors, places = unit_vectors(net, features, windows)
    before, after = sides(net, vectors, places[:, :REACH], places[:, REACH:])
    said = torch.zeros(LINES * ORDERS).index_add(
        0, torch.from_numpy(owners), (before * after).sum(1)
    )
    total = net.fluency * torch.from_numpy(speaks) + net.scale * said.view(LINES, ORDERS)
    return -torch.log_softmax(total, 1)[:, 0].mean()


def stretches(corpus: Corpus, shares: dict[str, float], rng: np.random.Generator) -> Iterator[Ids]:
    """Random stretches of the texts, some at a time."""
    names = list(shares)
    while True:
        found = []
        for name in rng.choice(names, STRETCHES, p=list(shares.values())):
            ids = corpus.texts[name][0]
            start = rng.integers(len(ids) - STRETCH - 2 * REACH)
            found.append(ids[start : start + STRETCH + 2 * REACH])
        yield np.stack(found)


def draws(
    corpus: Corpus, shares: dict[str, float], pairs: Pairs, rng: np.random.Generator
) -> Iterator[tuple[Windows, Places, Floats]]:
    """What ``lines_in_orders`` gives, of random texts; the next while the last is learned from."""
    with ThreadPoolExecutor(1) as thread:
        waiting: list[Any] = []
        while True:
            while len(waiting) < 3:
                name = rng.choice(list(shares), p=list(shares.values()))
                ids, seed = corpus.texts[name][0], int(rng.integers(1 << 30))
                waiting.append(thread.submit(lines_in_orders, ids, corpus.rows, pairs, seed))
            yield waiting.pop(0).result()


def descend(net: Net, losses: Iterator[Any], steps: int, rate: float, last: float) -> None:
    """Follow the slope of the losses, ever more slowly, and tell how it goes."""
    adam = torch.optim.Adam([*net.layers, net.fluency, net.scale], lr=rate, betas=BETAS)
    recent: list[float] = []
    for step in range(steps):
        slower = min(1, (step + 1) / WARMING) * (1 - (1 - last) * step / steps)
        adam.param_groups[0]["lr"] = rate * slower
        loss = next(losses)
        adam.zero_grad()
        loss.backward()
        net.layers.vectors.grad[-1] = 0
        adam.step()
        recent.append(float(loss.detach()))
        if (step + 1) % max(steps // 10, 1) == 0:
            log(f"step {step + 1} of {steps}: loss {np.mean(recent):.4f}")
            recent.clear()


def trained(corpus: Corpus, code: str, pairs: Pairs, options: argparse.Namespace) -> Junctions:
    """The net of a corpus, its scores weighed as the pair model's are."""
    shares, rng = SHARES[code], np.random.default_rng(options.seed)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    known, features = known_attributes(corpus, shares)
    log(f"{len(known)} attributes have a vector")
    net = fresh(len(known))
    read = stretches(corpus, shares, rng)
    losses = (contrast(net, features, ids, rng) for ids in read)
    descend(net, losses, options.steps, RATE, LAST_RATE)
    ranked = (ranking(net, features, drawn) for drawn in draws(corpus, shares, pairs, rng))
    descend(net, ranked, options.ranking_steps, RANKING_RATE, LAST_RANKING_RATE)
    fluency, scale = net.fluency.item(), net.scale.item()
    log(f"weights {fluency:.3f} (pair model) and {scale:.3f} (net)")
    layers = Layers(*(tensor.detach().numpy() for tensor in net.layers))
    return scaled(Junctions(known, layers), scale / fluency)


def scaled(net: Junctions, times: float) -> Junctions:
    """The net with all it says ``times`` as much."""
    factor = np.float32(times)
    left2, bias = net.layers.left2 * factor, net.layers.left2_bias * factor
    return Junctions(net.known, net.layers._replace(left2=left2, left2_bias=bias))


def rotated(
    ids: Ids, corpus: Corpus, pairs: Pairs, net: Junctions, known: int
) -> dict[str, NDArray[np.float64]]:
    """What pair model and net say for the twelve rotations of random lines of twelve words.

    ``known`` words are given on each side. Lines x rotations, the true order first.
    """
    lines = random_lines(ids, 8 + 2 * known, 2500, np.random.default_rng(known))
    attributes = corpus.rows.astype(np.uint64)
    before, after = lines[:, :known], lines[:, -known:]
    pair, junction = np.zeros((len(lines), 12)), np.zeros((len(lines), 12))
    (last, _), (_, first) = ends(before.tolist()), ends(after.tolist())
    for turn in range(12):
        own = np.roll(lines[:, known:-known], turn, axis=1)
        whole = np.concatenate([before[:, -2:], own, after[:, :2]], axis=1)
        pair[:, turn] = [order_score(pairs, corpus.rows, line) for line in whole]
        inner = within(own.tolist())
        own_last, own_first = ends(own.tolist())
        left, right = net.sides(
            attributes,
            np.concatenate([inner[0], last, own_last]),
            np.concatenate([inner[1], own_first, first]),
        )
        every = np.arange(len(lines))
        owners = np.concatenate([inner[2], every, every])
        junction[:, turn] = np.bincount(owners, (left * right).sum(axis=1))
    return {"pair model": pair, "net": junction, "both": pair + junction}


def halves(ids: Ids) -> tuple[Ids, Ids]:
    """What is held out, in two: the weight of the net is fitted to one and tested on the other."""
    breaks = np.flatnonzero(ids == BREAK)
    cut = int(breaks[len(breaks) // 2]) + 1
    return ids[:cut], ids[cut:]


def weighed(net: Junctions, corpus: Corpus, code: str, pairs: Pairs) -> Junctions:
    """The net with the weight that makes the true orders of held-out lines likeliest.

    The pair model is surer of the text that both were trained on than of any other, so what was
    learned there is too low.
    """
    said = [
        rotated(halves(corpus.texts[name][1])[0], corpus, pairs, net, REACH)
        for name in TESTED[code]
    ]

    def nats(fluency: float, weight: float) -> float:
        total = 0.0
        for scores in said:
            both = fluency * (scores["pair model"] + weight * scores["net"])
            total += float((np.logaddexp.reduce(both, axis=1) - both[:, 0]).mean())
        return total

    _, weight = min(((f, w) for f in FLUENCIES for w in WEIGHTS), key=lambda pair: nats(*pair))
    log(f"weight of the net fitted to held-out lines: times {weight:.2f}")
    return scaled(net, weight)


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line asks, write the net and print how good it is."""
    parser = parser_of(__doc__, "he.junctions")
    add = parser.add_argument
    add("--steps", type=int, default=12_000, help="of the first part (default: %(default)s)")
    add("--ranking-steps", type=int, default=4_000, help="of the second (default: %(default)s)")
    add("--threads", type=int, default=1, help="(default: %(default)s)")
    options = options_of(parser, arguments)
    code, began = options.language, time.monotonic()
    corpus = read_corpus(options.corpus, code, options.share)
    model = PairModel.read(language(code).weights)
    pairs = Pairs(np.array(model.table), model.levels, model.bits)
    net = weighed(trained(corpus, code, pairs, options), corpus, code, pairs)
    today = datetime.now(UTC).date().isoformat()
    words = options.steps * STRETCHES * STRETCH
    facts = {"language": code, "date": today, "words": words, "seed": options.seed}
    facts["lines"] = options.ranking_steps * LINES
    net.write(options.output, facts)
    log(f"wrote {options.output} after {time.monotonic() - began:.0f} s")
    written = Junctions.read(options.output)
    for name in TESTED[code]:
        for known in (2, REACH):
            said = rotated(halves(corpus.texts[name][1])[1], corpus, pairs, written, known)
            for who, scores in said.items():
                share = (scores.argmax(axis=1) == 0).mean()
                print(f"{name:12} 12 words, rotated, {known} neighbours  {who:10} {share:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
