"""From a document to the restored document: a loop over the damages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from restore.by_hand import ends_line, fitting
from restore.change import OF_TEXT, Change, Finding, Reorder, applied
from restore.damage import (
    COLUMNS,
    DECIDED,
    FURNITURE,
    LETTERS,
    NAMES,
    OF_OCR,
    PARAGRAPHS,
    TEXT,
    Find,
)
from restore.evidence import Evidence, evidence
from restore.formats import txt
from restore.from_page import find_page_order
from restore.languages import language
from restore.model import Document, Place
from restore.parts import Part, Whole, is_long, parts
from restore.works.quotes import Quotes

SETS = ("only", "skip", "refused")
ROUNDS = 4  # a mended line may show what its neighbour should be
WORTH_A_LOOK = 0.25  # probability below which a finding is not even a doubt


@dataclass(frozen=True, slots=True)
class Config:
    """What is asked of a restoration.

    A finding is acted upon from ``confidence`` (a probability) on. ``only`` and ``skip`` name
    damages, ``refused`` ids of changes; ``quotes`` says whether passages of known works may settle
    an order. ``decided`` are changes that a person wants, made after all others where their line is
    as it was then. Raises ValueError if any of it cannot be.
    """

    language: str = "he"
    confidence: float = 0.9
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    quotes: bool = True
    decided: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        language(self.language)
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence is a probability from 0 to 1, not {self.confidence}")
        for name in sorted(self.only | self.skip):
            if name not in NAMES:
                raise ValueError(f"unknown damage {name!r}; there is: {', '.join(NAMES)}")

    def wants(self, damage: str) -> bool:
        """Whether a damage is to be looked for."""
        return damage not in self.skip and (not self.only or damage in self.only)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came out: the document, what was changed in the original, what was left in doubt."""

    original: Document
    document: Document
    changes: Sequence[Change]
    doubts: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """Clean running text: a paragraph a line, a blank line between, page furniture out."""
        return txt.write_paragraphs(self.document)

    @property
    def lines(self) -> list[str]:
        """The lines of the pages, furniture and blank lines too."""
        return [line.text for page in self.document.pages for line in page.lines]

    @property
    def page_text(self) -> str:
        """The lines with their line breaks; of a sound text, the very same characters."""
        return txt.write_lines(self.document)


@dataclass(slots=True)
class _Run:
    config: Config
    evidence: Evidence
    document: Document
    changes: list[Change] = field(default_factory=list)
    doubts: dict[str, Finding] = field(default_factory=dict)

    def find(self, finders: Iterable[Find], document: Document) -> list[Finding]:
        """What is to be done to a document, each finder seeing what those before it did."""
        made = {change.id for change in self.changes}
        found: list[Finding] = []
        for finder in finders:
            wanted = [
                finding
                for finding in finder(document, self.evidence)
                if self.config.wants(finding.damage) and finding.id not in made
            ]
            accepted = [finding for finding in wanted if self.accepts(finding)]
            document, _ = applied(document, accepted)
            found += accepted
        return found

    def mend(
        self, settled: set[Place], progress: Callable[[float], object]
    ) -> tuple[list[Finding], Document | None]:
        """Mend the text; give its furniture, and the document as it was when that was told."""
        furniture, told = list[Finding](), None
        for turn in range(ROUNDS):
            progress(turn / (ROUNDS + 1))
            # Furniture is told anew each round, since it is told by the words of its lines.
            furniture, told = self.find(FURNITURE, self.document), self.document
            marked, _ = applied(self.document, furniture)
            found = self.find(TEXT, _unproved(marked, settled))
            if not found:
                break
            self.make(found)
        return furniture, told

    def accepts(self, finding: Finding) -> bool:
        """Whether a finding is to be acted upon; if not, it may be a doubt."""
        sure = finding.confidence >= self.config.confidence or finding.damage in DECIDED
        if finding.damage in OF_OCR and not self.document.read_by_ocr(finding.place.page):
            sure = False
        if sure and finding.id not in self.config.refused:
            self.doubts.pop(finding.id, None)
            return True
        if finding.confidence >= WORTH_A_LOOK:
            self.doubts[finding.id] = finding
        return False

    def make(self, findings: list[Finding]) -> None:
        """Act on findings, and record the changes."""
        self.document, changes = applied(self.document, findings)
        self.changes += changes

    def decide(self, wanted: Iterable[Change]) -> None:
        """Make what a person wants."""
        made = {change.id for change in self.changes}
        for change in wanted:
            there = all(map(self.document.has, change.finding.places))
            if change.id in made or not there:
                continue
            finding = fitting(change, self.document.at(change.finding.place))
            if finding is None:
                continue
            self.make([finding])
            self.doubts = {
                name: doubt
                for name, doubt in self.doubts.items()
                if name != finding.id and not _moot(doubt, finding)
            }


def _moot(doubt: Finding, decided: Finding) -> bool:
    """Whether a doubt is about the text of a line that a person decided on."""
    of_text = isinstance(doubt.action, OF_TEXT) and isinstance(decided.action, OF_TEXT)
    return of_text and doubt.place == decided.place


