"""Whether a page of a scan is read better by OCR than by the text layer that lies unseen over it.

Neither reading is known to be true. The words that both have say nothing; of those that only one
has, true ones are mostly known to the language and misread ones mostly not. So the better reading
has more known words of its own and fewer unknown ones. By chance such counts differ by their
square root: between a true layer and OCR they differed on 38 pages by -6.5 to 1.4 of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt
from unicodedata import normalize

import regex
from rapidfuzz.distance import Levenshtein

from restore.frequencies import frequencies
from restore.model import Document, Page
from restore.placed import PlacedWord, page_of_words, placed
from restore.scans.language import says_yiddish
from restore.units import parts

LISTS = {"he": ("he",), "und": ("ar", "fa")}  # by the language of a document
LATIN = "en"
DOUBTFUL = 0.03  # share of unknown words from which on a layer is compared; true texts have .01 to
# .07, layers of bad scans .03 to .2
LEAST_LETTERS = 2  # of a word; others are numbers and initials
LEAST_WORDS = 30  # of a page, that can tell; a guess
MOST_DOUBTFUL = 0.2  # share of unknown words in what OCR reads; of other languages it has .3 to .5
CLEAR = 2.5  # square roots of the words that only one reading has, by which they have to differ
LEAST_GAIN = 8  # words; a guess
SURE = 0.7  # of the words read, on average; pages with accents have .35, bad copies .73
LETTERS_PER_ERROR = 3  # of a word that OCR has read in two ways; a guess

MARKS = regex.compile(r"[\p{M}\u0640\u200c\u200d]")
RIGHT = regex.compile(r"[\p{Hebrew}\p{Arabic}]")
# Letters of two scripts in one word, or digits in it; a prefix may stand before either.
FOREIGN = r"[\p{Latin}\d]"
GARBLED = regex.compile(rf"{RIGHT.pattern}{FOREIGN}|{FOREIGN}{RIGHT.pattern}")
MIXED = regex.compile(FOREIGN)
PREFIXED = regex.compile(rf"\p{{Hebrew}}{{1,3}}-?{FOREIGN}[\p{{Latin}}\d.,:/%\-]*")
ADDRESS = regex.compile(r"(?:www\.|https?://|[\w.\-]+@)[a-z0-9\-]+\.[a-z0-9.\-]+(?:/\S*)?")
JOINT = regex.compile("[-/,]")  # between words that are written as one
FINAL_INSIDE = regex.compile(r"[ךםןףץ](?=\p{Hebrew})")
SAID = (
    "its text layer is misread or lacks words: OCR reads {} more that are known; "
    "its text was read by OCR (--ocr never keeps the layer)"
)


def list_of(document: Document) -> str | None:
    """The list of words by which unseen layers of a document are judged, if there is one."""
    texts = [page.text for page in document.pages if page.unseen]
    if not texts or document.language not in LISTS or says_yiddish("\n".join(texts)):
        return None
    return min(LISTS[document.language], key=lambda code: _unknown("\n".join(texts), code))


def doubtful(page: Page, code: str) -> bool:
    """Whether the layer of a page has so many words that are in no list that OCR may be better."""
    if not (page.unseen and page.proved):
        return False
    count = sum(1 for _ in _judged(page.text, code))
    return count >= LEAST_WORDS and _unknown(page.text, code) >= DOUBTFUL * count


def gain(layer: Page, read: Page, code: str) -> int:
    """How many words are gained if a page is taken as it was ``read``; 0 if that is not clear."""
    count = sum(1 for _ in _judged(read.text, code))
    if read.scan is None or read.scan.average < SURE or read.scan.turn:
        return 0
    if _unknown(read.text, code) > MOST_DOUBTFUL * count:
        return 0
    ours, theirs = _words(read.text), _words(layer.text)
    known, unknown = _counted(ours - theirs, code)
    lost, misread = _counted(theirs - ours, code)
    more = known - lost + misread - unknown
    chance = sqrt(known + lost + misread + unknown)
    return more if more >= max(LEAST_GAIN, CLEAR * chance) else 0


def with_known_words(read: Page, layer: Page, code: str, last: bool) -> Page:
    """The page as it was ``read``, but for unknown words that the layer has known ones for.

    Such a word is like the one in the layer, and beside both stands the same word.
    """
    beside: dict[tuple[str, int], list[str]] = defaultdict(list)
    words = layer.text.split()
    for at, word in enumerate(words):
        if is_known(word, code):
            for step in (-1, 1):
                if 0 <= at + step < len(words):
                    beside[words[at + step], -step].append(word)

    def better_of(line: Sequence[PlacedWord]) -> Iterator[PlacedWord]:
        for at, word in enumerate(line):
            found = [
                other
                for step in (-1, 1)
                if is_known(word.text, code) is False and 0 <= at + step < len(line)
                for other in beside[line[at + step].text, -step]
                if _may_be_one(other, word.text)
            ]
            yield word._replace(text=found[0]) if len(set(found)) == 1 else word

    image = placed(read)
    blocks = [[list(better_of(line)) for line in block] for block in image.blocks]
    if blocks == image.blocks:
        return read
    page = page_of_words(image._replace(blocks=blocks), last, proved=True)
    assert page.scan and read.scan
    return replace(page, scan=replace(page.scan, turn=read.scan.turn))


def _may_be_one(word: str, other: str) -> bool:
    """Whether two words differ in few letters, and not in the marks around them."""
    a, b = parts(word), parts(other)
    most = min(len(a.core), len(b.core)) // LETTERS_PER_ERROR
    same = (a.before, a.after) == (b.before, b.after)
    return same and Levenshtein.distance(a.core, b.core) <= most


def is_known(word: str, code: str) -> bool | None:
    """Whether a word is in a list, None if it has nothing to tell by: no letters, or Latin ones."""
    plain = MARKS.sub("", normalize("NFKC", word))
    core = parts(plain).core
    if ADDRESS.fullmatch(core):
        return True
    if not RIGHT.search(core):
        return True if len(core) > 2 and frequencies(LATIN).get(core.lower()) else None
    if MIXED.search(core):
        return False if GARBLED.search(core) and not PREFIXED.fullmatch(core) else None
    if len(RIGHT.findall(core)) < LEAST_LETTERS:
        return None
    known = frequencies(code)
    return not FINAL_INSIDE.search(core) and all(map(known.get, filter(None, JOINT.split(core))))


def _judged(text: str, code: str) -> Iterator[bool]:
    """For each word in a right-to-left script that can be told by whether it is known."""
    for word in text.split():
        known = is_known(word, code) if RIGHT.search(word) else None
        if known is not None:
            yield known


def _unknown(text: str, code: str) -> int:
    return sum(not known for known in _judged(text, code))


def _words(text: str) -> Counter[str]:
    """The words of a text without the marks around them."""
    plain = (parts(MARKS.sub("", normalize("NFKC", word))).core for word in text.split())
    return Counter(word for word in plain if word)


def _counted(words: Counter[str], code: str) -> tuple[int, int]:
    """How many of some words are known, and how many not."""
    told = {word: is_known(word, code) for word in words}
    known = sum(count for word, count in words.items() if told[word])
    return known, sum(count for word, count in words.items() if told[word] is False)
