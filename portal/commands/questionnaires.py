"""`flask questionnaires`: list, check, show and publish the versions in questionnaires/, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from portal.catalogue import (
    AlreadyPublished,
    Fault,
    Faults,
    InvalidCatalogue,
    definition,
    load_catalogue,
    load_version,
    publish,
)
from portal.catalogue.cases import check_cases
from portal.domain.questionnaire import Catalogue, Flag, Profile, Questionnaire
from portal.settings import read_settings

COUNTED = {
    "questions": "questions",
    "critical": "critical",
    "red_flags": "red flags",
    "fields": "fields",
    "rules": "rules",
}
VERSION_FILES = ("questionnaire.yaml", "profile.yaml")


@click.group("questionnaires")
def questionnaires() -> None:
    """List, check, show and publish questionnaires."""


@questionnaires.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a table.")
def list_versions(as_json: bool) -> None:
    """List every version with its counts, digest and state."""
    catalogue = _installed()
    rows = [_summary(version, catalogue) for version in _versions(catalogue).values()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        counted = [key for key in COUNTED if key in row]
        counts = ", ".join(f"{row[key]} {COUNTED[key]}" for key in counted)
        click.echo(f"{row['reference']}  {row['status']}  {counts}\n  {row['title']}\n  {row['digest']}")


@questionnaires.command("check")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folders: tuple[Path, ...]) -> None:
    """Check FOLDERS, or every installed version, and print each fault as file:line: where: what.

    A folder is one version (it holds questionnaire.yaml or profile.yaml) or a collection of them.
    """
    faults: list[Fault] = []
    for folder in folders or (_folder(),):
        try:
            click.echo("\n".join(_checked(folder)))
        except InvalidCatalogue as error:
            faults += error.faults
    _print(faults)
    raise SystemExit(1 if faults else 0)


@questionnaires.command("show")
@click.argument("reference")
def show(reference: str) -> None:
    """Print the whole definition of REFERENCE, such as hrdd-short@2026.1, as JSON."""
    catalogue = _installed()
    version = _version(reference, catalogue)
    click.echo(json.dumps(definition(version, catalogue), indent=2, ensure_ascii=False))


@questionnaires.command("publish")
@click.argument("reference")
def publish_version(reference: str) -> None:
    """Add the digest of REFERENCE to PUBLISHED.toml; from then on the version never changes."""
    version = _version(reference, _installed())
    try:
        added = publish(_folder(), reference, version.digest)
    except AlreadyPublished:
        _stop(f"{reference} is published with another digest; make a new version instead", 1)
    except OSError as error:
        _stop(f"PUBLISHED.toml: {error.strerror}", 1)
    click.echo(f"{reference} {'is published now' if added else 'was published already'}: {version.digest}")


def _folder() -> Path:
    return read_settings().questionnaires


def _installed() -> Catalogue:
    try:
        return load_catalogue(_folder())
    except InvalidCatalogue as error:
        _print(error.faults)
        raise SystemExit(1) from None


def _checked(folder: Path) -> list[str]:
    """Return one line for each version without faults. Raises InvalidCatalogue."""
    if not any((folder / name).exists() for name in VERSION_FILES):
        catalogue = load_catalogue(folder)
        folders = {reference: folder / reference.replace("@", "/") for reference in catalogue.questionnaires}
        return [_checked_cases(version, catalogue, folders) for version in _versions(catalogue).values()]
    installed = load_catalogue(_folder())
    version = load_version(folder, installed)
    if isinstance(version, Questionnaire):
        installed = replace(installed, questionnaires={**installed.questionnaires, version.reference: version})
    return [_checked_cases(version, installed, {version.reference: folder})]


def _checked_cases(version: Questionnaire | Profile, catalogue: Catalogue, folders: Mapping[str, Path]) -> str:
    if isinstance(version, Profile):
        return f"{version.reference}: {len(version.fields)} fields, no faults"
    folder = folders[version.reference]
    faults = Faults(folder)
    cases = check_cases(folder, version, catalogue, faults)
    if faults.found:
        raise InvalidCatalogue(faults.found)
    return f"{version.reference}: {len(version.by_id)} questions, {cases} cases, no faults"


def _versions(catalogue: Catalogue) -> dict[str, Questionnaire | Profile]:
    return {**catalogue.questionnaires, **catalogue.profiles}


def _version(reference: str, catalogue: Catalogue) -> Questionnaire | Profile:
    versions = _versions(catalogue)
    if reference not in versions:
        _stop(f"{reference!r} is not known; known are: {', '.join(versions)}", 2)
    return versions[reference]


def _summary(version: Questionnaire | Profile, catalogue: Catalogue) -> dict[str, object]:
    common = {
        "reference": version.reference,
        "title": version.title,
        "status": "published" if version.reference in catalogue.published else "draft",
        "digest": version.digest,
    }
    if isinstance(version, Profile):
        return common | {"fields": len(version.fields), "rules": len(version.rules)}
    flags = [question.flag for question in version.questions]
    return common | {
        "id": version.id,
        "kind": version.kind,
        "sections": len(version.sections),
        "questions": len(flags),
        "critical": flags.count(Flag.CRITICAL),
        "red_flags": flags.count(Flag.RED_FLAG),
        "weight": sum(question.weight for question in version.questions),
    }


def _print(faults: Iterable[Fault]) -> None:
    for fault in faults:
        click.echo(str(fault))


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)
