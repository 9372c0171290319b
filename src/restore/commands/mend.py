"""How the commands mend a document, and what they say of it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from restore.commands.input import progress_bar, unproved
from restore.commands.quotes import known_quotes
from restore.model import Document

if TYPE_CHECKING:
    from restore.change import Finding
    from restore.model import Place
    from restore.pipeline import Config, Restored

LONG = 200_000  # characters; beyond it a terminal shows a progress bar


def mended(
    document: Document, config: Config, asked: dict[str, Any], page: Document | None = None
) -> Restored:
    """Mend a document, and say what is asked for of it."""
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

    for remark in unproved(result.original):
        say(f"{name}: {remark}", "yellow")
    made = [c.finding for c in result.changes if c.finding.damage not in LAYOUT]
    if verbose:
        numbers = line_numbers(result)
        for finding in made:
            say(f"{name}:{numbers[finding.place]}: {_told(finding)}", "green")
        for finding in result.doubts:
            say(f"{name}:{numbers[finding.place]}: left in doubt: {_told(finding)}", "yellow")
    doubts = sum(doubt.damage not in LAYOUT for doubt in result.doubts)
    say(f"{name}: {counted(len(made), 'change')}, {counted(doubts, 'doubt')}")


def _told(finding: Finding) -> str:
    return f"{finding.id} ({finding.confidence:.2f}): {finding.reason}"


def line_numbers(result: Restored) -> dict[Place, int]:
    """The number of each line of the text, counted from 1."""
    return {place: number for number, (place, _) in enumerate(result.document.placed(), start=1)}


def counted(number: int, thing: str) -> str:
    """Number and name of some things: 1 change, 2 changes."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def say(message: str, colour: str | None = None) -> None:
    """Write a line to standard error, in colour where a terminal shows it."""
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stderr.isatty()
    click.echo(message if plain or colour is None else click.style(message, fg=colour), err=True)
