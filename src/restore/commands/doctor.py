"""The command that looks at the machine: ``restore doctor``."""

from __future__ import annotations

import sys

import click

MISSING = 3
LETTERS = "אבג"
# What is leftmost when the letters are printed in this order, and what that says.
FIRST, LAST = LETTERS[0], LETTERS[-1]
TURNS = "this terminal turns right-to-left text around itself: --bidi=isolate, the default, fits it"
TURNS_NOT = "this terminal turns nothing around: use --bidi=visual, or set RESTORE_BIDI=visual"


@click.command()
def doctor() -> None:
    """Say what is missing on this machine and how to install it; exit 3 if anything is."""
    from restore.doctor import checked

    missing = 0
    for one in checked():
        missing += one.state == "missing"
        told = f"; install it: {one.advice}" if one.advice else ""
        click.echo(f"{one.state:<14}{one.found}{told}")
    _ask()
    if missing:
        raise click.exceptions.Exit(MISSING)


def _ask() -> None:
    """Ask in which order the terminal shows Hebrew, which no program can see."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo("not asked     how Hebrew is shown; run restore doctor on a terminal")
        return
    click.echo(f"\n    {LETTERS}\n\nWhich letter is leftmost?\n  1  {FIRST}\n  2  {LAST}")
    answer = click.prompt("1, 2 or Enter if neither", default="", show_default=False).strip()
    if answer in ("1", FIRST):
        click.echo(TURNS_NOT)
    elif answer in ("2", LAST):
        click.echo(TURNS)
    else:
        click.echo("what is printed may not be readable here; --html shows it in a browser")
