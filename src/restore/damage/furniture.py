"""Page furniture inside the text: page numbers, running heads and footers.

A number or a short line is furniture only if pages show it: it stands at the edges of several
pages, or it recurs where a page must have ended (next to a page number, in the middle of a
sentence). Numbered lists, years, headings and refrains have none of these signs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import fmean, median, pstdev

import regex
from rapidfuzz.fuzz import ratio

from restore.change import Finding, Mark
from restore.evidence import Evidence
from restore.model import Document, Kind, Place
from restore.units import MARKS

PAGE_NUMBER = "page-number"
RUNNING_HEAD = "running-head"
PAGE = 10  # lines; fewer than this between two numbers make a list; a guess
EDGE = 2  # lines from the top or the foot of a page that can be furniture; a guess
HEAD_LENGTH = 80  # characters of the longest running head; a guess
PROSE = 27  # characters of the usual line, below which all may be verse or a list; a guess
HEAD_SHARE = 0.75  # share of the usual line length that a head without a number may fill; a guess
SAME = 90.0  # similarity in hundredths, by letters, of two prints of one head; a guess
FOLIOS = range(1, 1000)  # numbers that a page may have
SKIPPED = 3  # pages from one number to the next, where some have none; a guess
GAP = 3  # blank lines that Apache Tika puts between pages
MANY = 4  # numbers in a row that tell pages without any other sign; a guess
STEADY = 0.35  # standard deviation of page lengths over their mean; a guess
INTERRUPTED = 2 / 3  # share of heads that stand in the middle of a sentence; a guess
FULL = 0.85  # share of the usual line length that a line in mid sentence fills; a guess
SURE, LIKELY, TITLE = 0.98, 0.94, 0.7  # probabilities, by the strength of the signs; guesses

NUMERALS = dict(zip("אבגדהוזחטיכלמנסעפצקרשת", (*range(1, 11), *range(20, 100, 10),
                                                100, 200, 300, 400), strict=True))  # fmt: skip
DIGITS_ALONE = regex.compile(r"[-–—~\[\]\s]*(\d{1,4})[-–—~\[\]\s]*")
LETTERS_ALONE = regex.compile(r"""[-–—~\[\]\s]*((?:[א-ת]{1,4}["״'׳])?[א-ת])['׳]?[-–—~\[\]\s]*""")
NUMBER = regex.compile(r"\d+")
WORD = regex.compile(r"\p{L}+")
CONTROLS = regex.compile(r"\p{Cf}")
STOP = regex.compile(r"""[.:!?׃…][)\]("'”״]*\s*$""")


@dataclass(slots=True)
class Printed:
    """A line that is not blank.

    ``edge`` says that it stands at an edge of a known page, ``above`` and ``below`` count the blank
    lines around; ``confidence`` and ``kind`` are set when it turns out to be furniture, and
    ``last`` if that is only since it ends the text.
    """

    place: Place
    text: str
    at: int
    number: int | None
    style: str
    edge: bool = False
    above: int = 0
    below: int = 0
    kind: Kind = Kind.TEXT
    confidence: float = 0.0
    numbers: Sequence[int] = ()
    last: bool = False
    _letters: str | None = None

    @property
    def letters(self) -> str:
        """The letters of its words, in the order of the alphabet; none of what is no head."""
        if self._letters is None:
            head = self.number is None and len(self.text) <= HEAD_LENGTH
            self._letters = "".join(sorted("".join(WORD.findall(self.text)))) if head else ""
        return self._letters

    def mark(self, kind: Kind, confidence: float) -> None:
        """Take the line for furniture, if that is surer than what it was taken for."""
        if confidence > self.confidence:
            self.kind, self.confidence = kind, confidence

    @property
    def ends_page(self) -> bool:
        """Whether there is such a gap below as parts pages. Headings have theirs above."""
        return self.below >= GAP > self.above


def find_furniture(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find page numbers, running heads and footers among the lines of the text."""
    lines = _printed(document)
    usual = median(len(line.text) for line in lines) if lines else 0.0
    recurring = _recurring(lines, usual)
    for sequence in _sequences(lines):
        _weigh_numbers(sequence, lines, set(recurring), usual)
    _weigh_last(lines, usual)
    for heads in recurring.values():
        _weigh_heads(heads, lines, usual)
    _join_kin(lines)
    for line in lines:
        if line.kind is not Kind.TEXT:
            head = line.kind is Kind.HEAD
            reason = "a line that recurs page by page" if head else "a page number, one of a row"
            if line.last:
                reason = "a number alone at the foot of the last page"
            name = RUNNING_HEAD if head else PAGE_NUMBER
            yield Finding(name, line.place, Mark(kind=line.kind), reason, line.confidence)


def numeral(word: str) -> int | None:
    """The number that Hebrew letters stand for, largest first; None if they are no number."""
    values = [NUMERALS.get(letter, 0) for letter in word if letter.isalpha()]
    falling = all(a > b or a == b == 400 for a, b in pairwise(values))
    return sum(values) if values and falling and values[-1] else None


def _printed(document: Document) -> list[Printed]:
    lines: list[Printed] = []
    for number, page in enumerate(document.pages):
        on_page: list[Printed] = []
        blank = 0
        for index, line in enumerate(page.lines):
            text = MARKS.sub("", line.text)
            # No control is printable.
            text = (text if text.isprintable() else CONTROLS.sub("", text)).strip()
            if text:
                on_page.append(_line(Place(number, index), text, len(lines) + len(on_page)))
                on_page[-1].above, blank = blank, 0
                continue
            blank += 1
            if on_page:
                on_page[-1].below = blank
        if len(document.pages) > 1 and len(on_page) > 2 * EDGE:
            for printed in (*on_page[:EDGE], *on_page[-EDGE:]):
                printed.edge = True
        lines += on_page
    return lines


def _line(place: Place, text: str, at: int) -> Printed:
    number, style, numbers = _numbers(text)
    return Printed(place, text, at, number, style, numbers=numbers)


@lru_cache(maxsize=1 << 14)
def _numbers(text: str) -> tuple[int | None, str, tuple[int, ...]]:
    """The number that a line is, if it is one, how it is written, and all numbers in the line."""
    number, style = None, ""
    if found := DIGITS_ALONE.fullmatch(text):
        number, style = int(found.group(1)), "digits"
    elif found := LETTERS_ALONE.fullmatch(text):
        number, style = numeral(found.group(1)), "letters"
    return number, style, tuple(int(digits) for digits in NUMBER.findall(text) if len(digits) <= 4)


def _recurring(lines: Sequence[Printed], usual: float) -> dict[str, list[Printed]]:
    """Lines of the same letters, a page or more apart: their words may stand in any order."""
    groups: dict[str, list[Printed]] = defaultdict(list)
    for line in lines:
        short = line.numbers or len(line.text) <= HEAD_SHARE * usual
        if short and len(line.letters) > 1 and not STOP.search(line.text):
            groups[line.letters].append(line)
    apart = {key: all(b.at - a.at >= PAGE for a, b in pairwise(groups[key])) for key in groups}
    return {key: group for key, group in groups.items() if len(group) > 1 and apart[key]}


def _sequences(lines: Sequence[Printed]) -> list[list[Printed]]:
    """Runs of lone numbers that grow by one from page to page; a page may lack its number."""
    runs: list[list[Printed]] = []
    for style in ("digits", "letters"):
        current: list[list[Printed]] = []
        for line in lines:
            if line.style != style or line.number is None:
                continue
            for run in reversed(current[-2 * EDGE :]):
                if _next_page(run[-1], line):
                    run.append(line)
                    break
            else:
                current.append([line])
        runs += [run for run in current if len(run) > 1]
    return runs


def _next_page(last: Printed, line: Printed) -> bool:
    step, pages = (line.number or 0) - (last.number or 0), line.place.page - last.place.page
    # The last page may be short, and then has its sign above.
    apart = line.at - last.at >= PAGE * step or (last.at >= PAGE and last.ends_page)
    return step == pages if pages else 1 <= step <= SKIPPED and apart


def _weigh_numbers(
    run: list[Printed], lines: Sequence[Printed], recurring: set[str], usual: float
) -> None:
    strong = weak = heads = 0
    for line in run:
        strong += line.edge or line.ends_page
        heads += any(x.letters in recurring for x in lines[max(line.at - 1, 0) : line.at + 2])
        weak += _interrupts(line, lines, usual)
    last = run[-1] is lines[-1] and run[0].at >= 2 * PAGE
    # Sections have numbers and recurring headings too, but end with their sentences.
    strong += heads if strong or weak or last else 0
    signs = min(strong + weak, len(run) - last) + last
    told = strong or (weak and last) or len(run) >= MANY
    # Letters alone also number paragraphs and chapters: they need a sign each.
    wanted = len(run) if run[0].style == "letters" else max(len(run) / 2, 2)
    if signs < wanted or not told or not _steady(run):
        return
    for line in run:
        line.mark(Kind.PAGE_NUMBER, SURE)


def _weigh_last(lines: Sequence[Printed], usual: float) -> None:
    """Take a number alone at the end of a page of prose for that of the page.

    It is all that shows a page where the text is one page, or the other numbers are lost. A number
    of four digits may be a year, under the text.
    """
    if len(lines) <= PAGE or usual < PROSE:
        return
    line, near = lines[-1], lines[-PAGE:-1]
    # A number may be the last word of a sentence that has no stop.
    before = near[-1].text.rstrip()
    apart = (line.above > 0 or STOP.search(before)) and not before.endswith(":")
    folio = line.style == "digits" and line.number in FOLIOS
    if folio and apart and all(one.number is None for one in near):
        line.last = line.kind is Kind.TEXT
        line.mark(Kind.PAGE_NUMBER, LIKELY)


def _steady(run: Sequence[Printed]) -> bool:
    """Whether the lines stand about a page of one length apart (the last page may be short)."""
    apart = [(b.at - a.at) / max((b.number or 0) - (a.number or 0), 1) for a, b in pairwise(run)]
    return len(apart) < 3 or pstdev(apart[:-1]) <= STEADY * fmean(apart[:-1])


def _interrupts(line: Printed, lines: Sequence[Printed], usual: float) -> bool:
    """Whether a line stands in the middle of a sentence, between two lines of full length."""
    near = reversed(lines[max(line.at - 2 * EDGE, 0) : line.at])
    before = next((other for other in near if other.kind is Kind.TEXT), None)
    text = before.text if before and line is not lines[-1] else ""
    return bool(text) and len(text) >= FULL * usual and not STOP.search(text)


def _weigh_heads(heads: list[Printed], lines: Sequence[Printed], usual: float) -> None:
    signs = [_page_sign(line, lines) for line in heads]
    counted = [line.numbers[-1] for line in heads if len(line.numbers) == 1]
    grows = len(counted) == len(heads) and all(1 <= b - a <= SKIPPED for a, b in pairwise(counted))
    inner = [line for line in heads if line.at >= EDGE]
    broken = sum(_interrupts(line, lines, usual) for line in inner)
    if grows and (
        2 * broken >= len(inner) > 0 or sum(signs) or (len(heads) >= MANY and _steady(heads))
    ):
        confidence = SURE
    elif sum(signs[-len(inner) :]) >= INTERRUPTED * len(inner) > 0:
        confidence = SURE if len(heads) > 2 else LIKELY
    elif (
        len(inner) > 2 and usual >= PROSE and broken >= INTERRUPTED * len(inner) and _steady(heads)
    ):
        confidence = LIKELY
    else:
        return
    for line in heads:
        # The first print may be the only title that the work has: doubted, not taken out.
        line.mark(Kind.HEAD, TITLE if line.at < EDGE and not grows else confidence)


def _page_sign(line: Printed, lines: Sequence[Printed]) -> bool:
    beside = lines[max(line.at - EDGE, 0) : line.at + EDGE + 1]
    numbered = any(other.kind is Kind.PAGE_NUMBER for other in beside)
    return numbered or line.edge or (bool(line.numbers) and line.above >= GAP)


def _join_kin(lines: Sequence[Printed]) -> None:
    """Take for heads the lines at page edges that are a known head but for a few letters."""
    known = {line.letters for line in lines if line.kind is Kind.HEAD and line.confidence >= LIKELY}
    if not known:
        return
    for line in lines:
        if line.kind is not Kind.TEXT or len(line.letters) < PAGE or not _page_sign(line, lines):
            continue
        if any(ratio(line.letters, other) >= SAME for other in known):
            line.mark(Kind.HEAD, LIKELY)
