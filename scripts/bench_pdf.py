"""Measure how fast pages of a PDF are read, side by side with other readers, on one core.

A Hebrew book is typeset from the samples with Typst. Columns:

pages      of the book
seconds    of the fastest of three rounds, in which the readers take turns
pages/s    pages a second
of plain   their share of the pages a second of pypdfium2's own plain text
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PAGES = 60
ROUNDS = 3
LINES = 60  # of the samples that fill a page, at least

TYPST = """#set page(width: 148mm, height: 210mm, margin: 15mm, numbering: "1")
#set text(lang: "he", size: 11pt, font: ("David CLM", "DejaVu Sans", "Libertinus Serif"))
#set par(justify: true)
"""


def book(samples: Path, pages: int = PAGES) -> bytes:
    """A PDF of some pages of the running text of the samples."""
    import typst

    text = "\n\n".join(
        paragraph
        for path in sorted(samples.glob("*.weasyprint.true.txt"))
        for paragraph in path.read_text("utf-8").split("\n")
        if len(paragraph) > LINES
    )
    plain = "".join(f"\\{c}" if c in "#$*_`<>@=-+/\\[]~'\"" else c for c in text)
    count = pages * LINES // max(text.count("\n\n"), 1) + 1
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "book.typ"
        source.write_text(TYPST + "\n\n".join([plain.replace("\n\n", " ")] * count), "utf-8")
        return bytes(typst.compile(source))


def readers() -> Iterator[tuple[str, Callable[[Path], object]]]:
    """The readers that there are, by name; restore first."""
    from restore.formats import pdf

    yield "restore", lambda path: pdf.read(path.read_bytes())
    try:
        from pdfminer.high_level import extract_text

        yield "pdfminer.six", extract_text
    except ImportError:
        pass
    yield "pypdfium2 plain text", _plain


def _plain(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    count = 0
    for page in document:
        text = page.get_textpage()
        count += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return count


def measure(samples: Path) -> list[tuple[str, int, float]]:
    """Each reader's name, the pages that it read and the seconds that it took."""
    import pypdfium2

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.pdf"
        path.write_bytes(book(samples))
        pages = len(pypdfium2.PdfDocument(path))
        known = list(readers())
        best = {name: float("inf") for name, _ in known}
        for _ in range(ROUNDS):
            for name, read in known:
                start = time.perf_counter()
                read(path)
                best[name] = min(best[name], time.perf_counter() - start)
    return [(name, pages, seconds) for name, seconds in best.items()]


def bench_pdf(samples: Path) -> None:
    """Print the measures."""
    found = measure(samples)
    plain = found[-1][2]
    print(f"{'reader':22} {'pages':>6} {'seconds':>8} {'pages/s':>8} {'of plain':>8}")
    for name, pages, seconds in found:
        print(f"{name:22} {pages:6} {seconds:8.2f} {pages / seconds:8.1f} {plain / seconds:8.3f}")
