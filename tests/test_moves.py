from __future__ import annotations

import time
from collections import Counter
from itertools import chain, combinations, pairwise, permutations
from pathlib import Path

import pytest
from caps import hebrew
from hypothesis import example, given
from hypothesis import strategies as st

from restore import restore_text
from restore.compare.facts import told
from restore.compare.intervals import Move, Stretch, moves
from restore.compare.moves import Diff, LetterEdit, compared, letter_edits, recorded
from restore.compare.stacked import Shown, Stacked, as_seen, plain
from restore.compare.words import words_of

SAMPLES = Path(__file__).parent.parent / "samples"
RAW = sorted(SAMPLES.glob("*.raw.txt"))
WORDS = ["ABC", "DE", "LA", "AL", "(KL)", 'M"N', "OP,", "–", "12", "א\u05b7ב"]

# First text, second text, and what is told of each line. Capitals are Hebrew letters.
CASES = [
    ("A B C D E", "E D C B A", ["1: 5 words reversed, no letter changed [5-1]"]),
    ("A B C D E", "C D E A B", ["1: 2 words moved, no letter changed [3-5 1-2]"]),
    (
        "A B C D E F",
        "E F C D A B",
        ["1: 6 words in 3 runs reversed, no letter changed [5-6 3-4 1-2]"],
    ),
    ("X B A Y", "X A B Y", ["1: 2 words swapped, no letter changed [3-2]"]),
    ("B D A C", "A B C D", ["1: 2 words moved in 2 blocks, no letter changed [3 1 4 2]"]),
    (
        "A B\nC D E\nF G",
        "A B\nE D C\nF G",
        ["2: 3 words reversed, no letter changed [3-1]"],
    ),
    (
        "A B C\nD E F",
        "D E A B C\nF",
        ["1-2: 2 words moved, no letter changed [2:1-2:2 1:1-1:3]"],
    ),
    ("ABCDE FG", "ABXDE FG", ["1: ABCDE → ABXDE (1 letter)"]),
    ("ABCDE FG", "EDCBA FG", ["1: letters of 1 word reversed"]),
    ("FG EDCBA", "ABCDE FG", ["1: 2 words swapped, letters of 1 word reversed [2-1]"]),
    ("AB CD EF", "AB EF", ["1: 1 word deleted"]),
    ("AB EF", "AB CD EF", ["1: 1 word inserted"]),
    (")AB( CD", "(AB) CD", ["1: 2 brackets mirrored"]),
    ("(AB CD)", "(AB) CD", ["1: 1 bracket re-attached"]),
    (".AB CD", "AB CD.", ["1: 1 mark moved"]),
    (". AB CD", "AB CD.", ["1: 1 mark moved"]),
    ("AB CD", "AB CD,", ["1: 1 mark inserted"]),
    ('AB "CD', "AB CD", ["1: 1 mark deleted"]),
    ('AB ,"CD', 'AB ",CD', ["1: 1 mark moved"]),
    ("\u202bAB CD\u202c", "AB CD", ["1: 2 invisible controls deleted"]),
    ("AB  CD ", "AB CD", ["1: white space changed, no more"]),
    ("ABCD EF", "AB CD EF", ["1: 1 space put in"]),
    ("AB CD EF", "ABCD EF", ["1: 1 space taken out"]),
    ("AB)CD", "AB) CD", ["1: 1 space put in"]),
    (
        ")144(AB CD",
        "(AB CD 144)",
        ["1: 1 word moved, 1 bracket re-attached, no letter changed [2-3 1]"],
    ),
    ("ABTOM KO", "KO TOM AB", ["1: 3 words reversed, no letter changed [3-1]"]),
    ("AB25 CD", "25AB CD", ["1: 2 words swapped, no letter changed [2-1]"]),
]


def lines_told(diff: Diff) -> list[str]:
    """What ``restore diff`` says, one string a line or stretch of lines."""
    texts = []
    for first, last, text, orders in told(diff).lines():
        place = f"{first + 1}" if first == last else f"{first + 1}-{last + 1}"
        texts.append(f"{place}: {text}" + f" [{orders}]" * bool(orders))
    return texts


@pytest.mark.parametrize(("first", "second", "facts"), CASES)
def test_what_happened_is_told(first: str, second: str, facts: list[str]) -> None:
    diff = compared(hebrew(first), hebrew(second))
    edit = "ABCDE → ABXDE"
    assert lines_told(diff) == [fact.replace(edit, hebrew(edit)) for fact in facts]
    assert diff.applied() == " ".join(hebrew(second).split())


