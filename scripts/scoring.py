"""What the measuring scripts share: shares, and tables printed."""

from __future__ import annotations

from collections.abc import Sequence


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
