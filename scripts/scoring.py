"""What the measuring and fitting scripts share: how lines are compared, and tables printed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence


def fold(line: str) -> str:
    """A line as it is compared: NFC, no format characters, single spaces."""
    composed = unicodedata.normalize("NFC", line)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def folded_lines(text: str) -> list[str]:
    """The lines of a text, folded, without blank ones."""
    return [line for line in map(fold, re.split(r"[\n\r\f]", text)) if line]


def letters(*lines: str) -> Counter[str]:
    """How often each letter and digit stands in the lines."""
    return Counter(c for line in lines for c in line if c.isalnum())


def signature(line: str) -> str:
    """The letters and digits of a line in the order of the alphabet."""
    return "".join(sorted(letters(line).elements()))


def rate(part: float, whole: float, places: int = 4) -> str:
    """A share, or a dash where there is nothing to share."""
    return f"{part / whole:.{places}f}" if whole else "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table; the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (heads, rule, *rows):
        first, *others = zip(row, widths, strict=True)
        print(" | ".join(["| " + first[0].ljust(first[1]), *(c.rjust(w) for c, w in others)]), "|")
