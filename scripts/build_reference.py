"""Build the library of quotes that restore brings along, `src/restore/languages/he.quotes`.

Works are read from `NAME.jsonl.xz`, a section a line: {"work", "he", "place", "sections", "text"}.
How rarely each fingerprint is written is counted in running text (`NAME.txt.xz`; a line that
starts with `#` names a work). The same texts always give the same file.
"""

from __future__ import annotations

import argparse
import html
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

from restore.works.fingerprints import CODES, MARKS, STOP, Codes, encoded
from restore.works.library import (
    BUILT_IN,
    CHAPTER,
    FOLIO,
    LEVEL,
    TAG,
    WHOLE,
    Library,
    Prose,
    Section,
    library,
)
from restore.works.quotes import matches

ROOT = Path(__file__).resolve().parent.parent
# In this order: of places with the same words the first is named.
REFERENCES = ("tanakh", "mishnah", "siddur", "mussar")
OMITTED = frozenset(("Marot Ha'Tzoveot", "Shuvah Yisrael", "Ketubah Text", "Kochvei Ohr"))
TORAH = ("Genesis", "Exodus", "Leviticus", "Numbers", "Deuteronomy")
# The short rite first: where prayers agree, the plainest place is named.
PRAYERS = ("Siddur, Ashkenaz", "Siddur, Edot HaMizrach", "Siddur, Sefard")
NAMES = {'רמח"ל, ספר הכללים': 'רמח"ל, ספר הכללים', "ספר תומר דבורה": "תומר דבורה"}
TEXTS = {"he-rabbinic": 10_000_000, "he-modern": 4_000_000}  # words read, about, if there are
LETTERS, STRETCH = 5.5, 500  # of a word with its space; paragraphs that are read together
HELD_OUT = 8  # one in so many works
TIMES = {"he-rabbinic": 1, "he-modern": 2}  # each text counts; a guess
# Nats for a quote by its words alone; modern texts have more idioms than quotes; a guess.
CLEAR = {"he-rabbinic": 0.0, "he-modern": 10.0}
# Counts and dates are alike in all books: what a word of them says at most, in nats; a guess.
COUNTING = 3.5
NUMBERS = (
    "אחד אחת שנים שתים שני שתי שנים שתיים שלשה שלש שלשת ארבעה ארבע ארבעת חמשה חמש חמשת ששה שש ששת "
    "שבעה שבע שבעת שמונה שמונת תשעה תשע תשעת עשרה עשר עשרת עשרים שלשים ארבעים חמשים ששים שבעים "
    "שמונים תשעים מאה מאות מאתים אלף אלפים"
)
SEEN, DISCOUNT = 3, 0.75  # least times a pair is seen; what is taken from its count
SIZE = 1 << 20  # ties kept
LIKELY = {"tanakh": 0.0, "mishnah": -1.0, "siddur": -2.0, "mussar": -6.0}  # nats; a guess
PASSAGE, REPEATED = 5, 0.8  # words; share of a section's passages that stand elsewhere: a guess

PARENTHESES = regex.compile(r"\([^)]*\)|\{[^}]*\}")  # of the Masoretic text: ketiv, parashot
TAGS = regex.compile(r"<[^>]*>")
SENTENCE = regex.compile(r"(?<=[.:])\s+")


def rank(work: str) -> tuple[int, str]:
    """Where a work stands among those of its collection."""
    for order in (TORAH, PRAYERS):
        if work in order:
            return order.index(work), ""
    return len(TORAH), work


def style(record: dict[str, Any]) -> str:
    """How the places of a work are cited; the numbers of prayers are no one's but the file's."""
    levels = record["sections"] or []
    if "Daf" in levels:
        return FOLIO
    return WHOLE if {"Tefillah", "Liturgy", "Line", ""} & set(levels) else CHAPTER


