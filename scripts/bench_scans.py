"""Measure how well scans are read, beside plain Tesseract on the same pages.

Pages are typeset from the samples with Typst in Debian's Hebrew fonts and degraded with OpenCV as
scanners, copiers and cameras do, the same way every time. Columns, for each kind of page:

pages      of the kind
plain      characters wrong in a hundred, in columns out of order too, with ``tesseract -l heb``
ocrmypdf   with ``ocrmypdf --deskew --clean -l heb``, which prepares pages; ``-`` if it is missing
fast, normal, best   with ``restore`` at that quality, text repair included
ratio      of normal to plain
unmended   with normal, before the text repair
seconds    of processor time a page at normal; times: as many times that of plain Tesseract
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from scoring import table

from restore import restore
from restore.formats import image as images
from restore.scans.tesseract import QUALITIES, Reading
from restore.score import fold

Grey = NDArray[np.uint8]
RESOLUTION = 300  # dots per inch
SEED = 7
OTHER = "ocrmypdf"  # and what it cleans pages with
PROGRAMS = (OTHER, "unpaper")
INSTALL = "ocrmypdf is not measured; install it: pip install ocrmypdf; apt install unpaper"
HEADS = ("kind", "pages", "plain", OTHER, *QUALITIES, "ratio", "unmended", "seconds", "times")
LINES = 26  # of the samples that fill a page

# Name, font, size in points, columns.
PAGES = (
    ("hadasim", "Hadasim CLM", 12, 1),
    ("shofar", "Shofar", 10, 2),
    ("serif", "Noto Serif Hebrew", 10, 1),
)
# Pages that are measured clean alone, each a kind of its own: of the text of samples/NAME.txt if
# there is one.
OTHERS = (
    ("notes", "Hadasim CLM", 11, 1),  # Latin words and ranges of numbers in most lines
    ("rashi", "Noto Rashi Hebrew", 11, 1),
)

TYPST = """#set page(width: 148mm, height: 210mm, margin: 14mm, columns: {columns})
#set text(lang: "he", size: {size}pt, font: "{font}", fallback: true)
#set par(justify: true)
"""


def paragraphs(samples: Path) -> Iterator[str]:
    """The paragraphs of the samples."""
    for path in sorted(samples.glob("*.weasyprint.true.txt")):
        facts = json.loads(path.with_name(path.name.replace(".true.txt", ".json")).read_text())
        ends, lines = set(facts["paragraph_end_lines"]), path.read_text("utf-8").splitlines()
        whole: list[str] = []
        for at, line in enumerate(lines):
            whole.append(line)
            if at in ends:
                text = " ".join(whole)
                whole = []
                if len(text) > 2 * LINES:
                    yield text


def typeset(samples: Path) -> Iterator[tuple[str, Grey, str]]:
    """Name, image and true text of each clean page, as full as it gets."""
    known = list(paragraphs(samples))
    for number, (name, font, size, columns) in enumerate(PAGES + OTHERS):
        start = number * len(known) // len(PAGES) % len(known)
        text = (known[start:] + known[:start])[:LINES]
        own = samples / f"{name}.txt"
        if own.exists():
            text = own.read_text("utf-8").splitlines()
        head = TYPST.format(font=font, size=size, columns=columns)
        while (image := _image(head, text)) is None:
            text.pop()
        yield name, image, "\n".join(text)


def _image(head: str, text: list[str]) -> Grey | None:
    """A page of text, None if it does not fit one."""
    import typst

    plain = ["".join(f"\\{c}" if c in "#$*_`<>@=-+/\\[]~'\"" else c for c in t) for t in text]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.typ"
        source.write_text(head + "\n\n".join(plain), "utf-8")
        made = typst.compile(source, format="png", ppi=RESOLUTION)
    if isinstance(made, list):
        return None
    return _decoded(made)


def _decoded(data: bytes) -> Grey:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def _clipped(image: NDArray[Any]) -> Grey:
    return np.asarray(np.clip(image, 0, 255), np.uint8)


def skewed(image: Grey, degrees: float) -> Grey:
    """A page laid askew on the glass."""
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderValue=255), np.uint8)


def lit(image: Grey, dark: float = 0.35) -> Grey:
    """A page in a light that falls off to one corner."""
    height, width = image.shape
    across, down = np.linspace(1, dark + 0.2, width), np.linspace(1, dark + 0.15, height)
    return _clipped(image * np.outer(down, across) * 0.9)


def curled(image: Grey, pixels: float = 30) -> Grey:
    """A page whose lines bend towards the gutter."""
    height, width = image.shape
    bend = pixels * np.linspace(0, 1, width) ** 2.5
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    map_y = (y + bend[None, :]).astype(np.float32)
    bent = cv2.remap(image, x.astype(np.float32), map_y, cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(bent, np.uint8)


def noisy(image: Grey, rng: np.random.Generator, sigma: float = 42) -> Grey:
    """The noise of a sensor in too little light."""
    return _clipped(image * 0.8 + 25 + rng.normal(0, sigma, image.shape))


def blurred(image: Grey, sigma: float = 3) -> Grey:
    """A page out of focus."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def faded(image: Grey, rng: np.random.Generator) -> Grey:
    """Ink that is pale and broken."""
    grain = cv2.GaussianBlur(rng.normal(0, 1, image.shape).astype(np.float32), (0, 0), 2)
    ink = (255.0 - image) * (grain < 1.2 * grain.std())
    return blurred(_clipped(225 - 0.38 * ink), 0.8)


