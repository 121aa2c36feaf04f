"""The command `flask questionnaires`, with what its parts share: the installed versions, and how to end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from portal.catalogue import Fault, InvalidCatalogue, load_catalogue
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.settings import read_settings


@click.group("questionnaires")
def questionnaires() -> None:
    """List, check, write, compare, publish and exchange questionnaires."""


def installed_folder() -> Path:
    return read_settings().questionnaires


def installed() -> Catalogue:
    try:
        return load_catalogue(installed_folder())
    except InvalidCatalogue as error:
        print_faults(error.faults)
        raise SystemExit(1) from None


def versions_of(catalogue: Catalogue) -> dict[str, Questionnaire | Profile]:
    return {**catalogue.questionnaires, **catalogue.profiles}


def find_version(reference: str, catalogue: Catalogue) -> Questionnaire | Profile:
    versions = versions_of(catalogue)
    if reference not in versions:
        stop(f"{reference!r} is not known; known are: {', '.join(versions)}", 2)
    return versions[reference]


def find_questionnaire(reference: str, catalogue: Catalogue) -> Questionnaire:
    version = find_version(reference, catalogue)
    if isinstance(version, Profile):
        stop(f"{reference} is a profile; this works for questionnaires only", 2)
    return version


def print_faults(faults: Iterable[Fault]) -> None:
    for fault in faults:
        click.echo(str(fault))


def stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)
