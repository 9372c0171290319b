"""Measure how well quotes are found, named and put in order.

Passages of 6, 8 and 12 words are sampled from the reference works. Of their words one in ten is
dropped, re-spelled (a mater lectionis more or less, or another letter) or exchanged: for another
word or, in a second set, with the next, where the order of the passage is not that of the line.
Columns:

lines      passages
found      share of the passages in which a quote is found
right      share of these whose place has as many of the given words as the place sampled
order      share that come out in their order, word by word, when all words are shuffled: of the
           passages as they are, and (last) of those with words dropped, re-spelled or exchanged,
           by all their words that stand in the passage

Lines of prose that is not about quoted works are measured last: the share in which nothing is
found, and what was, for a person to judge.
"""

from __future__ import annotations

import json
import lzma
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from build_reference import held_out

from restore.fingerprints import encoded
from restore.library import BUILT_IN, Library
from restore.quotes import Quote, Quotes

LENGTHS = (6, 8, 12)  # words
HARM = 0.1
KINDS = ("dropped", "re-spelled", "exchanged")
REFERENCES = ("tanakh", "mishnah", "siddur", "mussar")
# Poems, and old books that are all quotes, are no other prose; nor are letters to a president.
QUOTING = ("garbage", "pre_modern", "sentiment", "_law", "qa__")
SPEED_BYTES = 2_000_000


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
        if not any("(" in word for word in passage) and stands(passage, library):
            count -= 1
            yield passage


def stands(passage: list[str], library: Library) -> bool:
    """Whether a passage stands in the library as it is; prayers stand there only once."""
    codes, _ = encoded(passage)
    if len(codes) < len(passage) or not codes.all():
        return False
    places = np.flatnonzero(library.codes[: -len(codes)] == codes[0])
    for at, code in enumerate(codes.tolist()):
        places = places[library.codes[places + at] == code]
    return bool(len(places))


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
    """Whether the words as they are given stand as well where they were found as in the passage."""
    given, own = (Counter(encoded(words)[0].tolist()) for words in (changed, passage))
    first = max(quote.position - quote.start - 2, 0)
    near = Counter(library.codes[first : first + len(passage) + 4].tolist())
    return (given & near).total() >= (given & own).total()


def in_order(words: list[str], passage: list[str], quotes: Quotes, chance: random.Random) -> bool:
    """Whether shuffled words come out in their order, all of them that are in the passage."""
    places = list(range(len(words)))
    chance.shuffle(places)
    found = quotes.passages([words[place] for place in places])
    given, own = (Counter(encoded(part)[0].tolist()) for part in (words, passage))
    order = [places[index] for index in found[0].order] if found else []
    # Of equal words any may stand first.
    got: list[int] = encoded([words[place] for place in order])[0].tolist()
    wanted: list[int] = encoded([words[place] for place in sorted(order)])[0].tolist()
    return len(got) >= (given & own).total() and got == wanted


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
                if len(words) >= length:
                    start = chance.randrange(len(words) - length + 1)
                    lines.append(words[start : start + length])
    return chance.sample(lines, min(count, len(lines)))


def passages_measured(
    quotes: Quotes, samples: list[list[str]], swap: bool
) -> dict[str, Counter[str]]:
    """Counts of what was found, by the length of the passage."""
    chance = random.Random(13)
    others = [word for passage in samples for word in passage]
    rows: dict[str, Counter[str]] = {f"{length} words": Counter() for length in LENGTHS}
    for passage in samples:
        row = rows[f"{len(passage)} words"]
        changed = harmed(passage, others, chance, swap)
        found = quotes.find(changed)
        row["lines"] += 1
        if found:
            best = max(found, key=lambda quote: quote.log_odds)
            row["found"] += 1
            row["right"] += right(best, changed, passage, quotes.libraries[0])
        row["order"] += in_order(passage, passage, quotes, chance)
        row["order of the harmed"] += in_order(changed, passage, quotes, chance)
    return rows


def speed(quotes: Quotes, folder: Path) -> dict[str, float]:
    """Megabytes a second, of prose that quotes little and of prose that quotes a lot."""
    found = {}
    for name in ("he-modern", "he-rabbinic"):
        with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            file.read(3_000_000)
            text = file.read(SPEED_BYTES * 5 // 9)
        start = time.perf_counter()
        quotes.find(text.split())
        found[name] = len(text.encode()) / 1e6 / (time.perf_counter() - start)
    return found


def measure(shared: Path, count: int = 5000) -> dict[str, object]:
    """Print and give all figures; raises FileNotFoundError if the texts are not there."""
    start = time.perf_counter()
    library = Library.read(BUILT_IN)
    opened = time.perf_counter() - start
    quotes = Quotes([library])
    quotes.find(["בראשית", "ברא"])
    ready = time.perf_counter() - start
    print(f"opened in {1000 * opened:.1f} ms, first answer after {1000 * ready:.1f} ms")
    samples = list(sampled(shared / "data" / "reference", library, count))
    told: dict[str, object] = {"opened": opened, "ready": ready}
    for title, swap in (("exchanged for others", False), ("exchanged with the next", True)):
        print(f"\n{title}\n\n| passages | lines | found | right | order | harmed, order |")
        print("|---|---:|---:|---:|---:|---:|")
        rows = passages_measured(quotes, samples, swap)
        for name, row in rows.items():
            lines = row["lines"]
            print(f"| {name} | {lines} | {row['found'] / lines:.4f} | "
                  f"{row['right'] / max(row['found'], 1):.4f} | {row['order'] / lines:.4f} | "
                  f"{row['order of the harmed'] / lines:.4f} |")  # fmt: skip
        told[title] = rows
    other = other_lines(shared / "data" / "corpus", count)
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
    told["other prose"] = clean
    told["MB/s"] = speeds = speed(quotes, shared / "data" / "corpus")
    print(", ".join(f"{name} {mb:.2f} MB/s" for name, mb in speeds.items()))
    start = time.perf_counter()
    for words in other[:1000]:
        quotes.passages(words)
    print(f"passages: {time.perf_counter() - start:.2f} ms a line of other prose")
    return told


if __name__ == "__main__":
    measure(Path(__file__).resolve().parents[2] / "shared")
