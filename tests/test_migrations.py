"""The migrations make exactly the tables of the models, on every kind of database, and can be taken back."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Engine

import portal.models  # noqa: F401 - fills the metadata
from portal.db import Base


def test_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert len(Base.metadata.tables) >= 15
    assert differences == []


def test_every_migration_can_be_taken_back(engine: Engine) -> None:
    config = Config("alembic.ini")
    config.set_main_option("sqlalchemy.url", engine.url.render_as_string(hide_password=False).replace("%", "%%"))

    command.downgrade(config, "base")
    left = set(inspect(engine).get_table_names())
    command.upgrade(config, "head")

    assert left <= {"alembic_version"}


def test_the_migrations_form_one_line() -> None:
    revisions = list(ScriptDirectory.from_config(Config("alembic.ini")).walk_revisions())

    assert revisions
    assert len(ScriptDirectory.from_config(Config("alembic.ini")).get_heads()) == 1
