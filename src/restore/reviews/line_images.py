"""Images of lines as they are printed, for those that a report shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from restore.model import Document, Place
from restore.reviews.page_images import Box, PageImages, ScanImages, painted
from restore.view import View

MOST = 15_000_000  # bytes of all images; a page has them a third longer, and more to show; a guess
ROOM = 0.5  # heights of a letter to each side of a line
BELOW = 0.35  # heights of a letter below the baseline


def line_images(
    images: PageImages | ScanImages,
    printed: Document,
    views: Iterable[View],
    places: Sequence[Place],
    there: Mapping[Place, Place] | None = None,
) -> dict[int, bytes]:
    """WebP images of what is printed where the lines of ``views`` stand, by their first line.

    ``printed`` is the document with the boxes of its letters, ``places`` those of all lines, and
    ``there`` where each is printed, if that is another document. Only lines that changed have
    images, those in doubt first, and only until there are ``MOST`` bytes of them, or a page that
    cannot be drawn.
    """
    found: dict[int, bytes] = {}
    for doubtful in (True, False):
        pages: dict[int, dict[int, Box]] = defaultdict(dict)
        for view in views:
            if not view.changed or any(note.doubt for note in view.notes) != doubtful:
                continue
            lines = places[view.first : view.last + 1]
            known = [place if there is None else there.get(place) for place in lines]
            at = [place for place in known if place]
            if at and (box := _box(printed, [place for place in at if place.page == at[0].page])):
                pages[at[0].page][view.first] = box
        for number, boxes in pages.items():
            if sum(map(len, found.values())) > MOST:
                return found
            try:
                scanned = printed.pages[number].scan is not None
                drawn = images.parts(number, list(boxes.values()), scanned)
            except ValueError:
                return found
            found |= {first: part for first, part in zip(boxes, drawn, strict=True) if part}
    return found


def _box(printed: Document, lines: Iterable[Place]) -> Box | None:
    """What lines of a page take of it, with some room; None if nothing of them is painted."""
    table = np.concatenate([painted(printed.pages[p.page], printed.at(p)) for p in lines])
    if not len(table):
        return None
    left, baseline, right, height = table.T
    room = ROOM * float(height.max())
    return (
        float(left.min()) - room,
        float((baseline - BELOW * height).min()),
        float(right.max()) + room,
        float((baseline + height).max()),
    )