def restore(
    document: Document,
    config: Config | None = None,
    progress: Callable[[float], object] = lambda share: None,
    quotes: Quotes | None = None,
    page: Document | None = None,
) -> Restored:
    """Mend a document. ``progress`` is told the share of the work that is done (0 to 1).

    ``quotes`` are known works that it may quote, if not those of the built-in library. Text whose
    order its page proves, or of a language of which nothing is known, is not guessed at. ``page``
    is the document as its pages show it, if the text was extracted from them.
    """
    config = config or Config(document.language)
    known, progress = _evidence(config, quotes), _rising(progress)
    if page is None and is_long(document):
        return _in_parts(document, config, known, progress)
    return _restored(document, config, known, progress, page)


def _in_parts(
    document: Document, config: Config, known: Evidence, progress: Callable[[float], object]
) -> Restored:
    """Mend a long text part by part."""
    whole = Whole(document)
    for part in parts(document):
        result = _part_restored(part, config, known, progress)
        if any(part.crosses(change.finding) for change in result.changes):
            # Lines would change places with those of another part.
            part = part.bare()
            result = _part_restored(part, config, known, progress)
        whole.add(part, result.document, result.changes, result.doubts)
    return Restored(document, whole.document(), whole.changes, tuple(whole.doubts))


def _part_restored(
    part: Part, config: Config, known: Evidence, progress: Callable[[float], object]
) -> Restored:
    refused, decided = part.refused(config.refused), part.decided(config.decided)
    here = replace(config, refused=refused, decided=decided)

    def told(share: float) -> None:
        progress(part.begins + share * part.share)

    return _restored(part.document, here, known, told)


def _rising(progress: Callable[[float], object]) -> Callable[[float], object]:
    """What is told the share of the work that is done, but never less than it was told before."""
    most = 0.0

    def tell(share: float) -> object:
        nonlocal most
        most = max(most, share)
        return progress(most)

    return tell


def _restored(
    document: Document,
    config: Config,
    known: Evidence,
    progress: Callable[[float], object],
    page: Document | None = None,
) -> Restored:
    known.forget()
    run = _Run(config, known, document)
    moves = [c for c in config.decided if isinstance(c.finding.action, Reorder)]
    run.decide(moves)
    settled: set[Place] = set()
    if page is not None:
        findings, settled = find_page_order(document, page)
        run.make([finding for finding in findings if run.accepts(finding)])
    guesses = known.speaks and not all(page.proved for page in document.pages)
    furniture, told = list[Finding](), None
    for left in reversed(range(ROUNDS if guesses else 0)):
        begun = _Run(config, known, run.document, list(run.changes))
        furniture, told = run.mend(settled, progress)
        if not left or page is not None:
            break
        # Lines are known to be woven when they are mended, and mended when they are not woven.
        marked, _ = applied(run.document, furniture)
        woven = run.find(COLUMNS, _unproved(marked, settled))
        if not woven:
            break
        run = begun
        run.make(woven)
    progress(ROUNDS / (ROUNDS + 1))
    if known.speaks and any(map(document.read_by_ocr, range(len(document.pages)))):
        # A page that proves its order does not prove its letters.
        run.make(run.find(LETTERS, run.document))
    run.make(furniture if run.document is told else run.find(FURNITURE, run.document))
    run.decide(c for c in config.decided if c not in moves and not ends_line(c))
    run.make(run.find(PARAGRAPHS, run.document))
    run.decide(filter(ends_line, config.decided))
    progress(1.0)
    return Restored(document, run.document, tuple(run.changes), tuple(run.doubts.values()))


def _unproved(document: Document, settled: set[Place]) -> Document:
    """The document with nothing on the pages whose order is proved, and in the lines settled."""
    blank = {place: replace(document.at(place), text="", origins=()) for place in settled}
    pages = document.with_lines(blank).pages
    pages = tuple(replace(page, lines=()) if page.proved else page for page in pages)
    return replace(document, pages=pages)


def _evidence(config: Config, quotes: Quotes | None) -> Evidence:
    if not config.quotes:
        quotes = Quotes([])
    return (
        evidence(config.language) if quotes is None else Evidence(language(config.language), quotes)
    )


def restore_text(raw: str, *, ocr: bool = False, **config: Any) -> Restored:
    r"""Mend a text: ``restore_text(raw).text`` is clean running text.

    ``ocr`` says that its letters were read by OCR. Other keywords are those of ``Config``; names
    may be given in any collection. Raises ValueError if one of them cannot be.

    >>> restore_text("בנה את הבית").text
    'בנה את הבית\n'
    """
    known = Config.__dataclass_fields__
    for name in config:
        if name not in known:
            raise ValueError(f"unknown option {name!r}; there is: {', '.join(known)}, ocr")
    options: dict[str, Any] = {
        name: frozenset(value) if name in SETS else value for name, value in config.items()
    }
    chosen = Config(**options)
    return restore(txt.read(raw, chosen.language, ocr=ocr), chosen)
