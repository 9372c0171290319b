"""Split paragraphs: which line ends a paragraph, and which goes on in the next.

Every line is weighed by a logistic model: how full it is, whether the next word would have had
room in it, its last mark, how the next line begins, whether their words follow each other. What
blank lines mean is a habit of the program that made the text (Apache Tika puts one before and
after the short last line of a paragraph, others after every line): it is learned from the
document itself (expectation-maximisation), as is how often a paragraph ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import Finding, Mark
from restore.evidence import NOTHING, Evidence
from restore.model import FURNITURE, Document, Ends, Place
from restore.tokens import markup
from restore.units import MARKS

SPLIT_PARAGRAPH = "split-paragraph"

# Weights of what is known of a line, in nats; fitted by scripts/fit_paragraphs.py on bench/text
# (171 Hebrew cases) and samples.
WEIGHTS = {
    "bias": 2.03, "room": 1.74, "has room": 1.77, "fullness": -2.15, "local fullness": -1.50,
    "ragged here": 0.65, "lines apart": 5.69, "marked here": 1.62, "stop": 0.35, "colon": 0.19,
    "comma": 0.14, "dash": 0.31, "open": 1.57, "lists": 0.88, "few words": 0.83, "no word": -1.20,
    "stop and room": 0.74, "stop and full": 0.34, "stop and quotes": 0.76, "next lists": 0.77,
    "next dash": 0.01, "next quotes": 0.85, "next no word": 1.64, "indent": 0.08, "page": -0.04,
    "follows": -0.14, "habit of blanks": 0.94, "habit of stops": 0.73,
}  # fmt: skip
FEATURES = tuple(WEIGHTS)

# Shares of the classes (rows) among lines that go on and lines that end a paragraph; of the same.
BLANKS = np.array([[0.74, 0.56], [0.05, 0.08], [0.05, 0.09], [0.16, 0.27]])
STOPS = np.array([[0.86, 0.29], [0.04, 0.52], [0.01, 0.09], [0.07, 0.08], [0.01, 0.02]])

ROUNDS = 3
FULL_QUANTILE = 0.95  # of line widths, the first guess of the width of the column; a guess
NEARLY_FULL = 0.85  # share of that guess above which a line is taken for a full one; a guess
AROUND = 4  # lines before and after that tell the width of the column here; a guess
PRIOR_LINES = 2.0  # how many lines the habits of other documents are worth; a guess
VERSE_WIDTH = 24.0  # letters; columns of prose are wider; a guess
VERSE_MARKED = 0.35  # share of lines that end in a mark, in verse; a guess
LONG_LINES = 160.0  # letters; lines of a printed page are shorter; a guess

# Widths in mean Hebrew letters; fitted to lines that fill a justified column, in bench/text.
_WIDTHS = {
    0.35: "'׳.()[]|", 0.6: "יו,;-־ilj", 0.7: "ן :\"״!", 0.8: "זנג", 1.1: "אטמםק", 1.2: "ךץתMW—",
    1.3: "ש",
}  # fmt: skip
ADVANCES = {c: width for width, characters in _WIDTHS.items() for c in characters}
# The same by code point; the last is that of all beyond.
_ADVANCES = np.ones(max(map(ord, ADVANCES)) + 2)
_ADVANCES[[ord(c) for c in ADVANCES]] = list(ADVANCES.values())

CONTROLS = regex.compile(r"\p{Cf}")
CLOSERS = " \t)]}(['\"״”’»׳"
LIST_MARK = regex.compile(
    r"\s*(?:[•*●▪◦–-]\s|[(\[)]?(?:\d{1,3}|[א-ת]{1,2}\d?)[)\].(](?:\s|$)|\.\s?\d{1,3}\b)"
)
DASH = regex.compile(r"\s*[-–—]")
QUOTE = regex.compile(r"\s*[\"״”“„]")
HAS_WORD = regex.compile(r"\p{L}{2}")
LEADER = regex.compile(r"(?:\.\s?){4}|…{2}")

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flow:
    """The lines of text of a document without blank ones and furniture, and what they are like.

    ``features`` has a row a line and a column for each of ``FEATURES``; ``blanks`` and ``stops``
    are the classes by which the habits of the document are learned; ``parted`` says of each line
    whether its own ``markup`` or that of the next parts the two.
    """

    places: list[Place]
    features: Matrix
    blanks: NDArray[np.intp]
    stops: NDArray[np.intp]
    parted: NDArray[np.bool_]


def find_paragraphs(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find for every line of text whether it ends a paragraph or goes on in the next."""
    text = flow(document, evidence)
    if not text.places:
        return
    ends = chances(text, np.array([WEIGHTS[name] for name in FEATURES]))
    ends[-1] = 1.0
    ends[text.parted] = 1.0
    end, goes_on = Mark(ends=Ends.PARAGRAPH), Mark(ends=Ends.SPACE)
    for place, chance in zip(text.places, ends.tolist(), strict=True):
        if chance >= 0.5:
            mark, reason = end, "a paragraph ends here"
        else:
            mark, reason = goes_on, "the sentence goes on in the next line"
        yield Finding(SPLIT_PARAGRAPH, place, mark, reason, max(chance, 1 - chance))


