"""The database: engine, column types, and the SQLite settings that keep an acknowledged write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, Enum, MetaData, create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from portal.turns import Turns

PrimaryKey = Annotated[UUID, mapped_column(primary_key=True, default=uuid4)]

#: First SQLite releases, per line, without the WAL-reset bug; below them write-ahead logging may lose data.
_WAL_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))

#: Seconds a writer waits for its turn in SQLite.
BUSY = 10
#: Connections kept open: as many as the web server has threads. One more is opened and closed again for each request,
#: and opening takes longer than saving an answer.
KEPT_OPEN = 8
#: Seconds to wait for a PostgreSQL that does not answer: then people are told, rather than kept waiting.
PATIENCE = 2


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("moments must be aware")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[StrEnum]) -> Enum:
    """Enums are stored by value, so that a renamed member changes no data."""
    return Enum(
        kind, native_enum=False, length=40, create_constraint=False, values_callable=lambda of: [m.value for m in of]
    )


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UTCDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def make_engine(url: str) -> Engine:
    """Return an engine whose SQLite connections lose no acknowledged write, even at a power cut."""
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=KEPT_OPEN, connect_args={"timeout": BUSY})
        event.listen(engine, "connect", _sqlite_settings)
        _take_turns(engine)
        return engine
    return create_engine(
        url,
        pool_size=KEPT_OPEN,
        pool_pre_ping=True,
        pool_timeout=PATIENCE,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": PATIENCE,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
        },
    )


def reading(engine: Engine) -> Session:
    return Session(engine, expire_on_commit=False)


def writing(engine: Engine) -> Session:
    """A session that takes SQLite's write lock at its first statement: a later upgrade would fail, not wait."""
    return Session(_writer(engine), expire_on_commit=False)


@lru_cache(maxsize=4)
def _writer(engine: Engine) -> Engine:
    return engine.execution_options(portal_write=True)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use write-ahead logging: 3.51.3 on, or the mended 3.50 and 3.44 lines."""
    return version >= _WAL_SAFE[0] or any(version[:2] == safe[:2] and version >= safe for safe in _WAL_SAFE[1:])


def _sqlite_settings(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    version = tuple(int(part) for part in connection.execute("select sqlite_version()").fetchone()[0].split("."))
    settings: Mapping[str, str] = {
        "journal_mode": "WAL" if wal_is_safe(version) else "TRUNCATE",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "busy_timeout": f"{BUSY * 1000}",
    }
    for name, value in settings.items():
        connection.execute(f"PRAGMA {name}={value}")


def _take_turns(engine: Engine) -> None:
    turns = Turns(engine.url.database, patience=BUSY)

    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("portal_write")
        if write and "turn" not in connection.info and turns.take():
            connection.info["turn"] = turns
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    def give_back(_connection: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop("turn", None):
            turns.give_back()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)
