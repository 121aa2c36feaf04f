"""`flask demo`, run as a person or the start-up script would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from portal.commands.demo import COMPANY, DRAFT, GOVERNMENT, RETURNED, demo
from portal.models import User
from portal.services import demonstration
from tests.conftest import NOON


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    for name in ("HOST", "PORT", "PORTAL_MODE", "PORTAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(demo, arguments)


@pytest.mark.usefixtures("environment")
def test_it_loads_once_and_then_only_says_how_to_sign_in(session: Session) -> None:
    first, second = run("--if-empty"), run()

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Loaded 67 companies with 83 submissions" in first.output
    assert first.output.endswith(second.output)
    assert demonstration.demonstration_accounts_exist(session)


@pytest.mark.usefixtures("environment")
def test_there_is_one_sign_in_for_each_audience(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.add(User(email="a@portal.example", name="A", password_hash="", is_demonstration=True, created_at=NOON))
    session.commit()
    monkeypatch.setenv("PORT", "8123")

    lines = run("--if-empty").output.splitlines()

    audiences = [re.split(r"  +", line.strip())[0] for line in lines[1:]]
    assert audiences == ["Company", "Government", "Public", "Password", "More"]
    assert f"http://127.0.0.1:8123/account/sign-in  {COMPANY}" in lines[1]
    assert GOVERNMENT in lines[2]
    assert demonstration.PASSWORD in lines[4]


def test_everybody_printed_is_in_the_demonstration() -> None:
    written = "".join(path.read_text() for path in demonstration.DATA.glob("*.toml"))

    for email in (COMPANY, GOVERNMENT, DRAFT, RETURNED):
        assert f'email = "{email}"' in written


@pytest.mark.usefixtures("environment", "world")
def test_a_portal_somebody_uses_is_left_alone(session: Session) -> None:
    result = run("--if-empty")

    assert (result.exit_code, result.output) == (0, "")
    assert not demonstration.demonstration_accounts_exist(session)


@pytest.mark.usefixtures("environment")
def test_production_is_refused_in_one_line(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "production")
    monkeypatch.setenv("PORTAL_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("PORTAL_RELEASE_SECRET", "r" * 32)
    monkeypatch.setenv("PORTAL_TRUSTED_HOSTS", "portal.example")
    monkeypatch.setenv("PORTAL_CONTACT", "help@portal.example")

    result = run()

    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert "production" in result.output
    assert demonstration.is_empty(session)


def test_production_without_secrets_is_refused_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PORTAL_MODE", "production")

    result = run("--if-empty")

    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


def test_a_database_without_tables_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")

    result = run()

    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "alembic upgrade head" in result.output
