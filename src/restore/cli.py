"""The command line: ``restore fix``, ``check``, ``undo``, ``damages``, ``diff``, ``score``,
``review``, ``quotes``, ``batch`` and ``doctor``.

Exit codes: 0 fine, 1 damage (``check``) or a difference (``diff``) found or a file that failed
(``batch``), 2 misuse or bad input,
3 something missing on the machine, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from restore import __version__, files
from restore.cli_batch import batch
from restore.cli_compare import diff, score
from restore.cli_decisions import kept, output_of
from restore.cli_doctor import doctor
from restore.cli_input import (
    config_of,
    layers,
    progress_bar,
    read_document,
    read_page,
    targets,
    told,
    unproved,
)
from restore.cli_options import asked_for, inputs
from restore.cli_quotes import known_quotes
from restore.cli_quotes import quotes as quotes_group
from restore.cli_report import report_page
from restore.cli_review import review
from restore.files import STREAM, InputError
from restore.model import Document, Layer
from restore.storage import BACKENDS
from restore.tesseract import MissingError

if TYPE_CHECKING:
    from restore.change import Finding
    from restore.pipeline import Config, Restored

LONG = 200_000  # characters; beyond it a terminal shows a progress bar
# The extras of the distribution that bring the modules that the default install has not.
EXTRAS = dict.fromkeys(("fsspec", "pyarrow", "rich"), "batch") | {"distributed": "dask"}
EXTRAS |= {"starlette": "review", "uvicorn": "review"}
DAMAGED, MISUSED, MISSING, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 130, 141


class Commands(click.Group):
    """Commands by name; for a mistyped one, the one that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command in ``args``. Raises UsageError, with a guess, if there is none."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.commands:
            near = get_close_matches(name, self.commands, n=1, cutoff=0.4)
            guess = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(self.commands)}"
            if Path(name).exists():
                guess = f"did you mean 'restore fix {name}'?"
            raise click.UsageError(f"no command '{name}'; {guess}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="restore")
@click.pass_context
def restore(context: click.Context) -> None:
    """Give right-to-left text back its order.

    Mends Hebrew that came out of a PDF or an OCR scrambled. A file named - is standard input or
    output.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


restore.add_command(diff)
restore.add_command(score)
restore.add_command(review)
restore.add_command(quotes_group)
restore.add_command(doctor)
restore.add_command(batch)


@restore.command()
@inputs
@click.option("-o", "--output", metavar="FILE|DIR", help="Write here, not to standard output.")
@click.option("--page", metavar="FILE.pdf", help="Take the order of INPUT from its pages.")
@click.option("--keep-lines", is_flag=True, help="A line of the page a line; keep furniture.")
@click.option(
    "--to",
    type=click.Choice(["txt", "jsonl", "hocr", "tsv"]),
    default="txt",
    help="Output format; hocr and tsv have the places of words on pages.",
)
@click.option("--changes", metavar="FILE.jsonl", help="Record every change, to undo it.")
@click.option(
    "--decisions/--no-decisions",
    default=True,
    help="Heed what was decided in a review of the output, or not.",
)
@click.option("--report", metavar="FILE.html", help="Show every change and doubt on a page.")
@asked_for
def fix(
    inputs: tuple[str, ...],
    output: str | None,
    page: str | None,
    keep_lines: bool,
    to: str,
    changes: str | None,
    decisions: bool,
    report: str | None,
    **asked: Any,
) -> None:
    """Mend INPUT (standard input if none is named) and print clean text."""
    from restore.formats import jsonl

    config = config_of(asked)
    names = inputs or (STREAM,)
    if to == "hocr" and output is None and len(names) > 1:
        raise InputError(f"{len(names)} inputs do not fit one hocr; name a folder: -o clean/")
    places = targets(names, output, to)
    documents = [read_document(name, asked) for name in names]
    shown = None if page is None else read_page(page, names, asked)
    results: list[Restored] = []
    for document, heeded in zip(
        documents, kept(documents, places, changes, decisions), strict=True
    ):
        result = _mend(document, heeded.asked_of(config), asked, shown)
        for remark in () if asked["quiet"] else heeded.told(result):
            _say(f"{document.source.name}: {remark}")
        results.append(result)
    written: dict[str, list[str]] = {}
    for result, target in zip(results, places, strict=True):
        text = _written(result, to, keep_lines)
        written.setdefault(target, []).append(text)
    if changes:
        record = "".join(
            jsonl.write_changes(
                r.document, r.original, r.changes, r.doubts, output_of(target, changes)
            )
            for r, target in zip(results, places, strict=True)
        )
        files.write(changes, record)
    if report:
        files.write(report, report_page(results, page, shown))
    for target, parts in written.items():
        files.write(target, "".join(parts))


def _written(result: Restored, to: str, keep_lines: bool) -> str:
    """What came out in a format. Raises InputError if the format cannot hold it."""
    if to == "txt":
        return result.page_text if keep_lines else result.text
    from restore.formats import hocr, jsonl, tsv

    write = {"jsonl": jsonl.write_document, "hocr": hocr.write, "tsv": tsv.write}[to]
    try:
        return write(result.document)
    except ValueError as error:
        raise InputError(f"{files.spoken(result.document.source.name)} {error}") from None


@restore.command()
@inputs
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each INPUT.")
@asked_for
def check(inputs: tuple[str, ...], as_json: bool, **asked: Any) -> None:
    """Say what is wrong with INPUT, where, and how sure; exit 1 if anything is."""
    from restore.damage import LAYOUT

    config = config_of(asked)
    names = inputs or (STREAM,)
    documents = [read_document(name, asked) for name in names]
    damaged = False
    for document, name in zip(documents, names, strict=True):
        result = _mend(document, config, {**asked, "verbose": False, "quiet": True})
        made = [change.finding for change in result.changes]
        sure = [finding for finding in made if finding.damage not in LAYOUT]
        doubts = [finding for finding in result.doubts if finding.damage not in LAYOUT]
        found = layers(document)
        damaged |= bool(sure) or any(layer["layer"] != Layer.SOUND.value for layer in found)
        if as_json:
            diagnosis = _diagnosis(name, sure, doubts) | ({"pages": found} if found else {})
            click.echo(json.dumps(diagnosis, ensure_ascii=False))
            continue
        for layer in found:
            click.echo(f"{name}: {told(layer)}")
        numbers = _line_numbers(result)
        for finding, doubtful in sorted(
            [(f, False) for f in sure] + [(f, True) for f in doubts], key=lambda p: p[0].place
        ):
            click.echo(
                f"{name}:{numbers[finding.place]}: {'perhaps ' if doubtful else ''}"
                f"{finding.damage} ({finding.confidence:.2f}): {finding.reason}"
            )
        if not asked["quiet"]:
            click.echo(f"{name}: {_count(len(sure), 'damage')}, {_count(len(doubts), 'doubt')}")
    if damaged:
        raise click.exceptions.Exit(DAMAGED)


@restore.command()
@click.argument("record", metavar="CHANGES.jsonl")
@click.option("-o", "--output", metavar="FILE|DIR", help="Write here, not to standard output.")
def undo(record: str, output: str | None) -> None:
    """Give back, byte for byte, what the text was before the changes of a record."""
    from restore.formats import jsonl

    try:
        texts = list(jsonl.originals(files.read(record)))
    except ValueError as error:
        raise InputError(f"{record}: {error}") from None
    places = targets([name for name, _ in texts], output, "txt")
    for (_, text), target in zip(texts, places, strict=True):
        files.write(target, text)


@restore.command()
def damages() -> None:
    """List every damage that restore knows, with an example and what it should be."""
    from restore.damage import DAMAGES

    for damage in DAMAGES:
        click.echo(f"{damage.name}: {damage.meaning}")
        click.echo(f"    - {damage.example!r}\n    + {damage.restored!r}")


def _mend(
    document: Document, config: Config, asked: dict[str, Any], page: Document | None = None
) -> Restored:
    from restore.pipeline import restore as restore_document

    config = replace(config, language=document.language)
    quotes = known_quotes() if config.quotes else None
    name = document.source.name
    size = sum(len(page.text) for page in document.pages)
    with progress_bar(name, size > LONG, asked) as progress:
        result = restore_document(document, config, progress, quotes, page)
    if asked["verbose"] or (sys.stderr.isatty() and not asked["quiet"]):
        _report(result, name, asked["verbose"])
    return result


def _report(result: Restored, name: str, verbose: bool) -> None:
    from restore.damage import LAYOUT

    numbers = _line_numbers(result)
    for remark in unproved(result.original):
        _say(f"{name}: {remark}", "yellow")
    made = [c.finding for c in result.changes if c.finding.damage not in LAYOUT]
    if verbose:
        for finding in made:
            _say(f"{name}:{numbers[finding.place]}: {_told(finding)}", "green")
        for finding in result.doubts:
            _say(f"{name}:{numbers[finding.place]}: left in doubt: {_told(finding)}", "yellow")
    doubts = sum(doubt.damage not in LAYOUT for doubt in result.doubts)
    _say(f"{name}: {_count(len(made), 'change')}, {_count(doubts, 'doubt')}")


def _told(finding: Finding) -> str:
    return f"{finding.id} ({finding.confidence:.2f}): {finding.reason}"


def _line_numbers(result: Restored) -> dict[Any, int]:
    from restore.model import Place

    places = [
        Place(page, line)
        for page, lines in enumerate(result.document.pages)
        for line in range(len(lines.lines))
    ]
    return {place: number for number, place in enumerate(places, start=1)}


def _diagnosis(name: str, sure: Sequence[Any], doubts: Sequence[Any]) -> dict[str, Any]:
    def listed(findings: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": finding.id,
                "damage": finding.damage,
                "page": finding.place.page,
                "line": finding.place.line,
                "confidence": round(finding.confidence, 4),
                "reason": finding.reason,
            }
            for finding in findings
        ]

    return {
        "source": name,
        "damaged": bool(sure),
        "damages": listed(sure),
        "doubts": listed(doubts),
    }


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _say(message: str, colour: str | None = None) -> None:
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stderr.isatty()
    click.echo(message if plain or colour is None else click.style(message, fg=colour), err=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; every error is one line."""
    try:
        code = restore.main(arguments, prog_name="restore", standalone_mode=False)
    except InputError as error:
        code = _failed(str(error), MISUSED)
    except click.ClickException as error:
        code = _failed(error.format_message(), MISUSED)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _failed("interrupted", INTERRUPTED)
    except MissingError as error:
        code = _failed(str(error), MISSING)
    except ImportError as error:
        code = _failed(f"{error.name} is missing; install it: {_installed(error.name)}", MISSING)
    except BrokenPipeError:
        # What reads our output has had enough; say nothing when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PIPE_CLOSED
    sys.exit(code if isinstance(code, int) else 0)


def _installed(name: str | None) -> str:
    """How to install a module that is missing."""
    top = (name or "").split(".")[0]
    if top in BACKENDS.values() or "[" in top:
        return f"pip install '{name}'"
    return (
        f"pip install 'rtl-restore[{EXTRAS[top]}]'" if top in EXTRAS else "pip install rtl-restore"
    )


def _failed(message: str, code: int) -> int:
    # The name of a file may have line breaks in it.
    click.echo(f"restore: {' '.join(message.splitlines())}", err=True)
    return code
