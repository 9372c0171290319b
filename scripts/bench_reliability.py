"""How often changes come out right, by how sure they were and by damage."""

from __future__ import annotations

from collections.abc import Iterable

from scoring import rate, table

from restore import Restored, calibration


def reliability(cases: Iterable[tuple[Restored, list[str]]]) -> dict[str, list[str]]:
    """Print by tenth of confidence, and by damage, how often changes came out right.

    ``cases`` are results, each with its true lines (folded).
    """
    judged = (found for result, true in cases for found in calibration.judged(result, true))
    told = calibration.reliability(judged)
    rows = {
        name: [
            name,
            str(row.number),
            rate((row.confidence or 0) * row.number, row.number),
            rate((row.right or 0) * row.number, row.number),
            str(row.unknown),
        ]
        for name, row in told.items()
    }
    print("\nAll changes of the text, made or doubted, by confidence and by damage.")
    print("Right: it came out as it claims. Unknown, not counted: no true line has the letters.\n")
    table(("changes", "number", "mean confidence", "right", "unknown"), list(rows.values()))
    error = calibration.calibration_error(told)
    if error is not None:
        print(f"\nExpected calibration error: {error:.4f}")
    return rows
