"""What the commands write: a restored document in a format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from restore import files
from restore.commands.input import SUFFIXES
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.model import Document
    from restore.pipeline import Restored

FORMATS = ("txt", "jsonl", "hocr", "alto", "page", "tsv", "pdf")
WHOLE = frozenset({"hocr", "alto", "page", "pdf"})  # formats of which two files are not one


def check_pdf(names: Sequence[str], output: str | None, targets: Sequence[str]) -> None:
    """Raise InputError if inputs cannot be written as PDFs, before they are read."""
    if STREAM in names:
        raise InputError("a PDF is made of files, not of standard input; name one")
    if output is None:
        raise InputError("a PDF is no text to print; name a file: -o book.pdf")
    for name, target in zip(names, targets, strict=True):
        if Path(target).exists() and Path(target).samefile(name):
            raise InputError(f"{target} would overwrite its input; name another file with -o")


def written(
    result: Restored, to: str, keep_lines: bool, target: str, name: str
) -> dict[str, bytes]:
    """What came out in a format, by the files that it goes to: ``target``, or some beside it.

    ``name`` is what was read. Raises InputError if the format cannot hold it.
    """
    if to == "txt":
        from restore.formats import txt

        return {target: txt.encoded(result.document, keep_lines)}
    from restore.formats import alto, hocr, jsonl, page_xml, tsv

    write = {"jsonl": jsonl.write_document, "hocr": hocr.write, "alto": alto.write}
    write["tsv"] = tsv.write
    document = result.document
    try:
        if to == "pdf":
            return {target: _pdf(document, name)}
        if to == "page":
            return _numbered(page_xml.write(document), target, document)
        return {target: write[to](document).encode()}
    except ValueError as error:
        raise InputError(f"{files.spoken(document.source.name)} {error}") from None


def _pdf(document: Document, name: str) -> bytes:
    """The scans that a document was read from, with its text."""
    from restore.formats import image, searchable_pdf

    names = files.images(name) if Path(name).is_dir() else [name]
    data = files.read_bytes(names[0])
    if files.is_pdf(data):
        return searchable_pdf.over_pages(document, data)
    if not image.is_image(data):
        raise ValueError("is no scan, of which a PDF could be made; write it as txt")
    load = {each: partial(files.read_bytes, each) for each in names}
    frames = [
        None if isinstance(number, str) else (load[each], number)
        for each, number in image.frames(names, files.read_bytes)
    ]
    return searchable_pdf.over_images(document, frames)


def _numbered(texts: list[str], target: str, document: Document) -> dict[str, bytes]:
    """Files of one page each, numbered if there are more: book.page.xml, or book-01.page.xml…"""
    if len(texts) == 1:
        return {target: texts[0].encode()}
    if target == STREAM:
        raise InputError(
            f"{files.spoken(document.source.name)} has {len(texts)} pages, of which PAGE XML holds"
            " one a file; name where they go: -o pages/"
        )
    ending = f".{SUFFIXES['page']}" if target.endswith(SUFFIXES["page"]) else Path(target).suffix
    stem, digits = target.removesuffix(ending), len(str(len(texts)))
    return {
        f"{stem}-{number:0{digits}}{ending}": text.encode()
        for number, text in enumerate(texts, start=1)
    }
