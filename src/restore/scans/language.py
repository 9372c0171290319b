"""In which language a page is, told from a first reading of it, which need not be a good one."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

import regex

from restore.scans.tesseract import Word
from restore.tokens import POINT

# Words that are frequent in one language and not in the other that has its script. Those of
# Persian are also written as a model of Arabic reads them.
YIDDISH = frozenset(
    ["און", "איז", "דער", "דאס", "האט", "פון", "ניט", "נישט", "מיט", "זיך", "אויף", "וואס", "זיי"]
)
PERSIAN = frozenset(
    ["است", "از", "را", "که", "كه", "این", "اين", "شد", "بود", "های", "هاي", "می", "مي", "برای"]
)
FREQUENT = 0.05  # share of such words; running text has 0.15, of the other language 0.005
READABLE = 0.5  # of words in a script that the model knows; those of another have 0.1 to 0.4
LEAST_LETTERS = 2  # of a word that can tell anything
MARKS = regex.compile(rf"{POINT}|\p{{M}}")
LETTERS = regex.compile(r"\p{L}+")


def readable(words: Sequence[Word]) -> float:
    """How sure the words of a reading are on average, the longer ones more; 0 without any."""
    letters = [len(word.text) for word in words]
    return sum(word.sure * n for word, n in zip(words, letters, strict=True)) / max(sum(letters), 1)


def is_yiddish(words: Sequence[Word]) -> bool:
    """Whether a reading in Hebrew letters is Yiddish."""
    return _share(words, YIDDISH) > FREQUENT


def is_persian(words: Sequence[Word]) -> bool:
    """Whether a reading in Arabic letters is Persian."""
    return _share(words, PERSIAN) > FREQUENT


def says_yiddish(text: str) -> bool:
    """Whether a text in Hebrew letters is Yiddish."""
    return _share_of(text.split(), YIDDISH) > FREQUENT


def _share(words: Sequence[Word], frequent: frozenset[str]) -> float:
    return _share_of([word.text for word in words], frequent)


def _share_of(words: Sequence[str], frequent: frozenset[str]) -> float:
    found = [
        letters
        for word in words
        for letters in LETTERS.findall(MARKS.sub("", normalize("NFKD", word)))
        if len(letters) >= LEAST_LETTERS
    ]
    return sum(letters in frequent for letters in found) / max(len(found), 1)
