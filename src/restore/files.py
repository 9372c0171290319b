"""Files and streams of the command line: read whole, written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

STREAM = "-"
PDF = b"%PDF-"
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})
START = 1024  # bytes in which a PDF has to begin: ISO 32000-1, annex H, note 13
MAGIC = {
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"\x1f\x8b": "compressed with gzip",
    b"{\\rtf": "an RTF document",
}
LONGEST_PREFIX = 200  # bytes; of the 255 of a name some are left to tell files apart
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class InputError(Exception):
    """What is wrong with an input, and what would do, in one line."""


def read(name: str) -> str:
    """The text of a file, or of standard input for ``-``. Raises InputError if it is not text."""
    return decoded(read_bytes(name), spoken(name))


def read_bytes(name: str) -> bytes:
    """What is in a file, or in standard input for ``-``. Raises InputError if it cannot be had."""
    if name == STREAM:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {name}") from None
    except IsADirectoryError:
        raise InputError(f"{name} is a folder; name the files in it, as {name}/*.txt") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from None


def images(name: str) -> list[str]:
    """The images of pages in a folder: 2.png before 10.png. Raises InputError if there are none."""
    try:
        found = [path for path in Path(name).iterdir() if path.suffix.lower() in IMAGES]
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from None
    if not found:
        raise InputError(
            f"{name} is a folder without images of pages; name the files in it, as {name}/*.txt"
        )
    return [str(path) for path in sorted(found, key=_natural)]


def _natural(path: Path) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"(\d+)", path.name.lower())
    ]


def is_pdf(data: bytes) -> bool:
    """Whether what was read is a PDF, by how it begins."""
    return PDF in data[:START] and not data.lstrip()[:1].isalpha()


def spoken(name: str) -> str:
    """What messages call an input."""
    return "standard input" if name == STREAM else name


def decoded(data: bytes, name: str) -> str:
    """The text in ``data``. Raises InputError if it is empty, binary or not UTF-8."""
    if not data.strip():
        raise InputError(f"{name} is empty; give a file with text")
    if data.startswith(PDF):
        raise InputError(f"{name} is a PDF, not text")
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"{name} is {kind}, not text; extract its text first and give that")
    if data.startswith(UTF_16):
        raise InputError(f"{name} is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 {name}")
    if b"\0" in data:
        raise InputError(f"{name} is a binary file, not text; give a file of UTF-8 text")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name} is not UTF-8 (byte {error.start}, line {line}); if it is Windows Hebrew, "
            f"convert it first: iconv -f WINDOWS-1255 -t UTF-8 {name}"
        ) from None


def write(name: str, content: str | bytes) -> None:
    """Write a text, or bytes, to a file, or to standard output for ``-``.

    A file is there whole or not at all: it is written beside its place and then moved to it.
    Raises InputError if it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    if name == STREAM:
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # Python would try again when it ends, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise InputError(f"standard output cannot be written: {error.strerror}") from None
        return
    path = Path(name)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe cannot be moved to
            return
        replace(path, data)
    except OSError as error:
        raise InputError(f"{name} cannot be written: {error.strerror}") from None


def replace(path: Path, data: bytes, folder: Path | None = None) -> None:
    """Write a file so that it is there whole or not at all, as ``replacing`` does."""
    with replacing(path, folder) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, folder: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write to, which is then there whole or not at all. Raises OSError if it cannot be.

    It is written beside its place, or in a ``folder`` of the same file system, and then moved.
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    # Of a long name the start will do, for there is a longest that a file may have.
    prefix = os.fsdecode(os.fsencode(f".{target.name}")[:LONGEST_PREFIX]) + "."
    handle, temporary = tempfile.mkstemp(prefix=prefix, dir=folder or target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
        _keep(target.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _keep(folder: Path) -> None:
    """See to it that the names in a folder outlast a power cut, where the system has a way to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
