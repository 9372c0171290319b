"""Images of pages: PNG, JPEG, TIFF of one or many pages, WebP, BMP.

They are read by OCR, several at once. A page that cannot be read has a remark and no text, and the
others come out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from restore.model import Document, Layer, Source
from restore.scans.tesseract import RESOLUTION, MissingError, Reading, installation

if TYPE_CHECKING:
    from restore.scans.ocr import Loaded, Read

    Keep = Callable[[Read], Read]

MOST_PIXELS = 200_000_000  # of a page: one of A2 at 600 dots per inch has 140 million
MOST_RATIO = 100  # of the longer side to the shorter; a line of a newspaper has 30
MOST_PAGES = 5000  # of a file
RESOLUTIONS = range(70, 1300)  # dots per inch that a file can be believed
OPENCV = ("libgl1 libglib2.0-0", "mesa-libGL glib2", "opencv")
LOADING = Lock()
STARTS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")


def is_image(data: bytes) -> bool:
    """Whether what was read is an image of a page, by how it begins."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    bitmap = data[:2] == b"BM" and data[6:10] == bytes(4)
    return data.startswith(STARTS) or webp or bitmap


def read(
    data: bytes,
    name: str = "-",
    asked: Reading | None = None,
    jobs: int | None = None,
    progress: Callable[[float], object] = lambda share: None,
    keep: Keep | None = None,
) -> Document:
    """The document on the page, or the pages, of an image.

    ``asked`` says how it is to be read, ``jobs`` how many pages at once (as many as there are
    processors, if it is not given); ``progress`` is told the share of the pages that are read;
    ``keep`` makes what reads pages of a book know those that it has read before.
    Raises ValueError, with what would do, if no page can be read, and MissingError if the machine
    lacks what reads them.
    """
    return _document(list(loaders(data, name)), name, asked, jobs, progress, keep)


def read_book(
    names: Sequence[str],
    load: Callable[[str], bytes],
    name: str = "-",
    asked: Reading | None = None,
    jobs: int | None = None,
    progress: Callable[[float], object] = lambda share: None,
    keep: Keep | None = None,
) -> Document:
    """The document on the pages of some images, in their order; ``load`` gives what is in one.

    An image that cannot be opened is a page with a remark. For the rest see ``read``.
    """
    return _document(book_loaders(names, load), name, asked, jobs, progress, keep)


def book_loaders(names: Sequence[str], load: Callable[[str], bytes]) -> list[Callable[[], Loaded]]:
    """For each page of some images, what gives it; of one that cannot be opened, what says so."""
    return [
        partial(_refused, number)
        if isinstance(number, str)
        else partial(_load_named, load, each, number)
        for each, number in frames(names, load)
    ]


def frames(names: Sequence[str], load: Callable[[str], bytes]) -> Iterator[tuple[str, int | str]]:
    """For each page of some images, the image and its number in there, or why it has none."""
    for each in names:
        try:
            count = len(list(loaders(load(each), each)))
        except ValueError as error:
            yield each, str(error)
        else:
            yield from ((each, number) for number in range(count))


def _document(
    images: Sequence[Callable[[], Loaded]],
    name: str,
    asked: Reading | None,
    jobs: int | None,
    progress: Callable[[float], object],
    keep: Keep | None,
) -> Document:
    ocr = reader()
    read = reading_of(ocr, keep, len(images))
    asked, pages = ocr.read_pages(images, asked, jobs, progress, read=read)
    if all(page.layer is Layer.UNREADABLE for page in pages):
        raise ValueError(f"{name}: {pages[0].remark}")
    return Document(pages, ocr.text_language(asked.language), Source(name, ocr=True))


def reading_of(ocr: Any, keep: Keep | None, count: int) -> Read | None:
    """What reads so many pages; those of a single page need not be kept."""
    return keep(ocr.read_page) if keep and count > 1 else None


def _load_named(load: Callable[[str], bytes], name: str, number: int) -> Loaded:
    try:
        return _load(load(name), number)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _refused(reason: str) -> Loaded:
    raise ValueError(reason)


def reader() -> Any:
    """The module that reads images. Raises MissingError if a library that it needs is missing."""
    try:
        from restore.scans import ocr
    except ImportError as error:
        if error.name and not error.name.startswith("cv2"):
            raise
        raise MissingError(
            f"scans are prepared by OpenCV, which does not start ({error}); install what it needs: "
            + installation(*OPENCV)
        ) from None
    return ocr


def loaders(data: bytes, name: str) -> Iterator[Callable[[], Loaded]]:
    """For each page of an image, what gives it. Raises ValueError if the file cannot be opened."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(data)) as image:
                count = getattr(image, "n_frames", 1)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise ValueError(
                f"{name} is an image that cannot be opened; give another copy of it"
            ) from None
        except Image.DecompressionBombError:
            raise ValueError(f"{name} is too large for a page; {_LESS}") from None
    if count > MOST_PAGES:
        raise ValueError(f"{name} has {count} pages; give at most {MOST_PAGES} at a time")
    for number in range(count):
        yield partial(_load, data, number)


_LESS = f"give it with less than {MOST_PIXELS:,} pixels"


def _load(data: bytes, number: int) -> Loaded:
    """A page of an image in grey, and its dots per inch. Raises ValueError if it cannot be had."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings(), _no_part_of_an_image():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(BytesIO(data))
            image.seek(number)
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ValueError(f"it has {width:,} by {height:,} pixels; {_LESS}")
            if max(width, height) > MOST_RATIO * min(width, height):
                raise ValueError(f"it has {width:,} by {height:,} pixels, which no page has")
            told = image.info.get("dpi", (RESOLUTION,))[0]
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):
                return (np.asarray(image) >> 8).astype(np.uint8), _believed(told)
            if "A" in image.getbands() or "transparency" in image.info:
                image = image.convert("RGBA")
                paper = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(paper, image)
            return np.asarray(image.convert("L"), np.uint8), _believed(told)
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(f"it is damaged ({error}); give another copy of it") from None
    except Image.DecompressionBombError:
        raise ValueError(f"it is too large; {_LESS}") from None


@contextmanager
def _no_part_of_an_image() -> Iterator[None]:
    """Have Pillow refuse an image that is cut off.

    Other libraries of the process, such as WeasyPrint, make it give what is there.
    """
    from PIL import ImageFile

    with LOADING:
        asked = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = asked


def _believed(told: float) -> int:
    return round(told) if round(told) in RESOLUTIONS else RESOLUTION
