"""Fit the weights of damage/paragraphs.py, and say how good they are on lines they never saw.

The folder has a folder a case: ``source.txt`` (the true lines), ``raw.txt`` (as extracted) and
``meta.json`` (``language``, ``doc``, ``extractor_id``, ``page_lines``, ``running_title`` and
``paragraph_end_lines``, indices of lines of ``source.txt`` that are not blank). Order and furniture
are mended first. Every other document, by name, is measured with the weights fitted to the rest.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import applied
from restore.damage import paragraphs
from restore.damage.furniture import find_furniture
from restore.damage.order import find_order
from restore.damage.paragraphs import FEATURES, Flow, Matrix, chances, flow, with_habits
from restore.evidence import evidence
from restore.formats import txt
from restore.model import Document

CONFIDENCE = 0.9  # of the changes made before; what the pipeline asks for
RIDGE = 2.0  # strength of the pull of weights to 0; the best of 0.5, 2 and 8 by five-fold trial
ENDS_WEIGHT = (
    2.5  # weight of the rarer lines, that end; makes the chances of unseen lines true ones
)
ROUNDS = 4  # of fitting the weights, then the habits
UNKNOWN = -1
CONTROLS = regex.compile(r"\p{Cf}")

Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Case:
    """A document with what is true of its lines: 1 ends a paragraph, 0 goes on, -1 unknown.

    ``known`` counts lines in whatever order their letters stand, ``exact`` only sound ones.
    """

    name: str
    extractor: str
    text: Flow
    known: Labels
    exact: Labels


def read_case(folder: Path) -> Case | None:
    """The case in a folder, mended; None if it is not Hebrew or its paragraphs are not known."""
    facts = json.loads((folder / "meta.json").read_text("utf-8"))
    if facts["language"] != "he" or "paragraph_end_lines" not in facts:
        return None
    source = [
        line for line in (folder / "source.txt").read_text("utf-8").split("\n") if line.strip()
    ]
    document = mended(txt.read((folder / "raw.txt").read_text("utf-8")))
    furniture = furniture_lines(source, facts)
    return labelled(facts["doc"], facts["extractor_id"], document, source, facts, furniture)


def read_sample(path: Path) -> Case:
    """The case of one extraction in the samples folder."""
    name, producer, extractor = path.name.split(".")[:3]
    true = path.with_name(f"{name}.{producer}.true.txt").read_text("utf-8").replace("\f", "\n")
    source = [line for line in true.split("\n") if line.strip()]
    facts = json.loads(path.with_name(f"{name}.{producer}.json").read_text("utf-8"))
    document = mended(txt.read(path.read_text("utf-8")))
    return labelled(name, f"sample {extractor}", document, source, facts, facts["furniture_lines"])


def labelled(
    name: str,
    extractor: str,
    document: Document,
    source: list[str],
    facts: dict[str, list[int]],
    furniture: list[int],
) -> Case:
    """The case of a mended document whose true lines are known."""
    text = flow(document, evidence("he"))
    lines = [document.pages[place.page].lines[place.line].text for place in text.places]
    true = [int(index in facts["paragraph_end_lines"]) for index in range(len(source))]
    for index in furniture:
        true[index] = UNKNOWN
    known = labels([letters(line) for line in lines], [letters(line) for line in source], true)
    exact = labels([words(line) for line in lines], [words(line) for line in source], true)
    return Case(name, extractor, text, known, exact)


def mended(document: Document) -> Document:
    """The document with its order and furniture mended, as far as that is sure."""
    for find in (find_order, find_furniture):
        found = [f for f in find(document, evidence("he")) if f.confidence >= CONFIDENCE]
        document, _ = applied(document, found)
    return document


def furniture_lines(source: Sequence[str], facts: dict[str, object]) -> list[int]:
    """The running heads and page numbers among the true lines."""
    title, counts = facts.get("running_title"), facts.get("page_lines")
    if not isinstance(title, str) or not isinstance(counts, list):
        return []
    found: list[int] = []
    start = 0
    for count in counts:
        last = start + count - 1
        found += [index for index in (start, last) if title in source[index]]
        if len(source[last]) < 12 and any(c.isdigit() for c in source[last]):
            found.append(last)
        start += count
    return found


def letters(line: str) -> str:
    """The characters of a line in the order of the alphabet."""
    return "".join(sorted("".join(CONTROLS.sub("", line).split())))


def words(line: str) -> str:
    """A line with single spaces."""
    return " ".join(CONTROLS.sub("", line).split())


def labels(lines: list[str], source: list[str], true: list[int]) -> Labels:
    """What is true of each line, by the line of the source that it equals."""
    found = np.full(len(lines), UNKNOWN)
    for here, there, size in SequenceMatcher(None, lines, source, False).get_matching_blocks():
        found[here : here + size] = true[there : there + size]
    return found


def set_priors(cases: Sequence[Case]) -> None:
    """Take the habits of all documents together for what a document is expected to have."""
    for classes, table in (("blanks", paragraphs.BLANKS), ("stops", paragraphs.STOPS)):
        counts = np.ones_like(table)
        for case in cases:
            seen = case.known != UNKNOWN
            np.add.at(counts, (getattr(case.text, classes)[seen], case.known[seen]), 1)
        table[:] = counts / counts.sum(axis=0)


def fitted(cases: Sequence[Case]) -> Matrix:
    """The weights for the features, fitted to the lines whose ends are known."""
    set_priors(cases)
    ends = [np.where(case.known == UNKNOWN, 0.2, case.known) for case in cases]
    true = np.concatenate([case.known[case.known != UNKNOWN] for case in cases])
    weights = np.zeros(len(FEATURES))
    for _ in range(ROUNDS):
        rows = [
            with_habits(case.text, end)[case.known != UNKNOWN]
            for case, end in zip(cases, ends, strict=True)
        ]
        weights = logistic(np.concatenate(rows), true)
        ends = [chances(case.text, weights) for case in cases]
    return weights


def logistic(rows: Matrix, true: Labels) -> Matrix:
    """Weights of a logistic regression with a ridge, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    counts = np.where(true == 1, ENDS_WEIGHT, 1.0)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (chance - true)) + RIDGE * weights
        curve = (rows * (counts * chance * (1 - chance))[:, None]).T @ rows
        weights = weights - np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
    return weights


