"""Known passages settle the order of words, and the change names them."""

from __future__ import annotations

import numpy as np
import pytest

from restore import Config, restore_text
from restore.evidence import Evidence, evidence
from restore.junctions import Floats
from restore.languages import language
from restore.order.choices import choices_of
from restore.order.habits import decide
from restore.order.lattice import Reading
from restore.pair_model import PairModel, Rows
from restore.tokens import tokens
from restore.works.library import BUILT_IN, Library
from restore.works.quoted import quoted
from restore.works.quotes import Quotes

AVOT = "אל תהיו כעבדים המשמשין את הרב על מנת לקבל פרס"
TURNED = " ".join(reversed(AVOT.split()))
PLACE = "משנה אבות א, ג"


class Mute(PairModel):
    """A model that has nothing to say of any two words."""

    def __init__(self) -> None:
        super().__init__(np.zeros(16, np.uint8), np.zeros(16, np.float32), 0.0)


class Deaf(Evidence):
    """Evidence of quotes alone."""

    @property
    def model(self) -> PairModel:
        return Mute()

    def sides(self, left: Rows, right: Rows) -> tuple[Floats, Floats]:
        """Of the net of junctions too, all junctions are alike."""
        before, after = super().sides(left, right)
        return before * 0, after * 0


@pytest.fixture(scope="module")
def built_in() -> Quotes:
    return Quotes([Library.read(BUILT_IN)])


def best(text: str, known: Evidence) -> Reading:
    lines = [tokens(text)]
    found = choices_of(lines, known, quoted(lines, [False], known.quotes))
    decide(found, known)
    return max(found[0].readings, key=lambda reading: reading.posterior)


def test_a_passage_alone_settles_the_order(built_in: Quotes) -> None:
    spaced = TURNED.replace(" ", "  ").replace("  ", " ", 1) + " "
    known = Deaf(language("he"), built_in)
    assert best(spaced, known).order == tuple(reversed(range(len(AVOT.split()))))
    without = Deaf(language("he"), Quotes([]))
    assert best(spaced, without).quoted == 0


MESILLAT = (
    "יסוד החסידות ושרש העבודה התמימה הוא שיתברר ויתאמת אצל",
    "האדם מה חובתו בעולמו ולמה צריך שישים מבטו",
    "ומגמתו בכל אשר הוא עמל כל ימי חייו",
)


def scrambled() -> list[str]:
    """The lines with words in reverse, in two runs, and with words in reverse again."""
    one, two, three = (line.split() for line in MESILLAT)
    turned = ["  ".join(reversed(words)).replace("  ", " ", 1) + " " for words in (one, three)]
    return [turned[0], " ".join([*two[5:], *two[:5]]) + " ", turned[1]]


def orders(lines: list[str], known: Evidence) -> list[str]:
    """The best reading of each line."""
    cut = [tokens(line) for line in lines]
    found = choices_of(cut, known, quoted(cut, [True, True, False], known.quotes))
    decide(found, known)
    best = [max(choice.readings, key=lambda reading: reading.posterior) for choice in found]
    return [
        " ".join(line.token(token) for token in reading.order)
        for line, reading in zip(cut, best, strict=True)
    ]


def test_all_lines_of_a_passage_are_in_order_because_of_it(built_in: Quotes) -> None:
    assert orders(scrambled(), Deaf(language("he"), built_in)) == list(MESILLAT)
    assert orders(scrambled(), Deaf(language("he"), Quotes([]))) != list(MESILLAT)


def test_a_word_of_the_passage_may_be_misspelled(built_in: Quotes) -> None:
    lines = [line.replace("חובתו", "הובתו").replace("התמימה", "התמיה") for line in scrambled()]
    told = orders(lines, Deaf(language("he"), built_in))
    assert [line.split() for line in told] == [
        line.replace("חובתו", "הובתו").replace("התמימה", "התמיה").split() for line in MESILLAT
    ]


def test_a_passage_says_which_word_follows_which(built_in: Quotes) -> None:
    line = tokens(TURNED)
    told = quoted([line], [False], built_in)[0]
    last = len(line) - 1
    for token in range(last):
        assert told.within[token + 1, token] == 1.0
        assert told.within[token, token + 1] == 0.0
    assert [source.place for source in told.sources] == [PLACE]


def test_a_passage_goes_on_in_the_next_line(built_in: Quotes) -> None:
    words = AVOT.split()
    lines = [tokens(" ".join(words[:5])), tokens(" ".join(words[5:]))]
    joined, apart = (quoted(lines, [on, False], built_in)[0] for on in (True, False))
    assert joined.onward[4, 0] == 1.0
    assert not apart.onward.any()


def test_words_that_may_be_two_are_looked_for_as_one(built_in: Quotes) -> None:
    whole = tokens(AVOT)
    cut = tokens(AVOT, splits={AVOT.index("כעבדים") + 3: 1.0})
    assert len(cut) == len(whole) + 1
    told = quoted([cut], [False], built_in)[0]
    assert told.within[1, 2] == 1.0  # תהיו, and the first half of כעבדים
    assert told.within[3, 4] == 1.0  # its second half, and המשמשין


def test_the_change_names_the_passage() -> None:
    text = f"כך שנינו במסכת אבות בפרק הראשון\n{TURNED.replace(' ', '  ').replace('  ', ' ', 1)} \n"
    result = restore_text(text)
    assert result.lines[1] == AVOT
    reasons = [change.finding.reason for change in result.changes]
    assert any(f"words 1-{len(AVOT.split())} are from {PLACE}" in reason for reason in reasons)
    silent = restore_text(text, quotes=False, confidence=0.0)
    assert not any(PLACE in change.finding.reason for change in silent.changes)


def test_quotes_can_be_left_out() -> None:
    assert Config().quotes
    assert evidence("he").quotes.libraries
