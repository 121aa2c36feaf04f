"""`flask demo`: load the demonstration once and say how to sign in."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from portal import db
from portal.catalogue import InvalidCatalogue, load_catalogue
from portal.services import demonstration
from portal.settings import Mode, Settings, UnsafeSettings, read_settings
from portal.storage import FileStore

#: The sign-ins printed; every other account is in portal/demonstration/.
COMPANY, GOVERNMENT = "company@portal.example", "government@portal.example"
DRAFT, RETURNED = "garments@portal.example", "fishing@portal.example"


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Load only into a database that nobody uses yet.")
def demo(if_empty: bool) -> None:
    """Load the demonstration (companies, submissions, reviews, one release) and print the sign-ins.

    Loading again changes nothing. Exit code 0, or 2 in production mode.
    """
    try:
        settings = read_settings()
    except UnsafeSettings as error:
        _stop(str(error), 2)
    if settings.mode is Mode.PRODUCTION:
        _stop("demonstration data and accounts have no place in production (PORTAL_MODE=production)", 2)
    engine = db.make_engine(settings.database)
    try:
        with db.writing(engine) as session:
            is_there = _load(session, settings, if_empty=if_empty)
    except (OperationalError, ProgrammingError) as error:
        _stop(f"the database is not ready ({_first_line(error)}); ./run prepares it, or: alembic upgrade head", 1)
    finally:
        engine.dispose()
    if is_there:
        click.echo(sign_ins(settings))


def sign_ins(settings: Settings) -> str:
    """One sign-in per audience, for people who have just started the portal."""
    address = _address(settings)
    return "\n".join(
        (
            "Try it out (everything in here is fictional):",
            f"  Company     {address}/account/sign-in  {COMPANY}",
            f"  Government  {address}/account/sign-in  {GOVERNMENT}",
            f"  Public      {address}/  no sign-in needed",
            f"  Password    {demonstration.PASSWORD}",
            f"  More        {DRAFT} (a draft to go on with), {RETURNED} (returned with a reason)",
        )
    )


def _load(session: Session, settings: Settings, *, if_empty: bool) -> bool:
    """Load unless there is nothing to do; whether the demonstration is there afterwards."""
    if demonstration.demonstration_accounts_exist(session):
        return True
    if if_empty and not demonstration.is_empty(session):
        return False
    click.echo("Loading the demonstration …")
    try:
        catalogue = load_catalogue(settings.questionnaires)
    except InvalidCatalogue as error:
        _stop(f"the questionnaires have faults: {_first_line(error)}", 1)
    store = FileStore(settings.storage_folder)
    secret = settings.secret("release_secret")
    demonstration.load_demonstration(session, catalogue, store, release_secret=secret, at=datetime.now(UTC))
    session.commit()
    there = demonstration.count_loaded(session)
    click.echo(
        f"Loaded {there.companies} companies with {there.submissions} submissions, "
        f"{there.governments} governments and a release."
    )
    return True


def _address(settings: Settings) -> str:
    """Where the portal is served: PORTAL_ADDRESS, or the HOST and PORT that ./run takes."""
    host, port = os.environ.get("HOST", ""), os.environ.get("PORT", "")
    if not (host or port) or os.environ.get("PORTAL_ADDRESS"):
        return settings.address.rstrip("/")
    host = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{port or '8000'}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].strip()


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)
