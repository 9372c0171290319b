"""Measure how well quotes are found, named and put in order.

Passages of 6, 8 and 12 words are sampled from the reference works. Of their words one in ten is
dropped, re-spelled (a mater lectionis more or less, or another letter) or exchanged: for another
word or, in a second set, with the next, where the order of the passage is not that of the line.
Columns:

lines      passages
found      share of the passages in which a quote is found
right      share of these whose place is the one sampled, or has as many of the words of the quote
order      share that come out in their order, word by word, when all words are shuffled: of the
           passages as they are, and of those with words dropped, re-spelled or exchanged, by all
           their words that stand in the passage
one of     share of the latter that come out in an order in which the work has these words without
           leaving out more: where a word comes twice in the passage and once in the line, as in
           "God is my light, my light [is God]", no shuffled words tell which of them it is
not so     share of all neighbours given for the latter that are none in the line

Lines of prose that is not about quoted works are measured last: the share in which nothing is
found, and what was, for a person to judge. ``precision`` is the share of all that was found, in
the passages and in other prose, that is right.
"""

from __future__ import annotations

import json
import lzma
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import inf
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple

import numpy as np
from build_reference import held_out

from restore.works.fingerprints import encoded
from restore.works.library import BUILT_IN, Library
from restore.works.quotes import ANNOUNCING, DRIFT, Quote, Quotes

LENGTHS = (6, 8, 12)  # words
HARM = 0.1
KINDS = ("dropped", "re-spelled", "exchanged")
REFERENCES = ("tanakh", "mishnah", "siddur", "mussar")
# Poems, and old books that are all quotes, are no other prose; nor are letters to a president.
QUOTING = ("garbage", "pre_modern", "sentiment", "_law", "qa__")
APART = 40  # words from one line of prose to the next of the same paragraph
SPEED_BYTES = 2_000_000
HEADS = ("lines", "found", "right", "order", "harmed, order", "one of", "not so")

Row = defaultdict[str, float]


def sampled(folder: Path, library: Library, count: int) -> Iterator[list[str]]:
    """Passages of works that the library has, each within one section."""
    chance = random.Random(7)
    names = {work.name for work in library.works}
    texts = []
    for reference in REFERENCES:
        with lzma.open(folder / f"{reference}.jsonl.xz", "rt", encoding="utf-8") as file:
            records = map(json.loads, file)
            texts += [r["text"].split() for r in records if r["he"] in names]
    texts = [words for words in texts if len(words) >= max(LENGTHS)]
    while count:
        words = chance.choice(texts)
        length = LENGTHS[count % len(LENGTHS)]
        start = chance.randrange(len(words) - length + 1)
        passage = words[start : start + length]
        if not any("(" in word for word in passage) and places(passage, library):
            count -= 1
            yield passage


def places(passage: list[str], library: Library) -> list[int]:
    """Where a passage stands in the library as it is; prayers stand there only once."""
    codes, _ = encoded(passage)
    if len(codes) < len(passage) or not codes.all():
        return []
    found = np.flatnonzero(library.codes[: -len(codes)] == codes[0])
    for at, code in enumerate(codes.tolist()):
        found = found[library.codes[found + at] == code]
    return [int(place) for place in found]


def respelled(word: str, chance: random.Random) -> str:
    """A word with a mater lectionis more or less, or with another letter."""
    at = chance.randrange(1, max(len(word), 2))
    if chance.random() < 0.5:
        if "ו" in word[1:-1] or "י" in word[1:-1]:
            return word[:1] + word[1:-1].replace("ו", "").replace("י", "") + word[-1:]
        return word[:at] + chance.choice("וי") + word[at:]
    return word[: at - 1] + chance.choice("אבגדהוזחטיכלמנסעפצקרשת") + word[at:]


def harmed(words: list[str], others: list[str], chance: random.Random, swap: bool) -> list[str]:
    """A passage as an author may give it: one word in ten is not as it stands there.

    ``swap``: words change places with the next, and not with one of the ``others``.
    """
    changed = list(words)
    at = 0
    while at < len(changed):
        kind = chance.choice(KINDS) if chance.random() < HARM else ""
        if kind == "re-spelled":
            changed[at] = respelled(changed[at], chance)
        elif kind == "exchanged" and not swap:
            changed[at] = chance.choice(others)
        elif kind == "exchanged":
            changed[at : at + 2] = changed[at : at + 2][::-1]
        if kind == "dropped":
            del changed[at]
        else:
            at += 1
    return changed


