"""The command that mends: ``restore fix``, and the one that takes it back: ``restore undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from restore import files
from restore.commands.decisions import kept, output_of
from restore.commands.input import config_of, read_document, read_page, targets
from restore.commands.mend import mended, say
from restore.commands.options import asked_for, inputs
from restore.commands.output import FORMATS, WHOLE, check_pdf, written
from restore.commands.report import report_page
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.pipeline import Restored


@click.command()
@inputs
@click.option("-o", "--output", metavar="FILE|DIR", help="Write here, not to standard output.")
@click.option("--page", metavar="FILE.pdf", help="Take the order of INPUT from its pages.")
@click.option("--keep-lines", is_flag=True, help="A line of the page a line; keep furniture.")
@click.option(
    "--to",
    type=click.Choice(FORMATS),
    default="txt",
    help="Output format; hocr, alto, page (PAGE XML) and tsv have the places of words, a pdf the"
    " scans with their text.",
)
@click.option("--changes", metavar="FILE.jsonl", help="Record every change, to undo it.")
@click.option(
    "--decisions/--no-decisions",
    default=True,
    help="Heed what was decided in a review of the output, or not.",
)
@click.option("--report", metavar="FILE.html", help="Show every change and doubt on a page.")
@asked_for
def fix(
    inputs: tuple[str, ...],
    output: str | None,
    page: str | None,
    keep_lines: bool,
    to: str,
    changes: str | None,
    decisions: bool,
    report: str | None,
    **asked: Any,
) -> None:
    """Mend INPUT (standard input if none is named) and print clean text."""
    from restore.formats import jsonl

    config = config_of(asked)
    names = inputs or (STREAM,)
    if to in WHOLE and output is None and len(names) > 1:
        raise InputError(f"{len(names)} inputs do not fit one {to}; name a folder: -o clean/")
    places = targets(names, output, to)
    if to == "pdf":
        check_pdf(names, output, places)
    documents = [read_document(name, asked) for name in names]
    shown = None if page is None else read_page(page, names, asked)
    results: list[Restored] = []
    for document, heeded in zip(
        documents, kept(documents, places, changes, decisions), strict=True
    ):
        result = mended(document, heeded.asked_of(config), asked, shown)
        for remark in () if asked["quiet"] else heeded.told(result):
            say(f"{document.source.name}: {remark}")
        results.append(result)
    parts: dict[str, list[bytes]] = {}
    for result, target, name in zip(results, places, names, strict=True):
        for place, part in written(result, to, keep_lines, target, name).items():
            parts.setdefault(place, []).append(part)
    if changes:
        record = "".join(
            jsonl.write_changes(
                r.document, r.original, r.changes, r.doubts, output_of(target, changes)
            )
            for r, target in zip(results, places, strict=True)
        )
        files.write(changes, record)
    if report:
        files.write(report, report_page(results, page, shown))
    for place, contents in parts.items():
        files.write(place, b"".join(contents))


@click.command()
@click.argument("record", metavar="CHANGES.jsonl")
@click.option("-o", "--output", metavar="FILE|DIR", help="Write here, not to standard output.")
def undo(record: str, output: str | None) -> None:
    """Give back, byte for byte, what the text was before the changes of a record."""
    from restore.formats import jsonl

    try:
        texts = list(jsonl.originals(files.read(record)))
    except ValueError as error:
        raise InputError(f"{record}: {error}") from None
    places = targets([name for name, _ in texts], output, "txt")
    for (_, text), target in zip(texts, places, strict=True):
        files.write(target, text)