def sections(folder: Path, reference: str) -> Iterator[Section]:
    """The sections of a collection, work by work."""
    with lzma.open(folder / f"{reference}.jsonl.xz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    for record in sorted(records, key=lambda record: rank(record["work"])):  # stable
        if record["work"] in OMITTED:
            continue
        text = TAGS.sub(" ", html.unescape(html.unescape(record["text"])))
        if reference == "tanakh":
            text = PARENTHESES.sub(" ", text)
        name = MARKS.sub("", record["he"]).replace("''", '"')
        numbers = tuple(number for number in record["place"] if isinstance(number, int))
        yield Section(NAMES.get(name, name), style(record), numbers, text, True, LIKELY[reference])


def passages(text: str) -> list[int]:
    """A number for every few words in a row of a text."""
    codes = encoded(text.split())[0].astype(np.uint64)
    if len(codes) < PASSAGE:
        return [hash(tuple(codes.tolist()))]
    total = np.zeros(len(codes) - PASSAGE + 1, np.uint64)
    for at in range(PASSAGE):
        total = total * np.uint64(0x9E3779B97F4A7C15) + codes[at : at + len(total)]
    found: list[int] = total.tolist()
    return found


def unrepeated(given: Iterator[Section], seen: set[int]) -> Iterator[Section]:
    """The sections without the sentences that have stood before, as prayers do in every rite."""
    joined = True
    for section in given:
        kept: list[str] = []
        for sentence in SENTENCE.split(section.text):
            numbers = passages(sentence)
            if sum(number in seen for number in numbers) >= REPEATED * len(numbers):
                if kept:
                    yield section._replace(text=" ".join(kept), joined=joined)
                kept, joined = [], False
                continue
            seen.update(numbers)
            kept.append(sentence)
        if kept:
            yield section._replace(text=" ".join(kept), joined=joined)
            joined = True


def held_out(name: str) -> bool:
    """Whether a work of running text is kept for measuring (`scripts/bench --quotes`)."""
    return crc32(name.encode()) % HELD_OUT == 0


def texts(folder: Path, name: str, most: int) -> Iterator[Codes]:
    """Fingerprints of stretches of a text, about so many words, taken from all of it."""
    lines: list[str] = []
    skipped = False
    with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                skipped = held_out(line.strip())
            elif not skipped:
                lines.append(line)
    step = max(1, round(sum(map(len, lines)) / LETTERS / most))
    size = 0
    for start in range(0, len(lines), step * STRETCH):
        words = " ".join(lines[start : start + STRETCH]).split()
        size += len(words)
        yield encoded(words)[0]
    print(f"{name}: {size} words")


def without_quotes(codes: Codes, built: Library, prose: Prose, least: float) -> Codes:
    """A text with ``STOP`` in place of the words that a first search holds for quotes."""
    found = matches(codes, built, prose)
    clear = found.scores > least
    edges = np.zeros(len(codes) + 1, np.int64)
    np.add.at(edges, found.starts[clear], 1)
    np.add.at(edges, found.stops[clear], -1)
    return np.where(np.cumsum(edges[:-1]) > 0, STOP, codes).astype(np.uint16)


def surprise(chunks: list[Codes]) -> NDArray[np.uint8]:
    """How rarely each fingerprint is written, in steps of ``LEVEL`` nats."""
    counts = sum((np.bincount(codes, minlength=CODES) for codes in chunks), np.full(CODES, 0.5))
    counts[STOP] = 0.5
    levels = np.round(-np.log(counts / counts.sum()) / LEVEL)
    counted = encoded([prefix + word for word in NUMBERS.split() for prefix in ("", "ו")])[0]
    levels[counted] = np.minimum(levels[counted], COUNTING / LEVEL)
    return np.asarray(np.minimum(levels, 255).astype(np.uint8))


def ties(chunks: list[Codes], levels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Which fingerprints follow each other more often than by chance, the ``SIZE`` that matter."""
    shares = np.exp(-levels * LEVEL)
    total = sum(map(len, chunks))
    rows = []
    for back in (1, 2):
        pairs = np.concatenate([c[:-back].astype(np.uint32) << 16 | c[back:] for c in chunks])
        names, counts = np.unique(pairs, return_counts=True)
        one, two = (names >> 16).astype(np.uint16), (names & 0xFFFF).astype(np.uint16)
        keep = (counts >= SEEN) & (one != STOP) & (two != STOP)
        one, two, counts = one[keep], two[keep], counts[keep]
        odds = np.log((counts - DISCOUNT) / (shares[one] * total) / shares[two])
        rows.append((*Prose.slots(one, two, back, SIZE), counts * odds, odds))
    place, tags, matter, odds = (np.concatenate(column) for column in zip(*rows, strict=True))
    level = np.clip(np.round(odds / LEVEL), 0, 255).astype(np.uint16)
    # Where two want one slot, the one that says more has it.
    order = np.argsort(matter, kind="stable")
    table = np.zeros(SIZE, np.uint16)
    table[place[order]] = level[order] << TAG | tags[order]
    print(f"ties: {len(order)} wanted, {np.count_nonzero(table)} kept")
    return table


def prose(folder: Path, built: Library) -> Prose:
    """How words follow each other in running text, quotes taken out."""
    read = {name: list(texts(folder, name, most)) for name, most in TEXTS.items()}
    first = Prose(
        surprise([codes for parts in read.values() for codes in parts]), np.zeros(1, np.uint16)
    )
    chunks = [
        without_quotes(codes, built, first, CLEAR[name])
        for name, parts in read.items()
        for codes in parts * TIMES[name]
    ]
    print(f"without quotes: {sum(int((codes != STOP).sum()) for codes in chunks)} words")
    levels = surprise(chunks)
    return Prose(levels, ties(chunks, levels))


def main() -> None:
    """Build the library, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--data", type=Path, default=ROOT.parent / "shared" / "data", help="reference/, corpus/")
    add("--output", type=Path, default=BUILT_IN, help="the file to write")
    given = parser.parse_args()
    seen: set[int] = set()
    chosen: list[Section] = []
    for reference in REFERENCES:
        found = sections(given.data / "reference", reference)
        before = len(chosen)
        chosen += found if reference in ("tanakh", "mishnah") else unrepeated(found, seen)
        if reference in ("tanakh", "mishnah"):
            for section in chosen[before:]:
                seen.update(passages(section.text))
    built = library("built-in", chosen)
    built.prose = prose(given.data / "corpus", built)
    given.output.write_bytes(built.data())
    size = given.output.stat().st_size / 1e6
    print(f"{given.output}: {len(built.works)} works, {len(built.starts)} sections, "
          f"{len(built.codes)} words, {size:.2f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
