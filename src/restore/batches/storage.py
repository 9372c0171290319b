"""Files of a batch, on this machine or at URLs that fsspec knows: found, read and written whole.

A path is text as Python has it for names that are not UTF-8 (PEP 383); a URL has ``://`` in it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import unquote
from uuid import uuid4

from restore import files
from restore.files import InputError

TEXTS, CHANGES, REPORTS = "text", "changes", "reports"  # folders of an output
UNFINISHED = ".batch/unfinished"  # where files of an output are until they are whole
LOCAL = "file://"
# What is stored there is there whole or not at all, and moving it would be a copy.
OBJECT_STORES = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "r2", "memory"}
)
READ_ONLY = frozenset({"http", "https", "zip", "tar", "github", "git", "data", "libarchive"})
# What fsspec needs for a protocol, to be installed by its name.
BACKENDS = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "http": "aiohttp",
    "https": "aiohttp",
}
# Nothing more can be written, whatever the file.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
LONGEST = 255  # bytes of a name, in most file systems
TRIES = 3  # of reading a file that changes


class NoRoomError(Exception):
    """Nothing more can be written, in one line."""


class Content(NamedTuple):
    """What is in a file, and how its state is told: by its size and the time of its last change."""

    data: bytes
    stamp: str


def is_url(path: str) -> bool:
    """Whether fsspec has to be asked for a path."""
    return "://" in path


def on_this_machine(path: str) -> str:
    """The path that a ``file://`` URL names; any other path as it is."""
    if path.startswith(LOCAL) and "::" not in path:
        return unquote(path.removeprefix(LOCAL))
    return path


def shown(path: str) -> str:
    r"""A path as text that can be encoded; bytes that are not UTF-8 as they are escaped in C.

    >>> shown("caf\udce9")
    'caf\\xe9'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def fitted(path: str, ending: str) -> str:
    """A path with an ending, its name cut if it would be too long, with a hash to tell it apart.

    >>> fitted("a/b", ".txt"), len(fitted("a/" + "b" * 300, ".txt"))
    ('a/b.txt', 257)
    """
    folder, slash, name = path.rpartition("/")
    whole = os.fsencode(name)
    if len(whole) + len(ending) > LONGEST:
        end = f"~{sha256(whole).hexdigest()[:16]}{ending}".encode()
        return folder + slash + os.fsdecode(whole[: LONGEST - len(end)] + end)
    return path + ending


def stamp(status: os.stat_result) -> str:
    """How the state of a file is told."""
    return f"{status.st_size} {status.st_mtime_ns}"


def url_stamp(facts: dict[str, Any]) -> str:
    """How the state of a file is told by what fsspec knows of it."""
    changed = next(
        (
            str(facts[key])
            for key in ("ETag", "etag", "mtime", "LastModified", "last_modified", "CRC")
            if facts.get(key)
        ),
        "",
    )
    return f"{facts.get('size')} {changed}"


@lru_cache(maxsize=64)
def _system(root: str) -> Any:
    from fsspec.core import url_to_fs

    try:
        return url_to_fs(root)[0]
    except ImportError:
        protocol = root.partition("://")[0]
        raise ImportError(name=BACKENDS.get(protocol, f"fsspec[{protocol}]")) from None
    except (ValueError, OSError) as error:
        raise InputError(f"{root} cannot be opened: {_told(error)}") from None


def system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. Raises InputError if there is none.

    Raises ImportError if what fsspec needs for it is not installed.
    """
    first, chain, rest = url.partition("::")
    protocol, _, path = first.partition("://")
    found = _system(f"{protocol}://{chain}{rest}" if chain else _bucket(protocol, path))
    return found, str(found._strip_protocol(first))


def _bucket(protocol: str, path: str) -> str:
    """What all files of one bucket, host or archive have in common."""
    return f"{protocol}://{path.split('/', 1)[0]}"


def read(path: str) -> Content:
    """What is in a file. Raises InputError if it cannot be read, or changes all the time."""
    if is_url(path):
        return _read_url(path)
    for _ in range(TRIES):
        try:
            with Path(path).open("rb") as file:
                before = stamp(os.fstat(file.fileno()))
                data = file.read()
                after = stamp(os.fstat(file.fileno()))
        except IsADirectoryError:
            raise InputError(f"{path} is a folder that cannot be read") from None
        except OSError:
            files.read_bytes(path)  # says what is wrong with it
            continue
        if before == after and len(data) == int(after.split()[0]):
            return Content(data, after)
    raise InputError(f"{path} changes while it is read; mend it when it is whole")


def _read_url(url: str) -> Content:
    found, path = system(url)
    for _ in range(TRIES):
        try:
            before = url_stamp(found.info(path))
            data = found.cat_file(path)
            found.invalidate_cache()
            after = url_stamp(found.info(path))
        except FileNotFoundError:
            raise InputError(f"there is no file {url}") from None
        except OSError as error:
            raise InputError(f"{url} cannot be read: {_told(error)}") from None
        if before == after:
            return Content(data, after)
    raise InputError(f"{url} changes while it is read; mend it when it is whole")


def write(root: str, name: str, data: bytes, unfinished: str) -> None:
    """Write a file below ``root`` so that it is there whole or not at all.

    Until then it is in the folder ``unfinished``. Raises NoRoomError if nothing more can be
    written, and OSError if this file cannot be.
    """
    with _room(root):
        if is_url(root):
            with _place(root, name) as (there, path):
                there.pipe_file(path, data)
            return
        target = Path(root, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        files.replace(target, data, Path(unfinished))


@contextmanager
def writing(root: str, name: str, unfinished: str) -> Iterator[IO[bytes]]:
    """A file to write to, which is then below ``root``, whole or not at all.

    Until then it is in the folder ``unfinished``, which is of this machine. Raises what ``write``
    raises.
    """
    with _room(root):
        if not is_url(root):
            with files.replacing(Path(root, name), Path(unfinished)) as file:
                yield file
            return
        with NamedTemporaryFile(dir=unfinished) as file:
            yield file
            file.flush()
            with _place(root, name) as (there, path):
                there.put_file(file.name, path)


@contextmanager
def _room(root: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomError(f"{root} cannot be written: {error.strerror}") from None
        raise


@contextmanager
def _place(root: str, name: str) -> Iterator[tuple[Any, str]]:
    """A file system and the path in it at which to write a file that is then moved to its place."""
    there, path = system(f"{root.rstrip('/')}/{name}")
    if root.partition("://")[0] in OBJECT_STORES:
        yield there, path
        return
    parent, _, last = path.rpartition("/")
    there.makedirs(parent, exist_ok=True)
    temporary = f"{parent}/.{last[:100]}.{uuid4().hex[:8]}"
    try:
        yield there, temporary
        there.mv(temporary, path)
    except BaseException:
        if there.exists(temporary):
            there.rm_file(temporary)
        raise


def _told(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
