"""What settles a doubt: which word follows which, which words there are, which letters end one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import exp, log
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from restore.frequencies import frequencies
from restore.junctions import Floats, Junctions, junctions
from restore.languages import Language, language
from restore.mark_model import Odds, mark_model
from restore.model import Document
from restore.pair_model import PairModel, Rows, Scores, pair_model
from restore.tokens import BRACKETS
from restore.units import COLUMNS, attributes, attributes_of
from restore.works.library import BUILT_IN, Library
from restore.works.passages import Passage
from restore.works.quotes import Quotes

BRACKET = regex.compile(r"[()\[\]{}]")
BRACKET_RIGHT = regex.compile(r"(?:[(\[{](?=\p{Hebrew}))|(?:(?<=\p{Hebrew})[)\]}])")
# A pair around words, with white space or marks on its other sides, on one line or a few.
PAIR_WRONG = regex.compile(
    r"(?<!\S)[)\]}](?=\S)[^()\[\]{}\n]+(?<=\S)[(\[{](?=[\s.,:;!?]|$)|"
    + "|".join(
        rf"(?<!\S){one}(?=\S)[^()\[\]{{}}]{{1,300}}(?<=\S){other}(?=[\s.,:;!?]|$)"
        for one, other in ((r"\)", r"\("), (r"\]", r"\["), (r"\}", r"\{"))
    )
)
# Brackets that touch no letter, with what is short between them: the text in brackets mostly is.
SPACED_WRONG, SPACED_RIGHT = (
    regex.compile(rf"{one}\s[^()\[\]{{}}]{{1,25}}\s{other}")
    for one, other in ((r"[)\]}]", r"[(\[{]"), (r"[(\[{]", r"[)\]}]"))
)
BRACKET_WRONG = regex.compile(r"(?:[)\]}](?=\p{Hebrew}))|(?:(?<=\p{Hebrew})[(\[{])")
# A maqaf is of the script too, and joins words that end before it as anywhere.
LONG_WORD = regex.compile(
    r"(?<![\p{L}\p{M}]|[\p{L}\p{M}][\"'״׳])"
    r"[\p{Hebrew}--\p{P}]{4,}['׳]?(?![\p{L}\p{M}]|[\"״]\p{L})",
    regex.VERSION1,
)
# Letters before the last one of an abbreviation, which stands before its gershayim.
BEFORE_GERSHAYIM = regex.compile(
    r"(?<![\p{L}\p{M}\"'״׳])\p{Hebrew}{2,}(?=\p{Hebrew}+[\"״]\p{Hebrew})"
)
EARLY_SPACE = regex.compile(r"\s*\S+\s(?!\s)")
# A geresh inside a word marks a foreign sound of these letters; after others the word has ended.
GERESH_INSIDE = regex.compile(r"(?<=[^\P{Hebrew}גזצץתטחדעס]['׳])(?=\p{Hebrew}{2})")
BRACKET_VOTE = 1.0  # nats: how much one bracket says; cuts put some at a wrong word; a guess
MOSTLY_RIGHT = 1.5  # nats: most documents have their brackets right; a guess
MOSTLY_SEEN = 1.0  # nats: most lines read backwards have theirs as they are seen; a guess
TELLING = frozenset(".,:;)(][")  # beginnings of lines that may have glued words
SURE_SPLIT = -20.0  # nats; a final letter or a geresh inside a word
UNLIKELY_SPLIT = 9.0  # nats; beyond it a place is not tried; a guess
LIKELY_SPLIT = 0.0  # nats; the same in a line whose white space needs no glued words
CLITIC = 0.03  # share of a word's uses that have a given one-letter word before it; a guess
SINGLE_LETTER = 1e-4  # share of all words of a letter that is a number or a name, as ה'; a guess
UNKNOWN_WORD = 1e-5  # share of all words of all that are in no list, by letters; a guess
UNKNOWN_LETTER = 0.2

REMEMBERED = 20_000  # words with their shares, and runs of words whose passages are kept
ROUNDS, MOST_SHARE = 5, 0.999  # of learning a share, and the most that can be learned

MOST_UNITS = 20_000  # some 15 MB

NOTHING = -1  # the row of a unit that is not there


class Evidence:
    """What is known of one language, and the units met so far.

    Units are kept once each, as rows of their attributes, so that whole documents can be weighed
    in a few calls.
    """

    def __init__(self, facts: Language, quotes: Quotes | None = None) -> None:
        """``facts`` are those of the language of the document.

        ``quotes`` is what it may quote: the built-in library, if nothing else is given.
        """
        self.language = facts
        self._quotes = quotes
        self.readings: dict[Any, Any] = {}  # of lines read before, with the rows of their units
        self.fluencies: dict[tuple[int, ...], float] = {}  # of readings, by the rows of their units
        self.tokens: dict[Any, Any] = {}  # of lines cut before
        self.chunks: Any = None  # met so far, with the rows of their units
        self.turned: dict[str, float] = {}  # how much likelier words met so far are turned around
        self.bounds: dict[Any, Any] = {}  # of lines looked at in the last round
        # Of lines of this text that numbers are known to cut, what they can have been, by their
        # characters alone (``rotations.characters``), and how likely.
        self.cut_at_numbers: dict[str, dict[str, float]] = {}
        # What they were taken for, by their characters and spaces (``rotations.one_sided``).
        self.mended_at_numbers: set[str] = set()
        self._frequencies: dict[str, float] = {}
        self._passages: dict[tuple[str, ...], list[Passage]] = {}
        self._model: PairModel | None = None
        self._junctions: Junctions | None = None
        self._rows: dict[str, int] = {}
        self._attributes = np.zeros((1024, COLUMNS), np.uint32)

    @property
    def speaks(self) -> bool:
        """Whether anything is known of which words of the language follow each other."""
        return self.language.weights.exists()

    @property
    def model(self) -> PairModel:
        """The pair model, opened when it is first asked for."""
        if self._model is None:
            self._model = pair_model(self.language.weights)
        return self._model

    @property
    def quotes(self) -> Quotes:
        """The quotes of known works, opened when they are first asked for."""
        if self._quotes is None:
            self._quotes = Quotes([Library.read(BUILT_IN)])
        return self._quotes

    def passages(self, words: Sequence[str]) -> list[Passage]:
        """The passages of known works that the words of a line, in any order, are from."""
        key = tuple(words)
        found = self._passages.get(key)
        if found is None:
            if len(self._passages) >= REMEMBERED:
                self._passages.clear()
            found = self._passages[key] = self.quotes.passages(words)
        return found

    def forget(self) -> None:
        """Forget the last text, and the units met so far if they are many."""
        self.cut_at_numbers, self.mended_at_numbers = {}, set()
        if len(self._rows) > MOST_UNITS:
            self.readings, self.fluencies, self.tokens, self.chunks = {}, {}, {}, None
            self.bounds = {}
            self._rows, self._passages = {}, {}
            self._attributes = np.zeros((1024, COLUMNS), np.uint32)

    @property
    def rows(self) -> int:
        """How many units were met so far."""
        return len(self._rows)

    def row(self, unit: str) -> int:
        """The number by which ``follows`` knows a unit."""
        row = self._rows.get(unit)
        if row is None:
            row = self._rows[unit] = len(self._rows)
            self._make_room()
            self._attributes[row] = attributes(unit, self.language.clitics)
        return row

    def learn(self, units: Iterable[str]) -> None:
        """Give all of many units their rows, which is faster than one after the other."""
        fresh = [unit for unit in dict.fromkeys(units) if unit not in self._rows]
        if fresh:
            first = len(self._rows)
            self._rows.update(zip(fresh, range(first, first + len(fresh)), strict=True))
            self._make_room()
            rows = attributes_of(fresh, self.language.clitics)
            self._attributes[first : first + len(fresh)] = rows

    def _make_room(self) -> None:
        while len(self._rows) > len(self._attributes):
            self._attributes = np.concatenate([self._attributes, np.zeros_like(self._attributes)])

    def follows(self, two: Rows | None, one: Rows, itself: Rows) -> Scores:
        """How much likelier than elsewhere each unit is after the two before it, in nats."""
        if not self.speaks:
            return np.zeros(len(itself), np.float32)
        return self.model.scores(self._attributes, two, one, itself)

    def sides(self, left: Rows, right: Rows) -> tuple[Floats, Floats]:
        """Vectors of what stands before junctions and what follows, as ``Junctions.sides``."""
        if self._junctions is None:
            self._junctions = junctions(self.language.junctions)
        return self._junctions.sides(self._attributes, left, right)

    def marks(self, words: Sequence[str]) -> Odds:
        """The log-odds of marks before each word of a line, and after the last (``MarkModel``)."""
        return mark_model(self.language.marks).odds(words, self.language.clitics)

    def mirrored_share(self, document: Document, backwards: bool = False) -> float:
        """One of the two ``mirrored_shares``."""
        return self.mirrored_shares(document)[backwards]

    def mirrored_shares(self, document: Document) -> tuple[float, float]:
        """How likely it is that the brackets of a document stand the wrong way round.

        A producer maps bracket glyphs either to the character or to its mirror image, the same
        way in the whole document, so all brackets that touch a letter have a vote, or if there are
        none, those that stand in pairs; those of a pair around words have two if no bracket of the
        document is right. Lines that were read backwards are a case of their own, the
        second number: their brackets were given as they are seen, which most often is mirrored.
        """
        wrong, right, pairs, spaced = [0, 0], [0, 0], [0, 0], [0, 0]
        for page in document.pages:
            for kind in (0, 1):
                text = "\n".join(line.text for line in page.lines if line.backwards == kind)
                pairs[kind] += len(PAIR_WRONG.findall(text))
            for line in page.lines:
                if BRACKET.search(line.text):
                    wrong[line.backwards] += len(BRACKET_WRONG.findall(line.text))
                    right[line.backwards] += len(BRACKET_RIGHT.findall(line.text))
                    spaced[line.backwards] += len(SPACED_WRONG.findall(line.text))
                    spaced[line.backwards] -= len(SPACED_RIGHT.findall(line.text))
        for kind in (0, 1):
            if not wrong[kind] and not right[kind]:
                wrong[kind] = spaced[kind]
            # A cut that puts a bracket at a wrong word leaves others at their words.
            wrong[kind] += 0 if right[kind] else 2 * pairs[kind]
            wrong[kind] -= right[kind]
        odds = (BRACKET_VOTE * wrong[0] - MOSTLY_RIGHT, BRACKET_VOTE * wrong[1] + MOSTLY_SEEN)
        forwards, backwards = (1 / (1 + exp(-max(min(nats, 30.0), -30.0))) for nats in odds)
        return forwards, backwards

    def glued(self, text: str) -> bool:
        """Whether the beginning of a line shows that words may be glued in it."""
        if text[:1] not in TELLING:
            return False
        # A bracket that opens may stand there in sound text.
        return text[0] not in "([" or SURE_SPLIT in self.splits(text).values()

    def splits(self, text: str) -> dict[int, float]:
        """Places inside the words of a line where two words may have been glued.

        With each place goes the price of two words there, in nats: how much likelier the word is
        as a whole, going by the frequencies of the three.
        """
        if text == text.strip() and "  " not in text and text[:1] not in TELLING:
            return {}
        found = {match.end(): SURE_SPLIT for match in GERESH_INSIDE.finditer(text)}
        # Where a single space can have been the first separator, no word need have been glued.
        # More than one at the end shows that something was painted after a jump.
        explained = (
            EARLY_SPACE.match(text) is not None and "  " in text.strip() and not text.endswith("  ")
        )
        for match in BEFORE_GERSHAYIM.finditer(text):
            places = range(match.start() + 2, match.end() + 1)
            ends = [at for at in places if text[at - 1] in self.language.finals]
            found |= dict.fromkeys(ends, SURE_SPLIT)
        for match in LONG_WORD.finditer(text):
            word, start = match.group(), match.start()
            bracket = text[match.end() : match.end() + 1] in BRACKETS
            for place, ratio in self._splits(word, explained, bracket):
                found[start + place] = ratio
        return found

    def _splits(self, word: str, explained: bool, before_bracket: bool) -> list[tuple[int, float]]:
        last = len(word) - 1 - (word[-1] in "'׳")
        places = range(2, last) if last > 2 else range(2, len(word))
        final = [place for place in places if word[place - 1] in self.language.finals]
        if final:
            return [(place, SURE_SPLIT) for place in final]
        cuts = range(2, len(word) - 1 + before_bracket)
        parts = [word, *(word[:place] for place in cuts), *(word[place:] for place in cuts)]
        whole, *shares = self.frequencies(parts).tolist()
        ratios = sorted(
            (log(whole) - log(first * second), place)
            for first, second, place in zip(
                shares[: len(cuts)], shares[len(cuts) :], cuts, strict=True
            )
        )
        most = LIKELY_SPLIT if explained else UNLIKELY_SPLIT
        return [(place, ratio) for ratio, place in ratios[:3] if ratio < most]

    def frequency(self, word: str) -> float:
        """The share of a word among all words of the language, however rare it is."""
        share = self._frequencies.get(word)
        if share is None:
            if len(self._frequencies) >= REMEMBERED:
                self._frequencies.clear()
            share = self._frequencies[word] = float(self.frequencies([word])[0])
        return share

    def count(self, words: Iterable[str]) -> None:
        """Look up many words at once of which ``frequency`` will be asked for each."""
        known = self._frequencies
        fresh = [word for word in words if word not in known]
        if len(known) + len(fresh) > REMEMBERED:
            known.clear()
        known.update(zip(fresh, self.frequencies(fresh).tolist(), strict=True))

    def frequencies(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The same of many words."""
        known = frequencies(self.language.frequencies)
        least = [UNKNOWN_WORD * UNKNOWN_LETTER ** len(word) for word in words]
        shares = np.maximum(known.of(words), least)
        clitics = self.language.clitics
        more = [at for at, word in enumerate(words) if len(word) > 3 and word[0] in clitics]
        if more:
            rest = known.of([words[at][1:] for at in more])
            shares[more] = np.maximum(shares[more], CLITIC * rest)
        letters = [at for at, word in enumerate(words) if word[1:] in ("", "'", "׳")]
        shares[letters] = np.maximum(shares[letters], SINGLE_LETTER)
        return shares


@cache
def evidence(code: str) -> Evidence:
    """The evidence for a language. Raises ValueError if there is no such language."""
    return Evidence(language(code))


def chances(
    scores: Sequence[float], share: float, worth: float, rounds: int = ROUNDS
) -> list[float]:
    """How likely each line has a damage, from what speaks for it (nats).

    The share of such lines is learned from all of them (expectation-maximisation); ``share`` is
    what it is guessed to be, and ``worth`` how many lines the guess is worth.
    """
    learned = share
    found: list[float] = []
    for _ in range(rounds):
        prior = log(learned) - log(1 - learned)
        found = [1 / (1 + exp(-max(min(score + prior, 50.0), -50.0))) for score in scores]
        learned = min((sum(found) + share * worth) / (len(found) + worth), MOST_SHARE)
    return found


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities from scores in nats."""
    shifted = np.exp(scores - scores.max())
    return np.asarray(shifted / shifted.sum())
