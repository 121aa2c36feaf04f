"""What must hold before the portal starts: no setting, library or database that loses or opens what is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import db
from portal.services.demonstration import demonstration_accounts_exist
from portal.settings import Mode, Settings, UnsafeSettings

#: Releases before these have published faults that reach us.
FLOORS = {
    "weasyprint": "69.0",
    "flask": "3.1.3",
    "werkzeug": "3.1.6",
    "pillow": "13.0.0",
    "fonttools": "4.60.2",
    "jinja2": "3.1.6",
}
#: Fewer different characters than this were not drawn by chance: 64 hexadecimal digits have nearly all sixteen.
DIFFERENT = 8
#: Words of examples and placeholders.
_PLACEHOLDER = re.compile(r"change.?me|change.?this|replace|example|default|password|your.?secret", re.IGNORECASE)
_FULL, _EXTRA = 2, 3


def refuse_unsafe(settings: Settings, engine: Engine, *, debug: bool = False) -> None:
    """Raise UnsafeSettings with one line for the first fault. Opens one connection and leaves none open."""
    try:
        for fault in (*setting_faults(settings, debug=debug), *library_faults(), *_database_faults(settings, engine)):
            raise UnsafeSettings(fault)
    finally:
        engine.dispose()


def setting_faults(settings: Settings, *, debug: bool) -> Iterator[str]:
    """What production does not allow; the demonstration holds nothing that anybody would want."""
    if settings.mode is not Mode.PRODUCTION:
        return
    if debug:
        yield "FLASK_DEBUG must be off in production: its pages show what is inside"
    for name in ("secret_key", "release_secret"):
        if weakness := weakness_of(settings.secret(name).decode(errors="replace")):
            yield f"PORTAL_{name.upper()} {weakness}; make one with: openssl rand -hex 32"
    if settings.secret("secret_key") == settings.secret("release_secret"):
        yield "PORTAL_RELEASE_SECRET must differ from PORTAL_SECRET_KEY, which may have to be changed one day"


def weakness_of(secret: str) -> str:
    """Why a secret cannot have been drawn by chance, or nothing."""
    if _PLACEHOLDER.search(secret):
        return "is a placeholder"
    if len(set(secret)) < DIFFERENT:
        return "repeats a few characters"
    if secret in (secret + secret)[1:-1]:
        return "repeats itself"
    return ""


def library_faults() -> Iterator[str]:
    for name, floor in FLOORS.items():
        if _numbers(version(name)) < _numbers(floor):
            yield f"{name} {version(name)} has known faults: {floor} or later is needed (./run setup)"


def connection_faults(connection: Connection, mode: Mode) -> Iterator[str]:
    """Settings under which a database forgets what it said was saved."""
    if connection.dialect.name == "sqlite":
        journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0)
        release = _numbers(str(connection.exec_driver_sql("SELECT sqlite_version()").scalar()))
        yield from sqlite_faults(journal, synchronous, release)
    elif mode is Mode.PRODUCTION:
        yield from postgresql_faults({name: _shown(connection, name) for name in POSTGRESQL_ON})


def sqlite_faults(journal: str, synchronous: int, release: tuple[int, ...]) -> Iterator[str]:
    journal = journal.lower()
    if synchronous < _FULL:
        yield "SQLite runs with synchronous below FULL: a power cut would lose what was saved"
    if journal == "delete" and synchronous < _EXTRA:
        yield "SQLite runs with journal_mode DELETE and without synchronous EXTRA: a power cut may bring back old data"
    if journal in ("off", "memory"):
        yield f"SQLite runs with journal_mode {journal.upper()}: a crash would damage the database"
    if journal == "wal" and not db.wal_is_safe(release):
        named = ".".join(str(number) for number in release)
        yield f"SQLite {named} may lose data in WAL mode: 3.51.3 or later is needed, or another journal mode"


#: What PostgreSQL must not be run without, and what would happen.
POSTGRESQL_ON = {
    "fsync": "a power cut would damage the database",
    "synchronous_commit": "a crash would lose what was saved",
    "full_page_writes": "a power cut would damage the database",
}


def postgresql_faults(shown: dict[str, str]) -> Iterator[str]:
    for name, harm in POSTGRESQL_ON.items():
        if shown[name] == "off":
            yield f"PostgreSQL runs with {name} off: {harm}"


def demonstration_faults(session: Session, mode: Mode) -> Iterator[str]:
    """Everybody knows the password of the demonstration's accounts."""
    if mode is not Mode.PRODUCTION or not inspect(session.connection()).has_table("user"):
        return
    if demonstration_accounts_exist(session):
        yield "the database holds demonstration accounts. Give production a database of its own (PORTAL_DATABASE_URL)."


def _database_faults(settings: Settings, engine: Engine) -> Iterator[str]:
    try:
        with db.reading(engine) as session:
            yield from connection_faults(session.connection(), settings.mode)
            yield from demonstration_faults(session, settings.mode)
    except SQLAlchemyError as error:
        yield f"the database cannot be reached ({type(error).__name__}). PORTAL_DATABASE_URL says where it is."


def _shown(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
