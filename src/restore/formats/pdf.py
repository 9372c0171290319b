"""PDF: its pages, each line in the order in which the page shows that it is read.

A file may be made to exhaust its reader, or to break it. So the pages are read in a process of
their own: one that takes too long, or too much memory, is given up, and the others come out.
"""

from __future__ import annotations

import multiprocessing as mp
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from restore.geometry.pdf_pages import Begun, pages
from restore.model import Document, Page, Source

SCRIPTS = {"he": ("\u0590", "\u05ff"), "und": ("\u0600", "\u06ff")}
PATIENCE = 20.0  # seconds for a page; the slowest of books take under one
LEAST_PATIENCE = 2.0  # seconds, after pages that took too long
FAILURES = 20  # pages after which the rest of a document is given up; a guess
MEMORY = 2 << 30  # bytes more than before that the reading may take; the largest pages take .3

TOO_LONG = "it takes more than {:.0f} seconds to read"
FAILED = "PDFium fails on it, or it takes too much memory"
GIVEN_UP = "it was not tried after {} others that could not be read"

Message = Begun | Page | ValueError | None


def read(
    data: bytes,
    name: str = "-",
    language: str | None = None,
    progress: Callable[[float], object] = lambda share: None,
) -> Document:
    """The document in a PDF.

    Its ``language`` is Hebrew (``he``) or any other (``und``), by its script, if none is given.
    ``progress`` is told the share of the pages that are read. Raises ValueError, with what would
    do, if the file cannot be opened; a page that cannot be read has a remark and no text.
    """
    found: list[Page] = []
    unreadable: dict[int, str] = {}
    patience = PATIENCE
    while True:
        begun = _read_some(data, name, found, unreadable, patience, progress)
        if begun is None:
            break
        unreadable[begun.number] = unreadable.get(begun.number) or FAILED
        patience = LEAST_PATIENCE
        if len(unreadable) >= FAILURES:
            rest = range(begun.number + 1, begun.count)
            unreadable |= dict.fromkeys(rest, GIVEN_UP.format(len(unreadable)))
    return Document(tuple(found), language or _language(found), Source(name))


def _read_some(
    data: bytes,
    name: str,
    found: list[Page],
    unreadable: dict[int, str],
    patience: float,
    progress: Callable[[float], object],
) -> Begun | None:
    """Add pages to those ``found``, and give the one at which the reading ended before its time."""
    begun: Begun | None = None
    for message in _messages(data, len(found), unreadable, patience):
        if isinstance(message, ValueError):
            raise ValueError(f"{name} {message}") from None
        if isinstance(message, Begun):
            begun = message
            progress(begun.number / begun.count)
        elif isinstance(message, Page):
            found.append(message)
        else:
            return None
    if begun is None:
        raise ValueError(f"{name} makes PDFium fail; give another copy of it")
    return begun


def _messages(
    data: bytes, start: int, unreadable: dict[int, str], patience: float
) -> Iterator[Message]:
    """What the process says that reads the pages; None at its end, if it came to it."""
    context = mp.get_context("fork" if "fork" in mp.get_all_start_methods() else None)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(sender, data, start, unreadable), daemon=True)
    process.start()
    sender.close()
    number = start
    try:
        while True:
            if not receiver.poll(patience):
                unreadable[number] = TOO_LONG.format(patience)
                return
            message: Message = receiver.recv()
            number = message.number if isinstance(message, Begun) else number
            yield message
            if message is None:
                return
    except EOFError:
        return
    finally:
        process.kill()
        process.join()
        receiver.close()


def _tell(sender: Connection, data: bytes, start: int, unreadable: dict[int, str]) -> None:
    """Send the pages, and what is wrong with the file if it cannot be opened."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    try:
        for message in pages(data, start, unreadable):
            sender.send(message)
        sender.send(None)
    except ValueError as error:
        sender.send(error)
    except (MemoryError, BrokenPipeError):
        sender.close()


def limit_memory() -> None:
    """Let this process take no more memory than it may, where the system can see to that."""
    try:
        import resource
    except ImportError:
        return  # not on Windows
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    _, allowed = resource.getrlimit(resource.RLIMIT_DATA)
    most = used + MEMORY
    if allowed != resource.RLIM_INFINITY:
        most = min(most, allowed)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _language(found: list[Page]) -> str:
    """The language of a document by its script: Hebrew, or one that nothing is known of."""
    counts = dict.fromkeys(SCRIPTS, 0)
    for page in found:
        for code, (first, last) in SCRIPTS.items():
            counts[code] += sum(first <= character <= last for character in page.text)
    return max(counts, key=lambda code: counts[code])
