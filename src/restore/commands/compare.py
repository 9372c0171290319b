"""The commands that compare: ``restore diff`` and ``restore score``.

Most terminals show right-to-left text in an order of their own, so that facts and the numbers of
words are printed, and text only where it is asked for: the lines below each other, never beside.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from restore import files
from restore.files import STREAM, InputError

if TYPE_CHECKING:
    from restore.calibration import Reliability
    from restore.compare.facts import Told
    from restore.compare.moves import Diff
    from restore.compare.stacked import Row, Stacked
    from restore.pipeline import Restored

DIFFERENT = 1
COLOURS = {"moved": "magenta", "altered": "yellow", "deleted": "red", "inserted": "green"}
LABELS = {
    "words": "words of the true text",
    "letters": "letters and digits of it",
    "cer": "character error rate (grapheme clusters)",
    "wer": "word error rate",
    "wer_letters": "word error rate, marks aside",
    "adjacent": "neighbouring words that are neighbours",
    "kendall_tau": "order of all words (Kendall's tau)",
    "lines": "lines that are exact",
    "moves": "moves that would put all in order",
    "moves_per_thousand": "moves per thousand words",
    "letters_lost": "letters lost",
    "letters_invented": "letters invented",
    "paragraphs_f1": "ends of paragraphs (F1)",
}
ISOLATE, END_ISOLATE = "\u2067", "\u2069"  # right-to-left isolate, UAX #9 section 2.4


class Compared(NamedTuple):
    """A diff with what is told of it, the names of its texts, and the restoration it is of."""

    first: str
    second: str
    diff: Diff
    told: Told
    restored: Restored | None = None


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="RAW FIXED | CHANGES.jsonl")
@click.option("--json", "as_json", is_flag=True, help="A JSON object with all that happened.")
@click.option("--html", "page", metavar="FILE.html", help="Show all that happened on a page.")
@click.option("--unified", is_flag=True, help="The lines too, below each other.")
@click.option("--color", "coloured", is_flag=True, help="The lines too, with words in colour.")
@click.option(
    "--bidi",
    type=click.Choice(["isolate", "visual", "none"]),
    envvar="RESTORE_BIDI",
    help="How lines are printed: between controls of direction (as a terminal gets them), as they "
    "are seen, for terminals that turn nothing around, or as they are (as a file gets them).",
)
def diff(
    names: tuple[str, ...],
    as_json: bool,
    page: str | None,
    unified: bool,
    coloured: bool,
    bidi: str | None,
) -> None:
    """Say what happened between two texts: what moved, what was altered; exit 1 if they differ.

    Of a record of changes, as fix --changes writes it, what was changed is read, not worked out.
    Line breaks of another kind (CR LF for LF) are no difference.
    """
    from restore.compare.facts import summary

    compared = list(_diffs(names))
    if page:
        files.write(page, _page(compared))
    way = bidi or ("isolate" if sys.stdout.isatty() else "none")
    for one in compared:
        if as_json:
            click.echo(json.dumps(_record(one), ensure_ascii=False))
            continue
        for text in () if page else _told(one, unified or coloured, coloured, way):
            click.echo(text, color=coloured or None)
        click.echo(f"{one.second}: {summary(one.diff, one.told.counts)}")
    if not all(one.diff.same for one in compared):
        raise click.exceptions.Exit(DIFFERENT)


def _told(compared: Compared, with_text: bool, coloured: bool, way: str) -> Iterator[str]:
    """The facts, a line of the text a line, with the text below if it is asked for."""
    from restore.compare.stacked import Stacked

    stack = Stacked(compared.diff)
    for first, last, text, order in compared.told.lines():
        place = f"line {first + 1}" if first == last else f"lines {first + 1}-{last + 1}"
        yield f"{place}: {text}" + (f" [{order}]" if order else "")
        if with_text:
            for sign, row in _lines(stack, first, last):
                yield sign + _printed(row, coloured, way)


def _page(compared: Sequence[Compared]) -> str:
    from restore.report import of_restored, of_texts, report

    return report(
        of_restored(one.restored)
        if one.restored
        else of_texts(f"{one.first}, {one.second}", one.diff, one.told.counts)
        for one in compared
    )


def _diffs(names: Sequence[str]) -> Iterator[Compared]:
    from restore.compare.facts import told
    from restore.compare.moves import compared, recorded
    from restore.formats import jsonl
    from restore.pipeline import Restored

    if len(names) > 2 or names == (STREAM, STREAM):
        raise InputError("diff compares two texts, or reads one record of changes")
    if len(names) == 2:
        first, second = (files.read(name) for name in names)
        found = compared(first, second)
        yield Compared(names[0], names[1], found, told(found))
        return
    try:
        for entry in jsonl.read_changes(files.read(names[0])):
            found = recorded(entry.original, entry.document)
            name = entry.original.source.name
            whole = Restored(entry.original, entry.document, entry.changes, entry.doubts)
            yield Compared(name, name, found, told(found), whole)
    except ValueError as error:
        raise InputError(f"{names[0]}: {error}; or name two texts") from None


def _record(compared: Compared) -> dict[str, Any]:
    """What happened, words and lines counted from 0."""
    diff = compared.diff
    return {
        "first": compared.first,
        "second": compared.second,
        "same": diff.same,
        "counts": compared.told.counts,
        "facts": [fact._asdict() for fact in compared.told.facts],
        "moves": [{"parts": move.parts, "reversed": move.turns} for move in diff.moves],
        "altered": [
            {
                "first": word.first,
                "second": word.second,
                "reversed": not word.edits,
                "edits": word.edits,
            }
            for word in diff.altered
        ],
        "inserted": diff.inserted,
        "deleted": diff.deleted,
        "words": {"first": _words(diff.first), "second": _words(diff.second)},
    }


def _words(words: Sequence[Any]) -> list[list[object]]:
    """Line, place in it, and text of each word."""
    return [[word.line, word.start, word.text] for word in words]


def _lines(stack: Stacked, first: int, last: int) -> Iterator[tuple[str, Row]]:
    were, is_now = stack.rows(first, last)
    yield from (("-", row) for row in were)
    if is_now:
        yield "+", is_now


def _printed(row: Row, coloured: bool, way: str) -> str:
    """A row as a terminal or a file gets it."""
    from restore.compare.stacked import as_seen, safe

    if way != "none":
        row = safe(row)
    if way == "visual":
        row = as_seen(row)
    colours = COLOURS if coloured else {}
    text = "".join(
        click.style(part.text, fg=colours[part.fate]) if part.fate in colours else part.text
        for part in row
    )
    return ISOLATE + text + END_ISOLATE if way == "isolate" else text


@click.command()
@click.argument("true", metavar="TRUE")
@click.argument("out", metavar="OUT")
@click.option("--json", "as_json", is_flag=True, help="A JSON object with all figures.")
@click.option("--changes", metavar="FILE.jsonl", help="Judge the changes of this record too.")
def score(true: str, out: str, as_json: bool, changes: str | None) -> None:
    """Say how good the text OUT is, where TRUE is what it should be."""
    from restore.score import scored

    if true == out == STREAM:
        raise InputError("score compares two texts; only one of them can be standard input")
    right, got = files.read(true), files.read(out)
    table = _reliability(changes, right) if changes else {}
    found = scored(right, got)
    if as_json:
        figures = {"true": true, "out": out, **asdict(found)}
        click.echo(json.dumps(figures | _calibration(table, changes), ensure_ascii=False))
        return
    for name, figure in asdict(found).items():
        click.echo(f"{LABELS[name]:<52}{_figure(figure)}")
    if changes:
        click.echo()
        for text in _reliability_table(table):
            click.echo(text)


def _reliability(changes: str, true: str) -> dict[str, Reliability]:
    from restore.calibration import judged, reliability
    from restore.formats import jsonl
    from restore.pipeline import Restored
    from restore.score import folded_lines

    lines = folded_lines(true)
    try:
        return reliability(
            judgement
            for entry in jsonl.read_changes(files.read(changes))
            for judgement in judged(
                Restored(entry.original, entry.document, entry.changes, entry.doubts), lines
            )
        )
    except ValueError as error:
        raise InputError(f"{changes}: {error}") from None


def _calibration(table: dict[str, Reliability], changes: str | None) -> dict[str, Any]:
    from restore.calibration import calibration_error

    if not changes:
        return {}
    return {
        "changes": changes,
        "calibration_error": calibration_error(table),
        "reliability": {name: row._asdict() for name, row in table.items()},
    }


def _reliability_table(table: dict[str, Reliability]) -> Iterator[str]:
    from restore.calibration import calibration_error

    yield f"{'changes and doubts':<24}{'number':>8}{'confidence':>12}{'right':>8}{'unknown':>9}"
    for name, row in table.items():
        told = f"{_figure(row.confidence, 3):>12}{_figure(row.right, 3):>8}"
        yield f"{name:<24}{row.number:>8}{told}{row.unknown:>9}"
    yield f"expected calibration error: {_figure(calibration_error(table))}"


def _figure(figure: float | None, places: int = 4) -> str:
    if figure is None:
        return "-"
    return f"{figure:.{places}f}" if isinstance(figure, float) else str(figure)