def naive(order: list[int]) -> list[tuple[Stretch, ...]]:
    """The moves of a permutation, by the definition of its tree of intervals."""
    low, size = min(order), len(order)
    if size == 1:
        return []
    cuts = [k for k in range(1, size) if max(order[:k]) - low == k - 1]
    back = [k for k in range(1, size) if low + size - min(order[:k]) == k]
    ends = [0, *(cuts or back), size] if cuts or back else _maximal(order)
    parts = [order[start:stop] for start, stop in pairwise(ends)]
    found = [move for part in parts for move in naive(part)]
    if not cuts:
        found.append(tuple((min(part), max(part) + 1) for part in parts))
    return found


def _maximal(order: list[int]) -> list[int]:
    """Where the largest intervals inside of an order begin, if none of it is a chain."""
    ends = [0]
    while ends[-1] < len(order):
        start = ends[-1]
        ends.append(
            max(
                stop
                for stop in range(start + 1, len(order) + 1)
                if stop - start < len(order)
                and max(order[start:stop]) - min(order[start:stop]) == stop - start - 1
            )
        )
    return ends


@pytest.mark.parametrize("size", range(1, 8))
def test_moves_are_those_of_the_tree_of_intervals(size: int) -> None:
    for order in permutations(range(size)):
        found = [move.parts for move in moves(order)]
        assert sorted(found) == sorted(naive(list(order))), order


@given(st.permutations(range(24)))
def test_moves_of_long_orders_are_those_of_the_tree_of_intervals(order: list[int]) -> None:
    assert sorted(m.parts for m in moves(order)) == sorted(naive(order))


@given(st.permutations(range(7)))
def test_as_few_words_as_can_be_are_said_to_have_moved(order: list[int]) -> None:
    for move in moves(order):
        if move.reversed:
            continue
        stay = max(
            sum(stop - start for start, stop in chosen)
            for way in (move.parts, move.parts[::-1])
            for chosen in subsets(way)
            if way is move.parts or move.turns
            if all(one < other for one, other in pairwise(chosen))
        )
        moved = sum(stop - start for start, stop in move.blocks)
        low, high = move.span
        assert stay + moved == high - low or not move.turns
        assert set(move.blocks) < set(move.parts)


def subsets(parts: tuple[Stretch, ...]) -> chain[tuple[Stretch, ...]]:
    return chain.from_iterable(combinations(parts, count) for count in range(len(parts) + 1))


def test_a_reversal_counts_as_one_move_and_each_block_as_one() -> None:
    assert len(Move(((2, 3), (1, 2), (0, 1)))) == 1
    assert len(Move(((3, 9), (0, 3)))) == 1
    assert len(Move(((1, 2), (3, 4), (0, 1), (2, 3)))) == 2


texts = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join), max_size=4
).map("\n".join)  # fmt: skip


@given(texts, texts)
@example("", "AB")
@example("(", ")")
@example("AB(CD)EF", "EF)CD(AB")
def test_applying_what_is_told_gives_the_second_text(one: str, other: str) -> None:
    diff = compared(one, other)
    assert diff.applied() == " ".join(other.split())
    facts = told(diff)
    if facts.facts:
        assert not diff.same
    elif one.split() != other.split():
        assert facts.counts["lines joined"] or facts.counts["lines cut"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_texts_at_all_are_compared(one: str, other: str) -> None:
    assert compared(one, other).applied().split() == other.split()


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    diff = compared(text, text)
    assert diff.same
    assert not (diff.moves or diff.altered or diff.inserted or diff.deleted or diff.hung)
    assert not told(diff).facts
    assert not sum(count for name, count in told(diff).counts.items() if name != "words")


@given(texts, texts)
def test_as_many_equal_words_are_matched_as_there_are(one: str, other: str) -> None:
    """The reference is what both have, as sets with repetition; turned words are equal here."""
    diff = compared(one, other)
    ours, theirs = (
        Counter(min(word.core, "".join(reversed(word.core))) for word in words if word.lettered)
        for words in (diff.first, diff.second)
    )
    altered = sum(bool(word.edits) for word in diff.altered)
    lettered = sum(
        place >= 0 and word.lettered for word, place in zip(diff.second, diff.partner, strict=True)
    )
    if "\u05b7" not in one + other:
        assert lettered - altered == (ours & theirs).total()


@given(st.permutations([word for word in hebrew("ABC DEF GHI JKL MNO PQR STU").split()] * 3))
def test_words_that_stand_often_are_all_matched(words: list[str]) -> None:
    diff = compared(" ".join(sorted(words)), " ".join(words))
    assert not diff.inserted
    assert not diff.deleted
    assert not diff.altered


def sample(name: str) -> tuple[str, str]:
    """An extraction and its true text."""
    raw = SAMPLES / name
    true = SAMPLES / f"{'.'.join(name.split('.')[:2])}.true.txt"
    return raw.read_text("utf-8"), true.read_text("utf-8")


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name.removesuffix(".raw.txt"))
def test_applying_what_is_told_of_an_extraction_gives_the_true_text(path: Path) -> None:
    raw, true = sample(path.name)
    diff = compared(raw, true)
    assert diff.applied() == " ".join(true.split())
    assert sum(diff.second[at].lettered for at in diff.inserted) <= 0.02 * len(diff.second)
    assert sum(diff.first[at].lettered for at in diff.deleted) <= 0.02 * len(diff.first)


