"""The command line of quotes: ``restore quotes find``, ``list``, ``add`` and ``remove``.

Libraries of the user's own are files ``NAME.quotes`` in the user's data folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from restore import files
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.works.library import Library, Section
    from restore.works.quotes import Quotes

NAME = re.compile(r"[\w][\w.-]*")
TRANSLATION = "English"  # Sefaria's folder of translations, beside that of the Hebrew text
LIKELY = -4.0  # nats: works that are added are quoted less often than verses; a guess
MERGED = "merged"  # Sefaria's file of all versions of a work; the others then say nothing new


def folder() -> Path:
    """Where the libraries of the user are."""
    from platformdirs import user_data_path

    return user_data_path("rtl-restore", appauthor=False) / "quotes"


def own_libraries() -> list[Library]:
    """The libraries of the user. Raises InputError if one of them is damaged."""
    from restore.works.library import SUFFIX, Library

    try:
        return [Library.read(path) for path in sorted(folder().glob(f"*{SUFFIX}"))]
    except ValueError as error:
        raise InputError(str(error)) from None


def all_quotes() -> Quotes:
    """The quotes of the built-in library and of those of the user."""
    from restore.works.library import BUILT_IN, Library
    from restore.works.quotes import Quotes

    return Quotes([Library.read(BUILT_IN), *own_libraries()])


@cache
def known_quotes() -> Quotes | None:
    """All quotes, read once; nothing if there are only those that are built in."""
    return all_quotes() if any(folder().glob("*.quotes")) else None


@click.group()
def quotes() -> None:
    """Find quotes of known works, and add works to know."""


@quotes.command()
@click.argument("name", metavar="FILE", default=STREAM)
@click.option("--json", "as_json", is_flag=True, help="A JSON object with all quotes.")
def find(name: str, as_json: bool) -> None:
    """List the quotes in FILE: where, from which place, and how exact."""
    told = _told(files.read(name))
    if as_json:
        click.echo(json.dumps({"source": name, "quotes": list(told)}, ensure_ascii=False))
        return
    for facts in told:
        exact = "exact" if facts["exactness"] == 1 else f"{facts['exactness']:.2f} of the words"
        click.echo(f"{name}:{facts['line']}: {facts['place']} ({exact}): {facts['text']}")


def _told(text: str) -> Iterator[dict[str, Any]]:
    """The quotes in a text, with the line and the characters at which they stand."""
    from restore.works.fingerprints import Units

    units = Units(text)
    line, stop = 1, 0
    for quote in all_quotes().find(units):
        start = int(units.spans[quote.start, 0])
        line += text.count("\n", stop, start)
        stop = int(units.spans[quote.stop - 1, 1])
        yield {
            "line": line,
            "start": start,
            "stop": stop,
            "place": quote.place,
            "library": quote.library,
            "exactness": round(quote.exactness, 3),
            "log_odds": round(quote.log_odds, 2),
            "text": " ".join(text[start:stop].split()),
        }
        line += text.count("\n", start, stop)


@quotes.command(name="list")
def list_libraries() -> None:
    """List the libraries and how many works and words each has."""
    from restore.works.library import BUILT_IN, Library

    for library in (Library.read(BUILT_IN), *own_libraries()):
        click.echo(f"{library.name}: {len(library.works)} works, {len(library.codes)} words")


@quotes.command()
@click.argument("name")
@click.argument("sources", nargs=-1, required=True, metavar="DIR|FILE…")
def add(name: str, sources: tuple[str, ...]) -> None:
    """Make a library NAME of works: .txt, Sefaria exports (.json, .txt), TEI and OSIS (.xml).

    Only fingerprints of the words are kept, and no text. A library of that name is replaced.
    """
    from restore.works.library import SUFFIX, library

    if not NAME.fullmatch(name) or name == "built-in":
        raise InputError(f"{name!r} cannot name a library; give letters, digits, - and _")
    paths = [path for source in sources for path in _works(Path(source))]
    try:
        works = (section for path in paths for section in _sections(path))
        made = library(name, (section._replace(likely=LIKELY) for section in works))
        own = folder()
        own.mkdir(parents=True, exist_ok=True)
        files.replace(own / f"{name}{SUFFIX}", made.data())
    except ValueError as error:
        raise InputError(str(error)) from None
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}") from None
    click.echo(f"{name}: {len(made.works)} works, {len(made.codes)} words")


def _works(source: Path) -> list[Path]:
    """The files of works in a folder and all below it.

    Of a Sefaria export these are the Hebrew texts, of several versions the merged one.
    """
    from restore.works.reference import READERS

    if not source.is_dir():
        return [source]
    paths = sorted(
        path
        for path in source.rglob("*")
        if path.suffix[1:].lower() in READERS and path.parent.name != TRANSLATION and path.is_file()
    )
    if not paths:
        raise InputError(f"there is no work in {source}; give .{', .'.join(READERS)}")
    whole = {path.parent for path in paths if path.stem == MERGED}
    return [path for path in paths if path.parent not in whole or path.stem == MERGED]


def _sections(path: Path) -> list[Section]:
    from restore.works.reference import sections

    # A file of Sefaria's is called after its version, its folders after work and language.
    name = path.name if path.stem != MERGED else path.parents[1].name + path.suffix
    return sections(name, files.read(str(path)))


@quotes.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget the library NAME."""
    from restore.works.library import SUFFIX

    path = folder() / f"{name}{SUFFIX}"
    known = [path.stem for path in sorted(folder().glob(f"*{SUFFIX}"))]
    if name not in known:
        raise InputError(f"no library '{name}'; there is {', '.join(known) or 'none of your own'}")
    try:
        path.unlink()
    except OSError as error:
        raise InputError(f"{path} cannot be removed: {error.strerror}") from None
