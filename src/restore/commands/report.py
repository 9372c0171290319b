"""The report of ``restore fix``, with images of lines where there are pages that show them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from restore import files
from restore.commands.input import layers
from restore.files import STREAM

if TYPE_CHECKING:
    from restore.model import Document
    from restore.pipeline import Restored
    from restore.report import Reported
    from restore.reviews.page_images import PageImages, ScanImages

    Images = PageImages | ScanImages


def report_page(results: Sequence[Restored], page: str | None, shown: Document | None) -> str:
    """The report about restorations; ``shown`` is what is on the pages of the file ``page``."""
    from restore.report import of_restored, report

    return report(_with_images(of_restored(one), one, page, shown) for one in results)


def _with_images(
    reported: Reported, restored: Restored, page: str | None, shown: Document | None
) -> Reported:
    from restore.from_page import printed_places
    from restore.reviews.line_images import line_images

    original = restored.original
    printed = shown or original
    name = page or original.source.name
    if name == STREAM or not layers(printed):
        return reported
    there = printed_places(original, shown) if shown else None
    places = [place for place, _ in original.placed()]
    try:
        images = images_in(name)
        if images is None:
            return reported
        with closing(images):
            found = line_images(images, printed, reported.views, places, there)
    except ValueError:
        return reported  # what cannot be drawn has been read, and its text is what counts
    return replace(reported, images=found)


def images_in(name: str) -> Images | None:
    """The pages of a PDF, an image or a folder of images; None if it is none of them.

    Raises ValueError, which says why, if they cannot be opened.
    """
    from restore.formats import image
    from restore.reviews.page_images import PageImages, ScanImages

    if Path(name).is_dir():
        return ScanImages(image.book_loaders(files.images(name), files.read_bytes))
    data = files.read_bytes(name)
    if image.is_image(data):
        return ScanImages(list(image.loaders(data, name)))
    return PageImages(name) if files.is_pdf(data) else None
