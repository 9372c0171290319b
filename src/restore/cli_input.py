"""What the commands read: documents of all formats, with the progress of long ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from restore import files
from restore.files import InputError
from restore.model import Document

DEFAULT = "he"  # language of a text
LARGE = 1_000_000  # bytes of a PDF; beyond it a terminal shows a progress bar


def read_document(name: str, asked: dict[str, Any]) -> Document:
    """The document in a file, a PDF or text. Raises InputError if it is neither."""
    from restore.formats import txt

    data = files.read_bytes(name)
    if not files.is_pdf(data):
        text = files.decoded(data, files.spoken(name))
        return txt.read(text, asked["language"] or DEFAULT, name, asked["ocr_text"])
    from restore.formats import pdf

    try:
        with progress_bar(f"{name}: pages", len(data) > LARGE, asked) as progress:
            return pdf.read(data, name, asked["language"], progress)
    except ValueError as error:
        raise InputError(str(error)) from None


@contextmanager
def progress_bar(
    label: str, long: bool, asked: dict[str, Any]
) -> Iterator[Callable[[float], object]]:
    """What a long work tells its share to, so that a terminal shows it."""
    if not long or asked["quiet"] or not sys.stderr.isatty():
        yield lambda share: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(int(share * 1000) - bar.pos)


def layers(document: Document) -> list[dict[str, Any]]:
    """What the text layers of the pages of a PDF are like; nothing of a text."""
    return [
        {"page": number, "layer": page.layer.value, "remark": page.remark}
        for number, page in enumerate(document.pages)
        if page.layer
    ]


def told(layer: dict[str, Any]) -> str:
    """What one of the ``layers`` is like, in words."""
    words = [str(layer[key]) for key in ("layer", "remark") if layer[key]]
    return f"page {layer['page'] + 1}: {': '.join(words)}"


def unproved(document: Document) -> list[str]:
    """What is to be said of the pages of a PDF that do not prove the order of their text."""
    pages = document.pages
    return [told(layer) for layer in layers(document) if not pages[layer["page"]].proved]
