"""Whether changes came out right, and whether their confidence is the probability of that.

A change is judged by what it claims. One that gives the order of words claims the whole line, one
that turns letters around the words of the line in any order, one that turns brackets what is
inside them, one that puts pieces of words together the words without their points: what else is
wrong with the line is another change's to mend.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import regex

from restore.cantillation import PASHTA, QADMA
from restore.change import OF_TEXT, Arrange, Finding, acted
from restore.damage.accent_runs import RUNS_AT_ACCENTS
from restore.damage.accents import DISPLACED_ACCENTS, MISTAKEN_ACCENTS
from restore.damage.brackets import MIRRORED_BRACKETS
from restore.damage.letters import REVERSED_LETTERS
from restore.damage.niqqud import DISPLACED_NIQQUD
from restore.evidence import evidence
from restore.model import Line
from restore.pipeline import Restored
from restore.score import fold, letters
from restore.tokens import MIRROR

TENTHS = 10  # rows of the table of reliability
NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
OPENED = regex.compile(r"([(\[{])[^\p{L}\p{N}]*([\p{L}\p{N}])")
CLOSED = regex.compile(r"([\p{L}\p{N}])[^\p{L}\p{N}]*([)\]}])")
POINTED = regex.compile(r"\p{L}\p{M}*")
NO_LETTER = regex.compile(r"[^\p{L}\p{N}]+")


def words(line: str) -> list[str]:
    """The words of a line with their points, sorted, without marks and brackets."""
    return sorted(NO_WORD.sub("", word) for word in line.split())


def letter_words(line: str) -> list[str]:
    """The words of a line, sorted, letters and digits only."""
    return sorted(NO_LETTER.sub("", unicodedata.normalize("NFD", word)) for word in line.split())


def letters_in_order(line: str) -> list[str]:
    """The letters of a line in their order, without digits, marks and spaces."""
    return [character for character in line if character.isalpha()]


def pointed_letters(line: str) -> list[str]:
    """The letters of a line with their points, sorted."""
    return sorted(POINTED.findall(line))


def letters_of_words(line: str) -> list[str]:
    """The words of a line in their order, letters and digits only."""
    words = (NO_LETTER.sub("", unicodedata.normalize("NFD", word)) for word in line.split())
    return [word for word in words if word]


def accented_letters(line: str) -> list[str]:
    """The letters of a line with their points, in their order; pashta and qadma are one."""
    return POINTED.findall(line.replace(QADMA, PASHTA))


def brackets(line: str) -> list[str]:
    """The brackets of a line, sorted, each with the letter or digit inside it."""
    return sorted(found.group(1) + found.group(2) for found in OPENED.finditer(line)) + sorted(
        found.group(2) + found.group(1) for found in CLOSED.finditer(line)
    )


def whole(line: str) -> list[str]:
    """The line itself."""
    return [line]


# What a change of a damage claims to make as it is in a true line; the whole line if not here.
# One of several is enough: extractors that reverse letters also lose spaces, and those that put
# points before their letters cut words.
CLAIMS: dict[str, tuple[Callable[[str], list[str]], ...]] = {
    REVERSED_LETTERS: (letter_words, letters_in_order),
    DISPLACED_NIQQUD: (words, pointed_letters),
    MIRRORED_BRACKETS: (brackets,),
    RUNS_AT_ACCENTS: (letters_of_words,),
    DISPLACED_ACCENTS: (accented_letters,),
    MISTAKEN_ACCENTS: (pointed_letters,),
}
WHOLE = (whole,)


def judged(result: Restored, true: list[str]) -> Iterator[tuple[Finding, bool | None]]:
    """The findings about the text of a line, with whether each came out as it claims.

    None: no line of ``true`` (folded) has the letters of the line, so that nothing is right.
    """
    original = result.original
    mirrored = evidence(original.language).mirrored_share(original) > 0.5
    known = defaultdict(set)
    for line in true:
        known[signature(line)].add(line)
    for finding, after in text_changes(result):
        text = fold(after.text)
        same = known.get(signature(text))
        if same is None:
            yield finding, None
            continue
        claims = CLAIMS.get(finding.damage, WHOLE)
        texts = [text]
        if mirrored and claims is WHOLE:  # an order is found before the brackets are turned
            texts.append(text.translate(MIRROR))
        yield finding, any(claim(t) == claim(s) for claim in claims for t in texts for s in same)


def text_changes(result: Restored) -> Iterator[tuple[Finding, Line]]:
    """The findings about the text of a line, with the line as each would have it."""
    arranged = set()
    for change in result.changes:
        if isinstance(change.finding.action, OF_TEXT):
            yield change.finding, change.after
        if isinstance(change.finding.action, Arrange):
            arranged.add(change.finding.place)
    for finding in result.doubts:
        if not isinstance(finding.action, OF_TEXT):
            continue
        # A doubt about the order of a line that was then put in another order is settled.
        if isinstance(finding.action, Arrange) and finding.place in arranged:
            continue
        place = finding.place
        line = result.document.at(place)
        yield finding, acted(line, finding.action)


class Reliability(NamedTuple):
    """How often changes came out right: their number, mean confidence, and share that is right.

    ``unknown`` are changes, not counted, whose line has letters that no true line has.
    """

    number: int
    confidence: float | None
    right: float | None
    unknown: int


def signature(line: str) -> str:
    """The letters and digits of a line in the order of the alphabet."""
    return "".join(sorted(letters(line).elements()))


def reliability(judgements: Iterable[tuple[Finding, bool | None]]) -> dict[str, Reliability]:
    """How often changes came out right, by tenth of confidence (``from 0.9``) and by damage."""
    groups: dict[str, list[tuple[float, bool | None]]] = defaultdict(list)
    for finding, right in judgements:
        tenth = f"from 0.{min(int(finding.confidence * TENTHS), TENTHS - 1)}"
        for name in (tenth, finding.damage):
            groups[name].append((finding.confidence, right))
    # Tenths first, then damages.
    names = sorted(groups, key=lambda name: (not name.startswith("from"), name))
    return {name: _reliability(groups[name]) for name in names}


def _reliability(changes: list[tuple[float, bool | None]]) -> Reliability:
    known = [(sure, right) for sure, right in changes if right is not None]
    count = len(known)
    return Reliability(
        count,
        sum(sure for sure, _ in known) / count if count else None,
        sum(right for _, right in known) / count if count else None,
        len(changes) - count,
    )


def calibration_error(table: dict[str, Reliability]) -> float | None:
    """The expected calibration error of a table of reliability: how far confidence is from truth.

    The mean over the tenths, weighted by the number of changes (M. Pakdaman Naeini, G. Cooper and
    M. Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015).
    """
    rows = [row for name, row in table.items() if name.startswith("from")]
    total = sum(row.number for row in rows)
    gaps = (
        row.number * abs(row.confidence - row.right)
        for row in rows
        if row.confidence is not None and row.right is not None
    )
    return sum(gaps) / total if total else None
