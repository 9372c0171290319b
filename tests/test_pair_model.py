from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from restore.languages import language
from restore.pair_model import FEATURES, NONE, TAG, PairModel, factors, pair_model, slots
from restore.units import COLUMNS, attributes

HEBREW = language("he")
LINES = (
    "בראשית ברא אלהים את השמים ואת הארץ",
    "שמע ישראל יהוה אלהינו יהוה אחד",
    "על שלשה דברים העולם עומד, על התורה ועל העבודה ועל גמילות חסדים.",
    "אם אין אני לי, מי לי? וכשאני לעצמי, מה אני?",
    "מאימתי קורין את שמע בערבית? משעה שהכהנים נכנסים לאכול בתרומתן",
    "אמר רבי יוחנן משום רבי שמעון בן יוחאי",
    "כל עוד בלבב פנימה נפש יהודי הומיה",
    "בשנה שעברה עברנו לגור בבית קטן ליד הים.",
    "הוא לא ידע מה לומר, ולכן הלך משם בלי להגיד מילה.",
    "ועדת הכספים של הכנסת תדון מחר בהצעת החוק (תיקון מס' 4) של ח\"כ כהן.",
)


def rows(units: list[str]) -> NDArray[np.uint64]:
    return np.array([attributes(unit, HEBREW.clitics) for unit in units], np.uint64)


def triples(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Two back, one back and itself of a line of ``count`` units, from the second on."""
    itself = np.arange(1, count)
    return itself - 2, itself - 1, itself


def score(model: PairModel, units: list[str]) -> float:
    return float(model.scores(rows(units), *triples(len(units))).sum())


@pytest.fixture(scope="module")
def model() -> PairModel:
    return pair_model(HEBREW.weights)


@pytest.mark.parametrize("line", LINES)
def test_true_order_scores_higher_than_reversed(model: PairModel, line: str) -> None:
    units = line.split()
    assert score(model, units) > score(model, units[::-1])


def test_true_order_scores_higher_than_most_shuffled_ones(model: PairModel) -> None:
    rng = np.random.default_rng(0)
    better: list[bool] = []
    for line in LINES:
        units = line.split()
        true = score(model, units)
        better += [true > score(model, list(rng.permutation(units))) for _ in range(50)]
    assert np.mean(better) > 0.95


def test_one_call_scores_as_many_do(model: PairModel) -> None:
    units = " ".join(LINES).split()
    table = rows(units)
    two, one, itself = triples(len(units))
    whole = model.scores(table, two, one, itself)
    single = [
        model.scores(table, two[n : n + 1], one[n : n + 1], itself[n : n + 1])[0]
        for n in range(len(itself))
    ]
    np.testing.assert_array_equal(whole, single)
    order = np.random.default_rng(0).permutation(len(itself))
    np.testing.assert_array_equal(
        whole[order], model.scores(table, two[order], one[order], itself[order])
    )


def test_without_two_only_neighbours_count(model: PairModel) -> None:
    units = LINES[0].split()
    table = rows(units)
    two, one, itself = triples(len(units))
    neighbours = model.scores(table, None, one, itself)
    nothing = np.full_like(two, NONE)
    np.testing.assert_array_equal(neighbours, model.scores(table, nothing, one, itself))
    with_two = model.scores(table, two, one, itself)
    assert with_two[0] == neighbours[0]  # nothing stands two back of the second unit
    assert (with_two[1:] != neighbours[1:]).all()


def test_no_triples_have_no_scores(model: PairModel) -> None:
    none = np.zeros(0, np.intp)
    assert model.scores(rows(["שלום"]), none, none, none).shape == (0,)


def test_table_is_not_copied_into_memory() -> None:
    model = PairModel.read(HEBREW.weights)
    assert isinstance(model.table, np.memmap)
    assert model.table.shape == (1 << model.bits,)
    assert not model.table.flags.writeable
    assert pair_model(HEBREW.weights) is pair_model(HEBREW.weights)


def test_written_model_reads_as_it_was(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = rng.integers(256, size=1 << 12, dtype=np.uint8)
    levels = np.linspace(-1, 1, 16, dtype=np.float32)
    written = PairModel(table, levels, 0.25)
    path = tmp_path / "x.pairs"
    written.write(path, {"language": "x", "of": "שלום"})
    read = PairModel.read(path)
    assert (read.bits, read.bias) == (12, 0.25)
    np.testing.assert_array_equal(read.table, table)
    np.testing.assert_allclose(read.levels, levels, atol=1e-5)
    for line in LINES:
        assert score(read, line.split()) == pytest.approx(score(written, line.split()), abs=1e-2)


def place(feature: int, triple: list[list[int]], bits: int) -> int:
    """What ``slots`` is to give, in integers that do not wrap round by themselves."""
    word = (1 << 64) - 1
    two, one, itself = FEATURES[feature]
    mixed = (feature + 1) * 0xBF58476D1CE4E5B9
    if two != NONE:
        mixed += (triple[0][two] + 1) * 0x9E3779B97F4A7C15
    if one != NONE:
        mixed += (triple[1][one] + 1) * 0xC2B2AE3D27D4EB4F
    mixed &= word
    mixed ^= mixed >> 29
    mixed = (mixed + (triple[2][itself] + 1) * 0x165667B19E3779F9) & word
    mixed = (mixed * 0xD6E8FEB86659FD93) & word
    mixed ^= mixed >> 32
    mixed = (mixed * 0xD6E8FEB86659FD93) & word
    return mixed >> (64 - bits)


ROW = st.lists(st.integers(0, 2**32 - 1), min_size=COLUMNS, max_size=COLUMNS)
TRIPLE = st.lists(ROW, min_size=3, max_size=3)


@settings(deadline=None)
@given(st.lists(TRIPLE, min_size=1, max_size=4), st.integers(1, 32))
def test_slots_are_those_of_plain_integers(examples: list[list[list[int]]], bits: int) -> None:
    values = np.array(examples, np.uint64)
    for feature in range(len(FEATURES)):
        found = slots(feature, factors((values[:, 0], values[:, 1], values[:, 2])), bits)
        assert found.tolist() == [place(feature, example, bits) for example in examples]


@settings(deadline=None)
@given(TRIPLE)
def test_score_is_bias_and_weights_of_own_names(triple: list[list[int]]) -> None:
    rng = np.random.default_rng(0)
    table = rng.integers(256, size=1 << 8, dtype=np.uint8)
    levels = np.linspace(-1, 1, 16, dtype=np.float32)
    model = PairModel(table, levels, 0.5)
    expected = 0.5
    for feature in range(len(FEATURES)):
        entry, tag = divmod(place(feature, triple, 8 + TAG), 1 << TAG)
        level, owner = divmod(int(table[entry]), 1 << TAG)
        expected += float(levels[level]) if owner == tag else 0.0
    two, one, itself = (np.array([n]) for n in range(3))
    found = model.scores(np.array(triple, np.uint64), two, one, itself)
    assert found[0] == pytest.approx(expected, abs=1e-4)
