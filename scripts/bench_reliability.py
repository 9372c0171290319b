"""How often changes come out right, by how sure they were and by damage.

A change is judged by what it claims. One that gives the order of words claims the whole line, one
that turns letters around the words of the line in any order, one that turns brackets what is
inside them: what else is wrong with the line is another change's to mend.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import regex
from scoring import fold, rate, signature, table

from restore import Arrange, Finding, Line, Mark, Restored
from restore.change import acted
from restore.damage.brackets import MIRRORED_BRACKETS
from restore.damage.letters import REVERSED_LETTERS
from restore.damage.niqqud import DISPLACED_NIQQUD
from restore.evidence import evidence
from restore.tokens import MIRROR

NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
OPENED = regex.compile(r"([(\[{])[^\p{L}\p{N}]*([\p{L}\p{N}])")
CLOSED = regex.compile(r"([\p{L}\p{N}])[^\p{L}\p{N}]*([)\]}])")
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


def brackets(line: str) -> list[str]:
    """The brackets of a line, sorted, each with the letter or digit inside it."""
    return sorted(found.group(1) + found.group(2) for found in OPENED.finditer(line)) + sorted(
        found.group(2) + found.group(1) for found in CLOSED.finditer(line)
    )


def whole(line: str) -> list[str]:
    """The line itself."""
    return [line]


# What a change of a damage claims to make as it is in a true line; the whole line if not here.
# One of several is enough: extractors that reverse letters also lose spaces.
CLAIMS: dict[str, tuple[Callable[[str], list[str]], ...]] = {
    REVERSED_LETTERS: (letter_words, letters_in_order),
    DISPLACED_NIQQUD: (words,),
    MIRRORED_BRACKETS: (brackets,),
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
        if not isinstance(change.finding.action, Mark):
            yield change.finding, change.after
        if isinstance(change.finding.action, Arrange):
            arranged.add(change.finding.place)
    for finding in result.doubts:
        if isinstance(finding.action, Mark):
            continue
        # A doubt about the order of a line that was then put in another order is settled.
        if isinstance(finding.action, Arrange) and finding.place in arranged:
            continue
        place = finding.place
        line = result.document.pages[place.page].lines[place.line]
        yield finding, acted(line, finding.action)


def reliability(cases: Iterable[tuple[Restored, list[str]]]) -> dict[str, list[str]]:
    """Print by tenth of confidence, and by damage, how often changes came out right.

    ``cases`` are results, each with its true lines (folded).
    """
    groups = defaultdict(list)
    for result, true in cases:
        for finding, right in judged(result, true):
            for name in (f"from 0.{min(int(finding.confidence * 10), 9)}", finding.damage):
                groups[name].append((finding.confidence, right))
    rows = {}
    for name, changes in sorted(groups.items(), key=lambda group: (group[0][:4] != "from", group)):
        known = [(sure, right) for sure, right in changes if right is not None]
        mean, good = sum(sure for sure, _ in known), sum(right for _, right in known)
        count = len(known)
        told = (str(count), rate(mean, count), rate(good, count), str(len(changes) - count))
        rows[name] = [name, *told]
    print("\nAll changes of the text, made or doubted, by confidence and by damage.")
    print("Right: it came out as it claims. Unknown, not counted: no true line has the letters.\n")
    table(("changes", "number", "mean confidence", "right", "unknown"), list(rows.values()))
    return rows
