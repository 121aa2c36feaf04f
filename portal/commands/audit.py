"""`flask audit`: export the log, check it, and show its checkpoints and key."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from portal import db
from portal.services import checkpoints, log_export

audit = AppGroup("audit", help="Export and check the audit log; show its checkpoints and key.")


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(file: Path) -> None:
    """Write every entry and checkpoint to FILE, without names or contents, for static/verify_log.py."""
    count = 0
    with db.reading(current_app.extensions["portal"].engine) as session:
        try:
            with file.open("w", encoding="utf-8") as lines:
                for line in log_export.exported(session):
                    lines.write(line + "\n")
                    count += 1
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror or error}") from None
    click.echo(f"{count} lines in {file}", err=True)


@audit.command("verify")
@with_appcontext
def verify() -> None:
    """Check every entry, content and checkpoint of the database.

    Exit code 0, or 1 with the first fault. A checkpoint kept elsewhere is the better judge: see static/verify_log.py.
    """
    with db.reading(current_app.extensions["portal"].engine) as session:
        fault = log_export.first_fault(session)
    if fault:
        click.echo(f"BAD: {fault}", err=True)
        raise SystemExit(1)
    click.echo("good")


@audit.command("checkpoint")
@click.argument("size", type=int, required=False)
@with_appcontext
def checkpoint(size: int | None) -> None:
    """Print the latest signed checkpoint, or the one of SIZE entries."""
    with db.reading(current_app.extensions["portal"].engine) as session:
        found = checkpoints.latest(session) if size is None else checkpoints.find(session, size)
    if found is None:
        raise click.ClickException("there is no such checkpoint; the job worker signs them")
    click.echo(found.note, nl=False)


@audit.command("key")
@with_appcontext
def key() -> None:
    """Print the public key of the log, for witnesses."""
    found = checkpoints.public_key(current_app.extensions["portal"].settings)
    if not found:
        raise click.ClickException("there is no key yet; the job worker makes it when it first signs")
    click.echo(found)
