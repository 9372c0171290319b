"""Tables of words, as Tesseract writes them: a word a row, with its box in pixels."""

from __future__ import annotations

from math import isfinite

from restore.model import Document
from restore.placed import placed

HEADS = ["level", "page_num", "block_num", "par_num", "line_num", "word_num"]
HEADS += ["left", "top", "width", "height", "conf", "text"]
WORD_LEVEL = 5


def write(document: Document) -> str:
    """A row for each word of a document, in reading order, pages and blocks counted from 1.

    The confidence is in hundredths, -1 where nobody said. Raises ValueError if words have no
    places, as in a text.
    """
    rows = ["\t".join(HEADS)]
    for number, page in enumerate(document.pages, start=1):
        for i, block in enumerate(placed(page).blocks, start=1):
            for k, line in enumerate(block, start=1):
                for n, word in enumerate(line, start=1):
                    edges = [round(e) if isfinite(e) else -1 for e in word.box]
                    left, top, right, bottom = edges
                    sure = f"{100 * word.sure:.2f}" if isfinite(word.sure) else "-1"
                    place = (WORD_LEVEL, number, i, 1, k, n, left, top, right - left, bottom - top)
                    rows.append("\t".join([*map(str, place), sure, word.text]))
    return "".join(f"{row}\n" for row in rows)
