"""Accents of the Hebrew Bible: where in a word each can stand, and which can follow which.

An accent stands on the letter whose vowel is stressed, some on the first or the last letter of
their word; one that joins its word to the next stands only before some others. W. Wickes, A
treatise on the accentuation of the so-called prose books of the Old Testament (1887), and of the
three so-called poetical books (1881); Gesenius, Hebrew Grammar, sections 15 and 29.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from restore.points import ACCENT, DAGESH, HOLAM, MAQAF, WORD
from restore.tokens import HEBREW, POINT

ETNAHTA, SEGOLTA, SHALSHELET, ZAQEF, TIPEHA = "\u0591", "\u0592", "\u0593", "\u0594", "\u0596"
REVIA, TSINOR, PASHTA, YETIV, TEVIR = "\u0597", "\u0598", "\u0599", "\u059a", "\u059b"
GERESH, GERESH_MUQDAM, GERSHAYIM, QARNE_PARA = "\u059c", "\u059d", "\u059e", "\u059f"
TELISHA_GEDOLA, PAZER, ATNAH_HAFUKH, MUNAH = "\u05a0", "\u05a1", "\u05a2", "\u05a3"
MAHPAKH, MERKHA, MERKHA_KEFULA, DARGA, QADMA = map(chr, range(0x5A4, 0x5A9))
TELISHA_QETANA, YERAH, OLE, ILUY, DEHI, ZARQA = (
    "\u05a9", "\u05aa", "\u05ab", "\u05ac", "\u05ad", "\u05ae",
)  # fmt: skip
ACCENTS = frozenset(map(chr, range(0x591, 0x5AF)))
METEG, SOF_PASUQ, PASEQ = "\u05bd", "\u05c3", "\u05c0"

ON_FIRST = frozenset((YETIV, TELISHA_GEDOLA, DEHI, GERESH_MUQDAM))
ON_LAST = frozenset((SEGOLTA, PASHTA, TELISHA_QETANA, ZARQA, TSINOR))

# What can follow an accent, in the prose books or the three of poetry; after others, anything.
FOLLOWERS: dict[str, frozenset[str]] = {
    MUNAH: frozenset((
        ZAQEF, ETNAHTA, REVIA, MUNAH, ZARQA, SEGOLTA, TELISHA_GEDOLA, TELISHA_QETANA, PAZER,
        MAHPAKH, SOF_PASUQ, DEHI, ILUY, MERKHA,
    )),
    MERKHA: frozenset((
        TIPEHA, SOF_PASUQ, TEVIR, PASHTA, ZARQA, REVIA, ETNAHTA, MERKHA, DEHI, MUNAH,
    )),
    MAHPAKH: frozenset((PASHTA, MUNAH, REVIA, TIPEHA, MERKHA, YERAH, QADMA)),
    DARGA: frozenset((TEVIR, MUNAH, MERKHA_KEFULA)),
    QADMA: frozenset((GERESH, MAHPAKH, DARGA, MERKHA, MUNAH, TIPEHA, YERAH)),
    TELISHA_QETANA: frozenset((QADMA, GERESH)),
    TIPEHA: frozenset((SOF_PASUQ, ETNAHTA, MERKHA, MUNAH)),
    TEVIR: frozenset((MERKHA, TIPEHA, TEVIR)),
    PASHTA: frozenset((MUNAH, ZAQEF, PASHTA, MAHPAKH, YETIV, QADMA)),
    YETIV: frozenset((MUNAH, ZAQEF)),
    YERAH: frozenset((QARNE_PARA, PAZER)),
    ZARQA: frozenset((MUNAH, SEGOLTA, ATNAH_HAFUKH, MERKHA, MAHPAKH, OLE, REVIA, ZARQA)),
}  # fmt: skip
# Two accents that one word may have.
PAIRS = frozenset(
    map(
        frozenset,
        (
            (QADMA, ZAQEF), (PASHTA, ZAQEF), (MUNAH, ZAQEF), (OLE, MERKHA), (OLE, YERAH),
            (OLE, MUNAH), (GERESH_MUQDAM, REVIA), (TSINOR, MERKHA), (TSINOR, MAHPAKH),
            (TSINOR, ZARQA), (QADMA, PASHTA), (QADMA, GERESH),
        ),
    )
)  # fmt: skip

FULL = frozenset("iEeaAouOV")  # vowels that can be stressed, by the names below
SHORT, NO_VOWEL, IN_VAV, VAV = "sh", "-", "V", "v"
_NAMES = dict(zip(map(chr, range(0x5B0, 0x5BC)), "shhhiEeaAoou", strict=True)) | {"\u05c7": "O"}
TOKEN = regex.compile(r"\S+")
FINAL_INSIDE = regex.compile(rf"[ךםןףץ]{POINT}*[{HEBREW}]")
_CLUSTER = regex.compile(rf"([{HEBREW}])({POINT}*)")

# The end of a word from a letter with a vowel on that is stressed though the next letter has a
# vowel too; of each letter its vowel is given, and a dot for its dagesh. Of 21,000 such words of
# the Tanakh that are stressed on one of the two, 60 are not stressed so.
STRESSED_BEFORE = regex.compile(
    r"""\S+[aA]\ יi\ \S[-s]  # הַמַּיִם
    # נֶפֶשׁ, הָאָרֶץ, but not לָכֶם, בָּבֶל
    |\S+[eEoA]\ (?![כהת]e\ [םן])(?<!ב\.?A\ )\Se\ (?!ה)\S[-s]
    # נַעַר, נֹכַח, but not אַחַת, אֱלֹהַי
    |(?!אa\ ח)\S+[aeo]\ (?:[חעה]a\ (?!י)\S-|\Sa\ [חע]-)
    # לְמִינֵהוּ, מִמֶּנּוּ, אֱלֹהֵינוּ, לָנוּ, בָּאוּ
    |\S+[EA]\ הV\ ו\.v|\S+[eE]\ נ\.?V\ ו\.v|(?:ל\.?A\ נ|ב\.?[Ao]\ א)V\ ו\.v
    # שָׁמָּה, הֵמָּה, מִמֶּנָּה, מִמֶּנִּי, אֵלֶּה
    |\S+A\ \S\.A\ ה-|\S+E\ [מנ]\.A\ ה-|\S+e\ נ\.[Ai]\ [הי]-|אE\ ל\.e\ ה-
    # עַבְדֶּךָ, וַיָּקׇם
    |\S+e\ ךA|\S+A\ \S\.?O\ \S-
    """,
    regex.VERBOSE,
)


class Letter(NamedTuple):
    """A letter of a word with its points: where it stands, and the name of its vowel."""

    text: str
    points: str
    start: int
    vowel: str


@lru_cache(maxsize=1 << 12)  # words come again, in each way to put a line together
def letters_of(word: str) -> tuple[Letter, ...]:
    """The letters of a word with their points, and what vowel each has."""
    found: list[Letter] = []
    for cluster in _CLUSTER.finditer(word):
        letter, points = cluster.groups()
        names = [_NAMES[point] for point in points if point in _NAMES]
        vowel = names[0] if names else NO_VOWEL
        if letter == "ו" and (vowel == "o" or (not names and DAGESH in points)):
            if found and found[-1].vowel == NO_VOWEL:
                found[-1] = found[-1]._replace(vowel=IN_VAV)
                vowel = VAV
            elif not names and not found:
                vowel = "u"
        found.append(Letter(letter, points, cluster.start(), vowel))
    return tuple(found)


def settled(word: str) -> list[int]:
    """The places of the characters of a word (with no maqaf) in the order in which they belong.

    An accent that cannot stand where it does, but a letter before, belongs there. So do the holams
    of vav, of letters before an alef, and of the name of God that came out a letter off. A word
    that would have to be settled again was damaged in another way, and stays.
    """
    order = _settled_once(word)
    found = "".join(map(word.__getitem__, order))
    as_it_is = list(range(len(word)))
    return order if found == word or _settled_once(found) == as_it_is else as_it_is


def _settled_once(word: str) -> list[int]:
    order = _holams_settled(word)
    letters = letters_of("".join(map(word.__getitem__, order)))
    for at in range(len(letters) - 1, 0, -1):
        to = letters[at - 1].start + 1 + len(letters[at - 1].points)
        moved = ""
        for place, mark in enumerate(letters[at].points, letters[at].start + 1):
            if mark != moved and _is_late(mark, letters, at):
                order.insert(to, order.pop(place))
                to += 1
                moved = mark
    return order


def _holams_settled(word: str) -> list[int]:
    order = list(range(len(word)))
    if not any(holam in word for holam in HOLAM):
        return order
    letters = letters_of(word)
    for at, (one, two) in enumerate(pairwise(letters), 1):
        vowels = [[mark for mark in letter.points if mark in _NAMES] for letter in (one, two)]
        first, second = ([mark for mark in marks if mark in HOLAM] for marks in vowels)
        if first and two.text == "ו" and not vowels[1] and DAGESH not in two.points:
            # Holam before its vav, or the vowel of a vav before it.
            late = next((mark for mark in vowels[0] if mark not in HOLAM), first[0])
            place = one.start + 1 + one.points.index(late)
            order.insert(order.index(two.start), order.pop(order.index(place)))
        elif second and one.vowel == NO_VOWEL and _of_letter_before(letters, at, vowels[1]):
            place = two.start + 1 + two.points.index(second[0])
            order.insert(order.index(two.start), order.pop(order.index(place)))
    return order


def _of_letter_before(letters: Sequence[Letter], at: int, vowels: Sequence[str]) -> bool:
    """Whether a holam is that of the letter before: ``לאֹ``, ``זּאֹת``, and ``הוָֹה`` for ``הֹוָה``."""
    before = letters[at - 1]
    if letters[at].text == "ו":
        return len(vowels) == 2
    if letters[at].text != "א":
        return False
    needs = at == 1 or letters[at - 2].vowel in SHORT or DAGESH in before.points
    return needs or at == len(letters) - 1


@lru_cache(maxsize=1 << 16)  # words come again, in each round
def has_late_accent(word: str) -> bool:
    """Whether an accent of a word cannot stand where it does, but a letter before."""
    return settled(word) not in (_holams_settled(word), list(range(len(word))))


def may_be_late(word: str) -> int:
    """How many accents of a word stand where they can, and could a letter before as well."""
    letters = letters_of(word)
    return sum(
        mark not in ON_FIRST | ON_LAST and not _is_late(mark, letters, at)
        for at in range(1, len(letters))
        if _full(letters, at) and _full(letters, at - 1)
        for mark in letters[at].points
        if mark in ACCENTS
    )


def _is_late(mark: str, letters: Sequence[Letter], at: int) -> bool:
    """Whether a mark of a letter can only be that of the letter before."""
    if mark in ON_FIRST:
        return at == 1 and mark not in letters[0].points
    if not ACCENTS.isdisjoint(letters[at - 1].points):
        return False
    if mark == METEG:
        return letters[at].vowel == NO_VOWEL and _full(letters, at - 1)
    if mark not in ACCENTS or not _full(letters, at - 1):
        return False
    if mark in ON_LAST and (mark != PASHTA or at == len(letters) - 1):
        return mark == PASHTA and letters[at].points.count(PASHTA) > 1
    if not _full(letters, at) or METEG in letters[at].points:
        return True
    if mark == PASHTA and PASHTA in letters[-1].points:
        # It is written twice where the stress is not on the last syllable.
        return not any(letter.vowel in FULL for letter in letters[at + 1 :])
    return STRESSED_BEFORE.fullmatch(" ".join(map(_named, letters[at - 1 :]))) is not None


def _full(letters: Sequence[Letter], at: int) -> bool:
    """Whether a letter has a vowel that can be stressed, and no patah that is only glided to."""
    letter = letters[at]
    if letter.vowel not in FULL:
        return False
    glided = letter.vowel == "a" and 0 < at == len(letters) - 1 and letter.text in "החע"
    return not (glided and letters[at - 1].vowel in "EiouVv-")


def _named(letter: Letter) -> str:
    return f"{letter.text}{'.' * (DAGESH in letter.points)}{letter.vowel}"


@lru_cache(maxsize=1 << 14)
def accent_of(word: str) -> str:
    """The accent of a word, or of words joined by maqaf, that tells what may follow; or none."""
    if word.endswith(SOF_PASUQ):
        return SOF_PASUQ
    found: list[str] = ACCENT.findall(word)
    if not found or word.endswith(PASEQ):
        return ""
    if found[-1] == PASHTA:
        letters = letters_of(word.rsplit(MAQAF, 1)[-1])
        if letters and PASHTA not in letters[-1].points:
            return QADMA
    return found[-1]


def may_follow(accent: str, other: str) -> bool:
    """Whether a word with an accent can stand before one with another."""
    return not other or accent not in FOLLOWERS or other in FOLLOWERS[accent]


def has_two(word: str) -> bool:
    """Whether a word has two accents that none can have."""
    marks = frozenset(ACCENT.findall(word))
    return len(marks) > 1 and marks not in PAIRS


def well_named(text: str, after: str) -> str:
    """A text with a qadma for a pashta, inside a word that has none at its end, or the reverse.

    Not where what follows, ``after`` the text too, cannot follow a qadma: there the pashta at the
    end of a word may be lost.
    """
    words = [*TOKEN.findall(text), after]
    accents = [accent_of(word) for word in words]
    may_be = iter([accent in FOLLOWERS[QADMA] for accent in accents[1:]])

    def named(found: regex.Match[str]) -> str:
        qadma = next(may_be)
        return WORD.sub(lambda word: _well_named(word[0], qadma), found[0])

    return TOKEN.sub(named, text)


def _well_named(word: str, may_be_qadma: bool) -> str:
    letters = letters_of(word)
    if not letters or (PASHTA not in word and QADMA not in word):
        return word
    last = letters[-1].start
    if PASHTA in letters[-1].points:
        return word[:last].replace(QADMA, PASHTA) + word[last:]
    # Words may be run together, each with its pashta.
    whole = word.count(PASHTA) == 1 and not FINAL_INSIDE.search(word)
    return word.replace(PASHTA, QADMA) if whole and may_be_qadma else word
