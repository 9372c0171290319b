"""The command line for tests, in their process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, chdir
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest

from restore.cli import main


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "restore", *map(str, arguments)]


def run(
    *arguments: str | Path,
    given: str | bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in this process, with ``given`` on its standard input."""
    data = given.encode() if isinstance(given, str) else given
    printed, told = BytesIO(), BytesIO()
    with ExitStack() as stack:
        for name, stream, errors in (
            ("stdin", BytesIO(data), "strict"),
            ("stdout", printed, "strict"),
            ("stderr", told, "backslashreplace"),
        ):
            wrapped = TextIOWrapper(stream, "utf-8", errors, write_through=True)
            stack.enter_context(patch.object(sys, name, wrapped))
            stack.callback(wrapped.detach)
        stack.enter_context(patch.dict(os.environ, environment or {}))
        stack.enter_context(chdir(folder or Path()))
        ended = stack.enter_context(pytest.raises(SystemExit))
        main(list(map(str, arguments)))
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, printed.getvalue(), told.getvalue())


def run_process(
    *arguments: str | Path,
    given: str | bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own."""
    return subprocess.run(
        command(*arguments),
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env={**os.environ, **(environment or {})},
        check=False,
        timeout=100,
    )


def out(*arguments: str | Path, given: str | bytes = b"", folder: Path | None = None) -> str:
    """What the command line prints; it must not fail or warn."""
    done = run(*arguments, given=given, folder=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def error(*arguments: str | Path, given: bytes = b"", folder: Path | None = None) -> str:
    """The one line with which the command line refuses its input."""
    done = run(*arguments, given=given, folder=folder)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (2, b"", 1), lines
    assert lines[0].startswith("restore: ")
    return lines[0].removeprefix("restore: ")