def chances(text: Flow, weights: Matrix) -> Matrix:
    """How likely each line ends a paragraph; the habits are learned on the way."""
    ends = np.full(len(text.places), 0.5)
    for _ in range(ROUNDS):
        ends = 1 / (1 + np.exp(-(with_habits(text, ends) @ weights)))
    return ends


def with_habits(text: Flow, ends: Matrix) -> Matrix:
    """The features, with the habits that show if the lines end paragraphs as likely as ``ends``."""
    features = text.features.copy()
    features[:, FEATURES.index("habit of blanks")] = _habit(text.blanks, ends, BLANKS)
    features[:, FEATURES.index("habit of stops")] = _habit(text.stops, ends, STOPS)
    return features


def _habit(classes: NDArray[np.intp], ends: Matrix, prior: Matrix) -> Matrix:
    """How much likelier each line's class is at the end of a paragraph, in nats."""
    counts = PRIOR_LINES * prior
    counts[:, 0] += np.bincount(classes, 1 - ends, len(prior))
    counts[:, 1] += np.bincount(classes, ends, len(prior))
    shares = counts / counts.sum(axis=0)
    return np.asarray(np.log(shares[classes, 1] / shares[classes, 0]))


def flow(document: Document, evidence: Evidence) -> Flow:
    """The lines of text of a document, in order, with their features."""
    places: list[Place] = []
    rows: list[tuple[str, int, bool, int]] = []  # text, blank lines and page before, indent
    for number, page in enumerate(document.pages):
        gap, turn, broken = 0, number > 0, False
        for index, line in enumerate(page.lines):
            bare = MARKS.sub("", line.text)
            # No control is printable.
            bare = " ".join((bare if bare.isprintable() else CONTROLS.sub("", bare)).split())
            if line.kind in FURNITURE:
                turn = True
            elif not bare:
                gap += 1
            elif broken:
                places[-1] = Place(number, index)
                rows[-1] = (rows[-1][0] + bare, *rows[-1][1:])
            else:
                places.append(Place(number, index))
                rows.append((bare, gap, turn, len(line.text) - len(line.text.lstrip())))
                gap, turn = 0, False
            broken = line.ends is Ends.BROKEN
    if not rows:
        none = np.zeros(0, np.intp)
        return Flow([], np.zeros((0, len(FEATURES))), none, none, none > 0)
    texts, gaps, turns, indents = (list(column) for column in zip(*rows, strict=True))
    stops = np.array([_stop(text) for text in texts], np.intp)
    turn_after = np.array([*turns[1:], False])
    wide = widths(texts)
    columns = _layout(texts, wide) | _marks(texts, stops, wide) | _words(texts, evidence)
    columns["page"] = turn_after.astype(float)
    columns["indent"] = np.append(np.clip(np.diff(indents), -2, 4), 0) / 4.0
    # Blank lines at the edge of a page say nothing of the paragraph.
    before = (np.array(gaps) > 0) & ~np.array(turns)
    after = (np.array([*gaps[1:], 0]) > 0) & ~turn_after
    features = np.zeros((len(texts), len(FEATURES)))
    for name, values in columns.items():
        features[:, FEATURES.index(name)] = values
    marked = np.array([markup(text) > 0 for text in texts])
    parted = marked | np.append(marked[1:], False)
    return Flow(places, features, before + 2 * after.astype(np.intp), stops, parted)


