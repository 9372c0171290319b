"""What can be asked of the commands that mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def inputs(command: Command) -> Command:
    """Give a command the files that it reads."""
    return click.argument("inputs", nargs=-1, metavar="[INPUT]…")(command)


def asked_for(command: Command) -> Command:
    """Give a command what can be asked of a restoration, as keywords."""
    for option in (
        click.option(
            "--language",
            metavar="CODE",
            help="Language of the text: he (the default), und for any other; a PDF shows it. Of a"
            " scan: he, yi, ar, fa or a model of Tesseract; if not given, the scan shows it.",
        ),
        click.option(
            "--confidence", default=0.9, show_default=True, help="Act from this probability on."
        ),
        click.option("--only", multiple=True, metavar="DAMAGE", help="Look for this damage only."),
        click.option("--skip", multiple=True, metavar="DAMAGE", help="Leave this damage alone."),
        click.option(
            "--quotes/--no-quotes",
            default=True,
            help="Let passages of known works settle an order, or not.",
        ),
        click.option(
            "--ocr-text", is_flag=True, help="The text was read by OCR: mend misread letters too."
        ),
        click.option(
            "--quality",
            type=click.Choice(["fast", "normal", "best"]),
            default="normal",
            show_default=True,
            help="Read a scan once, its doubtful lines twice, or all of it twice.",
        ),
        click.option(
            "--ocr",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Read pages of a PDF by OCR: those without letters or misread, all, none.",
        ),
        click.option("--tessdata-dir", metavar="DIR", help="Read scans with the models in there."),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(1),
            metavar="N",
            help="Read N pages, or files of a batch, at once; one a core.",
        ),
        click.option(
            "--cache/--no-cache",
            default=True,
            help="Keep what is read of the pages of scanned books, so that a stopped run goes on.",
        ),
        click.option("--refuse", multiple=True, metavar="ID", help="Do not make this change."),
        click.option("-q", "--quiet", is_flag=True, help="No messages, no progress."),
        click.option("-v", "--verbose", is_flag=True, help="Say what was changed and why."),
    ):
        command = option(command)
    return command
