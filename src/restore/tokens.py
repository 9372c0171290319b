"""A line as the order repair sees it: tokens, and the gaps where it may have been cut.

Tokens are finer than words. An extractor glues what it painted one after the other, so that a
bracket, a mark, a number or another word can hang on the wrong word without a space between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from restore.heads import parted
from restore.white_space import after_the_first, behind

HEBREW = "\u05d0-\u05ea\u05ef-\u05f2\ufb1d-\ufb4f"
POINT = "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u034f\u200c\u200d"

# Points that no letter before them carries but one after them could, and points at the end of a
# word, where they can only stand in sound text.
EARLY_POINTS = regex.compile(rf"(?<!{POINT}|[{HEBREW}]){POINT}+(?=[{HEBREW}])")
LAST_POINTS = regex.compile(rf"[{HEBREW}]{POINT}+(?![{HEBREW}\u0591-\u05c7])")

BRACKETS = tuple("()[]{}")
MIRROR = str.maketrans("()[]{}<>«»", ")(][}{><»«")

# Points that stand before a word belong to its first letter, or to the last of the word before it,
# where they were in visual order: they go with the word that they are glued to.
_EARLY = rf"(?:{POINT}++(?=[{HEBREW}]))?+"
_LETTERS = f"[{HEBREW}][{HEBREW}{POINTS}]*"
_WORD = rf"{_LETTERS}(?:[\"'״׳’”“\-־‑–][{HEBREW}{POINTS}]+)*['׳’]*"
# A quotation mark after a stop that follows another one opens the next quotation.
_CLOSED = rf"(?<![\"״”“][.,:;!?…]+[\"״”“](?=[{HEBREW}]))"
_PREFIX = rf"[{HEBREW}]{{1,4}}[\-־](?=[\s\d(]|[A-Za-z]|$)"
_NUMBER = r"\d+(?:[.,:/\-–]\d+)*%?"
_OTHER = (
    r"[\p{L}--\p{Hebrew}](?:[[\p{L}\p{M}\d@._/:+&\-]--\p{Hebrew}]*[[\p{L}\p{M}\d+]--\p{Hebrew}])?"
)
# The mark of a note is painted from left to right, brackets and all, in one piece.
_NOTE = r"(?:\(\d{1,3}\)|\[\d{1,3}\])"
# What an editor added to a text, <so>, is in brackets; other such marks are signs of their own.
_ADDED_FIRST = rf"<(?=[{HEBREW}][^<>]*>)"
_ADDED_LAST = rf"(?<=<[{HEBREW}][^<>]*)>"
# Paseq (׀) and the turned nun (׆) stand alone between words, as a dash does, and may begin a line;
# so may a slash and the like, which no sentence ends with.
TOKEN = regex.compile(
    rf"""(?P<open>(?!{_NOTE})[(\[{{]|{_ADDED_FIRST})|(?P<close>[)\]}}]|{_ADDED_LAST})
    |(?P<word>["'״׳’”“„‘]*(?:\.{{2,}}|…)?(?:{_PREFIX}|{_EARLY}{_WORD}[.,:;!?…"”“״׳'’]*{_CLOSED}))
    |(?P<ltr>{_NOTE}|["'״׳’”“„‘]*(?:{_NUMBER}|{_OTHER}))
    |(?P<dash>[\-–—־‑|*•·׀׆/\\@\#&+=~<>§]+|\.{{3,}})
    |(?P<quote>["'״׳’”“„‘])
    |(?P<mark>\S)""",
    regex.VERBOSE | regex.VERSION1,
)
# Gershayim stand before the last letter of a word; a quotation mark with more letters on both
# sides may close or open a quotation that hangs on another word.
GLUED_QUOTE = regex.compile(rf"[{HEBREW}]{{3}}[{POINTS}]*([\"״”“])[{POINTS}]*(?=[{HEBREW}]{{2}})")
# A mark between a word and a bracket may have been painted after the bracket.
BEFORE_BRACKET = regex.compile(r"([.,:;])(?=\s+[()\[\]{}])")
# Before a quotation mark that opens one stand one-letter words or nothing; a geresh may be either.
OPENING = regex.compile(rf"(?:['׳’]|(?<![{HEBREW}{POINTS}\d\"”״])[{HEBREW}{POINTS}]{{0,3}}[\"”״])$")
QUOTES = frozenset('"״”“„')
# Marks of headings and of quoted letters are put before a line once it is a line of text, and no
# extractor moves them: https://spec.commonmark.org/0.31.2/#atx-headings, RFC 3676, section 4.5.
MARKUP = regex.compile(r" {0,3}(?:#{1,6}|>[> ]*(?<! )) +(?=\S)")
MARK_OF_NOTE = regex.compile(_NOTE)
SHORT_NUMBER = regex.compile(r"\d{1,3}")
_HAS_LETTER = regex.compile(rf"[{HEBREW}]")


class Type:
    """What a token is, as far as white space around it goes.

    Plain numbers and no enumeration: they are compared with arrays, and NumPy would run Python
    code for each member of an enumeration, in which an interrupt is lost.
    """

    WORD = 0
    OPEN = 1
    CLOSE = 2
    MARK = 3
    DASH = 4
    QUOTE = 5


def any_of(*types: int) -> NDArray[np.bool_]:
    """A table to look up in which of the types of ``Type`` are among ``types``."""
    table = np.zeros(6, np.bool_)
    table[list(types)] = True
    return table


_TYPES = {
    "word": Type.WORD,
    "ltr": Type.WORD,
    "open": Type.OPEN,
    "close": Type.CLOSE,
    "mark": Type.MARK,
    "dash": Type.DASH,
    "quote": Type.QUOTE,
}
_LONE = dict.fromkeys("-־‑", Type.DASH) | dict.fromkeys("\"'״׳’”“„‘", Type.QUOTE)
LONGEST_MARK = 3  # characters; more of them are a row of dots
ANY = -1  # either a space or none
# Spaces wanted between a token (row) and the next (column), by type.
WANTED: NDArray[np.int8] = np.array(
    [
        # WORD OPEN CLOSE MARK DASH QUOTE
        [1, 1, 0, 0, ANY, ANY],
        [0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, ANY, ANY],
        [1, 1, 0, 0, ANY, ANY],
        [ANY, ANY, 0, ANY, ANY, ANY],
        [ANY, ANY, 0, 0, ANY, ANY],
    ],
    np.int8,
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a line.

    ``starts`` and ``stops`` are places in ``text``, the first of them after the ``markup`` that
    the line begins with (the number of its characters); ``types`` are of ``Type``; ``spaces`` has
    the number of white spaces before the first token, between the tokens, and after the last
    (n + 1 of them); ``inner`` says of the n - 1 places between tokens which are inside a word, and
    ``split`` how much likelier (nats) the word is as one than as two; ``wanted`` has the spaces
    wanted between any two tokens; ``spread`` says that white space was painted on its own
    (``spread``), ``heads`` that what ends a piece stands at its head (``restore.heads``); ``ltr``
    says which tokens are numbers or words of left-to-right scripts; ``quotes`` is 1 for a token
    that opens a quotation, -1 for one that closes it; ``turned`` says which tokens were turned
    around, and ``later`` where such as were not may follow the first piece (``after_the_first``).
    """

    text: str
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    types: NDArray[np.int8]
    spaces: NDArray[np.int8]
    inner: NDArray[np.bool_]
    split: NDArray[np.float32]
    wanted: NDArray[np.int8]
    ltr: NDArray[np.bool_]
    quotes: NDArray[np.int8]
    turned: NDArray[np.bool_]
    later: tuple[tuple[int, int], ...] = ()
    spread: bool = False
    markup: int = 0
    heads: bool = False

    @property
    def traced(self) -> bool:
        """Whether the white space of the line shows that pieces of it were moved."""
        return bool(self.spaces[0] or self.spaces[-1] or (self.spaces[1:-1] > 1).any())

    def __len__(self) -> int:
        return len(self.starts)

    def token(self, index: int) -> str:
        """The characters of a token."""
        return self.text[self.starts[index] : self.stops[index]]


def has_letters(text: str) -> bool:
    """Whether there is a Hebrew letter in ``text``."""
    return bool(_HAS_LETTER.search(text))


def markup(text: str) -> int:
    """How many characters at the beginning of a line are marks of a heading or a quoted letter.

    >>> markup("## שלום"), markup("> שלום"), markup("#שלום")
    (3, 2, 0)
    """
    found = MARKUP.match(text)
    return found.end() if found else 0


def tokens(
    text: str,
    mirrored: bool = False,
    splits: dict[int, float] | None = None,
    spread: bool = False,
    heads: bool = False,
) -> Tokens:
    """Cut a line into tokens.

    ``mirrored`` says that its brackets stand the wrong way round. ``splits`` are places inside
    words where two may have been glued, each with how much likelier (nats) one word is. ``spread``
    says that a space was made three of: the one painted and one on either side of it, ``heads``
    that what ends a piece stands at its head.
    """
    starts: list[int] = []
    stops: list[int] = []
    types: list[int] = []
    ltr: list[bool] = []
    splits = splits or {}
    first = markup(text)
    for start, stop, kind, from_left in parts(text, first, heads):
        if mirrored and kind in (Type.OPEN, Type.CLOSE):
            kind = Type.CLOSE if kind == Type.OPEN else Type.OPEN
        cuts = sorted(place for place in splits if start < place < stop)
        starts += [start, *cuts]
        stops += [*cuts, stop]
        types += [kind] * (len(cuts) + 1)
        ltr += [from_left] * (len(cuts) + 1)
    edges = zip((first, *stops), (*starts, len(text)), strict=True)
    widths = np.array([min(stop - start, 9) for start, stop in edges], np.int8)
    array, left_to_right = np.array(types, np.int8), np.array(ltr, np.bool_)
    words = array == Type.WORD
    # A row of dots is no word, but it is painted between columns and keeps its white space.
    turned = words & ~left_to_right | ~words & (np.subtract(stops, starts) > LONGEST_MARK)
    spaces = behind((widths + 1) // 2 if spread else widths, turned)
    return Tokens(
        text,
        tuple(starts),
        tuple(stops),
        array,
        spaces,
        np.array([start in splits for start in starts[1:]], np.bool_),
        np.array([splits.get(start, 0.0) for start in starts[1:]], np.float32),
        _wanted(text, starts, stops, array, left_to_right),
        left_to_right,
        np.array([quotation(text[a:b]) for a, b in zip(starts, stops, strict=True)], np.int8),
        turned,
        () if heads else after_the_first(spaces, turned),
        spread,
        first,
        heads,
    )


def parts(text: str, first: int = 0, heads: bool = False) -> Iterator[tuple[int, int, int, bool]]:
    """Where the tokens of a text begin and end, of which ``Type`` they are, and if left-to-right.

    ``first`` is where the first may begin. Inside words no place is cut where two may have been
    glued; with ``heads`` words are cut at hyphens, and quotation marks before them.
    """
    for found in TOKEN.finditer(text, first):
        kind = _TYPES[found.lastgroup or "mark"]
        start, stop = found.span()
        if found.lastgroup != "word":
            yield start, stop, kind, found.lastgroup == "ltr"
            continue
        glued = GLUED_QUOTE.search(text, start, stop)
        if glued:
            yield start, glued.start(1), kind, False
            yield glued.start(1), glued.end(1), Type.QUOTE, False
            start = glued.end(1)
        mark = BEFORE_BRACKET.search(text, start)
        last = mark.start(1) if mark and start < mark.start(1) < mark.end(1) == stop else stop
        for begin, end in parted(text, start, last) if heads else ((start, last),):
            yield begin, end, _LONE.get(text[begin:end], kind), False
        if last < stop:
            yield last, stop, Type.MARK, False


def quotation(token: str) -> int:
    """1 for a token that opens a quotation, -1 for one that closes it, or else 0."""
    if len(token) < 2:
        return 0
    return (token[0] in QUOTES) - (token.rstrip(".,:;!?…")[-1:] in QUOTES)


def _wanted(
    text: str,
    starts: list[int],
    stops: list[int],
    types: NDArray[np.int8],
    ltr: NDArray[np.bool_],
) -> NDArray[np.int8]:
    wanted = WANTED[types[:, None], types[None, :]] if len(types) else np.zeros((0, 0), np.int8)
    told = zip(starts, stops, types.tolist(), strict=True)
    for index, (start, stop, kind) in enumerate(told):
        if kind == Type.DASH and (text[:start].endswith(" ") or text[stop:].startswith(" ")):
            wanted[index] = np.where(types == Type.WORD, 1, wanted[index])
            wanted[:, index] = np.where(types == Type.WORD, 1, wanted[:, index])
        if kind == Type.WORD and OPENING.search(text, start, stop):
            # The mark may open a quotation that goes on with the next token.
            wanted[index] = np.where(types == Type.WORD, ANY, wanted[index])
        if kind == Type.WORD and text[stop - 1] in "-־":
            wanted[index] = ANY
        if kind == Type.WORD and text[start] in BRACKETS:
            wanted[types != Type.OPEN, index] = ANY  # the mark of a note hangs on what it is about
        if text[start].isdigit() or (text[start].isascii() and text[start].isalpha()):
            # A prefix (ב2023) or a hyphen (ב-2023) may be written with the number; a short one
            # may be that of a note, which no Latin letter is.
            hebrew = (types == Type.WORD) & ~ltr
            if stop - start > 2 or text[start].isalpha():
                hebrew = hebrew & _prefixes(text, starts, stops)
            wanted[hebrew, index] = ANY
            # So may a letter with its number (סעיף 42א).
            wanted[index, _letters(text, starts, stops)] = ANY
        if kind in (Type.OPEN, Type.CLOSE) and _around_note(text, starts, stops, index):
            wanted[types == Type.WORD, index] = ANY
    # A section may have a number, a letter and more of them: סעיף 15(ב)(4).
    wanted[np.ix_(ltr | (types == Type.CLOSE), types == Type.OPEN)] = ANY
    return wanted


def _letters(text: str, starts: list[int], stops: list[int]) -> NDArray[np.bool_]:
    return np.array(
        [stop - start == 1 and has_letters(text[start])
         for start, stop in zip(starts, stops, strict=True)],
        np.bool_,
    )  # fmt: skip


def _around_note(text: str, starts: list[int], stops: list[int], index: int) -> bool:
    """Whether a bracket has a short number in it and nothing else, as notes have."""
    return any(
        0 <= number < len(starts)
        and SHORT_NUMBER.fullmatch(text, starts[number], stops[number]) is not None
        and text[starts[number] - 1 : starts[number]] in BRACKETS
        and text[stops[number] : stops[number] + 1] in BRACKETS
        for number in (index - 1, index + 1)
    )


def _prefixes(text: str, starts: list[int], stops: list[int]) -> NDArray[np.bool_]:
    return np.array(
        [stop - start <= 2 and has_letters(text[start:stop])
         for start, stop in zip(starts, stops, strict=True)],
        np.bool_,
    )  # fmt: skip
