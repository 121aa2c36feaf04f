"""Run migrations against the database named by the caller or by PORTAL_DATABASE_URL; knows nothing of the portal."""

import os
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, event, pool
from sqlalchemy.types import TypeDecorator


def address() -> str:
    """The same rule as the settings: PORTAL_DATABASE_URL, else a SQLite file in PORTAL_VAR (var)."""
    given = context.config.get_main_option("sqlalchemy.url") or os.environ.get("PORTAL_DATABASE_URL")
    if given:
        return given
    var = Path(os.environ.get("PORTAL_VAR") or Path(__file__).resolve().parent.parent / "var")
    var.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{var / 'portal.sqlite3'}"


def plain_type(kind: str, value: object, _context: object) -> str | bool:
    """Write a column type of the portal as the plain type underneath, so that migrations stand alone."""
    return f"sa.{value.impl_instance!r}" if kind == "type" and isinstance(value, TypeDecorator) else False


def run() -> None:
    engine = create_engine(address(), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=FULL"))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes.get("metadata"),
            render_as_batch=True,
            compare_type=True,
            render_item=plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
