"""One file of a batch: read, mended and written, and what is told of it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from restore import __version__
from restore.batches import storage
from restore.commands.input import config_of, document_in, layers
from restore.commands.quotes import all_quotes, own_libraries
from restore.files import InputError
from restore.model import Layer
from restore.scans.tesseract import MissingError

if TYPE_CHECKING:
    from restore.change import Finding
    from restore.model import Document
    from restore.pipeline import Restored
    from restore.works.quotes import Quotes

TEXTS, CHANGES = "text", "changes"

# What can come of a file.
SOUND, DAMAGED, MENDED = "sound", "damaged", "mended"
UNREADABLE, FAILED = "unreadable", "failed"
TOO_LARGE, TOO_LONG, CRASHED = "too large", "too long", "crashed"
SAME = "the same"  # as it was when it was last read; not reported
LIMITED = frozenset({TOO_LARGE, TOO_LONG, CRASHED})
FAILURES = LIMITED | {UNREADABLE, FAILED}


# What is asked of a restoration if nothing else is.
DEFAULTS: dict[str, Any] = {
    "language": None,
    "confidence": 0.9,
    "only": (),
    "skip": (),
    "refuse": (),
    "quotes": True,
    "ocr_text": False,
    "quality": "normal",
    "ocr": "auto",
    "tessdata_dir": None,
    "cache": True,
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of all files: the options of a restoration, and what is written where.

    Nothing is written without an ``output``, and of a ``check`` no text is.
    """

    asked: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    output: str = ""
    check: bool = False
    keep_lines: bool = False

    def key(self) -> str:
        """What a result depends on besides its file: version, options and libraries of quotes."""
        own = [library.data() for library in own_libraries()] if self.asked["quotes"] else []
        libraries = [sha256(data).hexdigest() for data in own]
        told = {**asdict(self), "output": "", "version": __version__, "libraries": libraries}
        told["asked"].pop("cache", None)  # another way to the same text
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Job(NamedTuple):
    """A file to mend: its name below the output, its path, and the name of its text.

    ``known`` is the hash of what was mended under that name before, if it still holds.
    """

    name: str
    path: str
    text: str
    known: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a file.

    ``damage`` is the share of its lines, or of the pages of a PDF if that is more, that are
    damaged; ``damages`` counts them by name, ``layers`` pages of a PDF by their text layer.
    ``changes`` and ``doubts`` are those of the text, not of the layout; ``confidence`` is the mean
    one of these changes; ``seconds`` were spent on it. ``text`` and ``record`` name what was
    written below the output.
    """

    name: str
    path: str
    outcome: str
    error: str = ""
    sha256: str = ""
    stamp: str = ""
    bytes: int = 0
    language: str = ""
    pages: int = 0
    layers: dict[str, int] = field(default_factory=dict)
    damage: float = 0.0
    damages: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    doubts: int = 0
    confidence: float | None = None
    seconds: float = 0.0
    text: str = ""
    record: str = ""


def result(job: Job, work: Work) -> Result:
    """Mend a file, write what is asked for, and tell what came of it.

    Raises NoRoomError if nothing more can be written.
    """
    start = time.perf_counter()
    told = Result(job.name, job.path, FAILED)
    try:
        content = storage.read(job.path)
        hashed = sha256(content.data).hexdigest()
        told = replace(told, sha256=hashed, stamp=content.stamp, bytes=len(content.data))
        if hashed == job.known:
            return replace(told, outcome=SAME)
        # The name below the output: the same records come out wherever the inputs are.
        mended = restored(content.data, storage.shown(job.name), work)
        told = replace(told, **_counted(mended, work))
        told = replace(told, **_written(mended, job, work))
    except (InputError, MissingError) as error:
        told = replace(told, outcome=UNREADABLE, error=str(error))
    except MemoryError:
        told = replace(told, outcome=TOO_LARGE, error="it takes more memory than a file may")
    except (storage.NoRoomError, ImportError):
        raise
    except Exception as error:  # whatever a file provokes is an outcome of that file alone
        told = replace(told, outcome=FAILED, error=f"{type(error).__name__}: {error}")
    seconds = round(time.perf_counter() - start, 4)
    return replace(told, error=storage.shown(told.error), seconds=seconds)


def restored(data: bytes, name: str, work: Work) -> Restored:
    """Mend what was read. Raises InputError if it is neither a text nor a PDF."""
    from restore.pipeline import restore

    asked = {**work.asked, "quiet": True, "verbose": False, "jobs": 1}
    document = document_in(data, name, asked)
    config = replace(config_of(asked), language=document.language)
    # With quotes of its own, a text is read without what is remembered of those before it.
    return restore(document, config, quotes=_quotes() if config.quotes else None)


@cache
def _quotes() -> Quotes:
    return all_quotes()


def _counted(restored: Restored, work: Work) -> dict[str, Any]:
    """What there is to tell of a restoration."""
    from restore.damage import LAYOUT

    made = [c.finding for c in restored.changes if c.finding.damage not in LAYOUT]
    doubts = sum(doubt.damage not in LAYOUT for doubt in restored.doubts)
    pages = Counter(str(layer["layer"]) for layer in layers(restored.original))
    damage = _damage(restored.original, made, pages)
    damaged = DAMAGED if work.check or not made else MENDED
    return {
        "outcome": damaged if damage else SOUND,
        "language": restored.document.language,
        "pages": len(restored.document.pages),
        "layers": dict(sorted(pages.items())),
        "damage": damage,
        "damages": dict(sorted(Counter(finding.damage for finding in made).items())),
        "changes": len(made),
        "doubts": doubts,
        "confidence": round(sum(f.confidence for f in made) / len(made), 6) if made else None,
    }


def _damage(document: Document, made: Sequence[Finding], pages: Counter[str]) -> float:
    lines = sum(bool(line.text.strip()) for page in document.pages for line in page.lines)
    of_lines = len({finding.place for finding in made}) / max(lines, 1)
    of_pages = (pages.total() - pages[Layer.SOUND.value]) / max(pages.total(), 1)
    return round(min(max(of_lines, of_pages), 1.0), 6)


def _written(restored: Restored, job: Job, work: Work) -> dict[str, Any]:
    """Write the text and the record of its changes; their names below the output."""
    from restore.formats import jsonl

    if not work.output or work.check:
        return {}
    unfinished = f"{work.output}/{storage.UNFINISHED}"
    text = restored.page_text if work.keep_lines else restored.text
    name = job.text.removesuffix(".txt")
    written = {"text": f"{TEXTS}/{storage.fitted(name, '.txt')}"}
    if restored.changes:
        record = jsonl.write_changes(
            restored.document, restored.original, restored.changes, restored.doubts
        )
        written["record"] = f"{CHANGES}/{storage.fitted(name, '.jsonl')}"
        storage.write(work.output, written["record"], record.encode(), unfinished)
    storage.write(work.output, written["text"], text.encode(), unfinished)
    return written
