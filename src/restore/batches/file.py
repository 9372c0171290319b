"""One file of a batch: read, mended and written, and what is told of it."""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, relpath
from typing import TYPE_CHECKING, Any, NamedTuple

from restore import __version__
from restore.batches import storage
from restore.batches.storage import CHANGES, REPORTS, TEXTS
from restore.commands.decisions import Heeded
from restore.commands.input import config_of, document_in, layers
from restore.commands.quotes import all_quotes, own_libraries
from restore.files import InputError
from restore.formats import image
from restore.model import Layer
from restore.reviews.decisions import ENDING, honoured, loaded
from restore.scans.tesseract import MissingError

if TYPE_CHECKING:
    from restore.change import Finding
    from restore.model import Document
    from restore.pipeline import Restored
    from restore.works.quotes import Quotes

TREE, TABLE = "txt", "parquet"  # what the texts become: a file each, or a table of all

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

    Nothing is written without an ``output``, and of a ``check`` no text is. ``to`` is ``TREE`` or
    ``TABLE``; with ``reports`` each damaged file has a page that shows what was found.
    """

    asked: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    output: str = ""
    check: bool = False
    keep_lines: bool = False
    to: str = TREE
    reports: bool = False

    def key(self) -> str:
        """What a result depends on besides its file: version, options and libraries of quotes."""
        own = [library.data() for library in own_libraries()] if self.asked["quotes"] else []
        libraries = [sha256(data).hexdigest() for data in own]
        told = {**asdict(self), "output": "", "version": __version__, "libraries": libraries}
        told["asked"].pop("cache", None)  # another way to the same text
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Job(NamedTuple):
    """A file to mend: its name below the output, its path, and the name of its text.

    ``known`` is the hash of what was mended under that name before, if it still holds;
    ``decided`` is what was decided in a review, as it was ``dumped``.
    """

    name: str
    path: str
    text: str
    known: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a file.

    ``damage`` is the share of its lines, or of the pages of a PDF if that is more, that are
    damaged; ``damages`` counts them by name, ``layers`` pages of a PDF by their text layer.
    ``changes`` and ``doubts`` are those of the text, not of the layout; ``confidence`` is the mean
    one of these changes; ``seconds`` were spent on it. ``text``, ``record`` and ``report`` name
    what was written below the output; what goes into a table of texts is ``packed``. ``ocr`` tells
    whether pages were given to OCR; ``decisions`` of a review were heeded, ``left_out`` were not.
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
    ocr: bool = False
    damage: float = 0.0
    damages: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    doubts: int = 0
    confidence: float | None = None
    decisions: int = 0
    left_out: int = 0
    seconds: float = 0.0
    text: str = ""
    record: str = ""
    report: str = ""
    packed: str = ""


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
        told = replace(told, ocr=image.is_image(content.data))
        mended, heeded = restored(content.data, storage.shown(job.name), work, job.decided)
        told = replace(told, **_counted(mended, work, told.ocr), **_heeded(mended, heeded))
        if work.output:
            told = replace(told, **_written(mended, job, work, told.outcome != SOUND))
    except (InputError, MissingError) as error:
        ocr = told.ocr or isinstance(error, MissingError)
        told = replace(told, outcome=UNREADABLE, error=str(error), ocr=ocr)
    except MemoryError:
        told = replace(told, outcome=TOO_LARGE, error="it takes more memory than a file may")
    except (storage.NoRoomError, ImportError):
        raise
    except Exception as error:  # whatever a file provokes is an outcome of that file alone
        told = replace(told, outcome=FAILED, error=f"{type(error).__name__}: {error}")
    seconds = round(time.perf_counter() - start, 4)
    return replace(told, error=storage.shown(told.error), seconds=seconds)


def restored(data: bytes, name: str, work: Work, decided: str = "") -> tuple[Restored, Heeded]:
    """Mend what was read, as it was ``decided``. Raises InputError if it cannot be read."""
    from restore.pipeline import restore

    asked = {**work.asked, "quiet": True, "verbose": False, "jobs": 1}
    document = document_in(data, name, asked)
    config = replace(config_of(asked), language=document.language)
    heeded = Heeded()
    if decided:
        heeded = Heeded(None, honoured(loaded(decided, Path(f"{name}{ENDING}")), document))
        config = heeded.asked_of(config)
    # With quotes of its own, a text is read without what is remembered of those before it.
    return restore(document, config, quotes=_quotes() if config.quotes else None), heeded


def _heeded(restored: Restored, heeded: Heeded) -> dict[str, Any]:
    number, left_out = heeded.outcome(restored)
    return {"decisions": number, "left_out": len(left_out)}


@cache
def _quotes() -> Quotes:
    return all_quotes()


def _counted(restored: Restored, work: Work, is_image: bool) -> dict[str, Any]:
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
        "ocr": is_image or _given_to_ocr(restored.original, work.asked["ocr"]),
        "damage": damage,
        "damages": dict(sorted(Counter(finding.damage for finding in made).items())),
        "changes": len(made),
        "doubts": doubts,
        "confidence": round(sum(f.confidence for f in made) / len(made), 6) if made else None,
    }


def _damage(document: Document, made: Sequence[Finding], pages: Counter[str]) -> float:
    lines = sum(bool(line.text.strip()) for page in document.pages for line in page.lines)
    of_lines = len({place for finding in made for place in finding.places}) / max(lines, 1)
    of_pages = (pages.total() - pages[Layer.SOUND.value]) / max(pages.total(), 1)
    return round(min(max(of_lines, of_pages), 1.0), 6)


def _given_to_ocr(document: Document, when: str) -> bool:
    """Whether there are pages of a PDF that were given to OCR, or may have been."""
    from restore.formats.scanned import ALWAYS, AUTO, WITHOUT_LETTERS

    pages = [page for page in document.pages if page.layer]
    without = any(page.layer in WITHOUT_LETTERS or page.unseen for page in pages)
    return (when == ALWAYS and bool(pages)) or (when == AUTO and without)


def _written(restored: Restored, job: Job, work: Work, damaged: bool) -> dict[str, Any]:
    """Write what is asked for; the names of it below the output."""
    name = job.text.removesuffix(".txt")
    written: dict[str, Any] = {}
    if work.reports and damaged:
        from restore.report import of_restored, report

        written["report"] = f"{REPORTS}/{storage.fitted(name, '.html')}"
        _write(work, written["report"], report([of_restored(restored)]))
    return written if work.check else written | _text_and_record(restored, name, work)


def _write(work: Work, name: str, text: str) -> None:
    unfinished = f"{work.output}/{storage.UNFINISHED}"
    storage.write(work.output, name, text.encode(), unfinished)


def _text_and_record(restored: Restored, name: str, work: Work) -> dict[str, Any]:
    """Write the text and the record of its changes, or pack both for a table."""
    from restore.formats import jsonl

    text = restored.page_text if work.keep_lines else restored.text
    written = {"text": f"{TEXTS}/{storage.fitted(name, '.txt')}"}
    at = f"{CHANGES}/{storage.fitted(name, '.jsonl')}"
    record = ""
    if restored.changes:
        # From its record a review finds the text, if the name of that is text itself.
        beside = None if work.to == TABLE else relpath(written["text"], dirname(at))
        beside = beside if beside and storage.shown(beside) == beside else None
        record = jsonl.write_changes(
            restored.document, restored.original, restored.changes, restored.doubts, beside
        )
    if work.to == TABLE:
        return {"packed": packed(text, record)}
    if record:
        written["record"] = at
        _write(work, at, record)
    _write(work, written["text"], text)
    return written


def packed(text: str, record: str) -> str:
    """A text and the record of its changes in few letters, for the way to the job store."""
    both = json.dumps([text, record], ensure_ascii=False)
    return b64encode(zlib.compress(both.encode())).decode()


def unpacked(data: bytes) -> tuple[str, str]:
    """The text and the record of its changes that were ``packed``, decoded from Base64."""
    text, record = json.loads(zlib.decompress(data))
    return text, record