def bled(image: Grey, other: Grey) -> Grey:
    """The other side of the leaf showing through."""
    height, width = image.shape
    back = cv2.GaussianBlur(cv2.resize(other, (width, height))[:, ::-1], (0, 0), 2.5)
    return _clipped(image * (1 - 0.38 * (255.0 - back) / 255))


def bordered(image: Grey) -> Grey:
    """The dark edges of a lid that was left open."""
    made = image.copy()
    height, width = made.shape
    made[: height // 40], made[-height // 60 :] = 20, 35
    made[:, : width // 30], made[:, -width // 50 :] = 25, 15
    return made


def speckled(image: Grey, rng: np.random.Generator, share: float = 4e-4, hard: bool = True) -> Grey:
    """Dust: specks, most of them smaller than a full stop, and white ones in the ink."""
    made = np.where(image < 140, 0, 255).astype(np.uint8) if hard else image.copy()
    height, width = made.shape
    count = int(share * made.size)
    for ink, many in ((0, count), (255, count)):
        radii = rng.choice([0, 1, 2, 4], many, p=[0.7, 0.2, 0.09, 0.01])
        places = rng.integers(0, (width, height), (many, 2))
        for place, radius in zip(places.tolist(), radii.tolist(), strict=True):
            cv2.circle(made, place, radius, ink, -1)
    return made


def coarse(image: Grey, share: float = 0.5, quality: int | None = None) -> Grey:
    """A page scanned at too low a resolution, perhaps as a JPEG of low quality."""
    made = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    if quality is not None:
        _, data = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return _decoded(data.tobytes())
    return np.asarray(made, np.uint8)


def copied(image: Grey, rng: np.random.Generator) -> Grey:
    """A copy of a copy: coarse, hard, dirty, a little askew."""
    made = blurred(skewed(coarse(image, 2 / 3), 0.7), 1.1)
    grain = cv2.GaussianBlur(rng.normal(0, 1, made.shape).astype(np.float32), (0, 0), 1)
    return speckled(_clipped(made + 25 * grain), rng, 3e-4)


def degraded(image: Grey, other: Grey, seed: int) -> Iterator[tuple[str, Grey]]:
    """Kinds of damage, each with the page that has it."""
    rng = np.random.default_rng(seed)
    kinds: tuple[tuple[str, Callable[[], Grey]], ...] = (
        ("clean", lambda: image),
        ("skew", lambda: skewed(image, float(rng.choice([-3.3, -1.4, 1.9, 3.7])))),
        ("light", lambda: lit(image)),
        ("curl", lambda: curled(image)),
        ("noise", lambda: noisy(image, rng)),
        ("blur", lambda: blurred(image)),
        ("faded", lambda: faded(image, rng)),
        ("bleed", lambda: bled(image, other)),
        ("border", lambda: bordered(image)),
        ("specks", lambda: speckled(image, rng)),
        ("coarse", lambda: coarse(image, 0.5, 35)),
        ("copy", lambda: copied(image, rng)),
        ("mixed", lambda: noisy(lit(curled(skewed(blurred(image, 1.2), -1.3), 18)), rng, 14)),
    )
    for name, make in kinds:
        yield name, make()


def _processor() -> float:
    """Seconds of processor time taken so far, by this process and those it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _wrong(true: str, got: str) -> int:
    return int(Levenshtein.distance(folded(true), folded(got)))


def folded(text: str) -> str:
    """A page as one string, white space, quotation marks and dashes made alike."""
    return " ".join(fold(text).split())


def plain(path: Path) -> str:
    """What Tesseract alone reads."""
    command = ["tesseract", str(path), "-", "-l", "heb", "--psm", "3"]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode()


def has_other() -> bool:
    """Whether there is what pages are read with beside Tesseract alone and restore."""
    return all(shutil.which(name) for name in PROGRAMS)


def other(path: Path) -> str:
    """What OCRmyPDF reads on a page that it has prepared."""
    text = path.with_suffix(".txt")
    options = f"--quiet --deskew --clean -l heb --image-dpi {RESOLUTION} --output-type none"
    command = [OTHER, *options.split(), "--sidecar", str(text), str(path), "-"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return text.read_text("utf-8")


def measured(path: Path, true: str) -> Counter[str]:
    """Letters of a page, and how many each way of reading gets wrong; milliseconds."""
    counts = Counter(pages=1, letters=len(folded(true)))
    start = _processor()
    counts["plain"] = _wrong(true, plain(path))
    counts["plain ms"] = round(1000 * (_processor() - start))
    if has_other():
        counts[OTHER] = _wrong(true, other(path))
    for quality in QUALITIES:
        start = _processor()
        document = images.read(path.read_bytes(), path.name, Reading("he", quality))
        result = restore(document)
        counts[f"{quality} ms"] = round(1000 * (_processor() - start))
        counts[quality] = _wrong(true, result.page_text)
        if quality == "normal":
            counts["unmended"] = _wrong(true, document.text())
    return counts


def measure(samples: Path) -> dict[str, Counter[str]]:
    """The counts of each kind of page and of all, printed as a table."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    clean = list(typeset(samples))
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, image, true) in enumerate(clean):
            other = clean[(number + 1) % len(clean)][1]
            kinds = degraded(image, other, SEED + number)
            for kind, page in kinds if number < len(PAGES) else [(name, image)]:
                path = Path(folder) / f"{name}.{kind}.png"
                cv2.imwrite(str(path), page)
                counts = measured(path, true)
                rows[kind].update(counts)
                rows["all"].update(counts)
    table(HEADS, [_cells(kind, counts) for kind, counts in rows.items()])
    if not has_other():
        print(INSTALL)
    return rows


def _cells(kind: str, counts: Counter[str]) -> list[str]:
    def rate(name: str) -> str:
        return f"{100 * counts[name] / counts['letters']:.2f}"

    ratio = counts["normal"] / max(counts["plain"], 1)
    seconds = counts["normal ms"] / 1000 / counts["pages"]
    times = counts["normal ms"] / max(counts["plain ms"], 1)
    compared = rate(OTHER) if has_other() else "-"
    rates = [rate("plain"), compared, *(rate(name) for name in QUALITIES)]
    last = [f"{ratio:.2f}", rate("unmended"), f"{seconds:.1f}", f"{times:.1f}"]
    return [kind, str(counts["pages"]), *rates, *last]
