"""The commands that tell what is wrong: ``restore check``, and what can be: ``restore damages``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from restore.commands.input import config_of, layers, read_document, told
from restore.commands.mend import counted, line_numbers, mended
from restore.commands.options import asked_for, inputs
from restore.files import STREAM
from restore.model import Layer

if TYPE_CHECKING:
    from restore.change import Finding

DAMAGED = 1  # exit code


@click.command()
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
        result = mended(document, config, {**asked, "verbose": False, "quiet": True})
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
        numbers = line_numbers(result)
        for finding, doubtful in sorted(
            [(f, False) for f in sure] + [(f, True) for f in doubts], key=lambda p: p[0].place
        ):
            click.echo(
                f"{name}:{numbers[finding.place]}: {'perhaps ' if doubtful else ''}"
                f"{finding.damage} ({finding.confidence:.2f}): {finding.reason}"
            )
        if not asked["quiet"]:
            click.echo(f"{name}: {counted(len(sure), 'damage')}, {counted(len(doubts), 'doubt')}")
    if damaged:
        raise click.exceptions.Exit(DAMAGED)


def _diagnosis(name: str, sure: Sequence[Finding], doubts: Sequence[Finding]) -> dict[str, Any]:
    from restore.formats.jsonl import finding_record

    return {
        "source": name,
        "damaged": bool(sure),
        "damages": list(map(finding_record, sure)),
        "doubts": list(map(finding_record, doubts)),
    }


@click.command()
def damages() -> None:
    """List every damage that restore knows, with an example and what it should be."""
    from restore.damage import DAMAGES

    for damage in DAMAGES:
        click.echo(f"{damage.name}: {damage.meaning}")
        click.echo(f"    - {damage.example!r}\n    + {damage.restored!r}")
