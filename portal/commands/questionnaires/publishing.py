"""`flask questionnaires publish`: one person proposes a version, another one confirms it; then it never changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from portal.catalogue import AlreadyPublished, Faults, publish
from portal.catalogue.faults import printable, shown
from portal.catalogue.proposals import FILE, Proposal, Unconfirmed, clean_name, confirmed, propose, withdraw
from portal.catalogue.published import read_published
from portal.catalogue.translations import version_folder
from portal.catalogue.yaml_nodes import Unreadable
from portal.commands.questionnaires.changes import changes_since
from portal.commands.questionnaires.checking import check_version
from portal.commands.questionnaires.group import (
    find_version,
    installed,
    installed_folder,
    print_faults,
    questionnaires,
    stop,
)
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire


@questionnaires.command("publish")
@click.argument("reference")
@click.option("--as", "name", default="", help="Your own name; it stands beside the version for ever.")
@click.option("--confirm", is_flag=True, help="Confirm what another person proposed.")
@click.option("--yes", is_flag=True, help="Do not ask to type the reference.")
def publish_version(reference: str, name: str, confirm: bool, yes: bool) -> None:
    """Propose REFERENCE for publication; with --confirm, publish what another person proposed.

    From then on the version never changes. Both see what is different from the version before.
    """
    catalogue = installed()
    version = find_version(reference, catalogue)
    folder = installed_folder()
    if read_published(folder, Faults(folder)).get(reference) == version.digest:
        click.echo(f"{reference} was published already: {version.digest}")
        return
    person = clean_name(name)
    if not person:
        stop('say who you are: --as "Your name"', 2)
    _check(version, catalogue, folder)
    try:
        if confirm:
            _confirm(version, folder, person, catalogue, ask=not yes)
        else:
            _propose(version, folder, person, catalogue)
    except Unconfirmed as error:
        stop(str(error), 1)
    except Unreadable as error:
        stop(f"{shown(folder / FILE)}:{error.line}: {error.what}", 1)
    except AlreadyPublished:
        stop(f"{reference} is published with another digest; make a new version instead", 1)
    except OSError as error:
        stop(f"{shown(folder)}: {error.strerror}", 1)


def _check(version: Questionnaire | Profile, catalogue: Catalogue, folder: Path) -> None:
    """What has faults, or nobody would get, is not published."""
    found = check_version(version, version_folder(folder, version), catalogue)
    if found.faults:
        print_faults(found.faults)
        stop(f"{version.reference} has faults; nothing was changed", 1)
    if isinstance(version, Profile):
        return
    profile = catalogue.profiles[version.profile]
    if version.id not in {entry.id for entry in profile.applicable}:
        stop(f"{version.id!r} is missing under questionnaires in applicability.yaml of {version.profile}", 1)
    if version.profile not in catalogue.published:
        stop(f"{version.reference} uses {version.profile}, which is a draft; publish that first", 1)


def _propose(version: Questionnaire | Profile, folder: Path, person: str, catalogue: Catalogue) -> None:
    propose(folder, version.reference, Proposal(version.digest, person, datetime.now(UTC).date()))
    _print_changes(version, catalogue)
    click.echo(f"{person} proposes {version.reference}: {version.digest}")
    click.echo(f"A second person confirms it: flask questionnaires publish {version.reference} --confirm --as NAME")


def _confirm(version: Questionnaire | Profile, folder: Path, person: str, catalogue: Catalogue, *, ask: bool) -> None:
    proposal = confirmed(folder, version.reference, version.digest, person)
    _print_changes(version, catalogue)
    if ask:
        click.echo(f"{proposal.proposed_by} proposed this on {proposal.proposed_on}. Published, it never changes.")
        typed = click.prompt("To publish it, type its reference", default="", show_default=False)
        if typed.strip() != version.reference:
            stop("that is not the reference; nothing was changed", 1)
    today = datetime.now(UTC).date()
    note = f"proposed by {proposal.proposed_by} on {proposal.proposed_on}, confirmed by {person} on {today}"
    publish(folder, version.reference, version.digest, note=note)
    withdraw(folder, version.reference)
    click.echo(f"{version.reference} is published now: {version.digest}")


def _print_changes(version: Questionnaire | Profile, catalogue: Catalogue) -> None:
    for line in changes_since(version, catalogue):
        click.echo(printable(line))