def count(cases: Sequence[Case], weights: Matrix, totals: dict[str, NDArray[np.intp]]) -> None:
    """Add up right, wrong and missed ends of paragraphs, by extractor."""
    for case in cases:
        told = chances(case.text, weights) >= 0.5
        told[-1:] = True
        true, false = case.exact == 1, case.exact == 0
        row = [(told & true).sum(), (told & false).sum(), (~told & true).sum()]
        groups = (
            [case.extractor] if case.extractor.startswith("sample") else ["all", case.extractor]
        )
        if case.extractor in ("tika", "pdfbox"):
            groups.append("tika+pdfbox")
        for group in groups:
            totals[group] += np.array(row)


def main() -> None:
    """Print F1 by extractor, the weights, and the expected habits."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("bench", type=Path, help="folder of cases")
    parser.add_argument("--samples", type=Path, help="folder of sample pages")
    given = parser.parse_args()
    folders = sorted(path for path in given.bench.iterdir() if path.is_dir())
    cases = [case for case in map(read_case, folders) if case]
    if given.samples:
        cases += [read_sample(path) for path in sorted(given.samples.glob("*.raw.txt"))]
    totals: dict[str, NDArray[np.intp]] = defaultdict(lambda: np.zeros(3, np.intp))
    halves: tuple[list[Case], list[Case]] = ([], [])
    names = sorted({case.name for case in cases})
    for case in cases:
        halves[names.index(case.name) % 2].append(case)
    for train, test in (halves, halves[::-1]):
        count(test, fitted(train), totals)
    for extractor, (right, wrong, missed) in sorted(totals.items()):
        if not right + wrong + missed:
            continue
        f1 = 2 * right / (2 * right + wrong + missed)
        print(f"{extractor:22} F1 {f1:.3f}  right {right}, wrong {wrong}, missed {missed}")
    for name, weight in zip(FEATURES, fitted(cases), strict=True):
        print(f'"{name}": {weight:.2f},')
    print(np.round(paragraphs.BLANKS, 3).tolist(), np.round(paragraphs.STOPS, 3).tolist())


if __name__ == "__main__":
    main()
