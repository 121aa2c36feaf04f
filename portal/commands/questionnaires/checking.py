"""`flask questionnaires check`: everything wrong with a version, and what its authors should look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from portal.catalogue import Fault, Faults, InvalidCatalogue, load_catalogue, load_version
from portal.catalogue.cases import check_cases
from portal.catalogue.loader import REFERENCES
from portal.catalogue.remarks import orphan_references, remarks_on
from portal.catalogue.translations import version_folder
from portal.commands.questionnaires.group import installed_folder, print_faults, questionnaires, versions_of
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire

VERSION_FILES = ("questionnaire.yaml", "profile.yaml")


@dataclass(slots=True)
class Checked:
    """`lines` say which versions are sound."""

    lines: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@questionnaires.command("check")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="End with 1 for warnings, too.")
@click.option(
    "--all", "everything", is_flag=True, help="Warn about published versions, too, and each article that nobody cites."
)
def check(folders: tuple[Path, ...], strict: bool, everything: bool) -> None:
    """Check FOLDERS, or every installed version, and print each fault as file:line: where: what.

    A folder is one version (it holds questionnaire.yaml or profile.yaml) or a collection of them. What an author
    should only look at is printed as file:line: where: warning: what.
    """
    found = Checked()
    for folder in folders or (installed_folder(),):
        try:
            _check(folder, found, everything)
        except InvalidCatalogue as error:
            found.faults += error.faults
    for line in found.lines:
        click.echo(line)
    print_faults(found.faults)
    print_faults(found.warnings)
    raise SystemExit(1 if found.faults or (strict and found.warnings) else 0)


def check_version(version: Questionnaire | Profile, folder: Path, catalogue: Catalogue) -> Checked:
    """Look at one version that loads; `folder` is its own, and `catalogue` holds it."""
    remarks = remarks_on(folder, version, catalogue)
    found = Checked(faults=sorted(set(remarks.faults)), warnings=sorted(set(remarks.warnings)))
    if isinstance(version, Profile):
        counted = f"{len(version.fields)} fields"
    else:
        faults = Faults(folder)
        counted = f"{len(version.by_id)} questions, {check_cases(folder, version, catalogue, faults)} cases"
        found.faults += sorted(set(faults.found))
    if not found.faults:
        warned = len(found.warnings)
        more = f", {warned} warning{'s' if warned > 1 else ''}" if warned else ""
        found.lines.append(f"{version.reference}: {counted}, no faults{more}")
    return found


def _check(folder: Path, found: Checked, everything: bool) -> None:
    """Raises InvalidCatalogue where something does not even load."""
    catalogue, chosen = _chosen(folder)
    for version, place in chosen:
        one = check_version(version, place, catalogue)
        settled = version.reference in catalogue.published and len(chosen) > 1 and not everything
        if settled:
            one.warnings = [fault for fault in one.warnings if fault.file.endswith(".po")]
            one.lines = [line.partition(", no faults")[0] + ", no faults" for line in one.lines]
        found.lines += one.lines
        found.faults += one.faults
        found.warnings += one.warnings
    if len(chosen) > 1:
        found.warnings += orphan_references(folder / REFERENCES, catalogue, each=everything)


def _chosen(folder: Path) -> tuple[Catalogue, list[tuple[Questionnaire | Profile, Path]]]:
    if not any((folder / name).exists() for name in VERSION_FILES):
        catalogue = load_catalogue(folder)
        return catalogue, [(version, version_folder(folder, version)) for version in versions_of(catalogue).values()]
    catalogue = load_catalogue(installed_folder())
    version = load_version(folder, catalogue)
    if isinstance(version, Questionnaire):
        catalogue = replace(catalogue, questionnaires={**catalogue.questionnaires, version.reference: version})
    return catalogue, [(version, folder)]
