"""What reads the scans of a batch: Tesseract with its models, and what prepares the pages."""

from __future__ import annotations

import re
import subprocess
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from restore.scans.tesseract import MODELS, PROGRAM, TURNED

FOLDER = re.compile(r'"(.+)"')
ENDING = ".traineddata"
PREPARES = "opencv-python"
NONE = "none"  # there is no Tesseract


def readers(asked: dict[str, Any]) -> str:
    """A hash of all that what is read off a page depends on besides it and what is asked.

    It is the same on machines that have the same versions and models.
    """
    options = [] if asked["tessdata_dir"] is None else ["--tessdata-dir", asked["tessdata_dir"]]
    try:
        program = _said("--version")
        listed = _said("--list-langs", *options).splitlines()
    except OSError:
        return NONE
    folder = FOLDER.search(listed[0]) if listed else None
    place = Path(asked["tessdata_dir"] or (folder.group(1) if folder else ""))
    parts = [program.splitlines()[0] if program else "", _prepares()]
    for name in sorted({*_used(asked["language"])} & {*listed}):
        model = place / f"{name}{ENDING}"
        parts += [name, sha256(model.read_bytes()).hexdigest() if model.is_file() else ""]
    return sha256("\n".join(parts).encode()).hexdigest()


def _used(language: str | None) -> list[str]:
    """The models that pages may be read with."""
    return [
        TURNED,
        language or "",
        *(n for first, others in MODELS.values() for n in (first, *others)),
    ]


def _said(*options: str) -> str:
    done = subprocess.run([PROGRAM[1], *options], capture_output=True, text=True, check=False)
    return done.stdout


def _prepares() -> str:
    try:
        return version(PREPARES)
    except PackageNotFoundError:
        return ""  # OpenCV may be of another distribution
