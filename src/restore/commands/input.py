"""What the commands read, with the progress of long documents, and where they write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from restore import files
from restore.files import STREAM, InputError
from restore.model import Document
from restore.scans.tesseract import MODELS, MissingError, Reading, models

if TYPE_CHECKING:
    from restore.pipeline import Config
    from restore.scans.ocr import Read

DEFAULT = "he"  # language of a text
SUFFIXES = {"alto": "alto.xml", "page": "page.xml"}  # of formats whose files are called otherwise
LARGE = 1_000_000  # bytes of a PDF; beyond it a terminal shows a progress bar


def read_document(name: str, asked: dict[str, Any]) -> Document:
    """The document in a file: text, a PDF or an image. Raises InputError if it is none of them."""
    if Path(name).is_dir():
        return read_folder(name, asked)
    return document_in(files.read_bytes(name), name, asked)


def document_in(data: bytes, name: str, asked: dict[str, Any]) -> Document:
    """The document in what was read. Raises InputError if it is no text, PDF or image."""
    from restore.formats import image, txt

    if read := _reader_of_words(data):
        try:
            return read(data, text_language(asked) or DEFAULT, name)
        except ValueError as error:
            raise InputError(str(error)) from None
    if not files.is_pdf(data) and not image.is_image(data):
        text = files.decoded(data, files.spoken(name))
        return txt.read(text, text_language(asked) or DEFAULT, name, asked["ocr_text"])
    try:
        with progress_bar(f"{name}: pages", len(data) > LARGE, asked) as progress:
            if image.is_image(data):
                return image.read(data, name, reading(asked), asked["jobs"], progress, keep(asked))
            from restore.formats import pdf

            document = pdf.read(data, name, page_language(asked), progress)
        return read_scans(document, data, asked)
    except ValueError as error:
        raise InputError(str(error)) from None


def _reader_of_words(data: bytes) -> Callable[[bytes, str, str], Document] | None:
    """What reads the words that an OCR program has told the places of, if it is such a file."""
    from restore.formats import alto, hocr, page_xml

    if hocr.is_hocr(data):
        return hocr.read
    if alto.is_alto(data):
        return alto.read
    return page_xml.read if page_xml.is_page_xml(data) else None


def read_scans(document: Document, data: bytes, asked: dict[str, Any]) -> Document:
    """The document of a PDF with the pages read by OCR that have no letters."""
    from restore.formats import scanned

    with progress_bar(f"{document.source.name}: scans", len(data) > LARGE, asked) as progress:
        return scanned.with_scans(
            document, data, reading(asked), asked["ocr"], asked["jobs"], progress, keep(asked)
        )


def read_folder(name: str, asked: dict[str, Any]) -> Document:
    """The book whose pages are the images in a folder. Raises InputError if there are none."""
    from restore.formats import image

    names = files.images(name)
    try:
        with progress_bar(f"{name}: pages", len(names) > 1, asked) as progress:
            return image.read_book(
                names, files.read_bytes, name, reading(asked), asked["jobs"], progress, keep(asked)
            )
    except ValueError as error:
        raise InputError(str(error)) from None


def config_of(asked: dict[str, Any]) -> Config:
    """What is asked of a restoration. Raises InputError if any of it cannot be."""
    from restore.pipeline import Config

    _check_language(asked)
    try:
        return Config(
            DEFAULT,
            asked["confidence"],
            frozenset(asked["only"]),
            frozenset(asked["skip"]),
            frozenset(asked["refuse"]),
            asked["quotes"],
        )
    except ValueError as error:
        raise InputError(str(error)) from None


def _check_language(asked: dict[str, Any]) -> None:
    """Raise InputError if neither text nor scans can be in the language that is asked for."""
    from restore.languages import codes

    known = {None, *codes(), *MODELS}
    if asked["language"] in known:
        return
    try:
        also = models(asked["tessdata_dir"])
    except MissingError:
        also = frozenset()
    if asked["language"] not in also:
        raise InputError(
            f"unknown language {asked['language']!r}; there is: {', '.join(codes())}, and of scans "
            f"{', '.join(MODELS)} and the models of Tesseract"
        )


def text_language(asked: dict[str, Any]) -> str | None:
    """The language that was asked for. Raises InputError if text cannot be mended in it."""
    from restore.languages import language

    try:
        return asked["language"] and language(asked["language"]).code
    except ValueError as error:
        raise InputError(str(error)) from None


def page_language(asked: dict[str, Any]) -> str | None:
    """The language of the text on pages: one that scans alone are read in is any other."""
    from restore.languages import codes

    return asked["language"] if asked["language"] in (None, *codes()) else "und"


def reading(asked: dict[str, Any]) -> Reading:
    """How scans are to be read."""
    return Reading(asked["language"], asked["quality"], asked["tessdata_dir"])


def keep(asked: dict[str, Any]) -> Callable[[Read], Read] | None:
    """What makes pages of books known that were read before, if that is wanted."""
    from restore import kept_pages

    return kept_pages.keeping if asked["cache"] else None


def read_page(name: str, inputs: Sequence[str], asked: dict[str, Any]) -> Document:
    """The PDF that a text was extracted from. Raises InputError if it cannot be that."""
    if len(inputs) > 1:
        raise InputError(f"--page is for one input, not {len(inputs)}; give them one at a time")
    document = read_document(name, asked)
    if not layers(document):
        raise InputError(f"{name} is no PDF; give the one that {inputs[0]} was extracted from")
    return document


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


def targets(names: Sequence[str], output: str | None, to: str) -> list[str]:
    """Where the results of some inputs go. Raises InputError if they cannot all go there."""
    if output is None:
        return [STREAM] * len(names)
    folder = Path(output)
    if not (folder.is_dir() or output.endswith(("/", os.sep))):
        if len(names) > 1:
            raise InputError(
                f"{len(names)} inputs do not fit one file; name a folder: -o {output}/"
            )
        return [output]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{output} cannot be made: {error.strerror}") from None
    plain = [
        Path("restored.txt" if name == STREAM else name).with_suffix(f".{SUFFIXES.get(to, to)}")
        for name in names
    ]
    if len({path.name for path in plain}) < len(plain):
        raise InputError("two inputs have the same file name; give each its own folder with -o")
    places = [folder / path.name for path in plain]
    for target, name in zip(places, names, strict=True):
        if name != STREAM and target.exists() and target.samefile(name):
            raise InputError(f"{target} would overwrite its input; name another folder with -o")
    return [str(target) for target in places]


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
