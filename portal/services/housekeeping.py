"""Once an hour, and after every erasure: remove files no row names, and let the database give back what was erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from portal import db
from portal.services import erasure, presence
from portal.storage import FileStore

EVERY = timedelta(hours=1)
#: A file without a row may belong to an upload that is being saved right now.
UNTOUCHED = timedelta(minutes=30)


def sweep_files(engine: Engine, store: FileStore, *, untouched: timedelta = UNTOUCHED) -> int:
    """Remove files no row names any more; return how many."""
    with db.reading(engine) as session:
        kept = erasure.kept_files(session)
    return store.sweep(kept, untouched=untouched)


def forget_passing(engine: Engine, *, at: datetime) -> None:
    """Remove what said something for a minute."""
    with db.writing(engine) as session, session.begin():
        presence.forget_stale(session, at=at)


def reclaim(engine: Engine) -> None:
    """Rewrite the database without what was erased: free pages and the write-ahead log may still hold it.

    Outside any transaction. PostgreSQL keeps its log of changes until it is recycled.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    # SQLAlchemy begins a transaction before each statement, in which SQLite does not vacuum: so beside it.
    raw = engine.raw_connection()
    try:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement)
    finally:
        raw.close()