def right(quote: Quote, changed: list[str], passage: list[str], library: Library) -> bool:
    """Whether a quote is from where the passage is, or from where its words stand as well."""
    stop = quote.position + quote.stop - quote.start
    for place in places(passage, library):
        if place - DRIFT < stop and quote.position < place + len(passage) + DRIFT:
            return True
    # A passage may quote a verse, and the verse is where that is from; what a work announces it
    # with need not stand there.
    codes = (encoded(words)[0] for words in (changed[quote.start : quote.stop], passage))
    given, own = (Counter(part[~ANNOUNCING[part]].tolist()) for part in codes)
    first = max(quote.position - quote.start - DRIFT, 0)
    near = Counter(library.codes[first : first + len(passage) + 2 * DRIFT].tolist())
    return (given & near).total() >= (given & own).total()


class Ordered(NamedTuple):
    """Whether shuffled words came out in their order, or in one that is as good.

    ``pairs`` is how many neighbours were given for them (by their shares), ``wrong`` how many of
    these are none.
    """

    own: bool
    one: bool
    pairs: float
    wrong: float


def ordered(words: list[str], passage: list[str], quotes: Quotes, chance: random.Random) -> Ordered:
    """How shuffled words come out, all of them that are in the passage."""
    shuffled = list(range(len(words)))
    chance.shuffle(shuffled)
    found = quotes.passages([words[place] for place in shuffled])
    parts = [encoded([word])[0].tolist() for word in words]
    known: list[int] = encoded(passage)[0].tolist()
    shared = Counter(code for part in parts for code in part) & Counter(known)
    order = [shuffled[index] for index in found[0].order] if found else []
    # Of equal words any may stand first; a word that is re-spelled is no word of the passage.
    got, wanted = (
        [code for place in places for code in parts[place] if code in shared]
        for places in (order, sorted(order))
    )
    whole = len(got) >= shared.total()
    first = max(found[0].position - len(passage), 0) if found else 0
    near = quotes.libraries[0].codes[first : first + 3 * len(passage)].tolist()
    beside = set(pairwise(map(tuple, parts)))
    pairs = [
        ((tuple(parts[shuffled[pair.one]]), tuple(parts[shuffled[pair.other]])), pair.share)
        for told in found
        for pair in told.neighbours
    ]
    return Ordered(
        whole and got == wanted,
        whole and (got == wanted or tight(got, near) <= tight(wanted, known)),
        sum(share for _, share in pairs),
        sum(share for pair, share in pairs if pair not in beside),
    )


def tight(wanted: list[int], known: list[int]) -> float:
    """Among how few words of a work others stand in their order; infinity if nowhere."""
    best = inf
    for first in range(len(known)):
        at = first
        for number in wanted:
            while at < len(known) and known[at] != number:
                at += 1
            at += 1
        if at <= len(known):
            best = min(best, at - first)
    return best


