"""The command line: ``restore fix``, ``check``, ``undo``, ``damages``, ``diff``, ``score``,
``review``, ``quotes``, ``batch`` and ``doctor``.

Exit codes: 0 fine, 1 damage (``check``) or a difference (``diff``) found or a file that failed
(``batch``), 2 misuse or bad input, 3 something missing on the machine, 130 interrupted, 143 ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from restore import __version__
from restore.batches.storage import BACKENDS
from restore.commands.batch import batch
from restore.commands.check import check, damages
from restore.commands.compare import diff, score
from restore.commands.doctor import doctor
from restore.commands.fix import fix, undo
from restore.commands.quotes import quotes
from restore.commands.review import review
from restore.files import InputError
from restore.scans.tesseract import MissingError

# The extras of the distribution that bring the modules that the default install has not.
EXTRAS = dict.fromkeys(("fsspec", "pyarrow", "rich"), "batch") | {"distributed": "dask"}
EXTRAS |= {"starlette": "review", "uvicorn": "review"}
MISUSED, MISSING, INTERRUPTED, PIPE_CLOSED, ENDED = 2, 3, 130, 141, 143


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


for command in (fix, check, undo, damages, diff, score, review, quotes, batch, doctor):
    restore.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; every error is one line."""
    # Ended as if by an exit, so that nothing temporary is left.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(ENDED))
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
