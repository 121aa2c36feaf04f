"""The dependencies: locked with hashes, all listed, all used, none known to be bad."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.sources import ROOT, modules

LISTS = ("requirements.in", "requirements-dev.in")
LOCKS = ("requirements.txt", "requirements-dev.txt")
#: Releases before these have published faults that reach us.
FLOORS = {
    "weasyprint": "69.0",
    "flask": "3.1.3",
    "werkzeug": "3.1.6",
    "pillow": "13.0.0",
    "fonttools": "4.60.2",
    "jinja2": "3.1.6",
}
#: Listed without being imported in portal/: why.
NOT_IMPORTED = {
    "defusedxml": "openpyxl uses it where it is installed",
    "pytest": "runs the tests, which anyone who installs the portal can do",
    "jinja2": "reached through Flask; listed because its release matters",
    "gunicorn": "serves the portal",
    "alembic": "migrates the database",
    "psycopg": "loaded by SQLAlchemy when the address begins with postgresql://",
}
#: Imported without being listed: comes with, and is pinned by, a package that is.
COMES_WITH = {
    "werkzeug": "flask",
    "click": "flask",
    "itsdangerous": "flask",
    "markupsafe": "jinja2",
    "babel": "flask-babel",
    "pydyf": "weasyprint",
}


@cache
def listed(name: str) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith("-")]
    assert wanted
    return {canonicalize_name(requirement.name): requirement for requirement in wanted}


@cache
def locked(name: str) -> dict[str, list[str]]:
    """Return the lines of each locked package, by its name and version."""
    joined = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert entries
    return {entry.partition(" ")[0]: entry.split() for entry in entries}


def pins(name: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for pin in locked(name):
        package, _, exact = pin.partition("==")
        found.setdefault(canonicalize_name(package.partition("[")[0]), []).append(Version(exact))
    return found


@cache
def third_party_imports() -> dict[str, str]:
    """Return every foreign package that portal/ imports, with one place that does."""
    own = {"portal", "wsgi"}
    return {
        found.package: f"{module.place}:{found.line}"
        for module in modules("portal", "wsgi.py", "migrations")
        for found in module.imports
        if found.package not in own and found.package not in sys.stdlib_module_names
    }


@cache
def distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def distribution_of(package: str) -> str:
    return canonicalize_name(distributions().get(package, [package])[0])


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_installed_is_pinned_by_hash(lock: str) -> None:
    loose = [
        pin for pin, parts in locked(lock).items() if "==" not in pin or not any(p.startswith("--hash=") for p in parts)
    ]

    assert loose == []


@pytest.mark.parametrize(("wanted", "lock"), list(zip(LISTS, LOCKS, strict=True)))
def test_the_lock_holds_everything_that_is_listed(wanted: str, lock: str) -> None:
    pinned = pins(lock) | (pins("requirements.txt") if lock != "requirements.txt" else {})
    stale = [
        str(requirement)
        for name, requirement in listed(wanted).items()
        if not any(requirement.specifier.contains(found) for found in pinned.get(name, []))
    ]

    assert stale == []


def test_what_both_locks_hold_they_hold_in_the_same_version() -> None:
    run, development = pins("requirements.txt"), pins("requirements-dev.txt")
    shared = run.keys() & development.keys()

    assert {name for name in shared if run[name] != development[name]} == set()


@pytest.mark.parametrize("name", [*LISTS, *LOCKS])
def test_nobody_is_told_where_to_download_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host|https?://|@ file:|git\+", text)


def test_everything_imported_is_listed() -> None:
    imported = {distribution_of(package): place for package, place in third_party_imports().items()}
    known = listed("requirements.in").keys() | COMES_WITH.keys()

    assert imported
    assert {name: place for name, place in imported.items() if name not in known} == {}


def test_everything_listed_is_used_or_explained() -> None:
    imported = {distribution_of(package) for package in third_party_imports()}

    assert listed("requirements.in").keys() - imported - NOT_IMPORTED.keys() == set()


def test_every_exception_is_still_needed() -> None:
    wanted = listed("requirements.in").keys()

    assert NOT_IMPORTED.keys() <= wanted
    assert set(COMES_WITH.values()) <= wanted


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_no_release_known_to_be_bad_is_locked_or_installed(package: str) -> None:
    locked_versions = pins("requirements.txt")[package]

    assert min(locked_versions) >= Version(FLOORS[package])
    assert Version(version(package)) >= Version(FLOORS[package])


def test_every_dependency_has_its_reason_on_record() -> None:
    record = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    explained = {canonicalize_name(name) for name in re.findall(r"\*\*([\w.-]+)\*\*", record)}

    assert {name for wanted in LISTS for name in listed(wanted)} - explained == set()
