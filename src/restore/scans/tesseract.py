"""Tesseract, the program that reads letters off an image; all that is known of it stands here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from restore.model import CONTROLS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = 3  # --psm: order of columns from the right; 4, 6 and others take them from the left
LINES = 6  # --psm: one block of lines
PATIENCE = 180.0  # seconds for a page; one takes 2 to 10
LATIN = "eng"  # the model that reads Latin words, which comes with the program
UPRIGHT = 0  # --psm: how the page is turned, and nothing else
TURNED = "osd"  # the model that tells it
LEAST_SURE_TURN = 1.0  # of what Tesseract says of it; pages with few letters have less
WORD_LEVEL = "5"  # in the first column of its TSV
CONTROL = re.compile(f"[{CONTROLS}]")  # which models of scripts put around Latin words

RESOLUTION = 300  # dots per inch, of images that do not say
QUALITIES = ("fast", "normal", "best")

# By the language of a text: the model that gives the order, and the one that knows its letters
# best. Debian keeps models of scripts beside those of languages, others in a folder.
MODELS = {
    "he": ("heb", ("script/Hebrew", "Hebrew")),
    "yi": ("yid", ("script/Hebrew", "Hebrew")),
    "ar": ("ara", ()),
    "fa": ("fas", ()),
}
PACKAGES = {  # of Debian, Fedora and Homebrew
    "heb": ("tesseract-ocr-heb", "tesseract-langpack-heb", "tesseract-lang"),
    "yid": ("tesseract-ocr-yid", "tesseract-langpack-yid", "tesseract-lang"),
    "ara": ("tesseract-ocr-ara", "tesseract-langpack-ara", "tesseract-lang"),
    "fas": ("tesseract-ocr-fas", "tesseract-langpack-fas", "tesseract-lang"),
}
PROGRAM = ("tesseract-ocr", "tesseract", "tesseract")


class MissingError(Exception):
    """Something that the machine lacks, and how to install it, in one line."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was read: its box in pixels from the left and the top, and how sure (0 to 1).

    ``line`` is the block, the paragraph and the line it stands in, numbered in reading order.
    """

    text: str
    left: int
    top: int
    right: int
    bottom: int
    sure: float
    line: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """How pages are to be read: in which language, how well, with models from which folder.

    The ``language`` is one of ``MODELS`` or the name of a model; if it is not given, it is told
    from the first page that has text. ``fast`` reads a page once, ``normal`` its doubtful lines a
    second time, ``best`` all of it. Raises ValueError if there is no such quality.
    """

    language: str | None = None
    quality: str = "normal"
    folder: str | None = None

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            raise ValueError(f"unknown quality {self.quality!r}; there is: {', '.join(QUALITIES)}")


def installation(*packages: str) -> str:
    """How to install packages, named as Debian, Fedora and Homebrew call them."""
    apt, dnf, brew = packages
    return f"apt install {apt} (Debian, Ubuntu), dnf install {dnf} (Fedora), brew install {brew}"


def models(folder: str | None = None) -> frozenset[str]:
    """The models that there are, in ``folder`` or where the program keeps them.

    Raises MissingError if there is no Tesseract.
    """
    return _models(folder, os.environ.get("PATH", ""))


@cache
def _models(folder: str | None, path: str) -> frozenset[str]:
    # pytesseract leaves out the models of scripts, whose names have capitals.
    command = [PROGRAM[1], "--list-langs", *shlex.split(_folder(folder))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingError(
            "scans are read by Tesseract, which is missing; install it: "
            + installation(*(f"{a} {b}" for a, b in zip(PROGRAM, PACKAGES["heb"], strict=True)))
        ) from None
    return frozenset(done.stdout.splitlines()[1:])


def has_model(language: str, folder: str | None = None) -> bool:
    """Whether there is the model for a language."""
    return MODELS[language][0] in models(folder)


def model(language: str, folder: str | None = None) -> str:
    """The model that reads a language, or the model itself that is called so.

    Raises MissingError, which says how to install it, if it is not there.
    """
    name = MODELS[language][0] if language in MODELS else language
    if name in models(folder):
        return name
    if folder is not None:
        raise MissingError(f"there is no {name}.traineddata in {folder}")
    packages = PACKAGES.get(name, ("tesseract-ocr-all", "tesseract-langpack-*", "tesseract-lang"))
    raise MissingError(
        f"Tesseract's model {name} is missing; install it: {installation(*packages)}"
    )


def second_model(language: str, folder: str | None = None) -> str | None:
    """The model for a second reading of a language, if there is one."""
    _, names = MODELS.get(language, ("", ()))
    return next((name for name in names if name in models(folder)), None)


def latin_model(folder: str | None = None) -> str | None:
    """The model for the Latin words of a page, if there is one."""
    return LATIN if LATIN in models(folder) else None


def read(
    image: NDArray[np.uint8],
    model: str,
    resolution: int,
    folder: str | None = None,
    layout: int = COLUMNS,
    patience: float = PATIENCE,
) -> list[Word]:
    """The words on an image, in reading order.

    Raises ValueError, which says why, if Tesseract fails on it or takes longer than ``patience``.
    """
    import pytesseract

    options = f"--psm {layout} --dpi {resolution} {_folder(folder)}"
    table = _said(pytesseract.image_to_data, image, model, options, patience)
    return list(_words(table))


def turn_wanted(image: NDArray[np.uint8], resolution: int) -> int | None:
    """By how many degrees a page has to be turned clockwise to stand upright: 0, 90, 180 or 270.

    None if that cannot be told, or if the model that tells it is not there.
    """
    import pytesseract

    if TURNED not in models():
        return None
    options = f"--psm {UPRIGHT} --dpi {resolution}"
    try:
        told = _said(pytesseract.image_to_osd, image, TURNED, options, PATIENCE)
    except ValueError:
        return None  # too few letters
    facts = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    sure = float(facts.get("Orientation confidence", 0))
    return int(facts.get("Rotate", 0)) if sure >= LEAST_SURE_TURN else None


def _said(
    ask: Callable[..., str], image: NDArray[np.uint8], model: str, options: str, patience: float
) -> str:
    """What Tesseract says of an image. Raises ValueError if it fails or takes too long."""
    import cv2
    import pytesseract

    # With more threads it takes twice the processor time and hardly less of the day.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    with TemporaryDirectory(prefix="restore-") as place:
        path = str(Path(place) / "page.pgm")  # not compressed, which would take longer than to read
        cv2.imwrite(path, image)
        try:
            return ask(path, lang=model, config=options, timeout=patience)
        except pytesseract.TesseractError as error:
            said = " ".join(str(error.message).split())
            raise ValueError(f"Tesseract fails on it: {said}") from None
        except RuntimeError:
            raise ValueError(f"Tesseract takes more than {patience:.0f} seconds") from None


def _folder(folder: str | None) -> str:
    return f'--tessdata-dir "{folder}"' if folder else ""


def _words(table: str) -> Any:
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        text = CONTROL.sub("", cells[11]).strip() if len(cells) >= 12 else ""
        if cells[0] != WORD_LEVEL or not text:
            continue
        _, _, block, paragraph, line, _, left, top, width, height, sure = cells[:11]
        x, y = int(left), int(top)
        yield Word(
            text,
            x,
            y,
            x + int(width),
            y + int(height),
            max(float(sure), 0.0) / 100,
            (int(block), int(paragraph), int(line)),
        )
