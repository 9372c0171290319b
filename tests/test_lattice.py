from __future__ import annotations

import numpy as np
import pytest

from restore.evidence import NOTHING, Evidence
from restore.junctions import REACH
from restore.languages import language
from restore.order.lattice import Choice, Reading, joins, weigh_readings

WEIGHT = 0.5
FIRST = ["בנה", "את", "הבית", "היפה", "ביותר", "שראינו"]
SECOND = ["בכל", "ימי", "חיינו,", "ולא", "ידענו"]


def junction(evidence: Evidence, left: list[int], right: list[int]) -> float:
    """What the net says for ``right`` to follow ``left``."""
    beyond = [NOTHING] * REACH
    before, after = (beyond + left)[-REACH:], (right + beyond)[:REACH]
    one, other = evidence.sides(np.array([before]), np.array([after]))
    return float((one * other).sum())


def pair(evidence: Evidence, two: int, one: int, itself: int) -> float:
    return float(evidence.follows(np.array([two]), np.array([one]), np.array([itself]))[0])


def reading(units: list[int]) -> Reading:
    return Reading(tuple(range(len(units))), (0,) * (len(units) + 1), 0.0, tuple(units))


def test_fluency_is_of_triples_and_of_junctions() -> None:
    evidence = Evidence(language("he"))
    lines = [[evidence.row(unit) for unit in line] for line in (FIRST, SECOND, FIRST[:1])]
    choices = [Choice([reading(line), reading(line[::-1])]) for line in lines]
    weigh_readings(choices, evidence, WEIGHT)
    for choice in choices:
        for found in choice.readings:
            units = [NOTHING, *found.units]
            expected = sum(
                pair(evidence, *units[k - 2 : k + 1]) + junction(evidence, units[1:k], units[k:])
                for k in range(2, len(units))
            )
            assert found.fluency == pytest.approx(WEIGHT * expected, abs=1e-3)


def test_join_is_of_the_words_at_both_ends() -> None:
    evidence = Evidence(language("he"))
    first, second = ([evidence.row(unit) for unit in line] for line in (FIRST, SECOND))
    here = [first, first[::-1], first[:1]]
    there = [second, second[2:] + second[:2], second[:1]]
    choices = [Choice([reading(units) for units in line]) for line in (here, there)]
    (found,) = joins(choices, evidence, WEIGHT)
    for i, left in enumerate(here):
        for k, right in enumerate(there):
            two = left[-2] if len(left) > 1 else NOTHING
            nats = pair(evidence, two, left[-1], right[0]) + junction(evidence, left, right)
            if len(right) > 1:
                nats += pair(evidence, left[-1], right[0], right[1])
                nats -= pair(evidence, NOTHING, right[0], right[1])
            expected = np.logaddexp(np.log(0.9) + WEIGHT * nats, np.log(0.1))
            assert found[i, k] == pytest.approx(expected, abs=1e-3)


def test_a_line_without_words_says_nothing_of_its_neighbours() -> None:
    evidence = Evidence(language("he"))
    row = [evidence.row(unit) for unit in FIRST]
    choices = [Choice([reading(units)]) for units in (row, [], row)]
    for found in joins(choices, evidence, WEIGHT):
        assert found == pytest.approx(0.0, abs=1e-9)
