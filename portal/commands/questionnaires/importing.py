"""`flask questionnaires import`: somebody's XLSForm as a draft of ours, with what did not come over."""

from __future__ import annotations

from pathlib import Path

import click

from portal.catalogue.authoring import NotWritten, write_version
from portal.catalogue.faults import printable, shown
from portal.commands.questionnaires.group import installed, installed_folder, questionnaires, stop
from portal.domain.questionnaire import Catalogue, Profile
from portal.domain.versions import newest_of
from portal.xlsform.read import ImportedForm, import_form
from portal.xlsform.remarks import RefusedForm

#: As much as any form we take in may weigh; one byte more is read so that the reader can refuse it.
LARGEST = 8 * 1024 * 1024


@questionnaires.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--id", "questionnaire_id", required=True, help="Three capital letters; question ids begin with them.")
@click.option("--slug", required=True, help="Its folder and its name in addresses, such as recycling.")
@click.option("--version", required=True, help="Such as 2026.1.")
@click.option("--profile", default="", help="The profile it uses; the newest if not given.")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Write SLUG/VERSION below this.")
def import_(file: Path, questionnaire_id: str, slug: str, version: str, profile: str, out: Path | None) -> None:
    """Make a draft questionnaire of the XLSForm in FILE (survey, choices, settings).

    Says row by row what could not be carried over. Exit code 0: written; 1: refused, nothing was written; 2: FILE
    cannot be read as a form.
    """
    catalogue = installed()
    form = _form(file, questionnaire_id, slug, version, _profile(profile, catalogue))
    folder = (out or installed_folder()) / slug / version
    try:
        write_version(folder, form.files)
    except NotWritten as error:
        stop(str(error), 1)
    for remark in form.remarks:
        click.echo(printable(f"{file.name}: {remark}"))
    click.echo(f"{shown(folder)}: a draft in {len(form.files)} files, {len(form.remarks)} remarks")
    click.echo(f"See what is left to decide: flask questionnaires check {shown(folder)}")


def _form(file: Path, questionnaire_id: str, slug: str, version: str, profile: Profile) -> ImportedForm:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        return import_form(content, id=questionnaire_id, slug=slug, version=version, profile=profile)
    except OSError as error:
        stop(f"{file}: {error.strerror}", 2)
    except RefusedForm as error:
        stop(printable(f"{file}: {error}"), 2)


def _profile(reference: str, catalogue: Catalogue) -> Profile:
    if not catalogue.profiles or (reference and reference not in catalogue.profiles):
        stop(f"{reference!r} is not a profile; known are: {', '.join(catalogue.profiles)}", 2)
    if reference:
        return catalogue.profiles[reference]
    return newest_of(catalogue.profiles.values())
