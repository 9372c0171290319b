"""The command that asks: ``restore review``."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from restore import files
from restore.batches.storage import CHANGES, TEXTS
from restore.commands.report import images_in
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.commands.report import Images
    from restore.formats.jsonl import Recorded
    from restore.reviews.review import Review

RECORDS = (".changes.jsonl", ".jsonl")  # how the name of a record beside its text ends


@click.command()
@click.argument("name", metavar="FIXED|CHANGES.jsonl")
@click.option(
    "--page", metavar="FILE|DIR", help="Show the pages of this PDF, image or folder of images."
)
@click.option("--open", "in_browser", is_flag=True, help="Open the page in the browser.")
def review(name: str, page: str | None, in_browser: bool) -> None:
    """Accept, refuse or edit what was changed, on a page in the browser.

    Reads the record that fix --changes wrote, or the one beside FIXED (FIXED.changes.jsonl). The
    page is served to this machine alone. Decisions are kept beside the restored text, where fix
    heeds them when it is run again.
    """
    # First of all, so that what is not installed is said before anything is read.
    from restore.reviews.server import serve

    def ready(address: str) -> None:
        click.echo("review at this address; Ctrl-C ends it", err=True)
        click.echo(address)
        if in_browser:
            import webbrowser

            webbrowser.open(address)

    record = _record(name)
    with ExitStack() as stack:
        reviews = _reviews(name, record, stack)
        shown = [(one, _images(page, one.name, record, stack)) for one in reviews]
        with suppress(KeyboardInterrupt):
            serve(shown, ready)
        for path in dict.fromkeys(one.decisions.path for one in reviews):
            click.echo(
                f"decisions are in {path}; run restore fix or batch again to heed them", err=True
            )


def _record(name: str) -> str:
    """The record of changes that a file is, or that lies beside a text."""
    if name == STREAM:
        raise InputError("review reads a file, so that decisions can be kept beside it")
    if _is_record(name):
        return name
    path = Path(name)
    places = [f"{name}{RECORDS[0]}", *(str(path.with_suffix(ending)) for ending in RECORDS)]
    for above in path.absolute().parents:
        if above.name == TEXTS:  # of a batch
            beside = above.with_name(CHANGES) / path.absolute().relative_to(above)
            places.append(str(beside.with_suffix(RECORDS[1])))
    for place in places:
        if place != name and Path(place).is_file() and _is_record(place):
            return place
    raise InputError(
        f"there is no record of changes beside {name}; make one: "
        f"restore fix INPUT -o {name} --changes {places[1]}"
    )


def _is_record(name: str) -> bool:
    return files.read_bytes(name).startswith(b'{"record": "document"')


def _reviews(name: str, record: str, stack: ExitStack) -> list[Review]:
    """The documents of a record, those of one text if it is named, with their decisions."""
    from restore.formats import jsonl
    from restore.reviews.decisions import Decisions, beside
    from restore.reviews.review import Review

    try:
        entries = list(jsonl.read_changes(files.read(record)))
    except ValueError as error:
        raise InputError(f"{record}: {error}") from None
    stores: dict[Path, Decisions] = {}
    found: list[Review] = []
    outputs = [_output(entry, record) for entry in entries]
    for at, (entry, output) in enumerate(zip(entries, outputs, strict=True)):
        of_name = len(entries) == 1 or Path(output).resolve() == Path(name).resolve()
        if name != record and not of_name:
            continue
        path = beside(output if name == record else name, record)
        assert path is not None  # a record is a file
        if path not in stores:
            if not path.parent.is_dir():
                raise InputError(f"{path.parent} is not there, where decisions would be kept")
            stores[path] = Decisions(path)
            stack.callback(stores[path].close)
        found.append(Review(entry, stores[path], outputs[:at].count(output)))
    if not found:
        raise InputError(f"{record} is the record of other texts: {', '.join(outputs)}")
    return found


def _output(entry: Recorded, record: str) -> str:
    return STREAM if entry.output is None else str(Path(record).parent / entry.output)


def _images(page: str | None, source: str, record: str, stack: ExitStack) -> Images | None:
    """The pages of the file that is named, or of what was read if it is still there."""
    places = [source, str(Path(record).parent / source)] if page is None else [page]
    for place in places:
        if page is not None or (place != STREAM and Path(place).exists()):
            try:
                images = images_in(place)
            except ValueError as error:
                raise InputError(f"{place} cannot be shown: {error}") from None
            if images:
                stack.callback(images.close)
                return images
    if page is not None:
        raise InputError(f"{page} is no PDF, image or folder of images; give what the text is from")
    return None
