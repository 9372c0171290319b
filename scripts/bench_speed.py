"""How fast texts are read and how much memory that takes, beside other tools, on one core.

Every tool gets the same text in the same process, one after the other, each in whole calls: the
text goes in and the mended text comes out. A call of less than ``LEAST`` seconds is made again.
Every tool reads a short text first, so that data is opened that it opens once. The time is that of
the processor, and the process is kept on one core.
"""

from __future__ import annotations

import importlib
import json
import lzma
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from scoring import table

from restore import restore_text

ROOT = Path(__file__).resolve().parent.parent
SPEED_BYTES = 300_000
LEAST = 1.0  # seconds that a tool is measured for
WIDTH = 60  # characters of a line of sound text
BLOCK = 20_000  # bytes from one paragraph on, and as many left out, so that many works are read
GROWTH = (0.1, 0.3, 1.0)  # MB
MEGABYTE = 1e6
CORPORA = ("he-rabbinic", "he-modern")
SHORT = "בנה את  הבית הזה ."

Tool = Callable[[str], object]


def measure(shared: Path, growth: tuple[float, ...]) -> dict[str, object]:
    """Print how fast each tool is, and how time and memory of restore grow; give the figures."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    speeds = side_by_side({"sound": sound(shared), "damaged": damaged(shared)})
    print("\nTime and memory of restore fix, by the size of a sound text.\n")
    rows = [grown(shared, size) for size in growth]
    heads = ("MB", "seconds", "MB/s", "peak MB")
    table(heads, [[f"{value:.3g}" for value in row] for row in rows])
    return {"speed": speeds, "growth": rows}


def side_by_side(texts: dict[str, str]) -> list[tuple[str, str, float, float]]:
    """Print and give for each text and tool: megabytes a second, and how often restore's time."""
    found = []
    for name, text in texts.items():
        size = len(text.encode()) / MEGABYTE
        own = 0.0
        for tool, call in tools():
            call(SHORT)
            seconds = seconds_of(call, text)
            own = own or seconds
            found.append((f"{name}, {size:.2f} MB", tool, size / seconds, own / seconds))
    rows = [[name, tool, f"{rate:.3g}", f"{times:.3g}"] for name, tool, rate, times in found]
    table(("text", "tool", "MB/s", "times as fast as restore"), rows)
    return found


def tools() -> Iterator[tuple[str, Tool]]:
    """Give restore and the tools beside it that are installed; a line for each that is not."""
    yield "restore", lambda text: restore_text(text).page_text
    for name, function in (("ftfy", "fix_text"), ("harfix", "repair_text"), ("arafix", "fix")):
        try:
            yield name, getattr(importlib.import_module(name), function)
        except ImportError:
            print(f"{name} is not installed (pip install 'rtl-restore[bench]')", file=sys.stderr)


def seconds_of(call: Tool, text: str) -> float:
    """Seconds of the processor that a call takes, the mean of as many as it takes to tell."""
    start, calls = time.process_time(), 0
    while not calls or time.process_time() - start < LEAST:
        call(text)
        calls += 1
    return (time.process_time() - start) / calls


def sound(shared: Path, size: int = SPEED_BYTES) -> str:
    """Lines of sound running text; those of the samples over and over where there are no others."""
    folder = shared / "data" / "corpus"
    if not folder.is_dir():
        return repeated("*.true.txt", size)
    lines: list[str] = []
    got = 0
    with ExitStack() as stack:
        paths = [folder / f"{name}.txt.xz" for name in CORPORA]
        files = [stack.enter_context(lzma.open(path, "rt", encoding="utf-8")) for path in paths]
        while got < size:
            for line in chain.from_iterable(map(some, files)):
                lines.append(line)
                got += len(line.encode()) + 1
    return cut("\n".join(lines), size)


def some(paragraphs: Iterator[str]) -> Iterator[str]:
    """The next ``BLOCK`` of paragraphs in lines of a page; another such block is left out."""
    read = 0
    for paragraph in paragraphs:
        # What has spaces before its stops was cut into tokens for study, and is no text.
        if paragraph.startswith("# ") or " ." in paragraph or " ," in paragraph:
            continue
        read += len(paragraph.encode())
        if read < BLOCK:
            yield from textwrap.wrap(paragraph.strip(), WIDTH)
        elif read > 2 * BLOCK:
            return


def damaged(shared: Path, size: int = SPEED_BYTES) -> str:
    """Extractions by Tika and PDFBox; those of the samples where there are no others."""
    texts = []
    for path in sorted((shared / "bench" / "text").glob("*/meta.json")):
        facts = json.loads(path.read_bytes())
        wanted = facts["language"] == "he" and facts["extractor_id"] in ("tika", "pdfbox")
        if wanted and "OK" not in facts["damage"]:
            texts.append(path.with_name("raw.txt").read_bytes().decode().rstrip("\f") + "\f")
    return cut("".join(texts), size) if texts else repeated("*.tika.raw.txt", size)


def repeated(pattern: str, size: int) -> str:
    """The samples over and over, which what remembers its lines reads faster than other text."""
    texts = [path.read_bytes().decode() for path in sorted((ROOT / "samples").glob(pattern))]
    text = "\f".join(texts) + "\f"
    return cut(text * (size // len(text.encode()) + 1), size)


def cut(text: str, size: int) -> str:
    """The whole lines of at most so many bytes of a text."""
    return text.encode()[:size].rpartition(b"\n")[0].decode() + "\n"


def grown(shared: Path, size: float) -> tuple[float, float, float, float]:
    """Size, seconds, megabytes a second and peak memory of ``restore fix`` on a sound text."""
    with TemporaryDirectory() as folder:
        text = Path(folder, "sound.txt")
        text.write_text(sound(shared, int(size * MEGABYTE)), encoding="utf-8")
        command = [sys.executable, __file__, str(text), str(Path(folder, "clean.txt"))]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split())
    return size, seconds, size / seconds, peak


def alone(text: str, output: str) -> None:
    """Print the seconds that a file takes and the peak memory of this process in MB."""
    from restore.cli import restore

    start = time.process_time()
    restore.main(["fix", text, "-o", output], standalone_mode=False)
    seconds = time.process_time() - start
    # Not what getrusage says: that begins with the memory of the process that started this one.
    status = Path("/proc/self/status").read_text()
    print(seconds, int(status.partition("VmHWM:")[2].split()[0]) / 1024)


if __name__ == "__main__":
    alone(*sys.argv[1:])