def test_lines_that_were_joined_into_paragraphs_are_no_moves() -> None:
    _, true = sample("essay.weasyprint.tika.raw.txt")
    found = told(compared(true, " ".join(true.split())))
    assert not found.facts
    assert found.counts["lines joined"] > 20


def test_a_block_that_moved_far_is_one_move() -> None:
    _, true = sample("essay.weasyprint.tika.raw.txt")
    words = true.split()
    moved = words[:10] + words[30:600] + words[10:30] + words[600:]
    diff = compared(true, " ".join(moved))
    assert [len(move) for move in diff.moves] == [1]
    ((start, stop),) = diff.moves[0].blocks
    assert " ".join(word.text for word in diff.first[start:stop]) == " ".join(words[10:30])


def test_from_a_record_the_diff_is_what_was_done_and_not_what_may_have_been() -> None:
    """Of equal words the record knows which is which."""
    for name in ("pages.libreoffice.pdfjs.raw.txt", "pages.weasyprint.pdfminer.raw.txt"):
        raw, _ = sample(name)
        result = restore_text(raw)
        diff = recorded(result.original, result.document)
        assert diff.applied() == " ".join(result.page_text.split())
        assert not [word for word in diff.altered if word.edits]
        assert not [at for at in diff.inserted if diff.second[at].lettered]
        assert diff.same == (result.page_text == raw)


def test_letter_edits_are_of_letters_with_their_points() -> None:
    assert letter_edits("שָׁלוֹם", "שָׁלום") == (LetterEdit(2, 3, "ו"),)
    assert letter_edits("שָׁלוֹם", "םוֹלשָׁ") == ()


def test_rows_stand_below_each_other_with_what_happened_to_each_word() -> None:
    stack = Stacked(compared(hebrew("AB CD\nEF GH  IJ KL"), hebrew("AB CD\nIJ GH EF MN")))
    above, below = stack.rows(1, 1)
    assert [plain(row) for row in above] == [hebrew("EF GH  IJ KL")]
    assert plain(below) == hebrew("IJ GH EF MN")[: len(plain(below))]
    assert [part.fate for part in above[0]] == ["moved"] * 3 + ["deleted"]


def test_a_line_is_seen_from_right_to_left() -> None:
    row = [Shown(hebrew("AB (12)"), "same"), Shown(" 34", "moved")]
    assert plain(as_seen(row)) == hebrew("34 (12) BA")
    assert as_seen([Shown("plain (text)", "same")]) == [Shown("plain (text)", "same")]


def test_words_know_where_they_stand() -> None:
    line = hebrew('  AB)CD  "EF", (12:30)–')
    for word in words_of([line]):
        assert line[word.start :].startswith(word.text)
        assert line[word.core_start : word.core_stop] == word.core


# Words, seconds of processor time: twice what was measured, 0.011 to 0.020 by text and machine.
SMALL, FAST = 300, 0.04
BOOK, SLOW = 9_000, 6  # words, seconds: far from what the square of the length would take


def seconds(one: str, other: str) -> float:
    start = time.process_time()
    found = compared(one, other)
    assert found.moves is not None
    return time.process_time() - start


def test_300_words_are_compared_at_once() -> None:
    raw, true = sample("essay.weasyprint.tika.raw.txt")
    few = [" ".join(text.split()[:SMALL]) for text in (raw, true)]
    assert min(seconds(*few) for _ in range(9)) < FAST


@pytest.mark.parametrize("kind", ["sound", "reversed", "repeated", "shuffled", "other"])
def test_time_grows_with_the_length_of_the_texts_whatever_they_are(kind: str) -> None:
    lines = [
        [f"{hebrew('ABC')}{at // 9}{hebrew('DE')}", "של", "את"] * 4 for at in range(BOOK // 12)
    ]
    if kind == "repeated":
        lines = [["של"] * 12] * (BOOK // 12)
    other = [line[::-1] for line in lines] if kind == "reversed" else lines
    if kind == "shuffled":
        flat = list(chain.from_iterable(lines))
        other = [flat[at::101] for at in range(101)]
    if kind == "other":
        other = [[word + "x" for word in line] for line in lines]
    one, two = ("\n".join(map(" ".join, text)) for text in (lines, other))
    assert seconds(one, two[5:]) < SLOW