def other_lines(folder: Path, count: int) -> list[list[str]]:
    """Lines of prose from texts that do not live on quotes."""
    chance = random.Random(11)
    lines, name = [], ""
    with lzma.open(folder / "he-modern.txt.xz", "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                name = line.strip()
            elif held_out(name) and not any(part in name for part in QUOTING):
                words, length = line.split(), chance.choice(LENGTHS)
                for start in range(0, len(words) - length + 1, APART):
                    lines.append(words[start : start + length])
    return chance.sample(lines, min(count, len(lines)))


def passages_measured(quotes: Quotes, samples: list[list[str]], swap: bool) -> dict[str, Row]:
    """Counts of what was found, by the length of the passage."""
    chance = random.Random(13)
    others = [word for passage in samples for word in passage]
    rows: dict[str, Row] = {f"{length} words": defaultdict(float) for length in LENGTHS}
    for passage in samples:
        row = rows[f"{len(passage)} words"]
        changed = harmed(passage, others, chance, swap)
        found = quotes.find(changed)
        row["lines"] += 1
        if found:
            best = max(found, key=lambda quote: quote.log_odds)
            row["found"] += 1
            row["right"] += right(best, changed, passage, quotes.libraries[0])
        row["order"] += ordered(passage, passage, quotes, chance).own
        told = ordered(changed, passage, quotes, chance)
        row["harmed, order"] += told.own
        row["one of"] += told.one
        row["pairs"] += told.pairs
        row["wrong"] += told.wrong
    return rows


def speed(quotes: Quotes, folder: Path) -> dict[str, float]:
    """Megabytes a second, of prose that quotes little and of prose that quotes a lot."""
    found = {}
    for name in ("he-modern", "he-rabbinic"):
        with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            file.read(3_000_000)
            text = file.read(SPEED_BYTES * 5 // 9)
        start = time.process_time()
        quotes.find(text.split())
        found[name] = len(text.encode()) / 1e6 / (time.process_time() - start)
    return found


def passages_told(quotes: Quotes, samples: list[list[str]]) -> dict[str, dict[str, Row]]:
    """Print how passages are found and put in order; what was counted, by how they were harmed."""
    told = {}
    for title, swap in (("exchanged for others", False), ("exchanged with the next", True)):
        print(f"\n{title}\n\n| passages | {' | '.join(HEADS)} |")
        print("|---|" + "---:|" * len(HEADS))
        told[title] = passages_measured(quotes, samples, swap)
        for name, row in told[title].items():
            lines = row["lines"]
            shares = [row["found"] / lines, row["right"] / max(row["found"], 1)]
            shares += [row[head] / lines for head in HEADS[3:-1]]
            shares += [row["wrong"] / max(row["pairs"], 1)]
            print(f"| {name} | {lines:.0f} | {' | '.join(f'{share:.4f}' for share in shares)} |")
    return told


def prose_told(quotes: Quotes, other: list[list[str]]) -> tuple[int, float]:
    """Print what is found in prose that quotes nothing: how many quotes, in how few lines."""
    finds = [(quote, words) for words in other for quote in quotes.find(words)]
    clean = 1 - len({id(words) for _, words in finds}) / len(other)
    print(f"\nother prose: {len(other)} lines, nothing found in {clean:.4f}; found:")
    for quote, words in finds:
        print(f"  {quote.log_odds:.1f} {quote.place}: {' '.join(words[quote.start : quote.stop])}")
    chance = random.Random(17)
    shuffled = [chance.sample(words, len(words)) for words in other]
    wrong = [(p, words) for words in shuffled for p in quotes.passages(words)]
    print(f"the same, shuffled: passages in {len(wrong) / len(other):.4f} of lines")
    for passage, words in wrong[:20]:
        print(
            f"  {passage.log_odds:.1f} {passage.place}: {' '.join(words[i] for i in passage.order)}"
        )
    return len(finds), clean


def measure(shared: Path, count: int = 5000) -> dict[str, object]:
    """Print and give all figures; raises FileNotFoundError if the texts are not there."""
    start = time.process_time()
    library = Library.read(BUILT_IN)
    opened = time.process_time() - start
    quotes = Quotes([library])
    quotes.find(["בראשית", "ברא"])
    ready = time.process_time() - start
    print(f"opened in {1000 * opened:.1f} ms, first answer after {1000 * ready:.1f} ms")
    samples = list(sampled(shared / "data" / "reference", library, count))
    told = passages_told(quotes, samples)
    other = other_lines(shared / "data" / "corpus", count)
    finds, clean = prose_told(quotes, other)
    rows = [row for part in told.values() for row in part.values()]
    found = sum(row["found"] for row in rows) + finds
    precision = sum(row["right"] for row in rows) / found
    print(f"precision, if all that was found in other prose is wrong: {precision:.4f}")
    speeds = speed(quotes, shared / "data" / "corpus")
    print(", ".join(f"{name} {mb:.2f} MB/s" for name, mb in speeds.items()))
    start = time.process_time()
    for words in other[:1000]:
        quotes.passages(words)
    print(f"passages: {time.process_time() - start:.2f} ms a line of other prose")
    print(f"memory: {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, texts and all")
    return {
        "opened": opened,
        "ready": ready,
        **told,
        "other prose": clean,
        "precision": precision,
        "MB/s": speeds,
    }


if __name__ == "__main__":
    measure(Path(__file__).resolve().parents[2] / "shared")
