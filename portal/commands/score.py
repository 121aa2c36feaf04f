"""`flask score`: bundles in, scorecards out, without a database."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click

from portal.catalogue import InvalidCatalogue, load_catalogue
from portal.domain.bundle import InvalidBundle, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle
from portal.settings import read_settings

ONE_LINE = json.JSONEncoder(separators=(",", ":"), check_circular=False)


@click.command("score")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
@click.option("--lines", is_flag=True, help="Read JSON Lines: one bundle on each line, one scorecard on each line out.")
def score(file: str, lines: bool) -> None:
    """Score the submission bundle in FILE, or from standard input.

    Exit code 0, or 2 with one line that names the key at fault.
    """
    catalogue = _catalogue()
    content = _content(file)
    if lines:
        # Nothing that scoring leaves behind refers to itself, so looking for circles would be in vain.
        gc.disable()
        try:
            sys.stdout.writelines(_scored_lines(content, catalogue))
        finally:
            gc.enable()
    else:
        click.echo(json.dumps(_scored(content, catalogue), indent=2))


def _scored(content: bytes, catalogue: Catalogue) -> dict[str, object]:
    try:
        return scorecard_json(score_bundle(read_bundle(content, catalogue), catalogue))
    except InvalidBundle as error:
        _stop(str(error))


def _scored_lines(content: bytes, catalogue: Catalogue) -> Iterator[str]:
    """Blank lines are skipped; the first bad line ends the run, because a file half scored is easily taken as whole."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            scorecard = score_bundle(read_bundle(line, catalogue), catalogue)
        except InvalidBundle as error:
            _stop(f"line {number}: {error}")
        yield ONE_LINE.encode(scorecard_json(scorecard)) + "\n"


def _catalogue() -> Catalogue:
    settings = read_settings()
    try:
        return load_catalogue(settings.questionnaires)
    except InvalidCatalogue as error:
        _stop(f"questionnaires: {str(error).splitlines()[0]}")


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        _stop(f"{file}: {error.strerror or error}")


def _stop(message: str) -> NoReturn:
    click.echo(" ".join(message.split()), err=True)
    raise SystemExit(2)
