"""The order of a text that was extracted elsewhere, from the page that it was extracted from.

Every line of the text is looked up among the lines of the page by its letters, in whatever order
they stand, and put in the order of the page. Its letters stay: where the page has others, as where
the text was corrected, they are left where they are beside their neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz, process

from restore.change import LETTER, Action, Arrange, Edit, Finding, acted
from restore.geometry.glyphs import MIRROR, is_mark
from restore.model import Document, Inserted, Kind, Line, Piece, Place, Span

PAGE_ORDER = "page-order"
MIRRORED_BRACKETS = "mirrored-brackets"
REASON = "the page shows the line in this order"
BRACKETS = "its brackets stand on the page the other way round"
ALIKE = 90.0  # similarity of the letters of two lines, in hundredths, from which they are one
NEAR = 60  # lines of the page before and after, among which a changed line is looked for; a guess
SAME = 0.99  # probability that lines of the same letters at the same place are one; a guess

_FOLD = str.maketrans({close: min(open_, close) for open_, close in MIRROR.items()})


def find_page_order(document: Document, page: Document) -> tuple[list[Finding], set[Place]]:
    """What puts the lines of a text in the order of its ``page``, and all lines found there."""
    findings: list[Finding] = []
    found: set[Place] = set()
    for place, (there, share) in _printed(document, page).items():
        line, text = document.at(place), page.at(there).text
        actions = list(_actions(line, text))
        if actions or " ".join(line.text.split()) == text:
            found.add(place)
        for action in actions:
            edit = isinstance(action, Edit)
            name, reason = (MIRRORED_BRACKETS, BRACKETS) if edit else (PAGE_ORDER, REASON)
            findings.append(Finding(name, place, action, reason, share))
    return findings, found


def printed_places(document: Document, page: Document) -> dict[Place, Place]:
    """Where the lines of a text stand on its ``page``, those aside that are not found there."""
    return {place: there for place, (there, _) in _printed(document, page).items()}


def _printed(document: Document, page: Document) -> dict[Place, tuple[Place, float]]:
    """For each line of a text that is on the page, its place there, and how sure that is."""
    lines = [(place, line.text) for place, line in document.placed() if line.text.strip()]
    printed = [
        (place, line.text)
        for place, line in page.placed()
        if page.pages[place.page].proved and line.kind is not Kind.BLANK
    ]
    matches = _matches([text for _, text in lines], [text for _, text in printed])
    return {
        lines[number][0]: (printed[there][0], share) for number, (there, share) in matches.items()
    }


def _matches(texts: Sequence[str], printed: Sequence[str]) -> dict[int, tuple[int, float]]:
    """For each text that is printed, which one it is, and how sure that is."""
    ours, theirs = (
        [sorted_letters(text) for text in texts],
        [sorted_letters(text) for text in printed],
    )
    found: dict[int, tuple[int, float]] = {}
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    anchors = {block.a + k: block.b + k for block in blocks for k in range(block.size)}
    rest = set(range(len(printed))) - set(anchors.values())
    near = 0
    for number, letters in enumerate(ours):
        if number in anchors:
            near = anchors[number]
            found[number] = near, SAME
            continue
        around = [i for i in range(near - NEAR, near + NEAR) if i in rest]
        best = process.extractOne(
            letters, [theirs[i] for i in around], scorer=fuzz.ratio, score_cutoff=ALIKE
        )
        if letters and best:
            place = around[best[2]]
            rest.discard(place)
            found[number] = place, SAME * best[1] / 100
    return found


def sorted_letters(text: str) -> str:
    """The letters and digits of a text in the order of the alphabet."""
    return "".join(sorted(c for c in text if c.isalnum()))


def _without_marks(text: str) -> str:
    return " ".join("".join(c for c in text if not is_mark(c)).split())


def _actions(line: Line, text: str) -> Iterator[Action]:
    """What makes a line read as ``text`` does; nothing if that cannot be, or if it does already."""
    # Marks are surer in the text, where they stand beside their letters.
    if _without_marks(line.text) == _without_marks(text):
        return
    pieces = _pieces(line.text.translate(_FOLD), text.translate(_FOLD))
    if pieces is None:
        return
    arranged = acted(line, Arrange(tuple(pieces)))
    if arranged.text != line.text:
        yield Arrange(tuple(pieces))
    if len(arranged.text) != len(text):
        return
    other = [i for i, (a, b) in enumerate(zip(arranged.text, text, strict=True)) if a != b]
    if other and all(MIRROR.get(arranged.text[i]) == text[i] for i in other):
        yield Edit(other[0], other[-1] + 1, text[other[0] : other[-1] + 1])


def _pieces(line: str, text: str) -> list[Piece] | None:
    """Stretches of a line in the order of ``text``, longest ones first where there are several.

    Letters that ``text`` lacks go with the one before them. None if there is no such one.
    """
    free = [True] * len(line)
    places: dict[str, list[int]] = defaultdict(list)
    for i, character in enumerate(line):
        places[character].append(i)
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        run = None if text[at].isspace() else _longest(line, text, at, free, places)
        if run is None:
            if text[at].isspace() and pieces and not isinstance(pieces[-1], Inserted):
                pieces.append(Inserted(" "))
            at += 1
            continue
        free[run.start : run.stop] = [False] * (run.stop - run.start)
        pieces.append(run)
        at += run.stop - run.start
    return _with_rest(pieces, line, free)


def _longest(
    line: str, text: str, at: int, free: list[bool], places: dict[str, list[int]]
) -> Span | None:
    """The longest free stretch of a line that ``text`` goes on with, forwards or backwards."""
    best: Span | None = None
    for step in (1, -1):
        for place in places[text[at]]:
            count = 0
            while (
                at + count < len(text)
                and 0 <= place + step * count < len(line)
                and free[place + step * count]
                and line[place + step * count] == text[at + count]
            ):
                count += 1
            if count and (best is None or count > best.stop - best.start):
                low = place if step == 1 else place - count + 1
                best = Span(low, low + count, step)
    return best


def _with_rest(pieces: list[Piece], line: str, free: list[bool]) -> list[Piece] | None:
    """The pieces with the letters that are left, each beside the one that stood before it."""
    for i, unused in enumerate(free):
        if not unused or not LETTER.match(line[i]):
            continue
        for k, piece in enumerate(pieces):
            if isinstance(piece, Span) and piece.stop == i and piece.step == 1:
                pieces[k] = Span(piece.start, i + 1)
                break
        else:
            return None
    while pieces and isinstance(pieces[-1], Inserted):
        pieces.pop()
    return pieces