def widths(texts: list[str]) -> Matrix:
    """How wide each text is printed, roughly, in mean Hebrew letters."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    found = _ADVANCES[np.minimum(codes, len(_ADVANCES) - 1)]
    return np.bincount(owners, found, len(texts)).astype(np.float64)


def column_width(wide: Matrix) -> float:
    """The usual width of a full line among lines that are ``wide``."""
    guess = np.quantile(wide, FULL_QUANTILE)
    return float(np.median(wide[wide >= NEARLY_FULL * guess]))


def _layout(texts: list[str], wide: Matrix) -> dict[str, Matrix]:
    column = column_width(wide)
    padded = np.pad(wide, AROUND)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    local = np.sort(windows, axis=1)[:, -2:].mean(axis=1)
    begins = [text.split(maxsplit=1)[0] for text in texts]
    first = np.append(widths(begins)[1:] + ADVANCES[" "], 0.0)
    room = column - wide - first
    fullness = wide / column
    roomy = np.append(room[:-1] > 0, True).astype(float)
    return {
        "ragged here": np.maximum(_around(roomy) - 0.4, 0.0),
        "bias": np.ones(len(texts)),
        "room": np.clip(room / column, -0.2, 0.8),
        "has room": np.tanh(room / 3.0),
        "fullness": np.minimum(fullness, 1.2),
        "local fullness": np.minimum(wide / local, 1.2),
    }


def _around(values: Matrix) -> Matrix:
    """The mean of the values of each line and those near it."""
    window = np.ones(2 * AROUND + 1)
    sums = np.convolve(values, window)[AROUND : AROUND + len(values)]
    counts = np.convolve(np.ones(len(values)), window)[AROUND : AROUND + len(values)]
    return np.asarray(sums / counts)


def _stop(text: str) -> int:
    """The class of a line's last mark: 0 none, 1 stop, 2 colon, 3 comma, 4 other."""
    last = text.rstrip(CLOSERS)[-1:] or text[-1:]
    for kind, marks in enumerate((".!?׃…", ":", ",;"), start=1):
        if last in marks:
            return kind
    return 0 if last.isalnum() else 4


def _marks(texts: list[str], stops: NDArray[np.intp], wide: Matrix) -> dict[str, Matrix]:
    after = [*texts[1:], ""]
    full = np.tanh((wide - 0.9 * column_width(wide)) / 3.0)
    stop = np.isin(stops, (1, 2)).astype(float)
    marked = np.isin(stops, (1, 2, 3)).astype(float)
    column = column_width(wide)
    apart = column > LONG_LINES or (column < VERSE_WIDTH and marked.mean() > VERSE_MARKED)

    def tell(found: Iterator[object] | list[object]) -> Matrix:
        return np.array([bool(one) for one in found], float)

    dashes = tell([DASH.match(text) for text in after])
    quotes = np.maximum(tell([QUOTE.match(text) for text in after]), dashes)
    lists = tell([LIST_MARK.match(text) for text in texts])
    no_word = tell([not HAS_WORD.search(text) for text in texts])
    return {
        "stop": (stops == 1).astype(float),
        "colon": (stops == 2).astype(float),
        "comma": (stops == 3).astype(float),
        "dash": (stops == 4).astype(float),
        "open": tell([text[-1] in '([{"' and stops[i] != 1 for i, text in enumerate(texts)]),
        "next lists": np.append(lists[1:], 0.0),
        "next dash": dashes,
        "next quotes": quotes,
        "stop and quotes": stop * quotes,
        "next no word": np.append(no_word[1:], 1.0),
        "no word": no_word,
        "lists": lists,
        "few words": tell([len(text.split()) < 3 for text in texts]),
        "lines apart": tell([apart or LEADER.search(text) for text in texts]),
        "marked here": np.maximum(_around(marked) - 0.4, 0.0),
        "stop and room": stop * (1 - full),
        "stop and full": stop * (1 + full),
    }


def _words(texts: list[str], evidence: Evidence) -> dict[str, Matrix]:
    """How well the first word of the next line follows the last ones of each line."""
    begins = [text.split(maxsplit=1)[0] for text in texts]
    ends = [text.rsplit(maxsplit=2)[-2:] for text in texts]
    evidence.learn([*begins, *(unit for last in ends for unit in last)])
    one = np.array([evidence.row(last[-1]) for last in ends])
    two = np.array([evidence.row(last[0]) if last[1:] else NOTHING for last in ends])
    first = np.array([evidence.row(unit) for unit in begins])
    follows = np.clip(evidence.follows(two[:-1], one[:-1], first[1:]), -4, 4)
    return {"follows": np.append(follows, 0.0)}
