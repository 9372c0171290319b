"""What the commands write: a restored document in a format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from restore import files
from restore.commands.input import SUFFIXES
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.model import Document
    from restore.pipeline import Restored

FORMATS = ("txt", "jsonl", "hocr", "alto", "page", "tsv")
WHOLE = frozenset({"hocr", "alto", "page"})  # formats of which two files are not one


def written(result: Restored, to: str, keep_lines: bool, target: str) -> dict[str, str]:
    """What came out in a format, by the files that it goes to: ``target``, or some beside it.

    Raises InputError if the format cannot hold it.
    """
    if to == "txt":
        return {target: result.page_text if keep_lines else result.text}
    from restore.formats import alto, hocr, jsonl, page_xml, tsv

    write = {"jsonl": jsonl.write_document, "hocr": hocr.write, "alto": alto.write}
    write["tsv"] = tsv.write
    document = result.document
    try:
        if to == "page":
            return _numbered(page_xml.write(document), target, document)
        return {target: write[to](document)}
    except ValueError as error:
        raise InputError(f"{files.spoken(document.source.name)} {error}") from None


def _numbered(texts: list[str], target: str, document: Document) -> dict[str, str]:
    """Files of one page each, numbered if there are more: book.page.xml, or book-01.page.xml…"""
    if len(texts) == 1:
        return {target: texts[0]}
    if target == STREAM:
        raise InputError(
            f"{files.spoken(document.source.name)} has {len(texts)} pages, of which PAGE XML holds"
            " one a file; name where they go: -o pages/"
        )
    ending = f".{SUFFIXES['page']}" if target.endswith(SUFFIXES["page"]) else Path(target).suffix
    stem, digits = target.removesuffix(ending), len(str(len(texts)))
    return {
        f"{stem}-{number:0{digits}}{ending}": text for number, text in enumerate(texts, start=1)
    }
