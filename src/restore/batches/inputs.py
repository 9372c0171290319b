"""What a batch reads: the files in folders, of patterns and at URLs, one after the other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from restore.batches.storage import is_url, on_this_machine, stamp, system, url_stamp
from restore.files import InputError

MAGIC = re.compile(r"[*?\[]")
WILD = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)


class Found(NamedTuple):
    """A file: its name below the output, its path, its size in bytes and how its state is told."""

    name: str
    path: str
    size: int
    stamp: str


def found(inputs: Sequence[str], output: str) -> Iterator[Found]:
    """The files that some inputs name, but for those in ``output``.

    Of several inputs each has a folder of its own. Raises InputError if one is not there.
    """
    taken: dict[str, str] = {}
    for name in map(on_this_machine, inputs):
        below, its = _listed(name, output)
        below = below + "/" if below and len(inputs) > 1 else ""
        first = next(its, None)
        if first is None:
            continue
        alike = below or first.name
        if taken.setdefault(alike, name) != name:
            raise InputError(
                f"{taken[alike]} and {name} would have one name in the output; "
                "name the folder above them, or mend them one after the other"
            )
        if below:
            its = (file._replace(name=below + file.name) for file in chain([first], its))
        else:
            yield first
        yield from its


def _listed(name: str, output: str) -> tuple[str, Iterator[Found]]:
    """What an input is called, if it is more than one file, and its files."""
    if is_url(name):
        return _at_url(name)
    path = Path(name)
    if path.is_dir():
        own = path.resolve()
        if own == Path(output).resolve():
            raise InputError(f"{name} is the input and the output; name another folder to write to")
        return own.name, _below(own, _identity(output))
    if path.exists() or path.is_symlink():
        if path.exists() and not path.is_file():
            raise InputError(f"{name} is no file and no folder; a batch reads files that stay")
        return "", iter([_file(path.name, str(path.absolute()))])
    if not MAGIC.search(name):
        raise InputError(f"there is no file or folder {name}")
    plain, pattern = _parted(name)
    folder = Path(plain or ".")
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}, where {name} would be")
    matching = re.compile(translated(pattern))
    below = _below(folder.resolve(), _identity(output))
    return folder.resolve().name, (file for file in below if matching.fullmatch(file.name))


def _parted(pattern: str) -> tuple[str, str]:
    """The folder that a pattern begins with, and the rest.

    >>> _parted("books/2020/*/**/*.pdf"), _parted("*.txt")
    (('books/2020', '*/**/*.pdf'), ('', '*.txt'))
    """
    parts = pattern.split("/")
    first = next(at for at, part in enumerate(parts) if MAGIC.search(part))
    plain = "/".join(parts[:first]) or ("/" if first else "")
    return plain, "/".join(parts[first:])


def translated(pattern: str) -> str:
    """A regular expression for a pattern of paths, where ``**`` stands for any folders.

    >>> bool(re.fullmatch(translated("**/*.txt"), "a/b/c.txt"))
    True
    >>> bool(re.fullmatch(translated("*/*.txt"), "a/b/c.txt"))
    False
    """
    parts = pattern.split("/")
    told = "".join("(?:[^/]+/)*" if part == "**" else _segment(part) + "/" for part in parts[:-1])
    return told + ("(?:[^/]+/)*[^/]+" if parts[-1] == "**" else _segment(parts[-1]))


def _segment(pattern: str) -> str:
    return "(?s:" + WILD.sub(_wild, pattern) + ")"


def _wild(found: re.Match[str]) -> str:
    text = found.group()
    if text in ("*", "?"):
        return "[^/]" + "*" * (text == "*")
    if len(text) > 1:  # characters in brackets, of which ! says that it is none of them
        return "[" + text[1:-1].replace("!", "^", text[1] == "!").replace("\\", r"\\") + "]"
    return re.escape(text)


def _identity(path: str) -> tuple[int, int] | None:
    if is_url(path) or not Path(path).exists():
        return None
    status = Path(path).stat()
    return status.st_dev, status.st_ino


def _below(top: Path, leave_out: tuple[int, int] | None) -> Iterator[Found]:
    """All files of a folder and those below it that are not hidden.

    Each folder is read once, by the first of the names that links give it.
    """
    seen = {leave_out}
    folders = [(str(top), "")]
    while folders:
        folder, below = folders.pop()
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        inner: list[str] = []
        yield from _files(folder, below, inner)
        # Folders before links to folders, and each in the order of names.
        inner.sort(key=lambda name: (Path(folder, name).is_symlink(), name), reverse=True)
        folders += [(f"{folder}/{name}", f"{below}{name}/") for name in inner]


def _files(folder: str, below: str, inner: list[str]) -> Iterator[Found]:
    """The files in a folder; the names of the folders in it are put into ``inner``."""
    try:
        entries = os.scandir(folder)
    except OSError:
        # A folder that cannot be read is told as a file that cannot be.
        yield Found(below.rstrip("/"), folder, 0, "")
        return
    with entries:
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                continue
            try:
                if entry.is_dir():
                    inner.append(name)
                    continue
                status = entry.stat()  # which fails if a link leads nowhere
            except OSError:
                yield Found(below + name, entry.path, 0, "")
                continue
            if entry.is_file():
                yield Found(below + name, entry.path, status.st_size, stamp(status))


def _file(name: str, path: str) -> Found:
    try:
        status = Path(path).stat()
    except OSError:
        return Found(name, path, 0, "")
    return Found(name, path, status.st_size, stamp(status))


def _at_url(url: str) -> tuple[str, Iterator[Found]]:
    first, joint, rest = url.partition("::")
    protocol = first.partition("://")[0]
    there, path = system(url)
    there.invalidate_cache()  # what was there when another batch of this process asked
    pattern = None
    if MAGIC.search(path):
        path, pattern = _parted(path)
    if pattern is None and path and there.isfile(path):
        facts = there.info(path)
        name = path.rstrip("/").rpartition("/")[2]
        return "", iter([Found(name, url, facts.get("size") or 0, url_stamp(facts))])
    if path and not there.isdir(path):
        raise InputError(f"there is nothing at {url}")
    its = _walked(there, path, f"{protocol}://", joint + rest)
    if pattern is not None:
        matching = re.compile(translated(pattern))
        its = (file for file in its if matching.fullmatch(file.name))
    return path.strip("/").rpartition("/")[2] or Path(rest).stem, its


def _walked(there: Any, top: str, protocol: str, archive: str) -> Iterator[Found]:
    listing: Iterable[tuple[str, Any, dict[str, dict[str, Any]]]] = there.walk(top, detail=True)
    for folder, _, its in listing:
        for name, facts in its.items():
            full = f"{folder.rstrip('/')}/{name}"
            below = full[len(top) :].lstrip("/") if top else full.lstrip("/")
            if any(part.startswith(".") for part in below.split("/")):
                continue
            size = facts.get("size") or 0
            yield Found(below, f"{protocol}{full}{archive}", size, url_stamp(facts))
