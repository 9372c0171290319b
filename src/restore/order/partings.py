"""Where a portion of a painting can have ended though no mark shows it, and what that costs.

Portions part where two words are glued, at a space that was painted, or between marks alone
(``portions.py``). Many partings can be thought of, so those that are bound to cost too much are
not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

GAP = -1  # a space of PDFBox's own, among the places of what was painted
FAR = 9.0  # nats; what is so much less likely than another painting is left out
ROUNDING = 1e-9  # nats

# Nats; guesses. Of a portion that ends where marks show it, and where nothing does; of one without
# letters inside of a line; of a word changed in its middle; of a line that begins or ends with a
# space, and of two spaces in a row.
PORTION, HIDDEN, BARE, IN_A_WORD, EDGE_SPACE, TWO_SPACES = 1.0, 4.0, 3.0, 6.0, 3.0, 3.0

Part = tuple[list[int], list[list[int]]]  # painted letters, and groups of marks
Way = tuple[Part, ...]
Rooms = list[tuple[float, float]]  # nats, for each portion


def hidden(
    text: str, ways: Way, glued: Mapping[int, float], most: float
) -> Iterator[tuple[Way, float]]:
    """The same portions, and those with one or two more that nothing shows, and nats against each.

    Two of one kind are not looked for, nor such as are bound to have more than ``most`` against
    them.
    """
    base = PORTION * (len(ways) - 1)
    yield ways, base
    kinds = (_at_spaces, _in_words, _bare)
    rooms = _rooms(text, ways, most - base)
    for first, find in enumerate(kinds):
        for way, price in find(text, ways, glued, rooms):
            yield way, base + price
            if price < FAR / 2 and first + 1 < len(kinds):
                left = _rooms(text, way, most - base - price)
                for other in kinds[first + 1 :]:
                    for more, also in other(text, way, glued, left):
                        yield more, base + price + also


def _rooms(text: str, ways: Way, most: float) -> Rooms:
    """What parting each portion may cost at most, between its letters and between its marks.

    ``most`` is that with what all portions cost where they meet; how those beside it will meet the
    parts is not known yet.
    """
    meets = [0.0, *(_meeting(text, one[0], other[0]) for one, other in pairwise(ways)), 0.0]
    first, last = ways[0][0], ways[-1][0]
    begins = EDGE_SPACE * (bool(first) and text[first[-1]] == " ")
    ends = EDGE_SPACE * (bool(last) and text[last[0]] == " ")
    total = sum(meets)
    found = []
    for number, (letters, _) in enumerate(ways):
        rest = total - meets[number] - meets[number + 1]
        rest += begins * (number > 0) + ends * (number < len(ways) - 1)
        left = most - rest + ROUNDING
        found.append((left - _meeting(text, letters, letters), left))
    return found


def _at_spaces(
    text: str, ways: Way, glued: Mapping[int, float], rooms: Rooms
) -> Iterator[tuple[Way, float]]:
    """Portions parted at a space that was painted."""
    for number, (letters, groups) in enumerate(ways):
        for cut in range(1, len(letters)) if rooms[number][0] >= HIDDEN else ():
            last, first = letters[cut - 1], letters[cut]
            if GAP not in (last, first) and (text[last] == " ") != (text[first] == " "):
                yield _parted(ways, number, (letters[:cut], []), (letters[cut:], groups)), HIDDEN


def _in_words(
    text: str, ways: Way, glued: Mapping[int, float], rooms: Rooms
) -> Iterator[tuple[Way, float]]:
    """Portions parted where two words are glued."""
    for number, (letters, groups) in enumerate(ways):
        room = rooms[number][0] - PORTION
        for cut in range(1, len(letters)) if room > 0 else ():
            last = letters[cut - 1]
            if last in glued and last == letters[cut] + 1 and glued[last] <= room:
                yield (
                    _parted(ways, number, (letters[:cut], []), (letters[cut:], groups)),
                    PORTION + glued[last],
                )


def _bare(
    text: str, ways: Way, glued: Mapping[int, float], rooms: Rooms
) -> Iterator[tuple[Way, float]]:
    """Portions of marks alone."""
    for number, (letters, groups) in enumerate(ways):
        for at, group in enumerate(groups):
            ends = number == len(ways) - 1 and at == len(groups) - 1
            price = PORTION if ends else BARE
            for cut in range(1, len(group)) if price <= rooms[number][1] else ():
                one = (letters, [*groups[:at], group[:cut]])
                rest: Part = ([], [group[cut:], *groups[at + 1 :]])
                yield _parted(ways, number, one, rest), price


def _parted(ways: Way, number: int, one: Part, other: Part) -> Way:
    """The portions with two in place of the one with that number."""
    return (*ways[:number], one, other, *ways[number + 1 :])


def cost_of_spaces(text: str, ways: Way) -> float:
    """Nats against portions for the spaces between them and at the ends of the line."""
    first, last = ways[0][0], ways[-1][0]
    edges = (*first[-1:], *last[:1])
    nats = EDGE_SPACE * sum([text[at] == " " for at in edges])
    return nats + sum([_meeting(text, one[0], other[0]) for one, other in pairwise(ways)])


def _meeting(text: str, one: list[int], other: list[int]) -> float:
    """Nats against two portions that follow each other, for the spaces between them."""
    if not one or not other:
        return 0.0
    return (IN_A_WORD, 0.0, TWO_SPACES)[(text[one[0]] == " ") + (text[other[-1]] == " ")]
