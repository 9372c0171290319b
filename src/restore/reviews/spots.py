"""Where the lines that are reviewed stand on the pages of a PDF."""

from __future__ import annotations

from restore.from_page import sorted_letters
from restore.model import Place
from restore.reviews.page_images import PageImages, Printed, ScanImages
from restore.reviews.review import Review

NEAR = 5  # pages before and after the one on which a line would be if all had as many; a guess

Images = PageImages | ScanImages
Spot = tuple[int, tuple[float, float, float, float] | None]


def spot(review: Review, images: Images, place: Place) -> Spot | None:
    """The image of a line and its edges there, as ``Printed`` has them; None if it is not found.

    The pages of what was read are those of the PDF if there are as many. Else a line is looked for
    by its letters, near the page on which it would be if all had as many lines.
    """
    letters = sorted_letters(review.recorded.original.at(place).text)
    same = len(review.recorded.original.pages) == images.count
    pages = [place.page] if same else _near(review.share(place), images.count)
    for page in pages:
        try:
            lines = images.lines(page)
        except ValueError:
            continue
        at = _nearest(lines, letters, place.line if same else 0)
        if at is not None:
            return page, lines[at].edges
    return (place.page, None) if same else None


def _near(share: float, count: int) -> list[int]:
    guess = min(int(share * count), count - 1)
    pages = range(max(guess - NEAR, 0), min(guess + NEAR + 1, count))
    return sorted(pages, key=lambda page: abs(page - guess))


def _nearest(lines: list[Printed], letters: str, wanted: int) -> int | None:
    """The line with the letters that is nearest to the ``wanted`` one; none has no letters."""
    found = [at for at, line in enumerate(lines) if sorted_letters(line.text) == letters != ""]
    return min(found, key=lambda at: abs(at - wanted), default=None)
