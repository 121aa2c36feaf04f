"""`flask questionnaires new` and `copy`: the beginnings of a draft."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from portal.catalogue.authoring import NotWritten, copy_version, example, write_version
from portal.catalogue.faults import shown
from portal.catalogue.questionnaire_reader import KINDS, QUESTIONNAIRE_ID, SLUG, VERSION
from portal.catalogue.translations import version_folder
from portal.catalogue.yaml_nodes import Unreadable
from portal.commands.questionnaires.group import find_version, installed, installed_folder, questionnaires, stop
from portal.domain.questionnaire import Catalogue, Profile
from portal.domain.versions import newest_of


@questionnaires.command("new")
@click.argument("slug")
@click.option("--id", "questionnaire_id", required=True, help="Three capital letters; question ids begin with them.")
@click.option("--title", help="What people read above it.")
@click.option("--kind", type=click.Choice(KINDS), default="sector", show_default=True, help="Its group in the score.")
@click.option("--version", help="The first version; the first of this year if not given.")
def new(slug: str, questionnaire_id: str, title: str | None, kind: str, version: str | None) -> None:
    """Make the draft of a new questionnaire with one example question, such as `new recycling --id REC`."""
    catalogue = installed()
    version = version or f"{datetime.now(UTC).year}.1"
    _refuse_unfit(slug, questionnaire_id, version)
    taken = {item.id: item.reference for item in catalogue.questionnaires.values() if item.slug != slug}
    if questionnaire_id in taken:
        stop(f"{questionnaire_id} is the id of {taken[questionnaire_id]} already", 1)
    profile = _newest_profile(catalogue)
    name = " ".join((title or "").split()) or slug.replace("-", " ").capitalize()
    files = example(slug, questionnaire_id, name, version=version, profile=profile.reference, kind=kind)
    folder = installed_folder() / slug / version
    try:
        write_version(folder, files)
    except NotWritten as error:
        stop(str(error), 1)
    click.echo(f"{shown(folder)}: a draft with one example question.")
    click.echo(f"Look at it: flask questionnaires check {shown(folder)}")
    if questionnaire_id not in {entry.id for entry in profile.applicable}:
        _tell_line(profile, questionnaire_id, name, published=profile.reference in catalogue.published)


@questionnaires.command("copy")
@click.argument("reference")
@click.argument("version")
def copy(reference: str, version: str) -> None:
    """Copy REFERENCE, such as hrdd-short@2026.1, to a new draft VERSION, such as 2026.2."""
    original = find_version(reference, installed())
    if not VERSION.fullmatch(version):
        stop(f"the version must be a year and a number, such as 2026.2, not {version!r}", 2)
    source = version_folder(installed_folder(), original)
    target = source.parent / version
    try:
        copy_version(source, target)
    except NotWritten as error:
        stop(str(error), 1)
    except Unreadable as error:
        stop(f"{shown(source)}:{error.line}: {error.what}", 1)
    click.echo(f"{shown(target)}: a draft, the same as {reference} but for its version.")
    click.echo(f"Edit it, then: flask questionnaires check {shown(target)}")
    click.echo(f"See what it changes: flask questionnaires preview {reference} {original.slug}@{version}")


def _refuse_unfit(slug: str, questionnaire_id: str, version: str) -> None:
    if not SLUG.fullmatch(slug):
        stop(f"the name must be lower-case words joined by -, not {slug!r}", 2)
    if not QUESTIONNAIRE_ID.fullmatch(questionnaire_id):
        stop(f"the id must be three capital letters, not {questionnaire_id!r}", 2)
    if not VERSION.fullmatch(version):
        stop(f"the version must be a year and a number, such as 2026.1, not {version!r}", 2)


def _newest_profile(catalogue: Catalogue) -> Profile:
    if not catalogue.profiles:
        stop("there is no profile that the questionnaire could use", 1)
    return newest_of(catalogue.profiles.values())


def _tell_line(profile: Profile, questionnaire_id: str, name: str, *, published: bool) -> None:
    file = Path(shown(version_folder(installed_folder(), profile))) / "applicability.yaml"
    click.echo("Nobody gets it before it stands under questionnaires in applicability.yaml of its profile.")
    if published:
        click.echo(f"{profile.reference} is published and never changes, so first copy it to its next version,")
        click.echo("name that version under profile in questionnaire.yaml, and add these lines there:")
    else:
        click.echo(f"Add these lines to {file}:")
    click.echo(
        f"  - id: {questionnaire_id}\n    title: {name}\n    rule: always\n    because: Say in words who gets it"
    )
