from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from restore.junctions import (
    NOTHING,
    REACH,
    Junctions,
    Layers,
    ends,
    junctions,
    keys,
    quantised,
    within,
)
from restore.languages import language
from restore.units import COLUMNS, attributes

HEBREW = language("he")
LINES = (
    "מאימתי קורין את שמע בערבית? משעה שהכהנים נכנסים לאכול בתרומתן עד סוף האשמורה הראשונה",
    "על שלשה דברים העולם עומד, על התורה ועל העבודה ועל גמילות חסדים.",
    "הלל אומר: אם אין אני לי, מי לי? וכשאני לעצמי, מה אני? ואם לא עכשיו, אימתי?",
    "הוא לא ידע מה לומר, ולכן הלך משם בלי להגיד מילה לאיש מן הנוכחים.",
    "ועדת הכספים של הכנסת תדון מחר בהצעת החוק (תיקון מס' 4) של ח\"כ כהן.",
    "בשנה שעברה עברנו לגור בבית קטן ליד הים, ומאז אנחנו הולכים לשחות בכל בוקר.",
    "אחרי שסיימה את הלימודים באוניברסיטה היא נסעה לארצות הברית כדי לחפש שם עבודה.",
    'וכתב הרמב"ם בהלכות תשובה שאין אומרין לו לאדם שישוב אלא מעבירות שיש בהן מעשה.',
)


def rows(units: list[str]) -> NDArray[np.uint64]:
    return np.array([attributes(unit, HEBREW.clitics) for unit in units], np.uint64)


def score(net: Junctions, units: list[str]) -> float:
    before, after, _ = within([range(len(units))])
    left, right = net.sides(rows(units), before, after)
    return float((left * right).sum())


@pytest.fixture(scope="module")
def net() -> Junctions:
    return junctions(HEBREW.junctions)


def test_true_order_scores_higher_than_reversed(net: Junctions) -> None:
    for line in LINES:
        units = line.split()
        assert score(net, units) > score(net, units[::-1])


def test_true_order_scores_higher_than_most_rotations(net: Junctions) -> None:
    better = []
    for line in LINES:
        units = line.split()
        true = score(net, units)
        better += [true > score(net, units[k:] + units[:k]) for k in range(1, len(units))]
    assert np.mean(better) > 0.75


def test_more_is_known_of_a_junction_than_the_words_at_it(net: Junctions) -> None:
    """What stands further off changes what the junction says."""
    units = LINES[0].split()[:8]
    near = np.full((1, REACH), NOTHING)
    far = np.arange(REACH)[np.newaxis]
    near[0, -1] = REACH - 1
    after = far + REACH
    left, right = net.sides(rows(units), np.concatenate([near, far]), np.repeat(after, 2, axis=0))
    one, other = (left * right).sum(axis=1)
    assert abs(one - other) > 0.01


def test_one_call_scores_as_many_do(net: Junctions) -> None:
    units = " ".join(LINES).split()
    before, after, _ = within([range(20), range(20, 45), range(45, len(units))])
    left, right = net.sides(rows(units), before, after)
    for k in range(0, len(before), 7):
        one, other = net.sides(rows(units), before[k : k + 1], after[k : k + 1])
        np.testing.assert_allclose(left[k], one[0], atol=1e-4)
        np.testing.assert_allclose(right[k], other[0], atol=1e-4)


def tiny(seed: int) -> Junctions:
    """A net of random weights that knows some attributes of some words."""
    rng = np.random.default_rng(seed)
    known = np.unique(keys(rows(LINES[0].split()))[:6].ravel())[::2]
    shapes: list[tuple[int, ...]] = [(len(known) + 1, 5), (5,), (5,)]
    shapes += [(7, 5 * REACH), (7,), (3, 7), (3,)] * 2
    layers = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    layers[0][-1] = 0
    return Junctions(known, Layers(*layers))


