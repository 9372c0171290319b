"""From the image of a page to the page: prepared, read, and where in doubt read once more."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import cv2
import numpy as np

from restore.geometry.layout import empty_page
from restore.languages import codes
from restore.model import Layer, Page, Scan
from restore.placed import PlacedLine, PlacedPage, PlacedWord, page_of_words
from restore.scans.blocks import from_the_right, latin_from_the_left
from restore.scans.gutters import by_columns
from restore.scans.ink import Grey
from restore.scans.language import READABLE, is_persian, is_yiddish, readable
from restore.scans.latin import maybe_latin, with_latin
from restore.scans.scan import Prepared, prepared
from restore.scans.second_reading import agreed, doubted, in_doubt, may_gain
from restore.scans.spreads import middle
from restore.scans.tesseract import (
    LINES,
    RESOLUTION,
    Reading,
    Word,
    has_model,
    latin_model,
    model,
    read,
    second_model,
)
from restore.scans.turns import lies, turn, turned

HEBREW, ANY = "he", "und"
LATIN_BESIDE = (HEBREW, "yi")  # languages whose Latin words are looked for; of others no gain

LEAST_SURE = 0.2  # of a word without letters or digits; dust is read as marks
UNREADABLE = "it cannot be read: {}"
NO_MEMORY = "there is not enough memory"

Loaded = tuple[Grey, int]  # the image of a page and its dots per inch
# What reads it, as ``read_page`` does.
Read = Callable[[Grey, Reading, int, bool], tuple[str | None, Page]]


class Part(NamedTuple):
    """What is read in a part of an image: where it begins, how it was made ready, its words.

    ``left`` is in pixels of the image as it was, the words have their places in that ``made``.
    """

    left: int
    made: Prepared
    words: list[Word]


def text_language(code: str | None) -> str:
    """The language of a document that was read in one of the languages of scans."""
    return code if code in codes() else HEBREW if code is None else ANY


def read_pages(
    images: Sequence[Callable[[], Loaded]],
    asked: Reading | None = None,
    jobs: int | None = None,
    progress: Callable[[float], object] = lambda share: None,
    whole: bool = True,
    read: Read | None = None,
) -> tuple[Reading, tuple[Page, ...]]:
    """The pages of a book, ``jobs`` at once, and how they were read.

    Each of the ``images`` gives its page when it is called; the last is the last of the book, if
    that is ``whole``. ``read`` reads a page, if not ``read_page``. A page that cannot be read has a
    remark and no text. Raises MissingError if the machine lacks what reads them.
    """
    asked, read = asked or Reading(), read or read_page
    found: list[Page] = []
    last = len(images) - 1 if whole else len(images)
    # The first pages tell the language of all.
    while asked.language is None and len(found) < len(images):
        told, page = _read_page(images[len(found)], asked, len(found) == last, read)
        asked = replace(asked, language=told)
        found.append(page)
        progress(len(found) / len(images))
    rest = range(len(found), len(images))
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        waiting = [pool.submit(_read_page, images[i], asked, i == last, read) for i in rest]
        try:
            for future in waiting:
                found.append(future.result()[1])
                progress(len(found) / len(images))
        finally:
            pool.shutdown(cancel_futures=True)
    return asked, tuple(found)


def _read_page(
    image: Callable[[], Loaded], asked: Reading, last: bool, read: Read
) -> tuple[str | None, Page]:
    """The language of a page, None if that cannot be told, and the page."""
    try:
        grey, resolution = image()
        return read(grey, asked, resolution, last)
    except (ValueError, MemoryError, cv2.error) as error:
        reason = UNREADABLE.format(" ".join(str(error).split()) or NO_MEMORY)
        return asked.language, empty_page(last, Layer.UNREADABLE, reason)


def read_page(
    grey: Grey, asked: Reading, resolution: int = RESOLUTION, last: bool = True
) -> tuple[str | None, Page]:
    """The language of an image, None if that cannot be told, and the page on it.

    A page that lies on its side or upside down is turned, and has its places as it then stands; of
    a spread the right page is read first. Raises ValueError, which says why, if it cannot be read,
    and MissingError if the machine lacks what reads it.
    """
    made = prepared(grey)
    code, parts = read_parts(grey, made, asked, resolution)
    stands = 0
    if made.height and lies(_words(parts)):
        name = model(code or HEBREW, asked.folder)
        way = turn(
            made.image,
            made.height * made.scale,
            resolution,
            lambda image: read(image, name, resolution, asked.folder, LINES),
        )
        if way:
            upright = turned(grey, way)
            told, others = read_parts(upright, prepared(upright), asked, resolution)
            if not lies(_words(others)) or readable(_words(others)) > readable(_words(parts)):
                code, parts, grey, stands = told, others, upright, way
    height, width = grey.shape
    found = page(parts, Scan(width, height, resolution), last)
    return code, replace(found, scan=found.scan and replace(found.scan, turn=stands))


def _words(parts: Sequence[Part]) -> list[Word]:
    return [word for part in parts for word in part.words]


def read_parts(
    grey: Grey, made: Prepared, asked: Reading, resolution: int
) -> tuple[str | None, list[Part]]:
    """The language of an image, which is ``made`` ready, and what is read in its parts, in order.

    There are two in a spread, the pages, of which each is made ready by itself.
    """
    gutter = middle(made.image)
    if gutter is None:
        code, words = read_words(made, asked, resolution)
        return code, [Part(0, made, words)]
    halfway = np.array([[gutter, made.image.shape[0] / 2] * 2])
    at = round(made.places(halfway)[0, 0])
    parts: list[Part] = []
    for left, right in ((at, grey.shape[1]), (0, at)):
        made = prepared(np.ascontiguousarray(grey[:, left:right]))
        code, words = read_words(made, asked, resolution)
        asked = replace(asked, language=asked.language or code)
        parts.append(Part(left, made, words))
    return asked.language, parts


def read_words(made: Prepared, asked: Reading, resolution: int) -> tuple[str | None, list[Word]]:
    """The language of a prepared page, and its words in reading order, in its pixels.

    ``resolution`` is that of the page as it was.
    """
    code = asked.language
    if not made.height:
        return code, []
    resolution = round(resolution * made.scale)

    def seen(name: str) -> list[Word]:
        def part(image: Grey) -> list[Word]:
            return read(image, name, resolution, asked.folder)

        return by_columns(made.image, made.height, part(made.image), part)

    if code is None:
        code, first = told_language(seen, asked.folder)
    else:
        first = seen(model(code, asked.folder))
    if asked.quality != "fast":
        first = read_again(made.image, first, code, asked, resolution)
    words = [word for word in first if is_writing(word)]
    return code, latin_from_the_left(from_the_right(words))


def read_again(
    image: Grey, words: list[Word], code: str | None, asked: Reading, resolution: int
) -> list[Word]:
    """The words of a page after what is in doubt of it was read by other models."""
    better = second_model(code, asked.folder) if code else None
    lines = doubted(words, asked.quality == "best")
    if code and better and lines and may_gain(words):
        second = read(in_doubt(image, lines), better, resolution, asked.folder, LINES)
        words = agreed(words, second, code)
    latin, boxes = latin_model(asked.folder), maybe_latin(words)
    if code in LATIN_BESIDE and latin and boxes:
        english = read(in_doubt(image, boxes), latin, resolution, asked.folder, LINES)
        words = with_latin(words, english)
    return words


def told_language(
    seen: Callable[[str], list[Word]], folder: str | None
) -> tuple[str | None, list[Word]]:
    """The language of a page, None if nothing can be read, and its words.

    ``seen`` reads it with a model. Hebrew is read first; a language whose model is not there is
    not told.
    """
    words = seen(model(HEBREW, folder))
    if is_yiddish(words) and has_model("yi", folder):
        return "yi", seen(model("yi", folder))
    sure = readable(words)
    if sure >= READABLE or not has_model("ar", folder):
        return HEBREW if sure else None, words
    others = seen(model("ar", folder))
    if readable(others) <= sure:
        return HEBREW if sure else None, words
    if is_persian(others) and has_model("fa", folder):
        return "fa", seen(model("fa", folder))
    return "ar", others


def is_writing(word: Word) -> bool:
    """Whether a word has letters or digits, or marks that are not likely to be dust."""
    return word.sure >= LEAST_SURE or any(c.isalnum() for c in word.text)


def page(parts: Sequence[Part], scan: Scan, last: bool) -> Page:
    """The page of what is read in the parts of an image, in the pixels of the image as it was."""
    blocks: list[list[PlacedLine]] = []
    for part in parts:
        rows = [(word.left, word.top, word.right, word.bottom) for word in part.words]
        places = part.made.places(np.array(rows, np.float64).reshape(-1, 4))
        together = zip(part.words, (places + (part.left, 0) * 2).tolist(), strict=True)
        for _, block in groupby(together, key=lambda pair: pair[0].line[0]):
            lines = groupby(block, key=lambda pair: pair[0].line)
            blocks.append(
                [[PlacedWord(w.text, tuple(box), w.sure) for w, box in line] for _, line in lines]
            )
    found = PlacedPage(blocks, scan.width, scan.height, scan.resolution)
    return page_of_words(found, last, proved=True)