def plain(net: Junctions, units: list[str], before: list[int], after: list[int]) -> float:
    """What ``sides`` is to give, a number at a time."""
    known = {int(key): vector for key, vector in zip(net.known, net.layers.vectors, strict=False)}
    sides = []
    for places, at in ((before, 3), (after, 7)):
        read: list[float] = []
        for place in places:
            if place == NOTHING:
                read += list(net.layers.nothing)
                continue
            names = keys(rows([units[place]]))[0]
            found = [known[int(name)] for name in names if int(name) in known]
            total = [
                float(b) + sum(float(v[k]) for v in found) for k, b in enumerate(net.layers.bias)
            ]
            read += [max(t, 0.0) for t in total]
        first, first_bias, second, second_bias = net.layers[at : at + 4]
        inner = [
            max(float(np.dot(w, read) + b), 0.0) for w, b in zip(first, first_bias, strict=True)
        ]
        sides.append(
            [float(np.dot(w, inner) + b) for w, b in zip(second, second_bias, strict=True)]
        )
    return float(np.dot(sides[0], sides[1]))


PLACE = st.integers(NOTHING, 14)
SIDE = st.lists(PLACE, min_size=REACH, max_size=REACH)


@settings(deadline=None)
@given(st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=5), st.integers(0, 3))
def test_sides_are_those_of_plain_numbers(
    windows: list[tuple[list[int], list[int]]], seed: int
) -> None:
    units = (LINES[0] + " " + LINES[1]).split()[:15]
    net = tiny(seed)
    before, after = (np.array([window[k] for window in windows], np.intp) for k in (0, 1))
    left, right = net.sides(rows(units), before, after)
    expected = [plain(net, units, *window) for window in windows]
    np.testing.assert_allclose((left * right).sum(axis=1), expected, rtol=1e-3, atol=1e-2)


def test_no_junctions_have_no_vectors(net: Junctions) -> None:
    none = np.zeros((0, REACH), np.intp)
    left, right = net.sides(rows(["שלום"]), none, none)
    assert len(left) == len(right) == 0


@given(st.lists(st.lists(st.integers(0, 99), max_size=9), max_size=6))
def test_junctions_within_lines_have_what_stands_around_them(lines: list[list[int]]) -> None:
    before, after, owners = within(lines)
    expected = []
    for owner, line in enumerate(lines):
        beyond = [NOTHING] * REACH
        for j in range(1, len(line)):
            left, right = (beyond + line[:j])[-REACH:], (line[j:] + beyond)[:REACH]
            expected.append((left, right, owner))
    found = zip(before.tolist(), after.tolist(), owners.tolist(), strict=True)
    assert list(found) == expected


def test_ends_of_lines() -> None:
    last, first = ends([[1, 2, 3, 4, 5, 6], [7, 8], []])
    no = NOTHING
    assert last.tolist() == [[3, 4, 5, 6], [no, no, 7, 8], [no] * 4]
    assert first.tolist() == [[1, 2, 3, 4], [7, 8, no, no], [no] * 4]


def test_the_same_hash_in_two_columns_is_two_attributes() -> None:
    assert len(set(keys(np.full((1, COLUMNS), 77, np.uint64))[0].tolist())) == COLUMNS


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 50.0])
def test_rounding_changes_a_weight_by_half_a_step_at_most(scale: float) -> None:
    weights = np.random.default_rng(0).normal(size=(6, 9)).astype(np.float32) * np.float32(scale)
    whole, scales = quantised(weights)
    steps = scales.astype(np.float32)[:, np.newaxis]
    assert (np.abs(whole * steps - weights) <= steps * 0.6).all()


def test_written_net_reads_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.junctions"
    written = tiny(0)
    written.write(path, {"language": "x", "of": "שלום"})
    read = Junctions.read(path)
    np.testing.assert_array_equal(read.known, written.known)
    for one, other in zip(read.layers, written.layers, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=np.abs(other).max() / 127)
    assert not read.layers.vectors[-1].any()
    again = tmp_path / "again.junctions"
    read.write(again, {"language": "x", "of": "שלום"})
    assert again.read_bytes() == path.read_bytes()
